"""Events as they are typed: how long, what they are called, when they begin."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from cogs.base import UserFacingError
from cogs.errors import quoted
from leveling_core.moments import parse_duration, parse_moment

__all__ = ["read_length", "split_name"]

_TIMELY = re.compile(r"\d|^(?:today|tonight|tomorrow)$", re.IGNORECASE)
"""What a word of a time looks like."""


def read_length(typed: str) -> int:
    """Return how long an event lasts, in ms.

    Raises:
        UserFacingError: It cannot be read.
    """
    length_ms = parse_duration(typed)
    if length_ms is None:
        raise UserFacingError("event-no-length", length=quoted(typed))
    return length_ms


def split_name(name: str, rest: str | None, now: int, zone: ZoneInfo, *, is_whole: bool) -> tuple[str, int]:
    """Return what an event is called, and when it begins (ms UTC; 0 for at once).

    A name of several words need not stand in quotation marks: what follows its first word is taken for a
    time as far as it is one. What only looks like a time is refused, lest an event whose time was mistyped
    begin at once.

    Args:
        name: The first word, or what stood in quotation marks.
        rest: What follows it.
        now: The present instant, ms UTC.
        zone: Whose clock is meant.
        is_whole: Whether ``name`` is all of the name, so that all that follows must be a time.

    Raises:
        UserFacingError: What follows should be a time, or looks like one, and cannot be read.
    """
    words = (rest or "").split()
    for count in range(1 if is_whole and words else len(words)):
        at = parse_moment(" ".join(words[count:]), now, zone)
        if at is not None:
            return " ".join([name, *words[:count]]), at
    if words and (is_whole or any(_TIMELY.search(word) for word in words)):
        raise UserFacingError("event-no-time", time=quoted(rest or ""), zone=zone.key)
    return " ".join([name, *words]), 0
