"""Compaction: snapshots and segments are written anew where they are out of date, then take effect at once.

What is written is frozen first: rows are never changed, so the containers alone are copied. Until the new
manifest takes effect the old one and the journals behind it tell the same.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from storage.backend import Writes
from storage.codec import Row
from storage.json_files.files import Files
from storage.json_files.manifest import (
    NEW_MANIFEST,
    Manifest,
    SegmentEntry,
    list_replaced,
    prepare_manifest,
    swap_manifest,
)
from storage.json_files.snapshots import write_guild, write_others, write_segment
from storage.ledger_rows import LedgerRows
from storage.memory import MemoryState

__all__ = ["Changes", "Frozen", "compact", "freeze", "unlink_replaced"]

log = logging.getLogger(__name__)

SEGMENT_LINES = 20_000
"""Lines in a segment at most. One that is not full is written anew together with what comes behind it."""


@dataclass
class Changes:
    """Which files groups have put out of date.

    Attributes:
        guilds: Guilds with a changed member or record.
        others: Whether anything else changed.
        seqs: Lines of the ledger that were folded or forgotten.
    """

    guilds: set[int] = field(default_factory=set)
    others: bool = False
    seqs: set[int] = field(default_factory=set)

    def note(self, writes: Writes) -> None:
        """Note what a group wrote."""
        self.guilds.update([row[0] for row in writes.members])
        self.guilds.update([row[1] for row in writes.documents if row[1]])
        if writes.answers or writes.forget_answers_before or any(not row[1] for row in writes.documents):
            self.others = True
        self.seqs.update([row[0] for row in writes.folded])
        self.seqs.update(writes.forgotten)

    def join(self, other: Changes) -> None:
        """Note what another has noted."""
        self.guilds |= other.guilds
        self.others |= other.others
        self.seqs |= other.seqs


class Frozen(NamedTuple):
    """What a compaction writes, as of one moment between two groups.

    Attributes:
        base: The manifest that counts.
        journal: The number of the journal that goes on from that moment.
        first_group: The number of its first group.
        last_seq: The end of the ledger.
        changes: What is out of date.
        members: All rows of members, by guild and user.
        documents: All rows of other records, by kind, guild and id.
        answers: All rows of answers, by once-key.
        segments: In order: a segment that stays, or the lines of one that is to be written.
    """

    base: Manifest
    journal: int
    first_group: int
    last_seq: int
    changes: Changes
    members: Mapping[tuple[int, int], Row]
    documents: Mapping[tuple[str, int, str], Row]
    answers: Mapping[str, Row]
    segments: Sequence[SegmentEntry | Sequence[Row]]


def freeze(
    state: MemoryState,
    ledger: LedgerRows,
    changes: Changes,
    base: Manifest,
    *,
    journal: int,
    first_group: int,
) -> Frozen:
    """Fix this moment; quick, and nobody may write meanwhile."""
    return Frozen(
        base,
        journal,
        first_group,
        max(base.last_seq, ledger.last_seq),
        changes,
        dict(state.members) if changes.guilds else {},
        dict(state.documents),
        dict(state.answers) if changes.others else {},
        _plan_segments(ledger, changes, base.segments),
    )


def _plan_segments(
    ledger: LedgerRows, changes: Changes, segments: Sequence[SegmentEntry]
) -> list[SegmentEntry | Sequence[Row]]:
    """Return the segments to be: those that stay, and the lines of those to be written.

    Written are the new lines, and what segments that lost lines have left, each together with the segment
    before or behind it if both fit into one.
    """
    touched = sorted(changes.seqs)
    plan: list[SegmentEntry | Sequence[Row]] = []

    def put(part: SegmentEntry | Sequence[Row]) -> None:
        before = plan[-1] if plan else None
        are_small = before is not None and _count(before) + _count(part) <= SEGMENT_LINES
        if before is not None and are_small and not (_stays(before) and _stays(part)):
            plan[-1] = [*_lines(ledger, before), *_lines(ledger, part)]
        else:
            plan.append(part)

    for segment in segments:
        place = bisect_left(touched, segment.first_seq)
        if place < len(touched) and touched[place] <= segment.last_seq:
            if left := ledger.between(segment.first_seq, segment.last_seq):
                put(left)
        else:
            put(segment)
    new = ledger.after(segments[-1].last_seq if segments else 0)
    for start in range(0, len(new), SEGMENT_LINES):
        put(new[start : start + SEGMENT_LINES])
    return plan


def _stays(part: SegmentEntry | Sequence[Row]) -> bool:
    return isinstance(part, SegmentEntry)


def _count(part: SegmentEntry | Sequence[Row]) -> int:
    return part.lines if isinstance(part, SegmentEntry) else len(part)


def _lines(ledger: LedgerRows, part: SegmentEntry | Sequence[Row]) -> Sequence[Row]:
    return ledger.between(part.first_seq, part.last_seq) if isinstance(part, SegmentEntry) else part


def compact(files: Files, frozen: Frozen, numbers: Iterator[int]) -> Manifest:
    """Write what is out of date and have it take effect; return the manifest that counts then.

    Args:
        files: Where.
        frozen: What.
        numbers: For the names of new files; none was ever used before.

    Raises:
        OSError: It could not. The manifest that counts is the old one or, when the last step failed, the new
            one; with the journals behind it either tells everything.
    """
    written: list[str] = []
    try:
        manifest = _write_files(files, frozen, numbers, written)
        prepare_manifest(files, manifest)
    except Exception:
        _unlink(files, (*written, NEW_MANIFEST))
        raise
    swap_manifest(files)
    unlink_replaced(files, manifest)
    return manifest


def _write_files(files: Files, frozen: Frozen, numbers: Iterator[int], written: list[str]) -> Manifest:
    def new_name(kind: str, ending: str = "json") -> str:
        written.append(f"{kind}-{next(numbers):06d}.{ending}")
        return written[-1]

    base, changes = frozen.base, frozen.changes
    guilds = {entry.guild_id: entry for entry in base.guilds}
    members = _members_by_guild(frozen.members, changes.guilds)
    documents = _documents_by_guild(frozen.documents)
    for guild_id in sorted(changes.guilds):
        name = new_name(f"guild-{guild_id}")
        rows = members[guild_id], documents.get(guild_id, ())
        guilds[guild_id] = write_guild(files, name, guild_id, *rows)
    others = base.others
    if changes.others:
        answers = [frozen.answers[key] for key in sorted(frozen.answers)]
        others = write_others(files, new_name("others"), documents.get(0, ()), answers)
    return Manifest(
        epoch=base.epoch,
        last_seq=frozen.last_seq,
        journal=frozen.journal,
        first_group=frozen.first_group,
        others=others,
        guilds=tuple(guilds[guild_id] for guild_id in sorted(guilds)),
        segments=tuple(
            part
            if isinstance(part, SegmentEntry)
            else write_segment(files, new_name("ledger", "jsonl"), part)
            for part in frozen.segments
        ),
    )


def _members_by_guild(
    members: Mapping[tuple[int, int], Row], guild_ids: Collection[int]
) -> Mapping[int, list[Row]]:
    """Return the members of some guilds, ascending by user id."""
    user_ids: dict[int, list[int]] = {guild_id: [] for guild_id in guild_ids}
    for guild_id, user_id in members:
        if guild_id in user_ids:
            user_ids[guild_id].append(user_id)
    # Sorting plain integers, most of which are in order already, is over before anybody waits for it.
    return {
        guild_id: [members[guild_id, user_id] for user_id in sorted(found)]
        for guild_id, found in user_ids.items()
    }


def _documents_by_guild(documents: Mapping[tuple[str, int, str], Row]) -> Mapping[int, list[Row]]:
    """Return all other records, ascending by kind and id."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for key in sorted(documents):
        found[key[1]].append(documents[key])
    return found


def unlink_replaced(files: Files, manifest: Manifest) -> None:
    """Delete the store's files that a manifest which is on disk does not need; what cannot be is told.

    Raises:
        OSError: The folder cannot be read.
    """
    _unlink(files, list_replaced(files.list_names(), manifest))


def _unlink(files: Files, names: Iterable[str]) -> None:
    for name in names:
        try:
            files.unlink(name)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("%s is not needed any more and could not be deleted: %s", name, error)
