"""Findings of a check or a repair, in groups, and of each so many that they can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from console.session import say
from console.wording import clip, clip_pair
from data import Texts
from storage.check import Finding

__all__ = ["FindingList"]

SHOWN_OF_A_GROUP = 20


class FindingList:
    """Takes findings in, and shows them.

    Args:
        texts: The texts.
        groups: The names of the groups, in the order in which they are shown.
        group_of: To which of them a finding belongs.
        show_all: Whether every one is shown, as it comes. Else the first of each group are, at the end.
        before: Called before something is written.
    """

    def __init__(
        self,
        texts: Texts,
        *,
        groups: Iterable[str],
        group_of: Callable[[Finding], str],
        show_all: bool,
        before: Callable[[], None],
    ) -> None:
        self._texts = texts
        self._group_of = group_of
        self._show_all = show_all
        self._before = before
        self._numbers: Counter[str] = Counter()
        self._kept: dict[str, list[Finding]] = {group: [] for group in groups}
        self._shown_last = ""

    def add(self, finding: Finding) -> None:
        """Take in a finding."""
        group = self._group_of(finding)
        self._numbers[group] += 1
        if self._show_all:
            self._before()
            if group != self._shown_last:
                say(self._texts(f"store-found-{group}"))
                self._shown_last = group
            self._show(finding)
        elif len(self._kept[group]) < SHOWN_OF_A_GROUP:
            self._kept[group].append(finding)

    def show_rest(self) -> None:
        """Show what has not been shown as it came."""
        for group, findings in self._kept.items():
            if findings:
                say(self._texts(f"store-found-{group}"))
                for finding in findings:
                    self._show(finding)
                if more := self._numbers[group] - len(findings):
                    say(self._texts("store-found-more", count=more))
                findings.clear()

    def number_of(self, group: str) -> int:
        """Return how many findings of a group there were."""
        return self._numbers[group]

    def _show(self, finding: Finding) -> None:
        where = clip(finding.where)
        if finding.expected:
            found, expected = clip_pair(finding.found, finding.expected)
            if finding.field:
                where = self._texts("store-finding-field", where=where, field=finding.field)
            text = self._texts("store-finding-difference", where=where, found=found, expected=expected)
        else:
            text = self._texts("store-finding", where=where, problem=clip(finding.found))
        if finding.severity == "warning":
            text = self._texts("store-finding-warning", finding=text)
        say(text)
