"""What a broken connection may do: deliver twice, deliver late. Nothing is paid twice, nothing is lost."""

from __future__ import annotations

import pytest

from playground import Member
from tests.e2e.house import House


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member; the bot is connected."""
    ann = house.person("ann")
    await house.connect()
    return ann


async def say_over_two_minutes(house: House, who: Member, times: int) -> None:
    """Say something every two minutes: each message is outside the cooldown."""
    for _ in range(times):
        await house.say(who)
        await house.pg.advance(minutes=2)


async def test_events_replayed_after_a_resume_are_paid_once(house: House, ann: Member) -> None:
    """Discord repeats, after a resume, what the bot has seen already."""
    await say_over_two_minutes(house, ann, 3)
    house.pg.faults.replay_on_resume(3)
    house.pg.faults.drop()
    await house.say(ann)
    record = await house.record(ann)
    assert (record.messages, record.xp) == (4, 4 * 15)


async def test_a_daily_replayed_is_paid_once(house: House, ann: Member) -> None:
    """A repeated command is the same command: one claim, one count."""
    await house.pg.ask(ann, "!daily")
    house.pg.faults.repeat_last("MESSAGE_CREATE")
    await house.settle()
    record = await house.record(ann)
    assert (record.dailies, record.commands) == (1, 1)


async def test_duplicates_within_a_session_are_paid_once(house: House, ann: Member) -> None:
    """The same event twice in a row counts once."""
    house.pg.faults.duplicate(copies=3)
    await house.say(ann)
    record = await house.record(ann)
    assert (record.messages, record.xp) == (1, 15)


async def test_late_events_are_counted_in_their_own_time(house: House, ann: Member) -> None:
    """A message that comes after younger ones is counted; it earns by its own timestamp."""
    house.pg.faults.hold()
    await house.pg.say(ann, "held back")
    await house.pg.advance(minutes=2)
    await house.say(ann)
    house.pg.faults.release()
    await house.settle()
    record = await house.record(ann)
    assert (record.messages, record.xp) == (2, 15)


async def test_a_new_session_goes_on_counting(house: House, ann: Member) -> None:
    """When a session cannot be resumed, a new one begins, and what was counted stays counted."""
    await say_over_two_minutes(house, ann, 2)
    house.pg.faults.drop(resumable=False)
    await house.settle()
    await say_over_two_minutes(house, ann, 1)
    house.pg.faults.repeat_last("MESSAGE_CREATE")
    await house.settle()
    record = await house.record(ann)
    assert (record.messages, record.xp) == (3, 3 * 15)
