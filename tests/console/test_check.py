"""`store check`: what is wrong is told, bounded and in groups, and nothing is changed."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from console import checking
from leveling_core.store import LevelingStore
from storage import open_store
from storage.check import Finding
from storage.progress import OpenStage
from tests.console.support import Shell, run_process
from tests.contract.support import NOON, Clock
from tests.storage.living import Life
from tests.storage.support import damage


def change(database: Path, sql: str) -> None:
    """Change a database behind Laurel's back."""
    with sqlite3.connect(database) as connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.usefixtures("url")
def test_a_store_in_order_passes(shell: Shell) -> None:
    """The counts and the verdict go to standard output, the stages to standard error; exit code 0."""
    said = shell.store("check")
    assert said.code == 0
    assert re.search(r"^Checked laurel(\.db|-data):$", said.out, re.MULTILINE)
    assert re.search(r"^  Members: +[1-9]", said.out, re.MULTILINE)
    assert re.search(r"^  Ledger lines: +[1-9]", said.out, re.MULTILINE)
    assert said.out.splitlines()[-1].startswith("All is well")
    assert "Reading the ledger (" in said.err
    assert "Adding up the ledger" in said.err


async def test_beside_a_bot_that_goes_on(shell: Shell, url: str) -> None:
    """The store is open in a bot that writes to it all the while."""
    clock = Clock(NOON + 10**10)
    store: LevelingStore = await open_store(url, clock=clock)
    try:
        life = asyncio.create_task(Life(store, clock, seed=3).go_on(100))
        said = await asyncio.to_thread(shell.store, "check")
        await life
    finally:
        await store.close()
    assert (said.code, said.out.splitlines()[-1][:11]) == (0, "All is well")


def test_what_is_wrong_is_told_and_nothing_is_changed(shell: Shell, laurel_db: Path) -> None:
    """A wrong sum is named with what it is and what it should be; exit code 1, as often as one looks."""
    change(laurel_db, "UPDATE members SET xp = xp + 7 WHERE guild_id = 41 AND user_id = 1")
    before = laurel_db.read_bytes()
    for _ in range(2):
        said = shell.store("check")
        assert said.code == 1
        [line] = [line for line in said.out.splitlines() if "member 1 of guild 41" in line]
        found, expected = re.findall(r"\d+", line.partition("xp")[2])
        assert int(found) == int(expected) + 7
        assert "1 error was found, see above.\nIt can be put right: see what" in said.out
    assert laurel_db.read_bytes() == before


@pytest.mark.usefixtures("laurel_db")
def test_findings_are_told_in_words(shell: Shell, laurel_db: Path) -> None:
    """Instants are dates, counters have their names, and where no field is at fault none is named."""
    change(laurel_db, "UPDATE members SET last_award_at = 2209551155000 WHERE guild_id = 41 AND user_id = 1")
    change(laurel_db, "UPDATE members SET ledgered = '[34,0,0,16,5]' WHERE guild_id = 41 AND user_id = 2")
    change(laurel_db, "UPDATE documents SET body = json_set(body, '$.seq', 99999) WHERE kind = 'cursor'")
    told = shell.store("check").out
    assert "last_award_at: 2040-01-07 12:12:35.000 UTC, should be 20" in told
    assert (
        "ledgered: messages 34, images 0, links 0, long messages 16, commands 5, should be messages" in told
    )
    assert re.search(r"^  cursor [\w-]+: it is at line 99999", told, re.MULTILINE)


def test_of_many_findings_the_first_are_shown(shell: Shell, laurel_db: Path) -> None:
    """Twenty of a kind, and how many more there are; with --all every one."""
    change(laurel_db, "UPDATE ledger SET counters = '{' WHERE seq <= 30")
    said = shell.store("check")
    assert said.code == 1
    lines = said.out.splitlines()
    assert len([line for line in lines if re.match(r"  ledger line \d+ of guild", line)]) == 20
    assert lines.count("What cannot be read:") == 1
    assert any(re.match(r"  \.\.\. and 10 more", line) for line in lines)
    everything = shell.store("check", "--all")
    assert everything.code == 1
    assert len(re.findall(r"^  ledger line \d+ of guild", everything.out, re.MULTILINE)) == 30
    assert "more (" not in everything.out


def test_a_warning_is_no_failure(shell: Shell, laurel_db: Path) -> None:
    """What nobody sees anything of is told as a warning, and the exit code stays 0."""
    change(laurel_db, "INSERT INTO answers VALUES ('daily:1', 5, '{')")
    said = shell.store("check")
    assert said.code == 0
    assert "(a warning)" in said.out
    assert said.out.splitlines()[-1].startswith("1 warning")


def test_damaged_files_are_told(shell: Shell, url: str, tmp_path: Path) -> None:
    """Bytes that are not what was written: where, and that a backup helps; exit code 1."""
    if url.startswith("sqlite"):
        damage(tmp_path / "laurel.db")
    else:
        for path in (tmp_path / "laurel-data").glob("*"):
            content = bytearray(path.read_bytes())
            content[len(content) // 2 : len(content) // 2 + 900] = b"\xff" * min(900, len(content) // 2)
            path.write_bytes(content)
    said = shell.store("check")
    assert said.code == 1
    assert "laurel" in said.out + said.err
    assert "restore" in said.out + said.err


def test_of_what_fills_pages_a_part_is_shown(shell: Shell, laurel_db: Path) -> None:
    """A roster of many boosters that should not be there is told in a line that can be read."""
    users = ", ".join(str(10**18 + number) for number in range(500))
    body = f'{{"user_ids": [{users}]}}'
    change(laurel_db, f"INSERT OR REPLACE INTO documents VALUES ('boosters', 77, '', '{body}')")
    said = shell.store("check", "--all")
    assert said.code == 1
    [line] = [line for line in said.out.splitlines() if "guild 77" in line]
    assert str(10**18) in line
    assert line.endswith(", should be []")
    assert len(line) < 400


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("laurel_db")
def test_stopped_it_says_what_it_had_found(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Ctrl-C or SIGTERM in the middle: the findings so far, that nothing was changed, exit code 1."""

    async def check_store(_snapshot: object, report: Callable[[Finding], None], _stage: OpenStage) -> None:
        report(Finding(kind="order", where="ledger line 2", found="it comes after 3"))
        signal.raise_signal(number)
        await asyncio.sleep(60)

    monkeypatch.setattr(checking, "check_store", check_store)
    said = shell.store("check")
    assert said.code == 1
    assert "ledger line 2: it comes after 3" in said.out
    assert "Stopped" in said.err
    assert "All is well" not in said.out


def test_a_process_of_its_own(url: str, tmp_path: Path) -> None:
    """In a process of its own, with the settings in .env and no token."""
    (tmp_path / ".env").write_text(f"LAUREL_STORE={url}\n")
    said = run_process(tmp_path, "store", "check")
    assert (said.code, said.out.splitlines()[-1][:11]) == (0, "All is well")
