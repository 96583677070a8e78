"""Members, roles, permissions and channels: what changes, and what the bot may do about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from discord.ext import commands

from playground import ChannelType, Member, Playground, PlaygroundError
from tests.playground.bots import RecordingBot


async def test_the_guild_is_complete_when_the_bot_is_ready(pg: Playground) -> None:
    """Members beyond one chunk, roles, channels, threads and voice states are in the bot's cache."""
    for number in range(1200):
        pg.world.add_member(pg.guild, f"member-{number}")
    booster = pg.world.add_member(pg.guild, "booster", boosting_since=datetime(2039, 12, 1, tzinfo=UTC))
    lounge = pg.world.add_channel(pg.guild, "lounge", kind=ChannelType.VOICE)
    pg.guild.voice_channel_ids[booster.id] = lounge.id
    category = pg.world.add_channel(pg.guild, "talk", kind=ChannelType.CATEGORY)
    nested = pg.world.add_channel(pg.guild, "nested", category=category)
    pg.world.add_thread(pg.general, "side talk", owner=booster)
    bot = RecordingBot()
    await pg.connect(bot)
    [guild] = bot.guilds
    assert (guild.member_count, len(guild.members), guild.chunked) == (1203, 1203, True)
    assert [member.name for member in guild.premium_subscribers] == ["booster"]
    assert [thread.name for thread in guild.threads] == ["side talk"]
    channel = guild.get_channel(nested.id)
    assert isinstance(channel, discord.TextChannel)
    assert channel.category is not None
    assert channel.category.name == "talk"
    voice = guild.get_channel(lounge.id)
    assert isinstance(voice, discord.VoiceChannel)
    assert [member.name for member in voice.members] == ["booster"]
    assert guild.me.top_role.is_bot_managed()


async def test_members_come_and_go_and_return(pg: Playground, ann: Member) -> None:
    """Joins and leaves are told; one who returns has the same id."""
    bot = RecordingBot()
    await pg.connect(bot)
    await pg.leave(ann)
    bob = await pg.join("bob")
    back = await pg.join("ann")
    await pg.idle()
    assert bot.seen[-3:] == [("leave", "ann"), ("join", "bob"), ("join", "ann")]
    assert back.id == ann.id
    assert pg.member("bob") is bob


async def test_boosts_begin_and_end(pg: Playground, ann: Member) -> None:
    """`premium_since` appears and vanishes in member updates, and a message in between keeps it."""
    bot = RecordingBot()
    await pg.connect(bot)
    await pg.boost(ann)
    await pg.say(ann, "I boost")
    await pg.idle()
    await pg.advance(days=1)
    await pg.unboost(ann)
    await pg.idle()
    noon = datetime(2040, 1, 2, 12, tzinfo=UTC)
    assert bot.details("boost") == [(None, noon), (noon, None)]


async def test_time_outs_silence_and_end_by_the_world_clock(pg: Playground, ann: Member) -> None:
    """A time-out is told, and its end too once the time has passed."""
    bot = RecordingBot()
    await pg.connect(bot)
    await pg.timeout(ann, minutes=10)
    await pg.idle()
    await pg.advance(minutes=11)
    await pg.idle()
    assert bot.details("timed out") == [datetime(2040, 1, 2, 12, 10, tzinfo=UTC), None]
    await pg.say(ann, "I may speak again")


def granting_bot(outcomes: list[Any]) -> RecordingBot:
    """Return a bot that gives a role by name and writes down what came of it."""
    bot = RecordingBot()

    @bot.command()
    async def grant(_: commands.Context[Any], member: discord.Member, role: discord.Role) -> None:
        try:
            await member.add_roles(role, reason="level 5")
        except discord.HTTPException as error:
            outcomes.append(error.code)
        else:
            outcomes.append("given")

    return bot


async def test_roles_below_the_bots_can_be_given_others_not(pg: Playground, ann: Member) -> None:
    """The hierarchy decides, managed roles are nobody's to give, and the reason is kept."""
    low = pg.world.add_role(pg.guild, "Low", position=1)
    await pg.move_role("Laurel", 5)
    pg.world.add_role(pg.guild, "High")
    outcomes: list[Any] = []
    await pg.connect(granting_bot(outcomes))
    for name in ("Low", "High", "Laurel"):
        await pg.ask("owner", f"!grant {ann.id} {name}")
    assert outcomes == ["given", 50013, 50013]
    assert ann.roles == [low]
    assert pg.server.requests[0].reason is None
    assert "level 5" in [record.reason for record in pg.server.requests]
    await pg.revoke("Laurel", "manage_roles")
    await pg.ask("owner", f"!grant {pg.guild.owner.id} Low")
    assert outcomes[-1] == 50013


async def test_role_changes_reach_the_bot(pg: Playground, ann: Member) -> None:
    """Creating, giving, changing and deleting a role updates the bot's cache."""
    bot = RecordingBot()
    await pg.connect(bot)
    role = await pg.create_role("Gold", grants=["manage_messages"])
    await pg.give_role(ann, role)
    await pg.idle()
    member = bot.guilds[0].get_member(ann.id)
    assert member is not None
    assert [item.name for item in member.roles] == ["@everyone", "Gold"]
    may = [member.guild_permissions.manage_messages]
    await pg.revoke(role, "manage_messages")
    await pg.idle()
    may.append(member.guild_permissions.manage_messages)
    assert may == [True, False]
    await pg.delete_role(role)
    await pg.idle()
    assert [item.name for item in member.roles] == ["@everyone"]


async def test_roles_are_put_above_and_below_each_other(pg: Playground) -> None:
    """The rest make room, the bot sees the same order, and @everyone stays the lowest."""
    low = await pg.create_role("Low", position=1)
    middle = await pg.create_role("Middle", position=1)
    bot = RecordingBot()
    await pg.connect(bot)

    async def list_order() -> list[str]:
        await pg.idle()
        assert sorted(role.position for role in pg.guild.roles.values()) == list(range(4))
        return [role.name for role in bot.guilds[0].roles]

    await pg.place_role(middle, pg.guild.everyone, above=True)
    assert await list_order() == ["@everyone", "Middle", "Low", "Laurel"]
    await pg.place_role("Middle", "Laurel", above=True)
    assert await list_order() == ["@everyone", "Low", "Laurel", "Middle"]
    await pg.place_role("Laurel", low, above=False)
    assert await list_order() == ["@everyone", "Laurel", "Low", "Middle"]
    for moved, beside, above in ((low, low, True), (pg.guild.everyone, low, True), (low, "@everyone", False)):
        with pytest.raises(PlaygroundError, match="cannot stand"):
            await pg.place_role(moved, beside, above=above)
    with pytest.raises(
        PlaygroundError, match="there is no role 'Lov' in Playground; roles: Laurel, Low, Middle"
    ):
        await pg.place_role("Lov", low, above=True)


async def test_a_channel_moves_into_a_category(pg: Playground) -> None:
    """The bot sees where it stands now."""
    bot = RecordingBot()
    await pg.connect(bot)
    await pg.move_channel("general", await pg.create_channel("Talk", kind=ChannelType.CATEGORY))
    await pg.idle()
    channel = bot.get_channel(pg.general.id)
    assert isinstance(channel, discord.TextChannel)
    assert channel.category is not None
    assert channel.category.name == "Talk"


async def test_a_channel_where_the_bot_may_not_speak_refuses_it(pg: Playground, ann: Member) -> None:
    """Denied sending is 50013, denied embeds too, denied sight is silence; allowing again mends it."""
    bot = RecordingBot()

    @bot.command()
    async def card(context: commands.Context[Any]) -> None:
        await context.send(embed=discord.Embed(title="card"))

    def take_code() -> int:
        error = bot.errors.pop()
        assert isinstance(error, discord.Forbidden)
        return error.code

    await pg.connect(bot)
    await pg.deny("general", "send_messages")
    await pg.ask(ann, "!say hello")
    assert take_code() == 50013
    await pg.allow("general", "send_messages")
    await pg.deny("general", "embed_links")
    await pg.ask(ann, "!card")
    assert take_code() == 50013
    assert len(await pg.ask(ann, "!say plain")) == 1
    await pg.deny("general", "view_channel")
    seen = len(bot.details("message"))
    await pg.ask(ann, "!say unseen")
    assert len(bot.details("message")) == seen
    channel = bot.get_partial_messageable(pg.general.id)
    with pytest.raises(discord.Forbidden) as caught:
        await channel.send("blind")
    assert caught.value.code == 50001


async def test_a_deleted_channel_is_unknown(pg: Playground, ann: Member) -> None:
    """The bot is told of the deletion, and sending there is 404 with code 10003."""
    news = pg.world.add_channel(pg.guild, "news")
    bot = RecordingBot()
    await pg.connect(bot)
    channel = bot.get_channel(news.id)
    assert isinstance(channel, discord.TextChannel)
    await pg.delete_channel(news)
    await pg.idle()
    assert bot.get_channel(news.id) is None
    with pytest.raises(discord.NotFound) as caught:
        await channel.send("too late")
    assert caught.value.code == 10003
    assert len(await pg.ask(ann, "!say elsewhere")) == 1


async def test_channels_and_voice_states_change_under_the_bot(pg: Playground, ann: Member) -> None:
    """New channels appear, and who is in voice is known."""
    bot = RecordingBot()
    await pg.connect(bot)
    lounge = await pg.create_channel("lounge", kind=ChannelType.VOICE)
    await pg.voice(ann, lounge)
    await pg.idle()
    member = bot.guilds[0].get_member(ann.id)
    assert member is not None
    assert member.voice is not None
    assert str(member.voice.channel) == "lounge"
    await pg.voice(ann, None)
    await pg.idle()
    assert member.voice is None


async def test_the_bot_can_manage_what_it_may(pg: Playground, ann: Member) -> None:
    """With the permissions for it the bot creates, changes and deletes roles, channels and threads."""
    await pg.grant("Laurel", "manage_channels", "manage_nicknames", "moderate_members", "manage_messages")
    await pg.move_role("Laurel", 9)
    bot = RecordingBot()

    @bot.command()
    async def manage(context: commands.Context[Any]) -> None:
        assert context.guild is not None
        assert isinstance(context.author, discord.Member)
        role = await context.guild.create_role(name="Level 5", colour=discord.Colour.gold())
        await role.edit(name="Level 6")
        await context.author.edit(nick="Annie", roles=[role])
        await context.author.timeout(timedelta(minutes=5))
        channel = await context.guild.create_text_channel("levels")
        await channel.edit(topic="who rose")
        await channel.set_permissions(context.guild.default_role, send_messages=False)
        thread = await channel.create_thread(name="talk", type=discord.ChannelType.public_thread)
        await thread.send("in the thread")
        await (await context.guild.create_text_channel("brief")).delete()
        assert isinstance(context.channel, discord.TextChannel)
        await context.channel.purge(limit=10)

    await pg.connect(bot)
    await pg.say(ann, "old")
    await pg.ask(ann, "!manage")
    assert bot.errors == []
    assert (ann.nick, [role.name for role in ann.roles]) == ("Annie", ["Level 6"])
    assert ann.timed_out_until is not None
    levels = pg.channel("levels")
    assert levels.topic == "who rose"
    assert [message.content for message in pg.replies("talk")] == ["in the thread"]
    assert pg.world.find_channel("brief") is None
    assert pg.messages() == []


async def test_the_bot_can_be_invited_thrown_out_and_cut_off(pg: Playground) -> None:
    """Guilds appear, become unavailable and vanish."""
    bot = RecordingBot()
    await pg.connect(bot)
    second = await pg.invite_bot("Second")
    await pg.idle()
    assert [guild.name for guild in bot.guilds] == ["Playground", "Second"]
    unavailable = []
    for change in (pg.outage, pg.end_outage):
        await change(second)
        await pg.idle()
        unavailable.append(bot.guilds[1].unavailable)
    assert unavailable == [True, False]
    await pg.leave(second.members[pg.world.bot.id])
    await pg.idle()
    assert [guild.name for guild in bot.guilds] == ["Playground"]
