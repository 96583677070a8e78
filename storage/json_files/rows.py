"""Rows as JSON objects that people can read, and back: fields by name, one row a line.

What a row has as a JSON text (achievements, a guild's rules, an answer) is put in as the JSON that it is.
Fields that hold the usual are left out; a field that a file does not have yet is read as the usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from storage.codec import (
    ANSWER_COLUMNS,
    DOCUMENT_COLUMNS,
    LEDGER_COLUMNS,
    MEMBER_COLUMNS,
    Row,
    encode_member,
)

__all__ = ["ANSWERS", "DOCUMENTS", "LEDGER", "MEMBERS", "Table", "shared_values"]

_decode_raw = msgspec.json.Decoder(msgspec.Raw).decode
_encode = msgspec.json.Encoder().encode


class Table:
    """How the rows of one kind are written.

    Args:
        name: What their objects are called.
        columns: The columns of a row, in its order.
        json_columns: Which of them hold a JSON text.
        usual: What the other columns usually hold; one that is not named is always written.
        left_out: A column that the file tells once for all its rows, or "".

    Attributes:
        columns: As given.
        usual: As given.
        type: The type of the objects, for reading them.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        *,
        json_columns: Sequence[str],
        usual: Mapping[str, int | str | None],
        left_out: str = "",
    ) -> None:
        self.columns = tuple(columns)
        self.usual = dict(usual)
        self._left_out = columns.index(left_out) if left_out else None
        written = [column for column in columns if column != left_out]
        self._json_places = [written.index(column) for column in json_columns]
        fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
        for column in written:
            kind = msgspec.Raw if column in json_columns else bool | int | str | None
            if column in usual:
                fields.append((column, kind, usual[column]))
            else:
                fields.append((column, kind))
        self.type: type[Any] = msgspec.defstruct(
            name, fields, omit_defaults=True, forbid_unknown_fields=True, gc=False
        )

    def encode(self, row: Row) -> bytes:
        """Return a row as an object."""
        values = list(row)
        if self._left_out is not None:
            del values[self._left_out]
        for place in self._json_places:
            if values[place] is not None:
                values[place] = msgspec.Raw(_embedded(values[place]))
        return _encode(self.type(*values))

    def read(self, data: bytes) -> Any:
        """Return an object that was written, of this table's ``type``.

        Raises:
            msgspec.DecodeError: It is none.
        """
        return msgspec.json.decode(data, type=self.type)

    def rows(self, records: Iterable[Any], left_out: int | None = None) -> Iterator[Row]:
        """Iterate over the rows of objects that were read.

        Args:
            records: Of this table's ``type``.
            left_out: What the file tells for all of them.
        """
        places = self._json_places
        as_tuple = msgspec.structs.astuple
        for record in records:
            values = list(as_tuple(record))
            for place in places:
                raw = values[place]
                if raw is not None:
                    values[place] = _text(raw)
            if self._left_out is not None:
                values.insert(self._left_out, left_out)
            yield tuple(values)


def shared_values(lines: Iterable[Row]) -> Iterator[Row]:
    """Iterate over equal rows of the ledger whose equal values are one object: a third of the memory goes."""
    known: dict[int | str | None, int | str | None] = {}
    share = known.setdefault
    for row in lines:
        values = list(row)
        for place in _SHARED_PLACES:
            value = values[place]
            values[place] = share(value, value)
        yield tuple(values)


def _embedded(text: str) -> bytes:
    """Return a JSON text as it may stand within a line; one that is no plain JSON stands as a string.

    Such a text is damage that came along from another store. It is kept as it is, and only reading this one
    record fails.
    """
    data = text.encode()
    if text == text.strip() and "\n" not in text and not text.startswith('"'):
        try:
            _decode_raw(data)
        except msgspec.DecodeError:
            return _encode(text)
        return data
    return _encode(text)


def _text(raw: msgspec.Raw) -> str:
    """Return the text that :func:`_embedded` was given."""
    data = bytes(raw)
    return msgspec.json.decode(data, type=str) if data.startswith(b'"') else data.decode()


_NEW_MEMBER = dict(zip(MEMBER_COLUMNS, encode_member(MemberKey(1, 1), MemberRecord()), strict=True))

MEMBERS = Table(
    "Member",
    MEMBER_COLUMNS,
    json_columns=("achievements", "refused", "ledgered"),
    usual={name: value for name, value in _NEW_MEMBER.items() if name not in {"guild_id", "user_id"}},
    left_out="guild_id",
)
"""Members of one guild."""

DOCUMENTS = Table(
    "Document", DOCUMENT_COLUMNS, json_columns=("body",), usual={"id": "", "body": None}, left_out="guild_id"
)
"""All other records of one guild (0: of none)."""

LEDGER = Table(
    "Line",
    LEDGER_COLUMNS,
    json_columns=("reasons", "counters"),
    usual={"xp": 0} | dict.fromkeys(LEDGER_COLUMNS[LEDGER_COLUMNS.index("xp") + 1 :]),
)
"""Lines of the ledger. What is behind ``xp`` is usually not told."""

_SHARED_PLACES = [
    place for place, name in enumerate(LEDGER_COLUMNS) if name not in {"seq", "at", "cause", "correlation"}
]
"""Columns whose values come again and again."""

ANSWERS = Table("Answer", ANSWER_COLUMNS, json_columns=("answer",), usual={})
"""Answers by once-key."""
