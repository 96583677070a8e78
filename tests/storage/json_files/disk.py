"""A folder on a disk that promises no more than POSIX does, and that fails or loses its power on demand.

What is written reaches the disk with an ``fsync`` of the file, and a name with an ``fsync`` of the folder. A
flush that fails drops what it should have flushed: it can be read as long as the power is on, and no later
flush brings it to the disk.
"""

from __future__ import annotations

import copy
import errno
import random
import threading
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

__all__ = ["PowerCutError", "SimulatedFiles"]

SECTOR = 512


class PowerCutError(Exception):
    """The power went."""


class _File:
    """A file: what programs see, what is on the disk, and what lies between."""

    def __init__(self, kept: bytes = b"") -> None:
        self.seen = bytearray(kept)
        self.kept = bytearray(kept)
        self.pending: list[tuple[int, bytes | None]] = []

    def append(self, data: bytes) -> None:
        self.pending.append((len(self.seen), data))
        self.seen += data

    def truncate(self, size: int) -> None:
        self.pending.append((size, None))
        _apply(self.seen, size, None)

    def flush(self) -> None:
        for change in self.pending:
            _apply(self.kept, *change)
        self.pending.clear()

    def left(self, dice: random.Random | None) -> bytes:
        """Return what is on the disk, with any sectors of what was not flushed as the dice have it."""
        content = bytearray(self.kept)
        for offset, data in self.pending if dice else ():
            assert dice
            if data is None:
                if dice.random() < 0.5:
                    _apply(content, offset, None)
                continue
            end = offset + len(data)
            edges = [offset, *range(offset - offset % SECTOR + SECTOR, end, SECTOR), end]
            for start, stop in pairwise(edges):
                if dice.random() < 0.5:
                    _apply(content, start, data[start - offset : stop - offset])
        return bytes(content)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


class _Change(NamedTuple):
    """A change of names: one that goes, one that comes, and the file that has it then."""

    gone: str | None
    made: str | None
    file: _File | None

    def make(self, names: dict[str, _File]) -> None:
        if self.gone is not None:
            names.pop(self.gone, None)
        if self.made is not None and self.file is not None:
            names[self.made] = self.file


class SimulatedFiles:
    """A folder on such a disk.

    Args:
        contents: What is on the disk, by name.

    Attributes:
        steps: How many steps were taken that change something on the disk, or would.
        cut_at: The step before which the power goes.
        fail_at: Steps that fail, and how (an ``errno``). Of a failed write half is in the file.
        failed: Which steps did.
        most_bytes: How much a write takes at most in one go.
        log: The steps, by what they did.
    """

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        self._seen = {name: _File(content) for name, content in (contents or {}).items()}
        self._kept = dict(self._seen)
        self._changes: list[_Change] = []
        self._handles: dict[int, _File] = {}
        self._has_power = True
        self._turn = threading.Lock()
        self.steps = 0
        self.cut_at: int | None = None
        self.fail_at: dict[int, int] = {}
        self.failed: list[str] = []
        self.most_bytes = 1_000_000
        self.log: list[str] = []

    def contents(self) -> dict[str, bytes]:
        """Return what programs see, by name."""
        return {name: bytes(file.seen) for name, file in self._seen.items()}

    def after_power_cut(self, dice: random.Random | None = None) -> SimulatedFiles:
        """Return the folder as it is found afterwards.

        Args:
            dice: Let through any part of what was not flushed; without them all of it is lost.
        """
        names = dict(self._kept)
        for change in self._changes if dice else ():
            assert dice
            if dice.random() < 0.5:
                change.make(names)
        return SimulatedFiles({name: file.left(dice) for name, file in names.items()})

    def after_kill(self) -> SimulatedFiles:
        """Return the folder as the next process finds it: what was not flushed still is not."""
        left = SimulatedFiles()
        left._seen, left._kept, left._changes = copy.deepcopy((self._seen, self._kept, self._changes))
        return left

    def make_folder(self) -> None:
        """Do nothing: the folder is there."""

    def list_names(self) -> list[str]:
        """Return the names."""
        self._need_power()
        return list(self._seen)

    def read(self, name: str) -> bytes:
        """Return a file's content as programs see it."""
        self._need_power()
        if name not in self._seen:
            raise FileNotFoundError(errno.ENOENT, "no such file", name)
        return bytes(self._seen[name].seen)

    def create(self, name: str) -> int:
        """Make a file."""
        with self._turn:
            self._step(f"create {name}")
            if name in self._seen:
                raise FileExistsError(errno.EEXIST, "the file exists", name)
            file = _File()
            self._change(_Change(None, name, file))
            handle = max(self._handles, default=2) + 1
            self._handles[handle] = file
            return handle

    def write(self, handle: int, data: memoryview) -> int:
        """Append; the half of it if it is to fail."""
        with self._turn:
            file = self._handles[handle]
            try:
                self._step("write")
            except OSError:
                file.append(bytes(data[: len(data) // 2]))
                raise
            taken = bytes(data[: self.most_bytes])
            file.append(taken)
            return len(taken)

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file off."""
        with self._turn:
            self._step("truncate")
            self._handles[handle].truncate(size)

    def fsync(self, handle: int) -> None:
        """Flush a file; if it is to fail, what was to be flushed counts as clean from then on."""
        with self._turn:
            try:
                self._step("fsync")
            except OSError:
                self._handles[handle].pending.clear()
                raise
            self._handles[handle].flush()

    def close(self, handle: int) -> None:
        """Give a handle back."""
        del self._handles[handle]

    def is_in_place(self, handle: int, name: str) -> bool:
        """Tell whether the file is still there."""
        return self._seen.get(name) is self._handles[handle]

    def rename(self, name: str, new_name: str) -> None:
        """Rename a file."""
        with self._turn:
            self._step(f"rename {name}")
            self._change(_Change(name, new_name, self._seen[name]))

    def unlink(self, name: str) -> None:
        """Delete a file."""
        with self._turn:
            if name not in self._seen:
                raise FileNotFoundError(errno.ENOENT, "no such file", name)
            self._step(f"unlink {name}")
            self._change(_Change(name, None, None))

    def fsync_folder(self) -> None:
        """Flush the names; if it is to fail, they are lost with the power."""
        with self._turn:
            try:
                self._step("fsync folder")
            except OSError:
                self._changes.clear()
                raise
            for change in self._changes:
                change.make(self._kept)
            self._changes.clear()

    def _change(self, change: _Change) -> None:
        change.make(self._seen)
        self._changes.append(change)

    def _need_power(self) -> None:
        if not self._has_power:
            raise PowerCutError

    def _step(self, what: str) -> None:
        self._need_power()
        if self.steps == self.cut_at:
            self._has_power = False
            raise PowerCutError
        self.steps += 1
        self.log.append(what)
        if code := self.fail_at.get(self.steps - 1):
            self.failed.append(what)
            raise OSError(code, errno.errorcode[code])
