"""Boosting a guild: the multiplier on XP, the days of boosting, and what an observation changes."""

from __future__ import annotations

from leveling_core.member import MemberRecord
from leveling_core.multipliers import BOOSTER, apply_multipliers
from leveling_core.outcomes import Multiplier
from leveling_core.periods import MS_PER_DAY
from leveling_core.rules import Ruleset

__all__ = ["apply_xp_boost", "boost_days", "has_xp_boost"]


def has_xp_boost(member: MemberRecord) -> bool:
    """Tell whether the member's awards are multiplied: whether the member boosts the guild."""
    return member.boosting_since > 0


def boost_days(member: MemberRecord, at: int) -> int:
    """Count the whole days (24 h) for which the member has been boosting at ``at`` (ms UTC); 0 if not."""
    return max(0, at - member.boosting_since) // MS_PER_DAY if member.boosting_since else 0


def apply_xp_boost(member: MemberRecord, ruleset: Ruleset, xp: int) -> tuple[int, tuple[Multiplier, ...]]:
    """Return the XP after the booster multiplier, and what was applied: nothing if not boosting."""
    if not has_xp_boost(member):
        return xp, ()
    multipliers = (Multiplier(BOOSTER, *ruleset.boost),)
    return apply_multipliers(xp, multipliers), multipliers
