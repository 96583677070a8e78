"""A lane of the feed: the lines of one guild on their way to one subscriber, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from leveling_core.errors import StoreClosedError, StoreError, StoreUnavailableError
from leveling_core.outcomes import LedgerLine
from leveling_core.store import Subscriber

__all__ = ["Lane", "LaneHost", "LaneSettings"]

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Lines in a lane's memory at most; what comes beyond it is read from the ledger when its turn comes."""

RESTING_SECONDS = 4.0
"""How long a lane waits before it asks a store again that could not answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneSettings:
    """How lanes deliver.

    Attributes:
        clock: Now, in ms UTC.
        sleep: Waits for some seconds.
        backoff_seconds: How long to wait after each failed try; after as many and one more, it is given up.
        batch_lines: Lines in one delivery at most.
    """

    clock: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]]
    backoff_seconds: tuple[float, ...]
    batch_lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneHost:
    """What a lane needs of the follower that it belongs to.

    Attributes:
        seen_seq: Returns up to which line lanes have been offered everything.
        list_more: Reads a guild's lines after a ``seq``, ascending, at most so many; tells after which line
            there may be more, None for none.
        give_up: Keeps note of lines that cannot be delivered, for ever.
        progressed: Is told when lines are done with.
        emptied: Is told when nothing is left; the lane has ended.
    """

    seen_seq: Callable[[], int]
    list_more: Callable[[int, int, int], Awaitable[tuple[Sequence[LedgerLine], int | None]]]
    give_up: Callable[[Sequence[LedgerLine], Exception], Awaitable[None]]
    progressed: Callable[[], None]
    emptied: Callable[[int], None]


class Lane:
    """Delivers what it is offered, in order. It lives while anything is left.

    Args:
        guild_id: Whose lines.
        subscriber: Where they go.
        host: The follower that it belongs to.
        settings: How to deliver.
    """

    def __init__(self, guild_id: int, subscriber: Subscriber, host: LaneHost, settings: LaneSettings) -> None:
        self._guild_id = guild_id
        self._subscriber = subscriber
        self._host = host
        self._settings = settings
        self._waiting: deque[LedgerLine] = deque()
        self._spilled_after: int | None = None
        self._stopping = False
        self._resting: asyncio.Future[None] | None = None
        self._moved_at = settings.clock()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting_since(self) -> int:
        """Since when nothing has been done with, ms UTC, though something waits; 0 where nothing does."""
        return self._moved_at if self._waiting else 0

    def put(self, line: LedgerLine) -> None:
        """Take a line in, or leave it to the ledger while too many wait."""
        if self._spilled_after is not None:
            return
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(line)
        else:
            self._spilled_after = self._waiting[-1].seq

    @property
    def done_seq(self) -> int:
        """Every line of the guild up to this one is done with."""
        if self._waiting:
            return self._waiting[0].seq - 1
        return self._host.seen_seq() if self._spilled_after is None else self._spilled_after

    def stop(self) -> None:
        """End after the delivery under way; at once where it only waits to try again."""
        self._stopping = True
        if self._resting is not None:
            self._resting.cancel()

    async def run(self) -> None:
        """Deliver until nothing is left."""
        while not self._stopping:
            try:
                if not self._waiting:
                    await self._refill()
                if not self._waiting:
                    self._host.emptied(self._guild_id)
                    self._host.progressed()
                    return
                await self._deliver(list(islice(self._waiting, self._settings.batch_lines)))
            except StoreClosedError:
                return
            except StoreError as error:
                log.warning("feed %s, guild %d: %s", self._subscriber.name, self._guild_id, error)
                await self._rest(RESTING_SECONDS)

    async def _refill(self) -> None:
        """Read what was left to the ledger, a portion at a time."""
        while self._spilled_after is not None and not self._waiting:
            seen_seq = self._host.seen_seq()
            if self._spilled_after >= seen_seq:
                self._spilled_after = None  # from here on lines are taken in again
                return
            lines, last_seq = await self._host.list_more(self._guild_id, self._spilled_after, MOST_WAITING)
            self._waiting.extend(line for line in lines if line.seq <= seen_seq)
            self._spilled_after = seen_seq if last_seq is None else min(last_seq, seen_seq)

    async def _deliver(self, lines: Sequence[LedgerLine]) -> None:
        """Deliver lines until they are done with, one way or the other; that may take as long as an outage.

        While the store is unavailable the lines rest: that is no failure of theirs, and they are never given
        up for it.
        """
        backoffs = iter(self._settings.backoff_seconds)
        while True:
            try:
                await self._subscriber.deliver(self._guild_id, lines)
                break
            except StoreUnavailableError as error:
                log.warning("feed %s, guild %d: %s", self._subscriber.name, self._guild_id, error)
                pause_seconds = RESTING_SECONDS
            except Exception as error:
                log.exception("feed %s, guild %d: delivery failed", self._subscriber.name, self._guild_id)
                backoff_seconds = next(backoffs, None)
                if backoff_seconds is None:
                    await self._host.give_up(lines, error)
                    break
                pause_seconds = backoff_seconds
            await self._rest(pause_seconds)
            if self._stopping:
                return
        for _ in lines:
            self._waiting.popleft()
        self._moved_at = self._settings.clock()
        self._host.progressed()

    async def _rest(self, seconds: float) -> None:
        """Wait, unless or until the lane is to stop."""
        if self._stopping:
            return
        self._resting = asyncio.ensure_future(self._settings.sleep(seconds))
        try:
            await asyncio.wait((self._resting,))
        finally:
            self._resting.cancel()
            self._resting = None
