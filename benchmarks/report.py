"""Puts results into a table, and the aims beside what was reached."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.harness import Result
from benchmarks.load import MIXES

__all__ = ["TITLES", "print_report"]

Results = Mapping[tuple[str, str], Sequence[Result]]
"""Results by contender and mix."""

TITLES = {
    "bare": "bare bot: process_commands only",
    "bare-gc": "the same, Laurel's gc thresholds",
    "laurel": "Laurel, SQLite synchronous=FULL",
    "sqlite": "one aiosqlite transaction a message",
    "json": "JSON file rewritten a message",
}
"""Who they are, by name, in the order of the table."""

AIM_A_SECOND = 15_000
AIM_RATIO = {"refused": 0.48, "awarded": 0.38}
AIM_P99_MS = 50.0


def _median_us(results: Sequence[Result]) -> float:
    return statistics.median(result.microseconds for result in results)


def _spread(results: Sequence[Result]) -> str:
    times = [result.microseconds for result in results]
    return f"{min(times):.1f}-{max(times):.1f}"


def _verdict(reached: float, aim: float, *, above: bool = True) -> str:
    met = reached > aim if above else reached < aim
    return "met" if met else "MISSED"


def print_report(results: Results, paced: Sequence[Result]) -> None:
    """Print all that was measured.

    Args:
        results: Runs as fast as they go.
        paced: Runs of Laurel at a steady load.
    """
    for mix in MIXES.values():
        _print_mix(mix.name, results)
    if (
        ("laurel", "refused") in results
        and ("laurel", "awarded") in results
        and ("bare", "refused") in results
    ):
        _print_costs(results)
    if paced:
        _print_commits(paced)


def _print_mix(mix: str, results: Results) -> None:
    bare = results.get(("bare", mix), ())
    print(f"\n{MIXES[mix].title}")
    print(
        f"  {'':35}{'messages/s':>11}{'µs/message':>12}{'lowest-highest':>17}"
        f"{'of bare':>9}{'CPU µs':>9}{'of bare':>9}{'awarded':>9}"
    )
    for name, title in TITLES.items():
        runs = results.get((name, mix))
        if not runs:
            continue
        us, cpu_us = _median_us(runs), statistics.median(run.cpu_microseconds for run in runs)
        ratio, cpu_ratio = (f"{each:.2f}" if each else "-" for each in _ratios(bare, runs))
        share = f"{_awarded_share(runs):.1%}" if _awarded_share(runs) else "-"
        print(
            f"  {title:35}{1e6 / us:>11,.0f}{us:>12.1f}{_spread(runs):>17}"
            f"{ratio:>9}{cpu_us:>9.1f}{cpu_ratio:>9}{share:>9}"
        )
    if bare and ("laurel", mix) in results:
        runs = results["laurel", mix]
        print(
            f"  aim: at least {AIM_RATIO[mix]} of bare: {_verdict(_ratios(bare, runs)[0], AIM_RATIO[mix])}",
            end="",
        )
        print(
            f"; over {AIM_A_SECOND:,}/s: {_verdict(1e6 / _median_us(runs), AIM_A_SECOND)}"
            * (mix == "refused")
        )


def _ratios(bare: Sequence[Result], runs: Sequence[Result]) -> tuple[float, float]:
    """Compare with the bare bot of the same round, by time and by processor time; 0 without one."""
    if not bare:
        return 0.0, 0.0
    pairs = list(zip(bare, runs, strict=True))
    return (
        statistics.median(base.microseconds / run.microseconds for base, run in pairs),
        statistics.median(base.cpu_microseconds / run.cpu_microseconds for base, run in pairs),
    )


def _print_costs(results: Results) -> None:
    """Print what a message costs above the bare bot, from the two mixes and the shares really awarded."""
    few_runs, many_runs = results["laurel", "refused"], results["laurel", "awarded"]
    few_us, many_us = _median_us(few_runs), _median_us(many_runs)
    few, many = _awarded_share(few_runs), _awarded_share(many_runs)
    slope = (many_us - few_us) / (many - few)
    refused_us = few_us - slope * few
    bare_us = statistics.median(_median_us(results["bare", mix]) for mix in MIXES)
    print("\nCost above the bare bot")
    print(f"  a message inside the cooldown {refused_us - bare_us:6.1f} µs")
    print(f"  a message that is awarded     {refused_us + slope - bare_us:6.1f} µs")


def _awarded_share(runs: Sequence[Result]) -> float:
    return sum(run.awarded for run in runs) / sum(run.messages for run in runs)


def _print_commits(paced: Sequence[Result]) -> None:
    p50, p99, worst = (statistics.median(run.commit_ms[place] for run in paced) for place in range(3))
    print("\nOne commit at 1,000 messages/s offered, every one awarded")
    print(f"  p50 {p50:.2f} ms, p99 {p99:.2f} ms, worst {worst:.1f} ms", end="")
    print(f"; aim: p99 under {AIM_P99_MS:.0f} ms: {_verdict(p99, AIM_P99_MS, above=False)}")
