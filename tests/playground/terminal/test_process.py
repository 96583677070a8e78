"""bot.py without a token, as whoever starts it knows it: what it prints, how it ends, what it leaves."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.terminal.opening import PEOPLE
from playground.terminal.transcript import BEGIN, README, ROOT, SCRIPT, insert_transcript, play

PATIENCE_SECONDS = 20
ESCAPE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these signals nor terminals")


def start(
    folder: Path, *, stdin: int = subprocess.PIPE, settings: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start bot.py in a folder, with no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "LAUREL_"))}
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, str(ROOT / "bot.py")],
        cwd=folder,
        env={**kept, "TMPDIR": str(folder / "tmp"), "PYTHONUTF8": "1", **(settings or {})},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(folder: Path, script: str, **settings: str) -> tuple[int, str, str]:
    """Give bot.py a script; return its exit code and what it wrote to both outputs."""
    process = start(folder, settings=settings)
    out, err = process.communicate(script, timeout=30)
    return process.returncode, out, err


def test_a_script_in_a_pipe_is_played(tmp_path: Path) -> None:
    """Plain text, exit code 0 at the end of the input, and nothing is left behind."""
    script = "# A script.\nann: hello\nann: !rank\n:press 1\n/config\n"
    code, out, err = run(tmp_path, script, LAUREL_PICTURES="off")
    assert (code, err) == (0, "")
    assert out.startswith("# A script.\nann     hello\nann     !rank\nLaurel  │ ann\n")
    assert out.count("! ") == 2
    assert "\x1b" not in out
    assert [path.name for path in tmp_path.rglob("*")] == ["tmp"]


def test_roles_are_made_and_earned_in_a_script(tmp_path: Path) -> None:
    """What people make and the bot gives is told in a pipe too, also across a kill."""
    script = (
        ":role Regular\nowner: !rewards add 2 @Regular\n:crash\n!xp give ann 500\n"
        ":channel art in Arts\n!noxp add Arts\n:crash\n:roles\n/noxp list\n"
    )
    code, out, err = run(tmp_path, script, LAUREL_PICTURES="off")
    assert (code, err) == (0, "")
    assert (
        "* Laurel gave ann the role @Regular\n> :channel art in Arts\n* the category Arts was made\n" in out
    )
    assert "> :roles\n* @Laurel (the bot's own)\n* @Regular (ann)\n" in out
    assert "│   Arts\n" in out
    assert "! " not in out


def test_pictures_are_told_in_words(tmp_path: Path) -> None:
    """A terminal shows no picture: what it shows stands there, and after a kill another process draws."""
    code, out, err = run(tmp_path, "ann: /profile\n:press 1\n:crash\nann: !rank\n")
    assert (code, err) == (0, "")
    assert out.count("[profile.png, 934 × 282] ann: level 1, ") == 2
    assert "│ Level 1\n" in out


def test_quit_ends_a_script_early(tmp_path: Path) -> None:
    """What follows `:quit` is not done."""
    assert run(tmp_path, "ann: one\n:quit\nann: two\n") == (0, "ann     one\n> :quit\n", "")


def test_the_readme_shows_what_the_script_prints() -> None:
    """The transcript in the README is what the bot says today; `make transcript` writes it anew."""
    readme = README.read_text(encoding="utf-8")
    assert BEGIN in readme
    assert readme == insert_transcript(readme, play(SCRIPT)), (
        "run `make transcript` and look at the difference"
    )


def test_two_runs_print_the_same(tmp_path: Path) -> None:
    """World, clock and dice are the same every time."""
    script = ":chat ann 8\n!daily\n!leaderboard\n:crash\n!xpstats\n"
    first = run(tmp_path, script, LAUREL_PICTURES="off")
    assert first == run(tmp_path, script, LAUREL_PICTURES="off")
    assert len(first[1].splitlines()) > 30


def test_a_chosen_store_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    """With LAUREL_STORE progress stays; the next time is a later day of the same world."""
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    run(tmp_path, ":chat bob 3\nbob: !daily\n", LAUREL_STORE=url)
    script = "bob: hello\nbob: !daily\n!rank\n:crash\n!rank\n"
    code, out, _ = run(tmp_path, script, LAUREL_STORE=url, LAUREL_PICTURES="off")
    assert code == 0
    assert out.startswith(f"* what happens here is kept in {url}\nbob     hello\n")
    assert "2 days in a row" in out
    assert out.count("4 messages") == 2
    assert (tmp_path / "kept.db").exists()


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """One message that says which setting, exit code 1."""
    code, out, err = run(tmp_path, "ann: hi\n", LAUREL_STORE="laurel.db")
    assert (code, out) == (1, "")
    assert err.startswith("LAUREL_STORE: ")
    assert "Traceback" not in err


def test_the_database_of_a_real_bot_is_not_touched(tmp_path: Path) -> None:
    """A copied .env names the usual store; without a token the playground keeps off it."""
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert run(tmp_path, "ann: hi\n")[0] == 0
    assert not (tmp_path / "laurel.db").exists()


def test_without_anybody_typing_the_missing_token_is_told(tmp_path: Path) -> None:
    """A service that lost its token ends with exit code 2, as ever, and opens no playground."""
    process = start(tmp_path, stdin=subprocess.DEVNULL)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "There is no token" in err


def test_an_empty_pipe_is_nobody_typing(tmp_path: Path) -> None:
    """Some supervisors give a service an empty pipe: that is no script either."""
    code, out, err = run(tmp_path, "")
    assert (code, out) == (2, "")
    assert "There is no token" in err


def test_a_number_beyond_discords_own_is_refused(tmp_path: Path) -> None:
    """Discord takes no such number in an option, so the bot never sees one."""
    code, out, _ = run(tmp_path, "ann: /leaderboard page=1000000000000000000000\nann: hi\n")
    assert code == 0
    assert "lies between 1 and 9,007,199,254,740,992" in out


def test_another_discord_still_wants_a_token(tmp_path: Path) -> None:
    """Who names a Discord means to connect there."""
    code, out, err = run(tmp_path, "ann: hi\n", LAUREL_DISCORD_API="http://127.0.0.1:9")
    assert (code, out) == (2, "")
    assert "There is no token" in err


def test_with_a_token_the_playground_is_not_even_loaded(tmp_path: Path) -> None:
    """The way of a bot with a token leads past the playground: it asks the Discord it was pointed at."""
    program = (
        "import sys, bot\n"
        "code = bot.main()\n"
        "print(code, [name for name in sys.modules if name.startswith('playground')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input="ann: hi\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DISCORD_TOKEN": "made-up",
            "LAUREL_DISCORD_API": "http://127.0.0.1:9",
            "LAUREL_STORE": "memory:",
        },
    )
    assert done.stdout == "1 []\n"
    assert "I cannot reach Discord" in done.stderr
    assert "127.0.0.1" in done.stderr


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM in a pipe that is still open: exit code 0, and the temporary folder is gone."""
    process = start(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("ann: hello\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ann     hello\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert list((tmp_path / "tmp").iterdir()) == []


@POSIX
def test_whoever_reads_along_may_leave(tmp_path: Path) -> None:
    """`make run < script | head -1` ends quietly."""
    process = start(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("ann: hello\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write("ann: hello\n" * 3)
    process.stdin.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 0


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    """A script in a foreign encoding is read as well as can be."""
    process = start(tmp_path)
    raw: Any = process.stdin
    raw.buffer.write(b"ann: caf\xe9\n")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "ann     caf\ufffd\n", "")


class Terminal:
    """bot.py at a terminal.

    Attributes:
        shown: All that it wrote.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        import pty  # noqa: PLC0415 -- Windows has none

        self._side, other = pty.openpty()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LAUREL_")}
        kept.pop("DISCORD_TOKEN", None)
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "bot.py")],
            cwd=folder,
            env={**kept, "TERM": "xterm", "PYTHONUTF8": "1", **settings},
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            preexec_fn=_own_terminal,  # noqa: PLW1509 -- no thread runs here
        )
        os.close(other)
        self.shown = ""
        self._unseen = ""

    def expect(self, text: str) -> None:
        """Wait until it has shown something, behind what was waited for last."""
        while text not in (shown := ESCAPE.sub("", self._unseen)):
            ready, _, _ = select.select([self._side], [], [], PATIENCE_SECONDS)
            assert ready, f"it does not show {text!r}, only:\n{shown}"
            piece = self._read()
            assert piece, f"it ended without showing {text!r}:\n{shown}"
            if "\x1b[6n" in piece:  # it asks where the cursor is
                os.write(self._side, b"\x1b[1;1R")
            self._unseen += piece
        self._unseen = shown.partition(text)[2]

    def _read(self) -> str:
        """Read what it wrote; "" at its end."""
        try:
            piece = os.read(self._side, 65_536).decode(errors="replace")
        except OSError:  # how a terminal on Linux tells that its other side was closed
            return ""
        self.shown += piece
        return piece

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._side, text.encode())

    def end(self) -> int:
        """Wait for its end; return the exit code."""
        while self._read():
            pass
        os.close(self._side)
        return self._process.wait(30)


def _own_terminal() -> None:
    """Make the terminal at standard input the one whose Ctrl-C reaches this process."""
    import fcntl  # noqa: PLC0415 -- Windows has none
    import termios  # noqa: PLC0415 -- Windows has none

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))


@POSIX
@pytest.mark.parametrize("last_key", ["\x04", "\x03"])
def test_at_a_terminal_there_is_a_tour_and_a_prompt(tmp_path: Path, last_key: str) -> None:
    """The tour begins by itself and Ctrl-C skips it; one types; Ctrl-D and Ctrl-C leave with exit code 0."""
    terminal = Terminal(tmp_path)
    terminal.expect("Welcome")
    terminal.type("\x03")
    terminal.expect("in #general")
    terminal.type("bob: hello\r")
    terminal.expect("bob     hello")
    terminal.type("!rank\r")
    terminal.expect("XP in all")
    terminal.expect("bob in #general")
    terminal.type(last_key)
    assert terminal.end() == 0
    assert "interrupted" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert [name for name in PEOPLE if name not in terminal.shown] == ["cleo"]


@POSIX
def test_a_terminal_without_the_extra_does_too(tmp_path: Path) -> None:
    """Without prompt_toolkit the playground is plain, and tells how to install what is missing."""
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'prompt_toolkit' else find(name, *rest)\n",
        encoding="utf-8",
    )
    terminal = Terminal(tmp_path, PYTHONPATH=str(tmp_path))
    terminal.expect("[playground]'")
    terminal.expect("Welcome")
    terminal.type("\x03")
    terminal.expect("interrupted")
    terminal.type("bob: hello\r")
    terminal.expect("bob     hello")
    terminal.expect("> ")
    terminal.type("\x04")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.shown
