"""A backend that keeps its rows in memory: the reference, and for tests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from leveling_core.errors import StoreError
from leveling_core.ids import DocumentKey, MemberKey
from leveling_core.store import Head, LedgerQuery, PeriodBoard
from storage.backend import BoardEntry, KeptBoard, Rows, Writes
from storage.board_index import board_value
from storage.codec import MEMBER_COLUMNS, Row, decode_member
from storage.day_sums import DaySums, day_of_row, is_award
from storage.ledger_rows import LedgerRows
from storage.memory_snapshot import MemorySnapshot

__all__ = ["MemoryBackend", "MemoryState"]

_PRESENT, _ACHIEVEMENTS = (MEMBER_COLUMNS.index(name) for name in ("present", "achievements"))

_COUNTED_AT_ONCE = 1000
"""Members whose achievements are counted at once: a few milliseconds."""

_decode_unlocks = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(kw_only=True)
class MemoryState:
    """What a database would hold. Hand it to another backend to open the same data again."""

    epoch: str = "memory"
    members: dict[tuple[int, int], Row] = field(default_factory=dict)
    documents: dict[tuple[str, int, str], Row] = field(default_factory=dict)
    ledger: list[Row] = field(default_factory=list)
    answers: dict[str, Row] = field(default_factory=dict)


class MemoryBackend:
    """Keeps rows in dicts. Nothing of it can fail, so a group is all there at once.

    Args:
        state: The data to open, or None for none.
    """

    description = "memory:"

    def __init__(self, state: MemoryState | None = None) -> None:
        self.state = state or MemoryState()
        self._ledger = LedgerRows(self.state.ledger)
        self._sums = DaySums(self.state.ledger)
        self.head = Head(self.state.epoch, self._ledger.last_seq)

    async def load(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Return the rows of those keys that have one."""
        member_rows = (self.state.members.get((key.guild_id, key.user_id)) for key in members)
        document_rows = (self.state.documents.get((key.kind, key.guild_id, key.id)) for key in documents)
        return Rows(_present(member_rows), _present(document_rows))

    read = load

    async def load_answers(self, keys: Sequence[str], since_at: int) -> list[Row]:
        """Return once-key, instant and answer of those that were kept at ``since_at`` or later."""
        rows = _present(self.state.answers.get(key) for key in keys)
        return [row for row in rows if row[1] >= since_at]

    async def write(self, writes: Writes) -> None:
        """Take all rows in."""
        self._check(writes)
        self._apply(writes)

    def _check(self, writes: Writes) -> None:
        """Refuse what could not be applied as a whole."""
        missing = [row[0] for row in writes.folded if row[0] not in self._ledger]
        if missing:
            raise StoreError(
                path=self.description,
                cause=f"the ledger has no line {missing[0]} that another could take the place of",
                cure="Nothing was written",
            )

    def _apply(self, writes: Writes) -> None:
        state = self.state
        state.members.update({(row[0], row[1]): row for row in writes.members})
        state.documents.update({(row[0], row[1], row[2]): row for row in writes.documents})
        state.answers.update({row[0]: row for row in writes.answers})
        if before := writes.forget_answers_before:
            for key in [key for key, row in state.answers.items() if row[1] < before]:
                del state.answers[key]
        self._ledger.extend(writes.ledger)
        self._sums.add(writes.ledger)
        self._sums.forget(row for seq in writes.forgotten for row in self._ledger.between(seq, seq))
        self._ledger.replace(writes.folded)
        self._ledger.forget(writes.forgotten)

    async def list_ledger(self, query: LedgerQuery) -> list[Row]:
        """Return rows of the ledger, in the order that the query asks for."""
        return self._ledger.select(query)

    async def list_member_ids(self, guild_id: int, *, present: bool) -> list[int]:
        """Return user ids, ascending."""
        members = (decode_member(row) for row in self.state.members.values())
        return sorted(
            key.user_id for key, record in members if key.guild_id == guild_id and record.present == present
        )

    async def list_documents(self, kind: str) -> list[Row]:
        """Return the rows of all documents of a kind."""
        return [row for name, row in self.state.documents.items() if name[0] == kind]

    async def list_foldable(
        self, guild_id: int, *, after: tuple[int, int], before_on: int, until_seq: int, limit: int
    ) -> list[Row]:
        """Return awards that share their member and day with another, oldest days first."""
        days = self._sums.foldable(guild_id, after=after, before_on=before_on, until_seq=until_seq)
        rows: list[Row] = []
        for day, awards in days:
            if rows and len(rows) + awards > limit:
                break
            lines = self._ledger.of_member(guild_id, day.user_id, day.first_seq, day.last_seq)
            rows += [row for row in lines if is_award(row) and day_of_row(row) == day.day_on]
        return rows

    async def sum_up_anew(self) -> None:
        """Forget the sums by day: they are made when somebody first asks."""
        self._sums = DaySums(self.state.ledger)

    async def open_board(self, guild_id: int, board: KeptBoard) -> AsyncGenerator[Sequence[BoardEntry], None]:
        """Return all who are on the board now, or have XP in the period."""
        if isinstance(board, PeriodBoard):
            xp = self._sums.xp_by_member(guild_id, board.from_on, board.until_on)
            return _portions(
                [
                    (value, user_id, self._is_present(guild_id, user_id))
                    for user_id, value in xp.items()
                    if value
                ]
            )
        members = (decode_member(row) for row in self.state.members.values())
        values = [
            (board_value(record, board), key.user_id) for key, record in members if key.guild_id == guild_id
        ]
        return _portions([(value, user_id, True) for value, user_id in values if value])

    async def open_unlocks(self, guild_id: int) -> AsyncGenerator[Mapping[str, int], None]:
        """Return how many present members have each achievement now, in portions."""
        return _counted([row for name, row in self.state.members.items() if name[0] == guild_id])

    def _is_present(self, guild_id: int, user_id: int) -> bool:
        row = self.state.members.get((guild_id, user_id))
        return row is None or bool(row[_PRESENT])

    async def open_snapshot(self) -> MemorySnapshot:
        """Fix a moment, and return all rows as of then."""
        state = self.state
        return MemorySnapshot(
            self.description,
            Head(state.epoch, self._ledger.last_seq),
            members=state.members.values(),
            documents=state.documents.values(),
            ledger=state.ledger,
            answers=state.answers.values(),
        )

    async def recover(self) -> Head:
        """Return the end of the ledger; nothing of it can break."""
        return Head(self.state.epoch, self._ledger.last_seq)

    def hasten(self) -> None:
        """Do nothing: there is nobody to wait for."""

    async def close(self) -> None:
        """Do nothing: the state stays with whoever holds it."""


def _present(rows: Iterable[Row | None]) -> list[Row]:
    return [row for row in rows if row is not None]


async def _portions(entries: Sequence[BoardEntry]) -> AsyncGenerator[Sequence[BoardEntry], None]:
    yield entries


async def _counted(rows: Sequence[Row]) -> AsyncGenerator[Mapping[str, int], None]:
    """Count achievements of members' rows, and let others go on between two portions."""
    for first in range(0, len(rows), _COUNTED_AT_ONCE):
        counts: Counter[str] = Counter()
        for row in rows[first : first + _COUNTED_AT_ONCE]:
            if row[_PRESENT] and row[_ACHIEVEMENTS] is not None:
                counts.update(_unlocked_in(row))
        yield counts
        await asyncio.sleep(0)


def _unlocked_in(row: Row) -> Collection[str]:
    """Return the ids of what a row has unlocked; a row that is damaged counts for nothing."""
    try:
        return _decode_unlocks(row[_ACHIEVEMENTS]).keys()
    except msgspec.DecodeError:
        return ()
