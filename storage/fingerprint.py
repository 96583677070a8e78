"""Telling whether two stores hold the same: counts, totals, and a hash of every table's rows in order."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from leveling_core.store import Head
from storage.backend import RowCounts, Snapshot
from storage.codec import LEDGER_COLUMNS, MEMBER_COLUMNS, Row
from storage.copy_mark import is_mark
from storage.progress import Progress

__all__ = ["Fingerprint", "take_fingerprint"]

_MEMBER_XP, _LINE_XP = MEMBER_COLUMNS.index("xp"), LEDGER_COLUMNS.index("xp")
_PRESENT = MEMBER_COLUMNS.index("present")

_encode_lines = msgspec.json.Encoder().encode_lines
"""One row a line, so that it does not matter how rows are portioned."""


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds, in a few numbers.

    Attributes:
        head: Its epoch and the last line of its ledger.
        counts: How many rows of each kind.
        member_xp: The XP of all members together.
        ledger_xp: The XP of all ledger lines together.
        members: A hash of all members' rows, ascending.
        documents: The same of all other records.
        ledger: The same of the ledger.
        answers: The same of the kept answers.
    """

    head: Head
    counts: RowCounts
    member_xp: int
    ledger_xp: int
    members: str
    documents: str
    ledger: str
    answers: str

    def differences(self, other: Fingerprint) -> list[str]:
        """Return the names of what is not equal."""
        names = self.__struct_fields__
        return [name for name in names if getattr(self, name) != getattr(other, name)]


async def take_fingerprint(snapshot: Snapshot, progress: Progress) -> Fingerprint:
    """Read every row of a snapshot.

    Args:
        snapshot: Of a store; the mark of an unfinished copy is left out.
        progress: Is told how many rows are read.

    Raises:
        StoreError: It cannot be read.
    """
    members = _Sum(progress, lambda rows: sum(row[_MEMBER_XP] for row in rows))
    documents = _Sum(progress)
    ledger = _Sum(progress, lambda rows: sum(row[_LINE_XP] for row in rows))
    answers = _Sum(progress)
    await members.add(snapshot.members(), _with_numbers)
    await documents.add(snapshot.documents())
    await ledger.add(snapshot.ledger())
    await answers.add(snapshot.answers(), lambda rows: [row for row in rows if not is_mark(row)])
    return Fingerprint(
        head=snapshot.head,
        counts=RowCounts(members.rows, documents.rows, ledger.rows, answers.rows),
        member_xp=members.total,
        ledger_xp=ledger.total,
        members=members.hash,
        documents=documents.hash,
        ledger=ledger.hash,
        answers=answers.hash,
    )


class _Sum:
    """What the rows of one table come to."""

    def __init__(self, progress: Progress, total: Callable[[Sequence[Row]], int] = lambda _: 0) -> None:
        self._progress = progress
        self._total = total
        self._hash = hashlib.sha256()
        self.rows = 0
        self.total = 0

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()

    async def add(
        self,
        portions: AsyncIterator[Sequence[Row]],
        prepare: Callable[[Sequence[Row]], Sequence[Row]] = lambda rows: rows,
    ) -> None:
        async for portion in portions:
            rows = prepare(portion)
            self._hash.update(_encode_lines(rows))
            self.rows += len(rows)
            self.total += self._total(rows)
            self._progress(len(rows))


def _with_numbers(rows: Sequence[Row]) -> Sequence[Row]:
    """Return members' rows alike, whether their backend keeps a truth value as one or as a number."""
    return [(*row[:_PRESENT], int(row[_PRESENT]), *row[_PRESENT + 1 :]) for row in rows]
