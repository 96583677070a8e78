"""Repairing a store: what is not as the ledger says is made so, after saying what will change.

A plan comes first and writes nothing. What is carried out is planned anew while nobody else has the store,
kept in a backup as it is, and then written in portions. Each portion is all or nothing and right by itself,
so that whoever repairs again after a crash finds what is left.

What the ledger cannot tell is left alone and said: its own unreadable lines, and damaged files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from leveling_core.store import Head
from storage.backend import Backend, RowCounts, Snapshot, Writes
from storage.backup_files import BackupFile
from storage.backups import make_backup
from storage.codec import Row
from storage.examination import Examination
from storage.findings import Finding
from storage.opening import open_backend, read_store_url
from storage.progress import OpenStage, Progress, unseen
from storage.snapshots import open_snapshot

__all__ = ["RepairSummary", "repair_store"]

ROWS_PER_WRITE = 1_000


class RepairSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a repair changed, or would.

    Attributes:
        head: The end of the ledger.
        counts: How many rows there are.
        repairable: How many findings were, or would be, put right.
        left: How many errors stay as they are.
        members: How many rows of members are written.
        documents: How many of other records.
        sums: Whether sums by day are made anew.
        is_applied: Whether it was done.
        backup: The store as it was before; None where nothing was changed.
    """

    head: Head
    counts: RowCounts
    repairable: int
    left: int
    members: int
    documents: int
    sums: bool
    is_applied: bool = False
    backup: BackupFile | None = None

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to be written."""
        return bool(self.members or self.documents or self.sums)


async def repair_store(
    url: str,
    *,
    clock: Callable[[], int],
    report: Callable[[Finding], None],
    stage: OpenStage = unseen,
    apply: bool,
    backup_dir: Path | None = None,
) -> RepairSummary:
    """Find what a repair changes, and do it if asked to.

    Args:
        url: The store, as ``open_store`` takes it.
        clock: Now, in ms UTC.
        report: Is told of everything that is not as it must be, before anything is changed.
        stage: Is told what is being done.
        apply: Whether to do it; then no bot may have the store open. Else nothing is written, and one may.
        backup_dir: Where it is backed up before; None for ``backups`` beside it.

    Raises:
        ContentError: The URL names no store that is kept in files.
        StoreError: It cannot be opened, somebody else has it, or it could not be backed up or written.
    """
    # That it is there and of this version must be certain before it is opened: that would make or migrate it.
    snapshot = await open_snapshot(url)
    try:
        if not apply:
            return await _plan(snapshot, report, stage)
    finally:
        await snapshot.close()
    backend = await open_backend(read_store_url(url), clock=clock)
    try:
        return await _Repair(backend, report, stage).carry_out(url, clock(), backup_dir)
    finally:
        await backend.close()


async def _plan(snapshot: Snapshot, report: Callable[[Finding], None], stage: OpenStage) -> RepairSummary:
    examination = Examination(snapshot, stage)
    repairable = left = members = documents = 0
    async for portion in examination.run():
        members += len(portion.members)
        documents += len(portion.documents)
        for finding in portion.findings:
            repairable += finding.is_repairable
            left += not finding.is_repairable and finding.severity == "error"
            report(finding)
    return RepairSummary(
        head=snapshot.head,
        counts=examination.counts,
        repairable=repairable,
        left=left,
        members=members,
        documents=documents,
        sums=examination.has_wrong_days and examination.is_sound,
    )


class _Repair:
    """Repairs a store that nobody else has open."""

    def __init__(self, backend: Backend, report: Callable[[Finding], None], stage: OpenStage) -> None:
        self._backend = backend
        self._report = report
        self._stage = stage
        self._members: list[Row] = []
        self._documents: list[Row] = []

    async def carry_out(self, url: str, at: int, backup_dir: Path | None) -> RepairSummary:
        """Plan, make a backup, and write."""
        snapshot = await self._backend.open_snapshot()
        try:
            plan = await _plan(snapshot, self._report, self._stage)
            if not plan.changes_something:
                return plan
            self._stage("backup", 0)
            backup = await make_backup(url, backup_dir, at=at)
            if plan.members or plan.documents:
                await self._write_records(snapshot, self._stage("repair", plan.members + plan.documents))
        finally:
            await snapshot.close()
        if plan.sums:
            self._stage("days", 0)
            await self._backend.sum_up_anew()
        return msgspec.structs.replace(plan, is_applied=True, backup=backup)

    async def _write_records(self, snapshot: Snapshot, progress: Progress) -> None:
        """Find the rows once more, and write them as they come: they may be too many to be remembered."""
        async for portion in Examination(snapshot, unseen).run_for_records():
            self._members += portion.members
            self._documents += portion.documents
            while len(self._members) + len(self._documents) >= ROWS_PER_WRITE:
                await self._write(progress)
        while self._members or self._documents:
            await self._write(progress)

    async def _write(self, progress: Progress) -> None:
        documents = self._documents[:ROWS_PER_WRITE]
        members = self._members[: ROWS_PER_WRITE - len(documents)]
        await self._backend.write(Writes(members, documents, [], []))
        del self._documents[: len(documents)], self._members[: len(members)]
        progress(len(documents) + len(members))
