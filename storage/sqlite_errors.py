"""What SQLite's errors mean to a self-hoster: where, why, and what mends it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leveling_core.errors import StoreError, StoreUnavailableError
from storage.file_errors import FAILING, FORBIDDEN, FULL, UNREACHABLE, explain_os_error

__all__ = ["is_busy", "store_error", "translated"]

_HELD = ("another program holds the database", "Close whatever has it open for writing")

_PASSING: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_READONLY: FORBIDDEN,
    sqlite3.SQLITE_PERM: FORBIDDEN,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: UNREACHABLE,
    sqlite3.SQLITE_IOERR: FAILING,
}
"""Troubles of the place where the database lies: they are the same for every write, and may pass."""

_RESTORE = "keep a copy of it, and restore a backup (`python bot.py store restore` lists them)"

_LASTING: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_NOTADB: (
        "the file is not an SQLite database",
        f"If it was Laurel's database, it is damaged: {_RESTORE}. If it is something else, name another file",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        f"Stop Laurel, {_RESTORE}",
    ),
}
_AT_WORK: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_CORRUPT: (
        "the disk cannot be read, or the database is damaged",
        f"{FAILING[1]}; if it knows of none, stop Laurel and run `python bot.py store check`",
    ),
}
"""What else may pass in a database that could be opened: SQLite calls damage what a disk refuses to read."""

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended codes (https://sqlite.org/rescode.html)


def is_busy(error: Exception) -> bool:
    """Tell whether another program holds the database."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _BUSY


def store_error(path: str, error: Exception, *, at_work: bool = False, is_read: bool = False) -> StoreError:
    """Translate an error of the driver or the file system; the caller chains it.

    Args:
        path: Where the database is.
        error: What went wrong.
        at_work: Whether the database was opened and in order before, so that damage need not be any.
        is_read: Whether it is only read.
    """
    if isinstance(error, OSError):
        cause, cure = explain_os_error(error, is_read=is_read)
        return StoreUnavailableError(path=path, cause=cause, cure=cure)
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    passing = _PASSING | _AT_WORK if at_work else _PASSING
    if code in passing:
        cause, cure = passing[code]
        return StoreUnavailableError(path=path, cause=f"{cause} ({error})", cure=cure)
    if code in _LASTING:
        cause, cure = _LASTING[code]
        return StoreError(path=path, cause=f"{cause} ({error})", cure=cure)
    return StoreError(path=path, cause=f"SQLite says: {error}", cure="Nothing was written; see the cause")


@contextmanager
def translated(path: Path | str, *, at_work: bool = False, is_read: bool = False) -> Iterator[None]:
    """Turn errors of the driver and the file system into ``StoreError``, once; see :func:`store_error`."""
    try:
        yield
    except (sqlite3.Error, OSError, OverflowError, ValueError) as error:
        raise store_error(str(path), error, at_work=at_work, is_read=is_read) from error
