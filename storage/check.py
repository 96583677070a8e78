"""Checking a store: its files, every row, and whether records are what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from leveling_core.store import Head
from storage.backend import RowCounts, Snapshot
from storage.examination import Examination
from storage.findings import Finding
from storage.progress import OpenStage, unseen

__all__ = ["CheckSummary", "Finding", "check_store"]


class CheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a check went through.

    Attributes:
        head: The end of the ledger.
        counts: How many rows there are.
        errors: How many findings were errors.
        warnings: How many were warnings.
        repairable: How many of the errors a repair puts right.
    """

    head: Head
    counts: RowCounts
    errors: int
    warnings: int
    repairable: int = 0


async def check_store(
    snapshot: Snapshot, report: Callable[[Finding], None], stage: OpenStage = unseen
) -> CheckSummary:
    """Check everything that a snapshot shows.

    Args:
        snapshot: Of the store.
        report: Is told of every finding.
        stage: Is told what is being done.

    Raises:
        StoreUnavailableError: For now it cannot be read.
    """
    examination = Examination(snapshot, stage)
    numbers = {"error": 0, "warning": 0}
    repairable = 0
    async for portion in examination.run():
        for finding in portion.findings:
            numbers[finding.severity] += 1
            repairable += finding.is_repairable
            report(finding)
    return CheckSummary(
        head=snapshot.head,
        counts=examination.counts,
        errors=numbers["error"],
        warnings=numbers["warning"],
        repairable=repairable,
    )
