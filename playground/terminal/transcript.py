"""Make the README's transcript: `python -m playground.terminal.transcript` (or `make transcript`).

It is what `make run < playground/terminal/readme.txt` prints, so it shows what the bot says today.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playground.errors import PlaygroundError

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"
SCRIPT: Final = Path(__file__).with_name("readme.txt")

BEGIN: Final = "<!-- transcript -->\n```text\n"
END: Final = "```\n<!-- /transcript -->"

OWN_SETTINGS: Final = ("DISCORD_", "LAUREL_")


def play(script: Path) -> str:
    """Return what a script prints in a playground of its own, whatever is set on this machine.

    Raises:
        subprocess.CalledProcessError: The playground did not end well.
    """
    settings = {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}
    with tempfile.TemporaryDirectory() as folder, script.open("rb") as lines:
        done = subprocess.run(  # noqa: S603 -- this project's own program, with arguments made here
            [sys.executable, str(ROOT / "bot.py")],
            stdin=lines,
            stdout=subprocess.PIPE,
            check=True,
            cwd=folder,
            env=settings | {"PYTHONUTF8": "1"},
        )
    return done.stdout.decode()


def insert_transcript(readme: str, transcript: str) -> str:
    """Return a README with its transcript replaced.

    Raises:
        PlaygroundError: It has no place for one.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise PlaygroundError("README.md has lost the marks between which its transcript stands")
    return before + BEGIN + transcript + END + after


if __name__ == "__main__":
    README.write_text(insert_transcript(README.read_text(encoding="utf-8"), play(SCRIPT)), encoding="utf-8")
