"""What an achievement is, and reading achievements from content: every mistake in them is a ContentError."""

from __future__ import annotations

import datetime as dt
import reprlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    ValidationError,
    ValidationInfo,
)

from leveling_core.conditions import Condition, parse_condition
from leveling_core.curves import MAX_TOTAL_XP, Curve, exponential, linear, mee6, polynomial, power, triangular
from leveling_core.errors import ContentError
from leveling_core.suggestions import did_you_mean

__all__ = [
    "COUNTERS",
    "DERIVED_COUNTERS",
    "MAX_REWARD_XP",
    "AchievementDefinition",
    "Category",
    "Tier",
    "read_definitions",
]

DERIVED_COUNTERS: Final = ("level", "boost_days", "achievements")
"""Counters that no record holds: they follow from it, from the guild's rules and from the time."""

COUNTERS: Final = (
    *DERIVED_COUNTERS,
    "xp",
    "messages",
    "images",
    "links",
    "long_messages",
    "commands",
    "streak",
    "longest_streak",
    "dailies",
    "best_rank_of_10",
    "best_rank_of_30",
    "rank_improvement",
    "goals_completed",
)
"""What a condition may name. All but the derived ones are fields of the member's record."""

MAX_REWARD_XP: Final = 1_000_000

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

Tier = Literal["bronze", "silver", "gold", "platinum"]
"""How hard an achievement is, ascending."""


def _content(expected: str, **bounds: Any) -> Any:
    """Declare a field of content: what a right value is, in words and as bounds."""
    return Field(json_schema_extra={"expected": expected}, **bounds)


def _condition(value: object, info: ValidationInfo) -> object:
    place = info.context or {}
    if not isinstance(value, str):
        return value
    return parse_condition(value, counters=COUNTERS, file=place["file"], entry=place["entry"])


def _instant(value: object) -> int:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        msg = "an instant is written as a date-time with its offset"
        raise ValueError(msg)
    return (value - _EPOCH) // dt.timedelta(milliseconds=1)


_Id = Annotated[
    str,
    _content("lower-case letters, digits and _, beginning with a letter", pattern=r"^[a-z][a-z0-9_]{0,63}$"),
]
_Name = Annotated[str, _content("a text of 1 to 60 characters", min_length=1, max_length=60)]
_Emoji = Annotated[
    str, _content("an emoji, or one of Discord's own as <:name:id>", pattern=r"^[^\s\x00-\x1f]{1,64}$")
]
_Instant = Annotated[
    int | None,
    BeforeValidator(_instant),
    _content("a date-time with its offset, such as 2026-12-24T00:00:00Z"),
]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Category(_Content):
    """A group of achievements, as members see them.

    Attributes:
        id: Its name in content.
        name: Its name for people.
        emoji: Shown beside it.
    """

    id: _Id
    name: _Name
    emoji: _Emoji


class AchievementDefinition(_Content):
    """An achievement: what it takes, and what it is worth.

    Attributes:
        id: Its name in records and content; never changed once published.
        name: Its name for people.
        description: What to do for it, for people.
        emoji: Shown beside it.
        category: The id of its category.
        tier: How hard it is.
        condition: What a member must have.
        xp: The reward of each unlocking.
        secret: Whether it is hidden from those who have not unlocked it.
        repeatable: By how much the counter of ``condition`` must rise for it to be unlocked again; None for
            an achievement that is unlocked once.
        available_from: From when on it can be unlocked, ms UTC; None for always.
        available_until: From when on it no longer can, ms UTC; None for never.
    """

    id: _Id
    name: _Name
    description: Annotated[str, _content("a text of 1 to 200 characters", min_length=1, max_length=200)]
    emoji: _Emoji
    category: Annotated[str, _content("the id of a category")]
    tier: Annotated[Tier, _content("bronze, silver, gold or platinum")]
    condition: Annotated[
        InstanceOf[Condition], BeforeValidator(_condition), _content("a condition, such as messages >= 500")
    ]
    xp: Annotated[int, _content(f"a whole number from 0 to {MAX_REWARD_XP}", ge=0, le=MAX_REWARD_XP)]
    secret: Annotated[bool, _content("true or false")] = False
    repeatable: Annotated[
        int | None, _content("a whole number above 0: the step of the counter", ge=1, le=MAX_TOTAL_XP)
    ] = None
    available_from: _Instant = None
    available_until: _Instant = None

    def is_available(self, at: int) -> bool:
        """Tell whether it can be unlocked at the instant ``at`` (ms UTC)."""
        return (self.available_from is None or at >= self.available_from) and (
            self.available_until is None or at < self.available_until
        )


def read_definitions(
    data: Mapping[str, object], *, file: str
) -> tuple[tuple[Category, ...], tuple[AchievementDefinition, ...]]:
    """Read the categories and achievements of a catalogue, in the order of the file.

    Args:
        data: The parsed content: lists ``category`` and ``achievement``.
        file: Its file, for the errors.

    Raises:
        ContentError: Something in it is wrong.
    """
    for key in sorted(data.keys() - {"category", "achievement"}):
        hint = did_you_mean(key, ("category", "achievement"))
        raise ContentError(
            file=file,
            entry="",
            field=key,
            problem=f"there is no such section{hint}",
            expected="[[category]] and [[achievement]]",
        )
    categories = _read_entries(Category, data, "category", file)
    definitions = _read_entries(AchievementDefinition, data, "achievement", file)
    known = [category.id for category in categories]
    for definition in definitions:
        _check(definition, known, file)
    _check_rewards_end(definitions, file)
    return categories, definitions


Entry = TypeVar("Entry", Category, AchievementDefinition)


def _read_entries(
    model: type[Entry], data: Mapping[str, object], section: str, file: str
) -> tuple[Entry, ...]:
    listed = data.get(section, [])
    if not isinstance(listed, list):
        raise ContentError(
            file=file, entry="", field=section, problem="it is no list", expected=f"entries [[{section}]]"
        )
    entries: dict[str, Entry] = {}
    for number, raw in enumerate(listed, start=1):
        entry = _read_entry(model, raw, f"{section} {number}", file)
        if entry.id in entries:
            raise ContentError(
                file=file,
                entry=entry.id,
                field="id",
                problem=f"another {section} has this id already",
                expected="a different one for each",
            )
        entries[entry.id] = entry
    return tuple(entries.values())


def _read_entry(model: type[Entry], raw: object, name: str, file: str) -> Entry:
    if isinstance(raw, Mapping) and isinstance(raw.get("id"), str):
        name = raw["id"]
    try:
        return model.model_validate(raw, context={"file": file, "entry": name})
    except ValidationError as error:
        raise _content_error(model, error, name, file) from error


def _content_error(model: type[Entry], error: ValidationError, entry: str, file: str) -> ContentError:
    """Say what pydantic found, in the words of content."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    names = tuple(model.model_fields)
    expected = "a table of " + ", ".join(names)
    if field in names:
        extra = model.model_fields[field].json_schema_extra
        expected = str(extra["expected"]) if isinstance(extra, dict) else expected
    match first["type"]:
        case "missing":
            problem = "it is missing"
        case "extra_forbidden":
            problem = f"there is no such field{did_you_mean(field, names)}"
            expected = "one of " + ", ".join(names)
        case _:
            value = first["input"]
            problem = f"it is {value.isoformat() if isinstance(value, dt.date) else reprlib.repr(value)}"
    return ContentError(file=file, entry=entry, field=field, problem=problem, expected=expected)


def _check(definition: AchievementDefinition, categories: Iterable[str], file: str) -> None:
    """Check what concerns more than one field."""

    def fail(field: str, problem: str, expected: str) -> ContentError:
        return ContentError(file=file, entry=definition.id, field=field, problem=problem, expected=expected)

    known = tuple(categories)
    if definition.category not in known:
        hint = did_you_mean(definition.category, known)
        expected = "one of " + (", ".join(known) or "the categories, of which the file has none")
        raise fail("category", f"there is no category {definition.category!r}{hint}", expected)
    begin, end = definition.available_from, definition.available_until
    if begin is not None and end is not None and begin >= end:
        raise fail("available_until", "it is not after available_from", "a later date-time")
    if definition.repeatable and definition.condition.threshold is None:
        raise fail(
            "repeatable",
            f"its condition is {definition.condition.text!r}",
            "a condition of one counter and >=, such as messages >= 100",
        )
    if definition.condition.evaluate(dict.fromkeys(COUNTERS, 0)):
        raise fail("condition", "it holds for a member who has done nothing yet", "something to be achieved")


def _check_rewards_end(definitions: Iterable[AchievementDefinition], file: str) -> None:
    """Refuse rewards that unlock their own achievements again, and again, with nothing else happening.

    Only repeatable achievements can, and only those on XP or levels: a reward is XP. In the long run each XP
    gained brings the sum of reward ÷ step of those on XP; each level gained that of those on levels. If the
    XP of one level, at the top of a curve where levels are largest, thereby bring that much XP or more again,
    it never ends. Guilds choose their curve, so it has to end on the default curve of every kind.
    """
    feeders = [d for d in definitions if d.repeatable and d.xp and d.condition.counters <= {"xp", "level"}]
    if not feeders:
        return
    for curve in (power(), exponential(), linear(), triangular(), mee6(), polynomial()):
        shares = {definition: _returned_share(definition, curve) for definition in feeders}
        if sum(shares.values()) < 1:
            continue
        worst = max(feeders, key=lambda definition: shares[definition])
        others = ", ".join(definition.id for definition in feeders if definition is not worst)
        raise ContentError(
            file=file,
            entry=worst.id,
            field="xp",
            problem=f"with {worst.xp} XP for every {worst.repeatable} more it unlocks itself for ever"
            + (f", together with {others}," if others else "")
            + f" on the {curve.kind} curve",
            expected="a smaller reward or a larger step",
        )


def _returned_share(definition: AchievementDefinition, curve: Curve) -> Fraction:
    """Return how much of any XP gained at the top of the curve comes back as this reward."""
    step_xp = definition.repeatable or 1
    if "level" in definition.condition.counters:
        step_xp *= curve.thresholds[-1] - curve.thresholds[-2]
    return Fraction(definition.xp, step_xp)
