"""Snapshots and segments: a store's files that are written once, each row on a line of its own.

A guild's snapshot holds its members and its other records; one more holds what belongs to no guild, and the
answers of once-keys. Segments hold the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from zlib import crc32

import msgspec

from storage.codec import Row
from storage.json_files.errors import DamagedFileError
from storage.json_files.files import Files, write_file
from storage.json_files.manifest import FileEntry, GuildEntry, SegmentEntry
from storage.json_files.rows import ANSWERS, DOCUMENTS, LEDGER, MEMBERS, Table, shared_values

__all__ = [
    "check_file",
    "read_guild",
    "read_others",
    "read_segment",
    "write_guild",
    "write_others",
    "write_segment",
]

ROWS_AT_ONCE = 250
"""How many rows are put into words in one go. Other threads get their turn between two of these, the event
loop among them."""

_GuildFile = msgspec.defstruct(
    "GuildFile",
    [("guild_id", int), ("members", list[MEMBERS.type]), ("documents", list[DOCUMENTS.type])],  # type: ignore[name-defined]  # made at run time
    forbid_unknown_fields=True,
)
_OthersFile = msgspec.defstruct(
    "OthersFile",
    [("documents", list[DOCUMENTS.type]), ("answers", list[ANSWERS.type])],  # type: ignore[name-defined]  # made at run time
    forbid_unknown_fields=True,
)
_guild_decoder = msgspec.json.Decoder(_GuildFile)
_others_decoder = msgspec.json.Decoder(_OthersFile)
_line_decoder = msgspec.json.Decoder(LEDGER.type)


def write_guild(
    files: Files, name: str, guild_id: int, members: Iterable[Row], documents: Iterable[Row]
) -> GuildEntry:
    """Write a guild's snapshot, and return its entry; its content is on disk then.

    Raises:
        OSError: It could not; a part of the file may be there.
    """
    head = b'{"guild_id":%d' % guild_id
    portions = _object(head, [(b"members", MEMBERS, members), (b"documents", DOCUMENTS, documents)])
    size, crc = write_file(files, name, portions)
    return GuildEntry(file=name, bytes=size, crc32=f"{crc:08x}", guild_id=guild_id)


def write_others(files: Files, name: str, documents: Iterable[Row], answers: Iterable[Row]) -> FileEntry:
    """Write what belongs to no guild, and the answers; as :func:`write_guild` does."""
    portions = _object(b"{", [(b"documents", DOCUMENTS, documents), (b"answers", ANSWERS, answers)])
    size, crc = write_file(files, name, portions)
    return FileEntry(file=name, bytes=size, crc32=f"{crc:08x}")


def write_segment(files: Files, name: str, lines: Sequence[Row]) -> SegmentEntry:
    """Write lines of the ledger (at least one, ascending); as :func:`write_guild` does."""
    size, crc = write_file(files, name, _portions(LEDGER, lines, b"\n", b"\n"))
    return SegmentEntry(
        file=name,
        bytes=size,
        crc32=f"{crc:08x}",
        first_seq=lines[0][0],
        last_seq=lines[-1][0],
        lines=len(lines),
    )


def _object(head: bytes, tables: Sequence[tuple[bytes, Table, Iterable[Row]]]) -> Iterator[bytes]:
    """Yield an object with an array for each table."""
    for place, (name, table, rows) in enumerate(tables):
        comma = b",\n" if place or head != b"{" else b"\n"
        yield (b"" if place else head) + comma + b'"%b":[' % name
        first = b"\n"
        for portion in _portions(table, rows, b",\n", b""):
            yield first + portion
            first = b",\n"
        yield b"\n]"
    yield b"\n}\n"


def _portions(table: Table, rows: Iterable[Row], between: bytes, after: bytes) -> Iterator[bytes]:
    left = iter(rows)
    while portion := list(islice(left, ROWS_AT_ONCE)):
        yield between.join(map(table.encode, portion)) + after


def check_file(files: Files, entry: FileEntry) -> bytes:
    """Return the content of a file that is as it was written.

    Raises:
        DamagedFileError: It is missing, or not as it was written; names the line if it can be told.
        OSError: It cannot be read.
    """
    try:
        data = files.read(entry.file)
    except FileNotFoundError as error:
        raise DamagedFileError(entry.file, "it is missing") from error
    crc = f"{crc32(data):08x}"
    if len(data) != entry.bytes or crc != entry.crc32:
        problem = (
            f"it is not as it was written: {len(data)} bytes with checksum {crc},"
            f" where the manifest has {entry.bytes} bytes with {entry.crc32}"
        )
        raise DamagedFileError(entry.file, problem, line=_unreadable_line(data))
    return data


def _unreadable_line(data: bytes) -> int:
    """Return the first line with a row that is no JSON, 0 if there is none: then a value was changed."""
    for number, line in enumerate(data.split(b"\n"), 1):
        row = line.removesuffix(b",")
        if not row.startswith((b'{"guild_id":', b'"', b"]", b"}")) and row not in {b"{", b""}:
            try:
                msgspec.json.decode(row)
            except msgspec.DecodeError:
                return number
    return 0


def _decoded(entry: FileEntry, decoder: msgspec.json.Decoder[Any], data: bytes) -> Any:
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as error:
        raise _unknown(entry, error) from error


def _unknown(entry: FileEntry, error: msgspec.DecodeError) -> DamagedFileError:
    """Return the error for a file that is as it was written and cannot be read: a newer Laurel wrote it."""
    return DamagedFileError(entry.file, f"this Laurel cannot read it ({error}): update Laurel")


def read_guild(files: Files, entry: GuildEntry) -> tuple[Iterator[Row], Iterator[Row]]:
    """Return the rows of a guild: members, and other records.

    Raises:
        DamagedFileError: The file is not as it was written.
        OSError: It cannot be read.
    """
    found = _decoded(entry, _guild_decoder, check_file(files, entry))
    if found.guild_id != entry.guild_id:
        raise DamagedFileError(entry.file, f"it is of guild {found.guild_id}, not of {entry.guild_id}")
    return MEMBERS.rows(found.members, found.guild_id), DOCUMENTS.rows(found.documents, found.guild_id)


def read_others(files: Files, entry: FileEntry) -> tuple[Iterator[Row], Iterator[Row]]:
    """Return the rows of no guild: records, and answers; as :func:`read_guild` does."""
    found = _decoded(entry, _others_decoder, check_file(files, entry))
    return DOCUMENTS.rows(found.documents, 0), ANSWERS.rows(found.answers)


def read_segment(files: Files, entry: SegmentEntry) -> list[Row]:
    """Return lines of the ledger; as :func:`read_guild` does."""
    data = check_file(files, entry)
    try:
        records = _line_decoder.decode_lines(data)
    except msgspec.DecodeError as error:
        raise _unknown(entry, error) from error
    rows = list(shared_values(LEDGER.rows(records)))
    found = (len(rows), rows[0][0], rows[-1][0]) if rows else (0, 0, 0)
    expected = (entry.lines, entry.first_seq, entry.last_seq)
    if found != expected:
        problem = f"it has {found} (lines, first, last) where the manifest has {expected}"
        raise DamagedFileError(entry.file, problem)
    return rows
