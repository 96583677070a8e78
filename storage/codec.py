"""Records and ledger lines as rows, and back: written once, used by every backend.

A row is a tuple of what any database can hold: ``int``, ``str`` and None. Member records become typed
columns; other records become validated JSON under (kind, guild, id). None stands for the usual, so that a row
of the ledger, of which there are millions, is short.

Encoding also holds the bounds: what does not fit a signed 64-bit column, or makes no sense (negative XP), is
refused here, before anything of it reaches a database.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast, get_args

import msgspec

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.documents import DOCUMENT_TYPES, Document, Record, RulesRecord
from leveling_core.errors import StoreError, UnreadableError
from leveling_core.ids import MAX_SNOWFLAKE, DocumentKey, Key, MemberKey, OnceKey
from leveling_core.member import Counters, MemberRecord, Unlock
from leveling_core.outcomes import LedgerLine, Outcome, kind_of

__all__ = [
    "ANSWER_COLUMNS",
    "DOCUMENT_COLUMNS",
    "LEDGER_COLUMNS",
    "MEMBER_COLUMNS",
    "OUTCOME_TYPES",
    "Row",
    "check_document",
    "check_key",
    "decode_answer",
    "decode_document",
    "decode_line",
    "decode_member",
    "encode_answer",
    "encode_document",
    "encode_line",
    "encode_member",
]

log = logging.getLogger(__name__)

T = TypeVar("T")

Row: TypeAlias = tuple[Any, ...]
"""A row: ``int``, ``str`` or None in each column."""

MAX_INT = 2**63 - 1
"""The largest value of a signed 64-bit column."""

MAX_DAY_ON = dt.date.max.toordinal()
"""The last day that a calendar knows."""

MAX_ID_LENGTH = 200
"""The longest id of a document; the longest in use is a subscriber's name."""

_JSON_FIELDS: Mapping[str, Any] = {
    "achievements": dict[str, Unlock],
    "refused": dict[str, int],
    "ledgered": Counters,
}
_TEXT_FIELDS = ("last_claim_zone",)
_PLAIN_FIELDS = tuple(name for name in MemberRecord.__struct_fields__ if name not in _JSON_FIELDS)
_INT_FIELDS = tuple(name for name in _PLAIN_FIELDS if name not in _TEXT_FIELDS)

MEMBER_COLUMNS = ("guild_id", "user_id", *_PLAIN_FIELDS, *_JSON_FIELDS)
"""The columns of a member's row, in its order."""

DOCUMENT_COLUMNS = ("kind", "guild_id", "id", "body")
"""The columns of any other record's row, in its order."""

ANSWER_COLUMNS = ("once_key", "at", "answer")
"""The columns of a kept answer's row, in its order."""

LEDGER_COLUMNS = (
    "seq",
    "at",
    "guild_id",
    "user_id",
    "kind",
    "xp",
    "source",
    "channel_id",
    "thread_id",
    "cause",
    "correlation",
    "batch",
    "actor_id",
    "origin",
    "reasons",
    "counters",
    "day_on",
)
"""The columns of a ledger line's row, in its order; ``reasons`` is what only its kind of outcome tells."""

OUTCOME_TYPES: Mapping[str, type[Outcome]] = {kind_of(type_): type_ for type_ in get_args(Outcome)}
"""The type of an outcome by the kind under which the ledger keeps it."""


def _compile_getter(expression: str) -> Callable[[MemberRecord], Any]:
    """Compile an expression over a record's fields, here named ``r``; made of names of fields only."""
    return cast(Callable[[MemberRecord], Any], eval(f"lambda r: {expression}"))  # noqa: S307 -- see the docstring


_plain_values = _compile_getter(f"({', '.join(f'r.{name}' for name in _PLAIN_FIELDS)})")
_excess_bits = _compile_getter(f"({' | '.join(f'r.{name}' for name in _INT_FIELDS)}) >> 63")
"""0 exactly if every number is in ``0 .. 2**63 - 1``: any negative one makes the whole negative."""

_member_decoders = {name: msgspec.json.Decoder(type_) for name, type_ in _JSON_FIELDS.items()}
_document_decoders = {kind: msgspec.json.Decoder(type_) for kind, type_ in DOCUMENT_TYPES.items()}
_counters_decoder = msgspec.json.Decoder(dict[str, int])
_encode_json = msgspec.json.Encoder().encode
_NO_COUNTERS = Counters()
_SHARED_FIELDS = frozenset({"xp", "source", "counters"})


def _own_fields(type_: type[Outcome]) -> tuple[tuple[str, Any], ...]:
    """Return name and default of what only this kind of outcome tells."""
    return tuple(
        (field.name, field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory())
        for field in msgspec.structs.fields(type_)
        if field.name not in _SHARED_FIELDS
    )


_OWN_FIELDS: dict[type, tuple[tuple[str, Any], ...]] = {
    type_: _own_fields(type_) for type_ in OUTCOME_TYPES.values()
}
_KINDS: dict[type, str] = {type_: kind for kind, type_ in OUTCOME_TYPES.items()}


def _out_of_bounds(what: str, problem: str) -> StoreError:
    return StoreError(path=what, cause=problem, cure="Nothing was written; the value itself is wrong")


def check_key(key: Key) -> None:
    """Hold the bounds of a key: ids of ``1 .. 2**63 - 1``, a known kind of document.

    Raises:
        StoreError: It is out of them.
    """
    if isinstance(key, MemberKey):
        if not (0 < key.guild_id <= MAX_SNOWFLAKE and 0 < key.user_id <= MAX_SNOWFLAKE):
            raise _out_of_bounds(f"{key}", f"an id of a member must be in 1 .. {MAX_SNOWFLAKE}")
        return
    if key.kind not in DOCUMENT_TYPES:
        raise _out_of_bounds(f"{key}", f"{key.kind!r} is no kind of record")
    if not 0 <= key.guild_id <= MAX_SNOWFLAKE:
        raise _out_of_bounds(f"{key}", f"the guild of a record must be in 0 .. {MAX_SNOWFLAKE}")
    if len(key.id) > MAX_ID_LENGTH:
        raise _out_of_bounds(f"{key}", f"the id of a record has at most {MAX_ID_LENGTH} characters")


def encode_member(key: MemberKey, record: Record) -> Row:
    """Return a member's row, in the order of ``MEMBER_COLUMNS``.

    Raises:
        StoreError: A number is negative, XP is above ``2**53 - 1``, or another above ``2**63 - 1``; or the
            record is no member's.
    """
    if not isinstance(record, MemberRecord):
        raise _out_of_bounds(f"{key}", f"a {type(record).__name__} is not kept under it")
    if _excess_bits(record) or record.xp > MAX_TOTAL_XP:
        raise _member_out_of_bounds(key, record)
    achievements, refused, ledgered = record.achievements, record.refused, record.ledgered
    return (
        key.guild_id,
        key.user_id,
        *_plain_values(record),
        _encode_json(achievements).decode() if achievements else None,
        _encode_json(refused).decode() if refused else None,
        None if ledgered == _NO_COUNTERS else _encode_json(ledgered).decode(),
    )


def _member_out_of_bounds(key: MemberKey, record: MemberRecord) -> StoreError:
    name, value, most = next(
        (name, value, most)
        for name in _INT_FIELDS
        for value, most in [(getattr(record, name), MAX_TOTAL_XP if name == "xp" else MAX_INT)]
        if not 0 <= value <= most
    )
    return _out_of_bounds(f"{key}", f"{name} is {value}, and must be in 0 .. {most}")


def decode_member(row: Row) -> tuple[MemberKey, MemberRecord]:
    """Return the member whose row this is.

    Raises:
        UnreadableError: A column holds what it must not: the database was changed by something else.
    """
    columns = dict(zip(MEMBER_COLUMNS, row, strict=True))
    key = MemberKey(columns.pop("guild_id"), columns.pop("user_id"))
    columns["present"] = bool(columns["present"])
    for name, decoder in _member_decoders.items():
        text = columns[name]
        if text is None:
            del columns[name]
            continue
        try:
            columns[name] = decoder.decode(text)
        except msgspec.DecodeError as error:
            raise _broken(f"member {key.user_id} of guild {key.guild_id}", name, error) from error
    return key, MemberRecord(**columns)


def _broken(entry: str, field: str, error: Exception, *, seq: int = 0, guild_id: int = 0) -> UnreadableError:
    return UnreadableError(
        path=f"the database, {entry}, field {field!r}",
        cause=f"what is stored cannot be read: {error}",
        cure="Put the field right by hand, or restore a backup",
        seq=seq,
        guild_id=guild_id,
    )


def check_document(key: DocumentKey, record: Record) -> None:
    """Hold a document to its kind.

    Raises:
        StoreError: The record is not of the key's kind.
    """
    if type(record) is not DOCUMENT_TYPES[key.kind]:
        raise _out_of_bounds(f"{key}", f"a {type(record).__name__} is not kept under it")


def encode_document(key: DocumentKey, record: Record) -> Row:
    """Return a document's row, in the order of ``DOCUMENT_COLUMNS``.

    Raises:
        StoreError: The record is not of the key's kind, or is no JSON.
    """
    check_document(key, record)
    try:
        body = _encode_json(record).decode()
    except TypeError as error:
        raise _out_of_bounds(f"{key}", f"it is no JSON: {error}") from error
    return key.kind, key.guild_id, key.id, body


def decode_document(row: Row) -> tuple[DocumentKey, Document]:
    """Return the document whose row this is.

    A guild's rules are validated now rather than in the first decision; those that cannot be used any more
    are passed over by the core, and named in the log.

    Raises:
        UnreadableError: It cannot be read; names the record.
    """
    kind, guild_id, id_, body = row
    key = DocumentKey(kind, guild_id, id_)
    entry = f"{kind} {id_} of guild {guild_id}" if id_ else f"{kind} of guild {guild_id}"
    try:
        record: Document = _document_decoders[kind].decode(body)
    except msgspec.DecodeError as error:
        raise _broken(entry, "body", error) from error
    if isinstance(record, RulesRecord) and record.ruleset.invalid:
        names = ", ".join(record.ruleset.invalid)
        log.warning(
            "guild %d: stored rules that this version cannot use are passed over: %s", guild_id, names
        )
    return key, record


def encode_line(seq: int, line: LedgerLine) -> Row:
    """Return a line's row under its ``seq``, in the order of ``LEDGER_COLUMNS``.

    Raises:
        StoreError: A number of it is out of bounds.
    """
    outcome = line.outcome
    guild_id, user_id, xp = line.guild_id, line.user_id, outcome.xp
    if not (
        0 <= guild_id <= MAX_SNOWFLAKE
        and 0 <= user_id <= MAX_SNOWFLAKE
        and -MAX_TOTAL_XP <= xp <= MAX_TOTAL_XP
        and 0 <= line.at <= MAX_INT
        and 0 <= line.channel_id <= MAX_SNOWFLAKE
        and 0 <= line.thread_id <= MAX_SNOWFLAKE
        and 0 <= line.cause <= MAX_SNOWFLAKE
        and 0 <= line.actor_id <= MAX_SNOWFLAKE
        and 0 <= line.day_on <= MAX_DAY_ON
    ):
        raise _out_of_bounds(f"ledger line {line}", "a number of it is out of bounds")
    type_ = type(outcome)
    own = {}
    for name, default in _OWN_FIELDS[type_]:
        value = getattr(outcome, name)
        if value != default:
            own[name] = value
    counters = outcome.counters
    return (
        seq,
        line.at,
        guild_id,
        user_id,
        _KINDS[type_],
        xp,
        outcome.source or None,
        line.channel_id or None,
        line.thread_id or None,
        line.cause or None,
        line.correlation or None,
        line.batch or None,
        line.actor_id or None,
        None if line.origin == "live" else line.origin,
        _encode_json(own).decode() if own else None,
        _encode_json(counters).decode() if counters else None,
        line.day_on or None,
    )


def decode_line(row: Row) -> LedgerLine:
    """Return the line whose row this is.

    Raises:
        UnreadableError: It cannot be read.
    """
    (
        seq,
        at,
        guild_id,
        user_id,
        kind,
        xp,
        source,
        channel_id,
        thread_id,
        cause,
        correlation,
        batch,
        actor_id,
        origin,
        reasons,
        counters,
        day_on,
    ) = row
    try:
        fields = msgspec.json.decode(reasons, type=dict[str, Any]) if reasons else {}
        fields["kind"] = kind
        fields["xp"] = xp
        fields["source"] = source or ""
        fields["counters"] = _counters_decoder.decode(counters) if counters else {}
        outcome = msgspec.convert(fields, type=OUTCOME_TYPES[kind])
    except (msgspec.DecodeError, KeyError) as error:
        entry = f"ledger line {seq} of guild {guild_id}"
        raise _broken(entry, "reasons", error, seq=seq, guild_id=guild_id) from error
    return LedgerLine(
        seq=seq,
        at=at,
        guild_id=guild_id,
        user_id=user_id,
        outcome=outcome,
        channel_id=channel_id or 0,
        thread_id=thread_id or 0,
        cause=cause or 0,
        correlation=correlation or "",
        batch=batch or "",
        actor_id=actor_id or 0,
        origin=origin or "live",
        day_on=day_on or 0,
    )


def encode_answer(answer: object) -> str:
    """Return an answer as it is kept beside its once-key.

    Raises:
        TypeError: It is no type that msgspec knows.
    """
    return _encode_json(answer).decode()


def decode_answer(once: OnceKey[T], text: str) -> T:
    """Return the first answer of a once-key.

    Raises:
        UnreadableError: It was kept by another version, as another type.
    """
    try:
        return msgspec.json.decode(text, type=once.answer_type)
    except msgspec.DecodeError as error:
        raise UnreadableError(
            path=f"once-key {once}",
            cause=f"its first answer cannot be read: {error}",
            cure="What it asked for was done before; nothing was done now",
        ) from error
