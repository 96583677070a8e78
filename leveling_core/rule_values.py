"""Values of rules: what kinds there are, how people write them, and how a rule is declared."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_origin
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
    model_validator,
)

from leveling_core.amounts import read_amount
from leveling_core.errors import AmountError
from leveling_core.moments import parse_duration
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND

__all__ = [
    "MAX_FACTOR",
    "MIN_FACTOR",
    "ChannelTarget",
    "Dates",
    "Factor",
    "FactorOf",
    "Factors",
    "Ids",
    "Listed",
    "LogTarget",
    "Prefix",
    "Prefixes",
    "RuleEntry",
    "RuleModel",
    "Snowflake",
    "TargetWords",
    "Thresholds",
    "ZoneName",
    "read_factor",
    "read_number",
    "rule",
]

MIN_FACTOR, MAX_FACTOR = Decimal("0.05"), 100
"""The least and the most that one multiplier can be: what earns next to nothing had better be no-XP."""

_UNIT_MS = {
    "seconds": MS_PER_SECOND,
    "minutes": MS_PER_MINUTE,
    "hours": MS_PER_HOUR,
    "days": MS_PER_DAY,
}
"""The units of rules that are times, in which what is typed may have another."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")

_MENTION = re.compile(r"<(?:#|@[!&]?)([0-9]+)>")


def _split(value: object) -> object:
    """Let a list be written as text: ``0, 100, 250``; ``none`` is the empty one."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() in {"", "none"}:
        return []
    return [part.strip() for part in value.split(",")]


def _iso_date(value: object) -> object:
    """Read a date as it is written; pydantic alone would also take a number for a timestamp."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _channel_target(value: object) -> object:
    """Let a channel be written as Discord shows it: ``<#123>``."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower().removeprefix("<#").removesuffix(">")
    if text in {"here", "off"}:
        return text
    return int(text) if text.isascii() and text.isdigit() else value


@cache
def _zones() -> dict[str, str]:
    """Return the names of all time zones by the same in small letters; finding them takes milliseconds."""
    return {name.lower(): name for name in sorted(available_timezones())}


def _known_zone(value: str) -> str:
    zone = _zones().get(value.strip().lower())
    if zone is None:
        msg = f"{value!r} is no IANA time zone"
        raise ValueError(msg)
    return zone


def _visible(value: str | None) -> str | None:
    if value is not None and (any(c.isspace() for c in value) or not value.isprintable()):
        msg = "a prefix holds no spaces and no invisible characters"
        raise ValueError(msg)
    return value


def _id(value: object) -> object:
    """Let an id be written as a mention: of a channel, a role or a member."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    mention = _MENTION.fullmatch(text)
    return int(mention[1] if mention else text) if mention or (text.isascii() and text.isdigit()) else value


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out what was named before."""
    return tuple(dict.fromkeys(values))


def read_factor(text: str) -> Decimal | str:
    """Read a factor as people write it: ``2``, ``1.5x``, ``x2``, ``1,5×``; return what is none as it is."""
    number = text.strip().lower().strip("x×").strip().replace(",", ".")
    return Decimal(number) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", number) else text


def _factor(value: object) -> object:
    return read_factor(value) if isinstance(value, str) else value


def _plain_number(value: Decimal) -> Decimal:
    """Make 1.50 the same as 1.5, so that it is no difference from it."""
    return value.normalize() + 0


def read_number(text: str, unit: str = "") -> int:
    """Read a whole number as people write it: ``500``, ``1,000``, ``1.5k``; a time also as ``30s``, ``2h``.

    Args:
        text: As it was typed.
        unit: What is counted: ``XP``, or ``seconds``, ``minutes``, ``hours``, ``days``; "" for anything else.

    Raises:
        ValueError: It is none, may mean another, or is no whole number of the unit.
    """
    typed = text.strip()
    if _WHOLE.fullmatch(typed):
        return int(typed)
    length_ms = parse_duration(typed) if unit in _UNIT_MS else None
    if length_ms is not None:
        number, rest = divmod(length_ms, _UNIT_MS[unit])
        if rest:
            msg = f"{typed!r} is no whole number of {unit}"
            raise ValueError(msg)
        return number
    if unit != "XP" and typed.lower().endswith("xp"):
        msg = f"{typed!r} is a number of XP"
        raise ValueError(msg)
    try:
        return read_amount(typed, least=0)
    except AmountError as error:
        msg = f"{typed!r} is no whole number"
        raise ValueError(msg) from error


def _number(value: object) -> object:
    return read_number(value, "XP") if isinstance(value, str) else value


Listed = BeforeValidator(_split)
"""Lets a list be typed with commas between its entries; ``none`` is the empty one."""

Snowflake = Annotated[int, Field(ge=1, le=2**63 - 1), BeforeValidator(_id)]
"""An id of Discord's."""

Factor = Annotated[
    Decimal,
    Field(ge=MIN_FACTOR, le=MAX_FACTOR, decimal_places=3),
    BeforeValidator(_factor),
    AfterValidator(_plain_number),
]
"""What XP is multiplied by."""

Ids = Annotated[tuple[Snowflake, ...], BeforeValidator(_split), AfterValidator(_each_once)]
"""Ids of channels, roles or members, each once."""

Prefixes = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=10), AfterValidator(_visible)], ...],
    BeforeValidator(_split),
    AfterValidator(_each_once),
]
"""What messages begin with, each once."""


@dataclass(frozen=True, slots=True)
class TargetWords:
    """Marks a rule whose value is a channel, or one of these words."""

    words: tuple[str, ...]


ChannelTarget = Annotated[
    Literal["here", "off"] | Snowflake, BeforeValidator(_channel_target), TargetWords(("here", "off"))
]
"""Where something is told: where it happened, nowhere, or a channel."""

LogTarget = Annotated[Literal["off"] | Snowflake, BeforeValidator(_channel_target), TargetWords(("off",))]
"""Where admins are told of trouble: nowhere, or a channel."""

Dates = Annotated[tuple[Annotated[dt.date, BeforeValidator(_iso_date)], ...], BeforeValidator(_split)]
"""Days of the calendar."""

Thresholds = Annotated[tuple[Annotated[int, BeforeValidator(_number)], ...], BeforeValidator(_split)]
"""The XP of each level."""

Prefix = Annotated[str | None, Field(min_length=1, max_length=5), AfterValidator(_visible)]
"""What commands begin with; None for the bot's own."""

ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


def rule(
    default: object,
    description: str,
    *,
    unit: str = "",
    expected: str = "",
    managed_by: str = "",
    **bounds: Any,
) -> Any:
    """Declare a rule.

    Args:
        default: Its default.
        description: What it is for, in a sentence.
        unit: Of a number: ``XP``, ``seconds``; "" for none.
        expected: What a right value is, in words; "" where that can be told from its type and bounds.
        managed_by: The command that alone changes it, because that looks at more than the value; "" for none.
        bounds: As pydantic takes them.
    """
    extra: dict[str, JsonValue] = {"unit": unit, "expected": expected, "managed_by": managed_by}
    return Field(default, description=description, json_schema_extra=extra, **bounds)


class RuleModel(BaseModel):
    """Some rules that belong together; unchangeable, and without a name that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _words_in_any_case(cls, value: object, info: ValidationInfo) -> object:
        """Let one of a few words be typed in large letters, too."""
        field = cls.model_fields[info.field_name or ""]
        is_word = isinstance(value, str) and get_origin(field.annotation) is Literal
        return str(value).strip().lower() if is_word else value

    @field_validator("*", mode="before")
    @classmethod
    def _numbers_as_people_write_them(cls, value: object, info: ValidationInfo) -> object:
        """Let a whole number be typed in thousands, and a time in another unit."""
        field = cls.model_fields[info.field_name or ""]
        if not isinstance(value, str) or field.annotation is not int:
            return value
        extra = field.json_schema_extra
        return read_number(value, str(extra.get("unit", "")) if isinstance(extra, dict) else "")

    @field_validator("*")
    @classmethod
    def _one_way_to_write_a_number(cls, value: object) -> object:
        """Make 1.50 the same as 1.5, so that it is no difference from it."""
        return _plain_number(value) if isinstance(value, Decimal) else value


class RuleEntry(BaseModel):
    """One entry of a rule that is a list: plain data where it is kept, a piece of text where it is typed.

    A subclass says how its text is read (``read``) and written (``__str__``); the text holds no comma.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, text: str) -> dict[str, object]:
        """Return the fields of an entry as it is typed.

        Raises:
            ValueError: It is none.
        """
        raise NotImplementedError

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return cls.read(value) if isinstance(value, str) else value


class FactorOf(RuleEntry):
    """A factor that belongs to a channel, a category, a thread or a role; typed as ``123=1.5``."""

    id: Snowflake
    factor: Factor

    @classmethod
    def read(cls, text: str) -> dict[str, object]:
        """Return id and factor of ``123=1.5`` or ``<#123> = 1.5x``."""
        id_, equals, factor = text.partition("=")
        if not equals:
            msg = f"{text!r} says no factor after a ="
            raise ValueError(msg)
        return {"id": id_.strip(), "factor": factor.strip()}

    def __str__(self) -> str:
        return f"{self.id}={self.factor:f}"


def _one_factor_each(entries: tuple[FactorOf, ...]) -> tuple[FactorOf, ...]:
    ids = [entry.id for entry in entries]
    for id_ in ids:
        if ids.count(id_) > 1:
            msg = f"{id_} is named twice"
            raise ValueError(msg)
    return entries


Factors = Annotated[tuple[FactorOf, ...], Listed, AfterValidator(_one_factor_each)]
"""Factors of channels or roles, one for each."""
