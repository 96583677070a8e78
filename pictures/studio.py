"""Pictures for the event loop: drawn in a process of their own, one after another.

Drawing and packing take 10 to 20 ms, much of it holding the interpreter's lock; in another process the
loop spends well under a millisecond on a picture. The process starts with the first picture, ends when
nobody has asked for a while, and is replaced when it dies or hangs. A caller that gets a `PictureError`
shows the text twin.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

from pictures.content import BackgroundFile, Picture
from pictures.drawing.avatars import BACKGROUND_LIMITS
from pictures.problems import PictureError, StudioBusyError
from pictures.wire import HEADER_BYTES, Reply, Request, pack_frame, pack_request, read_length, unpack_reply

__all__ = ["Studio"]

_log = logging.getLogger(__name__)

READ_BYTES: Final = 1 << 20
"""More than any picture takes, so that reading one is not stopped and begun again."""

KEPT_VARIABLES = (
    "PATH",
    "SYSTEMROOT",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TEMP",
    "TMPDIR",
)
"""What the process sees of the environment: not the token, nor where the database is."""


_GRACE_SECONDS = 1.0
"""How long a process that closed its output may take to end by itself."""


class _LostError(Exception):
    """The process ended while it was needed."""


_Job = tuple[bytes, float, "asyncio.Future[bytes]"]


class Studio:
    """Draws pictures in a process of its own.

    Args:
        most_waiting: Pictures that may wait; more are refused at once.
        most_waiting_bytes: What those may take together, one on its own excepted.
        draw_seconds: How long one picture may take before the process is ended.
        start_seconds: How long the process may take to start.
        idle_seconds: How long the process lives on when nobody asks.
        command: The program to start instead of the usual one.
    """

    def __init__(
        self,
        *,
        most_waiting: int = 256,
        most_waiting_bytes: int = 64_000_000,
        draw_seconds: float = 10.0,
        start_seconds: float = 30.0,
        idle_seconds: float = 900.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue(most_waiting)
        self._waiting_bytes = 0
        self._most_waiting_bytes = most_waiting_bytes
        self._draw_seconds = draw_seconds
        self._start_seconds = start_seconds
        self._idle_seconds = idle_seconds
        self._command = command or (sys.executable, "-P", "-m", f"{__package__}.worker")
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._said_plain = False

    @property
    def process_id(self) -> int | None:
        """The process that draws, or None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def draw(self, picture: Picture, *, within: float | None = None) -> bytes:
        """Return a picture as a PNG file.

        Args:
            picture: What to draw.
            within: How many seconds it may take, its wait not counted; None for the usual.

        Raises:
            StudioBusyError: Too many pictures are waiting.
            PictureError: It could not be drawn.
        """
        return await self._ask_for(picture, within)

    async def prepare_background(self, content: bytes) -> bytes:
        """Return a picture file as it may be kept for a background: checked, cropped and small.

        Raises:
            StudioBusyError: Too many pictures are waiting.
            PictureError: It is no picture, or not one that may be a background; says why.
        """
        if len(content) > BACKGROUND_LIMITS.most_bytes:
            raise PictureError(
                f"a file of at most {BACKGROUND_LIMITS.most_bytes:,} bytes, not {len(content):,}"
            )
        return await self._ask_for(BackgroundFile(content=content))

    async def _ask_for(self, request: Request, within: float | None = None) -> bytes:
        """Put a request into the queue and return its answer."""
        if self._closed:
            raise PictureError("the studio is closed")
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        frame = pack_frame(pack_request(request))
        too_many = self._waiting_bytes and self._waiting_bytes + len(frame) > self._most_waiting_bytes
        if too_many or self._jobs.full():
            raise StudioBusyError(f"{self._jobs.qsize()} pictures are waiting")
        self._jobs.put_nowait((frame, self._draw_seconds if within is None else within, future))
        self._waiting_bytes += len(frame)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="studio")
        return await future

    async def close(self) -> None:
        """End the process; pictures that still wait fail."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        while not self._jobs.empty():
            request, _, future = self._jobs.get_nowait()
            self._waiting_bytes -= len(request)
            if not future.done():
                future.set_exception(PictureError("the studio was closed"))
        await self._end_process()

    async def _work(self) -> None:
        """Draw what waits, until nothing has waited for a while."""
        while True:
            try:
                async with asyncio.timeout(self._idle_seconds):
                    request, seconds, future = await self._jobs.get()
                self._waiting_bytes -= len(request)
            except TimeoutError:
                await self._end_process()
                if self._jobs.empty():
                    return
                continue
            if future.done():  # whoever asked has gone
                continue
            try:
                png = await self._draw(request, seconds)
            except asyncio.CancelledError:
                if not future.done():
                    future.set_exception(PictureError("the studio was closed"))
                raise
            except PictureError as error:
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(png)

    async def _draw(self, request: bytes, seconds: float) -> bytes:
        """Return a picture; one that ends the process is tried once more, with a new one."""
        try:
            reply = await self._ask(request, seconds)
        except _LostError:
            _log.warning("The process that draws pictures has ended; starting another")
            try:
                reply = await self._ask(request, seconds)
            except _LostError as error:
                raise PictureError("the process that draws ended twice over it") from error
        if reply.kind != "picture":
            raise PictureError(reply.body.decode(errors="replace"))
        return reply.body

    async def _ask(self, request: bytes, seconds: float) -> Reply:
        """Send a request and return the answer within some seconds, from a running process.

        Raises:
            PictureError: The process does not start, or took too long.
            _LostError: It ended meanwhile.
        """
        process = await self._get_process()
        try:
            async with asyncio.timeout(seconds):
                await _write(process, request)
                return await _read(process)
        except TimeoutError:
            await self._end_process()
            raise PictureError(f"it took more than {seconds:g} s") from None
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
            await self._end_process(lost=True)
            raise _LostError from error
        except asyncio.CancelledError:
            await self._end_process()  # its answer would be taken for the next one's
            raise

    async def _get_process(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._end_process(lost=True)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_make_environment(),
                limit=READ_BYTES,
            )
            async with asyncio.timeout(self._start_seconds):
                reply = await _read(self._process)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            await self._end_process(lost=isinstance(error, asyncio.IncompleteReadError))
            raise PictureError(f"the process that draws does not start ({error!r})") from error
        if reply.kind != "ready":
            await self._end_process()
            raise PictureError(reply.body.decode(errors="replace"))
        if reply.body == b"plain" and not self._said_plain:
            self._said_plain = True
            _log.warning(
                "Pillow finds no raqm with fribidi here: Arabic and Indic names are drawn by simpler rules. "
                "Installing the system's fribidi library (libfribidi0 on Debian) mends it"
            )
        return self._process

    async def _end_process(self, *, lost: bool = False) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if lost:  # asyncio must see its end first: to kill what has ended would take that from it
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await process.wait()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdout is not None:
            await process.stdout.read()
        await process.wait()


async def _write(process: asyncio.subprocess.Process, frame: bytes) -> None:
    stream = process.stdin
    if stream is None:
        raise ValueError("started without a pipe")
    stream.write(frame)
    await stream.drain()


async def _read(process: asyncio.subprocess.Process) -> Reply:
    stream = process.stdout
    if stream is None:
        raise ValueError("started without a pipe")
    length = read_length(await stream.readexactly(HEADER_BYTES))
    return unpack_reply(await stream.readexactly(length))


def _make_environment() -> dict[str, str]:
    """Return an environment in which the process finds the same modules, and nothing else."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}  # noqa: PTH109 -- as Python means ""
