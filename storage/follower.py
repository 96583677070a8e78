"""A follower of the ledger: a subscriber of the feed, its durable cursor, and a lane for each guild."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import cast

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.documents import CursorRecord
from leveling_core.errors import StoreClosedError, StoreError, UnreadableError
from leveling_core.ids import DocumentKey, OnceKey, cursor_key
from leveling_core.outcomes import DeliveryFailed, LedgerLine
from leveling_core.store import Head, LedgerQuery, LevelingStore, Subscriber
from storage.codec import OUTCOME_TYPES
from storage.lanes import Lane, LaneHost, LaneSettings

__all__ = ["Follower"]

log = logging.getLogger(__name__)

PAGE = 1000
"""Lines read from the ledger at a time."""

CURSOR_EVERY_LINES = 1000
"""A cursor is written at the latest when this many lines are done since it was."""

CURSOR_EVERY_SECONDS = 5.0
"""A cursor is written at the latest this long after something was delivered."""

MAX_WAITING = 20_000
"""Lines of a subscriber in memory, above which reading the ledger waits for some of them to be done."""

STOP_SECONDS = 2.0
"""How long a delivery that is under way at the stop may still take."""

LAST_CURSOR_SECONDS = 0.5
"""How long the last writing of a cursor may take: a database that another program holds must not hold the
end."""

READ_AGAIN_SECONDS = 4.0
"""How long to wait before a store that could not be read is asked again."""

MAX_PROBLEM_LENGTH = 200


class Follower:
    """A subscriber, its cursor and its lanes.

    Attributes:
        seen_seq: Every line up to this one is in a lane, or was, or is not wanted.
        has_ended: Whether it was begun and stopped.
    """

    def __init__(
        self,
        store: LevelingStore,
        clock: Callable[[], int],
        subscriber: Subscriber,
        settings: LaneSettings,
        *,
        from_beginning: bool,
        skips_restored: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._subscriber = subscriber
        self._settings = settings
        self._from_beginning = from_beginning
        self._skips_restored = skips_restored
        self._types = frozenset(OUTCOME_TYPES[kind] for kind in subscriber.kinds)
        self._lanes: dict[int, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Event()
        self._unreadable: set[int] = set()
        self._keeping = False
        self._live = False
        self._stopping = False
        self.has_ended = False
        self._epoch = ""
        self._written_seq = 0
        self._timer: asyncio.TimerHandle | None = None
        self.seen_seq = 0
        self._host = LaneHost(
            seen_seq=lambda: self.seen_seq,
            list_more=self._list_more,
            give_up=self._give_up,
            progressed=self._on_progress,
            emptied=self._lanes.__delitem__,
        )

    async def find_start(self) -> None:
        """Find where the subscriber goes on.

        A new one's place is kept at once, so that it misses nothing; so is that of one whose store was
        restored: its cursor is of another epoch until then.
        """
        name = self._subscriber.name
        head = await self._store.get_head()
        cursor = cast(CursorRecord, await self._store.read(cursor_key(name)))
        self._epoch = head.epoch
        self._stopping = False
        if not cursor.epoch:
            self.seen_seq = 0 if self._from_beginning else head.seq
        elif cursor.epoch != head.epoch and self._skips_restored:
            self.seen_seq = head.seq
        else:
            self.seen_seq = min(cursor.seq, head.seq)
        if cursor.epoch == head.epoch:
            self._written_seq = self.seen_seq
        else:
            await self._write_cursor(patient=False)  # the start waits for it

    def begin(self) -> None:
        """Read what is behind, then follow."""
        self._live = False
        self._spawn(self._catch_up())

    def take(self, lines: Sequence[LedgerLine]) -> None:
        """Take lines that were just committed, unless older ones are still to be read."""
        if not self._live:
            return
        if lines[0].seq != self.seen_seq + 1:
            self.begin()
            return
        types = self._types
        for line in lines:
            if type(line.outcome) in types:
                self._put(line)
        self.seen_seq = lines[-1].seq
        self._progress.set()
        if self.seen_seq - self._written_seq >= CURSOR_EVERY_LINES:
            self._keep_cursor()

    @property
    def done_seq(self) -> int:
        """Every line up to this one is done with: the low-water mark."""
        return min((lane.done_seq for lane in self._lanes.values()), default=self.seen_seq)

    def waiting_of(self, guild_id: int) -> tuple[int, int]:
        """Return how many lines of a guild wait in memory, and since when none has been done with."""
        lane = self._lanes.get(guild_id)
        return (0, 0) if lane is None else (len(lane), lane.waiting_since)

    async def wait_for(self, seq: int) -> None:
        """Wait until every line up to ``seq`` is done with."""
        while self.done_seq < seq:
            self._progress.clear()
            await self._progress.wait()

    async def stop(self) -> None:
        """Let deliveries under way finish for a moment, then keep the cursor."""
        self._live = False
        self._stopping = True
        for lane in self._lanes.values():
            lane.stop()
        tasks = tuple(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        done_seq = self.done_seq
        self._lanes.clear()
        self.seen_seq = done_seq
        try:
            await asyncio.wait_for(self._write_cursor(patient=False), LAST_CURSOR_SECONDS)
        except TimeoutError:
            name = self._subscriber.name
            log.warning("the cursor of %s was not kept in time, lines may come again", name)
        self.has_ended = True

    async def _catch_up(self) -> None:
        """Read the ledger until nothing is behind; from then on lines are taken as they are committed."""
        while not self._stopping:
            try:
                head = await self._store.get_head()
                if head.seq == self.seen_seq:
                    self._live = True
                    self._progress.set()
                    return
                await self._read_page(head)
            except StoreClosedError:
                return
            except StoreError as error:
                log.warning("feed %s cannot read the ledger: %s", self._subscriber.name, error)
                await self._settings.sleep(READ_AGAIN_SECONDS)

    async def _read_page(self, head: Head) -> None:
        query = LedgerQuery(kinds=self._subscriber.kinds, after_seq=self.seen_seq, limit=PAGE)
        lines, last_seq = await self._read(query)
        for line in lines:
            self._put(line)
        if last_seq is None:
            last_seq = max(head.seq, lines[-1].seq if lines else 0)
        self.seen_seq = last_seq
        self._progress.set()
        await self._wait_for_room()

    async def _read(self, query: LedgerQuery) -> tuple[list[LedgerLine], int | None]:
        """Read lines, and tell after which one there may be more (None: there are none).

        A portion with an unreadable line is halved until the line stands alone; then it is given up.
        """
        while True:
            try:
                lines = await self._store.list_ledger(query)
            except UnreadableError as error:
                if error.seq <= query.after_seq:
                    raise
                if query.limit == 1:
                    await self._give_up_unreadable(error)
                    return [], error.seq
                query = msgspec.structs.replace(query, limit=query.limit // 2)
            else:
                return lines, lines[-1].seq if len(lines) == query.limit else None

    async def _wait_for_room(self) -> None:
        """Hold the reading while very much waits, but not for ever: one that hangs must not stop others."""
        if sum(len(lane) for lane in self._lanes.values()) > MAX_WAITING:
            self._progress.clear()
            try:
                await asyncio.wait_for(self._progress.wait(), timeout=1.0)
            except TimeoutError:
                log.debug("%s: reading on although much waits", self._subscriber.name)

    def _put(self, line: LedgerLine) -> None:
        lane = self._lanes.get(line.guild_id)
        if lane is None:
            lane = Lane(line.guild_id, self._subscriber, self._host, self._settings)
            self._lanes[line.guild_id] = lane
            self._spawn(lane.run())
        lane.put(line)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _list_more(
        self, guild_id: int, after_seq: int, limit: int
    ) -> tuple[list[LedgerLine], int | None]:
        query = LedgerQuery(guild_id=guild_id, kinds=self._subscriber.kinds, after_seq=after_seq, limit=limit)
        return await self._read(query)

    async def _give_up_unreadable(self, error: UnreadableError) -> None:
        """Note in the ledger that a line cannot even be read, and move on."""
        if error.seq not in self._unreadable:
            self._unreadable.add(error.seq)
            log.error("feed %s passes over a line: %s", self._subscriber.name, error)
        await self._note_failure(error.guild_id, 0, error.seq, error)

    async def _give_up(self, lines: Sequence[LedgerLine], error: Exception) -> None:
        """Note in the ledger what cannot be delivered, each line once, and move on."""
        for line in lines:
            if isinstance(line.outcome, DeliveryFailed):
                name, seq = self._subscriber.name, line.outcome.seq
                log.error("feed %s cannot be told that line %d failed: %s", name, seq, _problem(error))
            else:
                await self._note_failure(
                    line.guild_id, line.user_id, line.seq, error, channel_id=line.channel_id
                )

    async def _note_failure(
        self, guild_id: int, user_id: int, seq: int, error: Exception, *, channel_id: int = 0
    ) -> None:
        name = self._subscriber.name
        letter = LedgerLine(
            at=self._clock(),
            guild_id=guild_id,
            user_id=user_id,
            outcome=DeliveryFailed(subscriber=name, seq=seq, problem=_problem(error)),
            channel_id=channel_id,
            cause=seq,
        )
        once = OnceKey("delivery-failed", f"{name}:{self._epoch}:{seq}", bool)
        await self._store.commit((), partial(_decide_letter, letter=letter), once=once, patient=True)

    def _on_progress(self) -> None:
        """Wake who waits for it, and have the cursor kept soon."""
        self._progress.set()
        if self._stopping:
            return
        if self.done_seq - self._written_seq >= CURSOR_EVERY_LINES:
            self._keep_cursor()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CURSOR_EVERY_SECONDS, self._keep_cursor)

    def _keep_cursor(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._keeping and not self._stopping:
            self._keeping = True
            self._spawn(self._write_cursor())

    async def _write_cursor(self, *, patient: bool = True) -> None:
        """Keep the low-water mark."""
        key, cursor = cursor_key(self._subscriber.name), CursorRecord(self.done_seq, self._epoch)
        decide = partial(_decide_cursor, key=key, cursor=cursor)
        try:
            await self._store.commit((key,), decide, patient=patient)
            self._written_seq = cursor.seq
        except StoreError as error:
            log.warning("the cursor of %s was not kept, lines will come again: %s", key.id, error)
        finally:
            self._keeping = False


def _problem(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_PROBLEM_LENGTH]


def _decide_cursor(view: View, *, key: DocumentKey, cursor: CursorRecord) -> Decision[None]:
    return Decision(None) if view.cursor(key) == cursor else Decision(None, {key: cursor})


def _decide_letter(_: View, *, letter: LedgerLine) -> Decision[bool]:
    return Decision(True, lines=(letter,))
