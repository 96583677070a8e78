"""Restoring a backup: verified first, put in place as a whole, what it replaces kept aside.

The restored store begins a new epoch, because the numbers of ledger lines after the backup are given once
more, to other events. Answers of deeds that must be done once come along, as old as they were when the backup
was made: a backup of last month has not forgotten which bonuses were paid that day.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sqlite3
from glob import escape as glob_escape
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from leveling_core.errors import ContentError, StoreError
from storage.archive import unpack
from storage.backup_files import stamp_of
from storage.copy_mark import is_unfinished_database
from storage.database_file import Contents, Inspection, copy_database, inspect_database, open_alone
from storage.locking import locked
from storage.migrate import apply_migrations, bundled_migrations
from storage.opening import read_store_url
from storage.pace import Pace, run_in_thread
from storage.restore_targets import (
    NEW_DATABASE,
    NEW_FILES,
    DatabaseTarget,
    FilesTarget,
    Found,
    RestoreTarget,
)
from storage.sqlite_errors import translated
from storage.swap import begin_swap, end_swap, undo_swap
from storage.unfinished_restore import RestoreSite

__all__ = ["Restored", "restore"]

GZIP_MAGIC = b"\x1f\x8b"
SQLITE_MAGIC = b"SQLite format 3\0"
NO_DATABASE = "it holds no database of Laurel"
NAME_A_BACKUP = "Name a file that Laurel made, such as laurel-<time>.db.gz"
NEWEST_AT = (
    "SELECT max(coalesce((SELECT max(at) FROM answers), 0),"
    " coalesce((SELECT at FROM ledger ORDER BY seq DESC LIMIT 1), 0))"
)


class Restored(NamedTuple):
    """What a restore did, or would do.

    Attributes:
        done: Whether it was done; not where there is data that it was not told to replace.
        found: What was there.
        contents: What is in the backup.
        aside: Where what was there is kept; None where there was nothing, or nothing was done.
    """

    done: bool
    found: Found
    contents: Contents
    aside: Path | None


async def restore(file: Path, url: str, *, at: int, replace: bool) -> Restored:
    """Put the data of a backup in the place of a store's, which is kept aside.

    Killed at any moment, either the old data is there or the restored one, whole, once the store is opened
    again; or, where there was no old data, the store cannot be opened until the restore is run once more.

    Args:
        file: The backup, or a database file of Laurel.
        url: The store, as ``open_store`` takes it; nobody else may have it open.
        at: Now, ms UTC.
        replace: Whether data that is there may be replaced.

    Raises:
        ContentError: The URL names no store that is kept in files.
        StoreError: The file is no backup that can be used, the store is open elsewhere, or the disk does not
            allow it; the old data is as it was.
    """
    place = read_store_url(url)
    if place.kind == "memory":
        raise ContentError(
            file="settings",
            entry="",
            field="LAUREL_STORE",
            problem="what is in memory cannot be restored",
            expected="a store that is kept in files, such as sqlite:///laurel.db",
        )
    site = RestoreSite.of(place.kind, place.path)
    target = FilesTarget(site) if place.kind == "json" else DatabaseTarget(site)
    with translated(place.path):
        if place.kind == "json":
            await asyncio.to_thread(place.path.mkdir, exist_ok=True)
        with locked(site.lock_file, path=place.path):
            return await _Restore(site, target, file, at).run(replace=replace)


class _Restore:
    """A restore of one backup, while nobody else has the store."""

    def __init__(self, site: RestoreSite, target: RestoreTarget, file: Path, at: int) -> None:
        self._site = site
        self._target = target
        self._file = file
        self._at = at
        self._database = site.working / NEW_DATABASE

    async def run(self, *, replace: bool) -> Restored:
        await run_in_thread(self._begin)
        try:
            contents = await run_in_thread(self._unpack)
            found = await self._target.look()
            if found.is_missed and not replace:
                return Restored(False, found, contents, None)
            await self._renew()
            await self._target.prepare(self._database, self._file)
            # In such a thread, because who is told to stop meanwhile waits for its end.
            aside = await run_in_thread(lambda _: self._put_in_place(found))
            return Restored(True, found, contents, aside)
        finally:
            await run_in_thread(self._end)

    def _begin(self, _pace: Pace) -> None:
        """Finish what another restore has left, and make room to work in."""
        if self._site.plan.exists():
            end_swap(self._site.plan)
        working = self._site.working
        if working.exists():
            names = sorted(path.name for path in working.iterdir())
            if others := [name for name in names if name != NEW_FILES and not name.startswith(NEW_DATABASE)]:
                raise StoreError(
                    path=str(working),
                    cause=f"it is in the way of the restore, and holds other files ({', '.join(others[:3])})",
                    cure="Move it away, or name another place",
                )
            shutil.rmtree(working)
        working.mkdir(mode=0o700)

    def _end(self, _pace: Pace) -> None:
        if not self._site.plan.exists():  # else what it moves is still in the folder
            shutil.rmtree(self._site.working, ignore_errors=True)

    def _unpack(self, pace: Pace) -> Contents:
        """Write the backup's database into the working folder, and verify it."""
        with translated(self._file, is_read=True), self._file.open("rb") as file:
            begins_with = file.read(len(SQLITE_MAGIC))
        if begins_with.startswith(GZIP_MAGIC):
            unpack(self._file, self._database, pace)
        elif begins_with == SQLITE_MAGIC:
            with translated(self._file):
                copy_database(self._file, self._database, pace)
        else:
            raise StoreError(
                path=str(self._file),
                cause="it is neither a backup nor a database",
                cure=NAME_A_BACKUP,
            )
        found = self._inspect(pace)
        newest = bundled_migrations()[-1].version
        if found.damage or found.contents.schema > newest:
            too_new = f"it has schema {found.contents.schema}, and this Laurel knows schemas up to {newest}"
            raise StoreError(
                path=str(self._file),
                cause=f"it is damaged: {found.damage[0]}" if found.damage else too_new,
                cure="Take another backup" if found.damage else "Update Laurel, or take an older backup",
            )
        if is_unfinished_database(self._database):
            raise StoreError(
                path=str(self._file),
                cause="a copy into the store that it was made of was not finished, so that a part is missing",
                cure="Take another backup",
            )
        return found.contents

    def _inspect(self, pace: Pace) -> Inspection:
        """Verify the database, and name the backup and not what was unpacked in what is said of it."""
        try:
            with translated(self._file):
                return inspect_database(self._database, pace)
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.Error):
                if getattr(error.__cause__, "sqlite_errorcode", 0) != sqlite3.SQLITE_NOTADB:
                    raise
                raise StoreError(path=str(self._file), cause=NO_DATABASE, cure=NAME_A_BACKUP) from error
            raise StoreError(path=str(self._file), cause=error.cause, cure=NAME_A_BACKUP) from error

    async def _renew(self) -> None:
        """Bring the database to the schema of now, and begin a new epoch in it."""
        async with aiosqlite.connect(self._database) as connection:
            await apply_migrations(connection, self._database, at=self._at, is_backed_up=True)
        await run_in_thread(lambda _: _begin_epoch(self._database, self._at))

    def _put_in_place(self, found: Found) -> Path | None:
        """Swap the old for the new; return where the old is."""
        aside = self._name_aside()
        swap = self._target.plan(aside, found)
        plan = self._site.plan
        try:
            begin_swap(plan, out=swap.out, into=swap.into)
            try:
                end_swap(plan)
            except OSError:
                undo_swap(plan)
                raise
        except OSError:
            self._target.forget(aside)
            raise
        return self._site.folder / aside if swap.out else None

    def _name_aside(self) -> str:
        """Return a name for what was there that nothing has yet."""
        at = self._at
        while any(self._site.folder.glob(f"{glob_escape(name := self._site.aside + stamp_of(at))}*")):
            at += 1000
        return name


def _begin_epoch(database: Path, at: int) -> None:
    with open_alone(database) as connection:
        connection.execute("BEGIN")
        row = ("epoch", secrets.token_hex(8))
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", row)
        ((newest_at,),) = connection.execute(NEWEST_AT)
        connection.execute("UPDATE answers SET at = at + ? WHERE at > 0", (max(0, at - newest_at),))
        connection.execute("COMMIT")
