"""`store copy`: everything into another place, proven, and never a half that could be taken for a whole."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import main
from console import copying
from console.display import Display
from storage import open_store, transfer
from storage.fingerprint import Fingerprint
from storage.progress import OpenStage
from tests.console.support import Shell, run_process
from tests.contract.support import NOON, Clock
from tests.storage.living import Life
from tests.storage.support import names_in

TARGETS = ["sqlite:///copy.db", "json:///copy"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_copy_is_proven(shell: Shell, url: str, target: str) -> None:
    """Between any two kinds: counts, totals and the ledger's hash are told, and the copy passes the check."""
    said = shell.store("copy", url, target)
    assert said.code == 0
    assert f"Copied {url} to {target}. Both were read again, and are equal:" in said.out
    numbers = dict(re.findall(r"^  ([A-Z][\w ]+): +([\da-f,]+)", said.out, re.MULTILINE))
    assert numbers["XP of members"] == numbers["XP of ledger"] != "0"
    assert len(numbers["Ledger hash"]) == 64
    assert f"LAUREL_STORE={target}" in said.out
    assert [line.partition(" (")[0] for line in said.err.splitlines()] == [
        "Opening the store ...",
        "Copying",
        "Reading what was copied",
        "Reading the copy",
        "Looking whether anything came meanwhile ...",
    ]
    checked = shell.store("check", "--store", target)
    assert checked.code == 0
    assert f"Ledger lines:   {numbers['Ledger lines']}" in checked.out
    back = shell.store("copy", target, "sqlite:///back.db")
    assert numbers["Ledger hash"] in back.out


async def test_what_came_meanwhile_is_told(shell: Shell, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a bot that goes on, the copy is of one moment, and says how much came after it."""
    clock = Clock(NOON + 10**10)
    store = await open_store(url, clock=clock)
    loop = asyncio.get_running_loop()

    async def copy_store(
        source: str, target: str, *, clock: Callable[[], int], stage: OpenStage
    ) -> Fingerprint:
        fingerprint = await transfer.copy_store(source, target, clock=clock, stage=stage)
        life = asyncio.run_coroutine_threadsafe(Life(store, Clock(NOON + 10**10), seed=3).go_on(20), loop)
        await asyncio.wrap_future(life)
        return fingerprint

    monkeypatch.setattr(copying, "copy_store", copy_store)
    try:
        said = await asyncio.to_thread(shell.store, "copy", url, "json:///copy")
    finally:
        await store.close()
    assert said.code == 0
    assert re.search(r"has gone on meanwhile: \d+ ledger lines are not in the copy", said.out)
    assert (await asyncio.to_thread(shell.store, "check", "--store", "json:///copy")).code == 0


KILLED_IN_THE_MIDDLE = """
import os, signal
from storage import sqlite_snapshot, memory_snapshot, transfer
sqlite_snapshot.PORTION = memory_snapshot.PORTION = 50
copy_rows = transfer.copy_rows
async def stop(source, target, progress):
    def die(rows):
        progress(rows)
        os.kill(os.getpid(), signal.SIGKILL)
    await copy_rows(source, target, die)
transfer.copy_rows = stop
"""
KILLED_BEFORE_THE_END = """
import os, signal
from storage import transfer
async def unmark(backend):
    os.kill(os.getpid(), signal.SIGKILL)
transfer.unmark = unmark
"""


@pytest.mark.usefixtures("laurel_db")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("moment", [KILLED_IN_THE_MIDDLE, KILLED_BEFORE_THE_END])
@pytest.mark.parametrize("target", TARGETS)
def test_killed_it_leaves_nothing_that_can_be_taken_for_whole(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, moment: str
) -> None:
    """Whatever is done with the half: a bot and a check say what to do, and copying again begins anew."""
    source = "sqlite:///laurel.db"
    killed = run_process(tmp_path, "store", "copy", source, target, before=moment)
    assert killed.code == -signal.SIGKILL
    checked = shell.store("check", "--store", target)
    assert checked.code == 1
    assert "An unfinished copy. Copy again" in checked.out
    monkeypatch.setenv("LAUREL_STORE", target)
    assert main(["--check"]) == 2  # as a bot that is started on it
    again = shell.store("copy", source, target)
    assert again.code == 0
    assert shell.store("check", "--store", target).code == 0
    assert shell.store("check", "--store", source).code == 0


def test_stopped_it_says_what_to_do(shell: Shell, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: the source is as it was, the half cannot be opened, exit code 1."""
    begin = Display.begin

    def stop_at_copying(display: Display, stage: str, rows: int = 0) -> Callable[[int], None]:
        if stage == "copy":
            signal.raise_signal(signal.SIGINT)
        return begin(display, stage, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Display, "begin", stop_at_copying)
        said = shell.store("copy", url, "sqlite:///copy.db")
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith(f"Stopped; {url} is as it was. ")
    assert "copy again" in said.err
    assert shell.store("check", "--store", "sqlite:///copy.db").code == 1
    assert shell.store("copy", url, "sqlite:///copy.db").code == 0


@pytest.mark.parametrize(
    ("source", "target", "code", "told"),
    [
        ("sqlite:///laurel.db", "sqlite:///./laurel.db", 2, "the same place"),
        ("sqlite:///laurel.db", "memory:", 2, "TO: a store in memory"),
        ("memory:", "json:///copy", 2, "FROM: a store in memory"),
        (
            "laurel.db",
            "json:///copy",
            2,
            "FROM: laurel.db is no place for a store. Write sqlite:///laurel.db",
        ),
        ("sqlite:///laurel.db", "copy", 2, "TO: copy is no place for a store."),
        ("sqlite:///nowhere.db", "json:///copy", 1, "nowhere.db, which is where FROM points"),
        ("sqlite:///laurel.db", "sqlite:///no/folder/x.db", 1, "no/folder does not exist. Make it"),
        (
            "sqlite:///laurel.db",
            "sqlite:///other.txt",
            1,
            "Not copied. TO: other.txt: the file is not an SQLite",
        ),
        ("sqlite:///other.txt", "json:///copy", 1, "Not copied. FROM: other.txt: the file is not an SQLite"),
        ("sqlite:///laurel.db", "json:///laurel.db", 1, "TO: laurel.db is a file"),
        ("json:///laurel.db", "json:///copy", 1, "FROM: laurel.db is a file"),
        ("sqlite:///taken", "json:///copy", 1, "FROM: taken is a folder, and no database"),
        ("sqlite:///laurel.db", "json:///taken", 1, "taken"),
    ],
)
def test_what_cannot_be_copied_is_told(
    shell: Shell, laurel_db: Path, tmp_path: Path, source: str, target: str, code: int, told: str
) -> None:
    """Each mistake has its message and exit code, and nothing that is there is touched."""
    (tmp_path / "other.txt").write_text("my diary" * 200)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "diary.txt").write_text("my diary")
    before = laurel_db.read_bytes()
    said = shell.store("copy", source, target)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
    assert laurel_db.read_bytes() == before
    assert (tmp_path / "other.txt").read_text() == "my diary" * 200
    assert names_in(tmp_path / "taken", "*") == ["diary.txt"]


@pytest.mark.usefixtures("laurel_db")
@pytest.mark.parametrize("target", TARGETS)
def test_a_place_that_is_taken_is_left_alone(shell: Shell, target: str) -> None:
    """A store that holds something is not overwritten: copying twice is refused."""
    assert shell.store("copy", "sqlite:///laurel.db", target).code == 0
    said = shell.store("copy", "sqlite:///laurel.db", target)
    assert said.code == 1
    assert "Not copied. " in said.err
    assert "there is a store already" in said.err
    assert shell.store("check", "--store", target).code == 0
