"""Boosting a guild: the multiplier on XP, the days of boosting, and what an observation changes."""

from __future__ import annotations

from leveling_core.member import MemberRecord
from leveling_core.multipliers import BOOSTER, apply_multipliers
from leveling_core.outcomes import Multiplier
from leveling_core.periods import MS_PER_DAY
from leveling_core.rules import Ruleset

__all__ = ["apply_xp_boost", "boost_days", "boost_multipliers", "has_xp_boost"]


def has_xp_boost(member: MemberRecord) -> bool:
    """Tell whether the member's awards are multiplied: whether the member boosts the guild."""
    return member.boosting_since > 0


def boost_days(member: MemberRecord, at: int) -> int:
    """Count the whole days (24 h) for which the member has been boosting at ``at`` (ms UTC); 0 if not."""
    return max(0, at - member.boosting_since) // MS_PER_DAY if member.boosting_since else 0


def boost_multipliers(member: MemberRecord, ruleset: Ruleset) -> tuple[Multiplier, ...]:
    """Return what boosting multiplies a member's XP by: the booster multiplier, or nothing."""
    return (Multiplier(BOOSTER, *ruleset.boost),) if has_xp_boost(member) else ()


def apply_xp_boost(member: MemberRecord, ruleset: Ruleset, xp: int) -> tuple[int, tuple[Multiplier, ...]]:
    """Return the XP after the booster multiplier, and what was applied: nothing if not boosting."""
    multipliers = boost_multipliers(member, ruleset)
    return (apply_multipliers(xp, multipliers) if multipliers else xp), multipliers
