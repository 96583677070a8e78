"""Changing a guild's rules: what rules there are, reading new values, and the decision that keeps them."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from annotated_types import BaseMetadata, Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from leveling_core.curves import CurveError
from leveling_core.decision import Decision, View
from leveling_core.documents import ChangeStamp, RulesRecord
from leveling_core.errors import InvalidRuleError, NoSuchRuleError, RuleConflictError, UnknownRuleError
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import rules_key
from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.rules import DEFAULTS_VERSION, GuildRules, Ruleset, ruleset_of
from leveling_core.settle import Stamp

__all__ = [
    "RuleInfo",
    "RulesAnswer",
    "decide_guild_seen",
    "decide_rules_change",
    "get_rule",
    "list_rules",
    "replay_rules",
    "rule_value",
    "show_value",
]


NEAR = 0.6
"""How much of a mistyped name must be right for a suggestion to help (``difflib``'s ratio)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleInfo:
    """One rule, as admins know it.

    Attributes:
        name: Such as ``earning.cooldown_seconds``.
        description: One line.
        unit: Of a number: ``XP``, ``seconds``; "" for none.
        default: The default, as shown.
        expected: What a right value is, in words.
        choices: All right values where they can be listed, else empty.
    """

    name: str
    description: str
    unit: str
    default: str
    expected: str
    choices: tuple[str, ...] = ()


class RulesAnswer(msgspec.Struct, frozen=True):
    """What a change of rules came to: shown old and new value by name; empty if nothing differed."""

    changes: dict[str, tuple[str, str]]


def show_value(value: object) -> str:
    """Write a rule's value as its admin would type it."""
    if value is None:
        return "default"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(show_value(item) for item in value) or "none"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _bounds(metadata: Sequence[object]) -> str:
    low = high = ""
    for bound in metadata:
        if not isinstance(bound, BaseMetadata):
            continue
        if isinstance(bound, Ge | Gt):
            low = f"from {bound.ge}" if isinstance(bound, Ge) else f"above {bound.gt}"
        if isinstance(bound, Le | Lt):
            high = f"to {bound.le}" if isinstance(bound, Le) else f"below {bound.lt}"
    return f" {low} {high}".replace("  ", " ").rstrip()


def _choices(annotation: object) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    return ("on", "off") if annotation is bool else ()


def _expected(field: FieldInfo, unit: str) -> str:
    choices = _choices(field.annotation)
    if choices:
        return f"one of {', '.join(choices)}"
    number = "a whole number" if field.annotation is int else "a number"
    return f"{number}{_bounds(field.metadata)}" + (f" ({unit})" if unit else "")


@cache
def _rules_by_name() -> Mapping[str, RuleInfo]:
    defaults = GuildRules()
    found: dict[str, RuleInfo] = {}
    for section, section_field in GuildRules.model_fields.items():
        model = section_field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            msg = f"section {section} of GuildRules is no model"
            raise TypeError(msg)
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            unit = str(extra.get("unit", ""))
            found[f"{section}.{name}"] = RuleInfo(
                name=f"{section}.{name}",
                description=field.description or "",
                unit=unit,
                default=show_value(getattr(getattr(defaults, section), name)),
                expected=str(extra.get("expected") or _expected(field, unit)),
                choices=_choices(field.annotation),
            )
    return types.MappingProxyType(found)


def list_rules() -> list[RuleInfo]:
    """Return every rule there is, in the order of the model."""
    return list(_rules_by_name().values())


def get_rule(name: str) -> RuleInfo:
    """Return a rule by its name; the name of the field alone will do where only one section has it.

    Raises:
        UnknownRuleError: None is called so, or several are; it names what may be meant.
        NoSuchRuleError: None is called so or similarly.
    """
    rules = _rules_by_name()
    wanted = name.strip().lower()
    if wanted in rules:
        return rules[wanted]
    by_field = [info for info in rules.values() if info.name.partition(".")[2] == wanted]
    if len(by_field) == 1:
        return by_field[0]
    if by_field:
        raise UnknownRuleError(rule=name[:100], nearest=" or ".join(info.name for info in by_field))
    names = [*rules, *(full.partition(".")[2] for full in rules)]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=NEAR)
    nearest = next((full for full in rules for found in near if full.endswith(found)), "")
    if not nearest:
        raise NoSuchRuleError(rule=name[:100])
    raise UnknownRuleError(rule=name[:100], nearest=nearest)


def rule_value(ruleset: Ruleset, name: str) -> Any:
    """Return the value that a rule has in a guild.

    Raises:
        UnknownRuleError: No rule is called so.
    """
    section, _, field = get_rule(name).name.partition(".")
    return getattr(getattr(ruleset.rules, section), field)


def _plain(ruleset: Ruleset, name: str) -> Any:
    section, _, field = name.partition(".")
    return getattr(ruleset.rules, section).model_dump(mode="json")[field]


def _validated(changes: Mapping[str, Any], defaults_version: int, asked: Mapping[str, str | None]) -> Ruleset:
    """Validate rules as a whole; an error names the rule that was asked to change."""
    try:
        return ruleset_of(changes, defaults_version)
    except CurveError as error:
        name = next((name for name in asked if name.startswith("curve.")), "curve.kind")
        raise RuleConflictError(
            rule=name, value=(asked.get(name) or "default")[:100], problem=str(error)
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:2])
        if name not in _rules_by_name():
            name = next((rule for rule in asked if rule.startswith(f"{name}.")), name)
            why = str(first.get("ctx", {}).get("error", first["msg"]))
            raise RuleConflictError(
                rule=name, value=(asked.get(name) or "default")[:100], problem=why
            ) from error
        expected, value = _rules_by_name()[name].expected, (asked.get(name) or "default")[:100]
        if name == "curve.table" and first["type"] == "value_error":
            expected = f"{expected} ({first['ctx']['error']})"
        raise InvalidRuleError(rule=name, value=value, expected=expected) from error


def _rule_changes(record: RulesRecord, fact: RulesChangeRequested) -> tuple[dict[str, Any], list[str]]:
    """Return all that differs from the defaults after the change, and the full names of what was asked."""
    asked = {
        get_rule(name).name: None if value is None or value.strip().lower() == "default" else value
        for name, value in fact.changes.items()
    }
    merged = {
        name: value
        for name, value in record.changes.items()
        if name not in record.ruleset.invalid and asked.get(name, "") is not None
    }
    merged |= {name: text for name, text in asked.items() if text is not None}
    after = _validated(merged, record.defaults_version, asked)
    defaults = ruleset_of({}, record.defaults_version)
    plain = {name: _plain(after, name) for name in merged}
    return {name: value for name, value in plain.items() if value != _plain(defaults, name)}, list(asked)


def decide_rules_change(view: View, fact: RulesChangeRequested) -> Decision[RulesAnswer]:
    """Change rules of a guild, all or none; the change itself is a ledger line.

    Raises:
        UnknownRuleError: No rule has one of the names.
        InvalidRuleError: A value is none that its rule can take, or does not go with the others.
    """
    record = view.rules_record(fact.guild_id)
    changes, names = _rule_changes(record, fact)
    before, after = record.ruleset, ruleset_of(changes, record.defaults_version)
    moved = {name: (_plain(before, name), _plain(after, name)) for name in names}
    moved = {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
    if not moved:
        return Decision(RulesAnswer({}))
    changed_by = {name: stamp for name, stamp in record.changed_by.items() if name in changes}
    changed_by |= {name: ChangeStamp(fact.actor_id, fact.at) for name in moved if name in changes}
    new = RulesRecord(
        changes=changes,
        defaults_version=record.defaults_version,
        version=record.version + 1,
        changed_by=changed_by,
    )
    stamp = Stamp(fact.at, fact.guild_id, fact.channel_id, fact.event_id, fact.actor_id)
    shown = {
        name: (show_value(rule_value(before, name)), show_value(rule_value(after, name))) for name in moved
    }
    line = stamp.line(0, RulesChanged(changes=moved))
    return Decision(RulesAnswer(shown), {rules_key(fact.guild_id): new}, [line])


def decide_guild_seen(view: View, guild_id: int) -> Decision[bool]:
    """Fix the defaults of a guild seen for the first time, against upgrades; tell whether it was."""
    record = view.rules_record(guild_id)
    if record.version:
        return Decision(False)
    return Decision(True, {rules_key(guild_id): record.begun()})


def replay_rules(lines: Iterable[LedgerLine]) -> RulesRecord:
    """Return a guild's rules as they are by the changes that were made to them.

    With which defaults the guild began is told by no line; they are taken to be those of now.

    Args:
        lines: All of the guild's lines that tell of changed rules, in order.
    """
    changes: dict[str, Any] = {}
    changed_by: dict[str, ChangeStamp] = {}
    version = 1
    for line in lines:
        if isinstance(line.outcome, RulesChanged):
            version += 1
            for name, (_, value) in line.outcome.changes.items():
                changes[name] = value
                changed_by[name] = ChangeStamp(line.actor_id, line.at)
    defaults = ruleset_of({}, DEFAULTS_VERSION)
    # A rule that is gone stays: it is passed over, and named in the log, as in any record.
    differing = {
        name: value
        for name, value in changes.items()
        if name not in _rules_by_name() or value != _plain(defaults, name)
    }
    stamps = {name: changed_by[name] for name in differing}
    return RulesRecord(changes=differing, version=version, changed_by=stamps)
