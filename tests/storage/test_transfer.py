"""Copying stores: every row comes along, the copy is proven, and a broken one cannot be taken for whole."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from itertools import product
from pathlib import Path

import pytest

from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import MemberKey
from leveling_core.store import LedgerQuery
from storage import memory_snapshot, open_store, sqlite_snapshot
from storage.backend import Backend, Snapshot, Writes
from storage.codec import Row
from storage.fingerprint import take_fingerprint
from storage.json_files import JsonBackend
from storage.memory import MemoryBackend, MemoryState
from storage.progress import Progress, Stage, no_progress
from storage.snapshots import open_snapshot
from storage.sqlite import SqliteBackend
from storage.transfer import copy_rows, copy_store
from tests.contract.support import Clock, gain
from tests.storage.living import GUILDS, Life, live
from tests.storage.support import leave_unfinished, names_in

ANN = MemberKey(GUILDS[0], 1)
KINDS = {"json": "json:///{}/laurel", "sqlite": "sqlite:///{}/laurel.db"}


@pytest.fixture(params=list(product(KINDS, KINDS)), ids="-to-".join)
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A place with a past to be, and another: all pairs of kinds that are kept in files."""
    places = []
    for kind, name in zip(request.param, ("source", "target"), strict=True):
        (tmp_path / name).mkdir()
        places.append(KINDS[kind].format(tmp_path / name))
    return places[0], places[1]


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every table come in several portions."""
    monkeypatch.setattr(sqlite_snapshot, "PORTION", 50)
    monkeypatch.setattr(memory_snapshot, "PORTION", 70)


async def all_rows(snapshot: Snapshot) -> list[list[Row]]:
    """Read every table, and end the snapshot."""

    async def read(portions: AsyncIterator[Sequence[Row]]) -> list[Row]:
        return [row async for portion in portions for row in portion]

    try:
        tables = (snapshot.members(), snapshot.documents(), snapshot.ledger(), snapshot.answers())
        return [await read(table) for table in tables]
    finally:
        await snapshot.close()


async def test_a_copy_is_the_same_and_goes_on(urls: tuple[str, str]) -> None:
    """Every row, the epoch and the end of the ledger are those of the source; both can go on."""
    source, target = urls
    clock = await live(source)
    told: list[tuple[Stage, int]] = []

    def stage(name: Stage, rows: int) -> Progress:
        told.append((name, rows))
        done = [0]

        def progress(more: int) -> None:
            done[0] += more
            assert done[0] <= rows

        return progress

    fingerprint = await copy_store(source, target, clock=clock, stage=stage)
    before, copied = await open_snapshot(source), await open_snapshot(target)
    assert copied.head == before.head == fingerprint.head
    assert await copied.count_rows() == await before.count_rows() == fingerprint.counts
    assert await copied.find_damage() == []
    rows = await all_rows(before)
    assert await all_rows(copied) == rows
    assert [bool(table) for table in rows] == [True] * 4
    assert len(rows[2]) > 140
    assert [name for name, _ in told] == ["copy", "read-source", "read-target"]
    for url in urls:
        store = await open_store(url, clock=clock)
        await Life(store, clock, seed=9).go_on(20)
        assert (await store.get_head()).seq > fingerprint.head.seq
        await store.close()


@pytest.mark.parametrize(("source", "target"), list(product(["json", "memory", "sqlite"], repeat=2)))
async def test_rows_between_any_two_backends(source: str, target: str, tmp_path: Path) -> None:
    """Rows can be copied between any two kinds of backends, with numbers of lines that have gaps."""

    async def make(kind: str, name: str) -> Backend:
        (tmp_path / name).mkdir()
        if kind == "sqlite":
            return await SqliteBackend.open(tmp_path / name / "laurel.db", clock=Clock(), epoch="same")
        if kind == "json":
            return await JsonBackend.open(tmp_path / name / "laurel", epoch="same")
        return MemoryBackend(MemoryState(epoch="same"))

    await live(f"sqlite:///{tmp_path}/laurel.db")
    connection = sqlite3.connect(tmp_path / "laurel.db")
    connection.execute("DELETE FROM ledger WHERE seq % 3 = 1")
    connection.execute("UPDATE meta SET value = 'same' WHERE name = 'epoch'")
    connection.commit()
    connection.close()
    fingerprints = []
    snapshot: Snapshot = await open_snapshot(f"sqlite:///{tmp_path}/laurel.db")
    for kind, name in ((source, "source"), (target, "target")):
        backend = await make(kind, name)
        await copy_rows(snapshot, backend, no_progress)
        await snapshot.close()
        snapshot = await backend.open_snapshot()
        fingerprints.append(await take_fingerprint(snapshot, no_progress))
        await backend.close()
    await snapshot.close()
    assert fingerprints[0] == fingerprints[1]
    assert fingerprints[0].counts.ledger > 100
    assert fingerprints[0].member_xp > fingerprints[0].ledger_xp > 0


async def test_a_live_store_is_copied_as_of_one_moment(urls: tuple[str, str]) -> None:
    """The source may go on beside its copy: what comes after the beginning is not in it."""
    source, target = urls
    clock = await live(source)
    store = await open_store(source, clock=clock)
    try:
        head = await store.get_head()
        life = Life(store, clock, seed=5)

        def stage(_: Stage, rows: int) -> Progress:
            assert rows
            return no_progress

        copying = copy_store(source, target, clock=clock, stage=stage)
        fingerprint = await copying
        await life.go_on(30)
        assert fingerprint.head == head
        again = store.commit((ANN,), gain(ANN))
        await again
    finally:
        await store.close()
    copied = await open_store(target, clock=clock)
    assert await copied.get_head() == head
    await copied.close()


async def test_writes_beside_a_copy_do_not_get_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Awards between two portions of a copy change nothing of it."""
    source, target = f"sqlite:///{tmp_path}/laurel.db", f"json:///{tmp_path}/copy"
    clock = await live(source)
    store = await open_store(source, clock=clock)
    head = await store.get_head()
    write = JsonBackend.write

    async def write_beside(self: JsonBackend, writes: Writes) -> None:
        await store.commit((ANN,), gain(ANN, 1_000))
        await write(self, writes)

    monkeypatch.setattr(JsonBackend, "write", write_beside)
    fingerprint = await copy_store(source, target, clock=clock)
    assert fingerprint.head == head
    assert (await store.get_head()).seq > head.seq + 10
    await store.close()


class BrokenOffError(Exception):
    """Somebody pulled the plug."""


@pytest.mark.parametrize("after", [0, 1, 5])
async def test_a_copy_that_is_broken_off_is_not_taken_for_whole(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Wherever it ends, nobody can open the copy, which says why; copying again begins anew, and is whole."""
    source, target = urls
    clock = await live(source)
    writes_left = [after]
    with monkeypatch.context() as patched:
        for backend in (SqliteBackend, JsonBackend):
            original = backend.write

            async def write(self: Backend, writes: Writes, original: object = original) -> None:
                await original(self, writes)  # type: ignore[operator]  # it is the method of before
                if not writes_left[0]:
                    raise BrokenOffError
                writes_left[0] -= 1

            patched.setattr(backend, "write", write)
        with pytest.raises(BrokenOffError):
            await copy_store(source, target, clock=clock)
    with pytest.raises(StoreError, match=r"not finished.*store copy"):
        await open_store(target, clock=clock)
    await Life(store := await open_store(source, clock=clock), clock, seed=3).go_on(10)
    head = await store.get_head()
    await store.close()
    assert (await copy_store(source, target, clock=clock)).head == head
    copied = await open_store(target, clock=clock)
    assert await copied.get_head() == head
    await copied.close()


async def test_an_unfinished_copy_is_no_source(urls: tuple[str, str]) -> None:
    """What would be made of it could be opened, and would lack what the copy lacks."""
    source, target = urls
    clock = await live(source, deeds=20)
    await leave_unfinished(source)
    with pytest.raises(StoreError, match="not finished"):
        await copy_store(source, target, clock=clock)
    with pytest.raises(StoreError, match="there is no"):
        await open_snapshot(target)


async def test_a_copy_that_is_not_equal_stays_unfinished(tmp_path: Path) -> None:
    """What a disk made of the copy is found by reading it, named, and the copy cannot be opened."""
    source, target = f"json:///{tmp_path}/laurel", f"sqlite:///{tmp_path}/copy.db"
    clock = await live(source)

    def stage(name: Stage, _: int) -> Progress:
        if name == "read-source":
            connection = sqlite3.connect(tmp_path / "copy.db")
            connection.execute("UPDATE ledger SET xp = xp + 1 WHERE seq = 7")
            connection.execute("UPDATE members SET last_claim_zone = 'UTC' WHERE user_id = 1")
            connection.commit()
            connection.close()
        return no_progress

    with pytest.raises(StoreError, match="ledger_xp, members, ledger differ"):
        await copy_store(source, target, clock=clock, stage=stage)
    with pytest.raises(StoreError, match="not finished"):
        await open_store(target, clock=clock)
    await copy_store(source, target, clock=clock)


async def test_a_store_that_holds_anything_is_not_overwritten(urls: tuple[str, str]) -> None:
    """A target with data is refused and stays as it was."""
    source, target = urls
    clock = await live(source)
    store = await open_store(target, clock=clock)
    await store.commit((ANN,), gain(ANN, 77))
    await store.close()
    with pytest.raises(StoreError, match="there is a store already"):
        await copy_store(source, target, clock=clock)
    store = await open_store(target, clock=clock)
    assert [line.outcome.xp for line in await store.list_ledger(LedgerQuery())] == [77]
    await store.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_is_not_copied_over_itself(tmp_path: Path, kind: str) -> None:
    """However the same place is written, and though there is nothing in it, it is refused and not touched."""
    folder = tmp_path / "source"
    folder.mkdir()
    source = KINDS[kind].format(folder)
    await (await open_store(source, clock=Clock())).close()
    names = names_in(folder, "**/*")
    (tmp_path / "linked").symlink_to(folder)
    targets = [source, KINDS[kind].format(tmp_path / "linked"), KINDS[kind].format(folder / ".." / "source")]
    if kind == "sqlite":
        (tmp_path / "hard.db").hardlink_to(folder / "laurel.db")
        targets.append(f"sqlite:///{tmp_path}/hard.db")
    for target in targets:
        with pytest.raises(ContentError, match=r"TO.*is the store that is to be copied"):
            await copy_store(source, target, clock=Clock())
    assert names_in(folder, "**/*") == names


async def test_an_empty_store_may_be_the_target_unless_somebody_has_it(urls: tuple[str, str]) -> None:
    """A store that was made and never used takes a copy, with the source's epoch; a live one does not."""
    source, target = urls
    clock = await live(source)
    store = await open_store(target, clock=clock)
    with pytest.raises(StoreError, match="another Laurel is running"):
        await copy_store(source, target, clock=clock)
    await store.close()
    fingerprint = await copy_store(source, target, clock=clock)
    copied = await open_store(target, clock=clock)
    assert (await copied.get_head()) == fingerprint.head
    await copied.close()


async def test_places_that_cannot_be_copied(tmp_path: Path) -> None:
    """A source that is not there and a target in memory are named; nothing is made."""
    url = f"sqlite:///{tmp_path}/laurel.db"
    with pytest.raises(StoreError, match="there is no database"):
        await copy_store(url, f"json:///{tmp_path}/copy", clock=Clock())
    with pytest.raises(ContentError, match="TO"):
        await copy_store(url, "memory:", clock=Clock())
    assert names_in(tmp_path, "*") == []


async def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A target that is no store of Laurel's is refused and not touched."""
    source = f"json:///{tmp_path}/laurel"
    clock = await live(source, deeds=20)
    other = tmp_path / "other.db"
    other.write_bytes(b"this is a text, not a database" * 100)
    with pytest.raises(StoreError, match="not an SQLite database"):
        await copy_store(source, f"sqlite:///{other}", clock=clock)
    assert other.read_bytes().startswith(b"this is a text")
    folder = tmp_path / "papers"
    folder.mkdir()
    folder.joinpath("letter.txt").write_text("dear")
    with pytest.raises(StoreError, match=r"letter\.txt"):
        await copy_store(source, f"json:///{folder}", clock=clock)
    assert names_in(folder, "*") == ["letter.txt"]
