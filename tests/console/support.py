"""Running a command as it is typed, and reading what it says."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bot import Settings, main

ROOT = Path(__file__).resolve().parents[2]


class Said(NamedTuple):
    """How a command ended.

    Attributes:
        code: The exit code.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
    """

    code: int
    out: str
    err: str


class Shell:
    """Types commands, in the working directory of the test."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *arguments: str) -> Said:
        """Run ``python bot.py`` with arguments, in this process."""
        self._capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse ends like this
            code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        return Said(code, out, err)

    def store(self, *arguments: str) -> Said:
        """Run ``python bot.py store`` with arguments."""
        return self.run("store", *arguments)


class Typed(io.StringIO):
    """A terminal on which something is typed."""

    def isatty(self) -> bool:
        """Say that somebody sits there."""
        return True


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Have somebody sit at a terminal and answer a question."""
    monkeypatch.setattr(sys, "stdin", Typed(text))
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True, raising=False)


def environment(**settings: str) -> dict[str, str]:
    """Return an environment without the machine's own settings of Laurel."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def run_process(folder: Path, *arguments: str, before: str = "", **settings: str) -> Said:
    """Run ``python bot.py`` in a process of its own.

    Args:
        folder: Where.
        arguments: What follows ``bot.py``.
        before: Code that is run first.
        settings: Of the environment.
    """
    code = f"{before}\nimport sys, bot\nsys.exit(bot.main())"
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return Said(result.returncode, result.stdout, result.stderr)
