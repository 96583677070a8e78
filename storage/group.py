"""The memory of one group: its decisions run here, each on what those before it wrote.

Nothing of it is visible outside before the group is on disk; when that fails, the whole memory is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from leveling_core.decision import Decide, RecordsNeeded, View
from leveling_core.documents import Record
from leveling_core.errors import LevelingError
from leveling_core.ids import DocumentKey, Key, MemberKey, OnceKey
from leveling_core.outcomes import LedgerLine
from storage.backend import Rows, Writes
from storage.codec import (
    Row,
    check_document,
    decode_answer,
    decode_document,
    decode_member,
    encode_answer,
    encode_document,
    encode_line,
    encode_member,
)

__all__ = ["Group", "Pending", "decode_rows", "split_keys"]

_Future = asyncio.Future[Any]


Pending = tuple[Collection[Key], Decide[Any], OnceKey[Any] | None, _Future, bool]
"""A commit that waits: its arguments, where its answer goes, and whether it is patient. A bare tuple, as one
is made per message."""


class Group:
    """The memory of one group: what its decisions see, wrote, and are to be told.

    Args:
        last_seq: The last line of the ledger before the group.

    Attributes:
        records: What its decisions see: as on disk, then as written by those before.
        broken: Why a key's record cannot be seen.
        before: The records that were written, as they are on disk.
        written: The same, as they are to be.
        lines: What happened.
        ledger_rows: The same, as rows under their ``seq``.
        answers: Answers by once-key, as JSON: found on disk, or given in this group.
        kept: Those given in this group.
        outcomes: What each future is to be told: an answer or an error.
    """

    __slots__ = (
        "_member_rows",
        "_next_seq",
        "answers",
        "before",
        "broken",
        "kept",
        "ledger_rows",
        "lines",
        "outcomes",
        "records",
        "written",
    )

    def __init__(self, last_seq: int) -> None:
        self._next_seq = last_seq + 1
        self._member_rows: dict[MemberKey, Row] = {}
        self.records: dict[Key, Record] = {}
        self.broken: dict[Key, Exception] = {}
        self.before: dict[Key, Record] = {}
        self.written: dict[Key, Record] = {}
        self.lines: list[LedgerLine] = []
        self.ledger_rows: list[Row] = []
        self.answers: dict[str, str] = {}
        self.kept: list[str] = []
        self.outcomes: list[tuple[_Future, Any, Exception | None]] = []

    def decide(self, pending: Pending) -> None:
        """Run one decision and take in what it returns. One that raises changes nothing.

        Raises:
            RecordsNeeded: It asks for more; nothing was taken in.
        """
        keys, decide, once, future, _ = pending
        if once is not None and (first := self.answers.get(str(once))) is not None:
            self._repeat(once, first, future)
            return
        records = self.records
        view = View()
        try:
            for key in keys:
                view[key] = records[key]
        except KeyError:
            problem = next(self.broken[key] for key in keys if key in self.broken)
            self.outcomes.append((future, None, problem))
            return
        try:
            decision = decide(view)
            kept = None if once is None else encode_answer(decision.answer)
            self._take_in(view, decision.writes, decision.lines)
        except RecordsNeeded:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is belongs to the caller of this commit alone
            self.outcomes.append((future, None, error))
            return
        if kept is not None:
            self.answers[str(once)] = kept
            self.kept.append(str(once))
        self.outcomes.append((future, decision.answer, None))

    def _take_in(self, view: View, writes: Mapping[Key, Record], lines: Sequence[LedgerLine]) -> None:
        """Take in all that a decision returned, or nothing of it.

        Each member's row is made here and not once for the group: what is out of bounds must not pass because
        a later decision of the group puts it right.
        """
        member_rows: dict[MemberKey, Row] = {}
        for key, record in writes.items():
            if key not in view:  # written without having been looked at: the store must know it all the same
                raise RecordsNeeded([key for key in writes if key not in view])
            if isinstance(key, MemberKey):
                member_rows[key] = encode_member(key, record)
            else:
                check_document(key, record)
        if lines:
            first_seq = self._next_seq + len(self.lines)
            self.ledger_rows += [encode_line(seq, line) for seq, line in enumerate(lines, first_seq)]
            self.lines += lines
        before, records = self.before, self.records
        for key in writes:
            if key not in before:
                before[key] = records[key]
        records.update(writes)
        self.written.update(writes)
        self._member_rows.update(member_rows)

    def _repeat(self, once: OnceKey[Any], first: str, future: _Future) -> None:
        """Tell a commit whose once-key took effect before the answer of then."""
        try:
            self.outcomes.append((future, decode_answer(once, first), None))
        except LevelingError as error:
            self.outcomes.append((future, None, error))

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.written or self.lines or self.kept)

    def writes(self, at: int) -> Writes:
        """Return the group's rows, its answers kept as of ``at`` (ms UTC).

        Raises:
            StoreError: A document is no JSON.
        """
        return Writes(
            members=list(self._member_rows.values()),
            documents=[
                encode_document(key, record)
                for key, record in self.written.items()
                if isinstance(key, DocumentKey)
            ],
            ledger=self.ledger_rows,
            answers=[(key, at, self.answers[key]) for key in self.kept],
        )


def decode_rows(rows: Rows, broken: dict[Key, Exception]) -> dict[Key, Record]:
    """Return the records of rows; for those that cannot be read, put why into ``broken``."""
    records: dict[Key, Record] = {}
    for row in rows.members:
        try:
            member_key, member = decode_member(row)
        except LevelingError as error:
            broken[MemberKey(row[0], row[1])] = error
        else:
            records[member_key] = member
    for row in rows.documents:
        try:
            key, document = decode_document(row)
        except LevelingError as error:
            broken[DocumentKey(row[0], row[1], row[2])] = error
        else:
            records[key] = document
    return records


def split_keys(keys: Iterable[Key]) -> tuple[list[MemberKey], list[DocumentKey]]:
    """Part members' keys from all others."""
    members: list[MemberKey] = []
    documents: list[DocumentKey] = []
    for key in keys:
        if isinstance(key, MemberKey):
            members.append(key)
        else:
            documents.append(key)
    return members, documents
