"""People talk, the bot answers: messages, replies, files, embeds, edits, threads, direct messages."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from discord.ext import commands

from playground import Member, MessageType, Playground, PlaygroundError
from tests.playground.bots import RecordingBot


async def test_a_prefix_command_is_answered_in_its_channel(pg: Playground, ann: Member) -> None:
    """What a member says reaches the bot, and what the bot sends stands in the channel."""
    await pg.connect(RecordingBot())
    [reply] = await pg.ask(ann, "!say good evening")
    assert reply.content == "good evening"
    assert reply.author is pg.world.bot
    assert pg.replies("general") == [reply]


async def test_the_bot_sees_who_wrote_with_name_roles_and_world_time(pg: Playground, ann: Member) -> None:
    """The author arrives as a member with nick and roles, the time is the world's."""
    role = pg.world.add_role(pg.guild, "Gold")
    ann.nick, ann.role_ids = "Annie", [role.id]
    bot = RecordingBot()
    authors: list[tuple[str, list[str], datetime]] = []

    @bot.listen("on_message")
    async def note(message: discord.Message) -> None:
        assert isinstance(message.author, discord.Member)
        roles = [item.name for item in message.author.roles]
        authors.append((message.author.display_name, roles, message.created_at))

    await pg.connect(bot)
    await pg.advance(days=2)
    await pg.say(ann, "hello")
    await pg.idle()
    assert authors == [("Annie", ["@everyone", "Gold"], datetime(2040, 1, 4, 12, tzinfo=UTC))]


async def test_embeds_and_files_arrive_together(pg: Playground, ann: Member) -> None:
    """An embed with a picture and a text in one message all arrive, the file with its bytes and alt text."""
    bot = RecordingBot()

    @bot.command()
    async def card(context: commands.Context[Any]) -> None:
        file = discord.File(io.BytesIO(b"not really a picture"), "card.png", description="a card")
        embed = discord.Embed(title="Level 5", description="of ann").set_image(url="attachment://card.png")
        embed.add_field(name="XP", value="1,234")
        await context.send("here", embed=embed, file=file)

    await pg.connect(bot)
    [reply] = await pg.ask(ann, "!card")
    assert reply.text == "here\nLevel 5\nof ann\nXP\n1,234"
    [attachment] = reply.attachments
    assert (attachment.filename, attachment.data) == ("card.png", b"not really a picture")
    assert attachment.description == "a card"


async def test_the_bot_can_read_what_members_attach_and_their_avatars(pg: Playground, ann: Member) -> None:
    """Attachments and avatars are fetched from the playground, never from the Internet."""
    bot = RecordingBot()

    @bot.command()
    async def read(context: commands.Context[Any]) -> None:
        data = await context.message.attachments[0].read()
        avatar = await context.author.display_avatar.read()
        await context.send(f"{data.decode()} {avatar[1:4].decode()}")

    await pg.connect(bot)
    message = await pg.say(ann, "!read", attachments=[("note.txt", b"a note")])
    await pg.idle()
    assert [reply.content for reply in pg.replies(after=message)] == ["a note PNG"]


async def test_edits_and_deletions_by_the_bot_are_visible(pg: Playground, ann: Member) -> None:
    """A message knows what it was before an edit, and that it has been deleted."""
    bot = RecordingBot()

    @bot.command()
    async def count(context: commands.Context[Any]) -> None:
        message = await context.send("one")
        await message.edit(content="two")
        await (await context.send("gone")).delete()

    await pg.connect(bot)
    [reply] = await pg.ask(ann, "!count")
    assert (reply.content, reply.edits) == ("two", ["one"])


async def test_members_edits_and_deletions_reach_the_bot(pg: Playground, ann: Member) -> None:
    """The bot is told of edits and deletions of messages it has seen."""
    bot = RecordingBot()

    @bot.listen()
    async def on_message_edit(before: discord.Message, after: discord.Message) -> None:
        bot.seen.append(("edit", (before.content, after.content)))

    @bot.listen()
    async def on_message_delete(message: discord.Message) -> None:
        bot.seen.append(("delete", message.content))

    await pg.connect(bot)
    message = await pg.say(ann, "teh")
    await pg.edit(message, "the")
    await pg.delete(message)
    await pg.idle()
    assert bot.details("edit") == [("teh", "the")]
    assert bot.details("delete") == ["the"]


async def test_a_reply_names_the_message_it_answers(pg: Playground, ann: Member) -> None:
    """Replies carry their reference both ways, and ping only whom `allowed_mentions` lets them."""
    bot = RecordingBot(allowed_mentions=discord.AllowedMentions.none())
    referenced: list[str] = []

    @bot.command()
    async def quote(context: commands.Context[Any]) -> None:
        assert context.message.reference is not None
        assert isinstance(context.message.reference.resolved, discord.Message)
        referenced.append(context.message.reference.resolved.content)
        await context.reply(f"{context.author.mention} yes")

    await pg.connect(bot)
    first = await pg.say(ann, "first")
    second = await pg.say(ann, "!quote", reply_to=first)
    await pg.idle()
    [reply] = pg.replies(after=second)
    assert referenced == ["first"]
    assert (reply.type, reply.reference) == (MessageType.REPLY, second)
    assert (reply.mentioned_ids, reply.pinged_ids) == ([ann.id], [])


async def test_history_and_single_messages_can_be_fetched(pg: Playground, ann: Member) -> None:
    """`history` walks the channel newest first, also beyond one page; an unknown message is code 10008."""
    bot = RecordingBot()
    found: list[Any] = []

    @bot.command()
    async def recall(context: commands.Context[Any]) -> None:
        found.extend([message.content async for message in context.channel.history(limit=None)])
        try:
            await context.channel.fetch_message(1)
        except discord.NotFound as error:
            found.append(error.code)

    await pg.connect(bot)
    for number in range(120):
        await pg.say(ann, str(number))
    await pg.ask(ann, "!recall")
    assert found == ["!recall", *map(str, reversed(range(120))), 10008]


async def test_a_message_in_a_thread_belongs_to_its_parent(pg: Playground, ann: Member) -> None:
    """Threads arrive as threads of their channel, and the bot answers inside them."""
    bot = RecordingBot()

    @bot.command()
    async def where(context: commands.Context[Any]) -> None:
        assert isinstance(context.channel, discord.Thread)
        assert context.channel.parent is not None
        await context.send(f"{context.channel.name} in {context.channel.parent.name}")

    await pg.connect(bot)
    thread = await pg.create_thread("side talk")
    [reply] = await pg.ask(ann, "!where", thread)
    assert (reply.content, reply.channel) == ("side talk in general", thread)


async def test_direct_messages_work_and_can_be_refused(pg: Playground, ann: Member) -> None:
    """The bot can write to a member directly; one who refuses makes it fail with code 50007."""
    bot = RecordingBot()

    @bot.command()
    async def whisper(context: commands.Context[Any]) -> None:
        try:
            await context.author.send("psst")
        except discord.Forbidden as error:
            await context.send(f"refused {error.code}")

    await pg.connect(bot)
    assert await pg.ask(ann, "!whisper") == []
    assert [message.content for message in pg.replies(pg.dm(ann))] == ["psst"]
    assert [message.content for message in await pg.ask(ann, "!say back", pg.dm(ann))] == ["back"]
    await pg.refuse_dms(ann)
    assert [message.content for message in await pg.ask(ann, "!whisper")] == ["refused 50007"]


async def test_bots_webhooks_and_system_messages_are_what_they_claim(pg: Playground, ann: Member) -> None:
    """Messages of other bots, of webhooks and of Discord itself can be told apart by the bot."""
    bot = RecordingBot()
    kinds: list[tuple[bool, bool, bool]] = []

    @bot.listen("on_message")
    async def note(message: discord.Message) -> None:
        kinds.append((message.author.bot, message.webhook_id is not None, message.is_system()))

    await pg.connect(bot)
    await pg.say(pg.world.add_member(pg.guild, "robot", bot=True), "beep")
    await pg.webhook_says("news", "extra")
    await pg.system_message(ann, MessageType.BOOST)
    await pg.say(ann, "hello")
    await pg.idle()
    assert kinds == [
        (True, False, False),
        (True, True, False),
        (False, False, True),
        (False, False, False),
    ]


async def test_reactions_travel_both_ways(pg: Playground, ann: Member) -> None:
    """The bot's reactions stand on the message, and it is told of members' reactions."""
    bot = RecordingBot()

    @bot.command()
    async def like(context: commands.Context[Any]) -> None:
        await context.message.add_reaction("👍")

    @bot.listen()
    async def on_reaction_add(reaction: discord.Reaction, user: discord.Member) -> None:
        bot.seen.append(("reaction", (str(reaction.emoji), user.name)))

    await pg.connect(bot)
    message = await pg.say(ann, "!like")
    await pg.idle()
    await pg.react(ann, message, "🎉")
    await pg.idle()
    assert message.reactions == {"👍": [pg.world.bot.id], "🎉": [ann.id]}
    assert bot.details("reaction")[-1] == ("🎉", "ann")


async def test_without_the_content_intent_the_text_stays_away(pg: Playground, ann: Member) -> None:
    """As on Discord the content is empty, unless the message mentions the bot or is a direct one."""
    intents = discord.Intents.default()
    intents.members = True
    bot = RecordingBot(intents=intents)
    await pg.connect(bot)
    await pg.say(ann, "secret")
    await pg.say(ann, f"{pg.world.bot.mention} open")
    await pg.say(ann, "direct", pg.dm(ann))
    await pg.idle()
    assert bot.details("message") == ["", f"<@{pg.world.bot.id}> open", "direct"]


async def test_the_same_nonce_returns_the_first_message(pg: Playground, ann: Member) -> None:
    """With `enforce_nonce`, which discord.py sets with a nonce, a repeated message is not posted twice."""
    bot = RecordingBot()
    ids: list[int] = []

    @bot.command()
    async def twice(context: commands.Context[Any]) -> None:
        ids.extend([(await context.send("once", nonce=77)).id for _ in range(2)])

    await pg.connect(bot)
    assert len(await pg.ask(ann, "!twice")) == 1
    assert ids[0] == ids[1]
    await pg.advance(minutes=6)
    await pg.ask(ann, "!twice")
    assert ids[2] != ids[0]


async def test_a_member_without_the_permission_cannot_be_made_to_speak(pg: Playground, ann: Member) -> None:
    """The kit refuses what Discord's client would not let a person do."""
    await pg.deny("general", "send_messages", target=pg.guild.everyone)
    with pytest.raises(PlaygroundError, match="ann may not write in #general"):
        await pg.say(ann, "hello")
    await pg.say("owner", "hello")
