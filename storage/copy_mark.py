"""The mark of a store into which a copy is under way: as long as it is there, the store is not whole.

It is a kept answer like any other, so that every backend keeps it, durably and from the first write on. No
deed has its once-key, and it is from the beginning of time: forgetting what is older takes it away, and it
alone.
"""

from __future__ import annotations

from pathlib import Path

from leveling_core.errors import StoreError
from leveling_core.ids import OnceKey
from storage.backend import Backend, Snapshot, Writes
from storage.codec import Row, encode_answer
from storage.database_file import open_alone

__all__ = [
    "MARK_KEY",
    "is_mark",
    "is_unfinished",
    "is_unfinished_database",
    "mark_unfinished",
    "refuse_unfinished",
    "refuse_unfinished_source",
    "unfinished_error",
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


def is_unfinished_database(database: Path) -> bool:
    """Tell whether a database of any version, which nobody else has open, is marked.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    with open_alone(database) as connection:
        found = connection.execute("SELECT 1 FROM answers WHERE once_key = ?", (MARK_KEY,))
        return found.fetchone() is not None


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
        raise unfinished_error(backend.description)


async def refuse_unfinished_source(snapshot: Snapshot) -> None:
    """See that what is about to be taken for a whole store is not marked: what is made of it would not be.

    Raises:
        StoreError: It is, or it cannot be read.
    """
    if await is_unfinished(snapshot):
        raise unfinished_error(snapshot.description)


def unfinished_error(path: str) -> StoreError:
    """Return what is told of a store into which a copy was not finished."""
    return StoreError(
        path=path,
        cause="a copy into it was not finished, so that a part is missing",
        cure="Run `python bot.py store copy` again, which begins anew, or name the store it came from",
    )
