"""Backups that are made when they are due: when that is, what a failure means, and which are kept."""

from __future__ import annotations

import errno
import logging
from typing import NoReturn

import pytest

from leveling_core.errors import StoreError
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from storage import archive
from storage.backup_files import backup_name
from storage.backups import Backups
from tests.contract.support import NOON
from tests.storage.home import FailingSteps, Home
from tests.storage.support import names_in


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
