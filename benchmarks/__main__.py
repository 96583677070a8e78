"""Measure Laurel beside other bots, in one run: ``python -m benchmarks``.

``... storage`` measures the storage alone, ``... pictures`` the drawing.

Every run has a process of its own; rounds go through all contenders in turn, so that a slow moment of the
machine meets them all; the table shows medians, and ratios to the bare bot of the same round. Files lie on a
real disk and are removed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.harness import OFFERED_A_SECOND, Job, Result, run_job
from benchmarks.load import MIXES
from benchmarks.pictures.__main__ import main as measure_pictures
from benchmarks.places import warn_of_memory
from benchmarks.report import TITLES, print_report
from benchmarks.storage.__main__ import main as measure_storage

__all__ = ["main"]

DIVISORS = {"sqlite": 20, "json": 400}
"""The slow ones get fewer messages: a part of ``--messages``."""

LEAST_MESSAGES = 100


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=60_000, help="messages a run (default 60000)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--mix", choices=MIXES, action="append", help="only this mix")
    parser.add_argument("--only", choices=TITLES, action="append", help="only this contender")
    parser.add_argument(
        "--seconds", type=int, default=10, help="length of the steady load at 1,000 messages/s; 0 for none"
    )
    parser.add_argument("--folder", type=Path, help="where the databases lie (default: a temporary one)")
    return parser


def _jobs(options: argparse.Namespace) -> list[Job]:
    """Return the jobs of one round."""
    return [
        Job(
            contender=contender,
            mix=mix,
            messages=max(LEAST_MESSAGES, options.messages // DIVISORS.get(contender, 1)),
            folder=options.folder,
        )
        for mix in options.mix or MIXES
        for contender in options.only or TITLES
    ]


def _paced_job(options: argparse.Namespace) -> Job:
    return Job(
        contender="laurel",
        mix="awarded",
        messages=options.seconds * OFFERED_A_SECOND,
        folder=options.folder,
        paced=True,
    )


def _run(job: Job) -> Result:
    """Run a job in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as processes:
        return processes.submit(run_job, job).result()


def main() -> None:
    """Measure what the command line asks for and print it."""
    if sys.argv[1:2] == ["storage"]:
        measure_storage(sys.argv[2:])
        return
    if sys.argv[1:2] == ["pictures"]:
        measure_pictures(sys.argv[2:])
        return
    options = _parser().parse_args()
    warn_of_memory(options.folder or Path(tempfile.gettempdir()))
    results: dict[tuple[str, str], list[Result]] = defaultdict(list)
    paced: list[Result] = []
    for number in range(1, options.rounds + 1):
        for job in _jobs(options):
            result = _run(job)
            results[job.contender, job.mix].append(result)
            print(f"round {number}: {job.contender} {job.mix}: {result.microseconds:.1f} µs", flush=True)
        if options.seconds and "laurel" in (options.only or TITLES):
            paced.append(_run(_paced_job(options)))
    print_report(results, paced)


if __name__ == "__main__":
    main()
