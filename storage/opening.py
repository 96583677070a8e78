"""Opening a store by its URL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from leveling_core.errors import ContentError
from leveling_core.store import LevelingStore
from storage.backend import Backend
from storage.cache import DEFAULT_CACHED_RECORDS
from storage.copy_mark import refuse_unfinished
from storage.json_files import JsonBackend
from storage.memory import MemoryBackend, MemoryState
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore
from storage.unfinished_restore import finish_restore

__all__ = ["StorePlace", "open_backend", "open_store", "read_store_url"]

FORMS = (
    "sqlite:///laurel.db or json:///laurel-data (in the working directory), sqlite:////var/lib/laurel/laurel.db"
    " or json:////var/lib/laurel (anywhere), or memory:"
)


class StorePlace(NamedTuple):
    """Where a store is kept.

    Attributes:
        kind: What is kept there.
        path: The database file (sqlite) or the folder (json); without meaning for ``memory``.
    """

    kind: Literal["sqlite", "json", "memory"]
    path: Path


def read_store_url(url: str) -> StorePlace:
    """Return what a store's URL names; nothing is looked at.

    Args:
        url: ``sqlite:///laurel.db`` or ``json:///folder`` (relative to the working directory), the same with
            four slashes for an absolute path, or ``memory:``.

    Raises:
        ContentError: The URL is none of these.
    """
    scheme, _, rest = url.partition(":")
    path = rest.removeprefix("///")
    if url == "memory:":
        return StorePlace("memory", Path())
    if rest.startswith("///") and path.strip("/"):
        if scheme == "sqlite":
            return StorePlace("sqlite", Path(path))
        if scheme == "json":
            return StorePlace("json", Path(path))
    problem = f"{url!r} is no place for a store"
    raise ContentError(file="settings", entry="", field="LAUREL_STORE", problem=problem, expected=FORMS)


async def open_store(
    url: str,
    *,
    clock: Callable[[], int],
    cached_records: int = DEFAULT_CACHED_RECORDS,
    backup_dir: Path | None = None,
) -> LevelingStore:
    """Open a store for writing; close it when done.

    Args:
        url: Where, as :func:`read_store_url` takes it. What is in ``memory:`` is gone when closed; it is for
            trying things out.
        clock: Now, in ms UTC; tells how old a once-key's answer is.
        cached_records: How many records are kept in memory, at most.
        backup_dir: Where a database of an older version is backed up before it is brought to this one; None
            for ``backups`` beside it.

    Raises:
        ContentError: The URL names no place for a store.
        StoreError: The database cannot be opened; says why and what mends it.
    """
    backend = await open_backend(read_store_url(url), clock=clock, backup_dir=backup_dir)
    return GroupedStore(backend, clock=clock, cached_records=cached_records)


async def open_backend(
    place: StorePlace,
    *,
    clock: Callable[[], int],
    epoch: str | None = None,
    is_copy: bool = False,
    backup_dir: Path | None = None,
) -> Backend:
    """Open the rows of a store for writing, without what a store does above them; close it when done.

    Args:
        place: Where.
        clock: Now, in ms UTC.
        epoch: That of a store that is made now, None for a new one.
        is_copy: Whether it may be one into which a copy is under way, which nobody else may open.
        backup_dir: As for :func:`open_store`.

    Raises:
        StoreError: It cannot be opened; says why and what mends it.
    """
    backend = await _open_backend(place, clock, epoch, backup_dir)
    if not is_copy:
        try:
            await refuse_unfinished(backend)
        except BaseException:
            await backend.close()
            raise
    return backend


async def _open_backend(
    place: StorePlace, clock: Callable[[], int], epoch: str | None, backup_dir: Path | None
) -> Backend:
    if place.kind == "memory":
        return MemoryBackend(MemoryState(epoch=epoch) if epoch else None)
    await asyncio.to_thread(finish_restore, place.kind, place.path)
    if place.kind == "sqlite":
        return await SqliteBackend.open(place.path, clock=clock, epoch=epoch, backup_dir=backup_dir)
    return await JsonBackend.open(place.path, epoch=epoch)
