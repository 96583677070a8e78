"""`store repair`: nothing is changed before it was told and agreed to, and what was is kept."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from console import repairing
from console.display import Display
from storage import open_store, repair
from storage.repair import RepairSummary
from storage.transfer import copy_store
from tests.console.support import Shell, Typed, answer, run_process
from tests.contract.support import Clock
from tests.storage.support import names_in

WRONG = "UPDATE members SET xp = xp + 7 WHERE guild_id = 41 AND user_id < 3"


@pytest.fixture(params=["sqlite", "json"])
def wrong(request: pytest.FixtureRequest, laurel_db: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of each kind in which two members are not what the ledger adds up to."""
    with sqlite3.connect(laurel_db) as connection:
        connection.execute(WRONG)
    connection.close()
    url = "sqlite:///laurel.db"
    if request.param == "json":
        asyncio.run(copy_store(url, "json:///files", clock=Clock()))
        url = "json:///files"
    monkeypatch.setenv("LAUREL_STORE", url)
    return url


def content_of(url: str) -> dict[str, bytes]:
    """Return the files of a store."""
    path = Path(url.partition(":///")[2])
    return {file.name: file.read_bytes() for file in (path.iterdir() if path.is_dir() else [path])}


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
def test_it_says_what_it_would_change(shell: Shell, wrong: str, arguments: list[str]) -> None:
    """With --dry-run, or where nobody can be asked: all is told and nothing done; exit code 1."""
    before = content_of(wrong)
    said = shell.store("repair", *arguments)
    assert said.code == 1
    assert said.out.startswith("What can be put right:\n  member 1 of guild 41, xp: ")
    for user_id in (1, 2):
        match = re.search(
            rf"^  member {user_id} of guild 41, xp: (\d+), should be (\d+)$", said.out, re.MULTILINE
        )
        assert match is not None
        assert int(match[1]) == int(match[2]) + 7
    assert "\n2 findings can be put right.\nThat writes 2 members and no other record anew.\n" in said.out
    assert "Nothing was changed" in said.out + said.err
    assert ("--yes" in said.err) is (not arguments)
    assert content_of(wrong) == before


@pytest.mark.usefixtures("wrong")
def test_told_to_it_repairs_and_keeps_what_was(shell: Shell, tmp_path: Path) -> None:
    """With --yes: told, saved, put right; the store passes the check, and the backup holds the old."""
    said = shell.store("repair", "--yes")
    assert said.code == 0
    assert "What can be put right:" in said.out
    assert said.out.splitlines()[-1].startswith("Put right: ")
    assert shell.store("check").code == 0
    match = re.search(r"What was there is saved in (\S+\.db\.gz)$", said.out, re.MULTILINE)
    assert match is not None
    assert shell.store("restore", match[1], "--store", "sqlite:///old.db").code == 0
    assert "2 errors were found" in shell.store("check", "--store", "sqlite:///old.db").out
    again = shell.store("repair", "--yes")
    assert (again.code, again.out) == (0, "Nothing needs to be put right.\n")
    assert names_in(tmp_path, "**/*.db.gz") == [Path(match[1]).name]


@pytest.mark.parametrize(
    ("answered", "code", "told"),
    [
        ("y\n", 0, "Put right"),
        (" YES \n", 0, "Put right"),
        ("n\n", 1, "Nothing was changed"),
        ("\n", 1, "Nothing was changed"),
        ("", 1, "Nothing was changed"),
        ("perhaps\n", 1, "Nothing was changed"),
    ],
)
@pytest.mark.usefixtures("wrong")
def test_on_a_terminal_it_asks(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, answered: str, code: int, told: str
) -> None:
    """Only yes is yes: any other answer, or none, changes nothing."""
    with monkeypatch.context() as patch:
        answer(patch, answered)
        said = shell.store("repair")
    assert said.code == code
    assert "[y/N] " in said.err
    assert told in said.out + said.err
    assert (shell.store("check").code == 0) is (code == 0)


async def test_beside_a_running_bot_it_only_looks(shell: Shell, wrong: str) -> None:
    """The bot holds the store: --dry-run goes, --yes says to stop it first; nothing is changed."""
    store = await open_store(wrong, clock=Clock())
    try:
        looked = await asyncio.to_thread(shell.store, "repair", "--dry-run")
        said = await asyncio.to_thread(shell.store, "repair", "--yes")
    finally:
        await store.close()
    assert looked.code == 1
    assert "What can be put right:" in looked.out
    assert said.code == 1
    assert "Not repaired, or not all of it. " in said.err
    assert "Stop the bot first" in said.err


def test_sums_by_day_are_made_anew(shell: Shell, laurel_db: Path) -> None:
    """What is derived from the ledger alone is said to be made anew, and is right then."""
    with sqlite3.connect(laurel_db) as connection:
        connection.execute("INSERT INTO member_days VALUES (41, 9, 9, 1, 1, 1, 1)")
    connection.close()
    said = shell.store("repair", "--yes")
    assert said.code == 0
    assert "The sums by day are made anew from the ledger." in said.out
    assert shell.store("check").code == 0


def test_what_can_be_put_right_is_though_not_all_can(shell: Shell, laurel_db: Path) -> None:
    """A wrong member is put right, an unreadable line stays: both are told, exit code 1."""
    with sqlite3.connect(laurel_db) as connection:
        connection.execute(WRONG)
        connection.execute("UPDATE ledger SET counters = '{' WHERE user_id = 3 AND counters IS NOT NULL")
    connection.close()
    said = shell.store("repair", "--yes")
    assert said.code == 1
    assert "Put right: laurel.db" in said.out
    assert re.search(
        r"^\d+ errors? stays? as (?:it is|they are): the ledger does not tell", said.out, re.MULTILINE
    )


def test_what_the_ledger_does_not_tell_stays(shell: Shell, laurel_db: Path) -> None:
    """What cannot be put right is said to stay; exit code 1, also after the rest was put right."""
    with sqlite3.connect(laurel_db) as connection:
        connection.execute("UPDATE ledger SET counters = '{' WHERE seq = 3")
    connection.close()
    said = shell.store("repair", "--yes")
    assert said.code == 1
    assert "What a repair cannot put right:" in said.out
    assert "ledger line 3" in said.out
    assert "1 error stays as it is" in said.out


@pytest.mark.usefixtures("wrong")
def test_stopped_at_the_question_nothing_is_changed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C instead of an answer; exit code 1."""

    def interrupt(_: Typed) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        answer(patch, "")
        patch.setattr(Typed, "readline", interrupt)
        said = shell.store("repair")
    assert said.code == 1
    assert said.err.endswith("[y/N] \nStopped; nothing was changed.\n")
    assert shell.store("check").code == 1


@pytest.mark.usefixtures("wrong")
def test_stopped_while_looking_nothing_is_changed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before anything is written says so; exit code 1."""
    begin = Display.begin

    def stop(display: Display, stage: str, rows: int = 0) -> object:
        signal.raise_signal(signal.SIGINT)
        return begin(display, stage, rows)

    monkeypatch.setattr(Display, "begin", stop)
    said = shell.store("repair", "--yes")
    assert said.code == 1
    assert said.err.splitlines()[-1] == "Stopped; nothing was changed."


@pytest.mark.usefixtures("wrong")
def test_stopped_while_repairing_the_rest_is_for_the_next(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while it is written: it says what to do, and another repair ends it."""

    async def stopped(url: str, *, apply: bool, **given: object) -> RepairSummary:
        if apply:
            signal.raise_signal(signal.SIGINT)
        return await repair.repair_store(url, apply=apply, **given)  # type: ignore[arg-type] # passed on as it came

    with monkeypatch.context() as patch:
        patch.setattr(repairing, "repair_store", stopped)
        said = shell.store("repair", "--yes")
    assert said.code == 1
    assert "repair again for the rest" in said.err
    assert shell.store("repair", "--yes").code == 0
    assert shell.store("check").code == 0


KILLED = """
import os, signal
from console.display import Display
from storage import repair
repair.ROWS_PER_WRITE = 1
def begin(self, stage, rows=0):
    return lambda rows: os.kill(os.getpid(), signal.SIGKILL) if stage == "repair" else None
Display.begin = begin
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_in_the_middle_the_next_ends_it(shell: Shell, wrong: str, tmp_path: Path) -> None:
    """A process that is killed after the first row it wrote leaves the other to another repair."""
    assert "That writes 2 members" in shell.store("repair", "--dry-run").out
    killed = run_process(tmp_path, "store", "repair", "--yes", before=KILLED, LAUREL_STORE=wrong)
    assert killed.code == -signal.SIGKILL
    said = shell.store("repair", "--yes")
    assert said.code == 0
    assert "That writes 1 member " in said.out
    assert shell.store("check").code == 0
