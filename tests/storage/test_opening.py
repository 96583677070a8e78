"""Where a store's URL leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from leveling_core.errors import ContentError, StoreError
from storage.locking import lock_beside, lock_inside, locked
from storage.opening import StorePlace, read_store_url


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
