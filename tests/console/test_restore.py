"""`store restore`: nothing that somebody may miss is replaced unasked, and what is replaced is kept."""

from __future__ import annotations

import asyncio
import gzip
import re
import signal
import sqlite3
from pathlib import Path

import pytest

from console import restoring
from storage import open_store
from storage import restore as storage_restore
from storage.restore import Restored
from tests.console.support import Said, Shell
from tests.contract.support import NOON, Clock
from tests.storage.living import Life
from tests.storage.support import names_in


async def go_on(url: str) -> None:
    """Let the store's life go on."""
    clock = Clock(NOON + 10**10)
    store = await open_store(url, clock=clock)
    await Life(store, clock, seed=9).go_on(40)
    await store.close()


@pytest.fixture
def backup(shell: Shell, url: str) -> str:
    """A backup of a store that has gone on since."""
    assert shell.store("backup", "saved.gz").code == 0
    asyncio.run(go_on(url))
    return "saved.gz"


def lines_of(shell: Shell, url: str) -> int:
    """Return how many ledger lines a store has, which passes the check."""
    said = shell.store("check", "--store", url)
    assert said.code == 0
    match = re.search(r"Ledger lines: +([\d,]+)", said.out)
    assert match is not None
    return int(match[1].replace(",", ""))


def test_it_refuses_and_says_what_is_at_stake(shell: Shell, url: str, backup: str) -> None:
    """Without --yes: what is there, what the backup holds, what it lacks; nothing changes, exit code 1."""
    before = lines_of(shell, url)
    said = shell.store("restore", backup)
    assert said.code == 1
    assert re.search(r"^laurel\S+ holds \d+ members and \d+ ledger lines, the last of 20", said.out)
    assert re.search(
        r"^The backup holds \d+ members and \d+ ledger lines, the last of 20", said.out, re.MULTILINE
    )
    assert re.search(r"^\d+ ledger lines were written after it", said.out, re.MULTILINE)
    assert "--yes" in said.err
    assert lines_of(shell, url) == before


def test_told_to_it_restores_and_keeps_the_old(shell: Shell, url: str, backup: str, tmp_path: Path) -> None:
    """With --yes: the backup is in place, and what was there can be read where it says."""
    before = lines_of(shell, url)
    said = shell.store("restore", backup, "--yes")
    assert said.code == 0
    assert lines_of(shell, url) < before
    match = re.search(r"What was there is kept in (\S+)\. ", said.out)
    assert match is not None
    kind = url.partition(":")[0]
    assert lines_of(shell, f"{kind}:///{match[1]}") == before
    again = shell.store("restore", backup, "--yes")
    assert again.code == 0
    assert len(list(tmp_path.rglob("*before-restore-*"))) == 2


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("kind", ["sqlite:///new.db", "json:///new"])
def test_where_nothing_is_it_asks_for_nothing(shell: Shell, backup: str, kind: str) -> None:
    """Into a place that holds nothing it goes without --yes, whatever the kind; nothing is set aside."""
    said = shell.store("restore", backup, "--store", kind)
    assert said.code == 0
    assert "kept in" not in said.out
    assert lines_of(shell, kind) > 0


async def test_beside_a_running_bot_it_refuses(shell: Shell, url: str, backup: str) -> None:
    """The bot holds the store: nothing is done, and it says to stop it."""
    store = await open_store(url, clock=Clock())
    try:
        said = await asyncio.to_thread(shell.store, "restore", backup, "--yes")
    finally:
        await store.close()
    assert said.code == 1
    assert "Nothing was restored" in said.err
    assert "a Laurel is running on this store. Stop the bot first, or let the other command end" in said.err
    assert "one bot serves all servers" not in said.err


def test_what_cannot_be_read_is_kept_too(shell: Shell, tmp_path: Path, laurel_db: Path) -> None:
    """A database that is beyond reading is said to be so, and not replaced unasked."""
    assert shell.store("backup", "saved.gz").code == 0
    rubble = b"no database" * 1000
    laurel_db.write_bytes(rubble)
    said = shell.store("restore", "saved.gz")
    assert said.code == 1
    assert "cannot be read" in said.out
    assert laurel_db.read_bytes() == rubble
    assert shell.store("restore", "saved.gz", "--yes").code == 0
    [aside] = names_in(tmp_path, "laurel.db.before-restore-*Z")
    assert (tmp_path / aside).read_bytes() == rubble


@pytest.mark.usefixtures("laurel_db")
def test_without_a_file_the_backups_are_listed(shell: Shell) -> None:
    """Nobody has to know a backup's name by heart: those beside the store are told, as a result."""
    none = shell.store("restore")
    assert none.code == 0
    assert "No backup of this store is in the folder backups" in none.out
    assert shell.store("backup").code == shell.store("backup").code == 0
    said = shell.store("restore")
    assert (said.code, said.err) == (0, "")
    assert (
        len(re.findall(r"^  backups/laurel-\S+\.db\.gz \(of 20.* UTC, \d+ kB\)$", said.out, re.MULTILINE))
        == 2
    )


@pytest.mark.usefixtures("laurel_db")
def test_backups_of_other_stores_are_listed_as_such(shell: Shell, tmp_path: Path) -> None:
    """What bears another name is not offered as one's own; that it is there is said, for who looks for it."""
    for _ in range(2):
        assert shell.store("backup").code == 0
    said = shell.store("restore", "--store", "sqlite:///other.db")
    assert "No backup of this store is in the folder backups.\n2 more are there" in said.out
    assert f"such as backups/{names_in(tmp_path / 'backups', 'laurel-*')[-1]}" in said.out
    (tmp_path / "backups" / "other-20260131T060000Z.db.gz").write_bytes(b"x")
    said = shell.store("restore", "--store", "sqlite:///other.db")
    assert "  backups/other-20260131T060000Z.db.gz (of 2026-01-31 06:00:00 UTC" in said.out
    assert said.out.count("laurel-") == 1


def _cut(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-200])


def _write_text(saved: Path) -> None:
    saved.write_text("my diary")


def _make_folder(saved: Path) -> None:
    saved.unlink()
    saved.mkdir()


def _make_foreign(saved: Path) -> None:
    saved.unlink()
    with sqlite3.connect(saved) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()


def _pack_foreign(saved: Path) -> None:
    _make_foreign(saved)
    saved.write_bytes(gzip.compress(saved.read_bytes()))


def _pack_text(saved: Path) -> None:
    saved.write_bytes(gzip.compress(b"my diary" * 200))


def _pack_nothing(saved: Path) -> None:
    saved.write_bytes(gzip.compress(b""))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (Path.unlink, "There is no file saved.gz"),
        (_make_folder, "saved.gz is a folder"),
        (_write_text, "neither a backup nor a database"),
        (_cut, "cut off or damaged"),
        (_make_foreign, "saved.gz: it is no database of Laurel"),
        (_pack_foreign, "saved.gz: it is no database of Laurel. Name a file that Laurel made"),
        (_pack_text, "saved.gz: it holds no database of Laurel. Name a file that Laurel made"),
        (_pack_nothing, "saved.gz: nothing was ever kept in this database. Name a file that Laurel made"),
    ],
)
def test_what_is_no_backup_is_told(
    shell: Shell, laurel_db: Path, tmp_path: Path, spoil: object, told: str
) -> None:
    """A file that cannot be restored: why, and nothing is touched; exit code 1."""
    assert shell.store("backup", "saved.gz").code == 0
    before = laurel_db.read_bytes()
    assert callable(spoil)
    spoil(tmp_path / "saved.gz")
    said = shell.store("restore", "saved.gz", "--yes")
    assert said.code == 1
    assert told in said.err
    assert laurel_db.read_bytes() == before
    assert names_in(tmp_path, "*before-restore*") == []


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a restore stopped by Ctrl-C: at its beginning, or once it has been done."""
    when: list[str] = []

    async def restore(file: Path, url: str, *, at: int, replace: bool) -> Restored:
        if when == ["early"]:
            asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        restored = await storage_restore.restore(file, url, at=at, replace=replace)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)
        return restored

    monkeypatch.setattr(restoring, "restore", restore)
    return when


def _told(said: Said) -> str:
    assert said.code == 1
    return said.err.splitlines()[-1]


def test_stopped_it_says_whether_it_was_done(shell: Shell, url: str, backup: str, stopped: list[str]) -> None:
    """Ctrl-C: the old data is whole or the backup's is, and the message says which of them."""
    before = lines_of(shell, url)
    stopped[:] = ["early"]
    assert _told(shell.store("restore", backup, "--yes")).startswith("Stopped: nothing was restored")
    assert lines_of(shell, url) == before
    stopped[:] = ["late"]
    assert "the backup is in place" in _told(shell.store("restore", backup, "--yes"))
    assert lines_of(shell, url) < before


@pytest.mark.usefixtures("laurel_db")
def test_a_store_is_no_backup_of_itself(shell: Shell, tmp_path: Path) -> None:
    """Named as its own backup it is refused before anything is done: that can only be a slip."""
    said = shell.store("restore", "laurel.db", "--yes")
    assert (said.code, said.out) == (2, "")
    assert "laurel.db is the store itself" in said.err
    assert names_in(tmp_path, "*before-restore*") == []


@pytest.mark.usefixtures("laurel_db")
def test_back_to_kept_files_it_tells_the_way(shell: Shell) -> None:
    """A folder of JSON files, as a restore keeps aside, is no file: the commands that go back are told."""
    assert shell.store("backup", "saved.gz").code == 0
    store = ("--store", "json:///files")
    assert shell.store("restore", "saved.gz", *store).code == 0
    said = shell.store("restore", "saved.gz", *store, "--yes")
    aside = re.search(r"is kept in (\S+)\. ", said.out)
    assert aside is not None
    said = shell.store("restore", aside[1], *store)
    assert said.code == 1
    assert f"store backup old.gz --store json:///{aside[1]}\n" in said.err
    assert shell.store("backup", "old.gz", "--store", f"json:///{aside[1]}").code == 0
    assert shell.store("restore", "old.gz", *store, "--yes").code == 0


def test_of_damaged_files_it_names_which(shell: Shell, tmp_path: Path, laurel_db: Path) -> None:
    """What is there and cannot be read is told with its file and the line, not only with what is wrong."""
    assert shell.store("backup", "saved.gz").code == 0
    assert shell.store("copy", f"sqlite:///{laurel_db}", "json:///files").code == 0
    [journal, *_] = sorted((tmp_path / "files").glob("journal-*"))
    journal.write_bytes(b"x" + journal.read_bytes())
    said = shell.store("restore", "saved.gz", "--store", "json:///files")
    assert f"cannot be read: {journal.name}, line 1: it does not begin with" in said.out
