"""Group commit: one queue, one writer, and one transaction for all that came while the last was on disk.

Durability costs a disk flush per transaction, whatever is in it, so everything that waits shares one. There
is no timer: an idle store commits at once, a busy one makes groups by itself.

A group is decided in memory. All records and once-keys that its decisions name are loaded with one query each
(or come from the cache), then the decisions run in the order of their calls with no ``await`` between, each
seeing what those before it wrote. Were each loaded on its own, a later commit could overtake an earlier one.
Nothing is visible outside (cache, ranks, listeners, answers) before the transaction is on disk; if it fails,
the group's memory is dropped and its decisions run again one by one, each in a transaction of its own, so
that one that cannot be written fails alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from leveling_core.decision import Decide, RecordsNeeded
from leveling_core.documents import absent_record
from leveling_core.errors import LevelingError, StoreClosedError, StoreUnavailableError
from leveling_core.ids import Key, OnceKey
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from leveling_core.store import ONCE_KEPT_DAYS
from storage.backend import Backend
from storage.cache import RecordCache
from storage.codec import check_key
from storage.group import Group, Pending, decode_rows, split_keys

__all__ = ["MAX_GROUP", "Writer"]

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_GROUP = 1024
"""Commits in one group at most. Under 256 throughput suffers; beyond this nothing is gained, and the event
loop would be stopped for longer than 10 ms."""

ONCE_KEPT_MS = ONCE_KEPT_DAYS * MS_PER_DAY
FORGET_EVERY_MS = MS_PER_HOUR


class Writer:
    """The one task that decides and writes.

    Args:
        backend: Where it writes.
        cache: The records that are on disk; kept current here.
        clock: Now, in ms UTC.
        published: Is told of every group just after it is on disk, before its callers are.
    """

    def __init__(
        self,
        backend: Backend,
        cache: RecordCache,
        *,
        clock: Callable[[], int],
        published: Callable[[Group], None],
    ) -> None:
        self._backend = backend
        self._cache = cache
        self._clock = clock
        self._published = published
        self._queue: list[Pending] = []
        self._asides: list[tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]] = []
        self._wake: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._forgot_at = 0
        self.last_seq = backend.head.seq
        self._task = self._loop.create_task(self._run(), name="laurel-store-writer")

    def enqueue(
        self, keys: Collection[Key], decide: Decide[T], once: OnceKey[T] | None, *, patient: bool
    ) -> asyncio.Future[T]:
        """Put a commit into the queue; return what will be told its answer once it is on disk.

        Cancelling that does not undo the commit. What refuses it at once (a closed store) is told there too.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        if self._closing:
            future.set_exception(self._closed_error())
            return future
        self._queue.append((keys, decide, once, future, patient))
        if self._wake is not None:
            self._awaken()
        return future

    async def between_groups(self, action: Callable[[], Awaitable[T]]) -> T:
        """Run an action while nothing is being decided or written, and return its result; be quick.

        Raises:
            StoreClosedError: The store is closed.
        """
        if self._closing:
            raise self._closed_error()
        future: asyncio.Future[T] = self._loop.create_future()
        self._asides.append((action, future))
        self._awaken()
        return await future

    async def close(self) -> None:
        """Write all that was called before, and end. May be called more than once.

        Where somebody else holds the database the end does not wait for long: what could not be written by
        then fails, all at once.
        """
        self._closing = True
        self._backend.hasten()
        self._awaken()
        await asyncio.shield(self._task)

    def _closed_error(self) -> StoreClosedError:
        return StoreClosedError(
            path=self._backend.description,
            cause="the store is closed",
            cure="Nothing was written; start again, then repeat it",
        )

    def _awaken(self) -> None:
        wake, self._wake = self._wake, None
        if wake is not None and not wake.done():
            wake.set_result(None)

    async def _run(self) -> None:
        batch: list[Pending] = []
        try:
            while True:
                while self._asides:
                    await self._run_aside(*self._asides.pop(0))
                if self._queue:
                    batch = self._queue[:MAX_GROUP]
                    del self._queue[:MAX_GROUP]
                    await self._process(batch)
                elif self._closing:
                    return
                else:
                    self._wake = self._loop.create_future()
                    await self._wake
        finally:
            self._closing = True
            _fail((*batch, *self._queue), self._closed_error())
            for _, future in self._asides:
                future.cancel()

    @staticmethod
    async def _run_aside(action: Callable[[], Awaitable[Any]], future: asyncio.Future[Any]) -> None:
        try:
            result = await action()
        except Exception as error:  # noqa: BLE001 -- it belongs to who asked for the action
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)

    async def _process(self, batch: Sequence[Pending]) -> None:
        """Take a group through; if it fails, its commits one by one, each in a transaction of its own."""
        try:
            await self._commit_group(batch)
        except StoreUnavailableError as error:
            self._fail_busy(batch, error)
        except Exception as error:  # noqa: BLE001 -- told to the callers; the writer must go on for the others
            if len(batch) == 1:
                _fail(batch, error)
                return
            log.warning("a group of %d commits failed, they are taken one by one: %s", len(batch), error)
            await self._process_singly(batch)

    async def _process_singly(self, batch: Sequence[Pending]) -> None:
        for place, pending in enumerate(batch):
            try:
                await self._commit_group((pending,))
            except StoreUnavailableError as error:
                self._fail_busy(batch[place:], error)
                return
            except Exception as error:  # noqa: BLE001 -- told to its caller; the writer must go on for the others
                _fail((pending,), error)

    def _fail_busy(self, batch: Sequence[Pending], error: StoreUnavailableError) -> None:
        """Fail a group; at the end, all that wait: there is no time to wait for the database once more."""
        _fail(batch, error)
        if self._closing:
            _fail(self._queue, error)
            self._queue.clear()

    async def _commit_group(self, batch: Sequence[Pending]) -> None:
        group = Group(self.last_seq)
        await self._gather(group, batch)
        for pending in batch:
            try:
                group.decide(pending)
            except RecordsNeeded as needed:
                await self._decide_with_more(group, pending, needed)
        await self._write(group)
        self._publish(group)
        for future, answer, error in group.outcomes:
            if error is not None:
                _tell(future, error)
            elif not future.done():  # else its caller was cancelled; the commit stands
                future.set_result(answer)

    async def _gather(self, group: Group, batch: Sequence[Pending]) -> None:
        """Load what the group's decisions name: from the cache, else with one query each."""
        records, find = group.records, self._cache.find
        missing: dict[Key, None] = {}
        once: list[str] = []
        for keys, _, once_key, _, _ in batch:
            for key in keys:
                if key not in records:
                    record = find(key)
                    if record is None:
                        missing[key] = None
                    else:
                        records[key] = record
            if once_key is not None:
                once.append(str(once_key))
        if missing:
            await self._load(group, missing)
        if once:
            since_at = self._clock() - ONCE_KEPT_MS
            for key, _, answer in await self._backend.load_answers(once, since_at):
                group.answers[key] = answer

    async def _load(self, group: Group, keys: Iterable[Key]) -> None:
        wanted: list[Key] = []
        for key in keys:
            try:
                check_key(key)
            except LevelingError as error:
                group.broken[key] = error
            else:
                wanted.append(key)
        found = decode_rows(await self._backend.load(*split_keys(wanted)), group.broken)
        for key in wanted:
            if key not in found and key not in group.broken:
                found[key] = absent_record(key)
        self._cache.put(found)
        group.records.update(found)

    async def _decide_with_more(self, group: Group, pending: Pending, needed: RecordsNeeded) -> None:
        """Load what a decision asks for and run it again, until it asks no more; the others wait."""
        keys, decide, once, future, patient = pending
        named = dict.fromkeys(keys)
        while True:
            fresh = [key for key in needed.keys if key not in named]
            if not fresh:
                problem = RuntimeError(f"a decision asks for records that it was given: {needed.keys}")
                group.outcomes.append((future, None, problem))
                return
            missing: list[Key] = []
            for key in fresh:
                named[key] = None
                if key not in group.records and key not in group.broken:
                    record = self._cache.find(key)
                    if record is None:
                        missing.append(key)
                    else:
                        group.records[key] = record
            if missing:
                await self._load(group, missing)
            try:
                group.decide((named, decide, once, future, patient))
            except RecordsNeeded as again:
                needed = again
            else:
                return

    async def _write(self, group: Group) -> None:
        """Write a group, unless it changes nothing."""
        if not group.changes_anything:
            return
        at = self._clock()
        writes = group.writes(at)
        if at - self._forgot_at >= FORGET_EVERY_MS:
            writes.forget_answers_before = at - ONCE_KEPT_MS
        await self._backend.write(writes)
        if writes.forget_answers_before:
            self._forgot_at = at

    def _publish(self, group: Group) -> None:
        """Make visible what is on disk. Nothing may be raised here: the group would be run and paid again."""
        if not group.changes_anything:
            return
        for line in group.lines:
            self.last_seq += 1
            line.seq = self.last_seq
        self._cache.put(group.written)
        try:
            self._published(group)
        except Exception:
            log.exception("a group that is on disk could not be told of; its commits stand")


def _fail(batch: Iterable[Pending], error: Exception) -> None:
    for _, _, _, future, _ in batch:
        _tell(future, error)


def _tell(future: asyncio.Future[Any], error: Exception) -> None:
    """Hand an error to a caller, unless it went away."""
    if future.done():
        return
    if isinstance(error, StopIteration):  # which no future takes
        stopped = RuntimeError("a decision raised StopIteration")
        stopped.__cause__ = error
        error = stopped
    future.set_exception(error)
