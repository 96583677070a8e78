"""The order of the board of XP as a day began: made of the board of now, less what was earned since.

So nothing has to be kept for it, and no midnight be met: it is right for every member and zone, whenever
somebody looks first, also after a restart. It shares its numbers with the index that it was made of, and only
those of members who have earned since are its own.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from sortedcontainers import SortedList

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.member import MemberRecord
from leveling_core.store import FormerXpBoard, PeriodBoard
from storage.backend import BoardEntry
from storage.board_index import INLINE_ENTRIES, LineIndex, entry_of, standing_pair

__all__ = ["FormerIndex", "period_since"]

_NO_DAY_ON = dt.date.max.toordinal() + 1

_GONE = -1
"""Stands for the XP of a member who is not there."""

_SHARED_SHARE = 6
"""An entry that is shared takes 8 bytes, and an integer of its own 44 more."""


def period_since(board: FormerXpBoard) -> PeriodBoard:
    """Return the board of what was earned since the day began."""
    return PeriodBoard(board.before_on, _NO_DAY_ON)


def _former_xp(xp: int, earned: int) -> int:
    """Return what a member had, by what there is now; 0 for one who is not there."""
    return 0 if xp == _GONE else min(max(0, xp - earned), MAX_TOTAL_XP)


class FormerIndex(LineIndex):
    """Members by the XP that they had when a day began.

    Args:
        board: Which board.
    """

    def __init__(self, board: FormerXpBoard) -> None:
        super().__init__()
        self._before_on = board.before_on
        self._now: Sequence[int] = ()
        self._earned: dict[int, int] = {}
        self._gains: dict[int, int] = {}
        self._moves: dict[int, tuple[int, int]] = {}

    def begin(self, entries: Sequence[int]) -> None:
        """Take the entries of the board of XP, as of the moment from which on this is told of moves."""
        self._now = entries

    async def fill(self, portions: AsyncIterator[Sequence[BoardEntry]]) -> None:
        """Take in what was earned since the day began, as of the same moment."""
        lost: list[int] = []
        async for portion in portions:
            self._earned.update((user_id, xp) for xp, user_id, _ in portion)
            lost += [user_id for xp, user_id, present in portion if present and xp < 0]
        now, self._now = self._now, ()
        if len(now) <= INLINE_ENTRIES:
            self._entries = _sorted_former(now, self._earned, lost)
        else:
            self._entries = await asyncio.to_thread(_sorted_former, now, dict(self._earned), lost)

    def gain(self, user_id: int, day_on: int, xp: int) -> None:
        """Note that a line gave (or took) XP; applied at the next look."""
        if day_on >= self._before_on:
            self._gains[user_id] = self._gains.get(user_id, 0) + xp

    def move(self, user_id: int, before: MemberRecord, after: MemberRecord) -> None:
        """Note that a member's record changed; applied at the next look."""
        moved = self._moves.get(user_id)
        old = (before.xp if before.present else _GONE) if moved is None else moved[0]
        self._moves[user_id] = (old, after.xp if after.present else _GONE)

    @property
    def _moved(self) -> int:
        return len(self._moves)

    @property
    def is_stale(self) -> bool:
        """Whether it must be made anew, or had better be; so it must after a line without its record."""
        return super().is_stale or not self._gains.keys() <= self._moves.keys()

    def value_of(self, user_id: int, record: MemberRecord) -> int:
        """Return what a member had; 0 for one who is not on the board."""
        return _former_xp(record.xp if record.present else _GONE, self._earned.get(user_id, 0))

    def _take_moves(self) -> tuple[list[int], list[int]]:
        moves, self._moves = self._moves, {}
        gains, self._gains = self._gains, {}
        gone, come = list[int](), list[int]()
        for user_id, (xp_before, xp_after) in moves.items():
            earned = self._earned.get(user_id, 0)
            old = _former_xp(xp_before, earned)
            if user_id in gains:
                self._earned[user_id] = earned = earned + gains[user_id]
            new = _former_xp(xp_after, earned)
            if old != new:
                gone += [entry_of(old, user_id)] if old else []
                come += [entry_of(new, user_id)] if new else []
        return gone, come

    @property
    def weight(self) -> int:
        """How much memory it takes, in entries: who has earned takes as much as four."""
        return len(self._entries) // _SHARED_SHARE + 4 * len(self._earned)


def _sorted_former(now: Iterable[int], earned: Mapping[int, int], lost: Iterable[int]) -> SortedList[int]:
    """Return the entries of then, by those of now.

    Args:
        now: Entries of the board of XP.
        earned: What was earned since, by user id.
        lost: Who is there and has lost XP since: with nothing left, they are not among ``now``.
    """
    entries: list[int] = []
    missing = set(lost)
    for entry in now:
        user_id, xp = standing_pair(entry)
        gained = earned.get(user_id)
        if gained is None:
            entries.append(entry)
            continue
        missing.discard(user_id)
        if former := _former_xp(xp, gained):
            entries.append(entry_of(former, user_id))
    entries += [entry_of(_former_xp(0, earned[user_id]), user_id) for user_id in missing]
    return SortedList(entries)
