"""Backups of a store beside the bot that writes it: one compressed SQLite database, whatever the backend."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from leveling_core.errors import StoreError
from leveling_core.periods import MS_PER_HOUR
from storage.archive import archive_database, write_archive
from storage.backup_files import (
    USUAL_NAME,
    BackupFile,
    choose_kept,
    list_backups,
    new_backup_path,
    store_name,
    translated_folder,
)
from storage.database_file import Contents, open_alone, read_database
from storage.json_files import list_store_files
from storage.opening import StorePlace, default_backup_dir, read_store_url
from storage.pace import Pace, run_in_thread
from storage.sqlite_errors import translated
from storage.transfer import copy_store
from storage.unfinished_restore import refuse_unfinished_restore

__all__ = ["BackupState", "Backups", "default_backup_dir", "list_own_backups", "make_backup"]

log = logging.getLogger(__name__)

BESIDE_THE_BOT = 1.0
"""How long a backup rests, as a share of the time it works. 1 GB is copied in 4 s and all done in half a
minute; commits beside it take what they always do."""

RETRY_MS = MS_PER_HOUR
"""How long after a failed backup the next is tried, where the interval is longer."""


def list_own_backups(place: StorePlace, folder: Path) -> list[BackupFile]:
    """Return the backups of a store in a folder, newest first: those that bear its name.

    In a folder inside the store itself there are no others', so that also those count which were made when
    all bore the usual name.

    Args:
        place: The store.
        folder: Where to look.

    Raises:
        OSError: The folder cannot be read.
    """
    names = {store_name(place.path)}
    if place.kind == "json" and folder.resolve() == default_backup_dir(place).resolve():
        names.add(USUAL_NAME)
    return list_backups(folder, names)


async def make_backup(url: str, target: Path | None = None, *, at: int, rest: float = 0.0) -> BackupFile:
    """Make a backup of a store as of now; whoever writes it goes on.

    Args:
        url: The store, as ``open_store`` takes it.
        target: A new file whose name ends in ``.gz``, or a folder, made if it is not there; None for
            ``backups`` beside the database.
        at: Now, ms UTC.
        rest: How long it rests, as a share of the time it works.

    Raises:
        ContentError: The URL names no place for a store.
        StoreError: There is nothing to back up, or the backup could not be made; nothing of it is left.
    """
    folder = target or default_backup_dir(read_store_url(url))
    return await run_in_thread(partial(_make, url, folder, at), rest=rest)


def _make(url: str, target: Path, at: int, pace: Pace) -> BackupFile:
    place = read_store_url(url)
    if place.kind == "memory":
        cure = "Choose another in LAUREL_STORE"
        raise StoreError(path="memory:", cause="what is in memory cannot be backed up", cure=cure)
    refuse_unfinished_restore(place.kind, place.path)
    with translated(place.path):
        if not place.path.exists():
            cure = "Look for it where LAUREL_STORE says"
            raise StoreError(path=str(place.path), cause="there is nothing to back up", cure=cure)
    file = _new_file(target, store_name(place.path), at)
    if place.kind == "sqlite":
        return archive_database(place.path, file, pace, at=at)
    with translated(place.path):
        size_bytes = sum(path.stat().st_size for path in list_store_files(place.path))
    fill = partial(_copy_files, url)
    return write_archive(file, fill, pace, source=place.path, size_bytes=size_bytes, at=at)


def _copy_files(url: str, target: Path, pace: Pace) -> Contents:
    """Copy a store that is no database into one, and return what is in it, proven equal to the source."""

    def rest(_rows: int) -> None:
        pace.pause()

    # In an event loop of its own, because the bot's must not be held up by it.
    asyncio.run(copy_store(url, f"sqlite:///{target.absolute()}", clock=lambda: 0, stage=lambda *_: rest))
    with open_alone(target) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    return read_database(target)


def _new_file(target: Path, store: str, at: int) -> Path:
    """Return the file to write: the target, or one in it that nothing has the name of."""
    with translated_folder(target):
        if target.suffix != ".gz":
            return new_backup_path(target, store, at)
        if target.exists():
            raise StoreError(path=str(target), cause="there is a file already", cure="Name another")
        return target


class BackupState(msgspec.Struct, frozen=True, kw_only=True):
    """How the backups of a store do.

    Attributes:
        last_at: The moment that the newest holds, ms UTC; 0 for none.
        last_size_bytes: How long it is.
        failed_at: When the last attempt failed, ms UTC; 0 where it did not.
        failure: Why, and what mends it; None where it did not fail.
    """

    last_at: int = 0
    last_size_bytes: int = 0
    failed_at: int = 0
    failure: StoreError | None = None


class Backups:
    """Makes backups of a store when they are due, keeps the newest of them, and knows how they do.

    Args:
        url: The store, as ``open_store`` takes it.
        clock: Now, in ms UTC.
        folder: Where they go; None for ``backups`` beside the database.
        every_hours: How often; 0 for never.

    Attributes:
        folder: Where they go.

    Raises:
        ContentError: The URL names no place for a store.
    """

    def __init__(
        self, url: str, *, clock: Callable[[], int], folder: Path | None = None, every_hours: float = 6
    ) -> None:
        self._place = place = read_store_url(url)
        self.folder = folder or default_backup_dir(place)
        self._url = url
        self._clock = clock
        self._every_ms = 0 if place.kind == "memory" else int(every_hours * MS_PER_HOUR)
        self._making = asyncio.Lock()
        self._state = BackupState()
        if place.kind == "memory":
            log.debug("what is kept in memory is not backed up")

    @property
    def are_on(self) -> bool:
        """Whether backups are made at all."""
        return bool(self._every_ms)

    @property
    def state(self) -> BackupState:
        """How they do, as of the last look or backup."""
        return self._state

    async def look(self) -> bool:
        """Look what is in the folder, and tell whether a backup is due.

        It is when the newest is older than the interval, whenever the bot was started. After a failure it is
        an hour later at the latest; where somebody has made one meanwhile, the failure is over.

        Raises:
            StoreError: The folder cannot be read; that is a failure like any other, raised once an hour.
        """
        now = self._clock()
        waits = self._waits(now)
        try:
            with translated_folder(self.folder):
                backups = await asyncio.to_thread(list_own_backups, self._place, self.folder)
        except StoreError as error:
            if waits:
                return False  # as it was an hour ago at most, and was told then
            self._note_failure(error, now)
            raise
        # One from the future, by a clock that went wrong, says nothing of when the next is due.
        newest = next((backup for backup in backups if backup.at <= now), None)
        last_at, last_size_bytes = (newest.at, newest.size_bytes) if newest else (0, 0)
        is_due = now - last_at >= self._every_ms
        state = self._state if is_due else BackupState()
        self._state = msgspec.structs.replace(state, last_at=last_at, last_size_bytes=last_size_bytes)
        return self.are_on and is_due and not waits

    async def make(self) -> BackupFile:
        """Make a backup; once it is there, delete those that are kept no longer. Never two at once.

        Raises:
            StoreError: It could not be made; those that are there stay.
        """
        async with self._making:
            now = self._clock()
            try:
                backup = await make_backup(self._url, self.folder, at=now, rest=BESIDE_THE_BOT)
            except StoreError as error:
                self._note_failure(error, now)
                raise
            except Exception as error:
                log.exception("A backup failed for a reason that nobody foresaw")
                failure = _unforeseen(self.folder, error)
                self._note_failure(failure, now)
                raise failure from error
            self._state = BackupState(last_at=backup.at, last_size_bytes=backup.size_bytes)
            await asyncio.to_thread(self._prune)
            return backup

    def _waits(self, now: int) -> bool:
        """Tell whether it is too early to try again after a failure."""
        failed_at = self._state.failed_at
        return self._state.failure is not None and 0 <= now - failed_at < min(self._every_ms, RETRY_MS)

    def _note_failure(self, error: StoreError, now: int) -> None:
        self._state = msgspec.structs.replace(self._state, failed_at=now, failure=error)

    def _prune(self) -> None:
        """Delete what is kept no longer; what cannot be deleted is no reason to have no backup."""
        try:
            backups = list_own_backups(self._place, self.folder)
        except OSError as error:
            log.warning("old backups could not be looked at: %s", error)
            return
        kept = choose_kept((backup.at for backup in backups), self._clock())
        for backup in backups:
            if backup.at not in kept:
                try:
                    backup.path.unlink()
                except OSError as error:
                    log.warning("an old backup could not be deleted: %s", error)


def _unforeseen(folder: Path, error: Exception) -> StoreError:
    return StoreError(
        path=str(folder),
        cause=f"something went wrong that should not ({type(error).__name__})",
        cure="Report it, with what the log says",
    )
