"""All rows of a state in memory as of one moment."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice

from leveling_core.store import Head
from storage.backend import RowCounts, WrongDay
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["MemorySnapshot"]

PORTION = 5_000
"""Rows handed out at a time."""

_GUILD, _USER = LEDGER_COLUMNS.index("guild_id"), LEDGER_COLUMNS.index("user_id")


class MemorySnapshot:
    """All rows of one moment: the rows themselves are never changed, so only where they stand is copied.

    Args:
        description: Where the data is, as its self-hoster knows it.
        head: The end of the ledger.
        members: The rows of members, in any order; so are the others but the ledger.
        documents: The rows of all other records.
        ledger: The lines, ascending by ``seq``.
        answers: Once-keys, instants and answers.
    """

    def __init__(
        self,
        description: str,
        head: Head,
        *,
        members: Iterable[Row],
        documents: Iterable[Row],
        ledger: Iterable[Row],
        answers: Iterable[Row],
    ) -> None:
        self.description = description
        self.head = head
        self._members = list(members)
        self._documents = list(documents)
        self._ledger = list(ledger)
        self._answers = list(answers)

    async def count_rows(self) -> RowCounts:
        """Count the rows."""
        return RowCounts(len(self._members), len(self._documents), len(self._ledger), len(self._answers))

    def members(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over members in portions, ascending by (guild id, user id)."""
        return _portions(sorted(self._members, key=lambda row: row[:2]))

    def documents(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over all other records in portions, ascending by (kind, guild id, id)."""
        return _portions(sorted(self._documents, key=lambda row: row[:3]))

    def ledger(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by ``seq``."""
        return _portions(self._ledger)

    def ledger_by_member(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by (guild id, user id, ``seq``)."""
        return _portions(sorted(self._ledger, key=lambda row: (row[_GUILD], row[_USER])))

    def answers(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over once-keys, instants and answers in portions, ascending by once-key."""
        return _portions(sorted(self._answers, key=lambda row: row[:1]))

    async def find_damage(self) -> list[str]:
        """Find nothing: there are no files."""
        return []

    async def find_wrong_days(self, limit: int) -> list[WrongDay]:  # noqa: ARG002 -- none, whatever the limit
        """Find nothing: sums by day are made of the ledger whenever they are asked for."""
        return []

    async def close(self) -> None:
        """Forget the moment."""
        for rows in (self._members, self._documents, self._ledger, self._answers):
            rows.clear()


async def _portions(rows: Iterable[Row]) -> AsyncIterator[Sequence[Row]]:
    left = iter(rows)
    while portion := list(islice(left, PORTION)):
        yield portion
