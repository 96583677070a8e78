"""Stores that save to one folder: each has its own backups in it, and touches no other's."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from leveling_core.ids import MemberKey
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from storage import open_store
from storage.backup_files import backup_name, list_backups, store_name
from storage.backups import Backups, list_own_backups, make_backup
from storage.opening import read_store_url
from storage.pace import Pace
from tests.contract.support import GUILD, NOON, Clock, gain
from tests.storage.support import names_in

ANN = MemberKey(GUILD, 1)


async def begin(url: str) -> str:
    """Make a store; return its URL."""
    store = await open_store(url, clock=Clock())
    await store.commit((ANN,), gain(ANN, 7))
    await store.close()
    return url


@pytest.fixture
async def urls(tmp_path: Path) -> tuple[str, str]:
    """Give two databases that lie beside each other."""
    first = await begin(f"sqlite:///{tmp_path}/laurel.db")
    return first, await begin(f"sqlite:///{tmp_path}/second.db")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("laurel.db", "laurel"),
        ("data/second bot.db", "second bot"),
        ("laurel.sqlite", "laurel.sqlite"),
        ("laurel-data", "laurel-data"),
        ("laurel-data/../other/.", "other"),
        (".db", "laurel"),
        ("/", "laurel"),
    ],
)
def test_a_store_is_called_like_its_file(path: str, name: str) -> None:
    """The usual ending is left out, any other belongs to the name; there is always one."""
    assert store_name(Path(path)) == name


def test_a_link_is_called_like_what_it_leads_to(tmp_path: Path) -> None:
    """Whichever way a store is reached, its backups are the same."""
    (tmp_path / "laurel.db").touch()
    (tmp_path / "current.db").symlink_to(tmp_path / "laurel.db")
    assert store_name(tmp_path / "current.db") == "laurel"


async def test_a_backup_of_another_store_is_none_of_ones_own(tmp_path: Path, urls: tuple[str, str]) -> None:
    """That one store was just saved says nothing of the other, which is due all the same."""
    clock = Clock()
    first, second = (Backups(url, clock=clock) for url in urls)
    assert first.folder == second.folder
    made = await first.make()
    assert made.path.name == backup_name("laurel", NOON)
    assert not await first.look()
    assert await second.look()
    assert second.state.last_at == 0
    assert (await second.make()).path.name == backup_name("second", NOON)
    assert not await second.look()
    assert names_in(tmp_path / "backups", "*.gz") == [
        backup_name(name, NOON) for name in ("laurel", "second")
    ]


async def test_nobody_deletes_anothers(tmp_path: Path, urls: tuple[str, str]) -> None:
    """However many there are of one store, those of the other are kept by their own age alone."""
    clock = Clock(NOON - MS_PER_HOUR)
    first, second = (Backups(url, clock=clock) for url in urls)
    mine = (await second.make()).path
    folder = tmp_path / "backups"
    others = [backup_name("laurel", NOON - days * MS_PER_DAY) for days in range(1, 100)]
    for name in others:
        (folder / name).write_bytes(b"x")
    clock.now = NOON + 30 * MS_PER_DAY
    await second.make()
    assert set(others) <= set(names_in(folder, "*"))
    await first.make()
    assert len(set(others) & set(names_in(folder, "*"))) < 15
    assert mine.exists()


async def test_two_stores_are_saved_at_once(urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Bots that are started together save at the same time: neither is in the other's way."""
    begun, go_on = asyncio.Event(), threading.Event()
    loop, pause = asyncio.get_running_loop(), Pace.pause

    def hold(pace: Pace) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(10)
        pause(pace)

    with monkeypatch.context() as patched:
        patched.setattr(Pace, "pause", hold)
        first = asyncio.ensure_future(make_backup(urls[0], at=NOON))
        await begun.wait()
    second = await make_backup(urls[1], at=NOON)
    assert not first.done()
    go_on.set()
    assert (await first).size_bytes > 0
    assert second.size_bytes > 0


async def test_what_was_made_when_all_had_one_name(tmp_path: Path) -> None:
    """Inside a store of files they can be of no other store, and count; anywhere else they are left alone."""
    url = await begin(f"json:///{tmp_path}/laurel-data")
    former = backup_name("laurel", NOON - MS_PER_HOUR)
    for folder in (tmp_path / "laurel-data" / "backups", tmp_path / "usb"):
        folder.mkdir()
        (folder / former).write_bytes(b"x")
    place, clock = read_store_url(url), Clock()
    assert [one.path.name for one in list_own_backups(place, tmp_path / "laurel-data" / "backups")] == [
        former
    ]
    assert not await Backups(url, clock=clock).look()
    elsewhere = Backups(url, clock=clock, folder=tmp_path / "usb")
    assert await elsewhere.look()
    await elsewhere.make()
    assert [one.path.name for one in list_backups(tmp_path / "usb")] == [
        backup_name("laurel-data", NOON),
        former,
    ]
