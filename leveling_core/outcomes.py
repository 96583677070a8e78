"""Outcomes: what a decision made happen, in the past tense, and the ledger line that keeps each.

Every outcome shares three columns: the XP it changed, that XP's source, and the changes of the member's
counters since the member's last line. What else it tells is its own, and is kept beside them.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from leveling_core.periods import utc_day_of

__all__ = [
    "AchievementRevoked",
    "AchievementUnlocked",
    "AdjustMode",
    "BoostEnded",
    "BoostStarted",
    "Ceiling",
    "CeilingPeriod",
    "Combine",
    "DailyClaimed",
    "DeliveryFailed",
    "EventEnded",
    "EventStarted",
    "GoalReached",
    "LedgerLine",
    "LevelLost",
    "LevelReached",
    "MemberLeft",
    "MemberReturned",
    "Multiplier",
    "Outcome",
    "Part",
    "RankImproved",
    "RoleSyncEnded",
    "RoleSyncStarted",
    "RulesChanged",
    "StreakExtended",
    "StreakStarted",
    "XpAdjusted",
    "XpGained",
    "kind_of",
]


Combine = Literal["multiply", "add", "largest"]
"""How multipliers come together: all multiplied, what each is beyond 1 added up, the largest alone."""


class Multiplier(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A factor that was applied to an award, by name; an exact fraction."""

    name: str
    numerator: int
    denominator: int


CeilingPeriod = Literal["minute", "hour", "day"]
"""In what time a ceiling bounds what is earned."""


class Ceiling(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The most XP that a member's messages earn in a period.

    Attributes:
        period: Which.
        xp: How much.
        ends_at: The first instant (ms UTC) after the period that it was.
    """

    period: CeilingPeriod
    xp: int
    ends_at: int


class Part(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One summand of an award before multipliers: its name and XP."""

    name: str
    xp: int


class _Outcome(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", omit_defaults=True):
    """What all outcomes share."""

    xp: int = 0
    source: str = ""
    counters: dict[str, int] = {}


class XpGained(_Outcome, frozen=True, gc=False, kw_only=True, tag="xp_gained"):
    """A member earned XP.

    Attributes:
        xp: How much, all applied.
        source: ``message`` or ``goal``.
        parts: The summands before multipliers: ``roll`` for a message.
        multipliers: What was applied, in order; one called ``limit`` bounds what the others come to.
        combine: How they came together: ``multiply``, ``add`` or ``largest``.
        refused: How many messages since the member's last line earned nothing, by reason.
        awards: How many awards it stands for: more than 1 where retention summed up a day; then ``parts`` and
            ``multipliers`` are gone.
        ceiling: The ceiling that was reached by it, so that it may be less than all that was multiplied; None
            for none.
    """

    parts: tuple[Part, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    refused: dict[str, int] = {}
    awards: int = 1
    combine: Combine = "multiply"
    ceiling: Ceiling | None = None


AdjustMode = Literal["give", "take", "set", "reset", "undo"]
"""What somebody did to a member's XP by hand."""


class XpAdjusted(_Outcome, frozen=True, gc=False, kw_only=True, tag="xp_adjusted"):
    """Somebody changed a member's XP by hand.

    Attributes:
        xp: What was really added (negative for what was taken), bounds applied.
        source: ``admin``.
        mode: What was asked for.
        requested_xp: The change asked for, negative for what was to be taken.
        total_before: The member's XP before it.
        total_xp: The member's XP after it, rewards of achievements included.
        reason: Why, as the actor put it; "" without one.
    """

    mode: AdjustMode
    requested_xp: int
    total_before: int
    total_xp: int
    reason: str = ""


class LevelReached(_Outcome, frozen=True, gc=False, kw_only=True, tag="level_reached"):
    """A member's XP crossed at least one threshold upwards."""

    level_from: int
    level_to: int
    total_xp: int


class LevelLost(_Outcome, frozen=True, gc=False, kw_only=True, tag="level_lost"):
    """A member's XP fell below at least one threshold."""

    level_from: int
    level_to: int
    total_xp: int


class AchievementUnlocked(_Outcome, frozen=True, gc=False, kw_only=True, tag="achievement_unlocked"):
    """A member unlocked an achievement; ``times`` counts a repeatable one, ``times_from`` what it had before.

    Lines of before ``times_from`` was kept say 0.
    """

    achievement_id: str
    times: int = 1
    times_from: int = 0


class AchievementRevoked(_Outcome, frozen=True, gc=False, kw_only=True, tag="achievement_revoked"):
    """What had unlocked an achievement was undone; ``times`` is how often it is unlocked still, 0 for not."""

    achievement_id: str
    times: int = 0


class DailyClaimed(_Outcome, frozen=True, gc=False, kw_only=True, tag="daily_claimed"):
    """A member claimed the daily reward.

    Attributes:
        booked_on: The day it was booked on.
        zone: The IANA name of the time zone that the day belongs to.
        streak: The streak after it.
        parts: ``base`` and ``streak`` bonus.
        multipliers: What was applied to their sum; see ``XpGained``.
        combine: How they came together.
        recovered: Whether it was booked on the day before, within the recovery window.
    """

    booked_on: int
    zone: str
    streak: int
    parts: tuple[Part, ...]
    multipliers: tuple[Multiplier, ...] = ()
    recovered: bool = False
    combine: Combine = "multiply"


class StreakExtended(_Outcome, frozen=True, gc=False, kw_only=True, tag="streak_extended"):
    """A member's daily streak grew by a day."""

    streak_from: int
    streak_to: int


class StreakStarted(_Outcome, frozen=True, gc=False, kw_only=True, tag="streak_started"):
    """A member's daily streak began, or began anew after ``streak_from`` days had been lost."""

    streak_from: int = 0


class GoalReached(_Outcome, frozen=True, gc=False, kw_only=True, tag="goal_reached"):
    """A guild reached its goal of the day. Belongs to no member (user id 0)."""

    day_on: int
    target: int
    bonus_xp: int


class BoostStarted(_Outcome, frozen=True, gc=False, kw_only=True, tag="boost_started"):
    """A member began to boost the guild (``since``: ms UTC)."""

    since: int


class BoostEnded(_Outcome, frozen=True, gc=False, kw_only=True, tag="boost_ended"):
    """A member no longer boosts the guild (``since``: when the ended boost had begun, ms UTC)."""

    since: int


class MemberLeft(_Outcome, frozen=True, gc=False, kw_only=True, tag="member_left"):
    """A member left the guild; the progress stays, the place on the boards does not."""


class MemberReturned(_Outcome, frozen=True, gc=False, kw_only=True, tag="member_returned"):
    """A member who had left came back, with the progress of before."""


class RankImproved(_Outcome, frozen=True, gc=False, kw_only=True, tag="rank_improved"):
    """A member stood higher on the XP board than ever recorded, or had climbed further."""

    rank: int
    ranked_members: int


class RulesChanged(_Outcome, frozen=True, kw_only=True, tag="rules_changed"):
    """An admin changed rules of the guild: old and new value by name."""

    changes: dict[str, tuple[Any, Any]]


class EventStarted(_Outcome, frozen=True, gc=False, kw_only=True, tag="event_started"):
    """An event began: XP is multiplied for a while. Belongs to no member (user id 0).

    Attributes:
        name: As people know it.
        factor: What XP is multiplied by, as text: ``1.5``.
        from_at: Its first instant, ms UTC.
        until_at: The instant after its last, ms UTC.
    """

    name: str
    factor: str
    from_at: int
    until_at: int


class EventEnded(_Outcome, frozen=True, gc=False, kw_only=True, tag="event_ended"):
    """An event is over. Belongs to no member (user id 0).

    Attributes:
        name: As people know it.
        factor: What XP was multiplied by, as text: ``1.5``.
        from_at: Its first instant, ms UTC.
        until_at: The instant after its last, ms UTC.
        stopped: Whether it was ended before its time.
    """

    name: str
    factor: str
    from_at: int
    until_at: int
    stopped: bool = False


class RoleSyncStarted(_Outcome, frozen=True, gc=False, kw_only=True, tag="role_sync_started"):
    """Somebody had the roles of all members put right: so many members, of whom so many were to change."""

    members: int
    expected: int = 0


class RoleSyncEnded(_Outcome, frozen=True, gc=False, kw_only=True, tag="role_sync_ended"):
    """The roles of all members are right, or somebody stopped it before.

    Attributes:
        changed: Whose roles were changed.
        right: Whose roles were right already.
        failed: Who lacks, or has kept, a role, by problem.
        stopped: Whether it was stopped before the end.
    """

    changed: int
    right: int
    failed: dict[str, int] = {}
    stopped: bool = False


class DeliveryFailed(_Outcome, frozen=True, gc=False, kw_only=True, tag="delivery_failed"):
    """A subscriber of the feed gave up on a line after its last try."""

    subscriber: str
    seq: int
    problem: str


Outcome = (
    XpGained
    | XpAdjusted
    | LevelReached
    | LevelLost
    | AchievementUnlocked
    | AchievementRevoked
    | DailyClaimed
    | StreakExtended
    | StreakStarted
    | GoalReached
    | BoostStarted
    | BoostEnded
    | MemberLeft
    | MemberReturned
    | RankImproved
    | RulesChanged
    | EventStarted
    | EventEnded
    | RoleSyncStarted
    | RoleSyncEnded
    | DeliveryFailed
)
"""Anything that can have happened."""


def kind_of(outcome: Outcome | type[Outcome]) -> str:
    """Return the name under which the ledger keeps an outcome, such as ``xp_gained``."""
    return str(outcome.__struct_config__.tag)


class LedgerLine(msgspec.Struct, gc=False, kw_only=True):
    """One line of the ledger: an outcome and where it belongs.

    Not frozen, for one reason: the store gives a line its ``seq`` when its group is made up, and a copy of
    every line for that would cost as much as the decision. Nobody else may change one.

    Attributes:
        seq: Its place in the one sequence of all lines; 0 until the store gives it.
        at: The instant of the event, ms UTC.
        guild_id: The guild.
        user_id: The member, 0 for the guild as a whole.
        outcome: What happened.
        channel_id: Where it happened, 0 for nowhere; for a thread, the channel that it belongs to.
        thread_id: In which thread of that channel, 0 for none.
        cause: Snowflake of the event (or ``seq`` of the line) that led to it, 0 for none.
        correlation: Joins lines of one larger operation across commits, "" for none.
        batch: Names a bulk change that can be undone as one, "" for none.
        actor_id: Who made it happen, where that is not the member, else 0.
        origin: ``live``, ``catch-up``, ``bulk`` or ``undo``. Only live lines are announced.
        day_on: The day (ordinal) of the guild's calendar on which it counts, fixed when it was decided; 0
            stands for the day of ``at`` in UTC.
    """

    at: int
    guild_id: int
    user_id: int
    outcome: Outcome
    channel_id: int = 0
    thread_id: int = 0
    cause: int = 0
    correlation: str = ""
    batch: str = ""
    actor_id: int = 0
    origin: str = "live"
    seq: int = 0
    day_on: int = 0

    @property
    def counts_on(self) -> int:
        """The day (ordinal) of the guild's calendar on which it counts."""
        return self.day_on or utc_day_of(self.at)
