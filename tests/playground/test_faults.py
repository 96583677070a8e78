"""Faults on demand: what goes wrong between Discord and a bot."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import discord
import pytest
from discord.ext import commands

from playground import Member, Playground, PlaygroundTimeoutError, waiting
from tests.playground.bots import RecordingBot


async def test_a_dropped_connection_is_resumed_and_missed_events_are_replayed(
    pg: Playground, ann: Member
) -> None:
    """What was said while the bot was away arrives after the resume, once and in order."""
    bot = RecordingBot()
    await pg.connect(bot)
    await pg.say(ann, "before")
    pg.faults.drop()
    await pg.say(ann, "while away 1")
    await pg.say(ann, "while away 2")
    await pg.idle()
    assert bot.details("message") == ["before", "while away 1", "while away 2"]
    assert (len(bot.details("resumed")), len(bot.details("ready"))) == (1, 1)


async def test_a_connection_that_breaks_without_a_goodbye_is_resumed_too(pg: Playground, ann: Member) -> None:
    """An abrupt end loses nothing either."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.drop(abruptly=True)
    await pg.say(ann, "while away")
    await pg.idle()
    assert bot.details("message") == ["while away"]


async def test_a_resume_can_replay_what_the_bot_has_seen(pg: Playground, ann: Member) -> None:
    """Replayed duplicates arrive as a second event of the same message."""
    bot = RecordingBot()
    await pg.connect(bot)
    for text in ("one", "two"):
        await pg.say(ann, text)
    await pg.idle()
    pg.faults.replay_on_resume(2)
    pg.faults.drop()
    await pg.idle()
    assert bot.details("message") == ["one", "two", "one", "two"]


async def test_a_connection_can_be_cut_just_before_an_event(pg: Playground, ann: Member) -> None:
    """The event comes with the resume, or never when the session cannot be resumed."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.drop_before("MESSAGE_CREATE")
    await pg.say(ann, "by resume")
    await pg.idle()
    pg.faults.drop_before("MESSAGE_CREATE", resumable=False)
    await pg.say(ann, "never")
    await pg.idle()
    assert bot.details("message") == ["by resume"]


async def test_an_invalid_session_loses_what_was_said_meanwhile(pg: Playground, ann: Member) -> None:
    """The bot identifies anew; what happened in between is gone, what comes after arrives."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.drop(resumable=False)
    await pg.say(ann, "lost")
    await pg.idle()
    await pg.say(ann, "after")
    await pg.idle()
    assert bot.details("message") == ["after"]
    assert (len(bot.details("resumed")), len(bot.details("ready"))) == (0, 2)


@pytest.mark.parametrize("resumable", [True, False])
async def test_the_gateway_can_ask_for_a_reconnect_or_invalidate(
    pg: Playground, ann: Member, resumable: bool
) -> None:
    """Op 7 and a resumable op 9 lead to a resume, a plain op 9 to a new session."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.ask_to_reconnect()
    await pg.say(ann, "one")
    await pg.idle()
    pg.faults.invalidate_session(resumable=resumable)
    await pg.idle()
    await pg.say(ann, "two")
    await pg.idle()
    assert bot.details("message") == ["one", "two"]
    assert len(bot.details("resumed")) == (2 if resumable else 1)


async def test_a_dead_heartbeat_is_noticed_and_nothing_is_lost(pg: Playground, ann: Member) -> None:
    """The bot gives the silent connection up, resumes, and gets what it missed."""
    bot = RecordingBot(heartbeat_timeout=0.2)
    pg.server.gateway.heartbeat_interval_seconds = 0.05
    await pg.connect(bot)
    pg.faults.dead_heartbeat()
    await pg.say(ann, "into the void")
    pg.faults.restore_heartbeat()
    await pg.idle()
    assert bot.details("message") == ["into the void"]
    assert bot.details("resumed") != []


async def test_events_can_come_twice_and_late(pg: Playground, ann: Member) -> None:
    """Duplicates follow at once; a held event comes after younger ones."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.duplicate("MESSAGE_CREATE")
    await pg.say(ann, "double")
    pg.faults.hold("MESSAGE_CREATE")
    await pg.say(ann, "late")
    await pg.say(ann, "early")
    pg.faults.release()
    await pg.idle()
    pg.faults.repeat_last("MESSAGE_CREATE")
    await pg.idle()
    assert bot.details("message") == ["double", "double", "early", "late", "early"]


@pytest.mark.parametrize("is_global", [True, False])
async def test_a_rate_limit_is_waited_out(pg: Playground, ann: Member, is_global: bool) -> None:
    """discord.py waits `retry_after` and sends again."""
    await pg.connect(RecordingBot())
    fault = pg.faults.rate_limit("POST /channels/*/messages", retry_after=0.03, times=2, is_global=is_global)
    started = time.monotonic()
    assert [reply.content for reply in await pg.ask(ann, "!say patience")] == ["patience"]
    assert fault.hits == 2
    assert time.monotonic() - started >= 0.05


async def test_a_bad_gateway_is_tried_again(pg: Playground, ann: Member) -> None:
    """502 is repeated by discord.py (after a real second), 503 is not."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.fail("POST /channels/*/messages", status=502)
    assert len(await pg.ask(ann, "!say again")) == 1
    pg.faults.fail("POST /channels/*/messages", status=503)
    assert await pg.ask(ann, "!say never") == []
    assert isinstance(bot.errors.pop(), discord.DiscordServerError)


async def test_a_lost_answer_is_a_deed_done(pg: Playground, ann: Member) -> None:
    """The message stands although the bot saw an error; the same nonce finds it again."""
    bot = RecordingBot()

    @bot.command()
    async def careful(context: commands.Context[Any]) -> None:
        for _ in range(2):
            try:
                message = await context.send("just once", nonce=context.message.id)
            except aiohttp.ClientError:
                continue
            bot.seen.append(("sent", message.id))
            break

    await pg.connect(bot)
    fault = pg.faults.lose_answer("POST /channels/*/messages")
    [reply] = await pg.ask(ann, "!careful")
    assert fault.hits == 1
    assert bot.details("sent") == [reply.id]


async def test_a_refused_connection_is_a_deed_not_done(pg: Playground, ann: Member) -> None:
    """The bot sees the same error as with a lost answer, but nothing stands."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.refuse_connection("POST /channels/*/messages")
    assert await pg.ask(ann, "!say nothing") == []
    assert isinstance(bot.errors.pop(), aiohttp.ClientError)


async def test_a_slow_answer_is_awaited_and_idle_names_what_is_going_on(pg: Playground, ann: Member) -> None:
    """While an answer is slow the bot does not rest, and the timeout says why."""
    await pg.connect(RecordingBot())
    pg.faults.slow("POST /channels/*/messages", seconds=0.2)
    message = await pg.say(ann, "!say slow")
    with pytest.raises(PlaygroundTimeoutError, match=r"on_message; 1 REST request"):
        await pg.idle(0.05)
    await pg.idle()
    assert len(pg.replies(after=message)) == 1
    pg.faults.clear()


async def test_a_forbidden_channel_answers_403_whatever_its_permissions_say(
    pg: Playground, ann: Member
) -> None:
    """`forbid` refuses everything about a channel until cleared."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.faults.forbid(pg.general)
    assert await pg.ask(ann, "!say hello") == []
    error = bot.errors.pop()
    assert isinstance(error, discord.Forbidden)
    assert error.code == 50001
    pg.faults.clear()
    assert len(await pg.ask(ann, "!say hello")) == 1


async def test_a_crash_leaves_messages_unanswered_until_a_new_bot_comes(pg: Playground, ann: Member) -> None:
    """After a crash the world goes on; a new bot gets only what comes after its start."""
    bot = RecordingBot()

    @bot.listen("on_message")
    async def hang(_: discord.Message) -> None:
        await asyncio.Event().wait()

    await pg.connect(bot)
    await pg.say(ann, "unfinished")
    await pg.crash()
    await pg.say(ann, "unheard")
    again = RecordingBot()
    await pg.connect(again)
    assert len(await pg.ask(ann, "!say hello again")) == 1
    assert again.details("message") == ["!say hello again"]


async def test_idle_waits_for_checks_of_the_test(pg: Playground) -> None:
    """`quiet_when` keeps `idle` waiting until the check holds."""
    await pg.connect(RecordingBot())
    left = iter([False, False, True, True, True, True])
    pg.quiet_when(lambda: next(left))
    await pg.idle()
    assert next(left) is True


async def test_idle_takes_a_busy_machine_into_account(
    pg: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a poll is over before anything else had its turn, what goes from hand to hand is not missed."""
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0)
    done = []

    async def hand_on(times: int) -> None:
        if times:
            await asyncio.create_task(hand_on(times - 1))
        else:
            done.append(True)

    work = asyncio.create_task(hand_on(12))
    await pg.idle()
    assert done
    await work
