"""Changing a guild's rules: what rules there are, reading new values, and the decision that keeps them."""

from __future__ import annotations

import difflib
import hashlib
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec
from annotated_types import BaseMetadata, Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from leveling_core.curves import CurveError
from leveling_core.decision import Decision, View
from leveling_core.documents import ChangeStamp, RulesRecord
from leveling_core.errors import (
    InvalidRuleError,
    NoSuchRuleError,
    RuleConflictError,
    RuleMovedError,
    RuleUnusableError,
    UnknownRuleError,
)
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import rules_key
from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.rule_values import TargetWords
from leveling_core.rules import DEFAULTS_VERSION, GuildRules, Ruleset, ruleset_of
from leveling_core.settle import Stamp

__all__ = [
    "RuleInfo",
    "RulesAnswer",
    "change_record",
    "decide_guild_seen",
    "decide_rules_change",
    "decide_rules_edit",
    "describe_section",
    "entries_of",
    "get_rule",
    "list_rules",
    "replay_rules",
    "rule_value",
    "show_value",
    "typed_value",
    "value_mark",
]


T = TypeVar("T")

_EXPLAINED = frozenset(
    {"curve.table", "events.scheduled", "multipliers.channels", "multipliers.roles", "rewards.roles"}
)
"""Rules whose values can be wrong in ways that what is expected does not say; the error then does."""

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
        target_words: What may stand in place of a channel, for a rule whose value may be one; else empty.
        managed_by: The command that alone changes it, "" where any way of changing rules does.
    """

    name: str
    description: str
    unit: str
    default: str
    expected: str
    choices: tuple[str, ...] = ()
    target_words: tuple[str, ...] = ()
    managed_by: str = ""


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
            low = f"from {bound.ge:,}" if isinstance(bound, Ge) else f"above {bound.gt:,}"
        if isinstance(bound, Le | Lt):
            high = f"to {bound.le:,}" if isinstance(bound, Le) else f"below {bound.lt:,}"
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
                target_words=next((m.words for m in field.metadata if isinstance(m, TargetWords)), ()),
                managed_by=str(extra.get("managed_by", "")),
            )
    return types.MappingProxyType(found)


def list_rules() -> list[RuleInfo]:
    """Return every rule there is, in the order of the model."""
    return list(_rules_by_name().values())


def describe_section(section: str) -> str:
    """Return what a section of the rules is about, in a sentence."""
    return (GuildRules.model_fields[section].annotation.__doc__ or "").partition("\n")[0]


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


def entries_of(ruleset: Ruleset, name: str) -> tuple[Any, ...]:
    """Return the entries of a rule that is a list, for a change to some of them.

    Raises:
        RuleUnusableError: What is stored cannot be used: a change on top of it would throw it away.
    """
    if name in ruleset.invalid:
        raise RuleUnusableError(rule=name)
    entries: tuple[Any, ...] = rule_value(ruleset, name)
    return entries


def value_mark(ruleset: Ruleset, name: str) -> str:
    """Return eight characters that tell the value of a rule from any other, for who will change it later."""
    return hashlib.blake2b(show_value(rule_value(ruleset, name)).encode(), digest_size=4).hexdigest()


def typed_value(name: str, plain: Any) -> Any:
    """Return a value as its rule holds it, from the plain data of a ledger line.

    What a rule of today cannot take, or no rule is called, is returned as it is.
    """
    section, _, field = name.partition(".")
    known = GuildRules.model_fields.get(section)
    model = known.annotation if known is not None else None
    if not (isinstance(model, type) and issubclass(model, BaseModel)) or field not in model.model_fields:
        return plain
    try:
        return getattr(model.model_validate({field: plain}), field)
    except ValidationError:
        return plain


def _plain(ruleset: Ruleset, name: str) -> Any:
    section, _, field = name.partition(".")
    return getattr(ruleset.rules, section).model_dump(mode="json")[field]


def _asked_value(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    return (value if isinstance(value, str) and value else show_value(value))[:100]


def _validated(changes: Mapping[str, Any], defaults_version: int, asked: Mapping[str, Any]) -> Ruleset:
    """Validate rules as a whole; an error names the rule that was asked to change."""
    try:
        return ruleset_of(changes, defaults_version)
    except CurveError as error:
        name = next((name for name in asked if name.startswith("curve.")), "curve.kind")
        raise RuleConflictError(rule=name, value=_asked_value(asked, name), problem=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:2])
        if name not in _rules_by_name():
            name = next((rule for rule in asked if rule.startswith(f"{name}.")), name)
            why = str(first.get("ctx", {}).get("error", first["msg"]))
            raise RuleConflictError(rule=name, value=_asked_value(asked, name), problem=why) from error
        expected, value = _rules_by_name()[name].expected, _asked_value(asked, name)
        if name in _EXPLAINED and first["type"] == "value_error":
            expected = f"{expected} ({first['ctx']['error']})"
        raise InvalidRuleError(rule=name, value=value, expected=expected) from error


def _rule_changes(record: RulesRecord, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that differs from the defaults after a change to what was asked."""
    known = _rules_by_name()
    merged = {
        name: _plain(record.ruleset, name) if name in record.ruleset.invalid else value
        for name, value in record.changes.items()
        if name in known and asked.get(name, "") is not None
    }
    merged |= {name: value for name, value in asked.items() if value is not None}
    after = _validated(merged, record.defaults_version, asked)
    defaults = ruleset_of({}, record.defaults_version)
    plain = {name: _plain(after, name) for name in merged}
    return {name: value for name, value in plain.items() if value != _plain(defaults, name)}


def change_record(
    record: RulesRecord, asked: Mapping[str, Any], *, actor_id: int, at: int
) -> tuple[RulesRecord, dict[str, tuple[Any, Any]]]:
    """Return a guild's rules after a change, and old and new plain value of what it moved.

    Args:
        record: The rules before; they are returned where nothing moves.
        asked: New value (text or plain) by the rule's full name; None for its default.
        actor_id: Who asks.
        at: When, ms UTC.

    Raises:
        InvalidRuleError: A value is none that its rule can take, or does not go with the others.
    """
    changes = _rule_changes(record, asked)
    before, after = record.ruleset, ruleset_of(changes, record.defaults_version)
    # What is stored and cannot be used differs from its default, though that holds: so it can be reset.
    stored = {name: record.changes[name] for name in before.invalid if name in asked}
    moved = {name: (stored.get(name, _plain(before, name)), _plain(after, name)) for name in asked}
    moved = {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
    if not moved:
        return record, {}
    changed_by = {name: stamp for name, stamp in record.changed_by.items() if name in changes}
    changed_by |= {name: ChangeStamp(actor_id, at) for name in moved if name in changes}
    new = RulesRecord(
        changes=changes,
        defaults_version=record.defaults_version,
        version=record.version + 1,
        changed_by=changed_by,
    )
    return new, moved


def decide_rules_edit(view: View, asked: Mapping[str, Any], stamp: Stamp, answer: T) -> Decision[T]:
    """Change rules to values that a decision has made of those that it found; the change is a ledger line.

    Args:
        view: What the decision sees.
        asked: New plain value by the rule's full name; None for its default.
        stamp: Who changes them, when and where.
        answer: What to answer.
    """
    record = view.rules_record(stamp.guild_id)
    new, moved = change_record(record, asked, actor_id=stamp.actor_id, at=stamp.at)
    if not moved:
        return Decision(answer)
    return Decision(answer, {rules_key(stamp.guild_id): new}, [stamp.line(0, RulesChanged(changes=moved))])


def decide_rules_change(view: View, fact: RulesChangeRequested) -> Decision[RulesAnswer]:
    """Change rules of a guild, all or none; the change itself is a ledger line.

    Raises:
        UnknownRuleError: No rule has one of the names.
        InvalidRuleError: A value is none that its rule can take, or does not go with the others.
        RuleMovedError: A rule has another value now than who asks has seen.
    """
    record = view.rules_record(fact.guild_id)
    asked = {
        get_rule(name).name: None if value is None or value.strip().lower() == "default" else value
        for name, value in fact.changes.items()
    }
    for name, mark in fact.seen.items():
        if mark != value_mark(record.ruleset, name):
            raise RuleMovedError(rule=name, value=show_value(rule_value(record.ruleset, name)))
    new, moved = change_record(record, asked, actor_id=fact.actor_id, at=fact.at)
    if not moved:
        return Decision(RulesAnswer({}))
    stamp = Stamp(fact.at, fact.guild_id, fact.channel_id, fact.event_id, fact.actor_id)
    shown = {
        name: (
            show_value(old if name in record.ruleset.invalid else rule_value(record.ruleset, name)),
            show_value(rule_value(new.ruleset, name)),
        )
        for name, (old, _) in moved.items()
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
