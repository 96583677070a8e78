"""Two members side by side."""

from __future__ import annotations

from typing import Literal

import msgspec

from leveling_core.profiles import MemberProfile

__all__ = ["ComparedRow", "Comparison", "RowName", "compare_profiles"]

RowName = Literal["xp", "level", "messages", "streak", "achievements", "rank"]
"""What members are compared by."""


class ComparedRow(msgspec.Struct, frozen=True):
    """What two members have of one thing.

    Attributes:
        name: Of what.
        left: What the first has; of ranks 0 for none.
        right: What the second has.
        left_amount: How much that is beside the other, 0 or more: of ranks, how many members stand there or
            below.
        right_amount: The same for the second.
    """

    name: RowName
    left: int
    right: int
    left_amount: int
    right_amount: int


class Comparison(msgspec.Struct, frozen=True):
    """Two members of a guild side by side.

    Attributes:
        left: The first.
        right: The second.
        rows: What they have.
        lead_xp: By how much XP the first is ahead; below 0 where the second is.
    """

    left: MemberProfile
    right: MemberProfile
    rows: tuple[ComparedRow, ...]
    lead_xp: int


def compare_profiles(left: MemberProfile, right: MemberProfile) -> Comparison:
    """Put two members side by side."""
    values: tuple[tuple[RowName, int, int], ...] = (
        ("xp", left.member.xp, right.member.xp),
        ("level", left.progress.level, right.progress.level),
        ("messages", left.member.messages, right.member.messages),
        ("streak", left.streak, right.streak),
        ("achievements", left.unlocked, right.unlocked),
    )
    rows = [ComparedRow(name, mine, theirs, mine, theirs) for name, mine, theirs in values]
    ranked = max(left.ranked_members, right.ranked_members)
    ranks = [profile.standing.rank if profile.standing else 0 for profile in (left, right)]
    amounts = [max(1, ranked - rank + 1) if rank else 0 for rank in ranks]
    rows.append(ComparedRow("rank", *ranks, *amounts))
    return Comparison(left, right, tuple(rows), left.member.xp - right.member.xp)
