"""``store restore``: a backup in the place of what is there, which is kept aside."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.display import Display
from console.session import DONE, FAILED, WRONG_USAGE, FilePlace, Refused, Session, run_async, say, tell
from console.wording import describe, instant, shorten, size
from data import Texts
from leveling_core.errors import StoreError
from storage.backup_files import list_backups
from storage.backups import list_own_backups
from storage.json_files.manifest import MANIFEST
from storage.restore import Restored, restore
from storage.snapshots import open_snapshot

__all__ = ["add_arguments", "run"]

LISTED_BACKUPS = 5


def add_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare what may follow ``store restore``."""
    parser.add_argument("file", metavar="FILE", nargs="?", help=texts("store-restore-help-file"))
    parser.add_argument("--yes", action="store_true", help=texts("store-restore-help-yes"))


def run(session: Session, arguments: argparse.Namespace) -> int:
    """Restore a backup, or say what it would replace."""
    texts = session.texts
    place = session.own_place()
    folder = session.backup_dir(place)
    if arguments.file is None:
        say("\n".join(_list_backups(place, folder, texts)))
        return DONE
    file = _read_file(arguments.file, place, folder, texts)
    before = run_async(_find_epoch(place.url))
    try:
        restored = run_async(_restore(session, place, file, replace=arguments.yes))
    except KeyboardInterrupt:
        is_done = run_async(_find_epoch(place.url)) not in {before, None}
        tell(texts("store-restore-stopped-late" if is_done else "store-restore-stopped"))
        return FAILED
    _say_what_is_there(restored, place, texts)
    if not restored.done:
        tell(texts("store-restore-refused"))
        return FAILED
    say(
        texts(
            "store-restored",
            place=shorten(place.path),
            file=shorten(file),
            holds=describe(restored.contents, texts),
        )
    )
    if restored.aside is not None:
        say(texts("store-restore-aside", path=shorten(restored.aside)))
    say(texts("store-restore-next"))
    return DONE


async def _restore(session: Session, place: FilePlace, file: Path, *, replace: bool) -> Restored:
    async with Display(session.texts) as display:
        display.begin("restore")
        return await restore(file, place.url, at=session.clock(), replace=replace)


async def _find_epoch(url: str) -> str | None:
    """Return the epoch of what is there, which every restore changes; None where nothing can be read."""
    try:
        snapshot = await open_snapshot(url)
    except StoreError:
        return None
    await snapshot.close()
    return snapshot.head.epoch


def _say_what_is_there(restored: Restored, place: FilePlace, texts: Texts) -> None:
    """Say what was there, or is, and what the backup has instead."""
    found, contents, path = restored.found, restored.contents, shorten(place.path)
    if found.problem:
        say(
            texts(
                "store-restore-was-unreadable" if restored.done else "store-restore-unreadable",
                place=path,
                problem=found.problem,
            )
        )
    elif found.contents is not None and not found.contents.is_empty:
        holds = describe(found.contents, texts)
        say(texts("store-restore-held" if restored.done else "store-restore-holds", place=path, holds=holds))
    if restored.done:
        return
    say(texts("store-restore-offers", holds=describe(contents, texts)))
    if found.contents and found.contents.epoch == contents.epoch and found.contents.seq > contents.seq:
        say(texts("store-restore-lacks", count=found.contents.seq - contents.seq))


def _read_file(name: str, place: FilePlace, folder: Path, texts: Texts) -> Path:
    """Return the backup's file.

    Raises:
        Refused: It is not there, or is none; tells which there are.
    """
    file = Path(name)
    if not file.exists():
        problem = texts("store-restore-no-file", file=name)
    elif (file / MANIFEST).exists():
        raise Refused(texts("store-restore-files", file=name))
    elif file.is_dir():
        problem = texts("store-restore-folder", file=name)
    elif place.site.main.exists() and file.samefile(place.site.main):
        raise Refused(texts("store-restore-itself", file=name), WRONG_USAGE)
    else:
        return file
    raise Refused("\n".join([problem, *_list_backups(place, folder, texts)]))


def _list_backups(place: FilePlace, folder: Path, texts: Texts) -> list[str]:
    """Return in lines which backups there are."""
    backups = list_own_backups(place.store, folder)
    others = [backup for backup in list_backups(folder) if backup not in backups]
    lines = [
        texts(
            "store-restore-backup",
            path=shorten(backup.path),
            time=instant(backup.at),
            size=size(backup.size_bytes, texts),
        )
        for backup in backups[:LISTED_BACKUPS]
    ]
    heading = texts(
        "store-restore-backups" if backups else "store-restore-none",
        count=len(backups),
        folder=shorten(folder),
    )
    if others:
        newest = shorten(others[0].path)
        lines.append(texts("store-restore-others", count=len(others), path=newest))
    return [heading, *lines]
