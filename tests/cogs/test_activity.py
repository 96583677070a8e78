"""What counts as a message, what counts as a command, and what counts as neither."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from cogs.activity import ActivityCog, has_image, has_link
from leveling_core.documents import ChannelRecord
from leveling_core.earning import MessageAnswer
from leveling_core.errors import StoreError
from leveling_core.facts import MessagePosted, RulesChangeRequested
from leveling_core.ids import channel_key
from leveling_core.rules import Ruleset
from leveling_core.store import LedgerQuery
from playground import MessageType
from tests.cogs.server import Server

PNG = b"\x89PNG\r\n\x1a\n"


def activity_of(server: Server) -> ActivityCog:
    """Return the cog under test."""
    return cast(ActivityCog, server.bot.get_cog("LaurelActivity"))


async def session_of(server: Server) -> int:
    """Return the gateway session in which the first channel's last message was counted."""
    key = channel_key(server.pg.guild.id, server.pg.world.general.id)
    return cast(ChannelRecord, await server.store.read(key)).session


async def test_a_message_of_a_person_earns_and_is_counted(server: Server) -> None:
    """The first message earns the least roll (the dice say 0); one inside the cooldown is counted only."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.say(ann, "hello")
    await server.pg.say(ann, "hello again")
    await server.pg.idle()
    record = await server.record(ann)
    assert (record.messages, record.xp) == (2, 15)


async def test_bots_webhooks_system_messages_and_direct_messages_do_not_count(server: Server) -> None:
    """Nothing is recorded for anybody but people who write in a server."""
    ann, robot = server.person("ann"), server.person("robot", bot=True)
    await server.connect()
    await server.pg.say(robot, "beep")
    await server.pg.webhook_says("hook", "news")
    await server.pg.system_message(ann, MessageType.MEMBER_JOIN)
    await server.pg.say(ann, "psst", server.pg.dm(ann))
    await server.pg.idle()
    assert await server.store.list_member_ids(server.pg.guild.id, present=True) == []


async def test_a_reply_counts(server: Server) -> None:
    """A reply is a message like any other."""
    ann = server.person("ann")
    await server.connect()
    first = await server.pg.say(ann, "hello")
    await server.pg.say(ann, "to myself", reply_to=first)
    await server.pg.idle()
    assert (await server.record(ann)).messages == 2


async def test_a_thread_belongs_to_its_channel(server: Server) -> None:
    """Messages of a thread are counted one by one under the thread's id; the ledger names both."""
    ann = server.person("ann")
    await server.connect()
    thread = await server.pg.create_thread("talk")
    await server.pg.say(ann, "hello", thread)
    await server.pg.idle()
    counted = cast(ChannelRecord, await server.store.read(channel_key(server.pg.guild.id, thread.id)))
    assert (await server.record(ann)).messages == 1
    assert len(counted.closed) == 1
    line = (await server.store.list_ledger(LedgerQuery(user_id=ann.id)))[0]
    assert (line.channel_id, line.thread_id) == (server.pg.channel("general").id, thread.id)


async def test_images_links_and_long_messages_count_once_each(server: Server) -> None:
    """However many a message holds, it counts one image, one link, one long message."""
    ann = server.person("ann")
    await server.connect()
    text = "https://example.org and http://example.com " + "x" * 100
    await server.pg.say(ann, text, attachments=[("a.png", PNG), ("b.png", PNG)])
    await server.pg.idle()
    record = await server.record(ann)
    assert (record.images, record.links, record.long_messages) == (1, 1, 1)


async def test_a_command_counts_as_a_command_only(server: Server) -> None:
    """A message that invokes a command is no message, whether the command succeeds or fails."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.ask(ann, "!profile")
    await server.pg.ask(ann, "!profile nobody")
    record = await server.record(ann)
    assert (record.messages, record.commands) == (0, 1)


async def test_what_only_looks_like_a_command_is_a_message(server: Server) -> None:
    """A prefix before no command of the bot, and a mention of it, are talk."""
    ann = server.person("ann")
    await server.connect()
    for text in ("!!!", "!nonsense", f"<@{server.pg.world.bot.id}> is nice"):
        assert await server.pg.ask(ann, text) == []
    record = await server.record(ann)
    assert (record.messages, record.commands) == (3, 0)


async def test_a_mention_is_always_a_prefix(server: Server) -> None:
    """Who has forgotten the prefix mentions the bot; that is a command, too."""
    ann = server.person("ann")
    await server.connect()
    assert len(await server.pg.ask(ann, f"<@{server.pg.world.bot.id}> help")) == 1
    record = await server.record(ann)
    assert (record.messages, record.commands) == (0, 1)


async def test_a_slash_command_counts_once(server: Server) -> None:
    """Discord.py tells of a hybrid slash command twice; it is one command."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.slash(ann, "profile")
    await server.pg.idle()
    assert (await server.record(ann)).commands == 1


async def test_a_resume_goes_on_and_a_new_session_begins_anew(server: Server) -> None:
    """Only a session in which events may have been lost is a new one."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.say(ann, "one")
    await server.pg.idle()
    first = await session_of(server)
    server.pg.faults.drop()
    await server.pg.idle()
    await server.pg.say(ann, "two")
    await server.pg.idle()
    assert await session_of(server) == first
    server.pg.faults.invalidate_session()
    await server.pg.idle()
    await server.pg.say(ann, "three")
    await server.pg.idle()
    assert await session_of(server) != first
    assert (await server.record(ann)).messages == 3


async def test_a_message_told_twice_is_counted_once(server: Server) -> None:
    """What Discord replays is not paid again."""
    ann = server.person("ann")
    await server.connect()
    server.pg.faults.duplicate()
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).messages == 1


async def test_a_storage_that_fails_is_logged_once_in_a_while(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message meets the trouble, the log names it once a minute, and the bot goes on."""
    ann = server.person("ann")
    await server.connect()

    def fail(*_: object, **__: object) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(StoreError(path="laurel.db", cause="the disk is full", cure="Make room."))
        return future

    with monkeypatch.context() as patch:
        patch.setattr(activity_of(server).leveling, "message_posted", fail)
        for _ in range(5):
            await server.pg.say(ann, "hello")
        await server.pg.idle()
        assert len(server.faults.texts) == 1
        assert "the disk is full" in server.faults.texts[0]
        await server.pg.advance(minutes=2)
        await server.pg.say(ann, "hello")
        await server.pg.idle()
        assert "5 time(s)" in server.faults.texts[1]
        server.faults.texts.clear()
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).messages == 1


async def test_nothing_waits_until_a_message_is_on_disk(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its listener has ended while its commit is on its way, and how many are is to be seen."""
    ann = server.person("ann")
    await server.connect()
    commits: list[asyncio.Future[MessageAnswer]] = []

    def begin(*_: object, **__: object) -> asyncio.Future[MessageAnswer]:
        commits.append(asyncio.get_running_loop().create_future())
        return commits[-1]

    monkeypatch.setattr(activity_of(server).leveling, "message_posted", begin)
    assert server.bot.laurel is not None
    for _ in range(3):
        await server.pg.say(ann, "hello")
    async with asyncio.timeout(5):
        while len(commits) < 3:  # noqa: ASYNC110 -- the gateway tells nobody
            await asyncio.sleep(0.001)
    assert not [task for task in asyncio.all_tasks() if "on_message" in task.get_name()]
    assert server.bot.laurel.on_their_way == 3
    commits[0].set_result(MessageAnswer(xp=15))
    commits[1].cancel()
    await asyncio.sleep(0)
    assert server.bot.laurel.on_their_way == 1
    commits[2].set_result(MessageAnswer(xp=15))
    await server.pg.idle()
    assert server.bot.laurel.on_their_way == 0


async def test_what_ceilings_need_is_named_where_there_are_some(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is loaded along with the rest then, and not asked for by one decision after the other."""
    ann, guild_id = server.person("ann"), server.pg.guild.id
    await server.connect()
    told: list[bool] = []
    post = activity_of(server).leveling.message_posted

    def spy(fact: MessagePosted, *, bounded: bool = False) -> asyncio.Future[MessageAnswer]:
        told.append(bounded)
        return post(fact, bounded=bounded)

    monkeypatch.setattr(activity_of(server).leveling, "message_posted", spy)
    for number, xp in enumerate(["100", "0"]):
        await server.pg.say(ann, "hello")
        await server.pg.idle()
        fact = RulesChangeRequested(guild_id, 1, 2**40 + number, {"earning.hour_ceiling_xp": xp})
        await server.leveling.change_rules(fact)
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert told == [False, True, False]


@pytest.mark.parametrize(
    ("use_case", "text"), [("message_posted", "hello"), ("command_completed", "!profile")]
)
async def test_an_error_nobody_foresaw_is_logged(
    server: Server, monkeypatch: pytest.MonkeyPatch, use_case: str, text: str
) -> None:
    """Nobody waits for a commit, so its error goes to the log, with where it happened."""
    ann = server.person("ann")
    await server.connect()

    def fail(*_: object, **__: object) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(ZeroDivisionError("oh"))
        return future

    monkeypatch.setattr(activity_of(server).leveling, use_case, fail)
    await server.pg.say(ann, text)
    await server.pg.idle()
    [told] = server.faults.texts
    assert "An error while counting" in told
    assert "ZeroDivisionError: oh" in told
    server.faults.texts.clear()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://example.org", True),
        ("HTTP://EXAMPLE.ORG", True),
        ("<https://example.org>", True),
        ("https:// is how they begin", False),
        ("ftp://example.org", False),
        ("example.org", False),
    ],
)
def test_links_are_told_from_other_text(text: str, found: bool) -> None:
    """A link is http or https with something behind it."""
    assert has_link(text) is found


@pytest.mark.parametrize(
    ("filename", "content_type", "embed_type", "found"),
    [
        ("a.bin", "image/webp", "rich", True),
        ("a.JPG", None, "rich", True),
        ("a.png", "text/plain", "rich", False),
        ("a.txt", None, "rich", False),
        ("a.txt", None, "image", True),
    ],
)
def test_images_are_told_from_other_files(
    filename: str, content_type: str | None, embed_type: str, found: bool
) -> None:
    """Discord's content type says it; without one the name's ending; an embedded image counts too."""
    attachment = SimpleNamespace(filename=filename, content_type=content_type)
    message: Any = SimpleNamespace(
        attachments=[attachment], embeds=[discord.Embed(type=cast(Any, embed_type))]
    )
    assert has_image(message) is found


async def test_what_rules_name_is_told_even_where_the_rules_cannot_be_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member who should earn nothing does not earn because the storage failed for a moment."""
    ann = server.person("ann")
    muted = server.pg.world.add_role(server.pg.guild, "Muted")
    await server.connect()
    await server.ask(server.pg.guild.owner, "!noxp add role Muted")
    await server.pg.give_role(ann, muted)
    await server.pg.idle()
    assert server.bot.laurel is not None
    server.bot.laurel.context.earning.known.clear()
    read = server.leveling.get_rules

    async def fail(_: int) -> Ruleset:
        raise StoreError(path="memory:", cause="it is gone", cure="Bring it back")

    monkeypatch.setattr(server.leveling, "get_rules", fail)
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).messages == 0
    assert server.faults.texts != []
    server.faults.texts.clear()
    monkeypatch.setattr(server.leveling, "get_rules", read)
    await server.pg.take_role(ann, muted)
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).messages == 1


async def test_rules_changed_while_they_are_read_are_read_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before a change is not kept for what holds after it."""
    await server.connect()
    assert server.bot.laurel is not None
    book, guild = server.bot.laurel.context.earning, server.pg.guild
    book.known.clear()
    read = server.leveling.get_rules
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def read_slowly(guild_id: int) -> Ruleset:
        rules = await read(guild_id)
        reading.set()
        await go_on.wait()
        return rules

    monkeypatch.setattr(server.leveling, "get_rules", read_slowly)
    learning = asyncio.create_task(book.learn(guild.id))
    await reading.wait()
    fact = RulesChangeRequested(guild.id, 1, 2**40, {"scope.ignored_prefixes": "?"})
    await server.leveling.change_rules(fact)
    go_on.set()
    needs = await learning
    assert needs is not None
    assert needs.prefixes == ("?",)
