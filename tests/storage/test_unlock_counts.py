"""Counts of unlocks while a backend reads slowly, fails, or what was committed is not sure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping

import pytest

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import MemberKey
from leveling_core.member import Unlock
from storage.memory import MemoryBackend
from storage.store import GroupedStore
from tests.contract.support import GUILD, NOON, Clock, set_member

BUSY = StoreUnavailableError(path="memory:", cause="the database is locked", cure="Close it")
Counts = AsyncGenerator[Mapping[str, int], None]


class CountingBackend(MemoryBackend):
    """A backend that counts how often it is asked, waits in between, and fails when told to.

    Attributes:
        looks: How often counts were opened.
        reading: Set while they are being read.
        go_on: Reading waits for it.
        error: Raised by the next look, once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error: Exception | None = None

    async def open_unlocks(self, guild_id: int) -> Counts:
        """Fix the moment now, and hand the counts over later."""
        self.looks += 1
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        found = await super().open_unlocks(guild_id)
        return self._slowly([portion async for portion in found])

    async def _slowly(self, found: list[Mapping[str, int]]) -> Counts:
        self.reading.set()
        await self.go_on.wait()
        for portion in found:
            yield portion


async def unlock(store: GroupedStore, user_id: int) -> None:
    """Let a member have one achievement."""
    key = MemberKey(GUILD, user_id)
    await store.commit((key,), set_member(key, achievements={"first": Unlock(NOON)}))


async def test_commits_go_on_while_members_are_counted() -> None:
    """What is unlocked while a guild is being counted counts once; all who look meanwhile share one count."""
    backend = CountingBackend()
    store = GroupedStore(backend, clock=Clock())
    await unlock(store, 1)
    backend.go_on.clear()
    looks = [asyncio.create_task(store.count_unlocks(GUILD)) for _ in range(3)]
    await backend.reading.wait()
    await unlock(store, 2)
    backend.go_on.set()
    assert await asyncio.gather(*looks) == [{"first": 2}] * 3
    assert backend.looks == 1
    await store.close()


async def test_a_count_that_fails_is_made_anew() -> None:
    """Whoever asked is told; the next look counts again."""
    backend = CountingBackend()
    store = GroupedStore(backend, clock=Clock())
    await unlock(store, 1)
    backend.error = StoreError(path="memory:", cause="the disk is failing", cure="Replace it")
    with pytest.raises(StoreError):
        await store.count_unlocks(GUILD)
    assert await store.count_unlocks(GUILD) == {"first": 1}
    await unlock(store, 2)
    assert await store.count_unlocks(GUILD) == {"first": 2}
    assert backend.looks == 2
    await store.close()


async def test_after_a_failed_write_members_are_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that was told to have failed may be there: what was counted before is not trusted."""
    backend = CountingBackend()
    store = GroupedStore(backend, clock=Clock())
    await unlock(store, 1)
    assert await store.count_unlocks(GUILD) == {"first": 1}
    written = backend.write

    async def write_and_fail(writes: object) -> None:
        monkeypatch.setattr(backend, "write", written)
        await written(writes)  # type: ignore[arg-type]  # rows of a group
        raise BUSY

    monkeypatch.setattr(backend, "write", write_and_fail)
    with pytest.raises(StoreError):
        await unlock(store, 2)
    await unlock(store, 3)
    assert await store.count_unlocks(GUILD) == {"first": 3}
    await store.close()
