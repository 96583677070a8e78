"""The folder of backups: what they are called, where they lie, and which of them are kept.

Stores may share a folder: the name of each file begins with the store's own.
"""

from __future__ import annotations

import datetime as dt
import errno
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from leveling_core.errors import StoreError
from leveling_core.periods import DAYS_PER_WEEK, MS_PER_DAY, utc_day_of
from storage.file_errors import FAILING

__all__ = [
    "ELSEWHERE",
    "USUAL_NAME",
    "BackupFile",
    "backup_name",
    "choose_kept",
    "list_backups",
    "new_backup_path",
    "stamp_of",
    "store_name",
    "translated_folder",
]

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"(.+)-(\d{8}T\d{6}Z)\.db\.gz", re.DOTALL)

USUAL_NAME = "laurel"
"""What a store is usually called. Before stores were told apart, the names of all backups began with it."""

ELSEWHERE = "choose another folder: in LAUREL_BACKUP_DIR, or as the TARGET of `store backup`"
"""What helps whoever has no room or no right in the folder of the backups."""

_FORBIDDEN = (
    "the folder of the backups may not be read or written",
    f"Give the user that Laurel runs as the right to do both, or {ELSEWHERE}",
)
_FULL = ("the disk is full", f"Free some space, or {ELSEWHERE}")
_IN_THE_WAY = (
    "a file stands where the folder of the backups is to be",
    f"Move it away, or {ELSEWHERE}",
)
_CAUSES: dict[int, tuple[str, str]] = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
}

KEPT_MS = MS_PER_DAY
KEPT_DAYS = 7
KEPT_WEEKS = 4


class BackupFile(NamedTuple):
    """A backup.

    Attributes:
        path: The file.
        at: The moment that it holds, ms UTC, to the second.
        size_bytes: How long the file is.
    """

    path: Path
    at: int
    size_bytes: int


@contextmanager
def translated_folder(folder: Path) -> Iterator[None]:
    """Turn errors of the file system in a folder of backups into ``StoreError``, with what mends them."""
    try:
        yield
    except OSError as error:
        cause, cure = _CAUSES.get(error.errno or 0, FAILING)
        cause = f"{cause} ({error.strerror or error})"
        raise StoreError(path=str(folder), cause=cause, cure=cure) from error


def stamp_of(at: int) -> str:
    """Return an instant (ms UTC) as the names of files tell it, such as ``20260131T060000Z``."""
    return dt.datetime.fromtimestamp(at // 1000, dt.UTC).strftime(STAMP)


def store_name(path: Path) -> str:
    """Return what the names of a store's backups begin with: ``laurel`` for ``laurel.db``.

    Args:
        path: Its database file, or the folder of its files; a link leads to the name of what it links to.
    """
    return path.resolve().name.removesuffix(".db") or USUAL_NAME


def backup_name(store: str, at: int, *, schema: int | None = None) -> str:
    """Return the name of a backup's file.

    Args:
        store: The store's name, as of :func:`store_name`.
        at: The moment that it holds, ms UTC.
        schema: The schema of its database, where it is made because that is about to change; None otherwise.
    """
    suffix = "" if schema is None else f"-schema-{schema}"
    return f"{store}-{stamp_of(at)}{suffix}.db.gz"


def new_backup_path(folder: Path, store: str, at: int, *, schema: int | None = None) -> Path:
    """Return a path in a folder that names a moment, or the first second after it whose name is not taken.

    Args:
        folder: The folder.
        store: As for :func:`backup_name`, and so are the others.
        at: The moment.
        schema: The schema.
    """
    while (path := folder / backup_name(store, at, schema=schema)).exists():
        at += 1000
    return path


def list_backups(folder: Path, stores: Collection[str] | None = None) -> list[BackupFile]:
    """Return the backups in a folder, newest first; none if it is not there.

    Those made before a change of the schema are not among them, nor is anything else.

    Args:
        folder: The folder.
        stores: Those of the stores with these names, None for those of all.

    Raises:
        OSError: The folder cannot be read.
    """
    found: list[BackupFile] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = NAME.fullmatch(path.name)
        if match and (stores is None or match[1] in stores) and path.is_file():
            found.append(BackupFile(path, _instant_of(match[2]), path.stat().st_size))
    return sorted((backup for backup in found if backup.at), key=lambda backup: backup.at, reverse=True)


def _instant_of(stamp: str) -> int:
    """Return the instant of a stamp, ms UTC; 0 for digits that are no date."""
    try:
        moment = dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return 0
    return int(moment.timestamp()) * 1000


def choose_kept(instants: Iterable[int], now: int) -> set[int]:
    """Return which backups are kept: all of the last 24 hours, and the newest of some days and weeks.

    The days are the last seven, and the weeks (from Monday) the last four, that have a backup at all, by
    UTC: a bot that was off for a season does not lose what it had. What is from the future, because a clock
    went wrong, is kept and stands for no day.

    Args:
        instants: When the backups were made, ms UTC.
        now: The present instant, ms UTC.
    """
    newest_first = sorted(set(instants), reverse=True)
    past = [at for at in newest_first if at <= now]
    return {
        *(at for at in newest_first if at > now - KEPT_MS),
        *_newest_of_each(past, utc_day_of, KEPT_DAYS),
        *_newest_of_each(past, _utc_week_of, KEPT_WEEKS),
    }


def _utc_week_of(at: int) -> int:
    return (utc_day_of(at) - 1) // DAYS_PER_WEEK  # day 1 of the ordinals is a Monday


def _newest_of_each(newest_first: Iterable[int], period_of: Callable[[int], int], count: int) -> list[int]:
    """Return the newest instant of each of the last periods that have one."""
    newest: dict[int, int] = {}
    for at in newest_first:
        newest.setdefault(period_of(at), at)
    return list(newest.values())[:count]
