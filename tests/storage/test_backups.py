"""Backups: of one moment beside a working bot, whole or not there at all, and pruned."""

from __future__ import annotations

import asyncio
import errno
import gzip
import os
import shutil
import sqlite3
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest

from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import MemberKey
from storage import archive, open_store
from storage.backup_files import backup_name, list_backups
from storage.backups import make_backup
from storage.pace import Pace, StoppedError
from tests.contract.support import GUILD, NOON, Clock, gain
from tests.storage.home import ANN, FailingSteps, Home
from tests.storage.support import damage, leave_unfinished, names_in

STEPS = 9
"""Steps on files in a small backup, of which each may fail."""


def opened(backup: Path) -> Path:
    """Unpack a backup as a person would; return the database."""
    database = backup.with_name("unpacked.db")
    with gzip.open(backup) as packed, database.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return database


def read(database: Path, sql: str) -> list[Any]:
    """Return what a query finds in a database that nobody has open."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)
    rows = connection.execute(sql).fetchall()
    connection.close()
    return rows


async def test_a_backup_opens_as_a_store(any_home: Home) -> None:
    """It holds all that was committed before it, and nothing of what came after."""
    backup = await any_home.back_up()
    await any_home.store.commit((ANN,), gain(ANN, 100))
    assert backup == any_home.folder / backup_name("laurel", NOON)
    again = await open_store(f"sqlite:///{opened(backup)}", clock=Clock())
    try:
        assert await again.commit((ANN,), gain(ANN)) == 8
        assert (await again.get_head()).epoch == (await any_home.store.get_head()).epoch
    finally:
        await again.close()


async def test_a_backup_stands_alone(any_home: Home) -> None:
    """It is one file in a folder with nothing unfinished; unpacked it needs no log beside it."""
    backup = await any_home.back_up()
    assert names_in(any_home.folder, "*") == [".laurel.lock", backup.name]
    database = opened(backup)
    assert read(database, "PRAGMA journal_mode") == [("delete",)]
    assert read(database, "PRAGMA integrity_check") == [("ok",)]


async def test_a_backup_is_of_one_moment_while_commits_go_on(any_home: Home) -> None:
    """Made beside a writer at full speed, members and lines in it add up to each other, member by member."""
    keys = [MemberKey(GUILD, number) for number in range(1, 41)]
    stop = asyncio.Event()

    async def work(key: MemberKey) -> None:
        while not stop.is_set():
            await any_home.store.commit((key,), gain(key))

    workers = [asyncio.ensure_future(work(key)) for key in keys]
    backups = []
    for _ in range(3):
        before = (await any_home.store.get_head()).seq
        backups.append((before, await any_home.back_up(), (await any_home.store.get_head()).seq))
    stop.set()
    await asyncio.gather(*workers)
    for before, backup, after in backups:
        database = opened(backup)
        xp = read(database, "SELECT user_id, xp FROM members ORDER BY user_id")
        assert xp == read(database, "SELECT user_id, sum(xp) FROM ledger GROUP BY user_id ORDER BY user_id")
        ((lines, last_seq),) = read(database, "SELECT count(*), max(seq) FROM ledger")
        assert before <= last_seq == lines <= after


async def test_commits_go_on_while_a_backup_is_made(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a copy the bot writes as ever, and the copy does not see it."""
    copying, go_on = asyncio.Event(), threading.Event()
    loop, pause = asyncio.get_running_loop(), Pace.pause

    def hold(pace: Pace) -> None:
        loop.call_soon_threadsafe(copying.set)
        go_on.wait(10)
        pause(pace)

    monkeypatch.setattr(Pace, "pause", hold)
    making = asyncio.ensure_future(home.back_up())
    await copying.wait()
    assert await home.store.commit((ANN,), gain(ANN)) == 8
    assert not making.done()
    go_on.set()
    assert read(opened(await making), "SELECT xp FROM members") == [(7,)]


OPEN_AND_CLOSE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM members").fetchone()
connection.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is open cannot be deleted")
async def test_the_bot_keeps_hold_of_its_database(home: Home) -> None:
    """Reading it for a backup does not loosen SQLite's locks: whoever looks in and leaves takes no log away.

    A file that is opened and closed gives up all locks that its process has on it (``man fcntl``). Without
    them the next to close the database would take itself for the last, and delete the log under the bot.
    """
    await home.back_up()
    await home.store.commit((ANN,), gain(ANN))
    log_file = home.path.with_name("laurel.db-wal")
    number = log_file.stat().st_ino
    arguments = ["-c", OPEN_AND_CLOSE, str(home.path)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    assert await process.wait() == 0
    assert log_file.stat().st_ino == number


@pytest.mark.skipif(sys.platform == "win32", reason="there rights are no bits")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
async def test_nobody_else_may_read_it(home: Home, mode: int) -> None:
    """A backup may be read by those who may read the database, and what it is made from by fewer."""
    home.path.chmod(mode)
    backup = await home.back_up()
    assert backup.stat().st_mode & 0o777 == mode


async def test_two_in_one_second(any_home: Home) -> None:
    """A backup never takes another's place."""
    first, second = await any_home.back_up(), await any_home.back_up()
    assert first != second
    assert len(list_backups(any_home.folder)) == 2


async def test_a_file_of_ones_own_choice(home: Home, tmp_path: Path) -> None:
    """A backup goes where it is told to, and replaces nothing."""
    target = tmp_path / "usb" / "mine.db.gz"
    with pytest.raises(StoreError, match=r"nowhere: there is no such folder"):
        await home.back_up(tmp_path / "nowhere" / "usb" / "mine.db.gz")
    target.parent.mkdir()
    assert await home.back_up(target) == target
    content = target.read_bytes()
    with pytest.raises(StoreError, match="there is a file already"):
        await home.back_up(target)
    assert target.read_bytes() == content


async def test_what_cannot_be_backed_up_is_told(tmp_path: Path) -> None:
    """Memory, no database and no place at all are errors that say which."""
    with pytest.raises(StoreError, match="in memory cannot be backed up"):
        await make_backup("memory:", tmp_path, at=NOON)
    with pytest.raises(StoreError, match=r"nowhere.db: there is nothing to back up"):
        await make_backup(f"sqlite:///{tmp_path}/nowhere.db", at=NOON)
    with pytest.raises(ContentError, match="no place for a store"):
        await make_backup("laurel.db", at=NOON)


@pytest.mark.parametrize("url", ["sqlite:///{}/laurel.db", "json:///{}/laurel"])
async def test_an_unfinished_copy_is_not_backed_up(tmp_path: Path, url: str) -> None:
    """What could not be restored is refused when it is to be saved, not when it is needed."""
    url = url.format(tmp_path)
    await leave_unfinished(url)
    with pytest.raises(StoreError, match=r"laurel(\.db)?: a copy into it was not finished.*store copy"):
        await make_backup(url, tmp_path / "saved", at=NOON)
    assert names_in(tmp_path / "saved", "*.gz") == []


@pytest.mark.parametrize("url", ["sqlite:///{}/laurel.db", "json:///{}/laurel"])
async def test_a_backup_that_failed_leaves_no_folder(tmp_path: Path, url: str) -> None:
    """A folder that was made for a backup goes with it, so that it stands in nobody's way; others stay."""
    url, folder = url.format(tmp_path), tmp_path / "saved"
    await leave_unfinished(url)
    with pytest.raises(StoreError, match="not finished"):
        await make_backup(url, folder, at=NOON)
    assert not folder.exists()
    folder.mkdir()
    with pytest.raises(StoreError, match="not finished"):
        await make_backup(url, folder, at=NOON)
    assert folder.exists()


async def test_another_programs_database_is_not_backed_up(tmp_path: Path) -> None:
    """A file of something else is named as such."""
    connection = sqlite3.connect(tmp_path / "notes.db")
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(StoreError, match=r"notes.db: it is no database of Laurel"):
        await make_backup(f"sqlite:///{tmp_path}/notes.db", at=NOON)
    assert names_in(tmp_path / "backups", "*.gz") == []


async def test_damage_is_found_when_it_is_read_back(home: Home) -> None:
    """A damaged database gives no backup that looks like one."""
    for start in range(0, 2000, 100):
        keys = [MemberKey(GUILD, 1 + start + number) for number in range(100)]
        await asyncio.gather(*(home.store.commit((key,), gain(key)) for key in keys))
    await home.store.close()
    damage(home.path)
    with pytest.raises(StoreError, match="damaged"):
        await home.back_up()
    assert not home.folder.exists()


@pytest.mark.parametrize("spoiled", [b"", b"\x1f\x8b", None])
async def test_a_backup_that_does_not_read_back_is_none(
    home: Home, monkeypatch: pytest.MonkeyPatch, spoiled: bytes | None
) -> None:
    """What comes back from the disk other than it was written, cut off or turned over, is thrown away."""
    unpack = archive.unpack

    def spoil(source: Path, target: Path, pace: Pace) -> None:
        content = bytearray(source.read_bytes())
        if spoiled is None:
            content[len(content) // 2] ^= 0xFF
        source.write_bytes(content if spoiled is None else spoiled)
        unpack(source, target, pace)

    monkeypatch.setattr(archive, "unpack", spoil)
    with pytest.raises(StoreError):
        await home.back_up()
    assert not home.folder.exists()


async def test_a_backup_of_another_moment_is_none(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that lacks a line of what was there is refused, though it is a whole database."""
    unpack = archive.unpack

    def lose_a_line(source: Path, target: Path, pace: Pace) -> None:
        unpack(source, target, pace)
        connection = sqlite3.connect(target)
        connection.execute("DELETE FROM ledger")
        connection.commit()
        connection.close()

    monkeypatch.setattr(archive, "unpack", lose_a_line)
    with pytest.raises(StoreError, match="read back is"):
        await home.back_up()
    assert list_backups(home.folder) == []


async def test_a_full_disk_is_told_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room the error says how much is needed, and nothing is begun."""
    usage = shutil.disk_usage(home.path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        StoreError, match=r"needs 0\.\d MB for a while, and 0\.0 MB are free.*Free some space"
    ):
        await home.back_up()
    assert names_in(home.folder, "*") == []


@pytest.mark.parametrize("step", range(STEPS + 1))
async def test_a_failure_at_any_step_leaves_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """A disk that fails in the middle is told as what it is, and the next backup is as good as ever."""
    steps = FailingSteps(monkeypatch, step)
    with pytest.raises(StoreError, match="disk is full") if step < STEPS else nullcontext():
        await home.back_up()
    assert steps.failed == (step < STEPS)
    assert len(names_in(home.folder, "*")) == (0 if steps.failed else 2)
    monkeypatch.undo()
    home.clock.now += 5000
    assert read(opened(await home.back_up()), "SELECT xp FROM members") == [(7,)]


async def test_what_a_killed_process_left_goes(home: Home) -> None:
    """Unfinished files of before are no backups, are in nobody's way, and go with the next backup."""
    left = home.folder / ".laurel.unfinished"
    left.mkdir(parents=True)
    (left / "laurel.db").write_bytes(b"half of it")
    assert list_backups(home.folder) == []
    backup = await home.back_up()
    assert names_in(home.folder, "*") == [".laurel.lock", backup.name]


async def test_what_a_killed_process_left_cannot_be_deleted(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named as what it is and where it is, and nothing is said of the folder of the backups."""
    left = home.folder / ".laurel.unfinished"
    left.mkdir(parents=True)
    (left / "laurel.db").write_bytes(b"half of it")

    def refuse(path: object, **_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(
        StoreError, match=r"\.unfinished: what is left of an earlier backup .*Permission denied.*Delete it"
    ):
        await home.back_up()
    monkeypatch.undo()
    assert (await home.back_up()).exists()


async def test_a_file_in_the_place_of_unfinished_work(home: Home) -> None:
    """Whatever it is, nothing else is to be called like that: the same is said of it."""
    home.folder.mkdir()
    (home.folder / ".laurel.unfinished").write_text("no folder")
    with pytest.raises(StoreError, match=r"\.unfinished: what is left of an earlier backup"):
        await home.back_up()


async def test_two_at_once_in_one_folder_are_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process that makes a backup meanwhile is told to wait, and disturbs nothing."""
    begun, go_on = asyncio.Event(), threading.Event()
    loop, pause = asyncio.get_running_loop(), Pace.pause

    def hold(pace: Pace) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(10)
        pause(pace)

    monkeypatch.setattr(Pace, "pause", hold)
    first = asyncio.ensure_future(home.back_up())
    await begun.wait()
    with pytest.raises(StoreError, match="another backup is being made"):
        await home.back_up()
    go_on.set()
    assert (await first).exists()


async def test_a_backup_ends_when_the_bot_does(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled in the middle, it leaves nothing behind and keeps nobody waiting."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def copy_for_ever(_source: Path, target: Path, pace: Pace) -> NoReturn:
        target.write_bytes(b"half of it")
        loop.call_soon_threadsafe(begun.set)
        while True:
            pace.pause()

    monkeypatch.setattr(archive, "copy_database", copy_for_ever)
    making = asyncio.ensure_future(home.back_up())
    await begun.wait()
    making.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await making
    assert not home.folder.exists()


async def test_a_long_query_ends_when_the_bot_does() -> None:
    """A check that takes minutes is broken off, not waited for."""
    pace, connection = Pace(), sqlite3.connect(":memory:", check_same_thread=False)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

    def work() -> None:
        with pace.interrupting(connection):
            connection.execute(endless).fetchall()

    working = asyncio.ensure_future(asyncio.to_thread(work))
    async with asyncio.timeout(10):
        while not working.done():
            pace.stop()
            await asyncio.sleep(0.01)
        with pytest.raises(StoppedError):
            await working
    connection.close()
