"""All rows of a folder of JSON files as of one moment, also beside a bot that has it open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from leveling_core.errors import StoreError
from storage.json_files.content import StoredRows, begin_content, read_content
from storage.json_files.errors import DamagedFileError, when_opening
from storage.json_files.files import Files, RealFiles
from storage.json_files.journal import replay
from storage.json_files.manifest import MANIFEST, read_manifest
from storage.json_files.snapshots import check_file
from storage.memory_snapshot import MemorySnapshot

__all__ = ["FilesSnapshot", "open_files_snapshot", "read_files_snapshot"]

T = TypeVar("T")

TRIES = 20
"""How often reading is begun anew because files were written anew meanwhile."""

PAUSE_SECONDS = 0.05


class FilesSnapshot(MemorySnapshot):
    """All rows of one moment, in memory, and the files that they are kept in.

    Args:
        rows: As they are at that moment.
        files: Where they are kept.
    """

    def __init__(self, rows: StoredRows, files: Files) -> None:
        state = rows.state
        super().__init__(
            rows.description,
            rows.current_head(),
            members=state.members.values(),
            documents=state.documents.values(),
            ledger=state.ledger,
            answers=state.answers.values(),
        )
        self._files = files

    async def find_damage(self) -> list[str]:
        """Look at every file, as it is now: what is missing or not as it was written, in words."""
        with when_opening(self.description, is_read=True):
            return await asyncio.to_thread(_find_damage, self._files, self.description)


async def open_files_snapshot(folder: Path) -> FilesSnapshot:
    """Read a folder as it is at this moment, whoever has it open; nothing is written, no lock is taken.

    What a bot is just writing may be among it or not, each group as a whole.

    Raises:
        StoreError: There is no store, it is damaged, or it is of a newer Laurel.
    """
    files = RealFiles(folder)
    with when_opening(folder, is_read=True):
        return await asyncio.to_thread(read_files_snapshot, files, str(folder))


def read_files_snapshot(files: Files, description: str) -> FilesSnapshot:
    """Do so with any files, in the thread of the caller."""

    def read() -> FilesSnapshot:
        rows = StoredRows(description, read_content(files, description))
        rows.replay(files)
        return FilesSnapshot(rows, files)

    return _beside_a_writer(files, description, read)


def _beside_a_writer(files: Files, description: str, action: Callable[[], T]) -> T:
    """Repeat an action on the files while somebody writes them anew under it.

    What is wrong in two looks at the same manifest is wrong; what is wrong in one may be a file that was just
    replaced, or a journal that went on in another after it was read.
    """
    failed_with = b""
    for _ in range(TRIES):
        manifest = _manifest_of(files, description)
        try:
            return action()
        except (DamagedFileError, FileNotFoundError):
            if manifest == failed_with:
                raise
            failed_with = manifest
            time.sleep(PAUSE_SECONDS)
    raise StoreError(
        path=description,
        cause="the files are written anew faster than they can be read",
        cure="Try again when less is going on",
    )


def _manifest_of(files: Files, description: str) -> bytes:
    try:
        return files.read(MANIFEST)
    except FileNotFoundError as error:
        with suppress(FileNotFoundError):  # of a folder that is not there
            begin_content(files, description, None)  # it tells of a store that lacks nothing else
        cause, cure = f"there is no {MANIFEST}, so no store", "See that this is the folder you mean"
        raise StoreError(path=description, cause=cause, cure=cure) from error


def _find_damage(files: Files, description: str) -> list[str]:
    damage: list[str] = []

    def look() -> None:
        damage.clear()
        manifest = read_manifest(files, description)
        errors: list[DamagedFileError] = []
        for entry in manifest.entries():
            try:
                check_file(files, entry)
            except DamagedFileError as error:
                errors.append(error)
        try:
            replay(files, manifest.journal, manifest.first_group, lambda _: None)
        except DamagedFileError as error:
            errors.append(error)
        damage.extend(map(str, errors))
        if errors:
            raise errors[0]

    try:
        _beside_a_writer(files, description, look)
    except DamagedFileError as error:
        return damage or [str(error)]
    return []
