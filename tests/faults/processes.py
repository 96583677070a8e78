"""The test's side of :mod:`tests.faults.server`: order processes, talk to them, kill them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from leveling_core.store import StoreHealth
from tests.faults.load import Told, read_told
from tests.faults.server import Order

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
"""After so long something hangs."""

POLL_SECONDS = 0.002


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: It is not, for too long.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(POLL_SECONDS)


class Control:
    """Says what the shim makes fail.

    Args:
        path: The file by which it is said.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, fault: str, *, after: int = 0, times: int = 0, ending: str = "*") -> None:
        """Make operations fail from now on.

        Args:
            fault: Which, and how: such as ``write 5`` (an errno), ``write torn`` or ``sync skip``; see
                ``shim.c``.
            after: So many of them are left alone before.
            times: So many fail then; 0 for all.
            ending: Only those on paths that end so.
        """
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(f"{fault} {after} {times} {ending}", encoding="utf-8")
        draft.replace(self.path)

    def end(self) -> None:
        """Make nothing fail any more."""
        self.path.unlink()

    def wait_until_through(self) -> None:
        """Wait until as many operations have failed as were to."""
        wait_until(lambda: not self.path.exists(), "an operation has failed")


class Server:
    """A process that forks workers, one at a time.

    Args:
        shim: A library that is loaded before all others, or None.
    """

    def __init__(self, shim: Path | None) -> None:
        environment = dict(os.environ)
        if shim is not None:
            environment["LD_PRELOAD"] = str(shim)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )
        self._said = b""
        self._heard: list[str] = []
        self._worker: Worker | None = None
        self.hear("ready")

    def order(self, order: Order) -> Worker:
        """Start a worker; one that a failed test has left behind is killed."""
        if self._worker is not None and not self._worker.has_ended:
            self._worker.end_somehow()
        self.write(msgspec.json.encode(order))
        self._worker = Worker(self, int(self.hear("started")), Path(order.told))
        return self._worker

    def write(self, text: bytes) -> None:
        """Write to the server, or to its worker while there is one."""
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def hear(self, word: str) -> str:
        """Wait for a line that begins with a word; return the rest of it.

        Raises:
            AssertionError: It does not come; says what came.
        """
        assert self._process.stdout is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            for place, line in enumerate(self._heard):
                first, _, rest = line.partition(" ")
                if first == word:
                    del self._heard[place]
                    return rest
            ready, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
            content = os.read(self._process.stdout.fileno(), 1 << 16) if ready else b""
            assert content, f"{word!r} was not said, but {self._heard}"
            *lines, self._said = (self._said + content).split(b"\n")
            self._heard += [line.decode() for line in lines]

    def forget(self) -> None:
        """Forget what was said and not asked for: it belongs to a worker that has ended."""
        self._heard.clear()

    def close(self) -> None:
        """End the server and, through it, its worker."""
        self._process.communicate()


class Worker:
    """A process that works on a store.

    Attributes:
        pid: Its id.
        has_ended: Whether it has been seen to have ended.
    """

    def __init__(self, server: Server, pid: int, told: Path) -> None:
        self._server = server
        self._told = told
        self.pid = pid
        self.has_ended = False

    def wait_until_opened(self) -> None:
        """Wait until it has opened the store."""
        self._server.hear("opened")

    @property
    def told(self) -> list[Told]:
        """What it, and those before it, have told so far."""
        return read_told(self._told.read_bytes()) if self._told.exists() else []

    def wait_until_told(self, is_so: Callable[[list[Told]], bool], what: str) -> None:
        """Wait until what it has told is so.

        Raises:
            AssertionError: It is not, for too long, or the worker has ended.
        """

        def look() -> bool:
            assert Path(f"/proc/{self.pid}").exists(), f"the worker has ended before {what}"
            return is_so(self.told)

        wait_until(look, what)

    def ask_health(self) -> StoreHealth:
        """Ask how its storage does."""
        self._server.write(b"health\n")
        return msgspec.json.decode(self._server.hear("health"), type=StoreHealth)

    def kill(self) -> None:
        """Kill it, as by kill -9, and wait until it is gone.

        Raises:
            AssertionError: It had ended by itself.
        """
        status = self.end_somehow()
        assert status == -signal.SIGKILL, f"it ended by itself, with {status}"

    def end_somehow(self) -> int:
        """Kill it if it still lives, and return its exit code."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def stop(self) -> int:
        """Let it finish what it has begun, and end; return its exit code."""
        self._server.write(b"stop\n")
        return self.end()

    def end(self) -> int:
        """Wait until it has ended by itself; return its exit code."""
        status = int(self._server.hear("ended"))
        self.has_ended = True
        self._server.forget()
        return status
