"""Stores with backups, for more than one module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.storage.home import Home, make_home
from tests.storage.scene import Scene


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a database that a bot has open."""
    async for home in make_home(f"sqlite:///{tmp_path / 'laurel.db'}", tmp_path):
        yield home


@pytest.fixture(params=["sqlite", "json"])
async def any_home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    """Give a store of each kind that is kept in files, which a bot has open."""
    if request.param == "sqlite":
        url, folder = f"sqlite:///{tmp_path / 'laurel.db'}", tmp_path
    else:
        url, folder = f"json:///{tmp_path / 'laurel'}", tmp_path / "laurel"
    async for home in make_home(url, folder):
        yield home


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a store that has gone on since its backup."""
    scene = Scene(tmp_path)
    await scene.play()
    yield scene
    await scene.close()


@pytest.fixture(params=["sqlite", "json"])
async def any_scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give one of each kind that is kept in files."""
    scene = Scene(tmp_path, request.param)
    await scene.play()
    yield scene
    await scene.close()
