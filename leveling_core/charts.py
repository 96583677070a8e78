"""What charts show of a member: XP of each day by source, hours of the week, the day of the next level."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Final, Literal, get_args

import msgspec

from leveling_core.curves import LevelProgress
from leveling_core.periods import DAYS_PER_WEEK, WeekStart, week_of
from leveling_core.tallies import HOURS_PER_DAY, XpTally

__all__ = [
    "CHART_DAYS",
    "CHART_SOURCES",
    "FORECAST_DAYS",
    "ONE_OFF_SOURCES",
    "OTHER_SOURCES",
    "PACE_DAYS",
    "WEEK_DAYS",
    "ChartDays",
    "LevelForecast",
    "SourceDays",
    "WeekHours",
    "XpChart",
    "forecast_level",
    "hours_of_the_week",
    "xp_chart",
]

ChartDays = Literal[7, 30, 90]
"""How many days a chart may show."""

CHART_DAYS: Final[tuple[ChartDays, ...]] = get_args(ChartDays)

WEEK_DAYS: Final = 56
"""Of how many days the hours of the week are: eight of each weekday, and none that retention may sum up."""

CHART_SOURCES: Final = 5
"""So many sources are shown by themselves; the others together."""

PACE_DAYS: Final = 14
"""The days whose pace a forecast takes for that of the days to come."""

LEAST_PACE_DAYS: Final = 3
"""Of a member who came later than that, the days since; fewer than these tell nothing of a pace."""

FORECAST_DAYS: Final = 730
"""How far a forecast looks: what lies beyond two years nobody can tell from two weeks."""

OTHER_SOURCES = "other"
_ORDER = ("message", "daily", "goal", "achievement", "admin")
"""How sources stand in a chart, the others after them: who turns from one to the next finds each again."""

ONE_OFF_SOURCES: Final = frozenset({"achievement", "admin"})
"""Achievements, and what is given and taken by hand: no pace, as nothing of it happens again by itself."""


class SourceDays(msgspec.Struct, frozen=True):
    """What a source gave, day by day; never below 0."""

    source: str
    values: tuple[int, ...]


class XpChart(msgspec.Struct, frozen=True):
    """XP of each day by source.

    Attributes:
        days: The days (ordinals), oldest first.
        sources: Those with the most XP, in an order that is the same in every chart, each with a value for
            each day.
        taken_xp: What was taken away on these days and is in no column, 0 or more.
    """

    days: tuple[int, ...]
    sources: tuple[SourceDays, ...]
    taken_xp: int


class WeekHours(msgspec.Struct, frozen=True):
    """How many messages earned XP, by hour of the week.

    Attributes:
        days: How many days were looked at, today included.
        hours: 24 numbers for each weekday, Monday first.
        counted: Their sum.
        left_out: Further messages of which only the day is kept.
        busiest: Weekday (0 is Monday) and hour with the most, the first of equals; None without any.
        first_weekday: With which weekday (0 is Monday) the guild's week begins.
        zone: The IANA name of the time zone that the hours are of.
    """

    days: int
    hours: tuple[tuple[int, ...], ...]
    counted: int
    left_out: int
    busiest: tuple[int, int] | None
    first_weekday: int
    zone: str


class LevelForecast(msgspec.Struct, frozen=True):
    """When the next level comes, if a member goes on as of late.

    Attributes:
        level: Which one.
        reached_on: The day (ordinal) on which it is reached.
        earned_xp: What was earned in the last ``pace_days``, without ``ONE_OFF_SOURCES``.
        pace_days: How many days that is of.
    """

    level: int
    reached_on: int
    earned_xp: int
    pace_days: int


def xp_chart(tally: XpTally, today_on: int, days: int) -> XpChart:
    """Return the XP of the last days by source, today included.

    Columns cannot go below the line: where more of a source was taken on a day than given, it has 0 there.

    Args:
        tally: The member's lines of at least those days.
        today_on: Today (ordinal) by the guild's calendar.
        days: How many days.
    """
    shown_on = range(today_on - days + 1, today_on + 1)
    by_day = [tally.by_day.get(day_on, Counter()) for day_on in shown_on]
    totals: Counter[str] = Counter()
    taken_xp = 0
    for sources in by_day:
        for source, xp in sources.items():
            if xp > 0:
                totals[source] += xp
            else:
                taken_xp -= xp
    ranked = sorted(totals, key=lambda source: (-totals[source], source))
    named = ranked if len(ranked) <= CHART_SOURCES else [s for s in ranked if s != OTHER_SOURCES]
    shown = sorted(named[:CHART_SOURCES], key=_place)
    rest = set(ranked) - set(shown)
    series = [SourceDays(source, tuple(max(0, day[source]) for day in by_day)) for source in shown]
    if rest:
        values = tuple(sum(max(0, day[source]) for source in rest) for day in by_day)
        series.append(SourceDays(OTHER_SOURCES, values))
    return XpChart(tuple(shown_on), tuple(series), taken_xp)


def _place(source: str) -> tuple[int, str]:
    return (_ORDER.index(source) if source in _ORDER else len(_ORDER)), source


def hours_of_the_week(
    tally: XpTally, today_on: int, days: int = WEEK_DAYS, week_start: WeekStart = "monday"
) -> WeekHours:
    """Return how many messages earned XP at each hour of the week, over the last days.

    A line that retention has summed up tells a day and no hour: its messages are counted apart.

    Args:
        tally: The member's lines of at least those days.
        today_on: Today (ordinal) by the tally's zone.
        days: How many days, today included.
        week_start: With which day the guild's week begins.
    """
    hours = [[0] * HOURS_PER_DAY for _ in range(DAYS_PER_WEEK)]
    shown_on = range(today_on - days + 1, today_on + 1)
    for local_hour, number in tally.by_hour.items():
        day_on, hour = divmod(local_hour, HOURS_PER_DAY)
        if day_on in shown_on:
            hours[dt.date.fromordinal(day_on).weekday()][hour] += number
    most = max(map(max, hours))
    busiest = next(
        ((day, row.index(most)) for day, row in enumerate(hours) if most and most in row),
        None,
    )
    return WeekHours(
        days=days,
        hours=tuple(map(tuple, hours)),
        counted=sum(map(sum, hours)),
        left_out=sum(number for day_on, number in tally.summed_up.items() if day_on in shown_on),
        busiest=busiest,
        first_weekday=dt.date.fromordinal(week_of(today_on, week_start)[0]).weekday(),
        zone=tally.zone.key,
    )


def forecast_level(
    tally: XpTally, progress: LevelProgress, today_on: int, first_on: int = 0
) -> LevelForecast | None:
    """Return when the next level comes at the pace of the last days; None where there is nothing to say.

    There is nothing at the highest level, where nothing was earned of late, and beyond ``FORECAST_DAYS``;
    nor of a member who has been earning for fewer than ``LEAST_PACE_DAYS``.

    Args:
        tally: The member's lines of at least the last ``PACE_DAYS``.
        progress: Where the member stands.
        today_on: Today (ordinal) by the guild's calendar.
        first_on: The day (ordinal) on which the member first earned anything; 0 for long ago.
    """
    pace_days = min(PACE_DAYS, today_on - first_on + 1)
    if progress.next_level_xp is None or pace_days < LEAST_PACE_DAYS:
        return None
    sources = tally.sources_between(today_on - pace_days + 1, today_on + 1)
    earned_xp = sum(xp for source, xp in sources.items() if source not in ONE_OFF_SOURCES)
    if earned_xp <= 0:
        return None
    days_left = -(-progress.xp_left * pace_days // earned_xp)
    if days_left > FORECAST_DAYS:
        return None
    return LevelForecast(progress.level + 1, today_on + days_left, earned_xp, pace_days)
