"""Where lines come from: a pipe, or somebody at a keyboard."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import TextIO


async def read_pipe(stream: TextIO) -> AsyncIterator[str]:
    """Yield the lines of a stream until its end, without holding up the event loop.

    A thread reads, because not every kind of stream can be waited for; it ends with the process.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def pass_on(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody wants it any more
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        for line in stream:
            pass_on(line)
        pass_on(None)

    threading.Thread(target=read, name="playground: input", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
