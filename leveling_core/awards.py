"""What an award comes to once everything that multiplies it has been applied."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from leveling_core.boosts import apply_xp_boost, boost_multipliers
from leveling_core.member import MemberRecord
from leveling_core.multipliers import apply_multipliers
from leveling_core.outcomes import Combine, Multiplier
from leveling_core.rules import Ruleset
from leveling_core.scope import NOWHERE, Place

__all__ = ["Award", "list_multipliers", "multiply_award"]


class Award(msgspec.Struct, frozen=True, gc=False):
    """What is earned, and what it was multiplied by, combined how."""

    xp: int
    multipliers: tuple[Multiplier, ...]
    combine: Combine = "multiply"


def list_multipliers(
    member: MemberRecord,
    ruleset: Ruleset,
    at: int,
    role_ids: Sequence[int] = (),
    place: Place = NOWHERE,
) -> tuple[Multiplier, ...]:
    """Return all that multiplies what a member earns at an instant; see ``GuildMultipliers``."""
    booster = boost_multipliers(member, ruleset)
    if ruleset.multipliers is None:
        return booster
    return ruleset.multipliers.list_applying(at, role_ids, place, booster)


def multiply_award(
    member: MemberRecord,
    ruleset: Ruleset,
    xp: int,
    at: int,
    role_ids: Sequence[int] = (),
    place: Place = NOWHERE,
) -> Award:
    """Multiply what a member earns at an instant, by what holds for the member and for the place."""
    guild = ruleset.multipliers
    if guild is None:
        return Award(*apply_xp_boost(member, ruleset, xp))
    multipliers = list_multipliers(member, ruleset, at, role_ids, place)
    return Award(apply_multipliers(xp, multipliers, guild.combine), multipliers, guild.combine)
