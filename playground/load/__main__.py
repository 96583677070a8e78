"""Push messages over the real socket to the real bot in its own process, and to a bare one beside it.

Every message is counted once, which is looked up in the database afterwards. The figures are of this machine
and of this run; only those of one run are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playground.kit import Playground
from playground.load.processes import new_process
from playground.load.push import Pusher
from playground.world import World

CHANNELS: Final = 10

COMMAND: Final = "!rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to; times in seconds, memory in MiB."""

    name: str
    messages: int
    seconds: float
    pushed_seconds: float
    rss_mib: float
    command_seconds: list[float]

    @property
    def per_second(self) -> float:
        """Messages a second, end to end."""
        return self.messages / self.seconds


async def main() -> int:
    """Measure and print; return the exit code: 1 when a message was lost or counted twice."""
    options = _read_options()
    results: dict[str, list[Result]] = {"bare": [], "laurel": []}
    is_exact = True
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="laurel-load-", dir=options.folder) as name:
            for contender, earlier in results.items():
                result, problems = await _run(contender, options, Path(name))
                earlier.append(result)
                print(_describe(result), flush=True)
                for problem in problems:
                    is_exact = False
                    print(f"  wrong: {problem}", flush=True)
    bare, laurel = (statistics.median(item.per_second for item in results[name]) for name in results)
    print(f"Laurel takes {laurel:,.0f} messages/s, {laurel / bare:.0%} of the bare bot's {bare:,.0f}.")
    print("Every message is in the database, once." if is_exact else "The count is wrong: see above.")
    return 0 if is_exact else 1


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=50_000, help="members of the guild (default 50000)")
    parser.add_argument("--messages", type=int, default=200_000, help="messages a run (default 200000)")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each (default 1)")
    parser.add_argument(
        "--interval-seconds",
        type=float,
        default=61.0,
        help="from one message of a member to the next; 61: every one earns (default), 3: one in 20",
    )
    parser.add_argument(
        "--rate", type=float, default=0.0, help="messages offered a second (default: as many as are taken)"
    )
    parser.add_argument(
        "--settle-seconds",
        type=float,
        default=3.0,
        help="between a bot's start and the load: what it does about its members is not measured (default 3)",
    )
    parser.add_argument("--folder", type=Path, help="where the database lies (default: a temporary folder)")
    return parser.parse_args()


async def _run(contender: str, options: argparse.Namespace, folder: Path) -> tuple[Result, list[str]]:
    world = World(start=datetime.now(UTC) - timedelta(days=1), messages_kept=1_000)
    async with Playground(world) as pg:
        members = world.add_members(pg.guild, (f"member{number}" for number in range(options.members)))
        channels = [world.add_channel(pg.guild, f"talk-{number}") for number in range(CHANNELS)]
        gc.collect()
        gc.freeze()  # the members are there to stay: looking through them again would stop the pushing
        bot = await new_process(contender, pg, folder, options.messages)
        try:
            await bot.wait_ready()
            await asyncio.sleep(options.settle_seconds)
            pusher = Pusher(
                pg,
                members,
                [channel.id for channel in channels],
                interval_ms=round(options.interval_seconds * 1000),
                command=COMMAND,
                rate=options.rate,
            )
            begun = time.perf_counter()
            await pusher.push(options.messages)
            pushed_seconds = time.perf_counter() - begun
            await bot.wait_done()
            seconds = time.perf_counter() - begun
            await pusher.wait_answers()
            result = Result(
                name=contender,
                messages=options.messages,
                seconds=seconds,
                pushed_seconds=pushed_seconds,
                rss_mib=bot.read_rss_mib(),
                command_seconds=pusher.command_seconds,
            )
        finally:
            await bot.end()
            gc.unfreeze()
        ids = [member.id for member in members]
        return result, bot.list_problems(ids, options.messages, pusher.commands)


def _describe(result: Result) -> str:
    seconds = result.command_seconds
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [seconds[0]] * 99
    return (
        f"{result.name:<7} {result.messages:,} messages in {result.seconds:.1f} s"
        f" ({result.per_second:,.0f}/s; pushed in {result.pushed_seconds:.1f} s),"
        f" RSS {result.rss_mib:,.0f} MiB,"
        f" {COMMAND} meanwhile p50 {cuts[49] * 1000:,.0f} ms, p99 {cuts[98] * 1000:,.0f} ms"
        f" ({len(result.command_seconds)} of them)"
    )


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
