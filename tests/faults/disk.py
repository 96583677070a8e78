"""A disk that loses power: what is left of files when only what was flushed counts.

The shim (``shim.c``) logs what a program does to the files of a folder; here the log is played on a disk that
promises no more than POSIX does. What was written and not followed by an ``fsync`` of the file may be lost.
A name that was made, changed or removed is so only after an ``fsync`` of its folder. After an ``fsync`` that
failed, Linux takes what was to be flushed for clean: it can be read for as long as the power is on, and a
later ``fsync`` does not bring it to the disk any more.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

_HEADER = struct.Struct("<IIIIqq")
SECTOR = 512
"""Bytes that a disk writes as a whole."""


class Operation(msgspec.Struct, frozen=True):
    """What a program did.

    Attributes:
        kind: ``o`` open, ``w`` write, ``t`` truncate, ``s`` an fsync begins, ``S`` it has ended,
            ``r`` rename, ``u`` unlink, ``m`` mkdir, ``a`` the outside is told.
        path: Of what.
        other: The new name.
        offset: Where it was written; the size that it was cut to; the flags of an open.
        result: What the system answered; below 0 an error.
        data: What was written, or told.
    """

    kind: str
    path: str
    other: str
    offset: int
    result: int
    data: bytes


def read_log(path: Path) -> Iterator[Operation]:
    """Yield the operations of a log of the shim."""
    content = path.read_bytes()
    at = 0
    while at + _HEADER.size <= len(content):
        kind, path_size, other_size, data_size, offset, result = _HEADER.unpack_from(content, at)
        at += _HEADER.size
        parts = []
        for size in (path_size, other_size, data_size):
            parts.append(content[at : at + size])
            at += size
        yield Operation(chr(kind), parts[0].decode(), parts[1].decode(), offset, result, parts[2])


class _File:
    """A file: what programs see, what is on disk, and what lies between."""

    def __init__(self) -> None:
        self.seen = bytearray()
        self.kept = bytearray()
        self.pending: list[tuple[int, bytes | None]] = []

    def write(self, offset: int, data: bytes) -> None:
        _write(self.seen, offset, data)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        _truncate(self.seen, size)
        self.pending.append((size, None))

    def flush(self) -> None:
        for offset, data in self.pending:
            _apply(self.kept, offset, data)
        self.pending.clear()

    def left(self, dice: random.Random | None) -> bytes:
        """Return what is on disk, and of what was not flushed whatever the dice let through."""
        content = bytearray(self.kept)
        if dice is not None:
            for offset, data in self.pending:
                if data is None:
                    if dice.random() < 0.5:
                        _truncate(content, offset)
                    continue
                for start, end in _sectors(offset, offset + len(data)):
                    if dice.random() < 0.5:
                        _write(content, start, data[start - offset : end - offset])
        return bytes(content)


def _sectors(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a range of a file where the sectors of the disk end."""
    while start < end:
        until = min(end, start - start % SECTOR + SECTOR)
        yield start, until
        start = until


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _truncate(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))
    del content[size:]


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        _truncate(content, offset)
    else:
        _write(content, offset, data)


class Disk:
    """Plays a log.

    Args:
        folder: What the log is about; empty when it began.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._seen: dict[str, _File | None] = {self._folder: None}  # None stands for a folder
        self._kept: dict[str, _File | None] = {self._folder: None}
        self.told = b""

    def play(self, operations: Iterable[Operation]) -> None:
        """Do to the disk what a program did."""
        for operation in operations:
            self._play(operation)

    def _play(self, operation: Operation) -> None:
        path = operation.path
        if operation.kind == "a":
            self.told += operation.data
        elif operation.kind == "S":
            self._sync(path, failed=operation.result < 0)
        elif operation.result < 0:
            return
        elif operation.kind == "o":
            self._open(path, operation.offset)
        elif operation.kind == "w":
            if (file := self._seen.get(path)) is not None:
                file.write(operation.offset, operation.data)
        elif operation.kind == "t":
            if (file := self._seen.get(path)) is not None:
                file.truncate(operation.offset)
        elif operation.kind == "r":
            self._rename(path, operation.other)
        elif operation.kind == "u":
            self._seen.pop(path, None)
        elif operation.kind == "m":
            self._seen[path] = None

    def _open(self, path: str, flags: int) -> None:
        if flags & os.O_CREAT and path not in self._seen:
            self._seen[path] = _File()
        file = self._seen.get(path)
        if flags & os.O_TRUNC and file is not None:
            file.truncate(0)

    def _rename(self, path: str, other: str) -> None:
        inside = [name for name in self._seen if name.startswith(f"{path}/")]
        for name in (path, *inside):
            if name in self._seen:
                self._seen[other + name.removeprefix(path)] = self._seen.pop(name)

    def _sync(self, path: str, *, failed: bool) -> None:
        node = self._seen.get(path)
        if node is not None:
            if failed:
                node.pending.clear()
            else:
                node.flush()
        elif path in self._seen and not failed:
            for names in (self._kept, self._seen):
                for name in [name for name in names if str(PurePosixPath(name).parent) == path]:
                    if name in self._seen:
                        self._kept[name] = self._seen[name]
                    else:
                        del self._kept[name]

    def pull_plug(self, target: Path, dice: random.Random | None = None) -> None:
        """Put what is left into a new folder.

        Args:
            target: The folder; made.
            dice: Let some of what was not flushed through, sector by sector and name by name; without it all
                of that is lost.
        """
        names = dict(self._kept)
        if dice is not None:
            for name in sorted(self._seen.keys() | self._kept.keys()):
                if self._seen.get(name) is not self._kept.get(name) and dice.random() < 0.5:
                    if name in self._seen:
                        names[name] = self._seen[name]
                    else:
                        del names[name]
        target.mkdir()
        for name, node in sorted(names.items()):
            place = target / PurePosixPath(name).relative_to(self._folder)
            if not place.parent.is_dir():
                continue
            if node is None:
                place.mkdir(exist_ok=True)
            else:
                place.write_bytes(node.left(dice))
