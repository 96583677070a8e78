"""Drives a bot as Discord's gateway would, without a network, and takes the time.

A payload goes through discord.py's own websocket class: JSON, parser, cache, dispatch, listeners. Only the
socket and the compression are left out.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from discord.ext import commands
from discord.gateway import DiscordWebSocket

from benchmarks import load

__all__ = ["OFFERED_A_SECOND", "Contender", "Gateway", "Job", "Result", "run_job"]

BURST = 64
"""Messages that are parsed before the event loop gets its turn: what one read of a busy socket holds."""

WINDOW = 2048
"""Messages after which the contender must have worked off those of the window before."""

OFFERED_A_SECOND = 1000
"""The steady load under which the time of a single commit is taken."""

DAY_MS = 86_400_000
QUIET_SECONDS = 0.3


class Contender(Protocol):
    """A bot that is measured."""

    @property
    def bot(self) -> commands.Bot:
        """Return the bot, not logged in."""
        ...

    async def open(self, folder: Path) -> None:
        """Get ready; files go into ``folder``."""
        ...

    async def settle(self, fed: int) -> None:
        """Return when the ``fed`` messages that came before are worked off, durably where it keeps anything.

        What is to be waited for is what came before the first step of this coroutine.
        """
        ...

    async def finish(self) -> None:
        """Return when nothing is left to do, in the background neither."""
        ...

    async def count_awards(self) -> int:
        """Tell how many messages were awarded since ``open``.

        Raises:
            RuntimeError: A message was lost.
        """
        ...

    def list_commit_seconds(self) -> list[float]:
        """Return how long each commit took, from its call until it was on disk."""
        ...

    async def close(self) -> None:
        """Release everything."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: who, under which load, how many messages, in which folder."""

    contender: str
    mix: str
    messages: int
    folder: Path | None
    paced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to.

    Attributes:
        seconds: From the first message until all are worked off.
        cpu_seconds: Processor time of all threads meanwhile: hardly disturbed by what else the machine does.
        messages: How many they were.
        awarded: How many were awarded.
        commit_ms: For a paced run: p50 and p99 of a commit, and the worst.
    """

    seconds: float
    cpu_seconds: float
    messages: int
    awarded: int
    commit_ms: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def microseconds(self) -> float:
        """Time per message."""
        return self.seconds / self.messages * 1e6

    @property
    def cpu_microseconds(self) -> float:
        """Processor time per message."""
        return self.cpu_seconds / self.messages * 1e6


class Gateway:
    """A gateway connection of a bot, without the socket.

    Args:
        bot: The bot; its event loop runs.
    """

    def __init__(self, bot: commands.Bot) -> None:
        # What DiscordWebSocket.from_client does, short of connecting.
        socket: Any = DiscordWebSocket(cast(Any, None), loop=asyncio.get_running_loop())
        connection: Any = bot._connection  # noqa: SLF001 -- there is no public way to a bot without a network
        vars(socket).update(_discord_parsers=connection.parsers, _dispatch=bot.dispatch, shard_id=None)
        self.receive = socket.received_message
        self._bot = bot

    async def connect(self) -> None:
        """Let the bot know its guilds, and wait until it is ready and has done what it does then."""
        for payload in load.guild_payloads():
            await self.receive(payload)
        await asyncio.wait_for(self._bot.wait_until_ready(), timeout=10)
        await asyncio.sleep(QUIET_SECONDS)


async def feed(gateway: Gateway, contender: Contender, payloads: list[str], fed_before: int) -> None:
    """Feed payloads as fast as they are taken, with at most two windows on their way."""
    receive, earlier = gateway.receive, None
    for start in range(0, len(payloads), WINDOW):
        window = payloads[start : start + WINDOW]
        for burst in range(0, len(window), BURST):
            for payload in window[burst : burst + BURST]:
                await receive(payload)
            await asyncio.sleep(0)
        settling = asyncio.create_task(contender.settle(fed_before + start + len(window)))
        if earlier is not None:
            await earlier
        earlier = settling
    if earlier is not None:
        await earlier


async def feed_steadily(gateway: Gateway, contender: Contender, payloads: list[str], fed_before: int) -> None:
    """Feed payloads at ``OFFERED_A_SECOND``, whatever becomes of those before."""
    begun = time.perf_counter()
    for number, payload in enumerate(payloads):
        wait = begun + number / OFFERED_A_SECOND - time.perf_counter()
        await asyncio.sleep(max(0.0, wait))
        await gateway.receive(payload)
    await asyncio.create_task(contender.settle(fed_before + len(payloads)))


async def measure(contender: Contender, job: Job, folder: Path) -> Result:
    """Run one contender under one load."""
    mix, start_ms = load.MIXES[job.mix], time.time_ns() // 1_000_000 - DAY_MS
    warm, payloads = load.warm_up(mix, start_ms), load.messages(mix, job.messages, start_ms)
    await contender.open(folder)
    try:
        gateway = Gateway(contender.bot)
        await gateway.connect()
        await feed(gateway, contender, warm, 0)
        await contender.finish()
        awarded_before = await contender.count_awards()
        skipped = len(contender.list_commit_seconds())
        gc.collect()
        begun, cpu_begun = time.perf_counter(), time.process_time()
        await (feed_steadily if job.paced else feed)(gateway, contender, payloads, len(warm))
        await contender.finish()
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu_begun
        awarded = await contender.count_awards()
        commits = contender.list_commit_seconds()[skipped:]
    finally:
        await contender.close()
    return Result(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        messages=len(payloads),
        awarded=awarded - awarded_before,
        commit_ms=_percentiles(commits),
    )


def _percentiles(seconds: list[float]) -> tuple[float, float, float]:
    if len(seconds) < 2:
        return 0.0, 0.0, 0.0
    cuts = statistics.quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000, max(seconds) * 1000


def run_job(job: Job) -> Result:
    """Run one job, in a process of its own: no contender inherits the memory of another."""
    from benchmarks.rivals import make_contender  # noqa: PLC0415 -- only the process that runs it pays for it

    folder = Path(tempfile.mkdtemp(prefix="laurel-benchmark-", dir=job.folder))
    try:
        return asyncio.run(measure(make_contender(job), job, folder))
    finally:
        shutil.rmtree(folder)
