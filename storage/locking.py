"""One writer at a time: an operating system's lock on a file, which the system frees after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from leveling_core.errors import StoreError

__all__ = ["IN_USE", "lock_beside", "lock_inside", "locked"]

IN_USE = ("another Laurel is running on this store", "Stop the other one first; one bot serves all servers")
"""What is wrong where somebody else holds the lock, and what a bot that starts can do about it."""


def lock_beside(database: Path) -> Path:
    """Return the lock file of a database that is one file: whichever link leads to it, the same."""
    real = database.resolve() if database.is_symlink() else database
    return real.with_name(real.name + ".lock")


def lock_inside(folder: Path) -> Path:
    """Return the lock file of a database that is a folder.

    It lies inside: the folder may be a volume of its own, beside which nothing may be written.
    """
    return folder / "laurel.lock"


@contextmanager
def locked(lock_file: Path, *, path: Path) -> Iterator[None]:
    """Hold a lock file, made if it is not there; whoever else asks for it meanwhile is refused.

    Args:
        lock_file: The file, in a folder that exists; it stays when the lock is given up.
        path: The database, for the error.

    Raises:
        StoreError: Somebody holds it, or its folder does not exist.
        OSError: The file system does not allow it.
    """
    folder = lock_file.parent
    if not folder.is_dir():
        cause, cure = f"the folder {folder} does not exist", "Make it, or choose another"
        raise StoreError(path=str(path), cause=cause, cure=cure)
    lock = FileLock(lock_file, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        cause, cure = IN_USE
        raise StoreError(path=str(path), cause=cause, cure=cure) from error
    try:
        yield
    finally:
        lock.release()
