"""Deeds of those who manage a server, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from cogs.config_values import shown_value
from cogs.ui.hand_changes import shown_reason
from cogs.ui.times import moment
from data.texts import Texts
from leveling_core.auditing import AuditEntry, RuleMove, rule_moves
from leveling_core.outcomes import LedgerLine, RoleSyncEnded, RoleSyncStarted, RulesChanged, XpAdjusted

__all__ = ["AuditWriter"]

_LISTED_AT_ONCE = 5
"""So many entries of a list that was changed are named; of more, the others are only counted."""


class AuditWriter:
    """Puts deeds into words.

    People are shown as mentions: they are to be told apart, whatever they call themselves, and Discord fills
    in the name of who has left.

    Args:
        texts: What people read.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def write(self, entry: AuditEntry) -> str:
        """Return who did what, to whom, when and why."""
        line = entry.line
        text = self._texts("audit-entry", when=moment(line.at), what=self._deed(line))
        if entry.is_undone:
            text = self._texts("audit-undone", entry=text)
        if isinstance(line.outcome, XpAdjusted) and line.outcome.reason:
            reason = shown_reason(line.outcome.reason)
            text = self._texts("audit-reason", entry=text, reason=reason) if reason else text
        return text

    def _deed(self, line: LedgerLine) -> str:
        actor, outcome = f"<@{line.actor_id}>", line.outcome
        if isinstance(outcome, XpAdjusted):
            return self._texts(
                "audit-xp",
                mode=outcome.mode,
                actor=actor,
                member=f"<@{line.user_id}>",
                xp=abs(outcome.requested_xp),
                total=outcome.total_before + outcome.requested_xp,
                before=outcome.total_before,
                after=outcome.total_xp,
            )
        if isinstance(outcome, RoleSyncStarted):
            return self._texts("audit-sync-started", actor=actor, members=outcome.members)
        if isinstance(outcome, RoleSyncEnded):
            return self._texts(
                "audit-sync-stopped" if outcome.stopped else "audit-sync-ended",
                actor=actor,
                changed=outcome.changed,
                right=outcome.right,
                failed=sum(outcome.failed.values()),
            )
        changes = map(self._move, rule_moves(outcome)) if isinstance(outcome, RulesChanged) else ()
        return self._texts("audit-rules", actor=actor, changes=self._listed(changes))

    def _move(self, move: RuleMove) -> str:
        if move.added or move.removed:
            entries = [
                *(self._texts("audit-rule-added", entry=shown_value(move.rule, one)) for one in move.added),
                *(
                    self._texts("audit-rule-removed", entry=shown_value(move.rule, one))
                    for one in move.removed
                ),
            ]
            return self._texts("audit-rule-list", rule=move.rule, changes=self._some(entries))
        old, new = shown_value(move.rule, move.old), shown_value(move.rule, move.new)
        return self._texts("audit-rule", rule=move.rule, old=old, new=new)

    def _some(self, entries: Sequence[str]) -> str:
        more = len(entries) - _LISTED_AT_ONCE
        named = list(entries[:_LISTED_AT_ONCE])
        return self._listed([*named, self._texts("audit-rule-more", count=more)] if more > 0 else named)

    def _listed(self, parts: Iterable[str]) -> str:
        return reduce(lambda first, next_: self._texts("audit-list", first=first, next=next_), parts)
