"""One place for every backend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from leveling_core.store import LevelingStore
from tests.contract.support import PLACES, Place


@pytest.fixture(params=sorted(PLACES))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A place of each backend; its stores end with the test and leave no task behind."""
    opened = PLACES[request.param](tmp_path)
    yield opened
    await opened.close()
    await asyncio.sleep(0)
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("laurel")]
    assert not left


@pytest.fixture
async def store(place: Place) -> LevelingStore:
    """An open, empty store of each backend."""
    return await place.open()
