"""Boards as members see them: a page of standings with levels and movement, and the asker's own place."""

from __future__ import annotations

from typing import Literal

import msgspec

from leveling_core.periods import month_of, week_of
from leveling_core.rules import Ruleset
from leveling_core.store import Board, FormerXpBoard, PeriodBoard, Standing, StreakBoard, XpBoard
from leveling_core.streaks import oldest_live_claim_on

__all__ = [
    "PAGE_SIZE",
    "BoardEntry",
    "BoardName",
    "LeaderboardPage",
    "board_entry",
    "board_of",
    "former_board_of",
    "page_count",
]

BoardName = Literal["xp", "streak", "week", "month"]
"""What members can be ordered by: all XP, days of the streak, XP of this week or month."""

PAGE_SIZE = 10
"""Standings on a page."""


class BoardEntry(msgspec.Struct, frozen=True):
    """One line of a board.

    Attributes:
        standing: Who, and where.
        level: The level that the XP make, 0 on boards of other things.
        former_rank: The rank as today began, 0 for not on the board then; None where movement is not told.
    """

    standing: Standing
    level: int
    former_rank: int | None = None

    @property
    def climbed(self) -> int:
        """How many ranks the member has climbed since today began, below 0 for fallen."""
        return self.former_rank - self.standing.rank if self.former_rank else 0


class LeaderboardPage(msgspec.Struct, frozen=True):
    """A page of a board.

    Attributes:
        board: What the members are ordered by.
        page: Which page, from 1; the last one there is if a later one was asked for.
        pages: How many there are, at least 1.
        ranked_members: How many members the whole board has.
        entries: The page, in the board's order.
        own: The asker's own entry, None if not on the board.
        own_page: The page on which the asker is, 0 if not on the board.
        ahead: Who has the next better rank than the asker, None for nobody.
    """

    board: Board
    page: int
    pages: int
    ranked_members: int
    entries: tuple[BoardEntry, ...]
    own: BoardEntry | None
    own_page: int
    ahead: Standing | None = None

    @property
    def user_ids(self) -> tuple[int, ...]:
        """Who is named: everybody on the page, and who is ahead of the asker."""
        on_page = [entry.standing.user_id for entry in self.entries]
        ahead = [self.ahead.user_id] if self.ahead is not None else []
        return tuple(dict.fromkeys([*on_page, *ahead]))

    @property
    def xp_to_pass(self) -> int:
        """What the asker lacks to have more than who is ahead; 0 where nobody is, or it is not XP."""
        if self.own is None or self.ahead is None or isinstance(self.board, StreakBoard):
            return 0
        return self.ahead.value - self.own.standing.value + 1


def page_count(ranked_members: int) -> int:
    """Return how many pages a board has; an empty one has one."""
    return max(1, -(-ranked_members // PAGE_SIZE))


def board_of(name: BoardName, at: int, ruleset: Ruleset) -> Board:
    """Return the board of a name as it is at an instant (ms UTC) by a guild's rules and calendar."""
    today_on = ruleset.day_of(at)
    match name:
        case "xp":
            return XpBoard()
        case "streak":
            hours = ruleset.rules.daily.recovery_hours
            since_on = oldest_live_claim_on(at, ruleset.zone, hours, ruleset.pardoned_on)
            return StreakBoard(claimed_since_on=since_on)
        case "week":
            return PeriodBoard(*week_of(today_on, ruleset.rules.general.week_start))
        case "month":
            return PeriodBoard(*month_of(today_on))


def former_board_of(board: Board, at: int, ruleset: Ruleset) -> FormerXpBoard | None:
    """Return what a board was as the day of an instant (ms UTC) began, None where movement is not told.

    It is of the board of all XP: streaks grow by a day for everybody who claims, and on the board of a period
    everybody is new again and again.
    """
    return FormerXpBoard(ruleset.day_of(at)) if isinstance(board, XpBoard) else None


def board_entry(
    standing: Standing, board: Board, ruleset: Ruleset, former_rank: int | None = None
) -> BoardEntry:
    """Return a standing as a line of its board."""
    level = ruleset.curve.level_for_xp(standing.value) if isinstance(board, XpBoard) else 0
    return BoardEntry(standing, level, former_rank)
