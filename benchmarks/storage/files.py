"""What a store of JSON files costs by its size: all of it is in memory, and read at the start."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.storage.sizes import resident_mib
from cogs.context import wall_clock
from data import load_catalogue
from leveling_core.facts import MessagePosted
from leveling_core.ids import MemberKey, first_snowflake_at
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, Part, XpGained
from leveling_core.periods import MS_PER_DAY
from leveling_core.service import Leveling
from storage.backend import Writes
from storage.codec import encode_line, encode_member
from storage.json_files import Compacting, JsonBackend, list_store_files
from storage.store import GroupedStore

__all__ = ["LINES_OF_EACH", "FilesResult", "fill_files", "measure_files"]

GUILD_ID = 800_000_000_000_000_000
PORTION = 2_000
LINES_OF_EACH = 20
"""Ledger lines of each member."""

AWARDS, WAITING = 20_000, 256
OFTEN = Compacting(journal_bytes=1)
"""Has files written anew all the time."""


@dataclass(kw_only=True)
class FilesResult:
    """What was measured of one size.

    Attributes:
        disk_mib: How long the files are.
        memory_mib: How much the process grows by opening the store.
        start_seconds: Opening it.
        award_us: An award with 256 waiting, while files are written anew all the time.
        stall_ms: The longest that the event loop was held up meanwhile.
    """

    disk_mib: float
    memory_mib: float
    start_seconds: float
    award_us: float
    stall_ms: float


async def fill_files(folder: Path, members: int) -> None:
    """Make a store of one guild, of which every member has a past."""
    backend = await JsonBackend.open(folder)
    dice, now, seq = random.Random(members), wall_clock(), 0
    for first in range(1, members + 1, PORTION):
        writes = Writes(members=[], documents=[], ledger=[], answers=[])
        for user_id in range(first, min(first + PORTION, members + 1)):
            gains = [dice.randrange(15, 26) for _ in range(LINES_OF_EACH)]
            record = MemberRecord(xp=sum(gains), messages=dice.randrange(5_000), last_award_at=now)
            writes.members.append(encode_member(MemberKey(GUILD_ID, user_id), record))
            for day, xp in enumerate(gains):
                seq += 1
                outcome = XpGained(xp=xp, source="message", parts=(Part("roll", xp),))
                at = now - (LINES_OF_EACH - day) * MS_PER_DAY
                line = LedgerLine(at=at, guild_id=GUILD_ID, user_id=user_id, outcome=outcome, channel_id=7)
                writes.ledger.append(encode_line(seq, line))
        await backend.write(writes)
    await backend.close()


async def measure_files(folder: Path, members: int) -> FilesResult:
    """Open a store and let members earn, while files are written anew beside that."""
    gc.collect()
    disk_mib = sum(path.stat().st_size for path in list_store_files(folder)) / 2**20
    before, begun = resident_mib(), time.perf_counter()
    backend = await JsonBackend.open(folder, compacting=OFTEN)
    start_seconds = time.perf_counter() - begun
    memory_mib = resident_mib() - before
    store = GroupedStore(backend, clock=wall_clock)
    watch = _Watch()
    watching = asyncio.create_task(watch.run())
    try:
        award_us = await _award(Leveling(store, load_catalogue()), members)
    finally:
        watching.cancel()
        await store.close()
    return FilesResult(
        disk_mib=disk_mib,
        memory_mib=memory_mib,
        start_seconds=start_seconds,
        award_us=award_us,
        stall_ms=watch.longest_ms,
    )


async def _award(leveling: Leveling, members: int) -> float:
    dice, now = random.Random(1), wall_clock()
    begun = time.perf_counter()
    for first in range(0, AWARDS, WAITING):
        facts = [
            MessagePosted(
                GUILD_ID,
                dice.randint(1, members),
                7,
                first_snowflake_at(now + n * 50),
                40,
                False,
                False,
                n,
                1,
            )
            for n in range(first, first + WAITING)
        ]
        await asyncio.gather(*map(leveling.message_posted, facts))
    return 1e6 * (time.perf_counter() - begun) / AWARDS


class _Watch:
    """Notices how long the event loop is held up."""

    EVERY_SECONDS = 0.002

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(self.EVERY_SECONDS)
            late = time.perf_counter() - before - self.EVERY_SECONDS
            self.longest_ms = max(self.longest_ms, 1000 * late)
