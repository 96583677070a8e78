"""`store backup`: one file that was read back, wherever it is asked for, beside a live bot."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from console import backing_up
from storage import backups, open_store
from storage.backup_files import BackupFile
from storage.pace import Pace
from tests.console.support import Shell, run_process
from tests.contract.support import NOON, Clock
from tests.storage.living import Life
from tests.storage.support import names_in


def test_without_a_target_it_lies_beside_the_store(shell: Shell, url: str, tmp_path: Path) -> None:
    """The folder `backups` is made beside the database, or in the folder of the files; its path is told."""
    said = shell.store("backup")
    assert said.code == 0
    folder = tmp_path / ("backups" if url.startswith("sqlite") else "laurel-data/backups")
    [name] = names_in(folder, "*.db.gz")
    assert f"{folder.relative_to(tmp_path) / name} (" in said.out
    assert "read back and whole" in said.out
    assert gzip.decompress((folder / name).read_bytes()).startswith(b"SQLite format 3\0")


@pytest.mark.usefixtures("url")
def test_it_goes_where_the_bots_own_go(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LAUREL_BACKUP_DIR is where backups of the bot's store are made and looked for, and of no other's."""
    monkeypatch.setenv("LAUREL_BACKUP_DIR", "elsewhere")
    assert shell.store("backup").code == 0
    [name] = names_in(tmp_path / "elsewhere", "*.db.gz")
    assert f"  elsewhere/{name} (" in shell.store("restore").out
    (tmp_path / "other").mkdir()
    assert shell.store("restore", f"elsewhere/{name}", "--store", "sqlite:///other/new.db").code == 0
    assert shell.store("backup", "--store", "sqlite:///other/new.db").code == 0
    assert names_in(tmp_path / "elsewhere", "*.db.gz") == [name]
    assert len(names_in(tmp_path / "other" / "backups", "*.db.gz")) == 1


@pytest.mark.usefixtures("laurel_db")
@pytest.mark.parametrize("target", ["away/", "saved.db.gz", "plain", "."])
def test_a_target_is_a_file_or_a_folder(shell: Shell, tmp_path: Path, target: str) -> None:
    """What ends in .gz is the file; anything else is a folder, made if it is not there."""
    said = shell.store("backup", target)
    assert said.code == 0
    found = tmp_path / target
    if found.is_dir():
        [name] = names_in(found, "laurel-*.db.gz")
        found /= name
    assert f" {found.relative_to(tmp_path)} (" in said.out


async def test_beside_a_bot_that_goes_on(shell: Shell, url: str) -> None:
    """A backup that is made while a bot writes can be restored elsewhere, and passes the check."""
    clock = Clock(NOON + 10**10)
    store = await open_store(url, clock=clock)
    try:
        life = asyncio.create_task(Life(store, clock, seed=3).go_on(100))
        said = await asyncio.to_thread(shell.store, "backup", "saved.gz")
        await life
    finally:
        await store.close()
    assert said.code == 0
    assert (
        await asyncio.to_thread(shell.store, "restore", "saved.gz", "--store", "sqlite:///new.db")
    ).code == 0
    assert (await asyncio.to_thread(shell.store, "check", "--store", "sqlite:///new.db")).code == 0


@pytest.mark.usefixtures("laurel_db")
def test_a_file_is_never_overwritten(shell: Shell, tmp_path: Path) -> None:
    """A target that is there is left alone; exit code 1, no half backup."""
    (tmp_path / "saved.gz").write_text("my own")
    said = shell.store("backup", "saved.gz")
    assert said.code == 1
    assert "No backup was made. saved.gz: there is a file already" in said.err
    assert (tmp_path / "saved.gz").read_text() == "my own"
    assert names_in(tmp_path, "*.unfinished") == []


@pytest.mark.usefixtures("laurel_db")
def test_a_name_of_another_kind_of_file_makes_no_folder(shell: Shell, tmp_path: Path) -> None:
    """Whoever is used to other tools and writes `saved.db` is told what would be right; exit code 2."""
    said = shell.store("backup", "saved.db")
    assert said.code == 2
    assert "saved.db" in said.err
    assert ".gz" in said.err
    assert names_in(tmp_path, "saved*") == []


@pytest.mark.usefixtures("laurel_db")
def test_a_folder_in_a_folder_that_is_not_there(shell: Shell, tmp_path: Path) -> None:
    """Only one folder is made: a mistyped path, or a disk that is not mounted, is told; exit code 1."""
    said = shell.store("backup", "mnt/disk/")
    assert said.code == 1
    assert "No backup was made. " in said.err
    assert "there is no such folder" in said.err
    assert names_in(tmp_path, "mnt") == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.usefixtures("laurel_db")
def test_stopped_it_leaves_nothing(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C: no backup, nothing of it left, and it says so; exit code 1."""

    def stop(pace: Pace) -> None:
        os.kill(os.getpid(), signal.SIGINT)  # as a terminal does: whoever waits is woken
        while True:  # until the work is told to end
            pause(pace)
            time.sleep(0.001)

    pause = Pace.pause
    monkeypatch.setattr(Pace, "pause", stop)
    said = shell.store("backup", "away")
    assert said.code == 1
    assert said.err.splitlines()[-1] == "Stopped: no backup was made, and nothing of it is left."
    assert names_in(tmp_path / "away", "*.gz") == []
    assert names_in(tmp_path / "away", "*.unfinished") == []


@pytest.mark.usefixtures("laurel_db")
def test_stopped_too_late_it_says_so(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C when the backup has just got its name: where it is; exit code 1."""

    async def make_backup(url: str, target: Path | None, *, at: int) -> BackupFile:
        backup = await backups.make_backup(url, target, at=at)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)
        return backup

    monkeypatch.setattr(backing_up, "make_backup", make_backup)
    said = shell.store("backup", "away")
    assert said.code == 1
    [name] = names_in(tmp_path / "away", "*.gz")
    assert said.err.splitlines()[-1].endswith(f"the backup is in away/{name}")


def test_a_process_of_its_own(url: str, tmp_path: Path) -> None:
    """As a timer of the system would run it: no terminal, no token, only exit code and lines."""
    said = run_process(tmp_path, "store", "backup", "saved.gz", LAUREL_STORE=url)
    assert said.code == 0
    assert said.out.startswith("Saved laurel")
    assert said.err.splitlines() == ["Making the backup ..."]
    assert (tmp_path / "saved.gz").is_file()
