"""Holding the rows of the ledger to their bounds, and to their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.ids import MAX_SNOWFLAKE
from leveling_core.store import Head
from storage.codec import LEDGER_COLUMNS, MAX_DAY_ON, Row
from storage.findings import Finding, name_line

__all__ = ["LedgerCheck", "are_in_bounds", "is_within", "lost_lines"]

_SEQ, _XP, _REASONS = (LEDGER_COLUMNS.index(name) for name in ("seq", "xp", "reasons"))
_OWNER = slice(LEDGER_COLUMNS.index("guild_id"), LEDGER_COLUMNS.index("user_id") + 1)
_NUMBERS = {"at": MAX_SNOWFLAKE, "guild_id": MAX_SNOWFLAKE, "user_id": MAX_SNOWFLAKE}
_NUMBERS_OR_NONE = {
    "channel_id": MAX_SNOWFLAKE,
    "thread_id": MAX_SNOWFLAKE,
    "cause": MAX_SNOWFLAKE,
    "actor_id": MAX_SNOWFLAKE,
    "day_on": MAX_DAY_ON,
}
_TEXTS_OR_NONE = ("source", "correlation", "batch", "origin", "reasons", "counters")


class LedgerCheck:
    """Takes a ledger's rows in, portion by portion.

    Args:
        head: The end of the ledger, as the store has it.

    Attributes:
        tells_whose: Whether of every line it is certain whose it is, and that it is there once. Else what
            lines add up to is no truth to go by.
        xp: What all lines add up to.
    """

    def __init__(self, head: Head) -> None:
        self._head = head
        self._before = 0
        self.tells_whose = True
        self.xp = 0
        self._lines = 0
        self._folded = 0
        self._tells_folded = True

    def find_problems(self, portion: Sequence[Row]) -> Iterator[Finding]:
        """Yield what is wrong with the next rows."""
        seqs = [row[_SEQ] for row in portion]
        for a, b in pairwise([self._before, *seqs]):
            if a >= b:
                yield self._disorder(b, f"it comes after {a}")
        self._before = seqs[-1]
        self._add_up(portion)
        if not are_in_bounds(portion):
            for row in portion:
                if not are_in_bounds([row]):
                    self.tells_whose = self.tells_whose and is_within(row[_OWNER], MAX_SNOWFLAKE)
                    found = "a number or text of it is out of bounds"
                    yield Finding(kind="unreadable", where=name_line(row), found=found)

    def _add_up(self, portion: Sequence[Row]) -> None:
        """Count lines, and those that others stand for."""
        self._lines += len(portion)
        for row in portion:
            xp, reasons = row[_XP], row[_REASONS]
            if type(xp) is int:
                self.xp += xp
            if isinstance(reasons, str) and '"awards"' in reasons:
                try:
                    self._folded += max(0, msgspec.json.decode(reasons, type=_Fold).awards - 1)
                except (msgspec.DecodeError, UnicodeError):  # told with its member
                    self._tells_folded = False

    def find_last_problems(self) -> Iterator[Finding]:
        """Yield what is wrong with the end, and that lines are missing for which no other stands."""
        if self._before > self._head.seq:
            yield self._disorder(self._before, "it is beyond the end")
        missing = self._head.seq - self._lines - self._folded
        if self.tells_whose and self._tells_folded and missing > 0:
            yield lost_lines(f"{missing} of its {self._head.seq} lines are missing")

    def _disorder(self, seq: int, found: str) -> Finding:
        self.tells_whose = False
        return Finding(kind="order", where=f"ledger line {seq}", found=found)


class _Fold(msgspec.Struct):
    awards: int = 1


def lost_lines(found: str) -> Finding:
    """Return what is told of a ledger that has lost lines, by which records must not be put right."""
    cure = "restore a backup, as records know more than it says"
    return Finding(kind="file", where="the ledger", found=f"{found}: {cure}")


def are_in_bounds(rows: Sequence[Row]) -> bool:
    """Tell whether numbers and texts of ledger lines are what they must be, column by column."""
    columns = dict(zip(LEDGER_COLUMNS, zip(*rows, strict=True), strict=True))
    xp = columns["xp"]
    return (
        all(is_within(columns[name], most) for name, most in _NUMBERS.items())
        and {*map(type, xp)} == {int}
        and -MAX_TOTAL_XP <= min(xp) <= max(xp) <= MAX_TOTAL_XP
        and all(
            is_within([value for value in columns[name] if value is not None], most)
            for name, most in _NUMBERS_OR_NONE.items()
        )
        and all({*map(type, columns[name])} <= {str, type(None)} for name in _TEXTS_OR_NONE)
        and {*map(type, columns["kind"])} == {str}
    )


def is_within(values: Sequence[object], most: int) -> bool:
    """Tell whether values are numbers from 0 to ``most``."""
    numbers = [value for value in values if type(value) is int]
    return len(numbers) == len(values) and (not numbers or 0 <= min(numbers) <= max(numbers) <= most)
