"""What a restore puts beside the data while it works, and what is done where it was killed over it.

Before anything of the old data is moved there is a **plan** (:mod:`storage.swap`): who opens the store next
carries it out, so that what was restored is there. Without a plan the old data is as it was. Where there was
none, the unfinished new is no reason to begin an empty store: the start is refused.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal, NamedTuple

from leveling_core.errors import StoreError
from storage.copy_mark import unfinished_error
from storage.json_files.manifest import CLEARED, MANIFEST
from storage.locking import lock_beside, lock_inside, locked
from storage.sqlite_errors import translated
from storage.swap import end_swap

__all__ = ["RestoreSite", "finish_restore", "refuse_unfinished_restore"]

log = logging.getLogger(__name__)


class RestoreSite(NamedTuple):
    """The files of a store that can be restored, and those of a restore of it.

    Attributes:
        kind: What is kept there.
        path: The store's file or folder, as its URL names it.
        lock_file: What a writer of it holds.
        folder: What lies beside each other: the folder of the file, or the folder itself.
        main: The file without which there is no store.
        cleared: What that is called while the store is deleted (:mod:`storage.clearing`).
        plan: What is to be moved, once that is certain.
        working: The folder of what is being made.
        aside: What the names of the old data begin with.
    """

    kind: Literal["sqlite", "json"]
    path: Path
    lock_file: Path
    folder: Path
    main: Path
    cleared: Path
    plan: Path
    working: Path
    aside: str

    @classmethod
    def of(cls, kind: Literal["sqlite", "json"], path: Path) -> RestoreSite:
        """Return the site of a store."""
        if kind == "json":
            return cls(
                kind,
                path,
                lock_file=lock_inside(path),
                folder=path,
                main=path / MANIFEST,
                cleared=path / CLEARED,
                plan=path / "restore-plan.json",
                working=path / "restoring",
                aside="before-restore-",
            )
        real = path.resolve()  # SQLite keeps its log beside the file that a link leads to
        return cls(
            kind,
            path,
            lock_file=lock_beside(path),
            folder=real.parent,
            main=real,
            cleared=real.with_name(f"{real.name}.cleared"),
            plan=real.with_name(f"{real.name}.restore-plan.json"),
            working=real.with_name(f"{real.name}.restoring"),
            aside=f"{real.name}.before-restore-",
        )

    @property
    def is_half_cleared(self) -> bool:
        """Whether deleting the store was begun and not ended.

        Raises:
            OSError: It cannot be looked at.
        """
        return self.cleared.exists() and not self.main.exists()

    def is_same_as(self, other: RestoreSite) -> bool:
        """Tell whether another site is that of the same store, whatever links lead to it.

        Raises:
            OSError: They cannot be looked at.
        """
        if self.main.resolve() == other.main.resolve():
            return True
        return self.main.exists() and other.main.exists() and self.main.samefile(other.main)


def finish_restore(kind: Literal["sqlite", "json"], path: Path) -> None:
    """Before a store is opened for writing, finish a restore of it that was killed.

    Raises:
        StoreError: There is no store but one that was only half restored, or half deleted before a copy; or a
            restore cannot be finished, or is under way.
    """
    site = RestoreSite.of(kind, path)
    with translated(path):
        if site.plan.exists():
            with locked(site.lock_file, path=path):
                if site.plan.exists():  # not finished by its own process meanwhile
                    end_swap(site.plan)
            log.warning("%s: a restore was broken off; it is finished now", path)
        elif site.working.exists() and not site.main.exists():
            cure = f"Run `python bot.py store restore FILE` again, or delete {site.working} to begin anew"
            cause = "a restore was broken off before its end, and there is no other data"
            raise StoreError(path=str(path), cause=cause, cure=cure)
        _refuse_half_cleared(site)


def refuse_unfinished_restore(kind: Literal["sqlite", "json"], path: Path) -> None:
    """Before a store is opened for reading alone, see that no restore has moved half of its files.

    Raises:
        StoreError: One has, or is about to; or half of them were deleted before a copy.
    """
    site = RestoreSite.of(kind, path)
    with translated(path):
        if site.plan.exists():
            raise StoreError(
                path=str(path),
                cause="a restore of it is under way, or was broken off",
                cure="Wait a moment; if it says so again, start Laurel, which finishes it",
            )
        _refuse_half_cleared(site)


def _refuse_half_cleared(site: RestoreSite) -> None:
    if site.is_half_cleared:
        raise unfinished_error(str(site.path))
