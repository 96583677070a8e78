"""The audit: what somebody did in a guild, from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from leveling_core.outcomes import (
    LedgerLine,
    RoleSyncEnded,
    RoleSyncStarted,
    RulesChanged,
    XpAdjusted,
    kind_of,
)
from leveling_core.rule_changes import show_value, typed_value
from leveling_core.store import LedgerQuery

__all__ = [
    "AUDITED_KINDS",
    "AUDIT_PAGE_SIZE",
    "AuditEntry",
    "AuditPage",
    "AuditQuery",
    "AuditTopic",
    "RuleMove",
    "audit_entries",
    "is_audited",
    "rule_moves",
]

AUDIT_PAGE_SIZE = 8
"""How many entries a page has."""

AuditTopic = Literal["xp", "rules", "roles"]
"""What the audit can be narrowed to."""

KINDS: Mapping[AuditTopic, frozenset[str]] = {
    "xp": frozenset({kind_of(XpAdjusted)}),
    "rules": frozenset({kind_of(RulesChanged)}),
    "roles": frozenset({kind_of(RoleSyncStarted), kind_of(RoleSyncEnded)}),
}
"""The kinds of outcomes that tell of somebody's deed; what follows from it tells of it no second time."""

_IN_ORDER = frozenset({"curve.table"})
"""Lists that are one value, rather than entries that come and go."""

AUDITED_KINDS = frozenset[str]().union(*KINDS.values())
"""The kinds of all topics."""


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for.

    Attributes:
        guild_id: The guild.
        user_id: Only what was done to this member, 0 for all.
        actor_id: Only what this user did, 0 for all.
        topic: Only this, None for all.
    """

    guild_id: int
    user_id: int = 0
    actor_id: int = 0
    topic: AuditTopic | None = None

    def ledger_query(self, limit: int) -> LedgerQuery:
        """Return the query for the lines, the newest first."""
        return LedgerQuery(
            guild_id=self.guild_id,
            user_id=self.user_id or None,
            actor_id=self.actor_id or None,
            has_actor=True,
            kinds=AUDITED_KINDS if self.topic is None else KINDS[self.topic],
            newest_first=True,
            limit=limit,
        )


class AuditEntry(msgspec.Struct, frozen=True):
    """A deed, and whether it was undone since."""

    line: LedgerLine
    is_undone: bool = False


class AuditPage(msgspec.Struct, frozen=True):
    """A page of the audit.

    Attributes:
        entries: The newest first.
        page: From 1.
        has_more: Whether there are older ones.
    """

    entries: tuple[AuditEntry, ...]
    page: int
    has_more: bool


def is_audited(line: LedgerLine) -> bool:
    """Tell whether a line tells of somebody's deed."""
    return line.actor_id != 0 and kind_of(line.outcome) in AUDITED_KINDS


def audit_entries(lines: Sequence[LedgerLine], first: int, end: int) -> tuple[AuditEntry, ...]:
    """Return entries of lines, which are the newest first: an undo stands before what it undid.

    Args:
        lines: From the newest on.
        first: The place of the first line that becomes an entry.
        end: The place behind the last one.
    """
    undone = {line.correlation for line in lines[:end] if line.origin == "undo" and line.correlation}
    return tuple(AuditEntry(line, line.batch in undone) for line in lines[first:end])


class RuleMove(msgspec.Struct, frozen=True):
    """What a change did to one rule.

    Attributes:
        rule: Its name.
        old: Its value before, as its admin would type it.
        new: The same after.
        added: Entries of a list that are new, each as it would be typed.
        removed: Those that are gone.
    """

    rule: str
    old: str
    new: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def rule_moves(outcome: RulesChanged) -> list[RuleMove]:
    """Return what a change of rules did, rule by rule; of lists, which entries came and went."""
    moves = []
    for rule, (old, new) in outcome.changes.items():
        before, after = typed_value(rule, old), typed_value(rule, new)
        move = RuleMove(rule, show_value(before), show_value(after))
        is_list = isinstance(before, list | tuple) and isinstance(after, list | tuple)
        if is_list and rule not in _IN_ORDER:
            added = tuple(show_value(entry) for entry in after if entry not in before)
            removed = tuple(show_value(entry) for entry in before if entry not in after)
            move = msgspec.structs.replace(move, added=added, removed=removed)
        moves.append(move)
    return moves
