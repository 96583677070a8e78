"""Checking a store: its files, every row, and whether records are what the ledger adds up to.

It reads a snapshot, so it may run beside the bot. Members and their lines go by side by side: whatever the
size, it takes the memory of a few thousand rows (and of one roster of boosters for each guild).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.documents import BoostersRecord
from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import MAX_SNOWFLAKE, DocumentKey
from leveling_core.store import Head
from storage.backend import RowCounts, Snapshot
from storage.codec import LEDGER_COLUMNS, MAX_DAY_ON, Row
from storage.copy_mark import is_mark
from storage.document_check import find_key_problem, find_problem, name_document, read_body
from storage.member_truth import find_differences, is_as_told, name_member
from storage.member_walk import Pair, walk_members
from storage.progress import OpenStage, unseen

__all__ = ["CheckSummary", "Finding", "check_store"]

MAX_WRONG_DAYS = 1_000
"""So many wrong sums of days are named; more would say no more."""

_SEQ, _GUILD = LEDGER_COLUMNS.index("seq"), LEDGER_COLUMNS.index("guild_id")
_NUMBERS = {"at": MAX_SNOWFLAKE, "guild_id": MAX_SNOWFLAKE, "user_id": MAX_SNOWFLAKE}
_NUMBERS_OR_NONE = {
    "channel_id": MAX_SNOWFLAKE,
    "thread_id": MAX_SNOWFLAKE,
    "cause": MAX_SNOWFLAKE,
    "actor_id": MAX_SNOWFLAKE,
    "day_on": MAX_DAY_ON,
}
_TEXTS_OR_NONE = ("source", "correlation", "batch", "origin", "reasons", "counters")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it must be.

    Attributes:
        severity: ``error``, or ``warning`` for what changes nothing that anybody sees.
        kind: ``file`` (the files themselves), ``unfinished`` (a copy), ``unreadable``, ``difference`` (from
            what the ledger says), ``problem`` (a record that cannot be right), ``order`` (of the ledger).
        where: Which record or line, or which file.
        field: Of the record, "" for the whole.
        expected: What it must be, "" where that cannot be said.
        found: What it is, or what is wrong.
    """

    kind: Literal["difference", "file", "order", "problem", "unfinished", "unreadable"]
    where: str
    found: str
    severity: Literal["error", "warning"] = "error"
    field: str = ""
    expected: str = ""


class CheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a check went through.

    Attributes:
        head: The end of the ledger.
        counts: How many rows there are.
        errors: How many findings were errors.
        warnings: How many were warnings.
    """

    head: Head
    counts: RowCounts
    errors: int
    warnings: int


async def check_store(
    snapshot: Snapshot, report: Callable[[Finding], None], stage: OpenStage = unseen
) -> CheckSummary:
    """Check everything that a snapshot shows.

    Args:
        snapshot: Of the store.
        report: Is told of every finding.
        stage: Is told what is being done.

    Raises:
        StoreUnavailableError: For now it cannot be read.
    """
    return await _Check(snapshot, report, stage).run()


class _Check:
    def __init__(self, snapshot: Snapshot, report: Callable[[Finding], None], stage: OpenStage) -> None:
        self._snapshot = snapshot
        self._report = report
        self._stage = stage
        self._numbers = {"error": 0, "warning": 0}
        self._rosters: dict[int, set[int]] = {}
        self._counts = RowCounts(0, 0, 0, 0)

    async def run(self) -> CheckSummary:
        # The files come first: what is found there tells how the rest must be read.
        for name, step in (
            ("the files", self._check_files),
            ("the ledger", self._check_ledger),
            ("the other records", self._check_documents),
            ("the kept answers", self._check_answers),
            ("the members", self._check_members),
            ("the sums by day", self._check_days),
        ):
            await self._carry_out(name, step)
        return CheckSummary(
            head=self._snapshot.head,
            counts=self._counts,
            errors=self._numbers["error"],
            warnings=self._numbers["warning"],
        )

    async def _carry_out(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step; a table that cannot be read to its end must not hide what is wrong with another."""
        try:
            await step()
        except StoreUnavailableError:
            raise
        except StoreError as error:
            self._find(Finding(kind="file", where=name, found=error.cause))

    def _find(self, finding: Finding) -> None:
        self._numbers[finding.severity] += 1
        self._report(finding)

    async def _check_files(self) -> None:
        self._stage("files", 0)
        for text in await self._snapshot.find_damage():
            self._find(Finding(kind="file", where=self._snapshot.description, found=text))
        self._counts = await self._snapshot.count_rows()

    async def _check_ledger(self) -> None:
        progress = self._stage("ledger", self._counts.ledger)
        before = 0
        async for portion in self._snapshot.ledger():
            seqs = [row[_SEQ] for row in portion]
            for a, b in pairwise([before, *seqs]):
                if a >= b:
                    self._find(Finding(kind="order", where=f"ledger line {b}", found=f"it comes after {a}"))
            before = seqs[-1]
            if not _are_in_bounds(portion):
                for row in portion:
                    self._check_bounds(row)
            progress(len(portion))
        if before > self._snapshot.head.seq:
            self._find(Finding(kind="order", where=f"ledger line {before}", found="it is beyond the end"))

    def _check_bounds(self, row: Row) -> None:
        if not _are_in_bounds([row]):
            found = "a number or text of it is out of bounds"
            self._find(Finding(kind="unreadable", where=_name_line(row), found=found))

    async def _check_documents(self) -> None:
        progress = self._stage("others", self._counts.documents)
        async for portion in self._snapshot.documents():
            for row in portion:
                self._check_document(row)
            progress(len(portion))

    def _check_document(self, row: Row) -> None:
        key = DocumentKey(*row[:3])
        where = name_document(key)
        if problem := find_key_problem(key):
            self._find(Finding(kind="problem", where=where, found=problem, severity="warning"))
            return
        record, problem = read_body(row)
        if record is None:
            self._find(Finding(kind="unreadable", where=where, found=problem))
            return
        if isinstance(record, BoostersRecord):
            self._rosters[key.guild_id] = set(record.user_ids)
        if problem := find_problem(key, record, self._snapshot.head):
            self._find(Finding(kind="problem", where=where, found=problem))

    async def _check_answers(self) -> None:
        async for portion in self._snapshot.answers():
            for row in portion:
                self._check_answer(row)

    def _check_answer(self, row: Row) -> None:
        if is_mark(row):
            found = "a copy into it was not finished"
            self._find(Finding(kind="unfinished", where=self._snapshot.description, found=found))
        elif problem := _find_answer_problem(row):
            # Nothing is done twice for it: whoever repeats what was asked gets an error instead of an answer.
            where = f"kept answer of {row[0]}"
            self._find(Finding(kind="unreadable", where=where, found=problem, severity="warning"))

    async def _check_members(self) -> None:
        progress = self._stage("members", self._counts.ledger)
        boosting: dict[int, set[int]] = {}
        async for pairs in walk_members(self._snapshot, self._note_damaged_line, progress):
            for pair in pairs:
                self._check_member(pair, boosting)
        for guild_id in sorted(boosting.keys() | self._rosters.keys()):
            found, expected = self._rosters.get(guild_id, set()), boosting.get(guild_id, set())
            if found != expected:
                self._find(
                    Finding(
                        kind="difference",
                        where=name_document(DocumentKey("boosters", guild_id)),
                        field="user_ids",
                        expected=str(sorted(expected)),
                        found=str(sorted(found)),
                    )
                )

    def _check_member(self, pair: Pair, boosting: dict[int, set[int]]) -> None:
        row, sums = pair
        boosting_since = sums.boosting_since
        if row is None or not is_as_told(row, sums):
            differences, right = find_differences(row, sums)
            boosting_since = right.boosting_since
            for one in differences:
                self._find(
                    Finding(
                        kind="difference",
                        where=name_member(sums.guild_id, sums.user_id),
                        field=one.field,
                        expected=one.expected,
                        found=one.found,
                    )
                )
        if boosting_since:
            boosting.setdefault(sums.guild_id, set()).add(sums.user_id)

    def _note_damaged_line(self, row: Row, problem: str) -> None:
        if not _are_in_bounds([row]):
            return  # it was named before
        self._find(Finding(kind="unreadable", where=_name_line(row), found=problem))

    async def _check_days(self) -> None:
        self._stage("days", 0)
        for day in await self._snapshot.find_wrong_days(MAX_WRONG_DAYS):
            self._find(
                Finding(
                    kind="difference",
                    where=f"day {day.day_on} of {name_member(day.guild_id, day.user_id)}",
                    field="sums",
                    expected=f"{day.expected_xp} XP, {day.expected_awards} awards",
                    found=f"{day.xp} XP, {day.awards} awards",
                )
            )


def _name_line(row: Row) -> str:
    return f"ledger line {row[_SEQ]} of guild {row[_GUILD]}"


def _find_answer_problem(row: Row) -> str:
    """Return why a kept answer cannot be read, "" if it can."""
    if not isinstance(row[0], str) or not _is_within([row[1]], MAX_SNOWFLAKE):
        return "its once-key or instant is none"
    try:
        msgspec.json.decode(row[2])
    except (msgspec.DecodeError, TypeError, UnicodeError) as error:
        return str(error)
    return ""


def _are_in_bounds(rows: Sequence[Row]) -> bool:
    """Tell whether numbers and texts of ledger lines are what they must be, column by column."""
    columns = dict(zip(LEDGER_COLUMNS, zip(*rows, strict=True), strict=True))
    xp = columns["xp"]
    return (
        all(_is_within(columns[name], most) for name, most in _NUMBERS.items())
        and {*map(type, xp)} == {int}
        and -MAX_TOTAL_XP <= min(xp) <= max(xp) <= MAX_TOTAL_XP
        and all(
            _is_within([value for value in columns[name] if value is not None], most)
            for name, most in _NUMBERS_OR_NONE.items()
        )
        and all({*map(type, columns[name])} <= {str, type(None)} for name in _TEXTS_OR_NONE)
        and {*map(type, columns["kind"])} == {str}
    )


def _is_within(values: Sequence[object], most: int) -> bool:
    """Tell whether values are numbers from 0 to ``most``."""
    numbers = [value for value in values if type(value) is int]
    return len(numbers) == len(values) and (not numbers or 0 <= min(numbers) <= max(numbers) <= most)
