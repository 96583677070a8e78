"""What charts show: sums by day, source and hour, the hours of the week, and the forecast of a level."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leveling_core.charts import (
    CHART_SOURCES,
    FORECAST_DAYS,
    ONE_OFF_SOURCES,
    PACE_DAYS,
    WEEK_DAYS,
    forecast_level,
    hours_of_the_week,
    xp_chart,
)
from leveling_core.curves import power
from leveling_core.history import sum_up_days
from leveling_core.outcomes import LedgerLine, LevelReached, XpAdjusted, XpGained
from leveling_core.periods import day_of
from leveling_core.rules import RetentionRules
from leveling_core.tallies import XpTally, local_hour_of
from tests.core.world import ANN, DAY, GUILD, HOUR, MINUTE, START_AT

UTC, KYIV, KATHMANDU = ZoneInfo("UTC"), ZoneInfo("Europe/Kyiv"), ZoneInfo("Asia/Kathmandu")
NOW = START_AT + 100 * DAY + 12 * HOUR
TODAY_ON = day_of(NOW, UTC)
SOURCES = ("message", "daily", "goal", "achievement", "voice", "thanks", "admin", "")

ZONES = st.sampled_from([UTC, KYIV, KATHMANDU, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Kiritimati")])


def _line(
    at: int, xp: int = 20, source: str = "message", *, seq: int = 1, awards: int = 1, day_on: int = 0
) -> LedgerLine:
    outcome = XpGained(xp=xp, source=source, awards=awards)
    return LedgerLine(at=at, guild_id=GUILD, user_id=ANN, outcome=outcome, seq=seq, day_on=day_on)


def _tally(lines: list[LedgerLine], zone: ZoneInfo = UTC) -> XpTally:
    tally = XpTally(zone)
    tally.add(lines)
    return tally


@st.composite
def _histories(draw: st.DrawFn) -> list[LedgerLine]:
    """Draw lines of the last days, ascending by number, some of them taken away and some summed up."""
    ats = draw(st.lists(st.integers(NOW - 100 * DAY, NOW), max_size=60))
    return [
        _line(
            at,
            draw(st.integers(-50, 500)),
            draw(st.sampled_from(SOURCES)),
            seq=seq,
            awards=draw(st.sampled_from([1, 1, 1, 7])),
        )
        for seq, at in enumerate(sorted(ats), 1)
    ]


@given(_histories(), st.integers(1, 10), st.booleans(), ZONES)
def test_portions_add_up_in_any_order(
    lines: list[LedgerLine], portion: int, backwards: bool, zone: ZoneInfo
) -> None:
    """Read in portions, newest or oldest first, the lines of a member come to the same."""
    whole, parts = _tally(lines, zone), XpTally(zone)
    ordered = lines[::-1] if backwards else lines
    for first in range(0, len(ordered), portion):
        parts.add(ordered[first : first + portion])
    assert parts.by_day == whole.by_day
    assert parts.by_hour == whole.by_hour
    assert parts.summed_up == whole.summed_up
    for days in (7, 90):
        assert sum_up_days(parts, TODAY_ON, days) == sum_up_days(whole, TODAY_ON, days)


@given(_histories(), st.sampled_from([7, 30, 90]))
def test_a_chart_shows_all_that_was_earned(lines: list[LedgerLine], days: int) -> None:
    """Columns without what was taken are the sums of the days; few sources are named, messages first."""
    tally = _tally(lines)
    chart = xp_chart(tally, TODAY_ON, days)
    shown = sum(sum(source.values) for source in chart.sources)
    assert shown - chart.taken_xp == sum_up_days(tally, TODAY_ON, days).total_xp
    assert chart.days == tuple(range(TODAY_ON - days + 1, TODAY_ON + 1))
    assert all(len(source.values) == days and min(source.values) >= 0 for source in chart.sources)
    assert len(chart.sources) <= CHART_SOURCES + 1
    named = {source.source: sum(source.values) for source in chart.sources if source.source != "other"}
    if "message" in named:
        assert chart.sources[0].source == "message"
    # What has no source is among the others by right, however much it is.
    unnamed = sum(max(0, tally.by_day[day_on]["other"]) for day_on in chart.days if day_on in tally.by_day)
    rest = sum(sum(source.values) for source in chart.sources if source.source == "other") - unnamed
    assert len(named) < CHART_SOURCES or min(named.values()) * len(SOURCES) >= rest
    assert len({source.source for source in chart.sources}) == len(chart.sources)


def test_what_was_taken_is_in_no_column() -> None:
    """A day on which more was taken than given stands at 0, and the rest is told apart."""
    taken = LedgerLine(
        at=NOW,
        guild_id=GUILD,
        user_id=ANN,
        outcome=XpAdjusted(
            xp=-70, source="admin", mode="take", requested_xp=-70, total_before=90, total_xp=20
        ),
    )
    chart = xp_chart(_tally([_line(NOW), taken]), TODAY_ON, 7)
    assert [(source.source, source.values[-1]) for source in chart.sources] == [("message", 20)]
    assert chart.taken_xp == 70


@given(st.integers(START_AT, START_AT + 800 * DAY), ZONES)
def test_the_local_hour_is_that_of_the_clock_on_the_wall(at: int, zone: ZoneInfo) -> None:
    """Also where clocks are half an hour off, or change."""
    local = dt.datetime.fromtimestamp(at / 1000, zone)
    assert divmod(local_hour_of(at, zone), 24) == (local.date().toordinal(), local.hour)


@given(_histories(), ZONES)
def test_hours_count_messages_that_earned(lines: list[LedgerLine], zone: ZoneInfo) -> None:
    """Each message of the days is in one hour; those of which the day alone is kept are told apart."""
    today_on = day_of(NOW, zone)
    hours = hours_of_the_week(_tally(lines, zone), today_on, week_start="sunday")
    shown_on = range(today_on - WEEK_DAYS + 1, today_on + 1)
    messages = [line for line in lines if line.outcome.source == "message" and line.outcome.xp]
    single = [
        line
        for line in messages
        if isinstance(line.outcome, XpGained)
        and line.outcome.awards == 1
        and day_of(line.at, zone) in shown_on
    ]
    expected: Counter[tuple[int, int]] = Counter()
    for line in single:
        local = dt.datetime.fromtimestamp(line.at / 1000, zone)
        expected[local.weekday(), local.hour] += 1
    cells = {(day, hour): n for day, row in enumerate(hours.hours) for hour, n in enumerate(row) if n}
    assert cells == expected
    assert hours.counted == len(single)
    assert hours.left_out == sum(
        line.outcome.awards
        for line in messages
        if isinstance(line.outcome, XpGained) and line.outcome.awards > 1 and line.counts_on in shown_on
    )
    assert hours.busiest is None if not cells else cells[hours.busiest or (0, 0)] == max(cells.values())
    assert (hours.first_weekday, hours.zone) == (6, zone.key)


def test_hours_are_of_days_that_retention_keeps_line_by_line() -> None:
    """However few days of single awards a server keeps, the hours are of fewer, in whole weeks."""
    assert WEEK_DAYS % 7 == 0
    with pytest.raises(ValidationError):
        RetentionRules(message_days=WEEK_DAYS + 1)


def test_a_line_without_xp_is_no_activity() -> None:
    """A level that was reached is told by a line of its own, and changes no sum."""
    reached = LevelReached(level_from=1, level_to=2, total_xp=100)
    tally = _tally([LedgerLine(at=NOW, guild_id=GUILD, user_id=ANN, outcome=reached)])
    assert (tally.by_day, tally.by_hour) == ({}, {})


CURVE = power(100, 2)
"""Level n takes 100 × (n - 1)²."""


@pytest.mark.parametrize(
    ("total_xp", "a_day", "days"),
    [
        (0, 10, 10),  # 100 XP to level 2
        (99, 10, 1),  # the last step is never today's
        (100, 10, 30),  # 300 XP to level 3
        (0, 3, 34),
    ],
)
def test_the_next_level_comes_at_the_pace_of_late(total_xp: int, a_day: int, days: int) -> None:
    """As many days from now as the missing XP take, if each earns what the last ones did."""
    lines = [_line(NOW - day * DAY, a_day) for day in range(PACE_DAYS)]
    forecast = forecast_level(_tally(lines), CURVE.progress(total_xp), TODAY_ON)
    assert forecast is not None
    assert forecast.reached_on == TODAY_ON + days
    assert forecast.earned_xp == PACE_DAYS * a_day
    assert forecast.level == CURVE.progress(total_xp).level + 1


@given(st.integers(0, 2000), st.integers(1, 300), st.integers(1, 50))
def test_more_xp_never_makes_the_level_later(total_xp: int, earned_xp: int, more_xp: int) -> None:
    """A higher pace, or less to go, brings the same level no later."""

    def reached_on(total: int, earned: int) -> int:
        forecast = forecast_level(_tally([_line(NOW, earned)]), CURVE.progress(total), TODAY_ON)
        return forecast.reached_on if forecast else TODAY_ON + FORECAST_DAYS + 1

    now = reached_on(total_xp, earned_xp)
    assert now > TODAY_ON
    assert reached_on(total_xp, earned_xp + more_xp) <= now
    if CURVE.level_for_xp(total_xp + more_xp) == CURVE.level_for_xp(total_xp):
        assert reached_on(total_xp + more_xp, earned_xp) <= now


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [_line(NOW - PACE_DAYS * DAY, 500)],
        [_line(NOW, 1)],  # 100 XP at one in 14 days: 1,400 days
        [_line(NOW, 5000, source) for source in sorted(ONE_OFF_SOURCES)],
        [_line(NOW, 20), _line(NOW - MINUTE, -20)],
    ],
)
def test_where_there_is_no_pace_there_is_no_forecast(lines: list[LedgerLine]) -> None:
    """Nothing of late, too little for two years, or nothing that happens again: nothing is said."""
    assert forecast_level(_tally(lines), CURVE.progress(0), TODAY_ON) is None


@pytest.mark.parametrize(("since_days", "pace_days"), [(3, 3), (5, 5), (14, 14), (15, 14), (400, 14)])
def test_the_pace_of_a_newcomer_is_of_the_days_since_the_first(since_days: int, pace_days: int) -> None:
    """Days before there was anybody count for nothing: 20 XP a day bring the same day as for others."""
    lines = [_line(NOW - day * DAY) for day in range(pace_days)]
    first_on = TODAY_ON - since_days + 1
    forecast = forecast_level(_tally(lines), CURVE.progress(0), TODAY_ON, first_on)
    assert forecast is not None
    assert (forecast.reached_on, forecast.pace_days) == (TODAY_ON + 5, pace_days)


@pytest.mark.parametrize("since_days", [1, 2])
def test_a_day_or_two_are_no_pace(since_days: int) -> None:
    """Of who began yesterday nothing is forecast."""
    assert (
        forecast_level(_tally([_line(NOW)]), CURVE.progress(0), TODAY_ON, TODAY_ON - since_days + 1) is None
    )


def test_who_has_more_than_the_lines_tell_is_no_newcomer() -> None:
    """The first day is known only where the lines add up to all that the member has."""
    tally = _tally([_line(NOW, 20), _line(NOW - 4 * DAY, 30)])
    assert tally.first_on(50) == TODAY_ON - 4
    assert (tally.first_on(51), _tally([]).first_on(0)) == (0, 0)


def test_the_highest_level_has_no_next() -> None:
    """At the end of the curve nothing is forecast."""
    highest = CURVE.progress(2**53 - 1)
    assert highest.next_level_xp is None
    assert forecast_level(_tally([_line(NOW)]), highest, TODAY_ON) is None
