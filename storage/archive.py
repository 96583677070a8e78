"""Backups as files: one compressed database, written whole or not at all, and read back.

Whatever is written on the way lies in a working folder inside the folder of the backups, which goes in the
end, also after a failure. What a killed process left in it goes with the next backup.
"""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from leveling_core.errors import StoreError
from storage.backup_files import ELSEWHERE, BackupFile, store_name, translated_folder
from storage.copy_mark import is_unfinished_database, unfinished_error
from storage.database_file import SYNC_EVERY_BYTES, Contents, Inspection, copy_database, inspect_database
from storage.durable import flush, move, sync_folder, take_rights, write_all
from storage.pace import Pace
from storage.sqlite_errors import translated

__all__ = ["Fill", "archive_database", "unpack", "write_archive"]

Fill = Callable[[Path, Pace], Contents]
"""Writes a database into a new file, at a pace, and returns what is in it."""

CHUNK_BYTES = 1_000_000
DELETED_BYTES = 16_000_000
LEVEL = 1
"""How hard is compressed. A ledger of 1 GB comes to 34 % at 160 MB/s; at 6, gzip's usual, to 30 % at 53."""

GZIP = zlib.MAX_WBITS | 16

WORKING_FOLDER = ".{}.unfinished"
LOCK_FILE = ".{}.lock"
"""Each store has its own: two that save to one folder, when their machine was started, do so at once."""

SPACE_FACTOR = 1.5
"""How much of a database's size a backup needs for a while: a copy, and itself, which is much smaller."""


def archive_database(source: Path, target: Path, pace: Pace, *, at: int) -> BackupFile:
    """Make a backup of a database file beside whoever has it open.

    Args:
        source: The database.
        target: As for :func:`write_archive`.
        pace: How fast.
        at: Now, ms UTC.

    Raises:
        StoreError: As for :func:`write_archive`; or there is no such database, or a copy into it was not
            finished.
        StoppedError: The pace was told to stop; nothing of it is left.
    """
    with translated(source):
        log_file = source.with_name(f"{source.name}-wal")
        size_bytes = source.stat().st_size + (log_file.stat().st_size if log_file.exists() else 0)

    def fill(copy: Path, pace: Pace) -> Contents:
        with translated(source):
            contents = copy_database(source, copy, pace)
            if is_unfinished_database(copy):
                raise unfinished_error(str(source))
            return contents

    return write_archive(target, fill, pace, source=source, size_bytes=size_bytes, at=at)


def write_archive(
    target: Path, fill: Fill, pace: Pace, *, source: Path, size_bytes: int, at: int
) -> BackupFile:
    """Write a backup, read it back, and only then give it its name.

    Args:
        target: Its file, which is not there yet, in a folder that may be made.
        fill: Writes the database.
        pace: How fast.
        source: What is backed up; whoever may read this file, or the files of this folder, may read the
            backup.
        size_bytes: About how long the database is.
        at: The moment that it holds, ms UTC.

    Raises:
        StoreError: It cannot be written, or does not read back as what was written; nothing of it is left.
        StoppedError: The pace was told to stop; nothing of it is left.
    """
    folder = target.parent
    if not folder.parent.is_dir():
        cause, cure = "there is no such folder", "Make it, or choose another"
        raise StoreError(path=str(folder.parent), cause=cause, cure=cure)
    with translated(folder), translated_folder(folder):
        with _made(folder, store_name(source)), _working_in(folder, store_name(source)) as working:
            _check_space(folder, size_bytes)
            database, packed, unpacked = working / "laurel.db", working / "laurel.db.gz", working / "again.db"
            written = fill(database, pace)
            _pack(database, packed, pace)
            _delete(database, pace)
            unpack(packed, unpacked, pace)
            _compare(source, inspect_database(unpacked, pace), written)
            _delete(unpacked, pace)
            take_rights(packed, source)
            move(packed, target)
            try:
                sync_folder(folder)
            except OSError:
                target.unlink()
                raise
        return BackupFile(target, at, target.stat().st_size)


def _compare(source: Path, found: Inspection, written: Contents) -> None:
    if found.damage:
        raise StoreError(
            path=str(source),
            cause=f"what was copied from it is damaged, and so probably it is itself: {found.damage[0]}",
            cure="Look with `python bot.py store check`, and at the disk; the backups of before are kept",
        )
    if found.contents != written:
        raise StoreError(
            path=str(source),
            cause=f"its backup read back is {found.contents} and not {written}",
            cure="Look at the disk and the memory of the machine; the backups of before are kept",
        )


@contextmanager
def _made(folder: Path, store: str) -> Iterator[None]:
    """Make a folder if it is not there; where it was made for nothing, take it away."""
    is_there = folder.is_dir()
    folder.mkdir(exist_ok=True)
    try:
        yield
    except BaseException:
        if not is_there:
            with suppress(OSError):  # somebody else has put something into it meanwhile
                (folder / LOCK_FILE.format(store)).unlink(missing_ok=True)
                folder.rmdir()
        raise


@contextmanager
def _working_in(folder: Path, store: str) -> Iterator[Path]:
    """Give an empty working folder that only its owner can look into, and take it away in the end."""
    lock, working = FileLock(folder / LOCK_FILE.format(store)), folder / WORKING_FOLDER.format(store)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise StoreError(
            path=str(folder), cause="another backup is being made in this folder", cure="Wait for its end"
        ) from error
    try:
        _clear_away(working)
        working.mkdir(mode=0o700)
        try:
            yield working
        finally:
            shutil.rmtree(working, ignore_errors=True)  # what stays, because it is held, goes the next time
    finally:
        lock.release()


def _clear_away(working: Path) -> None:
    """Delete what a killed process has left.

    Raises:
        StoreError: It cannot be deleted.
    """
    try:
        shutil.rmtree(working)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(
            path=str(working),
            cause=f"what is left of an earlier backup cannot be deleted ({error.strerror or error})",
            cure="Delete it by hand, or give the user that Laurel runs as the right to",
        ) from error


def _delete(path: Path, pace: Pace) -> None:
    """Delete a large file piece by piece: all at once, commits beside it would wait for 50 to 120 ms."""
    size_bytes = path.stat().st_size
    while size_bytes > DELETED_BYTES:
        size_bytes -= DELETED_BYTES
        with path.open("r+b") as file:
            file.truncate(size_bytes)
            flush(file.fileno())
        pace.pause()
    path.unlink()


def _check_space(folder: Path, size_bytes: int) -> None:
    free, needed = shutil.disk_usage(folder).free, int(size_bytes * SPACE_FACTOR)
    if free < needed:
        raise StoreError(
            path=str(folder),
            cause=f"a backup needs {_megabytes(needed)} for a while, and {_megabytes(free)} are free",
            cure=f"Free some space, or {ELSEWHERE}",
        )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"


def _pack(source: Path, target: Path, pace: Pace) -> None:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    with source.open("rb") as reading, _Output(target, pace) as output:
        while chunk := reading.read(CHUNK_BYTES):
            output.write(packer.compress(chunk))
        output.write(packer.flush())


def unpack(source: Path, target: Path, pace: Pace) -> None:
    """Write the database of a backup into a new file, for its owner alone.

    Args:
        source: The backup.
        target: The new file; its content is on disk when this returns.
        pace: How fast.

    Raises:
        StoreError: The backup is cut off or damaged.
        OSError: It cannot be read, or the target cannot be written.
        StoppedError: The pace was told to stop.
    """
    try:
        with gzip.open(source) as reading, _Output(target, pace) as output:
            while chunk := reading.read(CHUNK_BYTES):
                output.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise StoreError(
            path=str(source), cause=f"the backup is cut off or damaged ({error})", cure="Take another one"
        ) from error


class _Output:
    """A new file for its owner alone. It goes to disk every few MB, so that commits beside it stay quick."""

    def __init__(self, path: Path, pace: Pace) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._handle = os.open(path, flags, 0o600)
        self._pace = pace
        self._waiting_bytes = 0

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> None:
        """Append all of it, then rest."""
        write_all(self._handle, data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= SYNC_EVERY_BYTES:
            flush(self._handle)
            self._waiting_bytes = 0
        self._pace.pause()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Have all of it on disk, unless something went wrong."""
        try:
            if error is None:
                flush(self._handle)
        finally:
            os.close(self._handle)
