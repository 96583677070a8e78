"""Records and lines as rows: whole both ways, bounded, and kind to who changed the database by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import types
from typing import Any, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.documents import DOCUMENT_TYPES, CursorRecord, Document, RulesRecord
from leveling_core.errors import StoreError, UnreadableError
from leveling_core.ids import MAX_SNOWFLAKE, DocumentKey, MemberKey, OnceKey, rules_key
from leveling_core.member import Counters, MemberRecord, Unlock
from leveling_core.outcomes import BoostStarted, LedgerLine, MemberLeft, Outcome
from storage.codec import (
    LEDGER_COLUMNS,
    MEMBER_COLUMNS,
    OUTCOME_TYPES,
    decode_answer,
    decode_document,
    decode_line,
    decode_member,
    encode_answer,
    encode_document,
    encode_line,
    encode_member,
)

ids = st.integers(1, MAX_SNOWFLAKE)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
counts = st.integers(0, 2**63 - 1)


def values_of(type_: Any) -> st.SearchStrategy[Any]:
    """Return values of a field's type, as the core makes them."""
    if type_ is int:
        return st.integers(0, 2**53 - 1)
    if type_ is str:
        return texts
    if get_origin(type_) is dict and get_args(type_)[1] == tuple[Any, Any]:
        return st.dictionaries(texts, st.tuples(st.none() | counts, texts), max_size=3)
    if get_origin(type_) is dict:
        return st.dictionaries(texts, values_of(get_args(type_)[1]), max_size=3)
    if get_origin(type_) is tuple and get_args(type_)[-1] is Ellipsis:
        return st.lists(values_of(get_args(type_)[0]), max_size=3).map(tuple)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return structs_of(type_)
    if get_origin(type_) is types.UnionType:
        return st.one_of(*map(values_of, get_args(type_)))
    return st.from_type(type_)


def structs_of(type_: type[Any]) -> st.SearchStrategy[Any]:
    """Return structs of a type with values of its fields' types."""
    fields = {field.encode_name: values_of(field.type) for field in msgspec.structs.fields(type_)}
    return st.builds(type_, **fields)


members = st.builds(
    MemberRecord,
    present=st.booleans(),
    xp=st.integers(0, 2**53 - 1),
    last_claim_zone=texts,
    achievements=st.dictionaries(texts, st.builds(Unlock, counts, counts), max_size=4),
    refused=st.dictionaries(texts, counts, max_size=4),
    ledgered=st.builds(Counters, counts, counts),
    **{
        name: counts
        for name in MemberRecord.__struct_fields__
        if type(getattr(MemberRecord(), name)) is int and name != "xp"
    },
)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(sorted(OUTCOME_TYPES)).flatmap(
    lambda kind: structs_of(OUTCOME_TYPES[kind])
)
lines = st.builds(
    LedgerLine,
    at=counts,
    guild_id=ids,
    user_id=counts,
    outcome=outcomes,
    channel_id=counts,
    cause=counts,
    correlation=texts,
    batch=texts,
    actor_id=counts,
    origin=st.sampled_from(["live", "catch-up", "bulk", "undo"]),
    seq=ids,
    day_on=st.integers(0, dt.date.max.toordinal()),
)
documents: st.SearchStrategy[Document] = st.sampled_from(sorted(DOCUMENT_TYPES.keys() - {"rules"})).flatmap(
    lambda kind: structs_of(DOCUMENT_TYPES[kind])
)
KIND_OF = {type_: kind for kind, type_ in DOCUMENT_TYPES.items()}


def check_row(row: tuple[Any, ...]) -> None:
    """Hold a row to what a database can keep."""
    assert all(value is None or type(value) in {int, str, bool} for value in row)


@given(ids, ids, members)
def test_members_survive(guild_id: int, user_id: int, record: MemberRecord) -> None:
    """A member's record is the same after a trip through its row."""
    key = MemberKey(guild_id, user_id)
    row = encode_member(key, record)
    check_row(row)
    assert len(row) == len(MEMBER_COLUMNS)
    assert decode_member(row) == (key, record)


@given(lines)
def test_lines_survive(line: LedgerLine) -> None:
    """A ledger line of any kind is the same after a trip through its row."""
    row = encode_line(line.seq, line)
    check_row(row)
    assert len(row) == len(LEDGER_COLUMNS)
    assert decode_line(row) == line


@given(ids, texts, documents)
def test_documents_survive(guild_id: int, id_: str, record: Document) -> None:
    """A document of any kind is the same after a trip through its row."""
    key = DocumentKey(KIND_OF[type(record)], guild_id, id_)
    row = encode_document(key, record)
    check_row(row)
    assert decode_document(row) == (key, record)


def test_rules_survive() -> None:
    """A guild's rules keep every field of theirs, and never what is derived from them."""
    key = rules_key(5)
    record = RulesRecord(changes={"earning.cooldown_seconds": 30, "general.prefix": "?"}, version=3)
    assert record.ruleset.cooldown_ms == 30_000
    row = encode_document(key, record)
    body = msgspec.json.decode(row[3])
    assert body.keys() == {field.name for field in dataclasses.fields(RulesRecord)}
    assert decode_document(row) == (key, record)


def test_usual_lines_are_short() -> None:
    """A row holds nothing for what is usual."""
    outcome = MemberLeft()
    row = dict(
        zip(
            LEDGER_COLUMNS,
            encode_line(1, LedgerLine(at=1, guild_id=2, user_id=3, outcome=outcome)),
            strict=True,
        )
    )
    assert {name for name, value in row.items() if value is not None} == {
        "seq",
        "at",
        "guild_id",
        "user_id",
        "kind",
        "xp",
    }


@pytest.mark.parametrize(
    "name", [name for name in MemberRecord.__struct_fields__ if type(getattr(MemberRecord(), name)) is int]
)
@pytest.mark.parametrize("value", [-1, 2**63])
def test_numbers_out_of_bounds_are_named(name: str, value: int) -> None:
    """The error says which field of which member, and what it may be."""
    record = MemberRecord()
    setattr(record, name, value)
    with pytest.raises(StoreError, match=f"{name} is {value}, and must be in 0") as caught:
        encode_member(MemberKey(7, 8), record)
    assert "guild_id=7, user_id=8" in caught.value.path


def test_rules_that_cannot_be_used_are_named(caplog: pytest.LogCaptureFixture) -> None:
    """A stored rule out of its bounds does not stop the guild; the log names guild and rule."""
    row = ("rules", 5, "", '{"changes":{"earning.cooldown_seconds":-4},"version":1}')
    with caplog.at_level(logging.WARNING):
        _, record = decode_document(row)
    assert isinstance(record, RulesRecord)
    assert record.ruleset.cooldown_ms == 60_000
    assert "guild 5" in caplog.text
    assert "earning.cooldown_seconds" in caplog.text


BROKEN = {
    "no JSON": ("goal", 5, "9", "{", "goal 9 of guild 5"),
    "another type": ("goal", 5, "9", '{"target":"x"}', "goal 9 of guild 5"),
    "rules of another shape": ("rules", 5, "", '{"changes":[]}', "rules of guild 5"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_documents_are_named(name: str) -> None:
    """What cannot be read is an error that names the record."""
    *row, entry = BROKEN[name]
    with pytest.raises(UnreadableError, match=f"{entry}, field 'body'"):
        decode_document(tuple(row))


def test_broken_members_and_lines_are_named() -> None:
    """The error names the member and the column, or the line."""
    row = list(encode_member(MemberKey(7, 8), MemberRecord()))
    row[MEMBER_COLUMNS.index("refused")] = '{"cooldown":"many"}'
    with pytest.raises(UnreadableError, match=r"member 8 of guild 7.*'refused'"):
        decode_member(tuple(row))
    line = LedgerLine(at=1, guild_id=2, user_id=3, outcome=BoostStarted(since=4))
    columns = list(encode_line(6, line))
    for column, value in (("kind", "unheard_of"), ("reasons", "[1]"), ("reasons", None)):
        broken = list(columns)
        broken[LEDGER_COLUMNS.index(column)] = value
        with pytest.raises(UnreadableError, match="ledger line 6 of guild 2") as caught:
            decode_line(tuple(broken))
        assert (caught.value.seq, caught.value.guild_id) == (6, 2)


def test_answers_of_another_type_are_not_misread() -> None:
    """An answer that was kept as another type is an error, not a wrong answer."""
    text = encode_answer(CursorRecord(3, "x"))
    assert decode_answer(OnceKey("a", "1", CursorRecord), text) == CursorRecord(3, "x")
    with pytest.raises(UnreadableError, match="a:1"):
        decode_answer(OnceKey("a", "1", int), text)
