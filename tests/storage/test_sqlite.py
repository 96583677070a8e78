"""SQLite's own: where it may be opened, what its errors say, and how it is laid out."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leveling_core.documents import CursorRecord
from leveling_core.errors import ContentError, LevelingError, StoreError, StoreUnavailableError
from leveling_core.ids import MemberKey, cursor_key
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from storage import Feed, open_store, sqlite, sqlite_rows
from storage.codec import DOCUMENT_COLUMNS, LEDGER_COLUMNS, MEMBER_COLUMNS
from storage.grouping import MAX_GROUP
from storage.sqlite_errors import store_error
from storage.sqlite_rows import ledger_sql
from tests.contract.support import GUILD, Clock, gain, line, say
from tests.storage.support import damage
from tests.storage.test_feed import Recorder

ANN = MemberKey(GUILD, 1)
NOBODY = 65534


Opener = Callable[[Path], Awaitable[LevelingStore]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that is not there yet."""
    return tmp_path / "laurel.db"


@pytest.fixture
async def open_at() -> AsyncIterator[Opener]:
    """Opens databases, and closes those that a test leaves open."""
    opened: list[LevelingStore] = []

    async def open_path(path: Path) -> LevelingStore:
        opened.append(await open_store(f"sqlite:///{path}", clock=Clock()))
        return opened[-1]

    yield open_path
    for store in opened:
        await store.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Give up the rights of root, who may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "laurel.db",
        "sqlite:laurel.db",
        "sqlite://laurel.db",
        "sqlite:///",
        "postgres://x/y",
    ],
)
async def test_other_urls_are_explained(url: str) -> None:
    """What is no place for a store is answered with the forms that are."""
    with pytest.raises(ContentError, match=r"LAUREL_STORE.*sqlite:///laurel.db"):
        await open_store(url, clock=Clock())


async def test_memory_is_gone_when_closed() -> None:
    """``memory:`` opens an empty store each time."""
    for _ in range(2):
        store = await open_store("memory:", clock=Clock())
        assert store.description == "memory:"
        assert await store.commit((ANN,), gain(ANN)) == 1
        await store.close()


async def test_relative_and_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes are relative to the working directory, four begin at the root."""
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///a name?.db", clock=Clock())
    await store.commit((ANN,), gain(ANN))
    await store.close()
    again = await open_store(f"sqlite:///{tmp_path}/a name?.db", clock=Clock())
    assert await again.commit((ANN,), gain(ANN)) == 2
    assert await again.count_ranked(GUILD, XpBoard()) == 1
    await again.close()


async def test_a_second_writer_is_refused(open_at: Opener, path: Path) -> None:
    """Another Laurel on the same database gets a clear error, and may open it when the first is done."""
    first = await open_at(path)
    with pytest.raises(StoreError, match="another Laurel is running"):
        await open_at(path)
    await first.commit((ANN,), gain(ANN))
    await first.close()
    second = await open_at(path)
    assert await second.commit((ANN,), gain(ANN)) == 2
    await second.close()


async def test_every_commit_is_flushed(open_at: Opener, path: Path) -> None:
    """The write connection flushes at every commit, and readers do not block it."""
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    await store.close()
    assert "synchronous = FULL" in sqlite.WRITER_PRAGMAS
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_a_full_disk(open_at: Opener, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers are told; what was committed stays; with room again it goes on."""
    monkeypatch.setattr(sqlite, "WRITER_PRAGMAS", (*sqlite.WRITER_PRAGMAS, "max_page_count = 40"))
    store = await open_at(path)
    with pytest.raises(StoreError, match=r"the disk is full.*Free some space"):
        await _fill(store)
    kept = (await store.get_head()).seq
    assert kept > 100
    assert len(await store.list_ledger(LedgerQuery(limit=10_000))) == kept
    await store.close()
    monkeypatch.undo()
    store = await open_at(path)
    await store.commit((), say(line()))
    assert (await store.get_head()).seq == kept + 1
    await store.close()


async def _fill(store: LevelingStore) -> None:
    while True:
        await store.commit((), say(*(line() for _ in range(20))))


async def test_a_group_that_breaks_off_in_the_middle(open_at: Opener, path: Path) -> None:
    """When a group fails after some of its rows were written, those are taken back before another try."""
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    meddler = sqlite3.connect(path, isolation_level=None)
    meddler.execute(
        "CREATE TRIGGER meddle BEFORE INSERT ON ledger WHEN new.user_id = 13"
        " BEGIN SELECT raise(ABORT, 'no thirteen'); END"
    )
    meddler.close()
    keys = [ANN, MemberKey(GUILD, 13), MemberKey(GUILD, 2)]
    results = await asyncio.gather(*(store.commit((key,), gain(key)) for key in keys), return_exceptions=True)
    assert (results[0], results[2]) == (2, 1)
    assert "no thirteen" in str(results[1])
    with pytest.raises(StoreError, match="no thirteen"):
        await store.commit((keys[1],), gain(keys[1]))
    await store.close()
    store = await open_at(path)
    assert [getattr(record, "xp", None) for record in await store.read_many(keys)] == [2, 0, 1]
    assert [one.user_id for one in await store.list_ledger(LedgerQuery())] == [1, 1, 2]


async def test_a_database_that_is_held_by_others(
    open_at: Opener, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program's transaction fails the commit with a clear error; reads and later commits go on."""
    monkeypatch.setattr(sqlite, "WRITE_BUSY_SECONDS", 0.05)
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(
        *(store.commit((ANN,), gain(ANN)) for _ in range(3)), return_exceptions=True
    )
    assert all("another program holds the database" in str(result) for result in results)
    assert len(await store.list_ledger(LedgerQuery())) == 1
    holder.rollback()
    holder.close()
    assert await store.commit((ANN,), gain(ANN)) == 2
    await store.close()


@pytest.fixture
def holder(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program, which opens the database later."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


async def _begin_many(store: LevelingStore, count: int) -> asyncio.Future[list[int | BaseException]]:
    """Call commits, and return once the first of them are on their way."""
    commits = asyncio.gather(*(store.commit((ANN,), gain(ANN)) for _ in range(count)), return_exceptions=True)
    await asyncio.sleep(0.05)
    assert not commits.done()
    return commits


async def test_closing_while_another_program_holds_it(
    open_at: Opener, path: Path, holder: sqlite3.Connection
) -> None:
    """The end waits a moment for the other program, not the usual time and not for each group."""
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    holder.execute("BEGIN IMMEDIATE")
    commits = await _begin_many(store, 3 * MAX_GROUP)
    begun = time.monotonic()
    await store.close()
    assert time.monotonic() - begun < 2
    results = await commits
    assert all("another program holds the database" in str(result) for result in results)
    holder.rollback()
    store = await open_at(path)
    assert await store.commit((ANN,), gain(ANN)) == 2


async def test_closing_waits_for_who_is_soon_done(
    open_at: Opener, path: Path, holder: sqlite3.Connection
) -> None:
    """What was called before the end is kept when the other program lets go within that moment."""
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    holder.execute("BEGIN IMMEDIATE")
    commits = await _begin_many(store, 2)
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0.3)
    holder.rollback()
    assert await commits == [2, 3]
    await closing


async def test_a_feed_ends_while_another_program_holds_it(
    open_at: Opener, path: Path, holder: sqlite3.Connection
) -> None:
    """The last place of a subscriber is given up after a moment: its lines come again."""
    store = await open_at(path)
    feed = Feed(store, Clock())
    recorder = Recorder()
    feed.subscribe(recorder)
    await feed.start()
    await store.commit((ANN,), gain(ANN))
    await feed.idle()
    holder.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    await feed.stop()
    await store.close()
    assert time.monotonic() - begun < 3
    holder.rollback()
    store = await open_at(path)
    assert await store.read(cursor_key("recorder")) == CursorRecord(0, (await store.get_head()).epoch)


@pytest.fixture
def shopping_list(path: Path) -> Iterator[Path]:
    """A file of something else, which stays as it is."""
    text = "my shopping list, which is longer than a header: " + "milk, " * 100
    path.write_text(text)
    yield path
    assert path.read_text() == text


async def test_a_file_that_is_no_database(open_at: Opener, shopping_list: Path) -> None:
    """A file of something else is an error, and is left as it is."""
    with pytest.raises(StoreError, match=r"not an SQLite database.*restore a backup.*name another file"):
        await open_at(shopping_list)


async def test_a_database_of_another_program(open_at: Opener, path: Path) -> None:
    """A database with other tables is left as it is."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(StoreError, match="of another program"):
        await open_at(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("notes",)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


async def test_a_folder_that_is_not_there(open_at: Opener, tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(StoreError, match=r"folder .*nowhere does not exist"):
        await open_at(tmp_path / "nowhere" / "laurel.db")


async def test_a_path_that_is_a_folder(open_at: Opener, tmp_path: Path) -> None:
    """A folder in place of the file is an error that says what to look at."""
    with pytest.raises(StoreError, match=r"it is a folder.*Name a file"):
        await open_at(tmp_path)


@pytest.mark.usefixtures("ordinary_user")
async def test_a_folder_that_may_not_be_written(open_at: Opener, open_folder: Path) -> None:
    """Without the right to make files the error says whose right is missing."""
    folder = open_folder / "locked"
    folder.mkdir(mode=0o555)
    with pytest.raises(StoreError, match=r"may not be written .Permission denied.*right to write"):
        await open_at(folder / "laurel.db")


@pytest.mark.usefixtures("ordinary_user")
async def test_a_file_that_may_not_be_written(open_at: Opener, open_folder: Path) -> None:
    """A database that only others may write is an error at the start, not at the first commit."""
    path = open_folder / "laurel.db"
    store = await open_at(path)
    await store.close()
    path.chmod(0o444)
    with pytest.raises(StoreError, match=r"may not be written.*right to write"):
        await open_at(path)


CODES = {
    sqlite3.SQLITE_READONLY_DBMOVED: "may not be written",
    sqlite3.SQLITE_PERM: "may not be written",
    sqlite3.SQLITE_FULL: "disk is full",
    sqlite3.SQLITE_CANTOPEN_ISDIR: "cannot be opened",
    sqlite3.SQLITE_IOERR_FSYNC: "failing disk",
    sqlite3.SQLITE_CORRUPT_VTAB: "damaged",
    sqlite3.SQLITE_BUSY_SNAPSHOT: "another program holds",
    sqlite3.SQLITE_MISUSE: "SQLite says: oh",
}


@pytest.mark.parametrize("code", CODES)
def test_codes_are_translated(code: int) -> None:
    """Extended codes are told like the code that they refine."""
    error = sqlite3.OperationalError("oh")
    error.sqlite_errorcode = code
    assert CODES[code] in str(store_error("laurel.db", error))


def test_damage_at_work_may_pass() -> None:
    """SQLite calls it damage if a disk refuses to read, so what found it in order before tries it again."""
    error = sqlite3.DatabaseError("malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert isinstance(store_error("laurel.db", error, at_work=True), StoreUnavailableError)
    assert not isinstance(store_error("laurel.db", error), StoreUnavailableError)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EROFS, "may not be written"),
        (errno.ENOSPC, "disk is full"),
        (errno.EIO, "failing disk"),
        (errno.ENAMETOOLONG, "cannot be opened"),
    ],
)
def test_errors_of_the_file_system_are_translated(number: int, told: str) -> None:
    """They are told like SQLite's own."""
    assert told in str(store_error("laurel.db", OSError(number, "oh")))


async def test_damage_is_told(open_at: Opener, path: Path) -> None:
    """A database whose pages are overwritten is an error with a cure, wherever it shows."""
    store = await open_at(path)
    for start in range(0, 3000, 100):
        keys = [MemberKey(GUILD, 1 + start + number) for number in range(100)]
        await asyncio.gather(*(store.commit((key,), gain(key)) for key in keys))
    await store.close()
    damage(path)
    with pytest.raises(LevelingError, match=r"damaged.*backup"):
        await _read_all(await open_at(path))


async def _read_all(store: LevelingStore) -> None:
    await store.count_ranked(GUILD, XpBoard())
    await store.list_ledger(LedgerQuery(limit=10_000))


async def test_columns_are_those_of_the_records(open_at: Opener, path: Path) -> None:
    """Every field has a column and every column a field, so that a new one cannot be forgotten."""
    store = await open_at(path)
    await store.close()
    connection = sqlite3.connect(path)
    for table, columns in (
        ("members", MEMBER_COLUMNS),
        ("documents", DOCUMENT_COLUMNS),
        ("ledger", LEDGER_COLUMNS),
    ):
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        assert found == set(columns)
        (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        assert "STRICT" in sql
    connection.close()


async def test_reads_of_members_use_indexes(open_at: Opener, path: Path) -> None:
    """Neither a member's lines nor a group's records are found by walking a table."""
    store = await open_at(path)
    await store.commit((ANN,), gain(ANN))
    await store.close()
    connection = sqlite3.connect(path)
    for sql in (
        sqlite_rows.READ_MEMBERS.format("(1, 2), (3, 4)"),
        sqlite_rows.READ_DOCUMENTS.format("('rules', 1, ''), ('rules', 2, '')"),
        ledger_sql(LedgerQuery(guild_id=1, user_id=1, newest_first=True))[0].replace("?", "0"),
        f"{sqlite_rows.READ_ANSWERS}('a')".replace("?", "0"),
    ):
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        walks = [step for step in steps if "SCAN" in step or "TEMP" in step]
        assert set(walks) <= {"SCAN wanted", "SCAN 2 CONSTANT ROWS"}
        assert any("SEARCH" in step for step in steps)
    connection.close()


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(
    ("wanted", "found_by"),
    [
        ({"has_actor": True}, "ledger_of_actors (guild_id=? AND rowid>?)"),
        ({"actor_id": 9}, "ledger_of_actors (guild_id=? AND rowid>?)"),
        ({"actor_id": 9, "user_id": 1}, "ledger_of_actors (guild_id=? AND rowid>?)"),
        ({"batch": "xp:1", "user_id": 1}, "ledger_of_batches (batch=? AND rowid>?)"),
        ({"correlation": "xp:1", "has_actor": True}, "ledger_of_operations (correlation=? AND rowid>?)"),
        ({"kinds": frozenset({"delivery_failed"})}, "ledger_of_failures (guild_id=? AND rowid>?)"),
    ],
)
async def test_what_somebody_made_to_happen_is_found_by_an_index(
    open_at: Opener, path: Path, wanted: dict[str, Any], found_by: str, newest_first: bool
) -> None:
    """The few with an actor, of a batch or undelivered are found among a guild's many, in their order."""
    store = await open_at(path)
    await store.close()
    query = LedgerQuery(guild_id=1, after_seq=5, newest_first=newest_first, **wanted)
    sql, values = ledger_sql(query)
    connection = sqlite3.connect(path)
    [step] = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert step == f"SEARCH ledger USING INDEX {found_by}"
    connection.close()


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("guild_id", [None, 1])
async def test_lines_of_many_members_are_not_sorted(
    open_at: Opener, path: Path, guild_id: int | None, newest_first: bool
) -> None:
    """Lines of a guild, or of all, are read in the order in which they lie, from where they are wanted."""
    store = await open_at(path)
    await store.close()
    query = LedgerQuery(
        guild_id=guild_id, kinds=frozenset({"xp_gained"}), after_seq=5, newest_first=newest_first
    )
    sql, values = ledger_sql(query)
    connection = sqlite3.connect(path)
    [step] = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert step == "SEARCH ledger USING INTEGER PRIMARY KEY (rowid>?)"
    connection.close()


async def test_more_keys_than_a_query_takes(
    open_at: Opener, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys beyond SQLite's limit of variables are read in several queries."""
    monkeypatch.setattr(sqlite_rows, "KEYS_PER_QUERY", 7)
    store = await open_at(path)
    keys = [MemberKey(GUILD, number) for number in range(1, 41)]
    await asyncio.gather(*(store.commit((key,), gain(key, key.user_id)) for key in keys))
    await store.close()
    store = await open_at(path)
    assert [getattr(record, "xp", None) for record in await store.read_many(keys)] == list(range(1, 41))
    await store.close()
