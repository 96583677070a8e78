"""Noticing that an open database is not where it was: what is written to it then, nobody would find again.

A file that is moved, deleted or replaced stays what it was for whoever has it open: writing to it succeeds.
"""

from __future__ import annotations

import os
from pathlib import Path

from leveling_core.errors import StoreError, StoreUnavailableError

__all__ = ["FORMER", "WatchedFile", "log_of", "refuse_lone_log"]

FORMER = ".of-the-former"
"""What the name of a log ends with that was laid aside, because its database is no more."""

_Identity = tuple[int, int]


class WatchedFile:
    """A file that is to stay where it is. Make it while nobody has the file open; close it after all others.

    It holds the file open, so that its identity is given to no other.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # Opened before and closed after SQLite's connections: closing any descriptor of a file gives up all
        # of this process's locks on it (https://sqlite.org/howtocorrupt.html, 2.2).
        self._handle = os.open(path, os.O_RDONLY)
        self._beside: dict[Path, _Identity] = {}
        self._identity = _identity_of(os.fstat(self._handle))

    def watch_beside(self, path: Path) -> None:
        """Watch another file too, which is there now and of no use without the first.

        Raises:
            OSError: It cannot be looked at.
        """
        self._beside[path] = _identity_of(path.stat())

    def check(self) -> None:
        """Make sure that the file, and what belongs to it, is where it was.

        Raises:
            StoreUnavailableError: It is not.
        """
        self._check(self._path, self._identity)
        for path, identity in self._beside.items():
            self._check(path, identity)

    def _check(self, path: Path, identity: _Identity) -> None:
        try:
            found = _identity_of(os.stat(path))  # noqa: PTH116 -- on the way of every commit, a third of the cost
        except FileNotFoundError as error:
            raise self._error(
                f"the file {path.name} is gone: it was moved or deleted",
                "Put it back where it was; Laurel goes on by itself",
            ) from error
        if found != identity:
            raise self._error(
                f"another file stands where {path.name} was",
                "Put the former one back, and Laurel goes on by itself; to use this one, stop Laurel first",
            )

    def _error(self, cause: str, cure: str) -> StoreUnavailableError:
        return StoreUnavailableError(path=str(self._path), cause=cause, cure=cure)

    @property
    def has_a_name(self) -> bool:
        """Whether the file is to be found anywhere: it was not deleted, nor overwritten by another."""
        return os.fstat(self._handle).st_nlink > 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)


def log_of(database: Path) -> Path:
    """Return the file in which SQLite keeps what is not in a database yet."""
    real = database.resolve()  # it lies beside the file that a link leads to
    return real.with_name(f"{real.name}-wal")


def refuse_lone_log(database: Path) -> None:
    """Before a database is made, see that there is no log of one that was here: SQLite would delete it.

    Raises:
        StoreError: There is one, with something in it, and no database.
        OSError: It cannot be looked at.
    """
    if database.exists():
        return
    log = log_of(database)
    for found in (log, log.with_name(f"{log.name}{FORMER}")):
        if found.exists() and found.stat().st_size:
            name = "" if found == log else f"rename this one to {log.name}, "
            raise StoreError(
                path=str(database),
                cause=f"the database is gone, but {found.name} is there, with what was not in it yet",
                cure=f"If you still have the file that was deleted, {name}put it back, and all is there."
                " Else restore a backup (`python bot.py store restore` lists them)."
                f" To begin anew, move {found.name} away",
            )


def _identity_of(found: os.stat_result) -> _Identity:
    return found.st_dev, found.st_ino
