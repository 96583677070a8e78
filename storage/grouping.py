"""Group commit: one queue, one writer, and one transaction for all that came while the last was on disk.

Durability costs a disk flush per transaction, whatever is in it, so everything that waits shares one. There
is no timer: an idle store commits at once, a busy one makes groups by itself.

A group is decided in memory (:mod:`storage.deciding`). Nothing is visible outside (cache, ranks, listeners,
answers) before the transaction is on disk; if it fails, the group's memory is dropped and its decisions run
again one by one, each in a transaction of its own, so that one that cannot be written fails alone.

It is different when the storage cannot be used for now (:class:`StoreUnavailableError`): it would be the
same for each of them. Then the impatient commits of the group fail, the patient ones stay at the head of the
queue, and everybody who comes later waits behind them until it works again (:mod:`storage.outage`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from leveling_core.decision import Decide
from leveling_core.errors import StoreClosedError, StoreError, StoreUnavailableError
from leveling_core.ids import Key, OnceKey
from leveling_core.outcomes import LedgerLine
from leveling_core.periods import MS_PER_HOUR
from leveling_core.store import LedgerQuery, StoreHealth
from storage.backend import Backend, Writes
from storage.cache import RecordCache
from storage.codec import decode_line
from storage.deciding import ONCE_KEPT_MS, Decider
from storage.group import Group, Pending
from storage.outage import Outage

__all__ = ["MAX_GROUP", "MOST_WAITING", "Writer"]

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_GROUP = 1024
"""Commits in one group at most. Under 256 throughput suffers; beyond this nothing is gained, and the event
loop would be stopped for longer than 10 ms."""

MOST_WAITING = 100_000
"""Commits that may wait. A message's takes 0.9 KB, so all together take less than the record cache does when
it is full; at ten messages a second it takes an outage of almost three hours to get there."""

FORGET_EVERY_MS = MS_PER_HOUR


class Writer:
    """The one task that decides and writes.

    Args:
        backend: Where it writes.
        cache: The records that are on disk; kept current here.
        clock: Now, in ms UTC.
        published: Is told of every group just after it is on disk, before its callers are.
        recovered: Is told, after a failure, that records on disk may be other than was thought, and of lines
            of groups that were thought to have failed.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        backend: Backend,
        cache: RecordCache,
        *,
        clock: Callable[[], int],
        published: Callable[[Group], None],
        recovered: Callable[[Sequence[LedgerLine]], None],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._backend = backend
        self._cache = cache
        self._clock = clock
        self._decider = Decider(backend, cache, clock)
        self._published = published
        self._recovered = recovered
        self._sleep = sleep
        self._outage = Outage(backend.description, clock=clock, monotonic=monotonic)
        self._queue: list[Pending] = []
        self._in_hand = 0
        self._is_resting = False
        self._is_unsure = False
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

        Cancelling that does not undo the commit. What refuses it at once is told there too.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        if self._closing or self._outage.is_on or len(self._queue) >= MOST_WAITING:
            refusal = self._find_refusal(patient=patient)
            if refusal is not None:
                future.set_exception(refusal)
                return future
        self._queue.append((keys, decide, once, future, patient))
        if self._wake is not None and not self._is_resting:
            self._awaken()
        return future

    def _find_refusal(self, *, patient: bool) -> StoreError | None:
        if self._closing:
            return self._closed_error()
        if not patient and (refusal := self._outage.find_refusal()) is not None:
            return refusal
        return self._outage.turn_away(MOST_WAITING) if len(self._queue) >= MOST_WAITING else None

    @property
    def health(self) -> StoreHealth:
        """How the storage does at this moment."""
        return self._outage.health(self._in_hand + len(self._queue))

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

    async def write_between_groups(self, writes: Writes) -> None:
        """Write rows that no decision makes, between two groups, all or nothing.

        Raises:
            StoreClosedError: The store is closed.
            StoreError: They could not be written.
        """

        async def write() -> None:
            if self._is_unsure:
                await self._find_end()
            await self._write_rows(writes)

        await self.between_groups(write)

    async def close(self) -> None:
        """Write all that was called before, and end. May be called more than once.

        While the storage fails it is tried once more, and that must not take long: what could not be written
        by then fails, all at once.
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
                if self._queue and (self._closing or self._outage.seconds_to_try <= 0):
                    batch = self._queue[:MAX_GROUP]
                    del self._queue[:MAX_GROUP]
                    self._in_hand = len(batch)
                    await self._process(batch)
                    self._in_hand = 0
                elif self._closing:
                    return
                else:
                    await self._rest()
        finally:
            self._closing = True
            _fail((*batch, *self._queue), self._closed_error())
            for _, future in self._asides:
                future.cancel()

    async def _rest(self) -> None:
        """Wait for something to do; while the storage fails and commits wait, until it is tried again."""
        self._wake = wake = self._loop.create_future()
        if not self._queue:
            await wake
            return
        self._is_resting = True  # newcomers do not shorten it
        nap = asyncio.ensure_future(self._sleep(self._outage.seconds_to_try))
        try:
            await asyncio.wait((wake, nap), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._is_resting, self._wake = False, None
            nap.cancel()

    async def _run_aside(self, action: Callable[[], Awaitable[Any]], future: asyncio.Future[Any]) -> None:
        try:
            result = await action()
        except Exception as error:  # noqa: BLE001 -- it belongs to who asked for the action
            if isinstance(error, StoreUnavailableError):
                self._is_unsure = True  # it may have been a write
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
            self._keep(batch, error)
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
                self._keep(batch[place:], error)
                return
            except Exception as error:  # noqa: BLE001 -- told to its caller; the writer must go on for the others
                _fail((pending,), error)

    def _keep(self, batch: Sequence[Pending], error: StoreUnavailableError) -> None:
        """Fail who is impatient, and put the others back to the head of the queue.

        When the storage is left alone from now on, everybody is told who is impatient, however far behind.
        """
        self._queue[:0] = self._fail_impatient(batch, error)
        self._in_hand = 0
        self._outage.note_failure(error, len(self._queue))
        if self._outage.find_refusal() is not None:
            self._queue = self._fail_impatient(self._queue, error)
        if self._closing and self._queue:
            lost = sum(pending[4] for pending in self._queue)
            log.error("%d commit(s) of what members did could not be written and are lost: %s", lost, error)
            _fail(self._queue, error)
            self._queue.clear()

    @staticmethod
    def _fail_impatient(commits: Sequence[Pending], error: Exception) -> list[Pending]:
        """Tell those who are impatient; return the others."""
        _fail((pending for pending in commits if not pending[4]), error)
        return [pending for pending in commits if pending[4]]

    async def _find_end(self) -> None:
        """After a failure, see what is on disk before going on.

        What was told to have failed may be there all the same: then it must not be done again, and lines are
        not to be numbered as those are that are there.
        """
        head = await self._backend.recover()
        lines: list[LedgerLine] = []
        if head.seq > self.last_seq:
            query = LedgerQuery(after_seq=self.last_seq, limit=head.seq - self.last_seq)
            lines = [decode_line(row) for row in await self._backend.list_ledger(query)]
            log.warning("%d line(s) that had been told to have failed are on disk", len(lines))
        self._cache.clear()
        self.last_seq = max(self.last_seq, head.seq)
        self._is_unsure = False
        self._recovered(lines)

    async def _commit_group(self, batch: Sequence[Pending]) -> None:
        self._outage.note_try()
        if self._is_unsure:
            await self._find_end()
        group = await self._decider.decide(batch, self.last_seq)
        await self._write(group)
        self._publish(group)
        for future, answer, error in group.outcomes:
            if error is not None:
                _tell(future, error)
            elif not future.done():  # else its caller was cancelled; the commit stands
                future.set_result(answer)

    async def _write(self, group: Group) -> None:
        """Write a group, unless it changes nothing."""
        if not group.changes_anything:
            return
        at = self._clock()
        writes = group.writes(at)
        if at - self._forgot_at >= FORGET_EVERY_MS:
            writes.forget_answers_before = at - ONCE_KEPT_MS
        await self._write_rows(writes)
        if self._outage.is_on:
            self._outage.note_success()
        if writes.forget_answers_before:
            self._forgot_at = at

    async def _write_rows(self, writes: Writes) -> None:
        try:
            await self._backend.write(writes)
        except BaseException:
            self._is_unsure = True
            raise

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
