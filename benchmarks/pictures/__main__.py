"""Measure pictures: ``python -m benchmarks pictures``.

Laurel's card and a naive one are drawn in turn, in one process, so that a slow moment of the machine
meets both. Stalls of the event loop are measured while cards are drawn in the studio's process, in a
thread, and not at all: what an idle loop stalls is the machine's, not the drawing's.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from benchmarks.pictures.naive import draw_naively
from data import DATA_FOLDER
from pictures import Artist, Look, RankCard, Studio
from pictures.gallery import list_pictures, make_avatar

__all__ = ["main"]

AT_ONCE = 200
AVATARS = 40
TICK_SECONDS = 0.001
AIM_CARD_MS, AIM_TIMES, AIM_STALL_MS = 20.0, 4.0, 10.0


@dataclass(frozen=True, slots=True)
class Stalls:
    """How late the loop was, in milliseconds, while something was drawn."""

    seconds: float
    p99_ms: float
    worst_ms: float


def _make_cards(theme: str, count: int) -> list[RankCard]:
    """Return cards of different members."""
    base = next(picture for _, picture in list_pictures(theme))
    if not isinstance(base, RankCard):
        raise TypeError("the gallery begins with a rank card")
    avatars = [make_avatar(seed) for seed in range(AVATARS)]
    return [
        replace(
            base,
            name=f"Member {index}",
            avatar=avatars[index % AVATARS],
            level=str(index % 100),
            rank=f"#{index + 1:,}",
            xp=f"{index * 7:,} / 2,000 XP",
            progress=index % 97 / 97,
        )
        for index in range(count)
    ]


def _time_ms(work: Callable[[], object]) -> float:
    """Return the processor's time, which others on the machine do not lengthen as they do the clock's."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _print_cards(rounds: int) -> None:
    artist = Artist()
    print(f"Rank cards of {rounds} members, ms of the processor each: median (99th percentile)")
    for theme in artist.themes.by_name:
        cards = _make_cards(theme, rounds)
        draw_other = partial(
            draw_naively, background=_make_background(artist, theme), fonts=DATA_FOLDER / "fonts"
        )
        own, naive = [], []
        for card in cards:
            own.append(_time_ms(partial(artist.draw, card)))
            naive.append(_time_ms(partial(draw_other, card)))
        middle, other = statistics.median(own), statistics.median(naive)
        times = other / middle
        print(
            f"  {theme:10}{_describe(own):>16}   naive {_describe(naive):>16}   {times:4.1f} × faster"
            f"   under {AIM_CARD_MS:.0f} ms: {_verdict(middle < AIM_CARD_MS)}"
            f"; {AIM_TIMES:.0f} ×: {_verdict(times >= AIM_TIMES)}"
        )
    print(f"  caches hold {artist.held_bytes / 1e6:.1f} MB")
    print("Other pictures, ms each")
    for case, picture in list_pictures("laurel"):
        if not case.startswith("rank card"):
            artist.draw(picture)
            took = [_time_ms(partial(artist.draw, picture)) for _ in range(9)]
            print(f"  {case:24}{_describe(took):>16}")


def _make_background(artist: Artist, theme: str) -> bytes:
    """Return a background for the naive card: what Laurel draws, without its content."""
    card = replace(
        _make_cards(theme, 1)[0], name=" ", fallback_name=" ", avatar=b"", badges=(), xp=" ", total=""
    )
    buffer = io.BytesIO()
    Image.open(io.BytesIO(artist.draw(card))).save(buffer, "PNG")
    return buffer.getvalue()


def _describe(values: Sequence[float]) -> str:
    high = sorted(values)[min(len(values) - 1, round(len(values) * 0.99))]
    return f"{statistics.median(values):.1f} ({high:.1f})"


async def _measure_stalls(work: Callable[[], Awaitable[object]]) -> Stalls:
    """Return how late a loop was that ticks every millisecond while `work` runs."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            late.append((time.perf_counter() - before - TICK_SECONDS) * 1000)

    ticking = asyncio.create_task(tick())
    start = time.perf_counter()
    await work()
    seconds = time.perf_counter() - start
    ticking.cancel()
    late.sort()
    return Stalls(seconds, late[round(len(late) * 0.99) - 1], late[-1])


async def _print_stalls() -> None:
    cards = _make_cards("laurel", AT_ONCE)
    studio, artist = Studio(), Artist()
    await studio.draw(cards[0])
    artist.draw(replace(cards[0], look=Look(theme="laurel")))

    async def in_process() -> None:
        await asyncio.gather(*(studio.draw(card) for card in cards))

    async def in_thread() -> None:
        for card in cards:
            await asyncio.to_thread(artist.draw, card)

    print(f"{AT_ONCE} cards asked for at once, and how late the loop was meanwhile")
    drawn = await _measure_stalls(in_process)
    idle = await _measure_stalls(lambda: asyncio.sleep(drawn.seconds))
    threaded = await _measure_stalls(in_thread)
    await studio.close()
    for name, stalls in (("studio's process", drawn), ("a thread", threaded), ("nothing drawn", idle)):
        each = f"{stalls.seconds / AT_ONCE * 1000:5.1f} ms a card" if stalls is not idle else ""
        print(f"  {name:18}{each:16}   late p99 {stalls.p99_ms:5.2f} ms, worst {stalls.worst_ms:5.2f} ms")
    more_ms = drawn.worst_ms - idle.worst_ms
    print(f"  worst under {AIM_STALL_MS:.0f} ms beyond an idle loop's: {_verdict(more_ms < AIM_STALL_MS)}")


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks pictures", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=60, help="cards in each theme (default 60)")
    options = parser.parse_args(argv)
    _print_cards(options.rounds)
    asyncio.run(_print_stalls())


if __name__ == "__main__":
    main()
