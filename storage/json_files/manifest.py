"""The manifest: which files make up a store, and how each came out. Swapped whole, never changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import count
from pathlib import Path
from zlib import crc32

import msgspec

from leveling_core.errors import StoreError
from storage.json_files.errors import DamagedFileError
from storage.json_files.files import Files, write_file
from storage.locking import lock_inside

__all__ = [
    "CLEARED",
    "FORMAT",
    "MANIFEST",
    "NEW_MANIFEST",
    "FileEntry",
    "GuildEntry",
    "Manifest",
    "SegmentEntry",
    "encode_manifest",
    "file_number",
    "is_kept_aside",
    "is_stray",
    "journal_name",
    "journal_numbers",
    "kept_aside_name",
    "list_replaced",
    "list_store_files",
    "prepare_manifest",
    "read_manifest",
    "swap_manifest",
]

FORMAT = 1
"""The format of the files. One that is higher stops the start: what it means is known to a newer Laurel."""

MANIFEST = "manifest.json"
NEW_MANIFEST = "manifest.json.new"
CLEARED = "manifest.json.cleared"
"""What the manifest is called while the files of a store are deleted (:mod:`storage.clearing`)."""

_NUMBERED = re.compile(r"(?:guild-[0-9]+|others|ledger|journal)-([0-9]{6,})\.jsonl?")
_JOURNAL = re.compile(r"journal-([0-9]{6,})\.jsonl")
_KEPT_ASIDE = re.compile(r"journal-[0-9]{6,}\.jsonl\.torn-[0-9]+")
_UNNUMBERED = {MANIFEST, NEW_MANIFEST, CLEARED, lock_inside(Path()).name, "lost+found"}
"""The last is the file system's own, where the folder is a volume."""


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file and how it was written.

    Attributes:
        file: Its name.
        bytes: Its length.
        crc32: The CRC-32 of its content, in hex.
    """

    file: str
    bytes: int
    crc32: str


class GuildEntry(FileEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The snapshot of a guild: its members and its other records."""

    guild_id: int


class SegmentEntry(FileEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the ledger: so many lines, from ``first_seq`` up to ``last_seq``."""

    first_seq: int
    last_seq: int
    lines: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes up a store.

    Attributes:
        epoch: The store's epoch.
        last_seq: The last line of the ledger that any of these files tells of.
        journal: The number of the journal that goes on from here.
        first_group: The number of that journal's first group, counted over the store's life.
        others: What belongs to no guild, and the answers; None for nothing yet.
        guilds: Ascending by guild id.
        segments: Ascending by ``seq``, none reaching into another.
    """

    epoch: str
    last_seq: int
    journal: int
    first_group: int
    others: FileEntry | None
    guilds: tuple[GuildEntry, ...]
    segments: tuple[SegmentEntry, ...]

    def entries(self) -> list[FileEntry]:
        """Return what it says of the files, but for the journals."""
        others = () if self.others is None else (self.others,)
        return [*self.guilds, *others, *self.segments]

    def names(self) -> set[str]:
        """Return the names of the same files."""
        return {entry.file for entry in self.entries()}

    def snapshot_bytes(self) -> int:
        """Return how long the snapshots are together."""
        return sum(entry.bytes for entry in self.entries()) - sum(entry.bytes for entry in self.segments)


class _Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    crc32: str
    store: Manifest


class _Format(msgspec.Struct):
    format: int


def journal_name(number: int) -> str:
    """Return the name of a journal."""
    return f"journal-{number:06d}.jsonl"


def journal_numbers(names: Iterable[str]) -> list[int]:
    """Return the numbers of those that are journals, ascending."""
    return sorted(int(match[1]) for name in names if (match := _JOURNAL.fullmatch(name)))


def file_number(name: str) -> int:
    """Return the number in the name of a store's file, 0 where there is none."""
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match else 0


def is_kept_aside(name: str) -> bool:
    """Tell whether a name is that of a torn line which was kept."""
    return _KEPT_ASIDE.fullmatch(name) is not None


def kept_aside_name(number: int, names: Collection[str]) -> str:
    """Return a name that is not taken for the torn line of a journal."""
    return next(name for place in count(1) if (name := f"{journal_name(number)}.torn-{place}") not in names)


def is_stray(name: str) -> bool:
    """Tell whether a name is none that a store gives to a file of its folder."""
    return name not in _UNNUMBERED and not file_number(name) and not is_kept_aside(name)


def list_replaced(names: Sequence[str], manifest: Manifest) -> list[str]:
    """Return the names of those files of a store that it does not need once a manifest is on disk."""
    needed = {journal_name(number) for number in journal_numbers(names) if number >= manifest.journal}
    needed |= manifest.names()
    return [name for name in names if name == NEW_MANIFEST or (file_number(name) and name not in needed)]


def list_store_files(folder: Path) -> list[Path]:
    """Return the files of a store in its folder, the manifest last; without that it is no store.

    Those of one that is being deleted are among them.

    Raises:
        OSError: It cannot be looked at.
    """
    names = {path.name for path in folder.iterdir()}
    parts = sorted(name for name in names if file_number(name) or is_kept_aside(name))
    return [folder / name for name in (*parts, NEW_MANIFEST, CLEARED, MANIFEST) if name in names]


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as its file holds it."""
    crc = crc32(msgspec.json.encode(manifest))
    signed = _Signed(format=FORMAT, crc32=f"{crc:08x}", store=manifest)
    return msgspec.json.format(msgspec.json.encode(signed), indent=1) + b"\n"


def read_manifest(files: Files, folder: str) -> Manifest:
    """Read the manifest.

    Args:
        files: Where.
        folder: The same, for the error.

    Raises:
        DamagedFileError: It is not as it was written.
        StoreError: A newer Laurel wrote it.
        OSError: It cannot be read.
    """
    data = files.read(MANIFEST)
    try:
        version = msgspec.json.decode(data, type=_Format).format
    except msgspec.DecodeError as error:
        raise DamagedFileError(MANIFEST, f"it cannot be read: {error}", line=_line_of(data, error)) from error
    if version > FORMAT:
        raise StoreError(
            path=folder,
            cause=f"the files have format {version}, and this Laurel knows formats up to {FORMAT}",
            cure="Update Laurel, or restore a backup that was made before the update",
        )
    try:
        signed = msgspec.json.decode(data, type=_Signed)
    except msgspec.DecodeError as error:
        raise DamagedFileError(MANIFEST, f"it cannot be read: {error}", line=_line_of(data, error)) from error
    if encode_manifest(signed.store) != data:
        raise DamagedFileError(MANIFEST, "its checksum is not that of its content: something changed it")
    return signed.store


def _line_of(data: bytes, error: msgspec.DecodeError) -> int:
    """Return the line that an error of the decoder speaks of, 0 where it names no byte."""
    match = re.search(r"\(byte ([0-9]+)\)", str(error))
    return data.count(b"\n", 0, int(match[1])) + 1 if match else 0


def prepare_manifest(files: Files, manifest: Manifest) -> None:
    """Write a manifest beside the one that counts, and return when it and all that it names are on disk.

    Raises:
        OSError: It could not; the other still counts.
    """
    if NEW_MANIFEST in files.list_names():  # of an attempt that failed
        files.unlink(NEW_MANIFEST)
    write_file(files, NEW_MANIFEST, [encode_manifest(manifest)])
    # The names of the files that it refers to must be on disk before it counts.
    files.fsync_folder()


def swap_manifest(files: Files) -> None:
    """Make the prepared manifest the one that counts, and return when that is on disk.

    Raises:
        OSError: It could not. After a crash either of the two may count then, so that the files of both have
            to stay.
    """
    files.rename(NEW_MANIFEST, MANIFEST)
    # A rename that is not on disk may be undone by a power cut, after what it replaced was deleted.
    files.fsync_folder()
