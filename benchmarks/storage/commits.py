"""Durable awards a second, beside SQLite written by hand: the same rows, the same groups, the same disk.

Every award is a message that earns XP and goes all the way: decision, codec, group, disk. What a group wrote
is kept, and written again by plain ``sqlite3``, and a part of it in a transaction of its own per award.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiosqlite

from cogs.context import wall_clock
from data import load_catalogue
from leveling_core.decision import Decide, Decision, View
from leveling_core.facts import MessagePosted
from leveling_core.ids import first_snowflake_at
from leveling_core.service import Leveling
from leveling_core.store import LevelingStore
from storage.backend import Backend, Writes
from storage.codec import LEDGER_COLUMNS, decode_line, decode_member, encode_line, encode_member
from storage.sqlite import WRITER_PRAGMAS, SqliteBackend
from storage.sqlite_rows import WRITE_DOCUMENT, WRITE_LINE, WRITE_MEMBER
from storage.store import GroupedStore

__all__ = ["WAITING", "CommitResult", "measure_commits"]

WAITING = {1: 2_000, 16: 10_000, 256: 60_000, 1024: 60_000}
"""How many awards wait at once, and how many are made of each."""

ALONE = 2_000
"""How many awards are written in a transaction of their own."""

GUILD_ID = 800_000_000_000_000_000
MEMBERS = 5_000
CHANNELS = 5
MS_BETWEEN_AWARDS = 13
"""From one message to the next: a member's own are 65 s apart, outside the default cooldown of 60."""

USER_ID = LEDGER_COLUMNS.index("user_id")
CHANNEL_ID = LEDGER_COLUMNS.index("channel_id")


@dataclass(frozen=True, kw_only=True)
class CommitResult:
    """What a run took, in µs an award.

    Attributes:
        total_us: All of it, as an awaiting caller sees it.
        write_us: Writing groups, from handing them over until they are on disk.
        raw_us: Plain ``sqlite3`` writing the same groups.
        alone_us: One transaction an award, one after another; 0 where it was not measured.
        decide_us: Running decisions.
        codec_us: Making rows of records and lines.
        group: Awards in a group, on average.
        bytes_per_award: By how much the database grew.
    """

    total_us: float
    write_us: float
    raw_us: float
    alone_us: float
    decide_us: float
    codec_us: float
    group: float
    bytes_per_award: float


class _Recording:
    """A backend that keeps what it writes, and how long that took."""

    def __init__(self, backend: SqliteBackend) -> None:
        self._backend = backend
        self.groups: list[Writes] = []
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    async def write(self, writes: Writes) -> None:
        begun = time.perf_counter()
        await self._backend.write(writes)
        self.seconds += time.perf_counter() - begun
        self.groups.append(writes)


class _Timed:
    """A store that adds up how long decisions run."""

    def __init__(self, store: LevelingStore) -> None:
        self._store = store
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, keys: Collection[Any], decide: Decide[Any], **options: Any) -> Any:
        def timed(view: View) -> Decision[Any]:
            begun = time.perf_counter()
            decision = decide(view)
            self.seconds += time.perf_counter() - begun
            return decision

        return self._store.commit(keys, timed, **options)


def _fact(number: int, start_ms: int) -> MessagePosted:
    message_id = first_snowflake_at(start_ms + number * MS_BETWEEN_AWARDS) + 1
    channel_id = GUILD_ID + 1 + number % CHANNELS
    return MessagePosted(
        GUILD_ID, 1 + number % MEMBERS, channel_id, message_id, 40, False, False, number * 7919 % 2**32, 1
    )


async def measure_commits(waiting: int, folder: Path) -> CommitResult:
    """Make awards, ``waiting`` at once, then write the same again by hand."""
    awards, start_ms = WAITING[waiting], wall_clock()
    recording = _Recording(await SqliteBackend.open(folder / "laurel.db", clock=wall_clock))
    store = GroupedStore(cast(Backend, recording), clock=wall_clock)
    timed = _Timed(store)
    leveling = Leveling(cast(LevelingStore, timed), load_catalogue())
    numbers = iter(range(awards))

    async def work() -> None:
        for number in numbers:
            await leveling.message_posted(_fact(number, start_ms))

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(waiting)))
    seconds = time.perf_counter() - begun
    await store.close()
    groups = recording.groups
    return CommitResult(
        total_us=1e6 * seconds / awards,
        write_us=1e6 * recording.seconds / awards,
        raw_us=1e6 * await _write_by_hand(groups, folder / "by-hand.db") / awards,
        alone_us=1e6 * await _write_alone(groups, folder / "alone.db") / ALONE if waiting > 1 else 0.0,
        decide_us=1e6 * timed.seconds / awards,
        codec_us=1e6 * _encode_again(groups) / awards,
        group=awards / len(groups),
        bytes_per_award=(folder / "laurel.db").stat().st_size / awards,
    )


async def _make_empty(path: Path) -> None:
    backend = await SqliteBackend.open(path, clock=wall_clock)
    await backend.close()


async def _write_by_hand(groups: Sequence[Writes], path: Path) -> float:
    """Write the same groups with plain ``sqlite3``; return the seconds."""
    await _make_empty(path)
    connection = sqlite3.connect(path, isolation_level="IMMEDIATE")
    for pragma in WRITER_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    begun = time.perf_counter()
    for writes in groups:
        connection.executemany(WRITE_MEMBER, writes.members)
        connection.executemany(WRITE_DOCUMENT, writes.documents)
        connection.executemany(WRITE_LINE, writes.ledger)
        connection.commit()
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


async def _write_alone(groups: Sequence[Writes], path: Path) -> float:
    """Write each line with its member and its channel in a transaction of its own; return the seconds."""
    await _make_empty(path)
    awards = [
        (members[line[USER_ID]], documents.get(str(line[CHANNEL_ID])), line)
        for writes in groups
        for members in [{row[1]: row for row in writes.members}]
        for documents in [{row[2]: row for row in writes.documents}]
        for line in writes.ledger
    ]
    async with aiosqlite.connect(path, isolation_level="IMMEDIATE") as connection:
        for pragma in WRITER_PRAGMAS:
            await connection.execute_fetchall(f"PRAGMA {pragma}")
        begun = time.perf_counter()
        for member, document, line in awards[:ALONE]:
            await connection.execute(WRITE_MEMBER, member)
            if document is not None:
                await connection.execute(WRITE_DOCUMENT, document)
            await connection.execute(WRITE_LINE, line)
            await connection.commit()
        return time.perf_counter() - begun


def _encode_again(groups: Sequence[Writes]) -> float:
    """Make all rows of members and lines once more; return the seconds."""
    seconds = 0.0
    for writes in groups:
        members = [decode_member(row) for row in writes.members]
        lines = [decode_line(row) for row in writes.ledger]
        begun = time.perf_counter()
        for key, record in members:
            encode_member(key, record)
        for line in lines:
            encode_line(line.seq, line)
        seconds += time.perf_counter() - begun
    return seconds
