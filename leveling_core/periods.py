"""Days of a time zone: which one an instant falls on, when it begins, and the weeks and months they make."""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args
from zoneinfo import ZoneInfo

__all__ = [
    "DAYS_PER_WEEK",
    "MS_PER_DAY",
    "MS_PER_HOUR",
    "MS_PER_MINUTE",
    "MS_PER_SECOND",
    "WeekStart",
    "day_of",
    "first_midnight_from",
    "midnight_of",
    "month_of",
    "utc_day_of",
    "utc_midnight_of",
    "week_of",
]

MS_PER_SECOND = 1000
MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 24 * MS_PER_HOUR
DAYS_PER_WEEK = 7

WeekStart = Literal["monday", "sunday", "saturday"]
"""The days with which weeks begin somewhere in the world."""

_EPOCH_ON = dt.date(1970, 1, 1).toordinal()
_STARTS_ON = dict(zip(get_args(WeekStart), (1, 0, 6), strict=True))
"""The remainder of a week's first day by 7: day 1 of the ordinals, the first of January 1, is a Monday."""


def utc_day_of(at: int) -> int:
    """Return the day (ordinal) that an instant (ms UTC) falls on in UTC."""
    return at // MS_PER_DAY + _EPOCH_ON


def utc_midnight_of(day_on: int) -> int:
    """Return the instant (ms UTC) at which a day (ordinal) begins in UTC."""
    return (day_on - _EPOCH_ON) * MS_PER_DAY


def day_of(at: int, zone: ZoneInfo) -> int:
    """Return the day (ordinal) that an instant (ms UTC) falls on in a zone."""
    return dt.datetime.fromtimestamp(at // MS_PER_SECOND, zone).date().toordinal()


def midnight_of(day_on: int, zone: ZoneInfo) -> int:
    """Return the instant (ms UTC) at which a day (ordinal) begins in a zone.

    Where clocks jump over midnight the day begins at the jump; where midnight comes twice, at the first.
    """
    midnight = dt.datetime.combine(dt.date.fromordinal(day_on), dt.time(), tzinfo=zone)
    return int(midnight.timestamp()) * MS_PER_SECOND


def first_midnight_from(at: int, zone: ZoneInfo) -> int:
    """Return the first local midnight at or after an instant, ms UTC."""
    today = midnight_of(day_of(at, zone), zone)
    return today if today >= at else midnight_of(day_of(at, zone) + 1, zone)


def week_of(day_on: int, week_start: WeekStart) -> tuple[int, int]:
    """Return the week of a day (ordinal): its first day, and the day after its last."""
    from_on = day_on - (day_on - _STARTS_ON[week_start]) % DAYS_PER_WEEK
    return from_on, from_on + DAYS_PER_WEEK


def month_of(day_on: int) -> tuple[int, int]:
    """Return the month of a day (ordinal): its first day, and the day after its last."""
    first = dt.date.fromordinal(day_on).replace(day=1)
    # 31 days after the first lies in the next month, whatever the length of this one.
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return first.toordinal(), after.toordinal()
