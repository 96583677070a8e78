"""``store check``: whether a store is whole, and every member is what the ledger adds up to."""

from __future__ import annotations

import argparse

from console.display import Display
from console.findings import FindingList
from console.session import DONE, FAILED, FilePlace, Session, run_async, say, tell
from console.wording import shorten
from data import Texts
from storage.check import CheckSummary, check_store
from storage.snapshots import open_snapshot

__all__ = ["add_arguments", "run"]

UNFINISHED = "unfinished"
KINDS = ("file", UNFINISHED, "unreadable", "order", "problem", "difference")
"""The order in which findings are shown: what is the cause of others comes first."""


def add_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare what may follow ``store check``."""
    parser.add_argument("--all", action="store_true", help=texts("store-help-all"))


def run(session: Session, arguments: argparse.Namespace) -> int:
    """Check the store, and say what was found."""
    place, texts = session.require_store(session.own_place()), session.texts
    display = Display(texts)
    findings = FindingList(
        texts,
        groups=KINDS,
        group_of=lambda finding: finding.kind,
        show_all=arguments.all,
        before=display.clear,
    )
    try:
        summary = run_async(_check(place.url, display, findings))
    except KeyboardInterrupt:
        findings.show_rest()
        tell(texts("store-check-stopped"))
        return FAILED
    findings.show_rest()
    _say_summary(summary, place, texts, is_unfinished=bool(findings.number_of(UNFINISHED)))
    return FAILED if summary.errors else DONE


async def _check(url: str, display: Display, findings: FindingList) -> CheckSummary:
    async with display:
        display.begin("open")
        snapshot = await open_snapshot(url)
        try:
            return await check_store(snapshot, findings.add, display.begin)
        finally:
            await snapshot.close()


def _say_summary(summary: CheckSummary, place: FilePlace, texts: Texts, *, is_unfinished: bool) -> None:
    counts = summary.counts
    # Of files so damaged that nothing in them can be counted, numbers would mislead.
    if counts.members or counts.documents or counts.ledger or not summary.errors:
        say(
            texts(
                "store-checked",
                place=shorten(place.path),
                members=counts.members,
                documents=counts.documents,
                lines=counts.ledger,
                answers=counts.answers,
            )
        )
    if summary.errors:
        say(texts("store-check-errors", count=summary.errors))
        if summary.repairable:
            say(texts("store-check-repairable", count=summary.repairable, errors=summary.errors))
        if (rest := summary.errors - summary.repairable) and not is_unfinished:
            say(texts("store-check-lost", count=rest, errors=summary.errors))
    elif summary.warnings:
        say(texts("store-check-warnings", count=summary.warnings))
    else:
        say(texts("store-check-passed"))
