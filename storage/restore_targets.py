"""Where a backup can be restored to: what is there, and what takes its place, for each kind of store."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from leveling_core.errors import StoreError
from storage.codec import LEDGER_COLUMNS
from storage.database_file import LOGS, Contents, open_alone, read_database
from storage.durable import sync_file, sync_folder, take_rights
from storage.json_files import list_store_files, open_files_snapshot
from storage.json_files.manifest import is_stray
from storage.sqlite_errors import translated
from storage.swap import Move
from storage.transfer import copy_store
from storage.unfinished_restore import RestoreSite

__all__ = [
    "NEW_DATABASE",
    "NEW_FILES",
    "DatabaseTarget",
    "FilesTarget",
    "Found",
    "RestoreTarget",
    "Swap",
]

NEW_DATABASE, NEW_FILES = "laurel.db", "store"
"""What a restore makes in its working folder: the database, and a folder of JSON files if wanted."""

AT = LEDGER_COLUMNS.index("at")


class Found(NamedTuple):
    """What is where a backup is to be restored.

    Attributes:
        contents: What is in it; None where there is nothing, or it cannot be read.
        problem: Why it cannot be read, "" where it can.
    """

    contents: Contents | None
    problem: str

    @property
    def is_missed(self) -> bool:
        """Whether somebody may miss it."""
        return bool(self.problem) or (self.contents is not None and not self.contents.is_empty)


class Swap(NamedTuple):
    """What is to be moved: the old out of its place, and the new into it."""

    out: list[Move]
    into: list[Move]


class RestoreTarget(Protocol):
    """A store to which a backup is restored, while nobody else has it open. What blocks is run in threads."""

    async def look(self) -> Found:
        """Look what is there, as far as it can be read.

        Raises:
            StoreError: It is something else, which must not be replaced.
        """
        ...

    async def prepare(self, database: Path, rights_of: Path) -> None:
        """Make of the restored database what will be put in place; on disk when this returns.

        Args:
            database: The database, in the working folder.
            rights_of: Whose rights the files get where nothing is there whose they could have.
        """
        ...

    def plan(self, aside: str, found: Found) -> Swap:
        """Make the old ready to be moved, and return what is to be moved.

        Args:
            aside: What the old is called from now on.
            found: What is there.

        Raises:
            sqlite3.OperationalError: Another program has it open.
            OSError: The disk does not allow it.
        """
        ...

    def forget(self, aside: str) -> None:
        """Take back what was made for a plan that came to nothing.

        Args:
            aside: As it was given to :meth:`plan`.
        """
        ...


class DatabaseTarget:
    """An SQLite file.

    Args:
        site: Its files.
    """

    def __init__(self, site: RestoreSite) -> None:
        self._site = site
        self._new = site.working / NEW_DATABASE

    async def look(self) -> Found:
        """Look what is there, as far as it can be read."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> Found:
        main = self._site.main
        if not main.exists() or not main.stat().st_size:
            return Found(None, "")
        try:
            with translated(main):
                return Found(read_database(main), "")
        except StoreError as error:
            return Found(None, error.cause)

    async def prepare(self, database: Path, rights_of: Path) -> None:
        """Give the database the rights of the old one."""
        self._new = database
        await asyncio.to_thread(self._prepare, rights_of)

    def _prepare(self, rights_of: Path) -> None:
        main = self._site.main
        take_rights(self._new, main if main.exists() else rights_of)
        sync_file(self._new)
        sync_folder(self._new.parent)

    def plan(self, aside: str, found: Found) -> Swap:
        """Have all of the old database in its one file; one too damaged for that keeps its log."""
        main = self._site.main
        if found.contents is not None:
            _settle(main)
        there = [suffix for suffix in ("", *LOGS) if main.with_name(main.name + suffix).exists()]
        return Swap(
            [Move(f"{main.name}{suffix}", f"{aside}{suffix}") for suffix in there],
            [Move(f"{self._site.working.name}/{self._new.name}", main.name)],
        )

    def forget(self, aside: str) -> None:
        """Do nothing: nothing was made."""


def _settle(database: Path) -> None:
    """Have all of a database in its one file, as it would be after an orderly end.

    Only of one that can be read: in another SQLite would write the log over what can perhaps be saved.
    """
    with open_alone(database) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()


class FilesTarget:
    """A folder of JSON files. The folder itself stays, as it may be a volume; what is in it is replaced.

    Args:
        site: Its files.
    """

    def __init__(self, site: RestoreSite) -> None:
        self._site = site
        self._new = site.working / NEW_FILES

    async def look(self) -> Found:
        """Look what is there, as far as it can be read."""
        folder = self._site.folder
        if not await asyncio.to_thread(self._is_store):
            return Found(None, "")
        try:
            snapshot = await open_files_snapshot(folder)
        except StoreError as error:
            where = error.path.removeprefix(str(folder)).lstrip("/")
            return Found(None, f"{where}: {error.cause}" if where else error.cause)
        counts, last_at = await snapshot.count_rows(), 0
        async for rows in snapshot.ledger():
            last_at = rows[-1][AT]
        await snapshot.close()
        head = snapshot.head
        numbers = (counts.members, counts.documents, counts.ledger, counts.answers)
        return Found(Contents(0, head.epoch, head.seq, last_at, *numbers), "")

    def _is_store(self) -> bool:
        """Tell whether there is anything of a store, which may be damaged.

        Raises:
            StoreError: There is something else instead.
        """
        folder = self._site.folder
        if list_store_files(folder):
            return True
        names = sorted(path.name for path in folder.iterdir() if path != self._site.working)
        if others := [name for name in names if is_stray(name) and not self._is_of_laurel(name)]:
            raise StoreError(
                path=str(folder),
                cause=f"the folder holds other files ({', '.join(others[:3])}) and no store",
                cure="Name an empty folder, or one that is not there yet",
            )
        return False

    def _is_of_laurel(self, name: str) -> bool:
        return name.startswith((self._site.aside, self._site.plan.name)) or name == "backups"

    async def prepare(self, database: Path, rights_of: Path) -> None:
        """Copy the database into files in the working folder."""
        await copy_store(f"sqlite:///{database}", f"json:///{self._new}", clock=lambda: 0)
        await asyncio.to_thread(self._prepare, rights_of)

    def _prepare(self, rights_of: Path) -> None:
        main = self._site.main
        for file in list_store_files(self._new):
            take_rights(file, main if main.exists() else rights_of)
        for folder in (self._new, self._new.parent):
            sync_folder(folder)

    def plan(self, aside: str, found: Found) -> Swap:  # noqa: ARG002 -- files stand for themselves, damaged or not
        """Make the folder for the old files."""
        site = self._site
        old = [path.name for path in reversed(list_store_files(site.folder))]
        if old:
            kept = site.folder / aside
            kept.mkdir(mode=site.folder.stat().st_mode & 0o777)
            sync_folder(site.folder)
        new = [path.name for path in list_store_files(self._new)]
        return Swap(
            [Move(name, f"{aside}/{name}") for name in old],
            [Move(f"{site.working.name}/{self._new.name}/{name}", name) for name in new],
        )

    def forget(self, aside: str) -> None:
        """Take the folder for the old files away, if nothing was left in it."""
        with suppress(OSError):  # what could not be moved back is in it
            (self._site.folder / aside).rmdir()
