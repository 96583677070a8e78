"""Changing where and who earns and multipliers: one entry at a time, read and written in one decision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec
from pydantic import TypeAdapter, ValidationError

from leveling_core.decision import Decision, View
from leveling_core.earning_rules import (
    MAX_FACTORS,
    MAX_SCOPE_CHANNELS,
    MAX_SCOPE_MEMBERS,
    MAX_SCOPE_ROLES,
)
from leveling_core.errors import FactorError, TooManyEntriesError
from leveling_core.facts import MultiplierChangeRequested, ScopeChangeRequested
from leveling_core.rule_changes import decide_rules_edit, entries_of, rule_value
from leveling_core.rule_values import MAX_FACTOR, MIN_FACTOR, Factor, FactorOf
from leveling_core.settle import Stamp

__all__ = [
    "MultiplierAnswer",
    "ScopeAnswer",
    "decide_multiplier_change",
    "decide_scope_change",
    "factor_of",
    "opposite_of",
]

_LIMITS: Final = {
    "channels": MAX_SCOPE_CHANNELS,
    "roles": MAX_SCOPE_ROLES,
    "members": MAX_SCOPE_MEMBERS,
}

_factor_adapter: TypeAdapter[Decimal] = TypeAdapter(Factor)


class ScopeAnswer(msgspec.Struct, frozen=True):
    """What a change to a list of no-XP or only-XP came to.

    Attributes:
        changed: Whether anything did; else it was so already.
        entries: How many entries the list has now.
        opposed: Whether the same is named in the opposite list too.
    """

    changed: bool
    entries: int
    opposed: bool


class MultiplierAnswer(msgspec.Struct, frozen=True):
    """What a change to a multiplier came to: the factor before and after as text, "" for none."""

    before: str
    after: str


def factor_of(text: str) -> Decimal:
    """Read a factor as people write it: ``2``, ``1.5x``.

    Raises:
        FactorError: It is none, or out of bounds.
    """
    try:
        return _factor_adapter.validate_python(text)
    except ValidationError as error:
        raise FactorError(value=text, lowest=f"{MIN_FACTOR}", highest=MAX_FACTOR) from error


def opposite_of(rule: str) -> str:
    """Return the list that says the opposite of ``scope.no_xp_…`` or ``scope.only_xp_…``."""
    if ".no_xp_" in rule:
        return rule.replace(".no_xp_", ".only_xp_")
    return rule.replace(".only_xp_", ".no_xp_")


def _stamp(fact: ScopeChangeRequested | MultiplierChangeRequested) -> Stamp:
    return Stamp(fact.at, fact.guild_id, fact.channel_id, fact.event_id, fact.actor_id)


def decide_scope_change(view: View, fact: ScopeChangeRequested) -> Decision[ScopeAnswer]:
    """Name a place, role or member as no-XP or only-XP, or name it no longer.

    Raises:
        TooManyEntriesError: The list is full.
        RuleUnusableError: What is stored cannot be used.
    """
    ruleset = view.rules(fact.guild_id)
    there: Sequence[int] = entries_of(ruleset, fact.rule)
    opposed = fact.id in rule_value(ruleset, opposite_of(fact.rule))
    if (fact.id in there) == fact.add:
        return Decision(ScopeAnswer(changed=False, entries=len(there), opposed=opposed))
    ids = [*there, fact.id] if fact.add else [id_ for id_ in there if id_ != fact.id]
    limit = _LIMITS[fact.rule.rpartition("_")[2]]
    if len(ids) > limit:
        raise TooManyEntriesError(rule=fact.rule, limit=limit)
    answer = ScopeAnswer(changed=True, entries=len(ids), opposed=opposed)
    return decide_rules_edit(view, {fact.rule: ids}, _stamp(fact), answer)


def decide_multiplier_change(view: View, fact: MultiplierChangeRequested) -> Decision[MultiplierAnswer]:
    """Set or remove a multiplier of the server, or of a role, channel, category or thread.

    Raises:
        TooManyEntriesError: There are as many multipliers of the kind as there can be.
        RuleUnusableError: What is stored of them cannot be used.
    """
    ruleset = view.rules(fact.guild_id)
    after = "" if fact.factor is None else f"{fact.factor:f}"
    if not fact.id:
        value = rule_value(ruleset, fact.rule)
        answer = MultiplierAnswer("" if value == 1 else f"{value:f}", "" if fact.factor == 1 else after)
        return decide_rules_edit(view, {fact.rule: fact.factor}, _stamp(fact), answer)
    entries: tuple[FactorOf, ...] = entries_of(ruleset, fact.rule)
    before = next((f"{entry.factor:f}" for entry in entries if entry.id == fact.id), "")
    new = [entry for entry in entries if entry.id != fact.id]
    if fact.factor is not None:
        new.append(FactorOf(id=fact.id, factor=fact.factor))
    if before == after:
        return Decision(MultiplierAnswer(before, after))
    if len(new) > MAX_FACTORS:
        raise TooManyEntriesError(rule=fact.rule, limit=MAX_FACTORS)
    plain = [entry.model_dump(mode="json") for entry in new]
    return decide_rules_edit(view, {fact.rule: plain}, _stamp(fact), MultiplierAnswer(before, after))
