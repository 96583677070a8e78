"""Days, weeks and months of a guild's calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.periods import (
    MS_PER_DAY,
    WeekStart,
    day_of,
    midnight_of,
    month_of,
    utc_day_of,
    utc_midnight_of,
    week_of,
)
from leveling_core.rules import ruleset_of

ZONES = (
    "UTC",
    "Europe/Kyiv",
    "America/New_York",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "America/Nuuk",  # clocks jump over midnight, and come back to it
    "Asia/Beirut",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)
DISCORD_BEGAN_AT, LAST_SNOWFLAKE_AT = 1_420_070_400_000, 3_619_093_655_551

instants = st.integers(DISCORD_BEGAN_AT, LAST_SNOWFLAKE_AT)


def _on(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


@given(instants)
def test_days_of_utc_need_no_calendar(at: int) -> None:
    """Counting days from the epoch gives what the calendar gives."""
    assert utc_day_of(at) == day_of(at, ZoneInfo("UTC"))
    assert utc_midnight_of(utc_day_of(at)) <= at < utc_midnight_of(utc_day_of(at) + 1)


@pytest.mark.parametrize("name", ZONES)
def test_days_follow_each_other_where_clocks_change(name: str) -> None:
    """Every day is from its midnight to the next, to the millisecond, also when clocks change at midnight."""
    zone = ZoneInfo(name)
    for day_on in range(_on("2024-12-31"), _on("2026-01-02")):
        begins, ends = midnight_of(day_on, zone), midnight_of(day_on + 1, zone)
        hours = range(begins, ends, MS_PER_DAY // 48)
        assert {day_of(at, zone) for at in (*hours, ends - 1)} == {day_on}


@given(st.sampled_from(ZONES), st.lists(instants | st.integers(-9, 9), min_size=1, max_size=9))
def test_rules_remember_the_day_rightly(name: str, instants: list[int]) -> None:
    """However instants jump between days, a guild's rules give the day that the calendar gives."""
    ruleset = ruleset_of({"general.timezone": name}, 1)
    around = [midnight_of(_on("2025-10-26") + at, ZoneInfo(name)) + at for at in instants if abs(at) < 10]
    for at in (*(at for at in instants if at > 10), *around):
        day_on = day_of(at, ZoneInfo(name))
        assert ruleset.day_of(at) == day_on
        assert ruleset.ledger_day_of(at) == (0 if day_on == utc_day_of(at) else day_on)


@pytest.mark.parametrize(
    ("start", "first", "after"),
    [
        ("monday", "2026-01-26", "2026-02-02"),
        ("sunday", "2026-02-01", "2026-02-08"),
        ("saturday", "2026-01-31", "2026-02-07"),
    ],
)
def test_weeks_begin_where_the_guild_says(start: WeekStart, first: str, after: str) -> None:
    """The first of February 2026 is a Sunday: the end of one week, the begin or second day of another."""
    week = (_on(first), _on(after))
    assert week_of(_on("2026-02-01"), start) == week
    assert {week_of(day_on, start) for day_on in range(*week)} == {week}
    assert week_of(week[1], start) == (week[1], week[1] + 7)


@pytest.mark.parametrize(
    ("day", "first", "after"),
    [
        ("2024-02-29", "2024-02-01", "2024-03-01"),
        ("2025-02-01", "2025-02-01", "2025-03-01"),
        ("2025-12-31", "2025-12-01", "2026-01-01"),
        ("2026-01-31", "2026-01-01", "2026-02-01"),
    ],
)
def test_months_end_where_the_calendar_says(day: str, first: str, after: str) -> None:
    """Leap days, short months and the turn of the year."""
    assert month_of(_on(day)) == (_on(first), _on(after))
