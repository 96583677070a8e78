"""A member as others see them: what the use cases answer about one."""

from __future__ import annotations

import msgspec

from leveling_core.achievements import AchievementDefinition
from leveling_core.charts import LevelForecast, XpChart
from leveling_core.curves import LevelProgress
from leveling_core.history import XpHistory
from leveling_core.member import MemberRecord
from leveling_core.store import Standing

__all__ = ["AchievementStatus", "MemberProfile", "NearAchievement", "XpStats"]


class MemberProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A member as the profile shows it.

    Attributes:
        member: The record.
        progress: The level and the way to the next one.
        standing: The place on the XP board, None without one.
        ranked_members: How many the board has.
        streak: The daily streak as it stands now, 0 once lost.
        next_claim_at: From when a daily claim is possible, ms UTC; 0 for at once.
        boost_days: Whole days of boosting.
        unlocked: Achievements unlocked, of ``achievements`` there are.
        achievements: How many there are that are not secret.
    """

    member: MemberRecord
    progress: LevelProgress
    standing: Standing | None
    ranked_members: int
    streak: int
    next_claim_at: int
    boost_days: int
    unlocked: int
    achievements: int


class XpStats(msgspec.Struct, frozen=True):
    """A member's profile and XP of the last days.

    Attributes:
        profile: The profile.
        history: What was earned.
        chart: The same by day and source.
        forecast: When the next level comes; None where there is nothing to say.
    """

    profile: MemberProfile
    history: XpHistory
    chart: XpChart
    forecast: LevelForecast | None


class AchievementStatus(msgspec.Struct, frozen=True):
    """An achievement as one member sees it.

    Attributes:
        definition: Which one.
        unlocked_at: When it was unlocked, ms UTC; 0 for not yet.
        times: How often.
        share: How far the member is, ``0 .. 1``; for a repeatable one, on the way to the next time.
        holders: How many present members of the guild have it.
    """

    definition: AchievementDefinition
    unlocked_at: int
    times: int
    share: float
    holders: int = 0

    @property
    def is_hidden(self) -> bool:
        """Whether it is secret and this member has not unlocked it: then nobody is told what it is."""
        return self.definition.secret and not self.times


class NearAchievement(msgspec.Struct, frozen=True):
    """An achievement within reach.

    Attributes:
        definition: Which one.
        share: How far the member is, ``0 .. 1``.
        missing: What is missing: counter, have, need.
        holders: How many present members of the guild have it.
    """

    definition: AchievementDefinition
    share: float
    missing: tuple[tuple[str, int, int], ...]
    holders: int = 0
