"""A member's record: what the store keeps about one user in one guild.

``msgspec.Struct`` with ``gc=False`` and not frozen, here and nowhere else: a decision copies the record it
was given (``copy.copy``, done in C) and changes the copy. A frozen dataclass of this width costs 12.5 µs a
change, a quarter of all that may be spent on a message. The rule that a decision never changes what it was
given is kept by the contract suite instead of by the type.

What can be derived is not here: the level comes from ``xp`` by the guild's curve, the rank from order, boost
days from ``boosting_since``.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "NO_COUNTERS",
    "Counters",
    "MemberRecord",
    "Unlock",
]


class Counters(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The counters of activity, as they stood at some moment."""

    messages: int = 0
    images: int = 0
    links: int = 0
    long_messages: int = 0
    commands: int = 0


class Unlock(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """When an achievement was first unlocked (ms UTC), and how many times so far."""

    at: int
    times: int = 1


NO_COUNTERS = Counters()


class MemberRecord(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """What is known of one member of one guild. Defaults are those of a member never seen.

    Attributes:
        present: Whether the member is in the guild; one who left keeps all but the place on the boards.
        presence_at: Instant of the event that last changed ``present``, ms UTC; older sightings are ignored.
        xp: Total XP, ``0 .. 2**53 - 1``.
        messages: Messages counted, in and out of the cooldown.
        images: Messages with at least one image.
        links: Messages with at least one link.
        long_messages: Messages of at least the guild's length for that.
        commands: Commands of this bot that succeeded.
        last_award_at: Instant of the last message that earned XP, ms UTC; 0 for none.
        streak: Days of the daily streak as of the last claim.
        longest_streak: The highest ``streak`` ever.
        dailies: Daily rewards claimed.
        last_claim_at: Instant of the last claim, ms UTC; 0 for none.
        last_claim_on: The day it was booked on; 0 for none.
        last_claim_zone: The IANA time zone of that day.
        goals_completed: Daily goals of the guild in which this member was paid.
        boosting_since: Since when the member boosts the guild, ms UTC; 0 for not.
        boost_seen_at: Instant of the sighting that last changed it, ms UTC; older sightings are ignored.
        best_rank_of_10: Best rank seen while at least 10 members were ranked; 0 for never.
        best_rank_of_30: The same with at least 30.
        worst_rank: Worst rank seen since at least 10 members were ranked; 0 for never.
        rank_improvement: The furthest climb from the worst rank seen so far, in places.
        achievements: What is unlocked, by id. Treated as immutable: replaced, never changed in place.
        refused: Messages since the last one that earned which earned nothing, by reason. Treated as
        immutable. ledgered: The counters as of the last message that earned: the next one's line carries the
        difference.
    """

    present: bool = True
    presence_at: int = 0
    xp: int = 0
    messages: int = 0
    images: int = 0
    links: int = 0
    long_messages: int = 0
    commands: int = 0
    last_award_at: int = 0
    streak: int = 0
    longest_streak: int = 0
    dailies: int = 0
    last_claim_at: int = 0
    last_claim_on: int = 0
    last_claim_zone: str = ""
    goals_completed: int = 0
    boosting_since: int = 0
    boost_seen_at: int = 0
    best_rank_of_10: int = 0
    best_rank_of_30: int = 0
    worst_rank: int = 0
    rank_improvement: int = 0
    achievements: dict[str, Unlock] = {}
    refused: dict[str, int] = {}
    ledgered: Counters = NO_COUNTERS
