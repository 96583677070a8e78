"""The mark of a store into which a copy is under way: as long as it is there, the store is not whole.

It is a kept answer like any other, so that every backend keeps it, durably and from the first write on. No
deed has its once-key, and it is from the beginning of time: forgetting what is older takes it away, and it
alone.
"""

from __future__ import annotations

from leveling_core.errors import StoreError
from leveling_core.ids import OnceKey
from storage.backend import Backend, Writes
from storage.codec import Row, encode_answer

__all__ = ["is_mark", "mark_unfinished", "refuse_unfinished", "unmark"]

_MARK: Row = (str(OnceKey("copy", "unfinished", bool)), 0, encode_answer(True))


def is_mark(answer: Row) -> bool:
    """Tell whether the row of an answer is the mark."""
    return bool(answer[0] == _MARK[0])


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
    if await backend.load_answers([_MARK[0]], 0):
        raise StoreError(
            path=backend.description,
            cause="a copy into it was not finished, so that a part is missing",
            cure="Run `python bot.py store copy` again, which begins anew, or name the store it came from",
        )
