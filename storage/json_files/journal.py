"""The journal: one line for each group, on disk before the group is acknowledged.

A journal begins with a line that tells what it is; then come groups, numbered over the store's whole life.
One that is closed because another goes on ends with a line that names the other.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from storage.backend import Writes
from storage.codec import Row
from storage.json_files.errors import DamagedFileError
from storage.json_files.files import Files, write_all
from storage.json_files.lines import BadLineError, Lines, frame, read_lines
from storage.json_files.manifest import journal_name, journal_numbers
from storage.json_files.rows import ANSWERS, DOCUMENTS, LEDGER, MEMBERS, Table

__all__ = ["Journal", "Replayed", "holds_groups", "replay"]

log = logging.getLogger(__name__)

_TABLES: Mapping[str, Table] = {
    "members": MEMBERS,
    "documents": DOCUMENTS,
    "ledger": LEDGER,
    "answers": ANSWERS,
}


class _Begin(msgspec.Struct, tag_field="line", tag="journal", forbid_unknown_fields=True):
    """The first line.

    Attributes:
        number: That of the journal.
        first_group: The number that its first group has.
        columns: What the columns of its rows are, by kind of row.
    """

    number: int
    first_group: int
    columns: dict[str, tuple[str, ...]]


class _Group(
    msgspec.Struct, tag_field="line", tag="group", omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """A group: its number, and what it wrote as ``Writes`` has it."""

    number: int
    members: list[tuple[Any, ...]] = []
    documents: list[tuple[Any, ...]] = []
    ledger: list[tuple[Any, ...]] = []
    answers: list[tuple[Any, ...]] = []
    forget_answers_before: int = 0
    folded: list[tuple[Any, ...]] = []
    forgotten: list[int] = []


class _End(msgspec.Struct, tag_field="line", tag="end", forbid_unknown_fields=True):
    """The last line of a journal after which another goes on."""

    next: int


_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[_Begin | _Group | _End] = msgspec.json.Decoder(_Begin | _Group | _End)


class Journal:
    """The journal that groups are written to. Made by :meth:`create`; one call at a time.

    Attributes:
        number: Its number.
        next_group: The number of the group that comes next.
        groups: How many groups are in it.
        size: Where its last whole line ends, in bytes.
    """

    def __init__(self, files: Files, handle: int, number: int, first_group: int) -> None:
        self._files = files
        self._handle = handle
        self._is_torn = False
        self.number = number
        self.next_group = first_group
        self.groups = 0
        self.size = 0

    @classmethod
    def create(cls, files: Files, number: int, first_group: int) -> Journal:
        """Begin a journal. Its beginning is on disk then, its name is not before the folder's.

        Raises:
            OSError: It could not; a file without any group may be there.
        """
        journal = cls(files, files.create(journal_name(number)), number, first_group)
        columns = {name: table.columns for name, table in _TABLES.items()}
        try:
            journal._append(_encode(_Begin(number, first_group, columns)))
        except BaseException:
            journal.close()
            raise
        return journal

    def append(self, writes: Writes) -> None:
        """Append a group, and return when it is on disk.

        Raises:
            OSError: It could not. Nothing of it counts, and nothing is appended before what there is of it is
                cut off.
            ValueError: The group itself cannot be written.
        """
        group = _Group(
            self.next_group,
            writes.members,
            writes.documents,
            writes.ledger,
            writes.answers,
            writes.forget_answers_before,
            list(writes.folded),
            list(writes.forgotten),
        )
        self._append(_encode(group))
        self.next_group += 1
        self.groups += 1

    def end(self, next_number: int) -> None:
        """Say that another journal goes on from here, which is on disk already.

        Raises:
            OSError: It could not; this one has to go on.
        """
        self._append(_encode(_End(next_number)))

    def close(self) -> None:
        """Give the file back."""
        self._files.close(self._handle)

    def mend(self) -> None:
        """Cut off what is behind the last whole line, where anything may be.

        Raises:
            OSError: It could not; nothing can be appended.
        """
        if self._is_torn:
            self._mend()

    def _append(self, body: bytes) -> None:
        self.mend()
        line = frame(body)
        self._is_torn = True
        try:
            write_all(self._files, self._handle, memoryview(line))
            # The acknowledgement follows: without this it would be of something that a power cut takes away.
            self._files.fsync(self._handle)
            if not self._files.is_in_place(self._handle, journal_name(self.number)):
                name = journal_name(self.number)
                raise FileNotFoundError(errno.ENOENT, f"{name} was moved or deleted; put it back", name)
        except OSError:
            self._try_to_mend()
            raise
        self._is_torn = False
        self.size += len(line)

    def _mend(self) -> None:
        """Do it.

        A flush that failed is not tried again: the system takes the pages for written from then on, and a
        second flush would succeed without writing anything. The line is cut off and written anew instead.
        """
        self._files.truncate(self._handle, self.size)
        # Were the cut not on disk, a crash could bring back a line whose writer was told that it failed.
        self._files.fsync(self._handle)
        self._is_torn = False

    def _try_to_mend(self) -> None:
        try:
            self._mend()
        except OSError as error:
            name = journal_name(self.number)
            log.warning("%s cannot be cut back to its last whole line for now: %s", name, error)


class Replayed(NamedTuple):
    """What the journals held.

    Attributes:
        next_group: The number of the group that comes next.
        newest: The number of the newest journal that counts.
        size: How many bytes were read.
        torn: What is left of a last line that was never written to its end, or b"".
    """

    next_group: int
    newest: int
    size: int
    torn: bytes


def replay(files: Files, number: int, first_group: int, apply: Callable[[Writes], None]) -> Replayed:
    """Apply all groups from a journal on, in order.

    Args:
        files: Where.
        number: The first journal's number.
        first_group: The number of its first group.
        apply: Is given every group.

    Raises:
        DamagedFileError: A journal is missing, or not as it was written.
        OSError: One cannot be read.
    """
    next_group, size = first_group, 0
    while True:
        reader = _Reader(files, number, next_group)
        reader.apply(apply)
        next_group, size = reader.next_group, size + reader.lines.size
        if reader.goes_on_in is None:
            _check_newest(files, number)
            return Replayed(next_group, number, size, reader.lines.torn)
        number = reader.goes_on_in


def _check_newest(files: Files, newest: int) -> None:
    """Hold that later journals have no group: they were begun, but nothing goes on in them."""
    for number in journal_numbers(files.list_names()):
        if number > newest and holds_groups(files, number):
            name = journal_name(newest)
            raise DamagedFileError(name, f"it ends before {journal_name(number)} goes on: lines are missing")


def holds_groups(files: Files, number: int) -> bool:
    """Tell whether there is anything in a journal but its beginning.

    Raises:
        DamagedFileError: It is not as it was written.
        OSError: It cannot be read.
    """
    return len(_read(files, number).bodies) > 1


def _read(files: Files, number: int) -> Lines:
    name = journal_name(number)
    try:
        return read_lines(files.read(name))
    except FileNotFoundError as error:
        raise DamagedFileError(name, "it is missing") from error
    except BadLineError as error:
        raise DamagedFileError(name, error.problem, line=error.number) from error


class _Reader:
    """Reads one journal.

    Attributes:
        lines: What is in it.
        next_group: The number of the group behind it.
        goes_on_in: The number of the journal that goes on, None if this is the newest.
    """

    def __init__(self, files: Files, number: int, first_group: int) -> None:
        self._name = journal_name(number)
        self._number = number
        self.lines = _read(files, number)
        self.next_group = first_group
        self.goes_on_in: int | None = None

    def apply(self, apply: Callable[[Writes], None]) -> None:
        """Apply its groups, in order."""
        if not self.lines.bodies:
            raise self._damaged(1, "it is cut off" if self.lines.torn else "its beginning is missing")
        columns: dict[str, tuple[str, ...]] = {}
        for place, body in enumerate(self.lines.bodies, 1):
            line = self._decode(place, body)
            if (place == 1) is not isinstance(line, _Begin) or self.goes_on_in is not None:
                raise self._damaged(place, "it is no line that can stand here")
            if isinstance(line, _Begin):
                self._check_begin(line)
                columns = line.columns
            elif isinstance(line, _End):
                self.goes_on_in = line.next
            else:
                self._apply(place, line, columns, apply)
        if self.goes_on_in is not None and self.lines.torn:
            raise self._damaged(len(self.lines.bodies) + 1, "it is no line that can stand here")

    def _check_begin(self, begin: _Begin) -> None:
        if begin.number != self._number:
            raise self._damaged(1, f"it is the journal of another number ({begin.number})")
        if begin.first_group != self.next_group:
            problem = f"it begins with group {begin.first_group} where group {self.next_group} comes next"
            raise self._damaged(1, problem)
        for name, columns in begin.columns.items():
            known = _TABLES[name].columns if name in _TABLES else ()
            if unknown := ", ".join(column for column in columns if column not in known):
                raise self._damaged(1, f"it has fields that this Laurel does not know ({name}: {unknown})")

    def _apply(
        self, place: int, group: _Group, columns: dict[str, tuple[str, ...]], apply: Callable[[Writes], None]
    ) -> None:
        if group.number != self.next_group:
            problem = f"it is group {group.number} where group {self.next_group} comes next"
            raise self._damaged(place, problem)
        self.next_group += 1
        try:
            apply(
                Writes(
                    members=_rows(group.members, MEMBERS, columns["members"]),
                    documents=_rows(group.documents, DOCUMENTS, columns["documents"]),
                    ledger=_rows(group.ledger, LEDGER, columns["ledger"]),
                    answers=_rows(group.answers, ANSWERS, columns["answers"]),
                    forget_answers_before=group.forget_answers_before,
                    folded=_rows(group.folded, LEDGER, columns["ledger"]),
                    forgotten=group.forgotten,
                )
            )
        except (KeyError, ValueError) as error:
            raise self._damaged(place, f"what it tells does not fit: {error}") from error

    def _decode(self, place: int, body: bytes) -> _Begin | _Group | _End:
        try:
            return _decoder.decode(body)
        except msgspec.DecodeError as error:
            raise self._damaged(place, f"it cannot be read: {error}") from error

    def _damaged(self, line: int, problem: str) -> DamagedFileError:
        return DamagedFileError(self._name, problem, line=line)


def _rows(rows: list[Row], table: Table, columns: Sequence[str]) -> list[Row]:
    """Return rows with the columns that this version has; those that are new hold the usual.

    Raises:
        ValueError: A row has more or fewer values than there are columns.
    """
    if any(len(row) != len(columns) for row in rows):
        msg = f"a row has not as many values as there are columns ({len(columns)})"
        raise ValueError(msg)
    if tuple(columns) == tuple(table.columns):
        return rows
    filled = []
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        filled.append(tuple(values.get(name, table.usual.get(name)) for name in table.columns))
    return filled
