"""Ceilings: the most XP that a member's messages earn in a minute, an hour and a day.

Minutes and hours are those of the clock in UTC, so that they follow from an instant alone; days are those of
the guild's calendar.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leveling_core.earning_rules import EarningRules
from leveling_core.outcomes import Ceiling, CeilingPeriod
from leveling_core.periods import MS_PER_HOUR, MS_PER_MINUTE, midnight_of

__all__ = [
    "Ceilings",
    "PaceRecord",
    "Room",
    "ceiling_rule",
    "ceilings_of",
    "period_ends_at",
    "period_of_rule",
]

_RULES: Final[dict[CeilingPeriod, str]] = {
    "day": "day_ceiling_xp",
    "hour": "hour_ceiling_xp",
    "minute": "minute_ceiling_xp",
}


class PaceRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a member's messages earned in the minute, hour and day of the last award under a ceiling.

    Attributes:
        minute: Which minute, counted from the Unix epoch.
        minute_xp: What was earned in it.
        hour: Which hour, counted from the Unix epoch.
        hour_xp: What was earned in it.
        day_on: Which day (ordinal) of the guild's calendar.
        day_xp: What was earned on it.
    """

    minute: int = 0
    minute_xp: int = 0
    hour: int = 0
    hour_xp: int = 0
    day_on: int = 0
    day_xp: int = 0

    def as_of(self, at: int, day_on: int) -> PaceRecord:
        """Return what was earned in the minute, hour and day that it is: 0 for those that began since.

        Args:
            at: Now, ms UTC.
            day_on: Its day (ordinal) in the guild's calendar.
        """
        minute, hour = at // MS_PER_MINUTE, at // MS_PER_HOUR
        return PaceRecord(
            minute,
            self.minute_xp if self.minute == minute else 0,
            hour,
            self.hour_xp if self.hour == hour else 0,
            day_on,
            self.day_xp if self.day_on == day_on else 0,
        )

    def plus(self, xp: int) -> PaceRecord:
        """Return it with an award of that minute, hour and day added."""
        return PaceRecord(
            self.minute, self.minute_xp + xp, self.hour, self.hour_xp + xp, self.day_on, self.day_xp + xp
        )


class Room(NamedTuple):
    """What a member's messages may still earn.

    Attributes:
        xp: How much.
        ceiling: The ceiling that leaves no more; of several, that of the longest period.
        pace: What they earned so far in the minute, hour and day that it is.
    """

    xp: int
    ceiling: Ceiling
    pace: PaceRecord


class Ceilings:
    """A guild's ceilings, made once for each version of its rules.

    Args:
        ceilings: Those there are, at least one, the longest period first.
    """

    __slots__ = ("_ceilings",)

    def __init__(self, ceilings: tuple[Ceiling, ...]) -> None:
        self._ceilings = ceilings

    def list_room(self, pace: PaceRecord, at: int, day_on: int) -> list[Room]:
        """Return what each ceiling leaves a member, the longest period first.

        Args:
            pace: What the member's messages earned of late.
            at: The instant of a message, ms UTC.
            day_on: Its day (ordinal) in the guild's calendar.
        """
        now = pace.as_of(at, day_on)
        earned = {"minute": now.minute_xp, "hour": now.hour_xp, "day": now.day_xp}
        return [Room(max(0, one.xp - earned[one.period]), one, now) for one in self._ceilings]

    def room(self, pace: PaceRecord, at: int, day_on: int) -> Room:
        """Return what a member's message may still earn; see :meth:`list_room`."""
        return min(self.list_room(pace, at, day_on), key=lambda room: room.xp)


def period_of_rule(name: str) -> CeilingPeriod:
    """Return the period of the ceiling that a rule sets.

    Raises:
        KeyError: The rule sets none.
    """
    return {ceiling_rule(period): period for period in _RULES}[name]


def ceilings_of(rules: EarningRules) -> Ceilings | None:
    """Make a guild's ceilings of its rules; None where there is none."""
    found = tuple(Ceiling(period, xp) for period, name in _RULES.items() if (xp := getattr(rules, name)))
    return Ceilings(found) if found else None


def ceiling_rule(period: CeilingPeriod) -> str:
    """Return the name of the rule that sets the ceiling of a period, such as ``earning.day_ceiling_xp``."""
    return f"earning.{_RULES[period]}"


def period_ends_at(period: CeilingPeriod, at: int, day_on: int, zone: ZoneInfo) -> int:
    """Return the first instant (ms UTC) after the period that an instant falls in.

    Args:
        period: Which.
        at: The instant, ms UTC.
        day_on: Its day (ordinal) in the guild's calendar.
        zone: The guild's time zone.
    """
    if period == "day":
        return midnight_of(day_on + 1, zone)
    length = MS_PER_MINUTE if period == "minute" else MS_PER_HOUR
    return (at // length + 1) * length
