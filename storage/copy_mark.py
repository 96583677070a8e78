"""The mark of a store into which a copy is under way: as long as it is there, the store is not whole.

It is a kept answer like any other, so that every backend keeps it, durably and from the first write on. No
deed has its once-key, and it is from the beginning of time: forgetting what is older takes it away, and it
alone.
"""

from __future__ import annotations

from leveling_core.errors import StoreError
from leveling_core.ids import OnceKey
from storage.backend import Backend, Snapshot, Writes
from storage.codec import Row, encode_answer

__all__ = [
    "MARK_KEY",
    "is_mark",
    "is_unfinished",
    "mark_unfinished",
    "refuse_unfinished",
    "refuse_unfinished_source",
    "unmark",
]

MARK_KEY = str(OnceKey("copy", "unfinished", bool))
"""The once-key of the mark."""

_MARK: Row = (MARK_KEY, 0, encode_answer(True))


def is_mark(answer: Row) -> bool:
    """Tell whether the row of an answer is the mark."""
    return bool(answer[0] == MARK_KEY)


async def is_unfinished(snapshot: Snapshot) -> bool:
    """Tell whether a store is marked.

    Raises:
        StoreError: It cannot be read.
    """
    return any([is_mark(row) async for rows in snapshot.answers() for row in rows])


async def mark_unfinished(backend: Backend) -> None:
    """Mark an empty store, before anything is copied into it.

    Raises:
        StoreError: It could not.
    """
    await backend.write(Writes(members=[], documents=[], ledger=[], answers=[_MARK]))


async def unmark(backend: Backend) -> None:
    """Take the mark away, once the copy is proven to be whole.

    Raises:
        StoreError: It could not.
    """
    nothing = Writes(members=[], documents=[], ledger=[], answers=[], forget_answers_before=1)
    await backend.write(nothing)


async def refuse_unfinished(backend: Backend) -> None:
    """See that a store is not marked.

    Raises:
        StoreError: It is.
    """
    if await backend.load_answers([MARK_KEY], 0):
        raise _unfinished(backend.description)


async def refuse_unfinished_source(snapshot: Snapshot) -> None:
    """See that what is about to be taken for a whole store is not marked: what is made of it would not be.

    Raises:
        StoreError: It is, or it cannot be read.
    """
    if await is_unfinished(snapshot):
        raise _unfinished(snapshot.description)


def _unfinished(path: str) -> StoreError:
    return StoreError(
        path=path,
        cause="a copy into it was not finished, so that a part is missing",
        cure="Run `python bot.py store copy` again, which begins anew, or name the store it came from",
    )
