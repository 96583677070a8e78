"""Opening all rows of a store's one moment, by its URL, beside whoever has it open for writing."""

from __future__ import annotations

import asyncio

from leveling_core.errors import ContentError
from storage.backend import Snapshot
from storage.json_files import open_files_snapshot
from storage.opening import read_store_url
from storage.sqlite_snapshot import SqliteSnapshot
from storage.unfinished_restore import refuse_unfinished_restore

__all__ = ["open_snapshot"]


async def open_snapshot(url: str) -> Snapshot:
    """Fix this moment of a store and return all its rows; close it when done.

    Nothing is written and no lock is taken, so a bot that has the store open goes on beside it.

    Args:
        url: As for ``open_store``, but not ``memory:``, which nobody else can see.

    Raises:
        ContentError: The URL names no place for a store, or none that can be seen from here.
        StoreError: There is no store, or it cannot be read; says why and what mends it.
    """
    place = read_store_url(url)
    if place.kind != "memory":
        await asyncio.to_thread(refuse_unfinished_restore, place.kind, place.path)
    if place.kind == "sqlite":
        return await SqliteSnapshot.open(place.path)
    if place.kind == "json":
        return await open_files_snapshot(place.path)
    raise ContentError(
        file="settings",
        entry="",
        field="LAUREL_STORE",
        problem=f"{url!r} cannot be looked into from outside",
        expected="a store that is kept in files, such as sqlite:///laurel.db",
    )
