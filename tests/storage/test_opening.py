"""Where a store's URL leads."""

from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path

import pytest

from leveling_core.errors import ContentError, StoreError
from storage import open_store
from storage.backup_files import backup_name
from storage.locking import lock_beside, lock_inside, locked
from storage.opening import StorePlace, read_store_url
from tests.contract.support import NOON, Clock


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///laurel.db", StorePlace("sqlite", Path("laurel.db"))),
        ("sqlite:////srv/laurel.db", StorePlace("sqlite", Path("/srv/laurel.db"))),
        ("json:///data", StorePlace("json", Path("data"))),
        ("json:///data/", StorePlace("json", Path("data"))),
        ("json:////srv/a folder?", StorePlace("json", Path("/srv/a folder?"))),
        ("memory:", StorePlace("memory", Path())),
    ],
)
def test_urls(url: str, place: StorePlace) -> None:
    """Three slashes are relative, four begin at the root."""
    assert read_store_url(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "",
        "laurel.db",
        "sqlite:laurel.db",
        "sqlite://laurel.db",
        "sqlite:///",
        "sqlite:////",
        "json:data",
        "json://data",
        "json:///",
        "json:////",
        "postgres://x/y",
        "memory:x",
    ],
)
def test_other_urls_are_explained(url: str) -> None:
    """What is no place for a store is answered with the forms that are."""
    with pytest.raises(ContentError, match=r"LAUREL_STORE.*sqlite:///laurel.db.*json:///"):
        read_store_url(url)


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    """A lock file is held by one, and free again after that one."""
    database = tmp_path / "laurel.db"
    for lock_file in (lock_beside(database), lock_inside(tmp_path)):
        with (
            locked(lock_file, path=database),
            pytest.raises(StoreError, match=r"laurel.db: another Laurel is running"),
            locked(lock_file, path=database),
        ):
            pass
        with locked(lock_file, path=database):
            assert lock_file.exists()


def test_a_lock_in_no_folder(tmp_path: Path) -> None:
    """Without the folder there is nothing to lock."""
    path = tmp_path / "nowhere" / "laurel.db"
    with pytest.raises(StoreError, match="nowhere does not exist"), locked(lock_beside(path), path=path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there not everybody may make links")
@pytest.mark.parametrize("url", ["sqlite:///{}/laurel.db", "json:///{}"])
async def test_a_link_is_no_way_around_the_lock(tmp_path: Path, url: str) -> None:
    """Whoever opens a store by a link keeps out who names its file or folder, and the other way round."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "laurel.db").symlink_to("real/laurel.db")
    urls = [url.format(folder) for folder in (tmp_path / "real", tmp_path / "link", tmp_path)]
    ways = urls if url.startswith("sqlite") else urls[:2]
    for way, other in permutations(ways, 2):
        store = await open_store(way, clock=Clock())
        try:
            with pytest.raises(StoreError, match="another Laurel is running"):
                await open_store(other, clock=Clock())
        finally:
            await store.close()


@pytest.mark.parametrize(
    ("url", "backup_dir"),
    [("sqlite:///{}/laurel.db", None), ("sqlite:///{}/laurel.db", "saved"), ("json:///{}/laurel", "saved")],
)
async def test_an_empty_store_beside_backups_is_told(
    url: str, backup_dir: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who deleted the data, or named another place, learns that there is something to restore; once."""
    url, own = url.format(tmp_path), tmp_path / backup_dir if backup_dir else None
    folder = own or tmp_path / "backups"
    folder.mkdir()
    (folder / backup_name("laurel", NOON)).touch()
    await (await open_store(url, clock=Clock(), backup_dir=own)).close()
    assert "there are backups of it" in caplog.text
    assert str(folder) in caplog.text
    caplog.clear()
    await (await open_store(url, clock=Clock(), backup_dir=own)).close()
    assert "backups" not in caplog.text
