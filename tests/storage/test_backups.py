"""Backups: of one moment beside a working bot, whole or not there at all, and pruned."""

from __future__ import annotations

import asyncio
import errno
import gzip
import logging
import shutil
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest

from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import MemberKey
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from leveling_core.store import LevelingStore
from storage import archive, durable, open_store
from storage.backup_files import backup_name, list_backups
from storage.backups import Backups, make_backup
from storage.pace import Pace, StoppedError
from tests.contract.support import GUILD, NOON, Clock, gain
from tests.storage.support import damage, leave_unfinished, names_in

ANN = MemberKey(GUILD, 1)

STEPS = 9
"""Steps on files in a small backup, of which each may fail."""


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


async def _make_home(url: str, folder: Path) -> AsyncIterator[Home]:
    clock = Clock()
    store = await open_store(url, clock=clock)
    await store.commit((ANN,), gain(ANN, 7))
    yield Home(url, folder, store, clock)
    await store.close()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a database that a bot has open."""
    async for home in _make_home(f"sqlite:///{tmp_path / 'laurel.db'}", tmp_path):
        yield home


@pytest.fixture(params=["sqlite", "json"])
async def any_home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    """Give a store of each kind that is kept in files, which a bot has open."""
    if request.param == "sqlite":
        url, folder = f"sqlite:///{tmp_path / 'laurel.db'}", tmp_path
    else:
        url, folder = f"json:///{tmp_path / 'laurel'}", tmp_path / "laurel"
    async for home in _make_home(url, folder):
        yield home


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
    assert names_in(home.folder, "*") == [".laurel.lock"]


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
    assert names_in(home.folder, "*") == [".laurel.lock"]


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
    assert names_in(home.folder, "*") == [".laurel.lock"]


@pytest.mark.parametrize("step", range(STEPS + 1))
async def test_a_failure_at_any_step_leaves_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """A disk that fails in the middle is told as what it is, and the next backup is as good as ever."""
    steps = FailingSteps(monkeypatch, step)
    with pytest.raises(StoreError, match="disk is full") if step < STEPS else nullcontext():
        await home.back_up()
    assert steps.failed == (step < STEPS)
    assert len(names_in(home.folder, "*")) == (1 if steps.failed else 2)
    monkeypatch.undo()
    home.clock.now += 5000
    assert read(opened(await home.back_up()), "SELECT xp FROM members") == [(7,)]


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


async def test_what_a_killed_process_left_goes(home: Home) -> None:
    """Unfinished files of before are no backups, are in nobody's way, and go with the next backup."""
    left = home.folder / ".laurel.unfinished"
    left.mkdir(parents=True)
    (left / "laurel.db").write_bytes(b"half of it")
    assert list_backups(home.folder) == []
    backup = await home.back_up()
    assert names_in(home.folder, "*") == [".laurel.lock", backup.name]


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
    assert names_in(home.folder, "*") == [".laurel.lock"]


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


@pytest.fixture
def backups(home: Home) -> Backups:
    """Give the backups of a bot, every six hours."""
    return Backups(home.url, clock=home.clock)


async def test_the_first_is_due_at_once(home: Home, backups: Backups) -> None:
    """Without any backup one is due; then not before the interval is over, and then again."""
    assert await backups.look()
    made = await backups.make()
    assert backups.state.last_at == NOON
    assert backups.state.last_size_bytes == made.size_bytes == made.path.stat().st_size
    assert not await backups.look()
    home.clock.now += 6 * MS_PER_HOUR - 1000
    assert not await backups.look()
    home.clock.now += 1000
    assert await backups.look()


async def test_a_restart_does_not_begin_the_interval_anew(home: Home, backups: Backups) -> None:
    """What counts is the newest file, so a bot that is restarted every hour has its backups all the same."""
    made = await backups.make()
    home.clock.now += 6 * MS_PER_HOUR
    again = Backups(home.url, clock=home.clock)
    assert await again.look()
    assert (again.state.last_at, again.state.last_size_bytes) == (NOON, made.size_bytes)


async def test_a_clock_that_went_wrong_does_not_stop_backups(home: Home, backups: Backups) -> None:
    """A backup from the future does not count as a new one, and is not deleted either."""
    home.clock.now += 3650 * MS_PER_DAY
    future = await backups.make()
    home.clock.now = NOON
    assert await backups.look()
    await backups.make()
    assert future.path.exists()


async def test_zero_hours_and_memory_mean_never(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """No backup is ever due; for memory that is said once, where only a debug log shows it."""
    caplog.set_level(logging.DEBUG, "storage.backups")
    off = Backups(home.url, clock=home.clock, every_hours=0)
    assert (off.are_on, await off.look(), caplog.messages) == (False, False, [])
    memory = Backups("memory:", clock=home.clock)
    assert (memory.are_on, await memory.look(), len(caplog.messages)) == (False, False, 1)
    assert caplog.records[0].levelno == logging.DEBUG


async def test_a_failure_is_kept_until_it_works_again(home: Home, backups: Backups) -> None:
    """Cause and cure can be read; the next try is an hour later; a backup that works clears it."""
    home.folder.write_text("a file where the folder would be")
    with pytest.raises(StoreError):
        await backups.make()
    failure = backups.state.failure
    assert failure is not None
    assert (failure.cause != "", failure.cure != "", backups.state.failed_at) == (True, True, NOON)
    home.folder.unlink()
    assert not await backups.look()
    home.clock.now += MS_PER_HOUR
    assert await backups.look()
    await backups.make()
    assert (backups.state.failure, backups.state.failed_at) == (None, 0)


async def test_the_cure_is_about_the_folder_of_the_backups(home: Home, backups: Backups) -> None:
    """What is in the way of a backup is told with the setting that leads around it, not as the database's."""
    home.folder.write_text("a file where the folder would be")
    with pytest.raises(StoreError, match=r"a file stands where the folder .* LAUREL_BACKUP_DIR"):
        await backups.make()


async def test_a_backup_of_ones_own_ends_a_failure(home: Home, backups: Backups) -> None:
    """Whoever mends what was wrong and makes a backup by hand has mended it."""
    home.folder.write_text("a file where the folder would be")
    with pytest.raises(StoreError):
        await backups.make()
    home.folder.unlink()
    home.clock.now += 60_000
    await home.back_up()
    assert not await backups.look()
    assert (backups.state.failure, backups.state.last_at) == (None, home.clock.now)


async def test_a_folder_that_cannot_be_read_is_a_failure(
    home: Home, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told like one that cannot be written, once an hour; when it can be read again it is over."""
    await backups.make()

    def refuse(*_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("storage.backups.list_backups", refuse)
        with pytest.raises(StoreError, match="may not be read"):
            await backups.look()
        assert backups.state.failure is not None
        home.clock.now += MS_PER_HOUR - 1
        assert not await backups.look()
        home.clock.now += 1
        with pytest.raises(StoreError, match="may not be read"):
            await backups.look()
    assert not await backups.look()
    state = backups.state
    assert (state.failure, state.last_at) == (None, NOON)


async def test_a_fault_that_nobody_foresaw_is_a_failure(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged with where it happened, told like any other, and not tried without end."""

    def stumble(*_: object) -> NoReturn:
        raise RuntimeError("private detail")

    monkeypatch.setattr(archive, "copy_database", stumble)
    with pytest.raises(StoreError, match=r"went wrong that should not \(RuntimeError\)\. Report it"):
        await backups.make()
    assert "private detail" in caplog.text
    assert not await backups.look()


async def test_a_backup_counts_though_old_ones_cannot_be_looked_at(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that fails behind the last step is a line in the log; the backup is there."""

    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("storage.backups.list_backups", refuse)
    assert (await backups.make()).path.exists()
    assert backups.state.failure is None
    assert "could not be looked at" in caplog.text


async def test_old_ones_go_when_the_new_one_is_there(home: Home, backups: Backups) -> None:
    """Pruned are backups alone, never what a migration saved or what somebody put there."""
    home.folder.mkdir()
    old = [backup_name("laurel", NOON - days * MS_PER_DAY) for days in range(1, 100)]
    others = [backup_name("laurel", NOON - 500 * MS_PER_DAY, schema=1), "laurel.db", "laurel-mine.db.gz"]
    for name in (*old, *others):
        (home.folder / name).write_bytes(b"x")
    await backups.make()
    left = set(names_in(home.folder, "*"))
    assert set(others) <= left
    assert 7 <= len(left & set(old)) <= 10


async def test_old_ones_stay_when_there_is_no_new_one(
    home: Home, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as backups fail, none is deleted."""
    home.folder.mkdir()
    old = [backup_name("laurel", NOON - days * MS_PER_DAY) for days in range(1, 100)]
    for name in old:
        (home.folder / name).write_bytes(b"x")
    FailingSteps(monkeypatch, 0)
    with pytest.raises(StoreError, match="full"):
        await backups.make()
    assert names_in(home.folder, "*.gz") == sorted(old)
