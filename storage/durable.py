"""Steps on files of which the order on disk matters: what a step says is done outlives a power cut."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["flush", "move", "sync_file", "sync_folder", "take_rights", "write_all", "write_text"]

READ_AND_WRITE = 0o666
"""The bits of a file's rights that data needs; a program it is not."""

OWNER_READS_AND_WRITES = 0o600


def _choose_flush() -> Callable[[int], None]:
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 -- there is none on Windows

        # There fsync leaves the data in the drive's own cache (man fsync), which a power cut empties.
        return lambda handle: (fcntl.fcntl(handle, fcntl.F_FULLFSYNC), None)[1]
    # The length is kept by fdatasync too; only times are not, which nobody needs (man fdatasync).
    return getattr(os, "fdatasync", os.fsync)


flush = _choose_flush()
"""Have on disk what was written to an open file: its content and its length."""


def sync_file(path: Path) -> None:
    """Have a file's content on disk."""
    with path.open("r+b") as file:
        flush(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have on disk which files a folder holds: a rename is lost in a power cut without it."""
    if sys.platform == "win32":  # a folder cannot be opened there; NTFS keeps the order of renames by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder to a name that is not taken; it is on disk with ``sync_folder``.

    Raises:
        FileExistsError: The name is taken.
        OSError: The file system does not do it.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    source.rename(target)


def write_all(handle: int, data: bytes) -> None:
    """Append to an open file, however many steps the system takes for it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def write_text(path: Path, text: str) -> None:
    """Write a small new file; its content is on disk, its name with ``sync_folder``."""
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        flush(file.fileno())


def take_rights(path: Path, like: Path) -> None:
    """Give a file the rights that another file, or a folder's files, may have: no wider ones for others.

    Its owner may always write it: a backup that was put where nobody changes it is to become a database.
    Who runs as root gives the file to the other's owner, who could not use it otherwise.
    """
    found = like.stat()
    path.chmod(found.st_mode & READ_AND_WRITE | OWNER_READS_AND_WRITES)
    if sys.platform != "win32" and os.geteuid() == 0:
        os.chown(path, found.st_uid, found.st_gid)
