"""The daily streak: on which day a claim is booked, and what it does to the streak.

Let d be the day of the claim and p the day booked by the previous one. d ≤ p is refused. One day missed, just
before d, can still be booked within the recovery window, and d stays claimable. A pardoned day adds nothing
and breaks nothing. Any other missed day begins the streak anew.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from zoneinfo import ZoneInfo

import msgspec

from leveling_core.member import MemberRecord
from leveling_core.periods import MS_PER_HOUR, day_of, first_midnight_from, midnight_of

__all__ = [
    "ZONE_CHANGE_WAIT_HOURS",
    "Booking",
    "book_claim",
    "live_streak",
    "next_claim_at",
    "oldest_live_claim_on",
]

ZONE_CHANGE_WAIT_HOURS = 20
"""A zone change takes effect for a member at the first local midnight at least this long after the last
claim,
so
that moving the zone can never be used to claim twice."""


class Booking(msgspec.Struct, frozen=True, gc=False):
    """Where a claim is booked and what it makes of the streak.

    Attributes:
        booked_on: The day it is booked on; the day of the claim, or the one before if ``recovered``.
        streak: The streak after it.
        recovered: Whether it filled the one missed day before today.
        extended: Whether it continued a streak (else it began one).
    """

    booked_on: int
    streak: int
    recovered: bool = False
    extended: bool = True


def _previous_day(member: MemberRecord, zone: ZoneInfo) -> tuple[int, int]:
    """Return the last booked day in terms of ``zone``, and from when the member is under ``zone``."""
    if member.last_claim_zone == zone.key or _begin_together(member.last_claim_on + 1, member, zone):
        return member.last_claim_on, 0
    effective_at = first_midnight_from(member.last_claim_at + ZONE_CHANGE_WAIT_HOURS * MS_PER_HOUR, zone)
    return day_of(effective_at, zone) - 1, effective_at


def _begin_together(day_on: int, member: MemberRecord, zone: ZoneInfo) -> bool:
    """Tell whether a day begins at the same instant in the zone of the last claim and in ``zone``."""
    return midnight_of(day_on, ZoneInfo(member.last_claim_zone)) == midnight_of(day_on, zone)


def next_claim_at(member: MemberRecord, zone: ZoneInfo) -> int:
    """Return from when (ms UTC) the member can claim again; 0 for one who never did.

    After a claim that was booked on the day before, today is still open: the instant lies in the past.
    """
    if not member.last_claim_at:
        return 0
    previous_on, effective_at = _previous_day(member, zone)
    return max(effective_at, midnight_of(previous_on + 1, zone))


def book_claim(
    member: MemberRecord, at: int, zone: ZoneInfo, recovery_hours: int, pardoned_on: AbstractSet[int]
) -> Booking | None:
    """Book a claim; None if it is refused because this day is claimed already (see ``next_claim_at``).

    Args:
        member: Who claims.
        at: When, ms UTC.
        zone: The guild's zone now.
        recovery_hours: How long after midnight the missed day before can be booked.
        pardoned_on: Days (ordinals) that break no streak.
    """
    today_on = day_of(at, zone)
    if not member.last_claim_at:
        return Booking(today_on, 1, extended=False)
    previous_on, effective_at = _previous_day(member, zone)
    if at < effective_at or today_on <= previous_on:
        return None
    missed = _missed_days(previous_on, today_on, pardoned_on)
    if missed == 0:
        return Booking(today_on, member.streak + 1)
    in_window = at - midnight_of(today_on, zone) < recovery_hours * MS_PER_HOUR
    if missed == 1 and today_on - 1 not in pardoned_on and in_window:
        return Booking(today_on - 1, member.streak + 1, recovered=True)
    return Booking(today_on, 1, extended=False)


def _missed_days(previous_on: int, today_on: int, pardoned_on: AbstractSet[int]) -> int:
    """Count the days between two claims that nobody pardoned."""
    pardoned = sum(previous_on < day < today_on for day in pardoned_on)
    return today_on - previous_on - 1 - pardoned


def oldest_live_claim_on(at: int, zone: ZoneInfo, recovery_hours: int, pardoned_on: AbstractSet[int]) -> int:
    """Return the oldest day (ordinal) of a last claim whose streak can still be continued at an instant.

    It is what a board of streaks asks for; a change of zone, which excuses a member's wait, is left out.
    """
    today_on = day_of(at, zone)
    in_window = at - midnight_of(today_on, zone) < recovery_hours * MS_PER_HOUR
    oldest_on = today_on - 1
    if in_window and oldest_on not in pardoned_on:
        oldest_on -= 1
    while oldest_on in pardoned_on:
        oldest_on -= 1
    return oldest_on


def live_streak(
    member: MemberRecord, at: int, zone: ZoneInfo, recovery_hours: int, pardoned_on: AbstractSet[int]
) -> int:
    """Return the streak as it stands at an instant: 0 once it can no longer be continued."""
    if not member.last_claim_at:
        return 0
    booking = book_claim(member, at, zone, recovery_hours, pardoned_on)
    return member.streak if booking is None or booking.extended else 0
