"""The folder of a store, as a few plain steps: whatever is read or written goes through here.

So a test can put a file system in its place that forgets what was not flushed, or that fails at any step. All
of it blocks; it is called in threads, never on the event loop.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol
from zlib import crc32

from storage.durable import flush, sync_folder

__all__ = ["Files", "RealFiles", "Written", "write_all", "write_file"]

FILE_MODE = 0o666
"""Permissions of new files, before the process's umask."""

BLOCK_BYTES = 100_000
"""How much is written in one go, about."""

FLUSH_EVERY_BYTES = 4_000_000
"""How much of a file may wait in memory for the disk. A group that is flushed meanwhile waits for all that
does."""


class Files(Protocol):
    """One folder. Names are those of files in it; whatever goes wrong is an ``OSError``."""

    def make_folder(self) -> None:
        """Make the folder, unless it is there; durably."""
        ...

    def list_names(self) -> list[str]:
        """Return the names of all that is in the folder."""
        ...

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        ...

    def create(self, name: str) -> int:
        """Make a file that is not there yet, and return a handle to append to it."""
        ...

    def write(self, handle: int, data: memoryview) -> int:
        """Append bytes; return how many were taken, which may be fewer."""
        ...

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file off behind its first ``size`` bytes."""
        ...

    def fsync(self, handle: int) -> None:
        """Return when the content and the length of a file are on disk."""
        ...

    def close(self, handle: int) -> None:
        """Give a handle back."""
        ...

    def is_in_place(self, handle: int, name: str) -> bool:
        """Tell whether the file of a handle is still there under its name."""
        ...

    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name, in one step; a file that has it is gone."""
        ...

    def unlink(self, name: str) -> None:
        """Delete a file."""
        ...

    def fsync_folder(self) -> None:
        """Return when the names of the folder's files are on disk: what was made, renamed and deleted."""
        ...


class RealFiles:
    """A folder of the operating system's.

    Args:
        folder: Where.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make_folder(self) -> None:
        """Make the folder, unless it is there; durably."""
        if not self._folder.is_dir():
            above = self._folder.absolute().parent
            if not above.is_dir():
                raise FileNotFoundError(errno.ENOENT, f"the folder {above} does not exist", str(above))
            self._folder.mkdir()
            # The folder's own name is an entry of the one above: it must not go with the power.
            sync_folder(above)

    def list_names(self) -> list[str]:
        """Return the names of all that is in the folder."""
        return os.listdir(self._folder)  # noqa: PTH208 -- names, not paths

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        return (self._folder / name).read_bytes()

    def create(self, name: str) -> int:
        """Make a file that is not there yet, and return a handle to append to it."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.open(self._folder / name, flags, FILE_MODE)

    def write(self, handle: int, data: memoryview) -> int:
        """Append bytes; return how many were taken, which may be fewer."""
        return os.write(handle, data)

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file off behind its first ``size`` bytes."""
        os.ftruncate(handle, size)

    def fsync(self, handle: int) -> None:
        """Return when the content and the length of a file are on disk."""
        flush(handle)

    def close(self, handle: int) -> None:
        """Give a handle back."""
        os.close(handle)

    def is_in_place(self, handle: int, name: str) -> bool:
        """Tell whether the file of a handle is still there under its name."""
        try:
            there = os.stat(self._folder / name)  # noqa: PTH116 -- beside os.fstat, of the same kind
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(handle), there)

    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name, in one step; a file that has it is gone."""
        (self._folder / name).replace(self._folder / new_name)

    def unlink(self, name: str) -> None:
        """Delete a file."""
        (self._folder / name).unlink()

    def fsync_folder(self) -> None:
        """Return when the names of the folder's files are on disk: what was made, renamed and deleted."""
        sync_folder(self._folder)


class Written(NamedTuple):
    """How a file came out: its length in bytes, and the CRC-32 of its content."""

    size: int
    crc: int


def write_all(files: Files, handle: int, data: memoryview) -> None:
    """Append all of ``data``, however many steps the system takes for it.

    Raises:
        OSError: It could not; some of it may be in the file.
    """
    while data:
        taken = files.write(handle, data)
        if not taken:  # the system would have to say why; without this the loop could go on for ever
            raise OSError(errno.EIO, "nothing was written")
        data = data[taken:]


def write_file(files: Files, name: str, portions: Iterable[bytes]) -> Written:
    """Write a whole new file, and return when its content is on disk; its name is not, before the folder's.

    Raises:
        OSError: It could not; a part of the file may be there.
    """
    size = crc = waiting = 0
    handle = files.create(name)
    try:
        for block in _blocks(portions):
            write_all(files, handle, memoryview(block))
            size += len(block)
            waiting += len(block)
            crc = crc32(block, crc)
            if waiting >= FLUSH_EVERY_BYTES:
                # Nothing depends on it: it spares a group beside this the wait for a whole file.
                files.fsync(handle)
                waiting = 0
        # Before anything refers to the file, what is in it must not be able to go with the power.
        files.fsync(handle)
    finally:
        files.close(handle)
    return Written(size, crc)


def _blocks(portions: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in larger pieces."""
    gathered: list[bytes] = []
    size = 0
    for portion in portions:
        gathered.append(portion)
        size += len(portion)
        if size >= BLOCK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)
