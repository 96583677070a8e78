"""SQLite while its file is held, full, failing, moved, deleted or replaced: nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosqlite
import pytest

from leveling_core.decision import Decision, View
from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.store import LedgerQuery
from storage import sqlite
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore
from tests.contract.support import GUILD, Clock, gain, line
from tests.storage.support import QuickTime

ANN, BEN = MemberKey(GUILD, 1), MemberKey(GUILD, 2)


class Bench:
    """A store on a file, and what happens to the file.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "laurel.db"
        self.elsewhere = folder / "elsewhere.db"
        self.opened: list[GroupedStore] = []

    async def open(self) -> GroupedStore:
        """Open the database."""
        backend = await SqliteBackend.open(self.path, clock=Clock())
        time = QuickTime()
        store = GroupedStore(backend, clock=Clock(), monotonic=time.monotonic, sleep=time.sleep)
        self.opened.append(store)
        return store

    @property
    def store(self) -> GroupedStore:
        """The store that was opened last."""
        return self.opened[-1]

    def award(self, key: MemberKey = ANN, xp: int = 1) -> asyncio.Future[int]:
        """Commit what somebody has earned: it may wait."""
        return self.store.commit((key,), gain(key, xp), patient=True)

    async def fail(self) -> StoreUnavailableError:
        """Ask for something, and return why it cannot be."""
        with pytest.raises(StoreUnavailableError) as caught:
            await self.store.commit((BEN,), gain(BEN))
        return caught.value

    async def until(self, breaker: str) -> None:
        """Wait until the breaker has that state."""
        async with asyncio.timeout(10):
            while self.store.health.breaker != breaker:  # noqa: ASYNC110 -- nothing tells of it
                await asyncio.sleep(0.005)

    async def prove_kept(self, *xp: int) -> None:
        """Prove that exactly these awards of Ann are kept, in this order, also when opened anew."""
        assert [one.outcome.xp for one in await self.store.list_ledger(LedgerQuery())] == list(xp)
        await self.store.close()
        store = await self.open()
        lines = await store.list_ledger(LedgerQuery())
        assert [one.seq for one in lines] == list(range(1, len(xp) + 1))
        assert [one.outcome.xp for one in lines] == list(xp)
        assert await store.commit((ANN,), lambda view: Decision(view.member(ANN).xp)) == sum(xp)


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """Give an open store with one award in it, which does not wait long for others."""
    monkeypatch.setattr(sqlite, "WRITE_BUSY_SECONDS", 0.02)
    monkeypatch.setattr(sqlite, "BUSY_SLICE_SECONDS", 0.01)
    made = Bench(tmp_path)
    await made.open()
    await made.award()
    yield made
    for store in made.opened:
        await store.close()


@contextmanager
def other_program(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database as another program would."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


async def test_held_by_another_program(bench: Bench) -> None:
    """While another transaction is open, awards wait; when it ends they are written."""
    with other_program(bench.path) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [bench.award(xp=2), bench.award(xp=3)]
        assert "another program holds the database" in str(await bench.fail())
        await bench.until("open")
        waiting.append(bench.award(xp=4))
        other.execute("ROLLBACK")
        assert await asyncio.gather(*waiting) == [3, 6, 10]
    await bench.prove_kept(1, 2, 3, 4)


async def test_a_full_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit waits; when there is room again it is written."""
    await bench.store.close()
    with other_program(bench.path) as other:
        other.execute("CREATE TABLE filler AS SELECT zeroblob(400000) AS room")
        ((pages,),) = other.execute("PRAGMA page_count")
    limit = f"max_page_count = {pages + 2}"
    monkeypatch.setattr(sqlite, "WRITER_PRAGMAS", (*sqlite.WRITER_PRAGMAS, limit))
    await bench.open()
    keys = [MemberKey(GUILD, user_id) for user_id in range(10, 400)]
    waiting = [bench.award(key, 2) for key in keys]
    error = await bench.fail()
    assert "the disk is full" in error.cause
    assert "Free some space" in error.cure
    await bench.until("open")
    assert len(await bench.store.list_ledger(LedgerQuery())) == 1
    with other_program(bench.path) as other:
        other.execute("DROP TABLE filler")
    assert await asyncio.gather(*waiting) == [2] * len(keys)
    await bench.store.close()
    monkeypatch.undo()
    await bench.open()
    lines = await bench.store.list_ledger(LedgerQuery())
    assert [one.user_id for one in lines] == [ANN.user_id, *(key.user_id for key in keys)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
async def test_a_write_that_fails_in_the_middle(bench: Bench) -> None:
    """A disk that takes a part of a group and fails at the rest: the same connection goes on afterwards."""
    import resource  # noqa: PLC0415 -- there is none on Windows

    await bench.award(xp=2)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = bench.path.with_name("laurel.db-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 6000, limits[1]))
    try:
        waiting = [bench.award(xp=3), bench.award(xp=4)]
        assert "the disk could not be read or written" in str(await bench.fail())
        await bench.until("open")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert await asyncio.gather(*waiting) == [6, 10]
    await bench.prove_kept(1, 2, 3, 4)


@pytest.mark.parametrize("moved", ["laurel.db", "laurel.db-wal"])
async def test_moved_away_and_back(bench: Bench, moved: str) -> None:
    """Nothing is acknowledged while the file, or its log, is not where it was; it goes on when it is back."""
    path = bench.path.with_name(moved)
    path.rename(bench.elsewhere)
    waiting = [bench.award(xp=2)]
    error = await bench.fail()
    assert f"the file {moved} is gone" in error.cause
    assert "Put it back" in error.cure
    await bench.until("open")
    waiting.append(bench.award(xp=3))
    assert await bench.store.read(BEN) == MemberRecord()
    bench.elsewhere.rename(path)
    assert await asyncio.gather(*waiting) == [3, 6]
    await bench.prove_kept(1, 2, 3)


async def test_replaced_by_another_and_put_back(bench: Bench) -> None:
    """Another file in its place is not written to."""
    bench.path.rename(bench.elsewhere)
    bench.path.write_bytes(b"another")
    waiting = bench.award(xp=2)
    assert "another file stands where laurel.db was" in (await bench.fail()).cause
    assert bench.path.read_bytes() == b"another"
    bench.elsewhere.replace(bench.path)
    assert await waiting == 3
    await bench.prove_kept(1, 2)


async def test_moved_in_the_middle_of_a_group(bench: Bench) -> None:
    """A file that goes away before the commit takes nothing of the group with it."""
    waiting = bench.award(xp=2)

    def move_away(view: View) -> Decision[None]:
        if bench.path.exists():
            bench.path.rename(bench.elsewhere)
        return Decision(None, {ANN: view.member(ANN)})

    with pytest.raises(StoreUnavailableError, match="is gone"):
        await bench.store.commit((ANN,), move_away)
    bench.elsewhere.rename(bench.path)
    assert await waiting == 3
    await bench.prove_kept(1, 2)


async def test_moved_while_it_is_flushed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that was flushed into a file which was moved meanwhile is not acknowledged, nor done twice."""
    commit = aiosqlite.Connection.commit

    async def commit_and_move(connection: aiosqlite.Connection) -> None:
        await commit(connection)
        bench.path.rename(bench.elsewhere)
        monkeypatch.undo()

    def count_once(view: View) -> Decision[int]:
        member = view.member(ANN)
        if member.messages:
            return Decision(member.xp)
        return Decision(member.xp + 2, {ANN: MemberRecord(xp=member.xp + 2, messages=1)}, (line(xp=2),))

    monkeypatch.setattr(aiosqlite.Connection, "commit", commit_and_move)
    waiting = bench.store.commit((ANN,), count_once, patient=True)
    await bench.until("open")
    assert not waiting.done()
    bench.elsewhere.rename(bench.path)
    assert await waiting == 3
    await bench.prove_kept(1, 2)


async def test_deleted(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """What is gone for good is told; at the end the log says what was not written."""
    bench.path.unlink()
    waiting = bench.award(xp=2)
    assert "is gone" in (await bench.fail()).cause
    await bench.store.close()
    assert isinstance(waiting.exception(), StoreUnavailableError)
    assert "1 commit(s) of what members did could not be written" in caplog.text


async def test_an_end_after_it_was_deleted(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """The log is laid aside, and a start begins no empty store beside it; put back, both hold everything."""
    shutil.copy(bench.path, bench.elsewhere)  # what somebody may still have of it
    bench.path.unlink()
    await bench.store.close()
    log = bench.path.with_name("laurel.db-wal")
    aside = bench.path.with_name("laurel.db-wal.of-the-former")
    assert not log.exists()
    assert str(aside) in caplog.text
    with pytest.raises(StoreError, match="the database is gone") as caught:
        await bench.open()
    assert aside.name in caught.value.cause
    assert "store restore" in caught.value.cure
    assert not bench.path.exists()
    aside.rename(log)
    bench.elsewhere.rename(bench.path)
    await bench.open()
    await bench.prove_kept(1)


async def test_a_start_beside_the_log_of_a_deleted_database(bench: Bench, tmp_path: Path) -> None:
    """Where the bot was killed as well, the log under its own name is kept, as long as it holds anything."""
    lone = Bench(tmp_path / "killed")
    lone.path.parent.mkdir()
    log = lone.path.with_name("laurel.db-wal")
    shutil.copy(bench.path.with_name(log.name), log)
    before = log.read_bytes()
    with pytest.raises(StoreError, match=r"but laurel\.db-wal is there"):
        await lone.open()
    assert log.read_bytes() == before
    assert not lone.path.exists()
    log.write_bytes(b"")
    await (await lone.open()).close()


async def test_an_end_after_it_was_moved(bench: Bench) -> None:
    """The moved file alone holds all that was acknowledged; no log of it is left for another database."""
    bench.path.rename(bench.elsewhere)
    await bench.store.close()
    log = bench.path.with_name("laurel.db-wal")
    assert not log.exists() or not log.stat().st_size
    with other_program(bench.elsewhere) as other:
        assert other.execute("SELECT xp FROM members").fetchall() == [(1,)]


async def test_an_end_after_another_took_its_place(bench: Bench, tmp_path: Path) -> None:
    """The log of a database that is no more is laid aside, and never applied to the one that came instead."""
    restored = Bench(tmp_path / "restored")
    restored.path.parent.mkdir()
    await restored.open()
    await restored.award(BEN, 70)
    await restored.store.close()
    restored.path.replace(bench.path)
    await bench.store.close()
    assert bench.path.with_name("laurel.db-wal.of-the-former").stat().st_size
    await bench.open()
    assert [one.user_id for one in await bench.store.list_ledger(LedgerQuery())] == [BEN.user_id]
    with other_program(bench.path) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
