"""Files that something damaged: the start stops and says where, and not a byte is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest

from leveling_core.errors import StoreError, UnreadableError
from storage import open_store
from storage.json_files import JsonBackend, open_files_snapshot
from storage.json_files.files import RealFiles
from storage.json_files.lines import frame
from storage.json_files.manifest import MANIFEST, encode_manifest, read_manifest
from tests.contract.support import Clock
from tests.storage.json_files.work import GROUPS, LAZY, copy_of, states_after

STATES = states_after(GROUPS)
CURE = r"Nothing was changed\. If somebody edited .*restore a backup with: python bot\.py store restore FILE"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A store whose last process was killed: files of every kind, and groups in the journal."""
    folder = tmp_path / "laurel"
    backend = await JsonBackend.open(tmp_path / "first", compacting=LAZY)
    for one in GROUPS[:5]:
        await backend.write(one)
    await backend.close()
    backend = await JsonBackend.open(tmp_path / "first", compacting=LAZY)
    for one in GROUPS[5:]:
        await backend.write(one)
    folder.mkdir()
    for path in (tmp_path / "first").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    await backend.close()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def find(folder: Path, pattern: str) -> Path:
    """Return the one file that a pattern fits, or the first of several."""
    return min(folder.glob(pattern))


async def refused(folder: Path, match: str) -> UnreadableError:
    """Hold that a store is not opened, not even read, and stays as it is; return why."""
    before = contents(folder)
    with pytest.raises(UnreadableError, match=match) as caught:
        await JsonBackend.open(folder)
    assert contents(folder) == before
    with pytest.raises(UnreadableError, match=match):
        await open_files_snapshot(folder)
    assert contents(folder) == before
    assert re.search(CURE, str(caught.value))
    assert str(folder) in str(caught.value)
    return caught.value


async def test_undamaged(folder: Path) -> None:
    """What the tests below damage can be opened as it is."""
    backend = await JsonBackend.open(folder)
    assert copy_of(backend.state) == STATES[-1]
    await backend.close()


KINDS = ["manifest.json", "guild-1-*.json", "guild-2-*.json", "others-*.json", "ledger-*", "journal-*"]


@pytest.mark.parametrize("kind", KINDS[1:])
async def test_a_missing_file(folder: Path, kind: str) -> None:
    """It is named; nothing is made in its place."""
    path = find(folder, kind)
    path.unlink()
    await refused(folder, f"{path.name}: it is missing")


async def test_a_missing_manifest(folder: Path) -> None:
    """The other files are not taken for an empty store."""
    find(folder, "manifest.json").unlink()
    before = contents(folder)
    (folder / "backups").mkdir()
    for open_it in (JsonBackend.open, open_files_snapshot):
        with pytest.raises(UnreadableError, match="it is missing, while other files of the store are there"):
            await open_it(folder)
    (folder / "backups").rmdir()
    assert contents(folder) == before


async def test_a_journal_without_its_first_line(folder: Path) -> None:
    """One that was cut in its first line is told as such; an empty one lacks its beginning."""
    journal = find(folder, "journal-*")
    journal.write_bytes(journal.read_bytes()[:30])
    await refused(folder, "line 1: it is cut off")
    journal.write_bytes(b"")
    await refused(folder, "line 1: its beginning is missing")


def flipped(data: bytes, place: int) -> bytes:
    """Return some bytes of which one bit is another."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "first": lambda data: flipped(data, 0),
    "middle": lambda data: flipped(data, len(data) // 2),
    "last": lambda data: flipped(data, len(data) - 1),
    "empty": lambda _: b"",
    "longer": lambda data: data + b"x",
    "shorter": lambda data: data[: len(data) // 2],
    "zeros": lambda data: bytes(len(data)),
    "another": lambda _: b'{"documents":[],"answers":[]}',
}


@pytest.mark.parametrize(
    ("kind", "how"),
    # A journal that ends early is the subject of the tests of torn lines.
    [(kind, how) for kind in KINDS for how in CHANGES if (kind, how) != ("journal-*", "shorter")],
)
async def test_a_changed_file(folder: Path, kind: str, how: str) -> None:
    """A bit, a byte too many, half of it gone, all of it, another file in its place: it is noticed."""
    path = find(folder, kind)
    path.write_bytes(CHANGES[how](path.read_bytes()))
    await refused(folder, path.name)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_bit_counts(folder: Path, kind: str) -> None:
    """Wherever a file is changed, the start stops."""
    path = find(folder, kind)
    whole = path.read_bytes()
    for place in range(0, len(whole), 1 + len(whole) // 30):
        path.write_bytes(flipped(whole, place))
        with pytest.raises(StoreError):
            await JsonBackend.open(folder)


async def test_the_line_is_named(folder: Path) -> None:
    """Where a row cannot even be read, the error says in which line of which file."""
    for kind, line in (("guild-1-*", 4), ("others-*", 6), ("ledger-*", 2), ("journal-*", 3)):
        path = find(folder, kind)
        whole = path.read_bytes()
        lines = whole.split(b"\n")
        lines[line - 1] = lines[line - 1].replace(b":", b"", 1)
        path.write_bytes(b"\n".join(lines))
        error = await refused(folder, rf"{path.name}, line {line}: ")
        assert error.path == f"{path}, line {line}"
        path.write_bytes(whole)


@pytest.mark.parametrize("missing", [2, 30, 300])
async def test_a_torn_line(folder: Path, missing: int, caplog: pytest.LogCaptureFixture) -> None:
    """The last group is left out where its line was not written to its end; it is kept, and that is said."""
    path = find(folder, "journal-*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-missing])
    (folder / f"{path.name}.torn-1").write_bytes(b"of another time")
    snapshot = await open_files_snapshot(folder)
    assert (await snapshot.count_rows()).ledger == len(STATES[-2].ledger)
    assert not caplog.records
    backend = await JsonBackend.open(folder)
    assert copy_of(backend.state) == STATES[-2]
    last = whole.splitlines(keepends=True)[-1]
    assert (folder / f"{path.name}.torn-2").read_bytes() == last[:-missing]
    assert f"{path.name} ends in the middle of a line" in caplog.text
    assert f"{path.name}.torn-2" in caplog.text
    await backend.write(GROUPS[-1])
    await backend.close()
    assert (folder / f"{path.name}.torn-1").read_bytes() == b"of another time"
    await JsonBackend.open(folder)


async def test_only_the_newest_line_can_be_torn(folder: Path) -> None:
    """A journal after which another goes on had been written to its end."""
    first, second = find(folder, "journal-*"), folder / "journal-000099.jsonl"
    whole = first.read_bytes()
    groups = whole.count(b"\n") - 1
    begin = json.loads(whole.splitlines()[0].split(b" ", 2)[2])
    begin |= {"number": 99, "first_group": begin["first_group"] + groups}
    begun = frame(json.dumps(begin).encode())
    more = frame(json.dumps({"line": "group", "number": begin["first_group"]}).encode())
    end = frame(b'{"line":"end","next":99}')
    second.write_bytes(begun + more)
    await refused(folder, f"{first.name}: it ends before journal-000099.jsonl goes on: lines are missing")
    first.write_bytes(whole + end[:-2])
    await refused(folder, f"{first.name}: it ends before journal-000099.jsonl goes on: lines are missing")
    first.write_bytes(whole + end + b"12")
    await refused(folder, f"{first.name}, line {groups + 3}: it is no line that can stand here")
    first.write_bytes(whole + end)
    second.unlink()
    await refused(folder, "journal-000099.jsonl: it is missing")
    second.write_bytes(begun + more)
    backend = await JsonBackend.open(folder)
    assert copy_of(backend.state) == STATES[-1]
    await backend.close()


def edited(data: bytes, place: int, **changes: object) -> bytes:
    """Return a journal with another value in a line, which is whole all the same."""
    lines = data.splitlines(keepends=True)
    value = json.loads(lines[place - 1].split(b" ", 2)[2]) | changes
    lines[place - 1] = frame(json.dumps(value).encode())
    return b"".join(lines)


def without(data: bytes, place: int) -> bytes:
    """Return a journal without a line."""
    lines = data.splitlines(keepends=True)
    return b"".join(lines[: place - 1] + lines[place:])


def twice(data: bytes, place: int) -> bytes:
    """Return a journal with a line twice."""
    lines = data.splitlines(keepends=True)
    return b"".join(lines[:place] + lines[place - 1 :])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: without(data, 1), "line 1: it is no line that can stand here"),
        (lambda data: without(data, 3), "line 3: it is group 8 where group 7 comes next"),
        (lambda data: twice(data, 3), "line 4: it is group 7 where group 8 comes next"),
        (lambda data: twice(data, 1), "line 2: it is no line that can stand here"),
        (lambda data: edited(data, 1, number=5), r"line 1: it is the journal of another number \(5\)"),
        (lambda data: edited(data, 1, first_group=5), "line 1: it begins with group 5 where group 6 comes"),
        (lambda data: edited(data, 2, line="poem"), "line 2: it cannot be read"),
        (lambda data: edited(data, 2, answers=[[1]]), "line 2: what it tells does not fit"),
        (lambda data: edited(data, 3, ledger=GROUPS[0].ledger), "line 3: .*line 1 does not come behind"),
        (lambda data: edited(data, 3, folded=GROUPS[0].ledger[:1]), "line 3: .*has no line 1"),
        (
            lambda data: edited(data, 1, columns={"members": ["guild_id", "shoe_size"]}),
            r"line 1: it has fields that this Laurel does not know \(members: shoe_size\)",
        ),
    ],
)
async def test_lines_that_do_not_follow_each_other(
    folder: Path, change: Callable[[bytes], bytes], problem: str
) -> None:
    """Each line is whole, but one is missing, comes twice, or tells what cannot be."""
    path = find(folder, "journal-*")
    path.write_bytes(change(path.read_bytes()))
    await refused(folder, f"{path.name}, {problem}")


async def test_files_of_a_newer_laurel(folder: Path) -> None:
    """They are left alone, and it is said what helps."""
    path = find(folder, "manifest.json")
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 2'))
    before = contents(folder)
    with pytest.raises(StoreError, match=r"format 2, and this Laurel knows formats up to 1. Update Laurel"):
        await JsonBackend.open(folder)
    with pytest.raises(StoreError, match="format 2"):
        await open_files_snapshot(folder)
    assert contents(folder) == before


def put_in(folder: Path, kind: str, old: bytes, new: bytes) -> str:
    """Change a file, and have the manifest agree; return its name."""
    path, manifest = find(folder, kind), folder / MANIFEST
    store = read_manifest(RealFiles(folder), "")
    data = path.read_bytes().replace(old, new, 1)
    path.write_bytes(data)

    def entry(one: Any) -> Any:
        crc = f"{crc32(data):08x}"
        return msgspec.structs.replace(one, bytes=len(data), crc32=crc) if one.file == path.name else one

    changed = {
        "guilds": tuple(map(entry, store.guilds)),
        "others": entry(store.others),
        "segments": tuple(map(entry, store.segments)),
    }
    manifest.write_bytes(encode_manifest(msgspec.structs.replace(store, **changed)))
    return path.name


@pytest.mark.parametrize(
    ("kind", "old", "new", "problem"),
    [
        ("guild-1-*", b'"guild_id":1', b'"guild_id":9', "it is of guild 9, not of 1"),
        ("guild-1-*", b'"xp":', b'"shoe_size":', "cannot read it .*shoe_size.*: update Laurel"),
        ("others-*", b'"answers":', b'"poems":', "cannot read it .*: update Laurel"),
        ("ledger-*", b'"xp":', b'"shoe_size":', "cannot read it .*shoe_size.*: update Laurel"),
        (
            "ledger-*",
            b'{"seq":1,',
            b'{"seq":0,',
            r"it has \(15, 0, 15\) .* where the manifest has \(15, 1, 15\)",
        ),
    ],
)
async def test_files_that_tell_what_they_should_not(
    folder: Path, kind: str, old: bytes, new: bytes, problem: str
) -> None:
    """As it was written, and yet nothing that this version can have written."""
    name = put_in(folder, kind, old, new)
    await refused(folder, f"{name}: .*{problem}")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format":"x"}', b'{"format":1}'])
async def test_a_manifest_that_is_none(folder: Path, content: bytes) -> None:
    """It is damage, whatever stands in it."""
    (folder / MANIFEST).write_bytes(content)
    await refused(folder, f"{MANIFEST}(, line 1)?: it cannot be read")


@pytest.mark.parametrize("name", ["holiday.jpg", ".bashrc", "guild-1.json", "journal-000001.jsonl.torn-x"])
async def test_a_folder_of_somebody_else(tmp_path: Path, name: str) -> None:
    """Nothing is put into it, not even a lock."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(StoreError, match=rf"holds other files \({re.escape(name)}\).*empty folder"):
        await open_store(f"json:///{tmp_path}", clock=Clock())
    assert list(contents(tmp_path)) == [name]


async def test_a_store_that_was_never_begun(tmp_path: Path) -> None:
    """What a first start left when it was killed, and what a file system puts there, is no obstacle."""
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "manifest.json.new").write_bytes(b'{"for')
    (tmp_path / "journal-000003.jsonl").write_bytes(b"68")
    backend = await JsonBackend.open(tmp_path)
    await backend.write(GROUPS[0])
    await backend.close()
    assert not (tmp_path / "journal-000003.jsonl").exists()
    backend = await JsonBackend.open(tmp_path)
    assert copy_of(backend.state) == STATES[1]
    await backend.close()


async def test_other_files_beside_a_store(folder: Path) -> None:
    """What somebody puts beside a store's files is left alone."""
    (folder / "notes.txt").write_text("mine")
    backend = await JsonBackend.open(folder)
    await backend.close()
    assert (folder / "notes.txt").read_text() == "mine"


async def test_damage_is_found_by_looking(folder: Path) -> None:
    """A snapshot that is open tells all files that were damaged since, not only the first."""
    snapshot = await open_files_snapshot(folder)
    backend = await JsonBackend.open(folder)
    inside = await backend.open_snapshot()
    assert await snapshot.find_damage() == await inside.find_damage() == []
    names = []
    for kind in ("guild-1-*", "others-*", "ledger-*", "journal-*"):
        path = find(folder, kind)
        names.append(path.name)
        path.write_bytes(flipped(path.read_bytes(), 3))
    for one in (snapshot, inside):
        found = await one.find_damage()
        assert sorted(text.partition(":")[0].partition(",")[0] for text in found) == sorted(names)
    (folder / MANIFEST).write_bytes(b"{}")
    assert len(await snapshot.find_damage()) == 1
    (folder / MANIFEST).unlink()
    assert len(await inside.find_damage()) == 1
