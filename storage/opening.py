"""Opening a store by its URL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from leveling_core.errors import ContentError
from leveling_core.store import LevelingStore
from storage.backend import Backend
from storage.backup_files import list_backups, store_name
from storage.cache import DEFAULT_CACHED_RECORDS
from storage.copy_mark import refuse_unfinished
from storage.json_files import JsonBackend
from storage.memory import MemoryBackend, MemoryState
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore
from storage.unfinished_restore import RestoreSite, finish_restore

__all__ = ["StorePlace", "default_backup_dir", "open_backend", "open_store", "read_store_url"]

log = logging.getLogger(__name__)

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


def default_backup_dir(place: StorePlace) -> Path:
    """Return where backups go unless told otherwise: beside the database's file or files."""
    return (place.path if place.kind == "json" else place.path.parent) / "backups"


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
    place = read_store_url(url)
    was_there = place.kind == "memory" or RestoreSite.of(place.kind, place.path).main.exists()
    backend = await open_backend(place, clock=clock, backup_dir=backup_dir)
    if not was_there:
        await asyncio.to_thread(_tell_of_backups, place, backup_dir or default_backup_dir(place))
    return GroupedStore(backend, clock=clock, cached_records=cached_records)


def _tell_of_backups(place: StorePlace, folder: Path) -> None:
    """Warn whoever begins a store anew that there are backups of one."""
    try:
        backups = list_backups(folder, {store_name(place.path)})
    except OSError as error:  # whoever makes backups tells it loudly
        log.debug("the backups could not be looked at: %s", error)
        return
    if backups:
        log.warning(
            "there was no %s, so an empty store was begun, but there are backups of it in %s: if your data"
            " ought to be there, stop Laurel and run `python bot.py store restore`, which lists them",
            place.path,
            folder,
        )


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
