"""How long work shows how far it is: a bar for whoever sits there, lines for a log."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest

from console import display
from console.display import Display
from data import load_texts
from tests.console.support import ROOT, environment

TEXTS = load_texts()


class Terminal(io.StringIO):
    """A terminal, of 80 columns as far as anybody can tell.

    Attributes:
        drawn: Set with everything that is written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawn = asyncio.Event()

    def write(self, text: str) -> int:
        """Show a text."""
        self.drawn.set()
        return super().write(text)

    def isatty(self) -> bool:
        """Say that somebody is looking."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal, on which everything is drawn that is told."""
    monkeypatch.setattr(display, "REDRAWN_SECONDS", -1.0)
    return Terminal()


async def test_a_bar_grows_and_goes(terminal: Terminal) -> None:
    """The bar follows the rows up to the whole, is redrawn in its line, and nothing of it is left."""
    async with Display(TEXTS, terminal) as shown:
        go_on = shown.begin("copy", 200)
        for _ in range(4):
            go_on(50)
    frames = [frame.strip() for frame in terminal.getvalue().split("\r")]
    assert [int(frame.split("] ")[1].split()[0]) for frame in frames if "[" in frame] == [0, 25, 50, 75, 100]
    assert frames[1] == "Copying [..............................] 0 %"
    assert "\n" not in terminal.getvalue()
    assert frames[-1] == ""


async def test_more_rows_than_were_foretold(terminal: Terminal) -> None:
    """A bar never goes beyond its end."""
    async with Display(TEXTS, terminal) as shown:
        shown.begin("ledger", 10)(1000)
    assert "100 %" in terminal.getvalue()
    assert "1000" not in terminal.getvalue()


async def test_work_of_unknown_length_shows_the_time(terminal: Terminal) -> None:
    """Where nobody knows how much it is, the seconds that pass show that it goes on, by themselves."""
    async with Display(TEXTS, terminal) as shown:
        shown.begin("files")
        terminal.drawn.clear()
        async with asyncio.timeout(10):
            await terminal.drawn.wait()
    assert terminal.getvalue().count("Checking the files ... 0:00") > 1


async def test_how_long_it_will_take_is_told(terminal: Terminal) -> None:
    """Once it has gone on for a while, what is left is estimated."""
    now = [100.0]
    async with Display(TEXTS, terminal, lambda: now[0]) as shown:
        go_on = shown.begin("copy", 400)
        now[0] += 30
        go_on(100)
        now[0] += 4000
        go_on(100)
    assert "] 25 %, 1:30 left" in terminal.getvalue()
    assert "] 50 %, 1:07:10 left" in terminal.getvalue()


async def test_a_line_for_each_stage_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """In a log there is one line for each stage, with how much it is where that is known."""
    async with Display(TEXTS) as shown:
        shown.begin("open")(1)
        shown.begin("ledger", 12_345)(10_000)
        shown.begin("members", 1)(1)
    assert capsys.readouterr().err.splitlines() == [
        "Opening the store ...",
        "Reading the ledger (12,345 rows) ...",
        "Adding up the ledger of every member (1 row) ...",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
async def test_on_a_real_terminal(laurel_db: Path) -> None:
    """On a terminal the bar is gone when the result stands there, and lines are never wider than it."""
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        *("store", "copy", f"sqlite:///{laurel_db}", f"json:///{laurel_db.parent}/copy"),
        cwd=laurel_db.parent,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := await asyncio.to_thread(os.read, ours, 65536):
            shown += part
    except OSError:  # Linux says so when the other end is closed
        pass
    finally:
        os.close(ours)
    assert await process.wait() == 0
    text = shown.decode()
    assert "Copying [" in text
    assert " \rCopied sqlite:///" in text
    assert max(len(frame) for frame in text.partition("Copied")[0].split("\r")) < 80
