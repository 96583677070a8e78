"""Days of a time zone: which one an instant falls on, and when it begins."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

__all__ = [
    "MS_PER_DAY",
    "MS_PER_HOUR",
    "MS_PER_SECOND",
    "day_of",
    "first_midnight_from",
    "midnight_of",
]

MS_PER_SECOND = 1000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 24 * MS_PER_HOUR


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
