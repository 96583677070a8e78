"""What Ctrl-C and a request to end do: end what is going on, and never what clears away behind it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any


class Interrupts:
    """Listens to SIGINT and SIGTERM.

    Where the event loop knows no signals (Windows), Ctrl-C cancels the main task, as `asyncio.run` has it.
    """

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._deed: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """Begin to listen; a prompt takes Ctrl-C for itself, and after it one has to listen anew."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, self._interrupt)
            loop.add_signal_handler(signal.SIGTERM, self._stop.set)

    def _interrupt(self) -> None:
        if self._deed is not None:
            self._deed.cancel()
        else:
            self._stop.set()

    async def run_until_stopped(self, sitting: Coroutine[Any, Any, None]) -> None:
        """Run until it ends by itself or the process is told to end."""
        running = asyncio.ensure_future(sitting)
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            running.cancel()
            await asyncio.wait({running})
        if not running.cancelled():
            running.result()

    async def run_interruptibly(self, deed: Coroutine[Any, Any, None]) -> bool:
        """Do something that Ctrl-C ends without ending all; tell whether it came to its own end."""
        self.listen()
        self._deed = task = asyncio.ensure_future(deed)
        try:
            await asyncio.wait({task})
        finally:
            self._deed = None
            task.cancel()
            await asyncio.wait({task})
        if task.cancelled():
            return False
        task.result()
        return True
