"""The store that every backend shares: the port, made of a backend, a writer, a cache and ranks."""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TypeVar, cast

from leveling_core.decision import Decide
from leveling_core.documents import Record, absent_record
from leveling_core.errors import StoreClosedError
from leveling_core.ids import Key, MemberKey, OnceKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine
from leveling_core.store import (
    Board,
    Head,
    LedgerQuery,
    Standing,
    StandingsPage,
    StoreHealth,
)
from storage.backend import Backend, Rows
from storage.cache import DEFAULT_CACHED_RECORDS, RecordCache
from storage.codec import check_key, decode_line
from storage.group import Group, decode_rows, split_keys
from storage.grouping import Writer
from storage.ranks import Ranks
from storage.retention import Retention
from storage.unlock_counts import UnlockCounts

__all__ = ["GroupedStore"]

log = logging.getLogger(__name__)

T = TypeVar("T")

_Listener = Callable[[Sequence[LedgerLine]], None]

LOOKS_AT_RANK = 3
"""How often a member's record and the index may disagree before the index is made anew. They do for a moment
when the member's record changes between two reads."""


class GroupedStore:
    """A ``leveling_core.store.LevelingStore`` on any backend. Make it on the event loop that will use it.

    Args:
        backend: An open backend; closed together with the store.
        clock: Now, in ms UTC.
        cached_records: How many records are kept in memory.
        monotonic: Seconds that only go forward: they tell how long a failing storage is left alone.
        sleep: Waits for some seconds, for the same.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Callable[[], int],
        cached_records: int = DEFAULT_CACHED_RECORDS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._backend = backend
        self._cache = RecordCache(cached_records)
        self._writer = Writer(
            backend,
            self._cache,
            clock=clock,
            published=self._on_published,
            recovered=self._on_recovered,
            monotonic=monotonic,
            sleep=sleep,
        )
        self._ranks = Ranks(backend, self._writer.between_groups)
        self._unlocks = UnlockCounts(backend, self._writer.between_groups, self._ranks.one_build)
        self._retention = Retention(backend, self._writer.write_between_groups)
        self._listeners: list[_Listener] = []
        self._closed = False

    @property
    def description(self) -> str:
        """Where the data is, as its self-hoster knows it."""
        return self._backend.description

    @property
    def health(self) -> StoreHealth:
        """How the storage does at this moment."""
        return self._writer.health

    def commit(
        self,
        keys: Collection[Key],
        decide: Decide[T],
        *,
        once: OnceKey[T] | None = None,
        patient: bool = False,
    ) -> asyncio.Future[T]:
        """Run a decision on the records named by ``keys`` and keep what it returns; return its answer."""
        return self._writer.enqueue(keys, decide, once, patient=patient)

    async def read(self, key: Key) -> Record:
        """Return one record, as last committed; its defaults if it was never written."""
        self._check_open()
        record = self._cache.find(key)
        if record is None:
            check_key(key)
            # What is read here must not go into the cache: a group may be published before this goes on.
            found = self._decoded(await self._backend.read(*split_keys((key,))))
            record = found.get(key) or absent_record(key)
        return self._for_reader(record)

    async def read_many(self, keys: Sequence[Key]) -> list[Record]:
        """Return several records, as last committed, in the order of ``keys``; all of one moment."""
        self._check_open()
        found = {key: self._cache.find(key) for key in keys}
        if None in found.values():
            for key in keys:
                check_key(key)
            found = await self._writer.between_groups(partial(self._find_all, keys))
        return [self._for_reader(found[key] or absent_record(key)) for key in keys]

    async def _find_all(self, keys: Sequence[Key]) -> dict[Key, Record | None]:
        found = {key: self._cache.find(key) for key in keys}
        missing = [key for key, record in found.items() if record is None]
        found.update(self._decoded(await self._backend.load(*split_keys(missing))))
        return found

    @staticmethod
    def _decoded(rows: Rows) -> dict[Key, Record]:
        broken: dict[Key, Exception] = {}
        records = decode_rows(rows, broken)
        for error in broken.values():
            raise error
        return records

    @staticmethod
    def _for_reader(record: Record) -> Record:
        """Return a record that its reader may even change: a member's is not frozen, so it is copied."""
        return copy.copy(record) if isinstance(record, MemberRecord) else record

    async def list_ledger(self, query: LedgerQuery) -> list[LedgerLine]:
        """Return ledger lines, ascending by ``seq`` unless ``newest_first``.

        Raises:
            UnreadableError: One of them is damaged; names the first.
        """
        self._check_open()
        return [decode_line(row) for row in await self._backend.list_ledger(query)]

    async def list_standings(self, guild_id: int, board: Board, *, first: int, limit: int) -> StandingsPage:
        """Return the standings from the ``first``-th place (counted from 0) on, in the board's order."""
        self._check_open()
        index = await self._ranks.get(guild_id, board)
        return StandingsPage(tuple(index.standings(max(0, first), limit)), len(index))

    async def find_standing(self, key: MemberKey, board: Board) -> Standing | None:
        """Return a member's own standing, or None for one who is not on the board.

        Where the member's record changed between the looks at it and at the index, the index does not know
        the value: then both are looked at again.
        """
        value = 0
        for _ in range(LOOKS_AT_RANK):
            record = cast(MemberRecord, await self.read(key))
            index = await self._ranks.get(key.guild_id, board)
            value = index.value_of(key.user_id, record)
            if not value:
                return None
            if (key.user_id, value) in index:
                return index.standing_of(key.user_id, value)
        log.warning(
            "the %s board of guild %d disagrees with its records: made anew", board.name, key.guild_id
        )
        self._ranks.drop(key.guild_id, board)
        index = await self._ranks.get(key.guild_id, board)
        return index.standing_of(key.user_id, value)

    async def find_standings(
        self, guild_id: int, user_ids: Sequence[int], board: Board
    ) -> list[Standing | None]:
        """Return the standings of several members, in the order of ``user_ids``; None as for one.

        Their records are read at once; one that has changed before the index is looked at is read again.
        """
        keys = [MemberKey(guild_id, user_id) for user_id in user_ids]
        records = await self.read_many(keys)
        index = await self._ranks.get(guild_id, board)
        found: list[Standing | None] = []
        moved: list[int] = []
        for place, (key, record) in enumerate(zip(keys, records, strict=True)):
            value = index.value_of(key.user_id, cast(MemberRecord, record))
            is_there = value > 0 and (key.user_id, value) in index
            found.append(index.standing_of(key.user_id, value) if is_there else None)
            if value and not is_there:
                moved.append(place)
        for place in moved:
            found[place] = await self.find_standing(keys[place], board)
        return found

    async def count_ranked(self, guild_id: int, board: Board) -> int:
        """Count the members on a board."""
        self._check_open()
        return len(await self._ranks.get(guild_id, board))

    async def count_unlocks(self, guild_id: int) -> Mapping[str, int]:
        """Return how many present members of a guild have each achievement, by its id."""
        self._check_open()
        return await self._unlocks.get(guild_id)

    async def list_member_ids(self, guild_id: int, *, present: bool) -> list[int]:
        """Return the user ids of the guild's recorded members who are present (or not), ascending."""
        self._check_open()
        return await self._backend.list_member_ids(guild_id, present=present)

    async def fold_awards(self, guild_id: int, *, before_on: int) -> int:
        """Sum up old awards of messages: of each member and day one line stays; return how many went."""
        self._check_open()
        return await self._retention.fold(guild_id, before_on=before_on)

    async def get_head(self) -> Head:
        """Return the end of the ledger as committed."""
        self._check_open()
        return Head(self._backend.head.epoch, self._writer.last_seq)

    def watch(self, listener: _Listener) -> Callable[[], None]:
        """Call ``listener`` with the lines of every group just after it is on disk; return what ends that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    async def close(self) -> None:
        """Commit what was called before, then release everything. Closing once more does nothing."""
        await self._writer.close()
        if not self._closed:
            self._closed = True
            await self._backend.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreClosedError(
                path=self.description, cause="the store is closed", cure="Open it again to read from it"
            )

    def _on_published(self, group: Group) -> None:
        """Tell ranks, counts and listeners of a group that is on disk, whatever fails in them."""
        try:
            self._ranks.note(group.before, group.written, group.lines)
            self._unlocks.note(group.before, group.written)
        except Exception:
            log.exception("ranks could not follow a commit: they are made anew")
            guild_ids = {key.guild_id for key in group.written}
            self._ranks.give_up(guild_ids)
            self._unlocks.give_up(guild_ids)
        self._tell(group.lines)

    def _on_recovered(self, lines: Sequence[LedgerLine]) -> None:
        """After a failure, have ranks made anew, and tell listeners of lines that are on disk after all."""
        self._ranks.give_up_all()
        self._unlocks.give_up_all()
        self._tell(lines)

    def _tell(self, lines: Sequence[LedgerLine]) -> None:
        if not lines:
            return
        for listener in tuple(self._listeners):
            try:
                listener(lines)
            except (Exception, asyncio.CancelledError):
                log.exception("a listener of the ledger failed; the commit stands")
