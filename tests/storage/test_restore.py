"""Restoring: the old data or the backup's, whole, whatever happens on the way."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import sys
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from leveling_core.decision import Decision
from leveling_core.documents import CursorRecord
from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import MemberKey, cursor_key
from leveling_core.periods import MS_PER_DAY
from storage.backups import make_backup
from storage.migrate import Migration, apply_migrations, bundled_migrations
from storage.restore import restore
from storage.snapshots import open_snapshot
from storage.transfer import copy_store
from tests.contract.support import GUILD, NOON, gain
from tests.storage.scene import ANN, BACKED_UP, LATER, PAID, Scene
from tests.storage.support import damage, leave_unfinished, names_in


async def test_the_backup_takes_the_place_of_the_data(any_scene: Scene) -> None:
    """What was gained after the backup is gone, what was before is there, and the ledger says the same."""
    result = await any_scene.restore()
    assert result.done
    xp, head, told = await any_scene.look()
    assert (xp, head.seq, told) == (BACKED_UP, 1, BACKED_UP)


async def test_a_new_epoch_begins(any_scene: Scene) -> None:
    """Numbers of lines are given again, so an event is another one by the epoch."""
    epochs = [(await any_scene.look())[1].epoch]
    for _ in range(2):
        await any_scene.restore()
        epochs.append((await any_scene.look())[1].epoch)
    assert len(set(epochs)) == 3


async def test_what_was_there_is_kept_whole(any_scene: Scene) -> None:
    """Nothing is thrown away: the old store opens under its new name, with what was only in its log."""
    aside = (await any_scene.restore()).aside
    name = {"sqlite": "laurel.db.before-restore", "json": "before-restore"}[any_scene.kind]
    assert aside == any_scene.store_folder / f"{name}-20250615T150640Z"
    xp, _, told = await any_scene.look(any_scene.url_of(aside))
    assert (xp, told) == (BACKED_UP + LATER, BACKED_UP + LATER)


async def test_a_restore_can_be_taken_back(scene: Scene) -> None:
    """What was kept aside is itself something to restore; each old one has a name of its own."""
    first = (await scene.restore()).aside
    assert first is not None
    second = (await scene.restore(file=first)).aside
    assert second not in {None, first}
    assert (await scene.look())[0] == BACKED_UP + LATER


async def test_data_is_not_replaced_unasked(any_scene: Scene) -> None:
    """Without leave it is said what is there and what would come, and nothing is touched."""
    before = any_scene.names()
    result = await any_scene.restore(replace=False)
    found = result.found.contents
    assert found is not None
    assert (result.done, result.aside) == (False, None)
    assert (found.members, found.lines, found.last_at) == (1, 2, NOON)
    assert (result.contents.members, result.contents.lines) == (1, 1)
    assert any_scene.names() == before
    assert (await any_scene.look())[0] == BACKED_UP + LATER


async def test_no_leave_is_needed_where_nothing_is(any_scene: Scene) -> None:
    """On a new machine a backup is simply restored."""
    any_scene.url = f"{any_scene.kind}:///{any_scene.folder}/new"
    result = await any_scene.restore(replace=False)
    assert (result.done, result.aside, result.found.is_missed) == (True, None, False)
    assert (await any_scene.look())[0] == BACKED_UP


async def test_data_that_cannot_be_read_is_data(scene: Scene) -> None:
    """A damaged database is not replaced unasked either; it is kept with its log, for whoever can save it."""
    wreck = b"no database at all, but perhaps somebody's work" * 100
    scene.path.write_bytes(wreck)
    log_content = scene.path.with_name("laurel.db-wal").read_bytes()
    result = await scene.restore(replace=False)
    assert (result.done, result.found.is_missed) == (False, True)
    assert "not an SQLite database" in result.found.problem
    aside = (await scene.restore()).aside
    assert aside is not None
    assert aside.read_bytes() == wreck
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == log_content
    assert (await scene.look())[0] == BACKED_UP


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
async def test_a_log_that_is_left_over_is_never_applied(scene: Scene, suffix: str) -> None:
    """A log without its database, or beside a damaged one, does not get into the restored one."""
    content = scene.path.with_name("laurel.db-wal").read_bytes()
    scene.path.with_name("laurel.db-wal").unlink()
    scene.path.unlink()
    scene.path.with_name(f"laurel.db{suffix}").write_bytes(content)
    result = await scene.restore()
    assert result.done
    assert names_in(scene.folder, "laurel.db-*") == []
    assert len(names_in(scene.folder, f"laurel.db.before-restore-*{suffix}")) == 1
    assert (await scene.look())[0] == BACKED_UP


async def test_a_working_bot_is_not_disturbed(any_scene: Scene) -> None:
    """While a bot has the store nothing is restored."""
    store = await any_scene.open()
    with pytest.raises(StoreError, match="another Laurel is running"):
        await any_scene.restore()
    assert await store.commit((ANN,), gain(ANN)) == BACKED_UP + LATER + 1
    await store.close()


async def test_another_program_that_has_it_open_is_in_the_way(scene: Scene) -> None:
    """Whoever has the old file open would take its log for the new one's: the restore waits for its end."""
    visitor = sqlite3.connect(scene.path, isolation_level=None)
    visitor.execute("BEGIN").execute("SELECT * FROM members").fetchone()
    with pytest.raises(StoreError, match="another program holds the database"):
        await scene.restore()
    visitor.close()
    assert (await scene.look())[0] == BACKED_UP + LATER
    assert (await scene.restore()).done


async def test_memory_is_no_place_to_restore_to(scene: Scene) -> None:
    """What is kept nowhere cannot be restored."""
    with pytest.raises(ContentError, match="in memory cannot be restored"):
        await restore(scene.backup, "memory:", at=NOON, replace=True)


def _cut(content: bytes) -> bytes:
    return content[:-20]


def _flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize("spoil", [_cut, _flip, lambda _: b"", lambda _: b"PK\x03\x04 something else"])
async def test_a_file_that_is_no_whole_backup_is_refused(any_scene: Scene, spoil: Any) -> None:
    """Cut off, turned over, empty or something else: the error names the file, and nothing is touched."""
    any_scene.backup.write_bytes(spoil(any_scene.backup.read_bytes()))
    with pytest.raises(StoreError, match=r"laurel-backup.db.gz"):
        await any_scene.restore()
    assert names_in(any_scene.store_folder, "*restor*") == []
    assert (await any_scene.look())[0] == BACKED_UP + LATER


async def test_a_file_that_is_not_there_is_refused(scene: Scene) -> None:
    """A name that is mistyped is said."""
    with pytest.raises(StoreError, match=r"nowhere.db.gz"):
        await scene.restore(file=scene.folder / "nowhere.db.gz")


async def test_a_damaged_database_in_a_whole_archive_is_refused(scene: Scene) -> None:
    """The archive's checksum says nothing of the database: its pages are looked at."""
    store = await scene.open(f"sqlite:///{scene.folder}/bad.db")
    for start in range(0, 2000, 100):
        keys = [MemberKey(GUILD, 1 + start + number) for number in range(100)]
        await asyncio.gather(*(store.commit((key,), gain(key)) for key in keys))
    await store.close()
    damage(scene.folder / "bad.db")
    with gzip.open(scene.backup, "wb") as packed:
        packed.write((scene.folder / "bad.db").read_bytes())
    with pytest.raises(StoreError, match=r"laurel-backup.db.gz: .*damaged"):
        await scene.restore()


async def _write_schema(path: Path, migrations: list[Migration]) -> None:
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=5, migrations=migrations)


async def test_a_newer_schema_is_refused(scene: Scene) -> None:
    """A backup of a newer Laurel is refused before anything is moved."""
    newer = Migration(len(bundled_migrations()) + 1, "9999_more.sql", "CREATE TABLE extra (x);")
    path = scene.folder / "newer.db"
    await _write_schema(path, [*bundled_migrations(), newer])
    with pytest.raises(StoreError, match=r"newer.db: it has schema .*Update Laurel"):
        await scene.restore(file=path)
    assert (await scene.look())[0] == BACKED_UP + LATER


async def test_an_older_schema_is_brought_to_the_new_one(scene: Scene) -> None:
    """A backup of before a migration is restored as a store of now, without another backup of it."""
    path = scene.folder / "older.db"
    await _write_schema(path, bundled_migrations()[:1])
    assert (await scene.restore(file=path)).done
    snapshot = await open_snapshot(scene.url)
    assert await snapshot.find_damage() == []
    await snapshot.close()
    assert names_in(scene.folder / "backups", "*") == []


async def test_a_backup_of_an_unfinished_copy(any_scene: Scene) -> None:
    """Packed by whomever, it lacks what the copy lacks: it is refused, and the data stays."""
    copy = any_scene.folder / "away" / "copy.db"
    await copy_store(any_scene.url, f"sqlite:///{copy}", clock=any_scene.clock)
    await leave_unfinished(f"sqlite:///{copy}")
    packed = copy.with_name("copy.db.gz")
    packed.write_bytes(gzip.compress(copy.read_bytes()))
    for file in (copy, packed):
        with pytest.raises(StoreError, match="not finished"):
            await any_scene.restore(file=file)
    assert (await any_scene.look())[0] == BACKED_UP + LATER


@pytest.mark.skipif(sys.platform == "win32", reason="there rights are no bits")
async def test_rights_stay(scene: Scene) -> None:
    """The restored database may be read by those who could read the old one."""
    scene.path.chmod(0o640)
    await scene.restore()
    assert scene.path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="there rights are no bits")
async def test_a_backup_that_may_only_be_read(any_scene: Scene) -> None:
    """A backup on a medium that is not written makes a store that its owner can write, and nobody else."""
    any_scene.backup.chmod(0o444)
    for path in any_scene.store_folder.iterdir():
        if path.is_file():
            path.unlink()
    await any_scene.restore()
    assert any_scene.main.stat().st_mode & 0o777 == 0o644
    assert (await any_scene.look())[0] == BACKED_UP


async def test_a_link_stays_a_link(scene: Scene) -> None:
    """Where LAUREL_STORE names a link, the file behind it is replaced, beside its own log."""
    link = scene.folder / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(scene.path)
    scene.url = f"sqlite:///{link}"
    await scene.restore()
    assert link.is_symlink()
    assert (await scene.look())[0] == BACKED_UP


async def test_a_folder_of_somebody_else_is_not_cleared(any_scene: Scene) -> None:
    """One that is called as the restore's own would be is refused with what is in it, and stays."""
    name = "laurel.db.restoring" if any_scene.kind == "sqlite" else "restoring"
    folder = any_scene.store_folder / name
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(StoreError, match=r"letter\.txt"):
        await any_scene.restore()
    assert (folder / "letter.txt").read_text() == "dear"


async def test_deeds_are_not_done_again(any_scene: Scene) -> None:
    """What was paid before the backup stays paid, though the backup is older than answers are kept."""
    any_scene.clock.now = NOON + 30 * MS_PER_DAY
    await any_scene.restore()
    store = await any_scene.open()
    assert await store.commit((ANN,), gain(ANN, 50), once=PAID) == BACKED_UP
    any_scene.clock.now += 8 * MS_PER_DAY
    assert await store.commit((ANN,), gain(ANN, 50), once=PAID) == BACKED_UP + 50
    await store.close()


async def test_cursors_come_along_as_they_were(any_scene: Scene) -> None:
    """A cursor keeps the epoch in which it was written, by which the feed knows of the restore."""
    store = await any_scene.open()
    cursor, key = CursorRecord(1, (await store.get_head()).epoch), cursor_key("someone")
    await store.commit((key,), lambda _: Decision(None, {key: cursor}))
    await store.close()
    backup = any_scene.folder / "away" / "second.db.gz"
    await make_backup(any_scene.url, backup, at=NOON)
    await any_scene.restore(file=backup)
    store = await any_scene.open()
    assert await store.read(key) == cursor
    assert (await store.get_head()).epoch != cursor.epoch
    await store.close()


# killed, and failing
