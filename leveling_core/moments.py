"""Durations and moments as people type them: ``48h``, ``1d12h``, ``in 3h``, ``2026-01-31 18:00``."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR, MS_PER_SECOND, day_of

__all__ = ["parse_duration", "parse_moment"]

_UNIT_MS = {
    "w": 7 * MS_PER_DAY,
    "d": MS_PER_DAY,
    "h": MS_PER_HOUR,
    "m": 60 * MS_PER_SECOND,
    "s": MS_PER_SECOND,
}
_UNITS = (
    "(w|d|h|m|s)"
    "(?:(?<=w)eeks?|(?<=d)ays?|(?<=h)(?:rs?|ours?)|(?<=m)(?:ins?|inutes?)|(?<=s)(?:ecs?|econds?))?(?![a-z])"
)
_PART = re.compile(rf"(\d{{1,6}}(?:[.,]\d{{1,3}})?)\s*{_UNITS}[\s,]*", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(rf"(?:{_PART.pattern})+", re.ASCII | re.IGNORECASE)
_TIMESTAMP = re.compile(r"<t:(\d{1,11})(?::[tTdDfFR])?>", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].+)?", re.ASCII)


def parse_duration(text: str) -> int | None:
    """Return a duration such as ``90m``, ``48 hours`` or ``1d12h`` in ms; None if it is none."""
    typed = text.strip()
    if not _DURATION.fullmatch(typed):
        return None
    parts = _PART.findall(typed)
    return int(sum(Decimal(number.replace(",", ".")) * _UNIT_MS[unit.lower()] for number, unit in parts))


def parse_moment(text: str, now: int, zone: ZoneInfo) -> int | None:
    """Return the instant (ms UTC) that somebody means, None if it cannot be read.

    Args:
        text: ``in 3h``, ``18:00`` (the next time it is that late), ``2026-01-31``, ``2026-01-31 18:00``, the
            same with an offset, or a timestamp of Discord's (``<t:1769882400>``); ``at`` may stand before it.
        now: The present instant, ms UTC.
        zone: Whose clock is meant where no offset is given.
    """
    typed = re.sub(r"^(?:at|on|from)\s+", "", text.strip(), flags=re.IGNORECASE)
    wait_ms = parse_duration(re.sub(r"^in\s+", "", typed, flags=re.IGNORECASE))
    if wait_ms is not None:
        return now + wait_ms
    if timestamp := _TIMESTAMP.fullmatch(typed):
        return int(timestamp[1]) * MS_PER_SECOND
    if clock := _CLOCK.fullmatch(typed):
        return _next_at(int(clock[1]), int(clock[2]), now, zone)
    if not _DATE.fullmatch(typed):
        return None
    try:
        moment = dt.datetime.fromisoformat(typed)
        return _instant(moment.replace(tzinfo=moment.tzinfo or zone))
    except (ValueError, OverflowError):
        return None


def _instant(moment: dt.datetime) -> int | None:
    """Return a moment as an instant (ms UTC), None for one that clocks skip; of two, the first."""
    back = moment.astimezone(dt.UTC).astimezone(moment.tzinfo)
    if back.replace(tzinfo=None) != moment.replace(tzinfo=None):
        return None
    return int(moment.timestamp()) * MS_PER_SECOND


def _next_at(hour: int, minute: int, now: int, zone: ZoneInfo) -> int | None:
    """Return when a clock of the zone shows a time next, None if it skips it then."""

    def on(day_on: int) -> int | None:
        day = dt.date.fromordinal(day_on)
        return _instant(dt.datetime.combine(day, dt.time(hour, minute), tzinfo=zone))

    today_on = day_of(now, zone)
    today_at = on(today_on)
    return today_at if today_at is None or today_at > now else on(today_on + 1)
