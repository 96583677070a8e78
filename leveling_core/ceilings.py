"""Ceilings: the most XP that a member's messages earn in a minute, an hour and a day.

Minutes and hours are those of the clock in UTC, so that they follow from an instant alone; days are those of
the guild's calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leveling_core.earning_rules import EarningRules
from leveling_core.outcomes import Ceiling, CeilingPeriod
from leveling_core.periods import MS_PER_HOUR, MS_PER_MINUTE, midnight_of

__all__ = ["CEILING_RULES", "Ceilings", "EarnedRecord", "Room", "ceilings_of"]

CEILING_RULES: Final[dict[CeilingPeriod, str]] = {
    "minute": "earning.minute_ceiling_xp",
    "hour": "earning.hour_ceiling_xp",
    "day": "earning.day_ceiling_xp",
}
"""The rule that sets the ceiling of a period."""


_FIELDS: Final[dict[CeilingPeriod, tuple[str, str]]] = {
    "minute": ("minute", "minute_xp"),
    "hour": ("hour", "hour_xp"),
    "day": ("day_on", "day_xp"),
}
"""Where a record keeps a period."""


class EarnedRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a member's messages earned in the minute, hour and day of the last award under a ceiling of that.

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

    def as_of(self, at: int, day_on: int) -> EarnedRecord:
        """Return what was earned in the minute, hour and day that it is: 0 for those that began since.

        A day that the guild's calendar has had already goes on: changing the zone to and fro opens no day
        twice.

        Args:
            at: Now, ms UTC.
            day_on: Its day (ordinal) in the guild's calendar.
        """
        minute, hour = at // MS_PER_MINUTE, at // MS_PER_HOUR
        return EarnedRecord(
            minute,
            self.minute_xp if self.minute == minute else 0,
            hour,
            self.hour_xp if self.hour == hour else 0,
            max(day_on, self.day_on),
            self.day_xp if self.day_on >= day_on else 0,
        )

    def plus(self, xp: int) -> EarnedRecord:
        """Return it with an award of that minute, hour and day added."""
        return EarnedRecord(
            self.minute, self.minute_xp + xp, self.hour, self.hour_xp + xp, self.day_on, self.day_xp + xp
        )

    def xp_in(self, period: CeilingPeriod) -> int:
        """Return what was earned in the minute, the hour or the day."""
        if period == "day":
            return self.day_xp
        return self.hour_xp if period == "hour" else self.minute_xp


class Room(NamedTuple):
    """How far a member's messages are from a ceiling.

    Attributes:
        ceiling: The ceiling, of the period that it is.
        earned_xp: What they have earned in it.
    """

    ceiling: Ceiling
    earned_xp: int

    @property
    def xp(self) -> int:
        """What they may still earn: 0 also where the ceiling is lower now than what was earned."""
        return max(0, self.ceiling.xp - self.earned_xp)


class Ceilings:
    """A guild's ceilings, made once for each version of its rules.

    Args:
        ceilings_xp: How high they are, by period; at least one.
        zone: The guild's time zone.
    """

    __slots__ = ("_ceilings_xp", "_dropped", "_zone")

    def __init__(self, ceilings_xp: Mapping[CeilingPeriod, int], zone: ZoneInfo) -> None:
        self._ceilings_xp = ceilings_xp
        self._zone = zone
        self._dropped = {
            name: 0 for period, names in _FIELDS.items() if period not in ceilings_xp for name in names
        }

    def after(self, now: EarnedRecord, xp: int) -> EarnedRecord:
        """Return a record as of now with an award added; periods without a ceiling are not kept.

        So each ceiling counts from when it is set, whichever others there are.
        """
        return msgspec.structs.replace(now.plus(xp), **self._dropped)

    def list_rooms(self, now: EarnedRecord) -> list[Room]:
        """Return how far it is to each ceiling, the shortest period first.

        Args:
            now: What the member's messages have earned, as of now.
        """
        return [
            Room(Ceiling(period, xp, self._ends_at(period, now)), now.xp_in(period))
            for period, xp in self._ceilings_xp.items()
        ]

    def narrowest(self, now: EarnedRecord) -> Room:
        """Return the room below the ceiling that leaves the least; of several, below that which ends last."""
        return min(self.list_rooms(now), key=lambda room: (room.xp, -room.ceiling.ends_at))

    def _ends_at(self, period: CeilingPeriod, now: EarnedRecord) -> int:
        if period == "day":
            return midnight_of(now.day_on + 1, self._zone)
        return (now.hour + 1) * MS_PER_HOUR if period == "hour" else (now.minute + 1) * MS_PER_MINUTE


def ceilings_of(rules: EarningRules, zone: ZoneInfo) -> Ceilings | None:
    """Make a guild's ceilings of its rules; None where there is none."""
    every: dict[CeilingPeriod, int] = {
        "minute": rules.minute_ceiling_xp,
        "hour": rules.hour_ceiling_xp,
        "day": rules.day_ceiling_xp,
    }
    found = {period: xp for period, xp in every.items() if xp}
    return Ceilings(found, zone) if found else None
