"""What a guild's size costs: the same looks at guilds of a thousand to a million members."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from cogs.context import wall_clock
from data import load_catalogue
from leveling_core.boards import Boards
from leveling_core.decision import Decision, View
from leveling_core.facts import MessagePosted
from leveling_core.ids import MemberKey, first_snowflake_at
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, Part, XpGained
from leveling_core.periods import MS_PER_DAY
from leveling_core.service import Leveling
from leveling_core.store import XpBoard
from storage import open_store
from storage.backend import Writes
from storage.codec import encode_line, encode_member
from storage.sqlite import SqliteBackend

__all__ = ["LOOKS", "SizeResult", "fill", "measure_memory", "measure_size", "resident_mib"]

GUILD_ID = 800_000_000_000_000_000
PORTION = 5_000
LOOKS = ("standings page", "rank", "profile", "week board")
ROUNDS = 300
OLD_DAYS = 40


@dataclass(kw_only=True)
class SizeResult:
    """What was measured of one size.

    Attributes:
        members: How many there are.
        start_seconds: Opening the store.
        first_seconds: The first look at the all-time and at the week board, by name: they are made then.
        look_us: Median and 99th percentile of later looks, by name, each after an award.
    """

    members: int
    start_seconds: float
    first_seconds: dict[str, float] = field(default_factory=dict)
    look_us: dict[str, tuple[float, float]] = field(default_factory=dict)


async def fill(path: Path, members: int) -> None:
    """Make a database of one guild: every member has a line of today and one that is 40 days old."""
    backend = await SqliteBackend.open(path, clock=wall_clock)
    dice, now, seq = random.Random(members), wall_clock(), 0
    for first in range(1, members + 1, PORTION):
        users = range(first, min(first + PORTION, members + 1))
        writes = Writes(members=[], documents=[], ledger=[], answers=[])
        for user_id in users:
            old, new = dice.randrange(50_000), dice.randrange(1, 400)
            record = MemberRecord(
                xp=old + new, messages=dice.randrange(5_000), last_award_at=now - MS_PER_DAY
            )
            writes.members.append(encode_member(MemberKey(GUILD_ID, user_id), record))
            for xp, at in ((old, now - OLD_DAYS * MS_PER_DAY), (new, now)):
                seq += 1
                outcome = XpGained(xp=xp, source="message", parts=(Part("roll", xp),))
                line = LedgerLine(at=at, guild_id=GUILD_ID, user_id=user_id, outcome=outcome, channel_id=7)
                writes.ledger.append(encode_line(seq, line))
        await backend.write(writes)
    await backend.close()


async def measure_size(path: Path, members: int) -> SizeResult:
    """Open a database and look at it, at members who are not in the cache: all of a small guild would be."""
    begun = time.perf_counter()
    store = await open_store(f"sqlite:///{path}", clock=wall_clock, cached_records=1)
    result = SizeResult(members=members, start_seconds=time.perf_counter() - begun)
    leveling, boards = Leveling(store, load_catalogue()), Boards(store)
    dice, now = random.Random(1), wall_clock()

    def anybody() -> MemberKey:
        return MemberKey(GUILD_ID, dice.randint(1, members))

    looks: dict[str, Callable[[], Awaitable[object]]] = {
        "standings page": lambda: boards.get_leaderboard(anybody(), now, page=dice.randint(1, members // 10)),
        "rank": lambda: store.find_standing(anybody(), XpBoard()),
        "profile": lambda: leveling.get_profile(anybody(), now),
        "week board": lambda: boards.get_leaderboard(anybody(), now, board="week", find_me=True),
    }
    try:
        for name in ("standings page", "week board"):
            begun = time.perf_counter()
            await looks[name]()
            result.first_seconds[name] = time.perf_counter() - begun
        for place, (name, look) in enumerate(looks.items()):
            times = []
            for number in range(ROUNDS):
                key = anybody()
                message_id = first_snowflake_at(now + (place * ROUNDS + number) * 1000)
                fact = MessagePosted(GUILD_ID, key.user_id, 7, message_id, 40, False, False, number, 1)
                await leveling.message_posted(fact)
                begun = time.perf_counter()
                await look()
                times.append(1e6 * (time.perf_counter() - begun))
            result.look_us[name] = statistics.median(times), statistics.quantiles(times, n=100)[98]
    finally:
        await store.close()
    return result


async def measure_memory(path: Path, members: int) -> dict[str, float]:
    """Return by how many MiB the process grows with its records cached, then with each board's index."""
    store = await open_store(f"sqlite:///{path}", clock=wall_clock, cached_records=2 * members)
    boards, now = Boards(store), wall_clock()
    grown, before = {}, resident_mib()
    try:
        for first in range(1, members + 1, PORTION):
            keys = [MemberKey(GUILD_ID, user_id) for user_id in range(first, first + PORTION)]
            await store.commit(keys, _look)
        grown["records in the cache"], before = _grown(before)
        await store.count_ranked(GUILD_ID, XpBoard())
        grown["index of the all-time board"], before = _grown(before)
        await boards.get_leaderboard(MemberKey(GUILD_ID, 1), now)
        grown["index of that board as today began"], before = _grown(before)
        await boards.get_leaderboard(MemberKey(GUILD_ID, 1), now, board="week")
        grown["index of the week board"], before = _grown(before)
    finally:
        await store.close()
    return grown


def _look(_: View) -> Decision[None]:
    return Decision(None)


def _grown(before: float) -> tuple[float, float]:
    gc.collect()
    now = resident_mib()
    return now - before, now


def resident_mib() -> float:
    """Return how much memory the process has."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * 4096 / 2**20
