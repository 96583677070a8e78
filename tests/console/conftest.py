"""A folder with a store in it, and a shell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import Settings
from tests.console.support import Shell
from tests.storage.living import live

URLS = {"sqlite": "sqlite:///laurel.db", "json": "json:///laurel-data"}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the machine's own settings and files out, and the process's logging in."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("discord.gateway", "discord.http"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Give a shell in the folder of the test."""
    return Shell(capsys)


@pytest.fixture(params=URLS)
async def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with a past, of each kind, which LAUREL_STORE names."""
    url = URLS[request.param]
    await live(url, deeds=80)
    monkeypatch.setenv("LAUREL_STORE", url)
    return url


@pytest.fixture
async def laurel_db(tmp_path: Path) -> Path:
    """A database with a past, where the default of LAUREL_STORE has it."""
    await live(URLS["sqlite"], deeds=80)
    return tmp_path / "laurel.db"
