"""What SQLite's errors mean to a self-hoster: where, why, and what mends it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leveling_core.errors import LevelingError, StoreError
from storage.backend import BusyError

__all__ = ["store_error", "translated"]

_CURES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_READONLY: (
        "the database or its folder is read-only",
        "Give the user that Laurel runs as the right to write to the file and its folder",
    ),
    sqlite3.SQLITE_PERM: (
        "access is denied",
        "Give the user that Laurel runs as the right to write to the file and its folder",
    ),
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space; Laurel goes on by itself"),
    sqlite3.SQLITE_NOTADB: (
        "the file is not an SQLite database",
        "Choose another file in LAUREL_STORE, or move this one away",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        "Stop Laurel, keep a copy of the file, and restore a backup (or try sqlite3's .recover)",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the file cannot be opened",
        "See that its folder exists, that it is a file, and that Laurel's user may write to both",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk could not be read or written",
        "See the system's log for a failing disk or a lost network drive",
    ),
}
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended codes (https://sqlite.org/rescode.html)


def store_error(path: str, error: Exception) -> StoreError:
    """Translate an error of the driver or the file system; the caller chains it."""
    if isinstance(error, OSError):
        cause = f"the file system says: {error.strerror or error}"
        cure = "See that the folder exists and that Laurel's user may write to it"
        return StoreError(path=path, cause=cause, cure=cure)
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in _BUSY:
        cause = f"another program holds the database ({error})"
        return BusyError(
            path=path, cause=cause, cure="Close whatever has it open for writing; then repeat it"
        )
    if code in _CURES:
        cause, cure = _CURES[code]
        return StoreError(path=path, cause=f"{cause} ({error})", cure=cure)
    return StoreError(path=path, cause=f"SQLite says: {error}", cure="Nothing was written; see the cause")


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Turn errors of the driver and the file system into ``StoreError``, once."""
    try:
        yield
    except LevelingError:
        raise
    except (sqlite3.Error, OSError, OverflowError, ValueError) as error:
        raise store_error(str(path), error) from error
