"""Ranks that cost the same in a guild of ten and of a million: an order-statistic index per active board.

An index holds one integer per ranked member, made of the value and the user id so that ascending order is the
board's order (most first, ties by user id). Places, ranks and pages are read from it alone, so they always
agree with each other, and none needs ``OFFSET`` or a count in the database.

It is built on first use. Its moment is fixed between two groups, so every group published later moves it and
none before does. Moves are kept aside, summed by member, and applied when somebody looks.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, cast

from sortedcontainers import SortedList

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.documents import Record
from leveling_core.ids import Key, MemberKey
from leveling_core.member import MemberRecord
from leveling_core.store import Board, Standing, XpBoard

__all__ = ["BetweenGroups", "BoardIndex", "BoardSource", "Ranks", "board_value"]

T = TypeVar("T")

MAX_INDEXES = 512
"""Boards with an index at most; the one used longest ago goes first."""

MAX_ENTRIES = 2_000_000
"""Members in all indexes together, at most (one index may be larger): about 52 bytes each."""

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


def board_value(record: MemberRecord, board: Board) -> int:
    """Return what a member is ordered by on a board; 0 for one who is not on it."""
    if not record.present:
        return 0
    if isinstance(board, XpBoard):
        return record.xp
    return record.streak if record.last_claim_on >= board.claimed_since_on else 0


def _entry(value: int, user_id: int) -> int:
    return (MAX_TOTAL_XP - value) << _USER_BITS | user_id


class BoardIndex:
    """The order of one board.

    Args:
        board: Which one.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self._entries: SortedList[int] = SortedList()
        self._moves: dict[int, tuple[int, int]] = {}
        self._given_up = False

    async def fill(self, portions: AsyncIterator[Sequence[tuple[int, int]]]) -> None:
        """Take in all (value, user id) as of the moment from which on it is told of moves."""
        entries: list[int] = []
        async for portion in portions:
            entries += [_entry(value, user_id) for value, user_id in portion]
        if len(entries) <= INLINE_ENTRIES:
            self._entries = SortedList(entries)
        else:
            self._entries = await asyncio.to_thread(SortedList, entries)

    def move(self, user_id: int, before: MemberRecord, after: MemberRecord) -> None:
        """Note that a member's record changed; applied at the next look."""
        old, new = board_value(before, self.board), board_value(after, self.board)
        if old != new:
            moved = self._moves.get(user_id)
            self._moves[user_id] = (old if moved is None else moved[0], new)

    def give_up(self) -> None:
        """Be made anew before the next look: a move is missing."""
        self._given_up = True

    @property
    def is_stale(self) -> bool:
        """Whether it must be made anew, or had better be, because much has moved since the last look."""
        return self._given_up or len(self._moves) > max(MIN_MOVES, len(self._entries) // 2)

    def settle(self) -> None:
        """Apply what has moved: one by one, or where that is much, in one go."""
        if not self._moves:
            return
        gone = [_entry(old, user_id) for user_id, (old, _) in self._moves.items() if old]
        come = [_entry(new, user_id) for user_id, (_, new) in self._moves.items() if new]
        self._moves = {}
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

    def rank_of(self, value: int) -> int:
        """Return the rank of a value: 1 + how many are larger."""
        return self._entries.bisect_left(_entry(value, 0)) + 1

    def standing_of(self, user_id: int, value: int) -> Standing:
        """Return where a member stands who is on the board with this value."""
        place = self._entries.bisect_left(_entry(value, user_id))
        return Standing(self.rank_of(value), user_id, value, place)

    def __contains__(self, standing: tuple[int, int]) -> bool:
        """Tell whether a member (user id) is on the board with this value."""
        user_id, value = standing
        return _entry(value, user_id) in self._entries

    def standings(self, first: int, limit: int) -> Iterator[Standing]:
        """Yield the standings from the ``first``-th place (from 0) on."""
        rank, previous = 0, -1
        for place, entry in enumerate(self._entries.islice(first, first + limit), first):
            value = MAX_TOTAL_XP - (entry >> _USER_BITS)
            if value != previous:
                rank = place + 1 if previous >= 0 else self.rank_of(value)
                previous = value
            yield Standing(rank, entry & _USER_MASK, value, place)


class BoardSource(Protocol):
    """Where an index comes from."""

    async def open_board(self, guild_id: int, board: Board) -> AsyncIterator[Sequence[tuple[int, int]]]:
        """Fix a moment, and return who was on the board then."""
        ...


class BetweenGroups(Protocol):
    """Runs an action while nothing is being decided or written."""

    async def __call__(self, action: Callable[[], Awaitable[T]]) -> T:
        """Run it and return its result."""
        ...


class Ranks:
    """The indexes of the boards that are looked at.

    Args:
        source: Where an index comes from.
        between_groups: Runs an action while nothing is being decided or written.
    """

    def __init__(self, source: BoardSource, between_groups: BetweenGroups) -> None:
        self._source = source
        self._between_groups = between_groups
        self._indexes: OrderedDict[tuple[int, Board], BoardIndex] = OrderedDict()
        self._of_guild: dict[int, list[BoardIndex]] = {}
        self._building: dict[tuple[int, Board], asyncio.Task[None]] = {}
        self._one_build = asyncio.Lock()

    def note(self, before: Mapping[Key, Record], after: Mapping[Key, Record]) -> None:
        """Move the members of a group that was just published."""
        of_guild = self._of_guild
        if not of_guild:
            return
        for key, record in after.items():
            if isinstance(key, MemberKey) and key.guild_id in of_guild:
                for index in of_guild[key.guild_id]:
                    index.move(key.user_id, cast(MemberRecord, before[key]), cast(MemberRecord, record))

    async def get(self, guild_id: int, board: Board) -> BoardIndex:
        """Return a board's index, current at this moment; use it before the next ``await``."""
        name = (guild_id, board)
        while True:
            index = self._indexes.get(name)
            if index is not None and not index.is_stale:
                self._indexes.move_to_end(name)
                index.settle()
                return index
            if index is not None:
                self.drop(guild_id, board)
            if name not in self._building:
                self._building[name] = asyncio.create_task(self._build(guild_id, board))
                self._building[name].add_done_callback(lambda _: self._building.pop(name))
            await asyncio.shield(self._building[name])

    def give_up(self, guild_ids: Iterable[int]) -> None:
        """Give up all indexes of some guilds, also those in the making; the next look makes them anew."""
        for guild_id in guild_ids:
            for index in self._of_guild.pop(guild_id, ()):
                index.give_up()

    def drop(self, guild_id: int, board: Board) -> None:
        """Give an index up; the next look makes it anew."""
        self._forget(guild_id, self._indexes.pop((guild_id, board), None))

    def _forget(self, guild_id: int, index: BoardIndex | None) -> None:
        others = [other for other in self._of_guild.get(guild_id, ()) if other is not index]
        if others:
            self._of_guild[guild_id] = others
        else:
            self._of_guild.pop(guild_id, None)

    async def _build(self, guild_id: int, board: Board) -> None:
        index = BoardIndex(board)

        async def fix_moment() -> AsyncIterator[Sequence[tuple[int, int]]]:
            portions = await self._source.open_board(guild_id, board)
            self._of_guild.setdefault(guild_id, []).append(index)
            return portions

        async with self._one_build:
            try:
                await index.fill(await self._between_groups(fix_moment))
            except BaseException:
                self._forget(guild_id, index)
                raise
        self._indexes[guild_id, board] = index
        self._make_room()

    def _make_room(self) -> None:
        entries = sum(map(len, self._indexes.values()))
        while len(self._indexes) > 1 and (len(self._indexes) > MAX_INDEXES or entries > MAX_ENTRIES):
            (guild_id, _), index = self._indexes.popitem(last=False)
            entries -= len(index)
            self._forget(guild_id, index)
