"""Boards as members see them: a page of standings with levels, and the asker's own place."""

from __future__ import annotations

import msgspec

from leveling_core.store import Standing

__all__ = ["PAGE_SIZE", "BoardEntry", "LeaderboardPage", "page_count"]

PAGE_SIZE = 10
"""Standings on a page."""


class BoardEntry(msgspec.Struct, frozen=True):
    """One line of a board: the standing, and the level its XP make (0 on boards of other things)."""

    standing: Standing
    level: int


class LeaderboardPage(msgspec.Struct, frozen=True):
    """A page of a board.

    Attributes:
        board: ``xp`` or ``streak``.
        page: Which page, from 1; the last one there is if a later one was asked for.
        pages: How many there are, at least 1.
        ranked_members: How many members the whole board has.
        entries: The page, in the board's order.
        own: The asker's own entry, None if not on the board.
        own_page: The page on which the asker is, 0 if not on the board.
    """

    board: str
    page: int
    pages: int
    ranked_members: int
    entries: tuple[BoardEntry, ...]
    own: BoardEntry | None
    own_page: int


def page_count(ranked_members: int) -> int:
    """Return how many pages a board has; an empty one has one."""
    return max(1, -(-ranked_members // PAGE_SIZE))
