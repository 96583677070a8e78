"""Values of rules: what kinds there are, how people write them, and how a rule is declared."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
)

__all__ = [
    "ChannelTarget",
    "Dates",
    "LogTarget",
    "Prefix",
    "RuleModel",
    "Thresholds",
    "ZoneName",
    "rule",
]


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
def _zones() -> frozenset[str]:
    """Return the names of all time zones; looking for them takes milliseconds."""
    return frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _zones():
        msg = f"{value!r} is no IANA time zone"
        raise ValueError(msg)
    return value


def _visible(value: str | None) -> str | None:
    if value is not None and (any(c.isspace() for c in value) or not value.isprintable()):
        msg = "a prefix holds no spaces and no invisible characters"
        raise ValueError(msg)
    return value


_Snowflake = Annotated[int, Field(ge=1, le=2**63 - 1)]

ChannelTarget = Annotated[Literal["here", "off"] | _Snowflake, BeforeValidator(_channel_target)]
"""Where something is told: where it happened, nowhere, or a channel."""

LogTarget = Annotated[Literal["off"] | _Snowflake, BeforeValidator(_channel_target)]
"""Where admins are told of trouble: nowhere, or a channel."""

Dates = Annotated[tuple[Annotated[dt.date, BeforeValidator(_iso_date)], ...], BeforeValidator(_split)]
"""Days of the calendar."""

Thresholds = Annotated[tuple[int, ...], BeforeValidator(_split)]
"""The XP of each level."""

Prefix = Annotated[str | None, Field(min_length=1, max_length=5), AfterValidator(_visible)]
"""What commands begin with; None for the bot's own."""

ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


def rule(default: object, description: str, *, unit: str = "", expected: str = "", **bounds: Any) -> Any:
    """Declare a rule: its default, what it is for, its unit, and what a right value is, in words."""
    extra: dict[str, JsonValue] = {"unit": unit, "expected": expected}
    return Field(default, description=description, json_schema_extra=extra, **bounds)


class RuleModel(BaseModel):
    """Some rules that belong together; unchangeable, and without a name that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @field_validator("*")
    @classmethod
    def _one_way_to_write_a_number(cls, value: object) -> object:
        """Make 1.50 the same as 1.5, so that it is no difference from it."""
        return value.normalize() + 0 if isinstance(value, Decimal) else value
