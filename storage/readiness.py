"""Telling whether a bot could start on a store and save backups of it, without making either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from leveling_core.errors import StoreError
from storage.backup_files import translated_folder
from storage.json_files import list_store_files
from storage.opening import StorePlace
from storage.sqlite_errors import translated
from storage.unfinished_restore import RestoreSite, finish_restore
from storage.watched_file import refuse_lone_log

__all__ = ["check_backup_folder", "is_yet_to_be_made"]


def is_yet_to_be_made(place: StorePlace) -> bool:
    """Tell whether a store is not there yet, and the first start makes it.

    Raises:
        StoreError: It is not there and cannot be made.
    """
    path = place.path
    if place.kind == "memory":
        return False
    with translated(path):
        site = RestoreSite.of(place.kind, path)
        if site.plan.exists() or _is_begun(place, site):
            return False
        finish_restore(place.kind, path)  # refuses where one was broken off
        if place.kind == "sqlite":
            refuse_lone_log(path)
        folder = path.absolute() if path.is_dir() else path.absolute().parent
        if not folder.is_dir():
            cause, cure = f"the folder {folder} does not exist", "Make it, or choose another"
            raise StoreError(path=str(path), cause=cause, cure=cure)
        _try_to_write(folder)
    return True


def _is_begun(place: StorePlace, site: RestoreSite) -> bool:
    if place.kind == "sqlite":
        return site.main.exists() and (site.main.is_dir() or site.main.stat().st_size > 0)
    if site.path.exists() and not site.path.is_dir():
        return True
    # What else lies in a folder, whoever opens the store judges; a backup or a lock is no obstacle.
    return site.path.is_dir() and (site.main.exists() or bool(list_store_files(site.path)))


def check_backup_folder(folder: Path) -> None:
    """See that backups can be saved in a folder, or that it can be made: only the last part of its path is.

    Raises:
        StoreError: They cannot.
    """
    with translated_folder(folder):
        if os.path.lexists(folder):
            _try_to_write(folder)
        elif folder.absolute().parent.is_dir():
            _try_to_write(folder.absolute().parent)
        else:
            cause, cure = "there is no such folder", "Make it, or choose another"
            raise StoreError(path=str(folder.parent), cause=cause, cure=cure)


def _try_to_write(folder: Path) -> None:
    """Make something in a folder and take it away: rights alone do not tell all.

    Raises:
        OSError: Nothing can be made there.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix=".laurel-check-"):
        pass
