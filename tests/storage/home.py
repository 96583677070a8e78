"""A bot's store with its backups, and a disk that fails while one is made."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from leveling_core.ids import MemberKey
from leveling_core.store import LevelingStore
from storage import archive, durable, open_store
from storage.backups import make_backup
from tests.contract.support import GUILD, Clock, gain

ANN = MemberKey(GUILD, 1)


class Home:
    """A database with a bot on it, and its backups.

    Attributes:
        clock: The time of day.
        store: What the bot writes to.
    """

    def __init__(self, url: str, folder: Path, store: LevelingStore, clock: Clock) -> None:
        self.path = folder / "laurel.db"
        self.url = url
        self.folder = folder / "backups"
        self.clock = clock
        self.store = store

    async def back_up(self, target: Path | None = None) -> Path:
        """Make a backup."""
        return (await make_backup(self.url, target, at=self.clock.now)).path


async def make_home(url: str, folder: Path) -> AsyncIterator[Home]:
    """Open a store, with seven XP of Ann's in it, until the end of the test."""
    clock = Clock()
    store = await open_store(url, clock=clock)
    await store.commit((ANN,), gain(ANN, 7))
    yield Home(url, folder, store, clock)
    await store.close()


class FailingSteps:
    """Lets one of the steps on files fail as a failing disk would.

    Attributes:
        failed: Whether it came to it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self._left = step
        self.failed = False
        for name in ("flush", "write_all", "move", "sync_folder", "take_rights"):
            monkeypatch.setattr(archive, name, self._failing(getattr(archive, name)))
        monkeypatch.setattr("storage.database_file.flush", self._failing(durable.flush))

    def _failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            self._left -= 1
            if self._left == -1:
                self.failed = True
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*arguments)

        return run
