"""Ranks that cost the same in a guild of ten and of a million: an order-statistic index per active board.

An index (:mod:`storage.board_index`) is built on first use. Its moment is fixed between two groups, so every
group published later moves it and none before does.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol, TypeVar, cast

from leveling_core.documents import Record
from leveling_core.ids import Key, MemberKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine
from leveling_core.store import Board, FormerXpBoard, PeriodBoard, XpBoard
from storage.backend import BoardEntry, KeptBoard
from storage.board_index import BoardIndex, LineIndex, PeriodIndex, RecordIndex
from storage.former_index import FormerIndex, period_since

__all__ = ["BetweenGroups", "BoardSource", "Ranks"]

T = TypeVar("T")

MAX_INDEXES = 512
"""Boards with an index at most; the one used longest ago goes first."""

MAX_ENTRIES = 2_000_000
"""Members in all indexes together, at most (one index may be larger): about 52 bytes each."""

MAX_OF_A_KIND = 4
"""Boards of one guild and kind with an index at most: days and weeks pass, and nobody looks at them again."""


class BoardSource(Protocol):
    """Where an index comes from."""

    async def open_board(self, guild_id: int, board: KeptBoard) -> AsyncGenerator[Sequence[BoardEntry], None]:
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

    Attributes:
        one_build: Held while an index is made: a backend reads one at a time.
    """

    def __init__(self, source: BoardSource, between_groups: BetweenGroups) -> None:
        self._source = source
        self._between_groups = between_groups
        self._indexes: OrderedDict[tuple[int, Board], BoardIndex] = OrderedDict()
        self._of_guild: dict[int, list[BoardIndex]] = {}
        self._by_lines: dict[int, list[LineIndex]] = {}
        self._building: dict[tuple[int, Board], asyncio.Task[None]] = {}
        self.one_build = asyncio.Lock()

    def note(
        self, before: Mapping[Key, Record], after: Mapping[Key, Record], lines: Iterable[LedgerLine]
    ) -> None:
        """Move the members of a group that was just published: by its records, and by its lines."""
        of_guild = self._of_guild
        if not of_guild:
            return
        if self._by_lines:
            self._note_xp(lines)
        for key, record in after.items():
            if isinstance(key, MemberKey) and key.guild_id in of_guild:
                for index in of_guild[key.guild_id]:
                    index.move(key.user_id, cast(MemberRecord, before[key]), cast(MemberRecord, record))

    def _note_xp(self, lines: Iterable[LedgerLine]) -> None:
        by_lines = self._by_lines
        for line in lines:
            if line.guild_id in by_lines and line.user_id and (xp := line.outcome.xp):
                day_on = line.counts_on
                for index in by_lines[line.guild_id]:
                    index.gain(line.user_id, day_on, xp)

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
            for index in self._of_guild.get(guild_id, ()):
                index.give_up()
            self._set_of_guild(guild_id, [])

    def give_up_all(self) -> None:
        """Give up all indexes, also those in the making."""
        self.give_up(tuple(self._of_guild))

    def drop(self, guild_id: int, board: Board) -> None:
        """Give an index up; the next look makes it anew."""
        self._forget(guild_id, self._indexes.pop((guild_id, board), None))
        if isinstance(board, XpBoard):
            # A former board shares the numbers of this one: left alone it would take six times the memory.
            for other in [other for id_, other in self._indexes if id_ == guild_id]:
                if isinstance(other, FormerXpBoard):
                    self.drop(guild_id, other)

    def _forget(self, guild_id: int, index: BoardIndex | None) -> None:
        others = [other for other in self._of_guild.get(guild_id, ()) if other is not index]
        self._set_of_guild(guild_id, others)

    def _set_of_guild(self, guild_id: int, indexes: list[BoardIndex]) -> None:
        """Say which indexes of a guild are told of its groups."""
        self._of_guild[guild_id] = indexes
        if not indexes:
            del self._of_guild[guild_id]
        self._by_lines[guild_id] = [index for index in indexes if isinstance(index, LineIndex)]
        if not self._by_lines[guild_id]:
            del self._by_lines[guild_id]

    async def _build(self, guild_id: int, board: Board) -> None:
        while (index := await self._make(guild_id, board)) is None:
            pass
        self._indexes[guild_id, board] = index
        self._make_room(guild_id, type(board))

    async def _make(self, guild_id: int, board: Board) -> BoardIndex | None:
        """Make an index; None if what it is made of has gone meanwhile."""
        if isinstance(board, FormerXpBoard):
            await self.get(guild_id, XpBoard())
            index: BoardIndex = FormerIndex(board)
            source: KeptBoard = period_since(board)
        else:
            index, source = _empty_index(board), board

        async def fix_moment() -> AsyncGenerator[Sequence[BoardEntry], None] | None:
            portions = await self._source.open_board(guild_id, source)
            if isinstance(index, FormerIndex):
                now = self._indexes.get((guild_id, XpBoard()))
                if now is None or now.is_stale:
                    await portions.aclose()
                    return None
                now.settle()
                index.begin(now.entries)
            self._set_of_guild(guild_id, [*self._of_guild.get(guild_id, ()), index])
            return portions

        async with self.one_build:
            try:
                portions = await self._between_groups(fix_moment)
                if portions is None:
                    return None
                async with aclosing(portions):
                    await index.fill(portions)
            except BaseException:
                self._forget(guild_id, index)
                raise
        return index

    def _make_room(self, guild_id: int, kind: type[Board]) -> None:
        """Let go of what was looked at longest ago: of the guild's boards of a kind, then of all."""
        alike = [name for name in self._indexes if name[0] == guild_id and type(name[1]) is kind]
        for name in alike[: -1 if kind is FormerXpBoard else -MAX_OF_A_KIND]:
            self.drop(*name)
        while len(self._indexes) > 1 and (len(self._indexes) > MAX_INDEXES or self._weight > MAX_ENTRIES):
            self.drop(*next(iter(self._indexes)))

    @property
    def _weight(self) -> int:
        return sum(index.weight for index in self._indexes.values())


def _empty_index(board: KeptBoard) -> BoardIndex:
    return PeriodIndex(board) if isinstance(board, PeriodBoard) else RecordIndex(board)
