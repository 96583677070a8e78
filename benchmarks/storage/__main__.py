"""Measure the storage alone: commits, looks at guilds of any size, memory, start.

Each figure comes from a process of its own. What is compared (Laurel and plain ``sqlite3``) is measured in
the same run, and the rounds go through all, so that a slow moment of the machine meets all.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import shutil
import statistics
import tempfile
from collections.abc import Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.places import warn_of_memory
from benchmarks.storage.commits import WAITING, CommitResult, measure_commits
from benchmarks.storage.files import LINES_OF_EACH, FilesResult, fill_files, measure_files
from benchmarks.storage.sizes import LOOKS, SizeResult, fill, measure_memory, measure_size

__all__ = ["main"]

T = TypeVar("T")

SIZES = (1_000, 100_000, 1_000_000)
SIZES_OF_FILES = (1_000, 10_000, 50_000)
MEMORY_MEMBERS = 100_000
UNITS = {"mib": "MiB", "seconds": "s", "us": "µs", "ms": "ms"}
AIM_OF_RAW, AIM_TIMES_ALONE, AIM_FROM = 0.4, 10.0, 256
AIM_GROWTH, AIM_RANK_US, AIM_START_SECONDS = 3.0, 1_000.0, 3.0


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks storage", description=__doc__)
    parser.add_argument("--only", choices=("commits", "sizes", "files"), help="only one part")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each number of commits (default 3)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="members of a guild")
    parser.add_argument("--folder", type=Path, help="where the databases lie (default: a temporary one)")
    options = parser.parse_args(argv)
    warn_of_memory(options.folder or Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix="laurel-benchmark-", dir=options.folder))
    try:
        if options.only in {None, "commits"}:
            _measure_commits(folder, options.rounds)
        if options.only in {None, "sizes"}:
            _measure_sizes(folder, options.sizes)
        if options.only in {None, "files"}:
            _measure_files(folder)
    finally:
        shutil.rmtree(folder)


def _run(work: Any, *arguments: Any) -> Any:
    """Run a coroutine function in a process of its own; return its result."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as processes:
        return processes.submit(_run_here, work, *arguments).result()


def _run_here(work: Any, *arguments: Any) -> Any:
    coroutine: Coroutine[Any, Any, Any] = work(*arguments)
    return asyncio.run(coroutine)


def _measure_commits(folder: Path, rounds: int) -> None:
    runs: dict[int, list[CommitResult]] = {waiting: [] for waiting in WAITING}
    for _ in range(rounds):
        for waiting, results in runs.items():
            place = folder / "commits"
            place.mkdir()
            results.append(_run(measure_commits, waiting, place))
            shutil.rmtree(place)
    print("Durable awards, µs each (medians)")
    print(
        f"  {'waiting':>8}{'a second':>11}{'in all':>9}{'decide':>9}{'codec':>8}{'write':>8}{'raw':>8}"
        f"{'of raw':>8}{'alone':>9}{'times':>7}{'group':>7}{'bytes':>7}"
    )
    for waiting, results in runs.items():
        _print_commits(waiting, results)
    print("  raw: plain sqlite3, the same rows in the same groups; alone: one aiosqlite transaction an award")


def _print_commits(waiting: int, results: Sequence[CommitResult]) -> None:
    def middle(name: str) -> float:
        return float(statistics.median(getattr(result, name) for result in results))

    of_raw = statistics.median(result.raw_us / result.write_us for result in results)
    times = statistics.median(result.alone_us / result.total_us for result in results)
    total_us = middle("total_us")
    print(
        f"  {waiting:>8}{1e6 / total_us:>11,.0f}{total_us:>9.1f}{middle('decide_us'):>9.1f}"
        f"{middle('codec_us'):>8.1f}{middle('write_us'):>8.1f}{middle('raw_us'):>8.1f}{of_raw:>8.2f}"
        f"{middle('alone_us'):>9.1f}{times:>7.1f}{middle('group'):>7.0f}{middle('bytes_per_award'):>7.0f}"
    )
    if waiting >= AIM_FROM:
        print(f"           aim: at least {AIM_OF_RAW} of raw: {_verdict(of_raw >= AIM_OF_RAW)}", end="")
        met = _verdict(times >= AIM_TIMES_ALONE)
        print(f"; {AIM_TIMES_ALONE:.0f} times one transaction an award: {met}")


def _measure_sizes(folder: Path, sizes: Sequence[int]) -> None:
    results: list[SizeResult] = []
    for members in sizes:
        path = folder / f"{members}.db"
        _run(fill, path, members)
        results.append(_run(measure_size, path, members))
        if members == MEMORY_MEMBERS:
            _print_memory(_run(measure_memory, path, members))
        path.unlink()
    print("\nLooks, each after an award: median (99th percentile), µs")
    print(f"  {'members':18}" + "".join(f"{result.members:>22,}" for result in results))
    for name in LOOKS:
        pairs = [result.look_us[name] for result in results]
        growth = pairs[-1][0] / pairs[0][0]
        line = "".join(f"{f'{median:,.0f} ({high:,.0f})':>22}" for median, high in pairs)
        print(f"  {name:18}{line}   grows {growth:.1f} ×: {_verdict(growth < AIM_GROWTH)}")
    print(f"  rank under 1 ms: {_verdict(results[-1].look_us['rank'][0] < AIM_RANK_US)}")
    for name in ("standings page", "week board"):
        line = "".join(f"{result.first_seconds[name]:>20.2f} s" for result in results)
        print(f"  first {name:12}{line}")
    print(f"  {'start':18}" + "".join(f"{result.start_seconds:>20.3f} s" for result in results), end="")
    print(f"   under {AIM_START_SECONDS:.0f} s: {_verdict(results[-1].start_seconds < AIM_START_SECONDS)}")


def _measure_files(folder: Path) -> None:
    results: list[FilesResult] = []
    for members in SIZES_OF_FILES:
        place = folder / f"{members}-in-files"
        _run(fill_files, place, members)
        results.append(_run(measure_files, place, members))
        shutil.rmtree(place)
    print(f"\nJSON files, each member with {LINES_OF_EACH} ledger lines")
    print(f"  {'members':28}" + "".join(f"{members:>12,}" for members in SIZES_OF_FILES))
    for name, unit, places in (
        ("disk", "mib", 0),
        ("memory", "mib", 0),
        ("start", "seconds", 1),
        ("award", "us", 0),
        ("stall", "ms", 0),
    ):
        values = (getattr(result, f"{name}_{unit}") for result in results)
        line = "".join(f"{value:>12,.{places}f}" for value in values)
        print(f"  {f'{name}, {UNITS[unit]}':28}{line}")
    print("  award and the longest stall of the event loop: while files are written anew all the time")


def _print_memory(grown: dict[str, float]) -> None:
    print(f"\nMemory of {MEMORY_MEMBERS:,} members, MiB")
    for name, mib in grown.items():
        print(f"  {name:28}{mib:8.1f}")


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


if __name__ == "__main__":
    main()
