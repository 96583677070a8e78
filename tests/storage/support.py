"""Backends that misbehave on demand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import DocumentKey, MemberKey
from storage.backend import Rows, Writes
from storage.codec import Row
from storage.copy_mark import mark_unfinished
from storage.memory import MemoryBackend
from storage.opening import open_backend, read_store_url

FULL = StoreError(path="test", cause="the disk is full", cure="free some space")
BUSY = StoreUnavailableError(path="test", cause="somebody holds it", cure="Wait for the other one")


class StoppedTime:
    """Seconds that go on only when they are told to, and a sleep by them.

    Attributes:
        now: Seconds.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until so many seconds have passed."""
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, future))
        await future

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, from one end of a sleep to the next, and everybody do what they then have to do."""
        end = self.now + seconds
        await settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= end and not sleeper[1].done()]:
            sleeper = min(due, key=lambda one: one[0])
            self.now = max(self.now, sleeper[0])
            sleeper[1].set_result(None)
            await settle()
        self.now = end


async def settle() -> None:
    """Let everything run that does not wait for time or for a thread."""
    for _ in range(50):
        await asyncio.sleep(0)


class TroubledBackend(MemoryBackend):
    """A backend whose writes can be made to fail or wait, and which counts what it is asked.

    Attributes:
        failures: What the next writes raise, one after another; None for nothing.
        most_members: Writes of more member rows than this fail as on a full disk.
        groups: How many member rows each write had that was done.
        loads: How many keys each load asked for.
        gate: Writes wait while it is cleared.
        tried: Set with the first write that is tried.
        answering: Writes that are done are answered only while it is set: on disk, but not yet told of.
        written: Set with the first write that is done.
    """

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[Exception | None] = []
        self.most_members = 10_000
        self.groups: list[int] = []
        self.loads: list[int] = []
        self.tries = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.tried = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()
        self.written = asyncio.Event()

    async def load(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Count, and do as the memory does."""
        self.loads.append(len(members) + len(documents))
        await asyncio.sleep(0)
        return await super().load(members, documents)

    async def load_answers(self, keys: Sequence[str], since_at: int) -> list[Row]:
        """Count, and do as the memory does."""
        self.loads.append(len(keys))
        await asyncio.sleep(0)
        return await super().load_answers(keys, since_at)

    async def write(self, writes: Writes) -> None:
        """Fail if it is to, else do as the memory does."""
        self.tries += 1
        self.tried.set()
        await self.gate.wait()
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        if len(writes.members) > self.most_members:
            raise FULL
        await super().write(writes)
        self.groups.append(len(writes.members))
        self.written.set()
        await self.answering.wait()


def names_in(folder: Path, pattern: str) -> list[str]:
    """Return the names of files, ascending."""
    return sorted(path.name for path in folder.glob(pattern))


def damage(path: Path) -> None:
    """Overwrite the beginning of every page of a database but the first few."""
    content, page_size = bytearray(path.read_bytes()), 4096
    for start in range(3 * page_size, len(content), page_size):
        content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)


class QuickTime:
    """Seconds that go by two hundred times as fast, for what waits for threads and disks as well."""

    FACTOR = 200

    def monotonic(self) -> float:
        """Return the time."""
        return time.monotonic() * self.FACTOR

    async def sleep(self, seconds: float) -> None:
        """Wait until so many of them have passed."""
        await asyncio.sleep(seconds / self.FACTOR)


async def leave_unfinished(url: str) -> None:
    """Leave a store as a copy into it leaves it that was broken off."""
    backend = await open_backend(read_store_url(url), clock=lambda: 0, is_copy=True)
    await mark_unfinished(backend)
    await backend.close()
