"""What a store's files hold, read into memory."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from leveling_core.errors import StoreError
from leveling_core.store import Head
from storage.backend import Writes
from storage.json_files.compaction import Changes, Frozen, freeze
from storage.json_files.errors import DamagedFileError
from storage.json_files.files import Files
from storage.json_files.journal import Replayed, holds_groups, replay
from storage.json_files.manifest import (
    MANIFEST,
    Manifest,
    file_number,
    is_kept_aside,
    is_stray,
    journal_numbers,
    read_manifest,
)
from storage.json_files.snapshots import read_guild, read_others, read_segment
from storage.memory import MemoryBackend, MemoryState

__all__ = ["Content", "StoredRows", "begin_content", "read_content"]


class Content(NamedTuple):
    """What a manifest and the files that it names hold; what the journals tell goes on top.

    Attributes:
        manifest: The manifest.
        state: The rows.
    """

    manifest: Manifest
    state: MemoryState


def begin_content(files: Files, description: str, epoch: str | None) -> Content | None:
    """Return what a store holds that is made now, or None if there is a manifest to be read.

    Raises:
        StoreError: The folder holds something else.
        DamagedFileError: It holds a store that lacks its manifest.
        OSError: It cannot be looked at.
    """
    names = files.list_names()
    if MANIFEST in names:
        return None
    # A store that is made gets its manifest before its first group; until then only a journal can be there.
    numbers = journal_numbers(names)
    others = [name for name in names if file_number(name) or is_kept_aside(name)]
    if len(others) > len(numbers) or any(holds_groups(files, number) for number in numbers):
        raise DamagedFileError(MANIFEST, "it is missing, while other files of the store are there")
    if strays := sorted(filter(is_stray, names)):
        raise StoreError(
            path=description,
            cause=f"the folder holds other files ({', '.join(strays[:3])}) and no {MANIFEST} of Laurel's",
            cure="Name an empty folder, or one that is not there yet",
        )
    manifest = Manifest(
        epoch=epoch or secrets.token_hex(8),
        last_seq=0,
        journal=0,
        first_group=1,
        others=None,
        guilds=(),
        segments=(),
    )
    return Content(manifest, MemoryState(epoch=manifest.epoch))


def read_content(files: Files, description: str) -> Content:
    """Read what a manifest and the files that it names hold.

    Raises:
        DamagedFileError: One of them is not as it was written.
        StoreError: A newer Laurel wrote them.
        OSError: One cannot be read.
    """
    manifest = read_manifest(files, description)
    state = MemoryState(epoch=manifest.epoch)
    for entry in manifest.guilds:
        members, documents = read_guild(files, entry)
        state.members.update({(row[0], row[1]): row for row in members})
        state.documents.update({(row[0], row[1], row[2]): row for row in documents})
    if manifest.others is not None:
        documents, answers = read_others(files, manifest.others)
        state.documents.update({(row[0], row[1], row[2]): row for row in documents})
        state.answers.update({row[0]: row for row in answers})
    for segment in manifest.segments:
        state.ledger.extend(read_segment(files, segment))
    return Content(manifest, state)


class StoredRows(MemoryBackend):
    """Rows in memory as a store's files tell them, and which files are out of date since.

    Args:
        description: Where the files are, as their self-hoster knows it.
        content: What snapshots and segments hold.

    Attributes:
        manifest: The manifest that counts.
        changes: What groups have put out of date since.
    """

    def __init__(self, description: str, content: Content) -> None:
        self.description = description
        super().__init__(content.state)
        self.manifest = content.manifest
        self.changes = Changes()
        self.head = self.current_head()

    def replay(self, files: Files) -> Replayed:
        """Apply what the journals tell.

        Raises:
            DamagedFileError: A journal is missing, or not as it was written.
            OSError: One cannot be read.
        """
        replayed = replay(files, self.manifest.journal, self.manifest.first_group, self._replay)
        self.head = self.current_head()
        return replayed

    def current_head(self) -> Head:
        """Return the end of the ledger as it is now."""
        return Head(self.state.epoch, max(self.manifest.last_seq, self._ledger.last_seq))

    def _replay(self, writes: Writes) -> None:
        try:
            self._check(writes)
        except StoreError as error:
            raise ValueError(error.cause) from error
        self._apply(writes)

    def _check(self, writes: Writes) -> None:
        super()._check(writes)
        last_seq = self._ledger.last_seq
        for row in writes.ledger:
            if row[0] <= last_seq:
                raise StoreError(
                    path=self.description,
                    cause=f"ledger line {row[0]} does not come behind line {last_seq}",
                    cure="Nothing was written",
                )
            last_seq = row[0]

    def _apply(self, writes: Writes) -> None:
        super()._apply(writes)
        self.changes.note(writes)

    def freeze(self, *, journal: int, first_group: int) -> Frozen:
        """Fix this moment for a compaction; what changes from now on is noted anew."""
        changes, self.changes = self.changes, Changes()
        return freeze(
            self.state, self._ledger, changes, self.manifest, journal=journal, first_group=first_group
        )
