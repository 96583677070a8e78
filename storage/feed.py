"""The feed: every subscriber sees the ledger from where it left off, in order, at least once.

Each subscriber has a durable cursor and, for every guild that has lines for it, a lane. A lane delivers its
guild's lines in order, one call at a time; what gathers while a call is busy goes along with the next. So one
slow guild delays nobody else. The cursor is the low-water mark: all lines up to it are done with in all
lanes. It is written now and then, so a crash delivers some lines again; subscribers cope.

New lines come straight from the store's commits. At the start, and for a lane that has more lines waiting
than fit, they are read from the ledger instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from leveling_core.outcomes import LedgerLine
from leveling_core.store import LevelingStore, Subscriber
from storage.codec import OUTCOME_TYPES
from storage.follower import Follower
from storage.lanes import LaneSettings

__all__ = ["Feed", "FeedLag"]


class FeedLag(NamedTuple):
    """How far a subscriber is behind.

    Attributes:
        subscriber: Its name.
        unseen_lines: Lines of the whole ledger that are not done with, be they for it or not.
        waiting: Lines of the guild that wait for it in memory.
        waiting_since: Since when none of them has been done with, ms UTC; 0 where none waits.
    """

    subscriber: str
    unseen_lines: int
    waiting: int
    waiting_since: int


class Feed:
    """Delivers the ledger to subscribers.

    Args:
        store: Whose ledger.
        clock: Now, in ms UTC.
        sleep: Waits for some seconds, between tries.
        backoff_seconds: How long to wait after each failed try; after as many and one more, it is given up.
        batch_lines: Lines in one delivery at most.
    """

    def __init__(
        self,
        store: LevelingStore,
        clock: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        backoff_seconds: Sequence[float] = (1.0, 4.0),
        batch_lines: int = 100,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = LaneSettings(
            clock=clock, sleep=sleep, backoff_seconds=tuple(backoff_seconds), batch_lines=batch_lines
        )
        self._followers: dict[str, Follower] = {}
        self._running = False
        self._newest_seq = 0
        self._unwatch: Callable[[], None] | None = None

    def subscribe(
        self, subscriber: Subscriber, *, from_beginning: bool = False, skips_restored: bool = False
    ) -> None:
        """Add a subscriber, before :meth:`start`; after a stop, one in place of the one of its name.

        Args:
            subscriber: Who wants lines. Its cursor, kept under its name, tells where it goes on.
            from_beginning: Where one without a cursor begins: at the first line, or after the newest.
            skips_restored: Where one goes on whose store was restored from a backup: after the newest line,
                or where it had come when the backup was made. What it has done with the lines between, the
                backup does not know. Who commits to the store must do it again, for what it committed is
                gone too; who told people of it has told them.

        Raises:
            ValueError: Another subscriber has its name, or a kind that it wants does not exist.
            RuntimeError: The feed runs already.
        """
        if self._running:
            msg = f"subscribe {subscriber.name!r} before the feed starts"
            raise RuntimeError(msg)
        former = self._followers.get(subscriber.name)
        if former is not None and not former.has_ended:
            msg = f"two subscribers are called {subscriber.name!r}"
            raise ValueError(msg)
        if unknown := subscriber.kinds - OUTCOME_TYPES.keys():
            msg = f"{subscriber.name!r} wants kinds that no outcome has: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        follower = Follower(
            self._store,
            self._clock,
            subscriber,
            self._settings,
            from_beginning=from_beginning,
            skips_restored=skips_restored,
        )
        self._followers[subscriber.name] = follower

    async def start(self) -> None:
        """Go on where every subscriber left off."""
        self._running = True
        for follower in self._followers.values():
            await follower.find_start()
        self._unwatch = self._store.watch(self._on_lines)
        self._newest_seq = max(self._newest_seq, (await self._store.get_head()).seq)
        for follower in self._followers.values():
            follower.begin()

    async def stop(self) -> None:
        """End: let deliveries under way finish for a moment and keep the cursors; the rest waits."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        await asyncio.gather(*(follower.stop() for follower in self._followers.values()))
        self._running = False

    @property
    def is_idle(self) -> bool:
        """Whether all that is committed is delivered; while it does not run, nothing is."""
        return not self._running or all(
            follower.done_seq >= self._newest_seq for follower in self._followers.values()
        )

    def list_lags(self, guild_id: int) -> list[FeedLag]:
        """Tell how far each subscriber is with the ledger, and with one guild's part of it, by name."""
        return [
            FeedLag(name, max(0, self._newest_seq - follower.done_seq), *follower.waiting_of(guild_id))
            for name, follower in sorted(self._followers.items())
        ]

    async def idle(self) -> None:
        """Wait until all that is committed is delivered, with what the deliveries themselves committed.

        Raises:
            RuntimeError: The feed does not run.
        """
        if not self._running:
            msg = "the feed does not run"
            raise RuntimeError(msg)
        while True:
            head = (await self._store.get_head()).seq
            behind = [follower for follower in self._followers.values() if follower.done_seq < head]
            if not behind:
                return
            await behind[0].wait_for(head)

    def _on_lines(self, lines: Sequence[LedgerLine]) -> None:
        self._newest_seq = lines[-1].seq
        for follower in self._followers.values():
            follower.take(lines)
