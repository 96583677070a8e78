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
from leveling_core.store import Board, PeriodBoard
from storage.backend import BoardEntry
from storage.board_index import BoardIndex, PeriodIndex, index_of

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

    async def open_board(self, guild_id: int, board: Board) -> AsyncGenerator[Sequence[BoardEntry], None]:
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
        self._periods_of_guild: dict[int, list[PeriodIndex]] = {}
        self._building: dict[tuple[int, Board], asyncio.Task[None]] = {}
        self._one_build = asyncio.Lock()

    def note(
        self, before: Mapping[Key, Record], after: Mapping[Key, Record], lines: Iterable[LedgerLine]
    ) -> None:
        """Move the members of a group that was just published: by its records, and by its lines."""
        of_guild = self._of_guild
        if not of_guild:
            return
        if self._periods_of_guild:
            self._note_xp(lines)
        for key, record in after.items():
            if isinstance(key, MemberKey) and key.guild_id in of_guild:
                for index in of_guild[key.guild_id]:
                    index.move(key.user_id, cast(MemberRecord, before[key]), cast(MemberRecord, record))

    def _note_xp(self, lines: Iterable[LedgerLine]) -> None:
        periods_of_guild = self._periods_of_guild
        for line in lines:
            if line.guild_id in periods_of_guild and line.user_id and (xp := line.outcome.xp):
                day_on = line.counts_on
                for index in periods_of_guild[line.guild_id]:
                    index.gain(line.user_id, day_on, xp)

    async def get_period(self, guild_id: int, board: PeriodBoard) -> PeriodIndex:
        """Return the index of a board of a period, as :meth:`get` does."""
        return cast(PeriodIndex, await self.get(guild_id, board))

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

    def _forget(self, guild_id: int, index: BoardIndex | None) -> None:
        others = [other for other in self._of_guild.get(guild_id, ()) if other is not index]
        self._set_of_guild(guild_id, others)

    def _set_of_guild(self, guild_id: int, indexes: list[BoardIndex]) -> None:
        """Say which indexes of a guild are told of its groups."""
        self._of_guild[guild_id] = indexes
        if not indexes:
            del self._of_guild[guild_id]
        self._periods_of_guild[guild_id] = [index for index in indexes if isinstance(index, PeriodIndex)]
        if not self._periods_of_guild[guild_id]:
            del self._periods_of_guild[guild_id]

    async def _build(self, guild_id: int, board: Board) -> None:
        index = index_of(board)

        async def fix_moment() -> AsyncGenerator[Sequence[BoardEntry], None]:
            portions = await self._source.open_board(guild_id, board)
            self._set_of_guild(guild_id, [*self._of_guild.get(guild_id, ()), index])
            return portions

        async with self._one_build:
            try:
                async with aclosing(await self._between_groups(fix_moment)) as portions:
                    await index.fill(portions)
            except BaseException:
                self._forget(guild_id, index)
                raise
        self._indexes[guild_id, board] = index
        self._make_room(guild_id, type(board))

    def _make_room(self, guild_id: int, kind: type[Board]) -> None:
        """Let go of what was looked at longest ago: of the guild's boards of a kind, then of all."""
        alike = [name for name in self._indexes if name[0] == guild_id and type(name[1]) is kind]
        for _, board in alike[:-MAX_OF_A_KIND]:
            self.drop(guild_id, board)
        weight = sum(index.weight for index in self._indexes.values())
        while len(self._indexes) > 1 and (len(self._indexes) > MAX_INDEXES or weight > MAX_ENTRIES):
            (other_id, _), index = self._indexes.popitem(last=False)
            weight -= index.weight
            self._forget(other_id, index)
