"""The rules of a guild: every number that an admin can change, in one model made of small ones.

Each field has a default (from the product's facts), bounds, a unit and a one-line description. The admin
commands, the settings page of the docs, the validation and the error texts are all made from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)

from leveling_core.curves import Curve, CurveError, CurveKind, curve_from

__all__ = [
    "DEFAULTS_VERSION",
    "AnnouncementRules",
    "BoostRules",
    "CurveRules",
    "DailyRules",
    "EarningRules",
    "GeneralRules",
    "GoalRules",
    "GuildRules",
    "Ruleset",
    "ruleset_of",
    "stored_ruleset",
]

DEFAULTS_VERSION = 1
"""The version of the defaults below. Raise it with every change of a default, and keep the old value in
``_FORMER_DEFAULTS``, so that an upgrade never changes a guild's rules behind its back."""

_FORMER_DEFAULTS: Final[Mapping[int, Mapping[str, Any]]] = {1: {}}
"""By version: what differed from today's defaults, by the rule's name."""


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
_ChannelTarget = Annotated[Literal["here", "off"] | _Snowflake, BeforeValidator(_channel_target)]
_LogTarget = Annotated[Literal["off"] | _Snowflake, BeforeValidator(_channel_target)]
_Days = Annotated[tuple[Annotated[dt.date, BeforeValidator(_iso_date)], ...], BeforeValidator(_split)]
_Thresholds = Annotated[tuple[int, ...], BeforeValidator(_split)]


def _rule(default: object, description: str, *, unit: str = "", expected: str = "", **bounds: Any) -> Any:
    """Declare a rule: its default, what it is for, its unit, and what a right value is, in words."""
    extra: dict[str, JsonValue] = {"unit": unit, "expected": expected}
    return Field(default, description=description, json_schema_extra=extra, **bounds)


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @field_validator("*")
    @classmethod
    def _one_way_to_write_a_number(cls, value: object) -> object:
        """Make 1.50 the same as 1.5, so that it is no difference from it."""
        return value.normalize() + 0 if isinstance(value, Decimal) else value


class GeneralRules(_Rules):
    """What concerns everything."""

    enabled: bool = _rule(True, "Whether members earn anything at all in this server.", expected="on or off")
    prefix: Annotated[
        str | None,
        Field(min_length=1, max_length=5),
        AfterValidator(_visible),
    ] = _rule(
        None,
        "What commands begin with in this server; default means the bot's own prefix.",
        expected="1 to 5 visible characters, or default",
    )
    timezone: Annotated[str, AfterValidator(_known_zone)] = _rule(
        "UTC",
        "Whose midnight begins a day of this server.",
        expected="an IANA time zone such as Europe/Kyiv or America/New_York",
    )


class EarningRules(_Rules):
    """What a message earns."""

    message_min_xp: int = _rule(15, "The least XP that a message earns.", unit="XP", ge=0, le=10_000)
    message_max_xp: int = _rule(25, "The most XP that a message earns.", unit="XP", ge=0, le=10_000)
    cooldown_seconds: int = _rule(
        60,
        "How long after a message that earned the next one earns nothing.",
        unit="seconds",
        ge=0,
        le=86_400,
    )
    long_message_length: int = _rule(
        100, "From how many characters on a message counts as long.", unit="characters", ge=1, le=4000
    )

    @model_validator(mode="after")
    def _range_is_ordered(self) -> EarningRules:
        if self.message_min_xp > self.message_max_xp:
            msg = (
                f"message_min_xp ({self.message_min_xp}) is more than message_max_xp ({self.message_max_xp})"
            )
            raise ValueError(msg)
        return self


class CurveRules(_Rules):
    """How much XP a level takes. Each kind of curve uses the parameters named for it."""

    kind: CurveKind = _rule("power", "Which curve turns XP into levels.")
    base: Decimal | None = _rule(
        None,
        "power (default 100) and exponential (default 50): the XP of the first step.",
        gt=0,
        le=1_000_000,
        unit="XP",
        expected="a number above 0, or default",
    )
    exponent: Decimal = _rule(Decimal("1.5"), "power: how steeply it rises.", gt=0, le=10)
    multiplier: Decimal = _rule(Decimal(2), "exponential: how much more each level takes.", gt=1, le=100)
    step: int = _rule(100, "linear: XP from each level to the next.", unit="XP", ge=1, le=1_000_000)
    factor: int = _rule(50, "triangular: XP × n × (n − 1) for level n.", unit="XP", ge=1, le=1_000_000)
    a: Decimal = _rule(Decimal(1), "polynomial: the factor of n³.", ge=0, le=1_000_000)
    b: Decimal = _rule(Decimal(50), "polynomial: the factor of n².", ge=-1_000_000, le=1_000_000)
    c: Decimal = _rule(Decimal(100), "polynomial: the factor of n.", ge=-1_000_000, le=1_000_000)
    rounding: int = _rule(1, "polynomial: thresholds are rounded to a multiple.", unit="XP", ge=1, le=100_000)
    table: _Thresholds = _rule(
        (),
        "table: the XP of every level from 1 on, beginning with 0.",
        unit="XP",
        expected="whole numbers with commas between them, each larger than the one before",
    )

    @field_validator("table")
    @classmethod
    def _table_rises_from_0(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value and value[0] != 0:
            msg = f"level 1 takes 0, not {value[0]}"
            raise ValueError(msg)
        for level, (before, after) in enumerate(pairwise(value), 2):
            if after <= before:
                msg = f"level {level} takes {after}, which is no more than the level before"
                raise ValueError(msg)
        return value

    def curve(self) -> Curve:
        """Build the curve.

        Raises:
            CurveError: Its thresholds do not strictly increase, or a parameter makes no curve.
        """
        used: dict[str, dict[str, Any]] = {
            "power": {"base": self.base or Decimal(100), "exponent": self.exponent},
            "exponential": {"base": self.base or Decimal(50), "multiplier": self.multiplier},
            "linear": {"step": self.step},
            "triangular": {"factor": self.factor},
            "mee6": {},
            "polynomial": {"a": self.a, "b": self.b, "c": self.c, "rounding": self.rounding},
            "table": {"thresholds": self.table},
        }
        return curve_from(self.kind, **used[self.kind])


class DailyRules(_Rules):
    """The daily reward and its streak."""

    base_xp: int = _rule(25, "What a daily claim earns before its bonus.", unit="XP", ge=0, le=100_000)
    streak_bonus_xp: int = _rule(5, "What each further day of the streak adds.", unit="XP", ge=0, le=10_000)
    max_streak_bonus_xp: int = _rule(25, "The most that a streak adds.", unit="XP", ge=0, le=100_000)
    recovery_hours: int = _rule(
        6,
        "How long after midnight a claim can still be booked on a day that was missed.",
        unit="hours",
        ge=0,
        le=23,
    )
    pardoned_days: _Days = _rule(
        (),
        "Days that break no streak, such as those of an outage.",
        expected="dates such as 2026-01-31, with commas between them, or none",
    )


class GoalRules(_Rules):
    """The server-wide goal of a day."""

    max_target: int = _rule(
        15,
        "How many members must claim on a day, where the server has as many.",
        unit="members",
        ge=1,
        le=10_000,
    )
    bonus_xp: int = _rule(
        15, "What everyone who claimed gets when it is reached.", unit="XP", ge=0, le=100_000
    )


class BoostRules(_Rules):
    """What boosting the server is worth."""

    multiplier: Decimal = _rule(
        Decimal("1.5"), "What the XP of a member who boosts is multiplied by.", ge=1, le=100, decimal_places=3
    )


class AnnouncementRules(_Rules):
    """What is announced, and where."""

    level: _ChannelTarget = _rule(
        "here", "Where a new level is announced.", expected="here (where it happened), off, or a channel"
    )
    achievement: _ChannelTarget = _rule(
        "off",
        "Where an achievement is announced; with off it still rides along with a new level.",
        expected="here (where it happened), off, or a channel",
    )
    goal: _ChannelTarget = _rule(
        "off",
        "Where a reached daily goal is announced.",
        expected="here (where it happened), off, or a channel",
    )
    log_channel: _LogTarget = _rule(
        "off", "Where the bot tells admins of trouble.", expected="a channel, or off"
    )
    ping: bool = _rule(False, "Whether an announcement pings the member.", expected="on or off")
    max_age_minutes: int = _rule(
        10, "How late an announcement may still be made, after an outage.", unit="minutes", ge=1, le=1440
    )


class GuildRules(_Rules):
    """All rules of a guild."""

    general: GeneralRules = GeneralRules()
    earning: EarningRules = EarningRules()
    curve: CurveRules = CurveRules()
    daily: DailyRules = DailyRules()
    goal: GoalRules = GoalRules()
    boost: BoostRules = BoostRules()
    announcements: AnnouncementRules = AnnouncementRules()


class Ruleset:
    """A guild's rules with what decisions derive from them, made once for each version of the rules.

    Attributes:
        invalid: Names of stored rules that could not be used; their defaults hold instead.
        rules: The validated rules.
        enabled: Whether anything is earned at all.
        curve: The curve of ``rules.curve``.
        cooldown_ms: The message cooldown in ms.
        long_message_length: From how many characters on a message counts as long.
        message_min_xp: The least roll of a message.
        message_span: How many different rolls a message can have.
        zone: The guild's time zone.
        boost: The booster multiplier as a fraction: numerator and denominator.
        pardoned_on: The pardoned days, as ordinals.
    """

    __slots__ = (
        "boost",
        "cooldown_ms",
        "curve",
        "enabled",
        "invalid",
        "long_message_length",
        "message_min_xp",
        "message_span",
        "pardoned_on",
        "rules",
        "zone",
    )

    def __init__(self, rules: GuildRules, invalid: tuple[str, ...] = ()) -> None:
        self.rules = rules
        self.invalid = invalid
        self.enabled = rules.general.enabled
        self.curve = rules.curve.curve()
        self.long_message_length = rules.earning.long_message_length
        self.message_min_xp = rules.earning.message_min_xp
        self.cooldown_ms = rules.earning.cooldown_seconds * 1000
        self.message_span = rules.earning.message_max_xp - rules.earning.message_min_xp + 1
        self.zone = ZoneInfo(rules.general.timezone)
        self.boost = rules.boost.multiplier.as_integer_ratio()
        self.pardoned_on = frozenset(day.toordinal() for day in rules.daily.pardoned_days)


_DEFAULT_RULESET = Ruleset(GuildRules())


def ruleset_of(changes: Mapping[str, Any], defaults_version: int) -> Ruleset:
    """Make a guild's rules from what differs from its defaults.

    Args:
        changes: Plain value by the rule's name, such as ``{"earning.cooldown_seconds": 30}``.
        defaults_version: Which defaults apply to everything else.

    Raises:
        pydantic.ValidationError: A value is not one that its rule can take.
        RuleError: The curve is none.
    """
    values = {**_FORMER_DEFAULTS.get(defaults_version, {}), **changes}
    return Ruleset(GuildRules.model_validate(_nested(values))) if values else _DEFAULT_RULESET


def stored_ruleset(changes: Mapping[str, Any], defaults_version: int) -> Ruleset:
    """Make a guild's rules of what is stored, passing over what this version of Laurel cannot use.

    A bound may have been tightened since, a rule or a time zone may be gone: that must not stop a guild. What
    is passed over is named in ``Ruleset.invalid``.
    """
    usable, invalid = dict(changes), list[str]()
    while True:
        try:
            ruleset = ruleset_of(usable, defaults_version)
        except (ValidationError, CurveError) as error:
            unusable = _blamed(error, usable)
            invalid += unusable
            usable = {name: value for name, value in usable.items() if name not in unusable}
        else:
            return Ruleset(ruleset.rules, tuple(sorted(invalid))) if invalid else ruleset


def _blamed(error: ValidationError | CurveError, changes: Mapping[str, Any]) -> set[str]:
    """Return which of the changes an error comes from: at least one, else all."""
    if isinstance(error, CurveError):
        return {name for name in changes if name.startswith("curve.")} or set(changes)
    places = {".".join(str(part) for part in found["loc"][:2]) for found in error.errors()}
    blamed = {name for name in changes if name in places or name.partition(".")[0] in places}
    return blamed or set(changes)


def _nested(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, _, field = name.partition(".")
        nested.setdefault(section, {})[field] = value
    return nested
