"""The folder itself: who may open it, when files are written anew, and what happens when it is moved."""

from __future__ import annotations

import asyncio
import resource
import threading
from pathlib import Path

import pytest

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import MemberKey
from leveling_core.store import LedgerQuery
from storage import open_store
from storage.codec import LEDGER_COLUMNS
from storage.json_files import Compacting, JsonBackend, compaction
from storage.json_files.files import RealFiles
from storage.json_files.manifest import read_manifest
from tests.contract.support import Clock, gain
from tests.storage.json_files.disk import SimulatedFiles
from tests.storage.json_files.work import (
    EAGER,
    GROUPS,
    LAZY,
    copy_of,
    fold,
    group,
    look,
    states_after,
    written_anew,
)
from tests.storage.support import names_in

STATES = states_after(GROUPS)
ANN = MemberKey(41, 7)
SEQ, XP = LEDGER_COLUMNS.index("seq"), LEDGER_COLUMNS.index("xp")


async def test_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes are relative to the working directory, four begin at the root; closing twice is fine."""
    monkeypatch.chdir(tmp_path)
    store = await open_store("json:///a folder?", clock=Clock())
    assert store.description == "a folder?"
    await store.commit((ANN,), gain(ANN, 5))
    await store.close()
    await store.close()
    again = await open_store(f"json:///{tmp_path}/a folder?", clock=Clock())
    assert await again.commit((ANN,), gain(ANN)) == 6
    await again.close()


async def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second Laurel is refused, and changes nothing; after the first has gone it is let in."""
    first = await JsonBackend.open(tmp_path / "laurel")
    before = names_in(tmp_path / "laurel", "*")
    with pytest.raises(StoreError, match="another Laurel is running on this store"):
        await JsonBackend.open(tmp_path / "laurel")
    assert names_in(tmp_path / "laurel", "*") == before
    await first.write(GROUPS[0])
    await first.close()
    await (await JsonBackend.open(tmp_path / "laurel")).close()


async def test_a_start_that_failed_holds_no_lock(tmp_path: Path) -> None:
    """When the cause is mended the next start works, in the same process too."""
    backend = await JsonBackend.open(tmp_path)
    await backend.close()
    manifest = tmp_path / "manifest.json"
    kept = manifest.read_bytes()
    manifest.write_bytes(b"{}")
    with pytest.raises(StoreError):
        await JsonBackend.open(tmp_path)
    manifest.write_bytes(kept)
    await (await JsonBackend.open(tmp_path)).close()


async def test_places_where_no_folder_can_be(tmp_path: Path) -> None:
    """A folder in no folder, or one that is a file, is told as what it is."""
    with pytest.raises(StoreError, match=r"the folder \S+nowhere does not exist") as caught:
        await JsonBackend.open(tmp_path / "nowhere" / "laurel")
    assert caught.value.path == str(tmp_path / "nowhere" / "laurel")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="a file stands where the folder is to be"):
        await JsonBackend.open(tmp_path / "file")


async def test_the_epoch(tmp_path: Path) -> None:
    """It is as given for a new store, another one each time otherwise, and stays for the store's life."""
    copied = await JsonBackend.open(tmp_path / "copied", epoch="of-another")
    assert copied.head.epoch == "of-another"
    await copied.close()
    again = await JsonBackend.open(tmp_path / "copied", epoch="ignored")
    assert again.head.epoch == again.current_head().epoch == "of-another"
    await again.close()
    other = await JsonBackend.open(tmp_path / "other")
    assert other.head.epoch not in {"", "of-another"}
    await other.close()


async def test_files_are_never_changed_only_replaced(tmp_path: Path) -> None:
    """Under a name that the manifest knows there is the same content as long as the file is there."""
    backend = await JsonBackend.open(tmp_path, compacting=EAGER)
    seen: dict[str, bytes] = {}
    for one in (*GROUPS, *map(group, range(7, 12))):
        await backend.write(one)
        await written_anew()
        for name in read_manifest(RealFiles(tmp_path), "").names():
            data = (tmp_path / name).read_bytes()
            assert seen.setdefault(name, data) == data
    await backend.close()
    assert len(seen) > 20
    assert len(names_in(tmp_path, "*")) == 7  # manifest, lock, journal, two guilds, the others, one segment


async def test_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full ones stay as they are; what is small is put together; only those that lost lines are replaced."""
    monkeypatch.setattr(compaction, "SEGMENT_LINES", 4)

    async def live(*groups: object) -> list[tuple[int, int, int]]:
        backend = await JsonBackend.open(tmp_path, compacting=LAZY)
        for one in groups:
            await backend.write(one)  # type: ignore[arg-type]  # they are groups
        await backend.close()
        manifest = read_manifest(RealFiles(tmp_path), "")
        names = {entry.file for entry in manifest.segments}
        assert names == set(names_in(tmp_path, "ledger-*"))
        return [(entry.first_seq, entry.last_seq, entry.lines) for entry in manifest.segments]

    assert await live(group(0)) == [(1, 3, 3)]
    assert await live(*map(group, (1, 2))) == [(1, 3, 3), (4, 7, 4), (8, 9, 2)]
    before = names_in(tmp_path, "ledger-*")
    assert await live(group(3)) == [(1, 3, 3), (4, 7, 4), (8, 9, 2), (10, 12, 3)]
    assert set(before) < set(names_in(tmp_path, "ledger-*"))
    assert await live() == [(1, 3, 3), (4, 7, 4), (8, 9, 2), (10, 12, 3)]
    # Of 4, 5, 6 only 6 is left: its segment has two lines, as many as the next.
    assert await live(fold(4)) == [(1, 3, 3), (6, 9, 4), (10, 12, 3)]
    assert await live(fold(1), group(4)) == [(3, 3, 1), (6, 9, 4), (10, 12, 3), (13, 15, 3)]
    backend = await JsonBackend.open(tmp_path)
    assert [row[SEQ] for row in backend.state.ledger] == [3, *range(6, 16)]
    assert backend.head.seq == 15
    await backend.close()


async def test_a_segment_of_which_nothing_is_left(tmp_path: Path) -> None:
    """It goes, and the numbers of lines go on behind it all the same."""
    backend = await JsonBackend.open(tmp_path)
    await backend.write(group(0))
    await backend.close()
    backend = await JsonBackend.open(tmp_path)
    nothing = fold(1)
    nothing.folded, nothing.forgotten = [], [1, 2, 3]
    await backend.write(nothing)
    await backend.close()
    assert names_in(tmp_path, "ledger-*") == []
    backend = await JsonBackend.open(tmp_path)
    assert (backend.head.seq, await backend.list_ledger(LedgerQuery())) == (3, [])
    await backend.close()


def journals(files: SimulatedFiles) -> list[str]:
    """Return the journals that are there."""
    return sorted(name for name in files.contents() if name.startswith("journal"))


async def test_when_files_are_written_anew() -> None:
    """Once the journal is long enough, and long enough beside the snapshots; not before."""
    files = SimulatedFiles()
    backend = await JsonBackend.open_files(files, "test", compacting=Compacting(journal_bytes=10_000))
    first = journals(files)
    number = 0
    while journals(files) == first:
        assert len(files.contents()[first[0]]) < 11_000
        await backend.write(group(number, lines=20))
        await written_anew()
        number += 1
    assert number > 2
    assert sum(entry.lines for entry in backend.manifest.segments) == 20 * number
    await backend.close()


async def test_large_snapshots_are_written_anew_less_often() -> None:
    """As long as the journals are shorter than half of the snapshots they stay as they are."""
    files = SimulatedFiles()
    backend = await JsonBackend.open_files(files, "test", compacting=LAZY)
    first = group(0)
    first.answers = [(f"test:{number}", 1, "1") for number in range(1000)]
    await backend.write(first)
    await backend.close()
    backend = await JsonBackend.open_files(files.after_kill(), "test", compacting=EAGER)
    half = backend.manifest.snapshot_bytes() // 2
    assert half > 10_000
    begun, number = backend.manifest, 1
    while backend.manifest == begun:
        await backend.write(group(number))
        await written_anew()
        number += 1
    assert number > 6


async def test_folded_lines_leave_the_disk() -> None:
    """With the first group that comes some time after a fold, however short the journal is."""
    files = SimulatedFiles()
    soon = Compacting(journal_bytes=10**9, folded_seconds=0.05)
    backend = await JsonBackend.open_files(files, "test", compacting=soon)
    for one in map(group, range(3)):
        await backend.write(one)
    await backend.close()
    backend = await JsonBackend.open_files(files, "test", compacting=soon)
    await backend.write(fold(1))
    assert [entry.lines for entry in backend.manifest.segments] == [9]
    await asyncio.sleep(0.06)  # the time that is to pass
    await backend.write(group(9, lines=1))
    await written_anew()
    assert [entry.lines for entry in backend.manifest.segments] == [8]
    await backend.close()


class SlowFiles(SimulatedFiles):
    """Files of which no guild's can be made before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.may = threading.Event()

    def create(self, name: str) -> int:
        """Wait with a guild's file."""
        if name.startswith("guild"):
            self.asked.set()
            assert self.may.wait(10)
        return super().create(name)


async def test_commits_go_on_while_files_are_written_anew() -> None:
    """They go into the next journal, and are not among what is being written."""
    files = SlowFiles()
    backend = await JsonBackend.open_files(files, "test", compacting=EAGER)
    await backend.write(GROUPS[0])
    assert await asyncio.to_thread(files.asked.wait, 10)
    for one in GROUPS[1:]:
        await backend.write(one)
    assert len(journals(files)) == 2
    assert copy_of(backend.state) == STATES[-1]
    for left in (files.after_power_cut(), files.after_kill()):
        assert (await look(left))[1] == STATES[-1]
    files.may.set()
    await written_anew()
    assert [entry.last_seq for entry in backend.manifest.segments] == [3]
    assert (await look(files.after_power_cut()))[1] == STATES[-1]
    await backend.close()
    assert (await look(files.after_power_cut()))[1] == STATES[-1]


async def test_closing_waits_for_files_that_are_being_written_anew() -> None:
    """Then what came meanwhile is written too."""
    files = SlowFiles()
    backend = await JsonBackend.open_files(files, "test", compacting=EAGER)
    await backend.write(GROUPS[0])
    await backend.write(GROUPS[1])
    closing = asyncio.create_task(backend.close())
    assert await asyncio.to_thread(files.asked.wait, 10)
    assert not closing.done()
    files.may.set()
    await closing
    assert len(journals(files)) == 1
    assert (await look(files.after_power_cut()))[1] == STATES[2]


async def test_after_a_failure_it_is_left_alone_for_a_while() -> None:
    """Files that could not be written anew are not tried again with the very next group."""
    files = SimulatedFiles()
    patient = Compacting(journal_bytes=1, folded_seconds=0.0, retry_seconds=3600.0)
    backend = await JsonBackend.open_files(files, "test", compacting=patient)
    files.fail_at = {files.steps + 2: 5}
    for one in GROUPS:
        await backend.write(one)
    assert files.failed == ["create journal-000002.jsonl"]
    assert journals(files) == ["journal-000001.jsonl"]
    await backend.close()
    assert (await look(files.after_power_cut()))[1] == STATES[-1]


@pytest.mark.parametrize("moved", ["the folder", "the journal"])
async def test_moved_away_and_back(tmp_path: Path, moved: str) -> None:
    """Nothing is acknowledged while the files are not where they were; it goes on when they are back."""
    folder = tmp_path / "laurel"
    backend = await JsonBackend.open(folder, compacting=LAZY)
    await backend.write(GROUPS[0])
    path = folder if moved == "the folder" else folder / names_in(folder, "journal-*")[0]
    path.rename(tmp_path / "elsewhere")
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="was moved or deleted; put it back"):
            await backend.write(GROUPS[1])
    assert copy_of(backend.state) == STATES[1]
    (tmp_path / "elsewhere").rename(path)
    await backend.recover()
    await backend.write(GROUPS[1])
    await backend.close()
    backend = await JsonBackend.open(folder)
    assert copy_of(backend.state) == STATES[2]
    await backend.close()


async def test_a_deleted_journal(tmp_path: Path) -> None:
    """What it had is still in memory, and is written when the store is closed."""
    backend = await JsonBackend.open(tmp_path, compacting=LAZY)
    await backend.write(GROUPS[0])
    (tmp_path / names_in(tmp_path, "journal-*")[0]).unlink()
    with pytest.raises(StoreUnavailableError):
        await backend.write(GROUPS[1])
    await backend.close()
    backend = await JsonBackend.open(tmp_path)
    assert copy_of(backend.state) == STATES[1]
    await backend.close()


async def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """A write that the system breaks off in the middle is cut off; with room again it is taken."""
    backend = await JsonBackend.open(tmp_path, compacting=LAZY)
    await backend.write(GROUPS[0])
    journal = tmp_path / names_in(tmp_path, "journal-*")[0]
    whole = journal.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 100, limits[1]))
    try:
        with pytest.raises(StoreUnavailableError, match=r"larger than the system allows.*ulimit -f"):
            await backend.write(GROUPS[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert journal.read_bytes() == whole
    await backend.write(GROUPS[1])
    await backend.close()
    backend = await JsonBackend.open(tmp_path)
    assert copy_of(backend.state) == STATES[2]
    await backend.close()


async def test_a_full_disk_while_the_store_is_opened() -> None:
    """The start fails with the cause, and the next one has lost nothing."""
    files = SimulatedFiles()
    backend = await JsonBackend.open_files(files, "test", compacting=LAZY)
    await backend.write(GROUPS[0])
    left = files.after_kill()
    left.fail_at = {1: 28}
    with pytest.raises(StoreError, match="the disk is full"):
        await JsonBackend.open_files(left, "test")
    assert (await look(left))[1] == STATES[1]
