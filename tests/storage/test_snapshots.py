"""Snapshots: all rows of one moment, from inside a store and from outside, whatever is written meanwhile."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from leveling_core.documents import GoalRecord
from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey, OnceKey, goal_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine
from leveling_core.store import Head
from storage import memory_snapshot, open_store, sqlite_snapshot
from storage.backend import Backend, RowCounts, Snapshot, Writes
from storage.codec import Row, encode_answer, encode_document, encode_line, encode_member
from storage.memory import MemoryBackend
from storage.snapshots import open_snapshot
from storage.sqlite import SqliteBackend
from tests.contract.support import Clock, gain, line
from tests.storage.support import damage, names_in

NOBODY = 65534
KEYS = [MemberKey(guild_id, user_id) for guild_id in (7, 3) for user_id in (2, MAX_SNOWFLAKE, 1)]
LINES = [line(key.user_id, place, guild_id=key.guild_id) for place, key in enumerate(KEYS * 3, 1)]


def rows_of(lines: Sequence[LedgerLine], first_seq: int = 1) -> list[Row]:
    """Return the rows of lines."""
    return [encode_line(seq, one) for seq, one in enumerate(lines, first_seq)]


def everything() -> Writes:
    """Make rows of every table, in no order."""
    return Writes(
        members=[encode_member(key, MemberRecord(xp=key.user_id % 100)) for key in KEYS],
        documents=[
            encode_document(goal_key(guild_id, day_on), GoalRecord(target=3))
            for guild_id in (7, 3)
            for day_on in (9, 10)
        ],
        ledger=rows_of(LINES),
        answers=[(str(OnceKey("test", name, int)), 5, encode_answer(1)) for name in "zaö"],
    )


@pytest.fixture(params=["memory", "sqlite"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """An open, empty backend of each kind."""
    opened: Backend
    if request.param == "memory":
        opened = MemoryBackend()
    else:
        opened = await SqliteBackend.open(tmp_path / "laurel.db", clock=Clock())
    yield opened
    await opened.close()


async def read(portions: AsyncIterator[Sequence[Row]]) -> list[Row]:
    """Read a table to its end."""
    return [row async for portion in portions for row in portion]


async def test_every_table_is_read_whole_and_in_its_order(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each table comes in portions, ascending by its key, as it was written."""
    for module in (memory_snapshot, sqlite_snapshot):
        monkeypatch.setattr(module, "PORTION", 2)
    writes = everything()
    await backend.write(writes)
    snapshot = await backend.open_snapshot()
    assert snapshot.description == backend.description
    assert snapshot.head == Head(backend.head.epoch, len(LINES))
    assert await snapshot.count_rows() == RowCounts(6, 4, 18, 3)
    assert await read(snapshot.members()) == sorted(writes.members)
    assert await read(snapshot.documents()) == sorted(writes.documents)
    assert await read(snapshot.ledger()) == writes.ledger
    assert await read(snapshot.ledger_by_member()) == sorted(
        writes.ledger, key=lambda row: (row[2], row[3], row[0])
    )
    assert await read(snapshot.answers()) == sorted(writes.answers)
    assert [len(portion) async for portion in snapshot.answers()] == [2, 1]
    assert await snapshot.find_damage() == []
    await snapshot.close()
    await snapshot.close()


async def test_tables_are_read_side_by_side(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """One table may be read while another is being read."""
    for module in (memory_snapshot, sqlite_snapshot):
        monkeypatch.setattr(module, "PORTION", 1)
    writes = everything()
    await backend.write(writes)
    snapshot = await backend.open_snapshot()
    members, lines = snapshot.members(), snapshot.ledger()
    pairs = [(*await anext(members), *await anext(lines)) for _ in KEYS]
    assert pairs == list(zip(sorted(writes.members), writes.ledger[: len(KEYS)], strict=True))
    await snapshot.close()


async def test_what_is_written_afterwards_is_not_seen(backend: Backend) -> None:
    """A snapshot stays at its moment while a table is half read and rows are changed and added."""
    await backend.write(everything())
    snapshot = await backend.open_snapshot()
    expected = [await read(snapshot.members()), await read(snapshot.ledger_by_member())]
    members = snapshot.members()
    first = list(await anext(members))
    await backend.write(
        Writes(
            members=[encode_member(key, MemberRecord(xp=5_000)) for key in (*KEYS, MemberKey(9, 9))],
            documents=[],
            ledger=rows_of(LINES, len(LINES) + 1),
            answers=[],
            forget_answers_before=6,
        )
    )
    assert first + await read(members) == expected[0]
    assert await read(snapshot.ledger_by_member()) == expected[1]
    assert await snapshot.count_rows() == RowCounts(6, 4, 18, 3)
    assert snapshot.head.seq == len(LINES)
    await snapshot.close()
    later = await backend.open_snapshot()
    assert await later.count_rows() == RowCounts(7, 4, 36, 0)
    assert later.head.seq == 2 * len(LINES)
    await later.close()


async def test_a_table_that_is_not_read_to_its_end(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever breaks off may close the snapshot at once; what is left of the reading ends with it."""
    for module in (memory_snapshot, sqlite_snapshot):
        monkeypatch.setattr(module, "PORTION", 1)
    await backend.write(everything())
    snapshot = await backend.open_snapshot()
    members = snapshot.members()
    assert len(await anext(members)) == 1
    await snapshot.close()
    del members
    gc.collect()
    await asyncio.sleep(0)
    assert caplog.records == []


async def test_from_outside_beside_a_live_store(tmp_path: Path) -> None:
    """A store that is open for writing can be looked into by its URL, and goes on meanwhile."""
    url = f"sqlite:///{tmp_path}/laurel.db"
    store = await open_store(url, clock=Clock())
    await store.commit((KEYS[0],), gain(KEYS[0]))
    snapshot = await open_snapshot(url)
    assert snapshot.head == await store.get_head()
    await asyncio.gather(*(store.commit((KEYS[0],), gain(KEYS[0])) for _ in range(20)))
    assert len(await read(snapshot.ledger())) == 1
    await snapshot.close()
    await store.close()


async def test_a_store_that_nobody_has_open(tmp_path: Path) -> None:
    """A database at rest can be read, and opened for writing afterwards."""
    url = f"sqlite:///{tmp_path}/laurel.db"
    store = await open_store(url, clock=Clock())
    await store.commit((KEYS[0],), gain(KEYS[0]))
    await store.close()
    for _ in range(2):
        snapshot = await open_snapshot(url)
        assert (await snapshot.count_rows()).ledger == 1
        await snapshot.close()
    store = await open_store(url, clock=Clock())
    assert await store.commit((KEYS[0],), gain(KEYS[0])) == 2
    await store.close()


async def test_a_store_that_was_killed_is_read_with_its_log(tmp_path: Path) -> None:
    """What is only in the log that a killed bot left behind is read too."""
    store = await open_store(f"sqlite:///{tmp_path}/laurel.db", clock=Clock())
    await store.commit((KEYS[0],), gain(KEYS[0]))
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("laurel.db", "laurel.db-wal"):
        shutil.copy(tmp_path / name, killed / name)
    await store.close()
    snapshot = await open_snapshot(f"sqlite:///{killed}/laurel.db")
    assert (await snapshot.count_rows()).ledger == 1
    await snapshot.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """A saved database on something read-only can be read, unless a log beside it would be passed over."""
    store = await open_store(f"sqlite:///{tmp_path}/laurel.db", clock=Clock())
    await store.commit((KEYS[0],), gain(KEYS[0]))
    log = (tmp_path / "laurel.db-wal").read_bytes()
    await store.close()
    folder = tmp_path / "saved"
    folder.mkdir()
    path = Path(shutil.copy(tmp_path / "laurel.db", folder))
    url = f"sqlite:///{path}"
    for parent in path.parents:
        parent.chmod(parent.stat().st_mode | 0o555)
    folder.chmod(0o555)
    os.seteuid(NOBODY)
    try:
        snapshot = await open_snapshot(url)
        assert (await snapshot.count_rows()).ledger == 1
        await snapshot.close()
    finally:
        os.seteuid(0)
    path.with_name("laurel.db-wal").write_bytes(log)
    os.seteuid(NOBODY)
    try:
        with pytest.raises(StoreError, match="may write"):
            await open_snapshot(url)
    finally:
        os.seteuid(0)


async def test_places_without_a_store(tmp_path: Path) -> None:
    """Where there is no store, nothing is made, and the error says where to look."""
    with pytest.raises(StoreError, match=r"there is no database. Look for it"):
        await open_snapshot(f"sqlite:///{tmp_path}/laurel.db")
    assert names_in(tmp_path, "*") == []
    with pytest.raises(StoreError, match=r"it is a folder.*json:///"):
        await open_snapshot(f"sqlite:///{tmp_path}")
    with pytest.raises(ContentError, match="cannot be looked into from outside"):
        await open_snapshot("memory:")
    with pytest.raises(ContentError, match="no place for a store"):
        await open_snapshot("laurel.db")


async def test_files_that_are_no_store(tmp_path: Path) -> None:
    """A text, another program's database and an empty one are told apart."""
    path = tmp_path / "laurel.db"
    url = f"sqlite:///{path}"
    path.write_bytes(b"this is a text, not a database" * 100)
    with pytest.raises(StoreError, match="not an SQLite database"):
        await open_snapshot(url)
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="nothing was ever kept"):
        await open_snapshot(url)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        await open_snapshot(url)


@pytest.mark.parametrize(
    ("version", "told"), [(77, "Update Laurel"), (0, "Start Laurel on it once")], ids=["newer", "older"]
)
async def test_another_schema_is_refused(tmp_path: Path, version: int, told: str) -> None:
    """A database of a newer or an older Laurel is not read wrongly; the error says what to do."""
    path = tmp_path / "laurel.db"
    await (await open_store(f"sqlite:///{path}", clock=Clock())).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE migrations SET version = ? WHERE version = 1", (version or -1,))
    connection.execute("DELETE FROM migrations WHERE version NOT IN (-1, 77)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=told):
        await open_snapshot(f"sqlite:///{path}")


async def _damage_of(path: Path) -> list[str]:
    snapshot = await open_snapshot(f"sqlite:///{path}")
    try:
        return await snapshot.find_damage()
    finally:
        await snapshot.close()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with rows in every table, at rest."""
    backend = await SqliteBackend.open(tmp_path / "laurel.db", clock=Clock())
    await backend.write(everything())
    await backend.close()
    return tmp_path / "laurel.db"


def change(path: Path, *statements: str) -> None:
    """Change a database behind Laurel's back."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


async def test_a_schema_that_was_changed_is_damage(path: Path) -> None:
    """What is missing, more, or otherwise than this version makes it is named."""
    change(
        path,
        "DROP INDEX answers_by_age",
        "CREATE TABLE mine (x)",
        "ALTER TABLE members ADD mood TEXT",
    )
    assert await _damage_of(path) == [
        "index answers_by_age is missing",
        "table members is not as this version makes it",
        "table mine is none of Laurel's",
    ]


async def test_pages_that_were_overwritten_are_damage(path: Path) -> None:
    """A file whose pages hold something else is found out, by its structure or as soon as it is read."""
    damage(path)
    try:
        found = await _damage_of(path)
    except StoreError as error:
        found = [error.cause]
    assert any("alformed" in text or "database" in text.lower() or "Tree" in text for text in found)


async def test_a_damaged_index_is_found_and_passed_by(path: Path) -> None:
    """Lines that the members' index has lost are found, and read all the same, by member."""
    change(
        path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = sql || ' WHERE seq > 3' WHERE name = 'ledger_of_member'",
    )
    change(path, "REINDEX ledger_of_member")
    change(
        path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE seq > 3', '') WHERE name = 'ledger_of_member'",
    )
    snapshot = await open_snapshot(f"sqlite:///{path}")
    assert len(await read(snapshot.ledger_by_member())) == len(LINES) - 3
    found = await snapshot.find_damage()
    assert "row 1 missing from index ledger_of_member" in found
    rows = await read(snapshot.ledger_by_member())
    assert rows == sorted(rows_of(LINES), key=lambda row: (row[2], row[3], row[0]))
    await snapshot.close()


async def test_lines_by_member_are_not_sorted(path: Path) -> None:
    """The order by member comes from the index: nothing is gathered before the first line."""
    connection = sqlite3.connect(path)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sqlite_snapshot.READ_BY_MEMBER}")]
    connection.close()
    assert plan == ["SCAN ledger USING INDEX ledger_of_member"]


async def test_a_check_that_is_given_up_ends_at_once(path: Path) -> None:
    """Whoever stops waiting for the check of a large file can close it without waiting for its end."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n"
    snapshot: Snapshot = await open_snapshot(f"sqlite:///{path}")
    original = sqlite_snapshot.CHECK_INTEGRITY
    sqlite_snapshot.CHECK_INTEGRITY = endless
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(snapshot.find_damage(), 0.1)
    finally:
        sqlite_snapshot.CHECK_INTEGRITY = original
    await asyncio.wait_for(snapshot.close(), 5)
