"""Copies that are killed over what an earlier one has left: whatever is there then, copying begins anew."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any, cast

import aiosqlite
import pytest

from leveling_core.errors import StoreError
from storage import open_store
from storage.backend import Backend, Writes
from storage.copy_mark import is_unfinished
from storage.json_files import JsonBackend
from storage.migrate import apply_migrations, bundled_migrations
from storage.opening import read_store_url
from storage.snapshots import open_snapshot
from storage.sqlite import SqliteBackend
from storage.transfer import copy_store
from tests.contract.support import Clock
from tests.storage.living import live

KINDS = {"json": "json:///{}/laurel", "sqlite": "sqlite:///{}/laurel.db"}


class BrokenOffError(Exception):
    """Somebody pulled the plug."""


class Killed:
    """A target as a copy into it left it that was killed in the middle, with all files as they lay there.

    Args:
        source: What is copied.
        target: Where to, in a folder of its own.
        monkeypatch: Stops the copy.
    """

    def __init__(self, source: str, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.source, self.target = source, target
        place = read_store_url(target)
        self.folder = place.path.parent
        self._saved = self.folder.with_name("saved")
        self._backend = JsonBackend if place.kind == "json" else SqliteBackend
        self._monkeypatch = monkeypatch

    async def begin(self, writes: int) -> None:
        """Kill a copy after so many writes."""
        write, left = cast(Any, self._backend).write, [writes]

        async def write_and_stop(backend: Backend, writes: Writes) -> None:
            await write(backend, writes)
            left[0] -= 1
            if not left[0]:
                shutil.copytree(self.folder, self._saved)
                raise BrokenOffError

        with self._monkeypatch.context() as patched:
            patched.setattr(self._backend, "write", write_and_stop)
            with pytest.raises(BrokenOffError):
                await copy_store(self.source, self.target, clock=Clock())

    def put_back(self) -> None:
        """Have all files again as they were then."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._saved, self.folder)

    async def copy_again(self, deletions: int) -> bool:
        """Copy again, and kill that as well once so much was deleted; tell whether it came so far."""
        unlink, left, is_killed = Path.unlink, [deletions], [False]

        def unlink_or_stop(path: Path, missing_ok: bool = False) -> None:
            if is_killed[0] or (path.parent.is_relative_to(self.folder) and not left[0]):
                is_killed[0] = True
                raise BrokenOffError
            left[0] -= path.exists()
            unlink(path, missing_ok)

        with self._monkeypatch.context() as patched, contextlib.suppress(BrokenOffError):
            patched.setattr(Path, "unlink", unlink_or_stop)
            await copy_store(self.source, self.target, clock=Clock())
        return is_killed[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_copy_begins_anew_wherever_clearing_was_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A copy that is killed while it clears an earlier one leaves nothing that is taken for whole."""
    source = f"sqlite:///{tmp_path}/laurel.db"
    clock = await live(source, deeds=60)
    (tmp_path / "target").mkdir()
    killed = Killed(source, KINDS[kind].format(tmp_path / "target"), monkeypatch)
    await killed.begin(writes=4)
    deletions = 0
    while True:
        killed.put_back()
        if not await killed.copy_again(deletions):
            break
        with contextlib.suppress(StoreError):
            found = await open_snapshot(killed.target)
            is_proven = not await is_unfinished(found)
            await found.close()
            if is_proven:
                break
        if list(killed.folder.rglob("*.cleared")):
            with pytest.raises(StoreError, match="not finished"):
                await open_store(killed.target, clock=clock)
        fingerprint = await copy_store(source, killed.target, clock=clock)
        copied = await open_store(killed.target, clock=clock)
        assert await copied.get_head() == fingerprint.head
        await copied.close()
        deletions += 1
    assert deletions >= 3


@pytest.mark.parametrize("migrations", [0, 1, 2])
async def test_a_database_that_was_only_begun_takes_a_copy(tmp_path: Path, migrations: int) -> None:
    """A copy that was killed before its mark was there leaves an empty file, or tables without a row."""
    source, target = f"json:///{tmp_path}/laurel", tmp_path / "copy.db"
    clock = await live(source, deeds=20)
    target.touch()
    if migrations:
        async with aiosqlite.connect(target) as connection:
            known = bundled_migrations()[:migrations]
            await apply_migrations(connection, target, at=0, migrations=known)
    fingerprint = await copy_store(source, f"sqlite:///{target}", clock=clock)
    copied = await open_store(f"sqlite:///{target}", clock=clock)
    assert await copied.get_head() == fingerprint.head
    await copied.close()


async def test_an_older_database_with_rows_takes_no_copy(tmp_path: Path) -> None:
    """Of one that an earlier version has used nothing is lost."""
    source, target = f"json:///{tmp_path}/laurel", tmp_path / "copy.db"
    clock = await live(source, deeds=20)
    async with aiosqlite.connect(target) as connection:
        await apply_migrations(connection, target, at=0, migrations=bundled_migrations()[:1])
        await connection.execute("INSERT INTO documents VALUES ('x', 1, 'y', '{}')")
        await connection.commit()
    content = target.read_bytes()
    with pytest.raises(StoreError, match="schema"):
        await copy_store(source, f"sqlite:///{target}", clock=clock)
    assert target.read_bytes() == content
