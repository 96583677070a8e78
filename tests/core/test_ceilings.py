"""Ceilings: the most that a member's messages earn in a minute, an hour and a day."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.ceilings import EarnedRecord
from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.earning import MessageAnswer, decide_message
from leveling_core.facts import MessagePosted
from leveling_core.ids import earned_key
from leveling_core.outcomes import Ceiling, XpGained
from leveling_core.periods import MS_PER_HOUR, MS_PER_MINUTE
from tests.core.world import ANN, BOB, CHANNEL, DAY, GUILD, HOUR, MINUTE, START_AT, World, snowflake

LOWEST = 0
"""Dice with which a message earns 15 XP."""


def _world(**rules: int) -> World:
    named: dict[str, Any] = {f"earning__{name}": value for name, value in rules.items()}
    return World(**named)


def _post(world: World, at: int, *, user_id: int = ANN, dice: int = LOWEST) -> MessageAnswer:
    fact = MessagePosted(GUILD, user_id, CHANNEL, snowflake(at), 10, False, False, dice, session=1)
    return world.run(partial(decide_message, fact=fact, catalogue=world.catalogue))


def _awards(world: World) -> list[XpGained]:
    return [line.outcome for line in world.lines if isinstance(line.outcome, XpGained)]


def test_the_award_that_reaches_it_is_cut_and_says_so() -> None:
    """Of 15 XP that a message would earn, only those below the ceiling are added; the line names it."""
    world = _world(hour_ceiling_xp=40)
    xp = [_post(world, START_AT + minute * MINUTE).xp for minute in range(3)]
    assert xp == [15, 15, 10]
    assert world.member().xp == 40
    assert [award.ceiling for award in _awards(world)] == [None, None, Ceiling("hour", 40, START_AT + HOUR)]


def test_an_award_that_just_reaches_it_names_it_too() -> None:
    """Nothing is cut, and nothing more can follow."""
    world = _world(day_ceiling_xp=15)
    _post(world, START_AT)
    assert _awards(world)[0].ceiling == Ceiling("day", 15, START_AT + DAY)


@pytest.mark.parametrize(
    ("rule", "later", "ends_at"),
    [
        ("minute_ceiling_xp", 20_000, START_AT + MINUTE),
        ("hour_ceiling_xp", 45 * MINUTE, START_AT + HOUR),
        ("day_ceiling_xp", 20 * HOUR, START_AT + DAY),
    ],
)
def test_above_it_messages_earn_nothing_until_the_period_ends(rule: str, later: int, ends_at: int) -> None:
    """They are counted, and told by the next award's line; no line of their own is written."""
    world = _world(cooldown_seconds=0, **{rule: 15})
    _post(world, START_AT)
    refused = _post(world, START_AT + later)
    assert (refused.refusal, refused.refused_by) == ("ceiling", f"earning.{rule}")
    assert refused.until_at == ends_at
    assert (world.member().messages, len(_awards(world))) == (2, 1)
    assert _post(world, ends_at).xp == 15
    assert _awards(world)[-1].refused == {"ceiling": 1}


def test_a_day_is_that_of_the_guild() -> None:
    """It ends at the guild's own midnight."""
    world = World(earning__day_ceiling_xp=15, general__timezone="Asia/Tokyo")
    _post(world, START_AT)
    assert _post(world, START_AT + 14 * HOUR).until_at == START_AT + 15 * HOUR
    assert _post(world, START_AT + 15 * HOUR).xp == 15


def test_it_bounds_what_is_multiplied() -> None:
    """Boosting brings nobody above it."""
    world = _world(hour_ceiling_xp=20)
    world.set_member(boosting_since=START_AT - 1)
    assert _post(world, START_AT).xp == 20


@pytest.mark.parametrize(
    ("zone", "at", "rule", "until_at"),
    [
        ("UTC", START_AT, "day", START_AT + DAY),
        # There the day ends at 18:30 UTC, before the hour does.
        ("Asia/Kolkata", START_AT + 18 * HOUR, "hour", START_AT + 19 * HOUR),
    ],
)
def test_of_several_the_one_that_ends_last_is_told(zone: str, at: int, rule: str, until_at: int) -> None:
    """Whoever has reached that of the day as well need not wait for the hour to end."""
    world = World(earning__hour_ceiling_xp=15, earning__day_ceiling_xp=15, general__timezone=zone)
    _post(world, at)
    assert _awards(world)[0].ceiling == Ceiling("day" if rule == "day" else "hour", 15, until_at)
    refused = _post(world, at + MINUTE)
    assert (refused.refused_by, refused.until_at) == (f"earning.{rule}_ceiling_xp", until_at)


def test_one_that_is_lowered_takes_nothing() -> None:
    """Whoever has earned more than it is now earns nothing more, and keeps all."""
    world = _world(hour_ceiling_xp=100)
    _post(world, START_AT)
    world.set_rules(earning__hour_ceiling_xp=5)
    assert _post(world, START_AT + MINUTE).refusal == "ceiling"
    assert world.member().xp == 15


def test_the_highest_total_is_no_ceiling() -> None:
    """What could not be added because nobody can have more is not told as one, and refuses nothing."""
    world = _world(hour_ceiling_xp=10)
    world.set_member(xp=MAX_TOTAL_XP - 4)
    assert _post(world, START_AT).xp == 4
    assert _awards(world)[0].ceiling is None
    assert _post(world, START_AT + MINUTE).refusal == ""


def test_changing_the_zone_to_and_fro_opens_no_day_twice() -> None:
    """The day that has begun in Tokyo goes on, though the calendar goes back to UTC and on again."""
    world = _world(day_ceiling_xp=15, cooldown_seconds=0)
    at = START_AT + 20 * HOUR
    earned = []
    for number, zone in enumerate(["UTC", "Asia/Tokyo", "UTC", "Asia/Tokyo"]):
        world.set_rules(earning__day_ceiling_xp=15, earning__cooldown_seconds=0, general__timezone=zone)
        earned.append(_post(world, at + number * MINUTE).xp)
    assert earned == [15, 15, 0, 0]
    assert _post(world, START_AT + 39 * HOUR).xp == 15


def test_each_counts_from_when_it_is_set() -> None:
    """What was earned before a ceiling was set does not count for it, whichever others there were."""
    world = _world(hour_ceiling_xp=1000)
    _post(world, START_AT)
    world.set_rules(earning__hour_ceiling_xp=1000, earning__day_ceiling_xp=20)
    assert [_post(world, START_AT + minute * MINUTE).xp for minute in (1, 2, 3)] == [15, 5, 0]


def test_members_do_not_share_a_ceiling() -> None:
    """One member's messages take nothing from another's."""
    world = _world(hour_ceiling_xp=15)
    _post(world, START_AT)
    assert _post(world, START_AT + 1, user_id=BOB).xp == 15


def test_the_cooldown_is_told_before_a_ceiling() -> None:
    """A message that comes too early is refused for that."""
    world = _world(hour_ceiling_xp=15)
    _post(world, START_AT)
    assert _post(world, START_AT + 1).refusal == "cooldown"


def test_without_a_ceiling_nothing_is_kept() -> None:
    """A guild that sets none pays for none."""
    world = World()
    _post(world, START_AT)
    assert earned_key(GUILD, ANN) not in world.records


@given(
    ceilings=st.fixed_dictionaries(
        {},
        optional={f"{period}_ceiling_xp": st.integers(1, 300) for period in ("minute", "hour", "day")},
    ),
    messages=st.lists(
        st.tuples(st.integers(0, 3 * HOUR), st.integers(0, 2**32 - 1)), min_size=1, max_size=60
    ),
)
def test_no_period_ever_has_more(ceilings: dict[str, int], messages: list[tuple[int, int]]) -> None:
    """Whatever is written when, no minute, hour or day of a member holds more than its ceiling."""
    world, at = _world(cooldown_seconds=0, **ceilings), START_AT
    for wait, dice in messages:
        at += wait
        _post(world, at, dice=dice)
    sums: dict[tuple[str, int], int] = {}
    for line in world.lines:
        if isinstance(line.outcome, XpGained):
            for period in (
                ("minute", line.at // MS_PER_MINUTE),
                ("hour", line.at // MS_PER_HOUR),
                ("day", line.counts_on),
            ):
                sums[period] = sums.get(period, 0) + line.outcome.xp
    most: dict[str, Any] = {name.partition("_")[0]: xp for name, xp in ceilings.items()}
    assert all(xp <= most.get(name, xp) for (name, _), xp in sums.items())
    if ceilings:
        earned = cast(EarnedRecord, world.records[earned_key(GUILD, ANN)])
        last = [line for line in world.lines if isinstance(line.outcome, XpGained)][-1]
        assert (earned.day_xp == sums["day", last.counts_on]) is ("day" in most)
        assert (earned.hour_xp == sums["hour", last.at // MS_PER_HOUR]) is ("hour" in most)
        assert (earned.minute_xp == sums["minute", last.at // MS_PER_MINUTE]) is ("minute" in most)
