"""What SQLite's errors mean to a self-hoster: where, why, and what mends it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leveling_core.errors import StoreError, StoreUnavailableError

__all__ = ["is_busy", "store_error", "translated"]

_FORBIDDEN = (
    "the database or its folder may not be written",
    "Give the user that Laurel runs as the right to write to the file and its folder",
)
_FULL = ("the disk is full", "Free some space; Laurel goes on by itself")
_UNREACHABLE = (
    "the file cannot be opened",
    "See that its folder exists, that it is a file, and that Laurel's user may write to both",
)
_FAILING = (
    "the disk could not be read or written",
    "See the system's log for a failing disk or a lost network drive",
)

_SQLITE_CURES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _UNREACHABLE,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_NOTADB: (
        "the file is not an SQLite database",
        "Choose another file in LAUREL_STORE, or move this one away",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        "Stop Laurel, keep a copy of the file, and restore a backup (or try sqlite3's .recover)",
    ),
}
_FILE_CURES: dict[int, tuple[str, str]] = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOSPC: _FULL,
    errno.EIO: _FAILING,
}
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended codes (https://sqlite.org/rescode.html)


def is_busy(error: Exception) -> bool:
    """Tell whether another program holds the database."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _BUSY


def store_error(path: str, error: Exception) -> StoreError:
    """Translate an error of the driver or the file system; the caller chains it."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if is_busy(error):
        cause = f"another program holds the database ({error})"
        cure = "Close whatever has it open for writing; then repeat it"
        return StoreUnavailableError(path=path, cause=cause, cure=cure)
    if isinstance(error, OSError):
        cause, cure = _FILE_CURES.get(error.errno or 0, _UNREACHABLE)
        return StoreError(path=path, cause=f"{cause} ({error.strerror or error})", cure=cure)
    if code in _SQLITE_CURES:
        cause, cure = _SQLITE_CURES[code]
        return StoreError(path=path, cause=f"{cause} ({error})", cure=cure)
    return StoreError(path=path, cause=f"SQLite says: {error}", cure="Nothing was written; see the cause")


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Turn errors of the driver and the file system into ``StoreError``, once."""
    try:
        yield
    except (sqlite3.Error, OSError, OverflowError, ValueError) as error:
        raise store_error(str(path), error) from error
