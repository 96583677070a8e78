"""What people find in the files, and that every row comes back out of them as it went in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.documents import GoalRecord
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey, OnceKey, goal_key
from leveling_core.member import Counters, MemberRecord, Unlock
from leveling_core.outcomes import LedgerLine, Part, XpGained
from storage.backend import Writes
from storage.codec import (
    LEDGER_COLUMNS,
    MEMBER_COLUMNS,
    Row,
    encode_answer,
    encode_document,
    encode_line,
    encode_member,
)
from storage.json_files import JsonBackend
from storage.json_files.lines import frame, read_lines
from storage.json_files.rows import ANSWERS, DOCUMENTS, LEDGER, MEMBERS, Table
from tests.storage.json_files.disk import SimulatedFiles
from tests.storage.json_files.work import LAZY, look
from tests.storage.support import names_in

ANN = MemberRecord(
    xp=1250,
    messages=80,
    last_claim_zone="Europe/Berlin",
    achievements={"first-steps": Unlock(1_750_000_000_000)},
    refused={"cooldown": 3},
    ledgered=Counters(79, 2),
)
AWARD = LedgerLine(
    at=1_750_000_000_000,
    guild_id=41,
    user_id=7,
    outcome=XpGained(xp=12, source="message", parts=(Part("roll", 12),), counters={"messages": 4}),
    channel_id=5,
    cause=1_300_000_000_000_000_000,
)
ROWS = Writes(
    members=[
        encode_member(MemberKey(41, 7), ANN),
        encode_member(MemberKey(41, MAX_SNOWFLAKE), MemberRecord(present=False, xp=2**53 - 1)),
    ],
    documents=[encode_document(goal_key(41, 739_000), GoalRecord(target=500))],
    ledger=[encode_line(1, AWARD)],
    answers=[(str(OnceKey("daily", "77", str)), 1_750_000_000_000, encode_answer('a "word"'))],
)

GUILD = """\
{"guild_id":41,
"members":[
{"user_id":7,"xp":1250,"messages":80,"last_claim_zone":"Europe/Berlin",\
"achievements":{"first-steps":[1750000000000,1]},"refused":{"cooldown":3},"ledgered":[79,2,0,0,0]},
{"user_id":9223372036854775807,"present":false,"xp":9007199254740991}
],
"documents":[
{"kind":"goal","id":"739000","body":{"target":500}}
]
}
"""
OTHERS = """\
{
"documents":[
],
"answers":[
{"once_key":"daily:77","at":1750000000000,"answer":"\\"a \\\\\\"word\\\\\\"\\""}
]
}
"""
SEGMENT = """\
{"seq":1,"at":1750000000000,"guild_id":41,"user_id":7,"kind":"xp_gained","xp":12,"source":"message",\
"channel_id":5,"cause":1300000000000000000,"reasons":{"parts":[["roll",12]]},"counters":{"messages":4}}
"""


async def test_what_people_find(tmp_path: Path) -> None:
    """Members, records and ledger under the names of their fields, one a line, without what is usual."""
    backend = await JsonBackend.open(tmp_path)
    await backend.write(ROWS)
    await backend.close()
    for pattern, content in (("guild-41-*.json", GUILD), ("others-*.json", OTHERS), ("ledger-*", SEGMENT)):
        (name,) = names_in(tmp_path, pattern)
        assert (tmp_path / name).read_text("utf-8") == content
    assert json.loads(GUILD)["members"][0]["xp"] == 1250
    assert json.loads(OTHERS)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["format"] == 1
    assert manifest["store"]["segments"][0]["lines"] == 1


texts = (
    st.text(max_size=20)
    | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4).map(json.dumps)
    | st.sampled_from(['{"half":', '"', '""', "{ }", ' {"a":1}', '{"a":\n1}', "null", "[1,", "1 ", "\u2028"])
)
"""JSON, and what is none: damage that came along from another store is kept as it is."""


@given(texts)
@pytest.mark.parametrize(
    ("table", "row"),
    [
        (DOCUMENTS, ROWS.documents[0]),
        (ANSWERS, ROWS.answers[0]),
    ],
)
def test_any_text_in_the_place_of_json(table: Table, row: Row, text: str) -> None:
    """It comes back as it was, and takes no more than its line."""
    hold(table, (*row[:-1], text))


@given(texts, texts, texts)
def test_any_text_in_a_member(achievements: str, refused: str, ledgered: str) -> None:
    """The same for a member's columns of JSON."""
    hold(MEMBERS, (*ROWS.members[0][:-3], achievements, refused, ledgered))


@given(texts, st.integers(0, 2**63 - 1) | st.none())
def test_any_text_in_a_line(reasons: str, day_on: int | None) -> None:
    """The same for a line's."""
    columns = dict(zip(LEDGER_COLUMNS, ROWS.ledger[0], strict=True))
    hold(LEDGER, tuple((columns | {"reasons": reasons, "day_on": day_on}).values()))


def hold(table: Table, row: Row) -> None:
    """Hold that a row can be written and read."""
    data = table.encode(row)
    assert b"\n" not in data
    json.loads(data)
    assert list(table.rows([table.read(data)], left_out=41)) == [row]


async def test_a_text_that_is_damaged_harms_no_other(tmp_path: Path) -> None:
    """A store with such a row is closed and opened like any other, and the row is as it was."""
    place = MEMBER_COLUMNS.index("refused")
    wrong = (*ROWS.members[0][:place], '{"half":', *ROWS.members[0][place + 1 :])
    backend = await JsonBackend.open(tmp_path)
    await backend.write(Writes([wrong, ROWS.members[1]], ROWS.documents, ROWS.ledger, ROWS.answers))
    await backend.close()
    backend = await JsonBackend.open(tmp_path)
    assert list(backend.state.members.values()) == [wrong, ROWS.members[1]]
    await backend.close()


def older(data: bytes) -> bytes:
    """Return a journal as a Laurel would have written it that knew two columns less."""
    bodies = [json.loads(body) for body in read_lines(data).bodies]
    bodies[0]["columns"]["ledger"].remove("day_on")
    bodies[0]["columns"]["members"].remove("streak")
    place = MEMBER_COLUMNS.index("streak")
    for body in bodies[1:]:
        body["ledger"] = [row[:-1] for row in body["ledger"]]
        body["members"] = [row[:place] + row[place + 1 :] for row in body["members"]]
    return b"".join(frame(json.dumps(body).encode()) for body in bodies)


def test_columns_that_are_new() -> None:
    """What an older version wrote lacks them, and is read as if they held the usual."""
    files = SimulatedFiles()

    async def write() -> None:
        backend = await JsonBackend.open_files(files, "test", compacting=LAZY)
        await backend.write(ROWS)

    asyncio.run(write())
    contents = files.contents()
    (journal,) = [name for name in contents if name.startswith("journal")]
    expected = asyncio.run(look(files))[1]
    old = SimulatedFiles(contents | {journal: older(contents[journal])})
    assert asyncio.run(look(old))[1] == expected
