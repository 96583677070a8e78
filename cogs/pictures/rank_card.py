"""A member's card: what it shows, and the same in words for those who cannot see it."""

from __future__ import annotations

import discord

from cogs.ui.names import plain_name
from data import Texts
from leveling_core.achievements import Catalogue
from leveling_core.member import MemberRecord
from leveling_core.profiles import MemberProfile
from pictures import Look, RankCard

__all__ = ["MOST_BADGES", "PROFILE", "badges_of", "describe_rank_card", "rank_card"]

PROFILE = "profile"
"""What the picture of a profile is called: its file, and its twin."""

MOST_BADGES = 5

_TIERS = {"platinum": 0, "gold": 1, "silver": 2, "bronze": 3}


def badges_of(catalogue: Catalogue, member: MemberRecord) -> tuple[str, ...]:
    """Return the emoji of a member's hardest achievements, of those equally hard the newest first."""
    unlocked = [
        (_TIERS[definition.tier], -member.achievements[definition.id].at, definition.emoji)
        for definition in catalogue.definitions
        if definition.id in member.achievements
    ]
    return tuple(emoji for _, _, emoji in sorted(unlocked)[:MOST_BADGES])


def rank_card(
    texts: Texts,
    catalogue: Catalogue,
    profile: MemberProfile,
    member: discord.Member,
    *,
    look: Look,
    avatar: bytes,
) -> RankCard:
    """Return a member's card."""
    progress, standing = profile.progress, profile.standing
    highest = progress.next_level_xp is None
    return RankCard(
        look=look,
        name=member.display_name,
        fallback_name=texts("ui-nobody"),
        avatar=avatar,
        level_label=texts("card-level-label"),
        level=texts("card-level", level=progress.level),
        rank_label=texts("card-rank-label") if standing else "",
        rank=texts("card-rank", rank=standing.rank) if standing else "",
        xp=texts("card-highest")
        if highest
        else texts("card-xp", xp=progress.xp_into_level, needed=progress.xp_for_next),
        total=texts("card-total", xp=profile.member.xp),
        progress=1.0 if highest else progress.xp_into_level / max(1, progress.xp_for_next),
        streak_label=texts("card-streak-label") if profile.streak else "",
        streak=texts("card-streak", days=profile.streak) if profile.streak else "",
        badges=badges_of(catalogue, profile.member),
    )


def describe_rank_card(texts: Texts, profile: MemberProfile, member: discord.Member) -> str:
    """Return in words what a member's card shows."""
    progress, standing = profile.progress, profile.standing
    return texts(
        "card-alt",
        name=plain_name(member.display_name, texts("ui-nobody")),
        level=progress.level,
        next=progress.level + 1,
        highest="yes" if progress.next_level_xp is None else "no",
        xp=progress.xp_into_level,
        needed=progress.xp_for_next,
        total=profile.member.xp,
        rank=standing.rank if standing else 0,
        members=profile.ranked_members,
        streak=profile.streak,
    )
