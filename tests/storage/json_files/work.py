"""A store's life in a few groups, and what must be left of it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence

from leveling_core.documents import CursorRecord, GoalRecord
from leveling_core.ids import MemberKey, OnceKey, cursor_key, goal_key
from leveling_core.member import MemberRecord
from storage.backend import Writes
from storage.codec import encode_answer, encode_document, encode_line, encode_member
from storage.json_files import Compacting, JsonBackend
from storage.memory import MemoryBackend, MemoryState
from tests.contract.support import line
from tests.storage.json_files.disk import SimulatedFiles

EAGER = Compacting(journal_bytes=1, folded_seconds=0.0, retry_seconds=0.0)
"""Files are written anew after every group."""

LAZY = Compacting(journal_bytes=10**9)
"""Files are written anew at the start and at the end alone."""


def group(number: int, lines: int = 3) -> Writes:
    """Make the ``number``-th group (from 0) of a store's life: rows of every table, some of them changed."""
    guild_id = 1 + number % 2
    key = MemberKey(guild_id, 1 + number % 3)
    first_seq = 1 + number * lines
    once = OnceKey("test", f"{number}", int)
    return Writes(
        members=[encode_member(key, MemberRecord(xp=number + 1, last_claim_zone="Zone/Ä"))],
        documents=[
            encode_document(goal_key(guild_id, number % 4), GoalRecord(target=number)),
            encode_document(cursor_key("sub"), CursorRecord(seq=number)),
        ],
        ledger=[
            encode_line(first_seq + place, line(key.user_id, number, guild_id=guild_id, at=first_seq))
            for place in range(lines)
        ],
        answers=[(str(once), number, encode_answer(number))],
        forget_answers_before=number - 3 if number % 4 == 3 else 0,
    )


def fold(first_seq: int) -> Writes:
    """Make a group in which of three lines one stays, with the sum of their XP."""
    line_of_three = line(1, 77, at=first_seq)
    return Writes([], [], [], [], 0, [encode_line(first_seq + 2, line_of_three)], [first_seq, first_seq + 1])


GROUPS: Sequence[Writes] = [*map(group, range(5)), fold(1), group(5), fold(4), group(6)]


def states_after(groups: Sequence[Writes]) -> list[MemoryState]:
    """Return what must be in a store before the first group and after each."""
    backend = MemoryBackend()
    states = [copy_of(backend.state)]
    for one in groups:
        asyncio.run(backend.write(one))
        states.append(copy_of(backend.state))
    return states


def copy_of(state: MemoryState) -> MemoryState:
    """Return a copy of what a state is made of."""
    return MemoryState(
        epoch="",
        members=dict(state.members),
        documents=dict(state.documents),
        ledger=list(state.ledger),
        answers=dict(state.answers),
    )


async def written_anew() -> None:
    """Wait until no files are being written anew."""
    running = [task for task in asyncio.all_tasks() if task.get_name() == "laurel-json-compaction"]
    await asyncio.gather(*running)


@dataclasses.dataclass
class Told:
    """What a store told of itself: its epoch, and how many groups it acknowledged."""

    epoch: str = ""
    groups: int = 0


async def work(files: SimulatedFiles, told: Told) -> None:
    """Open a store, write all groups and close it. Some groups are written while files are written anew."""
    backend = await JsonBackend.open_files(files, "test", compacting=EAGER)
    told.epoch = backend.head.epoch
    for one in GROUPS:
        await backend.write(one)
        told.groups += 1
        if told.groups % 3:
            await written_anew()
    await backend.close()


async def look(files: SimulatedFiles) -> tuple[str, MemoryState]:
    """Open a store, and return its epoch and what is in it; leave the files as a killed process would."""
    backend = await JsonBackend.open_files(files, "test", compacting=LAZY)
    return backend.head.epoch, copy_of(backend.state)


async def write_more(files: SimulatedFiles, writes: Writes) -> None:
    """Open a store, write one more group and go without closing."""
    backend = await JsonBackend.open_files(files, "test", compacting=LAZY)
    await backend.write(writes)
