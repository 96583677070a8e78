"""The rest of the REST API, driven through discord.py."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from playground import Member, MessageType, Playground
from playground.model import TeamMember
from tests.playground.bots import RecordingBot


async def test_guilds_members_roles_and_users_can_be_fetched(pg: Playground, ann: Member) -> None:
    """What is in the cache can also be asked for, page by page, by id and by name."""
    ann.nick = "Annie"
    bot = RecordingBot()
    await pg.connect(bot)
    guild = await bot.fetch_guild(pg.guild.id)
    assert guild.approximate_member_count == 3
    assert [item.name async for item in bot.fetch_guilds()] == ["Playground"]
    assert {member.name async for member in guild.fetch_members()} == {"owner", "Laurel", "ann"}
    assert (await guild.fetch_member(ann.id)).nick == "Annie"
    assert (await bot.fetch_user(ann.id)).name == "ann"
    assert [role.name for role in await guild.fetch_roles()] == ["@everyone", "Laurel"]
    assert [channel.name for channel in await guild.fetch_channels()] == ["general"]
    assert [member.name for member in await bot.guilds[0].query_members("anni")] == ["ann"]
    assert [member.name for member in await bot.guilds[0].query_members(user_ids=[ann.id])] == ["ann"]


@pytest.mark.parametrize(
    ("method", "code"),
    [("fetch_user", 10013), ("fetch_guild", 10004), ("fetch_channel", 10003)],
)
async def test_what_does_not_exist_has_its_own_code(pg: Playground, method: str, code: int) -> None:
    """404 comes with Discord's code for the kind of thing."""
    bot = RecordingBot()
    await pg.connect(bot)
    with pytest.raises(discord.NotFound) as caught:
        await getattr(bot, method)(1)
    assert caught.value.code == code
    with pytest.raises(discord.NotFound) as caught:
        await bot.guilds[0].fetch_member(1)
    assert caught.value.code == 10007


async def test_the_application_and_its_owner_are_known(pg: Playground) -> None:
    """`application_info` names the guild's owner as the owner."""
    bot = RecordingBot()
    await pg.connect(bot)
    info = await bot.application_info()
    assert (info.name, info.owner.name, info.id) == ("Laurel", "owner", pg.world.bot.id)
    assert await bot.is_owner(info.owner)


async def test_an_application_may_belong_to_a_team(pg: Playground, ann: Member) -> None:
    """Then the owner is an account of nobody's, and those who own it are the team's members."""
    owner = pg.guild.owner
    pg.world.team = [TeamMember(owner.user), TeamMember(ann.user, "developer", accepted=False)]
    bot = RecordingBot()
    await pg.connect(bot)
    info = await bot.application_info()
    assert info.owner.name == f"team{info.owner.id}"
    assert info.team is not None
    assert info.team.owner_id == owner.id
    assert [(one.id, one.role.value, one.membership_state.name) for one in info.team.members] == [
        (owner.id, "admin", "accepted"),
        (ann.id, "developer", "invited"),
    ]


async def test_reactions_can_be_taken_away(pg: Playground, ann: Member) -> None:
    """The bot takes its own away; everybody's only with the permission to manage messages."""
    bot = RecordingBot()
    await pg.connect(bot)
    message = await pg.say(ann, "react to this")
    await pg.react(ann, message, "🎉")
    partial = bot.get_partial_messageable(pg.general.id).get_partial_message(message.id)
    await partial.add_reaction("🎉")
    fetched = await partial.fetch()
    assert {user.name async for user in fetched.reactions[0].users()} == {"Laurel", "ann"}
    assert bot.user is not None
    await partial.remove_reaction("🎉", bot.user)
    assert message.reactions == {"🎉": [ann.id]}
    with pytest.raises(discord.Forbidden):
        await partial.clear_reactions()
    await pg.grant("Laurel", "manage_messages")
    await partial.clear_reactions()
    assert message.reactions == {}


async def test_members_can_be_thrown_out_by_rank(pg: Playground, ann: Member) -> None:
    """Kicking needs the permission and a higher role; the owner stays."""
    bot = RecordingBot()
    await pg.connect(bot)
    with pytest.raises(discord.Forbidden):
        await bot.guilds[0].kick(discord.Object(ann.id))
    await pg.grant("Laurel", "kick_members")
    await bot.guilds[0].kick(discord.Object(ann.id))
    with pytest.raises(discord.Forbidden):
        await bot.guilds[0].kick(discord.Object(pg.guild.owner_id))
    await pg.idle()
    assert bot.details("leave") == ["ann"]
    await bot.guilds[0].leave()
    await pg.idle()
    assert list(bot.guilds) == []


async def test_roles_are_taken_and_nicks_given_by_rank(pg: Playground, ann: Member) -> None:
    """Taking a role follows the hierarchy; a nick of somebody higher is not the bot's to change."""
    await pg.grant("Laurel", "manage_nicknames")
    low = pg.world.add_role(pg.guild, "Low", position=1)
    pg.role("Laurel").position = 2
    high = pg.world.add_role(pg.guild, "High", position=3)
    ann.role_ids = [low.id, high.id]
    bot = RecordingBot()
    await pg.connect(bot)
    member = bot.guilds[0].get_member(ann.id)
    assert member is not None
    await member.remove_roles(discord.Object(low.id))
    assert ann.roles == [high]
    with pytest.raises(discord.Forbidden):
        await member.remove_roles(discord.Object(high.id))
    with pytest.raises(discord.Forbidden):
        await member.edit(nick="below")
    await bot.guilds[0].me.edit(nick="Lori")
    assert pg.bot_member.nick == "Lori"


async def test_threads_can_be_started_from_messages_and_joined(pg: Playground, ann: Member) -> None:
    """A thread from a message shares its id, once; typing is accepted."""
    bot = RecordingBot()

    @bot.command()
    async def discuss(context: commands.Context[Any]) -> None:
        async with context.typing():
            thread = await context.message.create_thread(name="about this")
        await thread.send("here")
        with pytest.raises(discord.HTTPException):
            await context.message.create_thread(name="again")

    await pg.connect(bot)
    message = await pg.say(ann, "!discuss")
    await pg.idle()
    thread = pg.channel("about this")
    assert thread.id == message.id
    assert [reply.content for reply in pg.replies(thread)] == ["here"]
    other = await pg.create_thread("other", owner=ann)
    await pg.idle()
    joined = bot.get_channel(other.id)
    assert isinstance(joined, discord.Thread)
    await joined.join()
    await pg.idle()
    assert joined.me is not None
    [guild] = bot.guilds
    assert {item.name for item in await guild.active_threads()} == {"about this", "other"}


async def test_commands_can_be_listed_fetched_and_deleted(pg: Playground) -> None:
    """Registered commands keep their ids over a second sync and vanish when deleted."""
    bot = RecordingBot()

    @bot.tree.command()
    async def ping(interaction: discord.Interaction) -> None:
        """Answer."""
        await interaction.response.send_message("pong")

    await pg.connect(bot)
    [first] = await bot.tree.fetch_commands()
    [again] = await bot.tree.sync()
    assert (first.name, first.id) == ("ping", again.id)
    assert (await bot.tree.fetch_command(first.id)).description == "Answer."
    await first.delete()
    assert await bot.tree.fetch_commands() == []


async def test_answers_and_follow_ups_can_be_fetched_edited_and_deleted(pg: Playground, ann: Member) -> None:
    """The answer and the follow-ups are separate messages, also when only one person sees them."""
    bot = RecordingBot()

    @bot.tree.command()
    async def busy(interaction: discord.Interaction) -> None:
        """Change one's mind."""
        await interaction.response.send_message("first", ephemeral=True)
        original = await interaction.original_response()
        await original.edit(content=f"{original.content}, edited")
        second, third = [await interaction.followup.send(text, wait=True) for text in ("second", "third")]
        await second.edit(content="second, edited")
        await third.delete()

    await pg.connect(bot)
    result = await pg.slash(ann, "busy")
    assert result.text == "first, edited\nsecond, edited"
    assert [message.type for message in result.followups] == [MessageType.REPLY, MessageType.REPLY]
    assert [reply.content for reply in pg.replies()] == ["second, edited"]


async def test_an_answer_beyond_its_limits_is_none(pg: Playground, ann: Member) -> None:
    """A modal beyond its limits is refused with code 50035, and nothing counts as answered."""
    bot = RecordingBot()
    codes: list[int] = []

    @bot.tree.error
    async def note(_: discord.Interaction, error: app_commands.AppCommandError) -> None:
        assert isinstance(error, app_commands.CommandInvokeError)
        assert isinstance(error.original, discord.HTTPException)
        codes.append(error.original.code)

    @bot.tree.command()
    async def wrong(interaction: discord.Interaction) -> None:
        """Show a modal without fields."""
        await interaction.response.send_modal(discord.ui.Modal(title="empty", custom_id="x"))

    await pg.connect(bot)
    assert not (await pg.slash(ann, "wrong")).answered
    assert codes == [50035]
