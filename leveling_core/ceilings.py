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

__all__ = ["CEILING_RULES", "Ceilings", "EarnedRecord", "Room", "ceilings_of", "period_ends_at"]

CEILING_RULES: Final[dict[CeilingPeriod, str]] = {
    "minute": "earning.minute_ceiling_xp",
    "hour": "earning.hour_ceiling_xp",
    "day": "earning.day_ceiling_xp",
}
"""The rule that sets the ceiling of a period."""


class EarnedRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
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
        ceiling: The ceiling.
        earned_xp: What they have earned in its period.
        ends_at: The first instant (ms UTC) after the period.
    """

    ceiling: Ceiling
    earned_xp: int
    ends_at: int

    @property
    def xp(self) -> int:
        """What they may still earn: 0 also where the ceiling is lower now than what was earned."""
        return max(0, self.ceiling.xp - self.earned_xp)


class Ceilings:
    """A guild's ceilings, made once for each version of its rules.

    Args:
        ceilings: Those there are, at least one.
        zone: The guild's time zone.
    """

    __slots__ = ("_ceilings", "_zone")

    def __init__(self, ceilings: tuple[Ceiling, ...], zone: ZoneInfo) -> None:
        self._ceilings = ceilings
        self._zone = zone

    def list_rooms(self, now: EarnedRecord) -> list[Room]:
        """Return how far it is to each ceiling, the shortest period first.

        Args:
            now: What the member's messages have earned, as of now.
        """
        return [
            Room(one, now.xp_in(one.period), period_ends_at(one.period, now, self._zone))
            for one in self._ceilings
        ]

    def narrowest(self, now: EarnedRecord) -> Room:
        """Return the room below the ceiling that leaves the least; of several, below that which ends last."""
        return min(self.list_rooms(now), key=lambda room: (room.xp, -room.ends_at))


def ceilings_of(rules: EarningRules, zone: ZoneInfo) -> Ceilings | None:
    """Make a guild's ceilings of its rules; None where there is none."""
    every = (
        Ceiling("minute", rules.minute_ceiling_xp),
        Ceiling("hour", rules.hour_ceiling_xp),
        Ceiling("day", rules.day_ceiling_xp),
    )
    found = tuple(one for one in every if one.xp)
    return Ceilings(found, zone) if found else None


def period_ends_at(period: CeilingPeriod, now: EarnedRecord, zone: ZoneInfo) -> int:
    """Return the first instant (ms UTC) after the minute, hour or day of a record.

    Args:
        period: Which of them.
        now: The record.
        zone: The guild's time zone.
    """
    if period == "day":
        return midnight_of(now.day_on + 1, zone)
    return (now.hour + 1) * MS_PER_HOUR if period == "hour" else (now.minute + 1) * MS_PER_MINUTE
