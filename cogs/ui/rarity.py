"""How rare an achievement is: the share of members who have it, in words."""

from __future__ import annotations

from data.texts import Texts

__all__ = ["rarity"]

_TENTHS_OF_ALL = 1000


def rarity(texts: Texts, holders: int, members: int) -> str:
    """Say what share of a guild's members have an achievement, to a tenth of a percent, rounded down.

    Args:
        texts: What people read.
        holders: How many have it.
        members: How many there are; not all may be known, so those who have it count in any case.
    """
    if not holders:
        return texts("rarity-nobody")
    tenths = holders * _TENTHS_OF_ALL // max(members, holders)
    if not tenths:
        return texts("rarity-hardly-anybody")
    whole, tenth = divmod(tenths, 10)
    percent: int | float = tenths / 10 if tenth and whole < 10 else whole  # noqa: PLR2004 -- 12 % says enough
    return texts("rarity-share", percent=percent)
