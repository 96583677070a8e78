"""Times as people read them: Discord's own timestamps, and durations and days in words."""

from __future__ import annotations

import datetime as dt

from data.texts import Texts
from leveling_core.periods import MS_PER_SECOND

__all__ = ["date_of", "day_label", "duration", "moment", "relative", "until"]

_SECONDS_A_MINUTE, _SECONDS_AN_HOUR, _SECONDS_A_DAY = 60, 3600, 86_400


def _timestamp(at: int, style: str) -> str:
    return f"<t:{at // MS_PER_SECOND}:{style}>"


def relative(at: int) -> str:
    """Return an instant (ms UTC) as Discord counts towards it: "in 3 hours", in the reader's language."""
    return _timestamp(at, "R")


def moment(at: int) -> str:
    """Return an instant (ms UTC) as date and time in the reader's own zone."""
    return _timestamp(at, "f")


def date_of(at: int) -> str:
    """Return an instant (ms UTC) as a date in the reader's own zone."""
    return _timestamp(at, "D")


def duration(texts: Texts, seconds: int) -> str:
    """Return a duration in words, in its two largest units: "1 day 3 hours", "12 minutes", "40 seconds".

    Args:
        texts: What people read.
        seconds: How long; below 0 counts as 0.
    """
    seconds = max(0, seconds)
    if seconds < _SECONDS_A_MINUTE:
        return texts("ui-seconds", seconds=seconds)
    days, rest = divmod(seconds, _SECONDS_A_DAY)
    hours, rest = divmod(rest, _SECONDS_AN_HOUR)
    minutes = rest // _SECONDS_A_MINUTE
    units = (("days", days), ("hours", hours), ("minutes", minutes))
    first = next(place for place, (_, number) in enumerate(units) if number)
    shown = [(unit, number) for unit, number in units[first : first + 2] if number]
    return " ".join(texts(f"ui-{unit}", **{unit: number}) for unit, number in shown)


def until(texts: Texts, at: int, now: int) -> str:
    """Return how long it is until an instant: Discord's own countdown, and the same in words.

    Args:
        texts: What people read.
        at: The instant, ms UTC.
        now: When the reply was asked for, ms UTC.
    """
    seconds_left = -(-(at - now) // MS_PER_SECOND)
    return texts("ui-until", relative=relative(at), duration=duration(texts, seconds_left))


def day_label(texts: Texts, day_on: int) -> str:
    """Return a day (ordinal) in words: "Thu 20 Nov"."""
    day = dt.date.fromordinal(day_on)
    return texts("ui-day", weekday=day.weekday(), day=str(day.day), month=day.month)
