"""Long work on files in a thread of its own, that leaves room for the bot beside it and ends when told to."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["Pace", "StoppedError", "run_in_thread"]

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 0.2
"""What follows a query of minutes need not wait for minutes."""

LESS_URGENT = 10
"""How much the thread gives way to others, in steps of Unix's ``nice``, of which there are 19."""


class StoppedError(Exception):
    """The work was told to end before it was done."""


class Pace:
    """How fast some work goes on, and whether it still does. The work calls :meth:`pause` every few ms.

    Args:
        rest: How long a pause is, as a share of the time worked since the last one: 1 halves the speed.
    """

    def __init__(self, rest: float = 0.0) -> None:
        self._rest = rest
        self._stopped = threading.Event()
        self._resumed_at = time.monotonic()
        self._connection: sqlite3.Connection | None = None

    def pause(self) -> None:
        """Rest.

        Raises:
            StoppedError: The work is to end.
        """
        worked_seconds = time.monotonic() - self._resumed_at
        if self._stopped.wait(min(worked_seconds * self._rest, LONGEST_PAUSE_SECONDS)):
            raise StoppedError
        self._resumed_at = time.monotonic()

    def stop(self) -> None:
        """Have the work end at its next pause, a query under way at once; called from another thread."""
        self._stopped.set()
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    @contextmanager
    def interrupting(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Let :meth:`stop` break off the queries of a connection."""
        self._connection = connection
        try:
            yield
        except sqlite3.OperationalError as error:
            if self._stopped.is_set():
                raise StoppedError from error
            raise
        finally:
            self._connection = None


async def run_in_thread(work: Callable[[Pace], T], *, rest: float = 0.0) -> T:
    """Do some work in a thread of its own and return its result.

    Whoever is cancelled meanwhile waits for the thread to have tidied up: until its next pause.

    Args:
        work: Is given the pace to keep.
        rest: As for :class:`Pace`.
    """
    pace = Pace(rest)
    executor = ThreadPoolExecutor(1, thread_name_prefix="laurel-files", initializer=_give_way)
    try:
        future = asyncio.get_running_loop().run_in_executor(executor, work, pace)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            pace.stop()
            await asyncio.wait((future,))
            future.exception()  # looked at: that it was stopped is no news
            raise
    finally:
        executor.shutdown(wait=False)


def _give_way() -> None:
    """Let every other thread of the machine go first. Only Linux knows threads that differ in this."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LESS_URGENT)
