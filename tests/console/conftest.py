"""A folder with a store in it, and a shell."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from data import Texts, load_texts
from tests.console.support import Shell
from tests.storage.living import live

URLS = {"sqlite": "sqlite:///laurel.db", "json": "json:///laurel-data"}


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The texts, read once: a tenth of a second."""
    return load_texts()


@pytest.fixture(scope="session")
def pasts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of each kind that has a past, to be copied."""
    folder = tmp_path_factory.mktemp("pasts")
    asyncio.run(live(f"sqlite:///{folder}/laurel.db", deeds=80))
    asyncio.run(live(f"json:///{folder}/laurel-data", deeds=80))
    return folder


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, texts: Texts) -> Iterator[None]:
    """Keep the machine's own settings and files out, and the process's logging in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot, "load_texts", lambda: texts)
    for name in bot.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("apscheduler", "discord.gateway", "discord.http"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Give a shell in the folder of the test."""
    return Shell(capsys)


@pytest.fixture(params=URLS)
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, pasts: Path, tmp_path: Path) -> str:
    """A store with a past, of each kind, which LAUREL_STORE names."""
    url = URLS[request.param]
    monkeypatch.setenv("LAUREL_STORE", url)
    if request.param == "json":
        shutil.copytree(pasts / "laurel-data", tmp_path / "laurel-data")
    else:
        shutil.copyfile(pasts / "laurel.db", tmp_path / "laurel.db")
    return url


@pytest.fixture
def laurel_db(pasts: Path, tmp_path: Path) -> Path:
    """A database with a past, where the default of LAUREL_STORE has it."""
    return Path(shutil.copyfile(pasts / "laurel.db", tmp_path / "laurel.db"))
