"""The order of one board in memory: ranks, places and pages of any board cost the same.

An index holds one integer per ranked member, made of the value and the user id so that ascending order is the
board's order (most first, ties by user id). Places, ranks and pages are read from it alone, so they always
agree with each other, and none needs ``OFFSET`` or a count in the database.

Moves are kept aside, summed by member, and applied when somebody looks.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence

from sortedcontainers import SortedList

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.member import MemberRecord
from leveling_core.store import PeriodBoard, Standing, StreakBoard, XpBoard
from storage.backend import BoardEntry

__all__ = [
    "INLINE_ENTRIES",
    "BoardIndex",
    "LineIndex",
    "PeriodIndex",
    "RecordIndex",
    "board_value",
    "entry_of",
    "standing_pair",
]

MIN_MOVES = 4096
"""An index that nobody looked at while so many of its members moved (and half of them all) is given up:
making it anew costs less than applying them."""

INLINE_ENTRIES = 20_000
"""An index of more than these is sorted in a thread: a million would stop the event loop for 0.6 s."""

BULK_SHARE = 0.2
"""From how many removals and additions on, as a share of its entries, an index is sorted anew: measured, both
cost the same there."""

_USER_BITS = 63
_USER_MASK = (1 << _USER_BITS) - 1


def board_value(record: MemberRecord, board: XpBoard | StreakBoard) -> int:
    """Return what a member is ordered by on a board of records; 0 for one who is not on it."""
    if not record.present:
        return 0
    if isinstance(board, XpBoard):
        return record.xp
    return record.streak if record.last_claim_on >= board.claimed_since_on else 0


def entry_of(value: int, user_id: int) -> int:
    """Return a member with a value as one integer, which sorts in a board's order."""
    return (MAX_TOTAL_XP - value) << _USER_BITS | user_id


def standing_pair(entry: int) -> tuple[int, int]:
    """Return the user id and the value that an entry was made of."""
    return entry & _USER_MASK, MAX_TOTAL_XP - (entry >> _USER_BITS)


class BoardIndex(ABC):
    """Members in a board's order. A subclass knows where their values come from."""

    def __init__(self) -> None:
        self._entries: SortedList[int] = SortedList()
        self._given_up = False

    async def fill(self, portions: AsyncIterator[Sequence[BoardEntry]]) -> None:
        """Take in what there is as of the moment from which on it is told of moves."""
        entries: list[int] = []
        async for portion in portions:
            entries += self._take_in(portion)
        if len(entries) <= INLINE_ENTRIES:
            self._entries = SortedList(entries)
        else:
            self._entries = await asyncio.to_thread(SortedList, entries)

    def _take_in(self, portion: Sequence[BoardEntry]) -> list[int]:
        """Return the entries of who is on the board."""
        return [entry_of(value, user_id) for value, user_id, _ in portion]

    @abstractmethod
    def value_of(self, user_id: int, record: MemberRecord) -> int:
        """Return what a member is ordered by, as of the last settling; 0 for one who is not on the board.

        Args:
            user_id: The member.
            record: The member's record. It may be newer than this index: then it does not contain the value.
        """

    @abstractmethod
    def move(self, user_id: int, before: MemberRecord, after: MemberRecord) -> None:
        """Note that a member's record changed; applied at the next look."""

    @property
    @abstractmethod
    def _moved(self) -> int:
        """How many members have moved since the last look."""

    @abstractmethod
    def _take_moves(self) -> tuple[list[int], list[int]]:
        """Forget what has moved; return the entries that go and those that come."""

    def give_up(self) -> None:
        """Be made anew before the next look: a move is missing."""
        self._given_up = True

    @property
    def is_stale(self) -> bool:
        """Whether it must be made anew, or had better be, because much has moved since the last look."""
        return self._given_up or self._moved > max(MIN_MOVES, len(self._entries) // 2)

    def settle(self) -> None:
        """Apply what has moved: one by one, or where that is much, in one go."""
        if not self._moved:
            return
        gone, come = self._take_moves()
        if len(gone) + len(come) > len(self._entries) * BULK_SHARE:
            left = set(gone)
            self._entries = SortedList([*(entry for entry in self._entries if entry not in left), *come])
            return
        for entry in gone:
            self._entries.remove(entry)
        for entry in come:
            self._entries.add(entry)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[int]:
        """All members as integers (:func:`entry_of`), in the board's order; as of the last settling."""
        return list(self._entries)

    @property
    def weight(self) -> int:
        """How much memory it takes, in entries."""
        return len(self._entries)

    def rank_of(self, value: int) -> int:
        """Return the rank of a value: 1 + how many are larger."""
        return self._entries.bisect_left(entry_of(value, 0)) + 1

    def standing_of(self, user_id: int, value: int) -> Standing:
        """Return where a member stands who is on the board with this value."""
        place = self._entries.bisect_left(entry_of(value, user_id))
        return Standing(self.rank_of(value), user_id, value, place)

    def __contains__(self, standing: tuple[int, int]) -> bool:
        """Tell whether a member (user id) is on the board with this value."""
        user_id, value = standing
        return entry_of(value, user_id) in self._entries

    def standings(self, first: int, limit: int) -> Iterator[Standing]:
        """Yield the standings from the ``first``-th place (from 0) on."""
        rank, previous = 0, -1
        for place, entry in enumerate(self._entries.islice(first, first + limit), first):
            user_id, value = standing_pair(entry)
            if value != previous:
                rank = place + 1 if previous >= 0 else self.rank_of(value)
                previous = value
            yield Standing(rank, user_id, value, place)


class RecordIndex(BoardIndex):
    """The order of a board whose values are in the members' records.

    Args:
        board: Which one.
    """

    def __init__(self, board: XpBoard | StreakBoard) -> None:
        super().__init__()
        self._board = board
        self._moves: dict[int, tuple[int, int]] = {}

    def value_of(self, user_id: int, record: MemberRecord) -> int:  # noqa: ARG002 -- others need it
        """Return what a member is ordered by; 0 for one who is not on the board."""
        return board_value(record, self._board)

    def move(self, user_id: int, before: MemberRecord, after: MemberRecord) -> None:
        """Note that a member's record changed; applied at the next look."""
        old, new = board_value(before, self._board), board_value(after, self._board)
        if old != new:
            moved = self._moves.get(user_id)
            self._moves[user_id] = (old if moved is None else moved[0], new)

    @property
    def _moved(self) -> int:
        return len(self._moves)

    def _take_moves(self) -> tuple[list[int], list[int]]:
        moves, self._moves = self._moves, {}
        gone = [entry_of(old, user_id) for user_id, (old, _) in moves.items() if old]
        come = [entry_of(new, user_id) for user_id, (_, new) in moves.items() if new]
        return gone, come


class LineIndex(BoardIndex):
    """Members by values that come from lines of the ledger."""

    @abstractmethod
    def gain(self, user_id: int, day_on: int, xp: int) -> None:
        """Note that a line gave (or took) XP; applied at the next look.

        The member's record is written with every such line and moved with it, after this.
        """


class PeriodIndex(LineIndex):
    """The order of a board of a period: XP gained, by lines of the ledger.

    It also knows what those have who are gone, so that they come back with it.

    Args:
        board: Which one.
    """

    def __init__(self, board: PeriodBoard) -> None:
        super().__init__()
        self._board = board
        self._xp: dict[int, int] = {}
        self._absent: set[int] = set()
        self._gains: dict[int, int] = {}
        self._presence: dict[int, bool] = {}

    def _take_in(self, portion: Sequence[BoardEntry]) -> list[int]:
        self._xp.update((user_id, xp) for xp, user_id, _ in portion)
        self._absent.update(user_id for _, user_id, present in portion if not present)
        return [entry_of(xp, user_id) for xp, user_id, present in portion if present and xp > 0]

    def gain(self, user_id: int, day_on: int, xp: int) -> None:
        """Note that a line gave (or took) XP; applied at the next look."""
        if self._board.from_on <= day_on < self._board.until_on:
            self._gains[user_id] = self._gains.get(user_id, 0) + xp

    def move(self, user_id: int, before: MemberRecord, after: MemberRecord) -> None:
        """Note whether a member is there; applied at the next look."""
        if not (before.present and after.present):
            self._presence[user_id] = after.present

    @property
    def _moved(self) -> int:
        return len(self._gains) + len(self._presence)

    def value_of(self, user_id: int, record: MemberRecord) -> int:  # noqa: ARG002 -- others need it
        """Return a member's XP of the period; 0 for one who is not on the board."""
        return self._xp_of(user_id)

    def _xp_of(self, user_id: int) -> int:
        return 0 if user_id in self._absent else max(0, self._xp.get(user_id, 0))

    def _take_moves(self) -> tuple[list[int], list[int]]:
        gains, self._gains = self._gains, {}
        presence, self._presence = self._presence, {}
        gone, come = list[int](), list[int]()
        for user_id in gains.keys() | presence.keys():
            old = self._xp_of(user_id)
            if user_id in gains:
                self._xp[user_id] = self._xp.get(user_id, 0) + gains[user_id]
            if user_id in presence:
                (self._absent.discard if presence[user_id] else self._absent.add)(user_id)
            new = self._xp_of(user_id)
            if old != new:
                gone += [entry_of(old, user_id)] if old else []
                come += [entry_of(new, user_id)] if new else []
        return gone, come

    @property
    def weight(self) -> int:
        """How much memory it takes, in entries: a member in a dict takes twice what an entry does."""
        return len(self._entries) + 2 * (len(self._xp) + len(self._absent))
