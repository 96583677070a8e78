"""Holding all records to what they must be, and finding the rows that put them right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

import msgspec

from leveling_core.documents import BoostersRecord, Document
from leveling_core.errors import StoreError
from leveling_core.ids import DocumentKey, MemberKey, boosters_key
from leveling_core.member import MemberRecord
from storage.backend import Snapshot
from storage.codec import Row, encode_document, encode_member
from storage.document_check import find_key_problem, find_problem, read_body
from storage.document_truth import KINDS_FROM_LEDGER, derive_documents, mend_document
from storage.findings import Finding, Portion, name_document, name_line, name_member
from storage.ledger_check import are_in_bounds
from storage.member_truth import Difference, find_differences, is_as_told
from storage.member_walk import Pair, walk_members
from storage.progress import Progress

__all__ = ["RecordCheck"]

_repairable = partial(msgspec.structs.replace, is_repairable=True)


class RecordCheck:
    """Goes through documents, then through members, which rosters of boosters follow from.

    Args:
        snapshot: Of the store.
        can_repair: Tells whether what is wrong can be put right.
    """

    def __init__(self, snapshot: Snapshot, can_repair: Callable[[], bool]) -> None:
        self._snapshot = snapshot
        self._can_repair = can_repair
        self._rosters: dict[int, set[int]] = {}
        self._broken_rosters: dict[int, Finding] = {}
        self._boosting: dict[int, set[int]] = {}
        self._damaged_lines: list[Finding] = []

    # documents

    async def look_at_documents(self, progress: Progress) -> AsyncIterator[Portion]:
        """Yield what is wrong with all records but those of members; rosters come with these."""
        from_ledger: dict[DocumentKey, Finding] = {}
        async for rows in self._snapshot.documents():
            portion = Portion()
            for row in rows:
                self._look_at_document(row, portion, from_ledger)
            yield portion
            progress(len(rows))
        if from_ledger:
            derived = await derive_documents(self._snapshot, from_ledger) if self._can_repair() else {}
            portion = Portion()
            for key, finding in from_ledger.items():
                self._add(portion, key, finding, derived.get(key))
            yield portion

    def _look_at_document(self, row: Row, portion: Portion, from_ledger: dict[DocumentKey, Finding]) -> None:
        key = DocumentKey(*row[:3])
        where = name_document(key)
        if problem := find_key_problem(key):
            unknown = Finding(kind="problem", where=where, found=problem, severity="warning")
            portion.findings.append(unknown)
            return
        record, problem = read_body(row)
        if record is not None:
            problem = find_problem(key, record, self._snapshot.head)
        if isinstance(record, BoostersRecord):
            self._rosters[key.guild_id] = set(record.user_ids)
        if not problem:
            return
        finding = Finding(kind="unreadable" if record is None else "problem", where=where, found=problem)
        if key.kind == "boosters":
            self._broken_rosters[key.guild_id] = finding
        elif (right := mend_document(record, key.kind, self._snapshot.head)) is not None:
            self._add(portion, key, finding, right)
        elif key.kind in KINDS_FROM_LEDGER:
            from_ledger[key] = finding
        else:
            portion.findings.append(finding)

    def _add(self, portion: Portion, key: DocumentKey, finding: Finding, right: Document | None) -> None:
        """Add a finding, and the row that puts it right where there is one."""
        is_right = right is not None and not find_problem(key, right, self._snapshot.head)
        if right is not None and is_right and self._can_repair():
            row = encode_document(key, right)
            portion.documents.append(row)
            finding = _repairable(finding, expected=finding.expected or row[-1])
        portion.findings.append(finding)

    # members

    async def look_at_members(self, progress: Progress) -> AsyncIterator[Portion]:
        """Yield what is wrong with members, by what the ledger says of them, and with rosters."""
        async for pairs in walk_members(self._snapshot, self._note_damaged_line, progress):
            portion = Portion()
            for pair in pairs:
                self._look_at_member(pair, portion)
            yield self._with_damaged_lines(portion)
        portion = Portion()
        for guild_id in sorted(self._boosting.keys() | self._rosters.keys() | self._broken_rosters.keys()):
            self._look_at_roster(guild_id, portion)
        yield self._with_damaged_lines(portion)

    def _note_damaged_line(self, row: Row, problem: str) -> None:
        if are_in_bounds([row]):  # else it was named with the ledger
            self._damaged_lines.append(Finding(kind="unreadable", where=name_line(row), found=problem))

    def _with_damaged_lines(self, portion: Portion) -> Portion:
        portion.findings += self._damaged_lines
        self._damaged_lines.clear()
        return portion

    def _look_at_member(self, pair: Pair, portion: Portion) -> None:
        row, sums = pair
        boosting_since = sums.boosting_since
        if row is None or not is_as_told(row, sums):
            key = MemberKey(sums.guild_id, sums.user_id)
            if problem := find_key_problem(key):
                where = name_member(key.guild_id, key.user_id)
                portion.findings.append(
                    Finding(kind="problem", where=where, found=problem, severity="warning")
                )
                return
            differences, right = find_differences(row, sums)
            boosting_since = right.boosting_since
            self._add_member(portion, key, differences, right)
        if boosting_since:
            self._boosting.setdefault(sums.guild_id, set()).add(sums.user_id)

    def _add_member(
        self, portion: Portion, key: MemberKey, differences: list[Difference], right: MemberRecord
    ) -> None:
        """Add what differs in a member, and the row that puts it right where there can be one."""
        row = _encode(key, right) if differences and self._can_repair() else None
        if row is not None:
            portion.members.append(row)
        portion.findings += [
            Finding(
                kind="difference",
                where=name_member(key.guild_id, key.user_id),
                field=one.field,
                expected=one.expected,
                found=one.found,
                is_repairable=row is not None,
            )
            for one in differences
        ]

    def _look_at_roster(self, guild_id: int, portion: Portion) -> None:
        key = boosters_key(guild_id)
        expected = sorted(self._boosting.get(guild_id, ()))
        finding = self._broken_rosters.get(guild_id)
        if finding is None:
            found = sorted(self._rosters.get(guild_id, ()))
            if found == expected:
                return
            finding = Finding(kind="difference", where=name_document(key), field="user_ids", found=str(found))
        finding = msgspec.structs.replace(finding, expected=str(expected))
        self._add(portion, key, finding, BoostersRecord(tuple(expected)))


def _encode(key: MemberKey, record: MemberRecord) -> Row | None:
    """Return a member's row, None for one that cannot be: a line tells of a number that is out of bounds."""
    try:
        return encode_member(key, record)
    except StoreError:
        return None
