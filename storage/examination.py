"""Going through all of a store: what is wrong, and the rows that put it right.

It reads a snapshot, so it may run beside the bot. Members and their lines go by side by side: whatever the
size, it takes the memory of a few thousand rows (and of one roster of boosters for each guild).

What is right is what the ledger says. So nothing can be put right while the files are damaged, while of some
line it is not certain whose it is, or where the ledger has plainly lost lines.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import MAX_SNOWFLAKE
from storage.backend import RowCounts, Snapshot
from storage.codec import MEMBER_COLUMNS, Row
from storage.copy_mark import is_mark
from storage.document_check import find_told_seq
from storage.findings import Finding, Portion, name_member
from storage.ledger_check import LedgerCheck, is_within, lost_lines
from storage.progress import OpenStage
from storage.record_check import RecordCheck

__all__ = ["MAX_WRONG_DAYS", "Examination"]

_XP = MEMBER_COLUMNS.index("xp")

MAX_WRONG_DAYS = 1_000
"""So many wrong sums of days are named; more would say no more."""


class Examination:
    """Goes through a store, once.

    Args:
        snapshot: Of the store.
        stage: Is told what is being done.

    Attributes:
        counts: How many rows there are, once the files were looked at.
        is_sound: Whether what is wrong can be put right.
        has_wrong_days: Whether sums by day are not what the ledger adds up to.
    """

    def __init__(self, snapshot: Snapshot, stage: OpenStage) -> None:
        self._snapshot = snapshot
        self._stage = stage
        self._records = RecordCheck(snapshot, lambda: self.is_sound)
        self.counts = RowCounts(0, 0, 0, 0)
        self.is_sound = True
        self.has_wrong_days = False
        self._is_unfinished = False

    async def run(self) -> AsyncIterator[Portion]:
        """Yield all that is found.

        Raises:
            StoreUnavailableError: For now it cannot be read.
        """
        # The files come first: what is found there tells how the rest must be read.
        for name, step in (
            ("the files", self._look_at_files),
            ("the kept answers", self._look_at_answers),
            ("the ledger", self._look_at_ledger),
            ("the other records", self._look_at_documents),
            ("the members", self._look_at_members),
            ("the sums by day", self._look_at_days),
        ):
            # A table that cannot be read to its end must not hide what is wrong with another.
            try:
                async for portion in step():
                    if portion.findings:
                        yield portion
            except StoreUnavailableError:
                raise
            except StoreError as error:
                self.is_sound = False
                yield Portion([Finding(kind="file", where=name, found=error.cause)])
            if self._is_unfinished:  # what else is wrong is but what has not come along yet
                return

    async def run_for_records(self) -> AsyncIterator[Portion]:
        """Yield what is found in records alone, of a store that was found sound."""
        self.counts = await self._snapshot.count_rows()
        for step in (self._look_at_documents, self._look_at_members):
            async for portion in step():
                if portion.findings:
                    yield portion

    async def _look_at_files(self) -> AsyncIterator[Portion]:
        self._stage("files", 0)
        damage = await self._snapshot.find_damage()
        self.is_sound = not damage
        where = self._snapshot.description
        yield Portion([Finding(kind="file", where=where, found=text) for text in damage])
        self.counts = await self._snapshot.count_rows()

    async def _look_at_ledger(self) -> AsyncIterator[Portion]:
        progress = self._stage("ledger", self.counts.ledger)
        ledger = LedgerCheck(self._snapshot.head)
        async for rows in self._snapshot.ledger():
            yield Portion(list(ledger.find_problems(rows)))
            progress(len(rows))
        findings = list(ledger.find_last_problems())
        told_seq = await find_told_seq(self._snapshot)
        if told_seq > self._snapshot.head.seq and await _sum_members(self._snapshot) > ledger.xp:
            end = f"it ends with line {self._snapshot.head.seq}, and line {told_seq} was told already"
            findings.append(lost_lines(end))
        is_lost = any(one.kind == "file" for one in findings)
        self.is_sound = self.is_sound and ledger.tells_whose and not is_lost
        yield Portion(findings)

    async def _look_at_answers(self) -> AsyncIterator[Portion]:
        async for rows in self._snapshot.answers():
            yield Portion([finding for row in rows if (finding := self._look_at_answer(row)) is not None])

    def _look_at_answer(self, row: Row) -> Finding | None:
        if is_mark(row):
            self.is_sound, self._is_unfinished = False, True
            found = "a copy into it was not finished"
            return Finding(kind="unfinished", where=self._snapshot.description, found=found)
        if problem := _find_answer_problem(row):
            # Nothing is done twice for it: whoever repeats what was asked gets an error instead of an answer.
            where = f"kept answer of {row[0]}"
            return Finding(kind="unreadable", where=where, found=problem, severity="warning")
        return None

    def _look_at_documents(self) -> AsyncIterator[Portion]:
        return self._records.look_at_documents(self._stage("others", self.counts.documents))

    def _look_at_members(self) -> AsyncIterator[Portion]:
        return self._records.look_at_members(self._stage("members", self.counts.ledger))

    async def _look_at_days(self) -> AsyncIterator[Portion]:
        self._stage("days", 0)
        days = await self._snapshot.find_wrong_days(MAX_WRONG_DAYS)
        self.has_wrong_days = bool(days)
        yield Portion(
            [
                Finding(
                    kind="difference",
                    where=f"day {day.day_on} of {name_member(day.guild_id, day.user_id)}",
                    field="sums",
                    expected=f"{day.expected_xp} XP, {day.expected_awards} awards",
                    found=f"{day.xp} XP, {day.awards} awards",
                    is_repairable=self.is_sound,
                )
                for day in days
            ]
        )


async def _sum_members(snapshot: Snapshot) -> int:
    """Return the XP of all members, as far as they can be read."""
    return sum([row[_XP] async for rows in snapshot.members() for row in rows if type(row[_XP]) is int])


def _find_answer_problem(row: Row) -> str:
    """Return why a kept answer cannot be read, "" if it can."""
    if not isinstance(row[0], str) or not is_within([row[1]], MAX_SNOWFLAKE):
        return "its once-key or instant is none"
    try:
        msgspec.json.decode(row[2])
    except (msgspec.DecodeError, TypeError, UnicodeError) as error:
        return str(error)
    return ""
