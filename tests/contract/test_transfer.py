"""Transfer both ways: what any backend keeps can be moved into any other, and goes on there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from leveling_core.ids import MAX_SNOWFLAKE, MemberKey, OnceKey
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from storage.progress import no_progress
from storage.transfer import copy_rows
from tests.contract.support import PLACES, Place, gain, set_member

KEYS = [MemberKey(guild_id, user_id) for guild_id in (41, MAX_SNOWFLAKE) for user_id in (1, MAX_SNOWFLAKE)]
ONCE = OnceKey("test", "1", int)


@asynccontextmanager
async def opened(name: str, folder: Path) -> AsyncIterator[Place]:
    """Give a place in a folder of its own."""
    await asyncio.to_thread(folder.mkdir)
    place = PLACES[name](folder)
    yield place
    await place.close()


@pytest.fixture(params=sorted(PLACES))
async def other(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """Another place, of each backend."""
    async with opened(request.param, tmp_path / "other") as place:
        yield place


@pytest.fixture
async def back(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A third place, of the same backend as the first."""
    async with opened(request.node.callspec.params["place"], tmp_path / "back") as place:
        yield place


async def move(source: Place, target: Place) -> None:
    """Copy all rows from a place to another that is empty."""
    rows = await source.open_backend()
    copy = await target.open_backend()
    snapshot = await rows.open_snapshot()
    await copy_rows(snapshot, copy, no_progress)
    await snapshot.close()
    await copy.close()
    await rows.close()


async def look(store: LevelingStore) -> list[object]:
    """Return all that a store shows."""
    boards = [
        await store.list_standings(guild_id, XpBoard(), first=0, limit=9) for guild_id in (41, MAX_SNOWFLAKE)
    ]
    return [await store.read_many(KEYS), await store.list_ledger(LedgerQuery()), *boards]


async def test_there_and_back(place: Place, other: Place, back: Place) -> None:
    """Records, lines, boards and once-keys are the same after a move, and after the move back."""
    store = await place.open()
    for number, key in enumerate(KEYS, 1):
        await store.commit((key,), gain(key, number), once=ONCE if number == 1 else None)
    await store.commit((KEYS[1],), set_member(KEYS[1], present=False, last_claim_zone="UTC"))
    shown = await look(store)
    await store.close()
    for source, target in ((place, other), (other, back)):
        await move(source, target)
        store = await target.open()
        assert await look(store) == shown
        assert await store.commit((KEYS[0],), gain(KEYS[0]), once=ONCE) == 1
        assert await look(store) == shown
        await store.close()
    store = await back.open()
    assert await store.commit((KEYS[0],), gain(KEYS[0])) == 2
    assert (await store.get_head()).seq == len(KEYS) + 1
