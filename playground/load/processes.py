"""The bots under load, each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playground.errors import PlaygroundError, PlaygroundTimeoutError
from playground.kit import Playground

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 120.0
END_SECONDS: Final = 30.0

STALL_SECONDS: Final = 20.0
"""How long nothing may move before something is wrong."""

LOOK_EVERY_SECONDS: Final = 0.1
"""How often the database is asked how far the bot is, once everything is pushed."""


class BareProcess:
    """The bare bot: it says itself when it is ready and when it is done."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def wait_ready(self) -> None:
        """Wait until it takes messages."""
        await self._wait_for(self.process.stdout, "ready", START_SECONDS)

    async def wait_done(self) -> None:
        """Wait until it has had all messages."""
        await self._wait_for(self.process.stdout, "done", START_SECONDS)

    async def _wait_for(self, stream: asyncio.StreamReader | None, text: str, seconds: float) -> None:
        assert stream is not None  # noqa: S101 -- it was asked for as a pipe
        said = ""
        try:
            async with asyncio.timeout(seconds):
                while text not in said:
                    line = await stream.readline()
                    if not line:
                        raise PlaygroundError(f"the bot ended without saying {text!r}:\n{said}")
                    said += line.decode()
        except TimeoutError:
            raise PlaygroundTimeoutError(f"the bot did not say {text!r}, only:\n{said}") from None

    def read_rss_mib(self) -> float:
        """Return the memory it has taken at most; 0 where the system does not tell (only Linux does)."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0.0
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024

    async def end(self) -> None:
        """Stop it, kindly at first."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(END_SECONDS):
                await self.process.communicate()
        except TimeoutError:
            self.process.kill()
            await self.process.communicate()

    def list_problems(self, user_ids: Sequence[int], messages: int, commands: int) -> list[str]:
        """Return what is wrong with what was counted; it keeps nothing."""
        del user_ids, messages, commands
        return []


class LaurelProcess(BareProcess):
    """`bot.py` as its users run it.

    Args:
        process: It.
        database: Where it keeps progress.
        expected: How many messages it is sent.
    """

    def __init__(self, process: asyncio.subprocess.Process, database: Path, expected: int) -> None:
        super().__init__(process)
        self._database = database
        self._expected = expected
        self._reading: asyncio.Task[None] | None = None

    async def wait_ready(self) -> None:
        """Wait until it takes messages; from then on throw away what it logs."""
        await self._wait_for(self.process.stderr, "Ready as", START_SECONDS)
        self._reading = asyncio.create_task(self._read_log())

    async def _read_log(self) -> None:
        """Keep the pipe from filling; warnings are passed on."""
        assert self.process.stderr is not None  # noqa: S101 -- it was asked for as a pipe
        async for line in self.process.stderr:
            if b" INFO " not in line:
                sys.stderr.buffer.write(line)

    async def wait_done(self) -> None:
        """Wait until all messages are in the database.

        Raises:
            PlaygroundTimeoutError: Nothing moves any more.
        """
        counted, moved_at = -1, time.monotonic()
        while counted < self._expected:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            now = await asyncio.to_thread(self._count)
            if now != counted:
                counted, moved_at = now, time.monotonic()
            elif time.monotonic() - moved_at > STALL_SECONDS:
                raise PlaygroundTimeoutError(
                    f"{counted} of {self._expected} messages were counted, no more come"
                )

    def _count(self) -> int:
        with contextlib.closing(self._open()) as database:
            return int(database.execute("SELECT coalesce(sum(messages), 0) FROM members").fetchone()[0])

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)

    async def end(self) -> None:
        """Stop it as a service manager does."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        await super().end()

    def list_problems(self, user_ids: Sequence[int], messages: int, commands: int) -> list[str]:
        """Return what is wrong with what was counted, member by member."""
        with contextlib.closing(self._open()) as database:
            rows = database.execute("SELECT user_id, messages, commands FROM members").fetchall()
        counted = {user_id: number for user_id, number, _ in rows}
        each, more = divmod(messages, len(user_ids))
        wrong = [
            f"member {place}: {counted.get(user_id, 0)} messages counted, {each + (place < more)} written"
            for place, user_id in enumerate(user_ids)
            if counted.get(user_id, 0) != each + (place < more)
        ]
        used = sum(number for _, _, number in rows)
        if used != commands:
            wrong.append(f"{used} commands counted, {commands} used")
        return wrong[:10]


async def new_process(contender: str, pg: Playground, folder: Path, messages: int) -> BareProcess:
    """Start a bot towards a playground.

    Args:
        contender: "bare" or "laurel".
        pg: Where it connects.
        folder: Where it keeps its files.
        messages: How many it will be sent.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "LAUREL_"))}
    own["PYTHONPATH"] = str(ROOT)
    if contender == "bare":
        arguments = ["-m", "playground.load.bare", pg.server.base_url, pg.world.token, str(messages)]
        return BareProcess(
            await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=folder, env=own, stdout=asyncio.subprocess.PIPE
            )
        )
    database = folder / "laurel.db"
    settings = {
        "DISCORD_TOKEN": pg.world.token,
        "LAUREL_DISCORD_API": pg.server.base_url,
        "LAUREL_STORE": f"sqlite:///{database}",
        "LAUREL_PICTURES": "off",  # commands are answered with text, as by the bare bot
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "bot.py"), cwd=folder, env=own | settings, stderr=asyncio.subprocess.PIPE
    )
    return LaurelProcess(process, database, messages)
