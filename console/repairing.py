"""``store repair``: what is not as the ledger adds up to is made so, once that was said and agreed to."""

from __future__ import annotations

import argparse

from console.display import Display
from console.findings import FindingList
from console.session import DONE, FAILED, FilePlace, Session, ask, can_ask, run_async, say, tell
from console.wording import shorten
from data import Texts
from storage.check import Finding
from storage.repair import RepairSummary, repair_store

__all__ = ["add_arguments", "run"]

PUT_RIGHT, LEFT = "repairable", "left"


def add_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare what may follow ``store repair``."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--yes", action="store_true", help=texts("store-repair-help-yes"))
    how.add_argument("--dry-run", action="store_true", help=texts("store-repair-help-dry-run"))
    parser.add_argument("--all", action="store_true", help=texts("store-help-all"))


def run(session: Session, arguments: argparse.Namespace) -> int:
    """Say what a repair changes; do it if that is wanted."""
    place, texts = session.require_store(session.own_place()), session.texts
    try:
        plan = _repair(session, place, show_all=arguments.all, apply=False)
        if not plan.changes_something:
            say(texts("store-repair-nothing-left" if plan.left else "store-repair-nothing", count=plan.left))
            return FAILED if plan.left else DONE
        _say_plan(plan, texts)
        is_agreed = arguments.yes or (not arguments.dry_run and _agrees(texts))
    except KeyboardInterrupt:
        tell(texts("store-repair-stopped"))
        return FAILED
    if is_agreed:
        return _apply(session, place)
    tell(texts("store-repair-refused" if not (arguments.dry_run or can_ask()) else "store-repair-not-done"))
    return FAILED


def _agrees(texts: Texts) -> bool:
    """Ask whether to go on, where somebody can be asked."""
    return can_ask() and ask(texts("store-repair-question"), texts("store-answer-yes"))


def _apply(session: Session, place: FilePlace) -> int:
    texts = session.texts
    try:
        done = _repair(session, place, show_all=False, apply=True)
    except KeyboardInterrupt:
        tell(texts("store-repair-stopped-late"))
        return FAILED
    if done.backup is not None:
        say(texts("store-repair-backup", path=shorten(done.backup.path)))
    say(texts("store-repaired", place=shorten(place.path)))
    if done.left:
        say(texts("store-repair-some-left", count=done.left))
        return FAILED
    return DONE


def _repair(session: Session, place: FilePlace, *, show_all: bool, apply: bool) -> RepairSummary:
    """Plan a repair and say what was found, or carry it out and say nothing.

    Raises:
        KeyboardInterrupt: It was stopped.
    """
    display = Display(session.texts)
    findings = FindingList(
        session.texts,
        groups=(PUT_RIGHT, LEFT),
        group_of=lambda finding: PUT_RIGHT if finding.is_repairable else LEFT,
        show_all=show_all,
        before=display.clear,
    )

    def unseen(_: Finding) -> None:
        """Say nothing: the plan has said it."""

    async def repair() -> RepairSummary:
        async with display:
            return await repair_store(
                place.url,
                clock=session.clock,
                report=unseen if apply else findings.add,
                stage=display.begin,
                apply=apply,
            )

    try:
        return run_async(repair())
    finally:
        findings.show_rest()


def _say_plan(plan: RepairSummary, texts: Texts) -> None:
    say(texts("store-repair-plan", count=plan.repairable))
    if plan.members or plan.documents:
        say(texts("store-repair-writes", members=plan.members, documents=plan.documents))
    if plan.sums:
        say(texts("store-repair-sums"))
    if plan.left:
        say(texts("store-repair-some-left", count=plan.left))
