"""Every line that carries XP is stamped with the day of the guild's calendar on which it counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import load_catalogue
from leveling_core.daily import decide_daily
from leveling_core.decision import Decision
from leveling_core.documents import RulesRecord
from leveling_core.earning import decide_command, decide_message
from leveling_core.facts import (
    BoostObserved,
    CommandCompleted,
    DailyClaimRequested,
    GoalBonusDue,
    MessagePosted,
    RankObserved,
)
from leveling_core.goals import decide_goal_bonus
from leveling_core.ids import rules_key
from leveling_core.outcomes import LedgerLine
from leveling_core.periods import day_of
from leveling_core.presence import decide_boost
from leveling_core.ranks import decide_rank
from tests.core.world import ANN, BOB, CHANNEL, DAY, GUILD, HOUR, MINUTE, START_AT, World, snowflake

EVENING_AT = START_AT + 23 * HOUR
"""The next day in Kyiv, the same in London, and no other anywhere west of it."""


def _in_the_evening(zone: str) -> World:
    world = World(load_catalogue(), general__timezone=zone, goal__max_target=1)
    world.set_member(messages=99, commands=99, boosting_since=EVENING_AT - 40 * DAY, worst_rank=50)
    event_id, boosting_since = snowflake(EVENING_AT), EVENING_AT - 40 * DAY
    message = MessagePosted(GUILD, ANN, CHANNEL, event_id, 10, False, False, dice=0)
    refused = MessagePosted(GUILD, ANN, CHANNEL, event_id + 1, 10, True, False, dice=0)
    bonus = GoalBonusDue(GUILD, BOB, 5, EVENING_AT)
    decisions: list[Callable[..., Decision[Any]]] = [
        partial(decide_message, fact=message),
        partial(decide_message, fact=refused),
        partial(decide_command, fact=CommandCompleted(GUILD, ANN, CHANNEL, event_id)),
        partial(decide_daily, fact=DailyClaimRequested(GUILD, ANN, CHANNEL, event_id, 1)),
        partial(decide_goal_bonus, fact=bonus, bonus_xp=15),
        partial(decide_boost, fact=BoostObserved(GUILD, ANN, boosting_since, EVENING_AT)),
        partial(decide_rank, fact=RankObserved(GUILD, ANN, 1, 30, EVENING_AT, CHANNEL, 1)),
    ]
    for decide in decisions:
        world.run(partial(decide, catalogue=world.catalogue))
    return world


def _with_xp(world: World) -> list[LedgerLine]:
    return [line for line in world.lines if line.outcome.xp]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Kyiv", "Pacific/Kiritimati", "America/New_York"])
def test_all_xp_counts_on_the_guilds_day(zone: str) -> None:
    """Whatever a member earns in the evening counts on the guild's day, be it that of UTC or not."""
    lines = _with_xp(_in_the_evening(zone))
    assert {line.outcome.source for line in lines} == {"message", "daily", "goal", "achievement"}
    assert {line.counts_on for line in lines} == {day_of(EVENING_AT, ZoneInfo(zone))}
    # A day that UTC tells as well is not written down: it would cost each of millions of lines some bytes.
    assert {line.day_on > 0 for line in lines} == {zone not in {"UTC", "America/New_York"}}


def test_the_day_is_fixed_when_it_is_decided() -> None:
    """A change of zone moves no line that is there; what comes later counts by the new zone."""
    world = _in_the_evening("Europe/Kyiv")
    before = len(world.lines)
    world.records[rules_key(GUILD)] = RulesRecord(changes={"general.timezone": "UTC"}, version=2)
    fact = MessagePosted(GUILD, ANN, CHANNEL, snowflake(EVENING_AT + 5 * MINUTE), 10, False, False, dice=0)
    world.run(partial(decide_message, fact=fact, catalogue=world.catalogue))
    kyiv_on, utc_on = day_of(EVENING_AT, ZoneInfo("Europe/Kyiv")), day_of(EVENING_AT, ZoneInfo("UTC"))
    assert {line.counts_on for line in _with_xp(world)[:-1]} == {kyiv_on}
    assert [line.counts_on for line in world.lines[before:] if line.outcome.xp] == [utc_on]
