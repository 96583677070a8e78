"""Opening a store by its URL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from leveling_core.errors import ContentError
from leveling_core.store import LevelingStore
from storage.backend import Backend
from storage.cache import DEFAULT_CACHED_RECORDS
from storage.memory import MemoryBackend
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore

__all__ = ["open_store"]

FORMS = "sqlite:///laurel.db (in the working directory), sqlite:////var/lib/laurel/laurel.db, or memory:"


async def open_store(
    url: str, *, clock: Callable[[], int], cached_records: int = DEFAULT_CACHED_RECORDS
) -> LevelingStore:
    """Open a store for writing; close it when done.

    Args:
        url: ``sqlite:///laurel.db`` (relative to the working directory), ``sqlite:////absolute/path.db``, or
            ``memory:`` (gone when closed; for trying things out).
        clock: Now, in ms UTC; tells how old a once-key's answer is.
        cached_records: How many records are kept in memory, at most.

    Raises:
        ContentError: The URL is none of these.
        StoreError: The database cannot be opened; says why and what mends it.
    """
    return GroupedStore(await _open_backend(url, clock), clock=clock, cached_records=cached_records)


async def _open_backend(url: str, clock: Callable[[], int]) -> Backend:
    scheme, _, rest = url.partition(":")
    if url == "memory:":
        return MemoryBackend()
    if scheme == "sqlite" and rest.startswith("///") and rest not in {"///", "////"}:
        return await SqliteBackend.open(Path(rest.removeprefix("///")), clock=clock)
    if scheme == "json":
        problem = "JSON files cannot keep a store yet; they come in a later version"
    else:
        problem = f"{url!r} is no place for a store"
    raise ContentError(file="settings", entry="", field="LAUREL_STORE", problem=problem, expected=FORMS)
