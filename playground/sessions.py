"""A gateway session, its websocket and the compression of its stream."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from playground.errors import Json, PlaygroundError

REPLAY_LIMIT = 5000
"""How many events a session remembers for a resume."""

Compressor = Callable[[bytes], bytes]


def new_compressor(kind: str | None) -> Compressor | None:
    """Return what compresses one connection's stream, or None for plain text.

    Raises:
        PlaygroundError: The kind is none that discord.py asks for.
    """
    if kind is None:
        return None
    if kind == "zlib-stream":
        stream = zlib.compressobj(level=1)
        return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        return _new_zstd_compressor()
    raise PlaygroundError(f"the bot asked for compression {kind!r}; known are zlib-stream and zstd-stream")


def _new_zstd_compressor() -> Compressor:
    """Use the library that made discord.py ask for zstd: Python 3.14's own, else `zstandard`."""
    try:
        own: Any = importlib.import_module("compression.zstd")
    except ModuleNotFoundError:
        other: Any = importlib.import_module("zstandard")
        stream = other.ZstdCompressor(level=1).compressobj()
        return lambda data: bytes(stream.compress(data) + stream.flush(other.COMPRESSOBJ_FLUSH_BLOCK))
    compressor = own.ZstdCompressor(level=1)
    return lambda data: bytes(compressor.compress(data, compressor.FLUSH_BLOCK))


class Connection:
    """One websocket: keeps the order of what is sent and never makes the sender wait."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        compressor: Compressor | None,
        transport: asyncio.Transport | None = None,
    ) -> None:
        self._ws = ws
        self._transport = transport
        self._compressor = compressor
        self._queue: asyncio.Queue[bytes | tuple[int, str] | asyncio.Future[None]] = asyncio.Queue()
        self._marks: deque[asyncio.Future[None]] = deque()
        self._writer = asyncio.create_task(self._write(), name="playground: gateway writer")
        self.session: Session | None = None
        self.silent = False

    def send(self, payload: Json) -> None:
        """Queue a payload."""
        self.send_raw(orjson.dumps(payload))

    def send_raw(self, text: bytes) -> None:
        """Queue a payload already written as JSON."""
        if not self.silent:
            self._queue.put_nowait(text)

    async def until_read(self, after: int = 0) -> None:
        """Queue a ping, and wait until the other side has read what was sent before it.

        Args:
            after: How many pings may still be unanswered.
        """
        if not self._writer.done():
            mark: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._marks.append(mark)
            self._queue.put_nowait(mark)
        while len(self._marks) > after:
            await asyncio.shield(self._marks[0])

    def note_pong(self) -> None:
        """Note that the other side has read up to the oldest mark."""
        if self._marks:
            _settle(self._marks.popleft())

    def close(self, code: int, reason: str) -> None:
        """Queue the end of the connection."""
        self._queue.put_nowait((code, reason))

    def abort(self) -> None:
        """Break the connection at once, without a closing frame."""
        self._writer.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def finish(self) -> None:
        """Stop the writer after the websocket has ended."""
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        while self._marks:  # nobody reads any more: whoever waits for it goes on
            _settle(self._marks.popleft())

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                if isinstance(item, tuple):
                    await self._ws.close(code=item[0], message=item[1].encode())
                    return
                if isinstance(item, asyncio.Future):
                    await self._ws.ping()
                elif self._compressor is None:
                    await self._ws.send_str(item.decode())
                else:
                    await self._ws.send_bytes(self._compressor(item))
            except ConnectionError:
                return


def _settle(mark: asyncio.Future[None]) -> None:
    if not mark.done():
        mark.set_result(None)


@dataclass(slots=True, eq=False)
class Session:
    """What one identify began: numbered events, remembered for a resume."""

    id: str
    intents: int
    sequence: int = 0
    connection: Connection | None = None
    _sent: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY_LIMIT))

    def attach(self, connection: Connection) -> None:
        """Go on over this connection."""
        self.connection = connection
        connection.session = self

    def send_event(self, event: str, data: bytes) -> None:
        """Give an event its number, remember it and send it if somebody listens."""
        self.sequence += 1
        text = b'{"op":0,"t":"%b","s":%d,"d":%b}' % (event.encode(), self.sequence, data)
        self._sent.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_raw(text)

    def resumable_from(self, sequence: int) -> bool:
        """Say whether everything after that event is still remembered."""
        oldest = self._sent[0][0] if self._sent else self.sequence + 1
        return oldest - 1 <= sequence <= self.sequence

    def replay(self, sequence: int) -> None:
        """Send again everything after that event."""
        for number, text in self._sent:
            if number > sequence and self.connection is not None:
                self.connection.send_raw(text)
