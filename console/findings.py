"""Findings of a check, in groups of a kind, and of each so many that they can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from console.session import say
from data import Texts
from storage.check import Finding

__all__ = ["FindingList"]

SHOWN_OF_A_KIND = 20

KINDS = ("file", "unfinished", "unreadable", "order", "problem", "difference")
"""The order in which they are shown: what is the cause of others comes first."""


class FindingList:
    """Takes findings in, and shows them.

    Args:
        texts: The texts.
        show_all: Whether every single one is shown, as it comes. Else the first of each kind are, at the end.
        before: Called before something is written.
    """

    def __init__(self, texts: Texts, *, show_all: bool, before: Callable[[], None]) -> None:
        self._texts = texts
        self._show_all = show_all
        self._before = before
        self._numbers: Counter[str] = Counter()
        self._kept: dict[str, list[Finding]] = {kind: [] for kind in KINDS}
        self._shown_last = ""

    def add(self, finding: Finding) -> None:
        """Take in a finding."""
        self._numbers[finding.kind] += 1
        if self._show_all:
            self._before()
            if finding.kind != self._shown_last:
                say(self._texts(f"store-found-{finding.kind}"))
                self._shown_last = finding.kind
            self._show(finding)
        elif len(self._kept[finding.kind]) < SHOWN_OF_A_KIND:
            self._kept[finding.kind].append(finding)

    def show_rest(self) -> None:
        """Show what has not been shown as it came."""
        for kind, findings in self._kept.items():
            if findings:
                say(self._texts(f"store-found-{kind}"))
                for finding in findings:
                    self._show(finding)
                if more := self._numbers[kind] - len(findings):
                    say(self._texts("store-found-more", count=more))

    def _show(self, finding: Finding) -> None:
        if finding.expected:
            text = self._texts(
                "store-finding-difference",
                where=finding.where,
                field=finding.field,
                found=finding.found,
                expected=finding.expected,
            )
        else:
            text = self._texts("store-finding", where=finding.where, problem=finding.found)
        if finding.severity == "warning":
            text = self._texts("store-finding-warning", finding=text)
        say(text)
