"""Going through all members, each row beside what the ledger says of its member."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from storage.backend import Snapshot
from storage.codec import Row
from storage.derivation import MemberSums, derive_members
from storage.progress import Progress

__all__ = ["Pair", "walk_members"]

T = TypeVar("T")

Pair = tuple[Row | None, MemberSums]
"""A member's row (None for none), and what the ledger says."""


class _Reader(Generic[T]):
    """What is left of a stream of portions."""

    def __init__(self, portions: AsyncIterator[Iterable[T]]) -> None:
        self._portions = portions
        self.left: deque[T] = deque()
        self.has_ended = False

    async def fill(self) -> None:
        """Read on until there is something, or the end is reached."""
        while not self.left and not self.has_ended:
            portion = await anext(self._portions, None)
            if portion is None:
                self.has_ended = True
            else:
                self.left.extend(portion)


async def walk_members(
    snapshot: Snapshot, damaged: Callable[[Row, str], None], progress: Progress
) -> AsyncIterator[list[Pair]]:
    """Yield members in portions, ascending by (guild id, user id): all with a row, or with ledger lines.

    Args:
        snapshot: Whose.
        damaged: Is told of each ledger line that cannot be read, and why.
        progress: Is told how many ledger lines are read.
    """

    async def lines() -> AsyncIterator[Sequence[Row]]:
        async for portion in snapshot.ledger_by_member():
            yield portion
            progress(len(portion))

    rows, sums = _Reader(snapshot.members()), _Reader(derive_members(lines(), damaged))
    while True:
        await rows.fill()
        await sums.fill()
        if not rows.left and not sums.left:
            return
        yield _pairs(rows, sums)


def _pairs(rows: _Reader[Row], sums: _Reader[MemberSums]) -> list[Pair]:
    """Pair what is there, until one of the two has to be read on."""
    pairs: list[Pair] = []
    while (rows.left or rows.has_ended) and (sums.left or sums.has_ended) and (rows.left or sums.left):
        row = rows.left[0] if rows.left else None
        found = sums.left[0] if sums.left else None
        row_key = row[:2] if row is not None else None
        found_key = (found.guild_id, found.user_id) if found is not None else None
        if found is not None and found_key is not None and (row_key is None or found_key <= row_key):
            sums.left.popleft()
            if found_key == row_key:
                rows.left.popleft()
                pairs.append((row, found))
            elif found.user_id and found.lines:
                pairs.append((None, found))
        elif row is not None:
            rows.left.popleft()
            pairs.append((row, MemberSums(row[0], row[1])))
    return pairs
