"""Copying a store into another, of whatever kind: every row as it is, then a proof that both are equal.

What is copied goes on where the source was: the ledger keeps its numbers and its epoch, cursors and once-keys
come along, so nothing is told or paid twice. Sums that are derived from the ledger are not copied, the target
makes its own.

Until the proof the target bears a mark (:mod:`storage.copy_mark`), without which nobody could tell a copy
that was broken off from a whole one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from leveling_core.errors import ContentError, StoreError
from storage.backend import Backend, RowCounts, Snapshot, Writes
from storage.clearing import clear_store
from storage.codec import Row
from storage.copy_mark import (
    is_mark,
    is_unfinished,
    is_unfinished_database,
    mark_unfinished,
    refuse_unfinished_source,
    unmark,
)
from storage.database_file import open_alone, read_database
from storage.fingerprint import Fingerprint, take_fingerprint
from storage.locking import locked
from storage.opening import StorePlace, open_backend, read_store_url
from storage.progress import OpenStage, Progress, unseen
from storage.snapshots import open_snapshot
from storage.sqlite_errors import translated
from storage.unfinished_restore import RestoreSite

__all__ = ["copy_rows", "copy_store"]


async def copy_store(
    source_url: str, target_url: str, *, clock: Callable[[], int], stage: OpenStage = unseen
) -> Fingerprint:
    """Copy a store, beside a bot that may have it open, into one that holds nothing; prove both equal.

    Broken off at any moment, it leaves a target that nobody can open; copying again begins anew.

    Args:
        source_url: What is copied, as it is at this moment.
        target_url: Where to; made if it is not there.
        clock: Now, in ms UTC.
        stage: Is told what is being done.

    Returns:
        What both hold.

    Raises:
        ContentError: A URL names no store that is kept in files, or both name the same one.
        StoreError: One of them cannot be opened, the source is itself an unfinished copy, the target holds
            something already or is in use, or the copy is not equal.
    """
    source_place, place = read_store_url(source_url), read_store_url(target_url)
    if place.kind == "memory":
        raise _unfit_target("what is in memory is gone in a moment")
    site = RestoreSite.of(place.kind, place.path)
    if source_place.kind != "memory":
        with translated(place.path):
            if site.is_same_as(RestoreSite.of(source_place.kind, source_place.path)):
                raise _unfit_target(f"{place.path} is the store that is to be copied")
    source = await open_snapshot(source_url)
    try:
        await refuse_unfinished_source(source)
        await _make_room(target_url, site)
        await _fill(source, place, clock, stage)
        fingerprint = await _prove(source, target_url, stage)
    finally:
        await source.close()
    target = await open_backend(place, clock=clock, is_copy=True)
    try:
        await unmark(target)
    finally:
        await target.close()
    return fingerprint


def _unfit_target(problem: str) -> ContentError:
    return ContentError(
        file="settings",
        entry="",
        field="TO",
        problem=problem,
        expected="another store that is kept in files, such as json:///laurel-data",
    )


async def _fill(source: Snapshot, place: StorePlace, clock: Callable[[], int], stage: OpenStage) -> None:
    target = await open_backend(place, clock=clock, epoch=source.head.epoch, is_copy=True)
    try:
        await _check_empty(target)
        await mark_unfinished(target)
        await copy_rows(source, target, stage("copy", _total(await source.count_rows())))
    finally:
        await target.close()


async def copy_rows(source: Snapshot, target: Backend, progress: Progress) -> None:
    """Write every row of a snapshot into a backend that has none of them, in portions, each all or nothing.

    Args:
        source: The rows.
        target: Where to.
        progress: Is told how many rows are on disk.

    Raises:
        StoreError: They cannot be read, or written.
    """

    async def write(portions: AsyncIterator[Sequence[Row]], make: Callable[[list[Row]], Writes]) -> None:
        async for portion in portions:
            rows = [row for row in portion if not is_mark(row)]
            if rows:
                await target.write(make(rows))
            progress(len(portion))

    await write(source.members(), lambda rows: Writes(rows, [], [], []))
    await write(source.documents(), lambda rows: Writes([], rows, [], []))
    await write(source.ledger(), lambda rows: Writes([], [], rows, []))
    await write(source.answers(), lambda rows: Writes([], [], [], rows))


async def _prove(source: Snapshot, target_url: str, stage: OpenStage) -> Fingerprint:
    """Read both sides anew, the target as whoever opens it will find it; return what both hold.

    Raises:
        StoreError: They are not equal.
    """
    total = _total(await source.count_rows())
    wanted = await take_fingerprint(source, stage("read-source", total))
    target = await open_snapshot(target_url)
    try:
        found = await take_fingerprint(target, stage("read-target", total))
    finally:
        await target.close()
    if differences := wanted.differences(found):
        raise StoreError(
            path=target.description,
            cause=f"the copy is not what {source.description} holds: {', '.join(differences)} differ",
            cure="It stays marked as unfinished. Run `store check` on the first, look at the second's disk,"
            " and copy again",
        )
    return found


async def _make_room(url: str, site: RestoreSite) -> None:
    """Take away a copy that was broken off, or a store that holds nothing; leave anything else alone.

    Raises:
        StoreError: The target holds something, or is in use.
    """
    with translated(site.path):
        if not (site.main.exists() or site.is_half_cleared):
            return
        with locked(site.lock_file, path=site.path):
            if not site.is_half_cleared:
                await _check_nothing_is_lost(url, site)
            await asyncio.to_thread(clear_store, site)


async def _check_nothing_is_lost(url: str, site: RestoreSite) -> None:
    try:
        target = await open_snapshot(url)
    except StoreError:
        # One that was killed early on may lack tables, and that of an older version cannot be opened.
        may_be_begun = site.kind == "sqlite" and not site.plan.exists()
        if may_be_begun and await asyncio.to_thread(_is_only_begun, site.main):
            return
        raise
    try:
        if not await is_unfinished(target) and _total(await target.count_rows()):
            raise _not_empty(target.description)
    finally:
        await target.close()


def _is_only_begun(database: Path) -> bool:
    """Tell whether a database, whatever its version, holds nothing or is an unfinished copy."""
    try:
        with open_alone(database) as connection:
            if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return True
        found = read_database(database)
        return is_unfinished_database(database) or (found.is_empty and not found.answers)
    except (sqlite3.Error, StoreError):
        return False


async def _check_empty(target: Backend) -> None:
    snapshot = await target.open_snapshot()
    try:
        if _total(await snapshot.count_rows()):
            raise _not_empty(target.description)
    finally:
        await snapshot.close()


def _not_empty(path: str) -> StoreError:
    cause, cure = "there is a store already", "Name a place where there is none, or move that one away first"
    return StoreError(path=path, cause=cause, cure=cure)


def _total(counts: RowCounts) -> int:
    return counts.members + counts.documents + counts.ledger + counts.answers
