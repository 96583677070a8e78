"""``store backup``: all of a store as of now, in one compressed file that was read back."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from console.display import Display
from console.session import DONE, FAILED, WRONG_USAGE, FilePlace, Refused, Session, run_async, say, tell
from console.wording import instant, shorten, size
from data import Texts
from storage.backup_files import BackupFile
from storage.backups import make_backup

__all__ = ["add_arguments", "run"]

SUFFIX = ".gz"


def add_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare what may follow ``store backup``."""
    parser.add_argument("target", metavar="TARGET", nargs="?", help=texts("store-backup-help-target"))


def run(session: Session, arguments: argparse.Namespace) -> int:
    """Make a backup, and say where it is."""
    place, texts = session.require_store(session.own_place()), session.texts
    target = _read_target(arguments.target, texts) or session.backup_dir(place)
    before = _list_files(target)
    try:
        backup = run_async(_backup(session, place, target))
    except KeyboardInterrupt:
        made = _list_files(target) - before  # the last step may have been under way
        if made:
            tell(texts("store-backup-stopped-late", path=shorten(made.pop())))
        else:
            tell(texts("store-backup-stopped"))
        return FAILED
    say(
        texts(
            "store-backed-up",
            place=shorten(place.path),
            time=instant(backup.at),
            path=shorten(backup.path),
            size=size(backup.size_bytes, texts),
        )
    )
    return DONE


def _read_target(target: str | None, texts: Texts) -> Path | None:
    """Return where the backup goes; a name that looks like a file's is not taken for a new folder's.

    Raises:
        Refused: It does.
    """
    if target is None:
        return None
    path = Path(target)
    is_folder = target.endswith((os.sep, "/")) or path.is_dir()
    if path.suffix not in {"", SUFFIX} and not is_folder:
        raise Refused(texts("store-backup-name", target=target), WRONG_USAGE)
    return path


def _list_files(target: Path) -> set[Path]:
    """Return the files that are, or are like, the backup."""
    folder = target.parent if target.suffix == SUFFIX else target
    return set(folder.glob(f"*{SUFFIX}"))


async def _backup(session: Session, place: FilePlace, target: Path) -> BackupFile:
    async with Display(session.texts) as display:
        display.begin("backup")
        return await make_backup(place.url, target, at=session.clock())
