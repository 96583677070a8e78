"""The rules of a guild: every number that an admin can change, in one model made of small ones.

Each field has a default (from the product's facts), bounds, a unit and a one-line description. The admin
commands, the settings page of the docs, the validation and the error texts are all made from them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from leveling_core.ceilings import ceilings_of
from leveling_core.curve_rules import CurveRules
from leveling_core.curves import CurveError
from leveling_core.earning_rules import EarningRules, EventRules, MultiplierRules, ScopeRules
from leveling_core.multipliers import GuildMultipliers
from leveling_core.periods import WeekStart, day_of, midnight_of, utc_day_of, utc_midnight_of
from leveling_core.picture_rules import PictureRules
from leveling_core.rewards import RewardRules
from leveling_core.rule_values import (
    ChannelTarget,
    Dates,
    LogTarget,
    Prefix,
    RuleModel,
    ZoneName,
    rule,
)
from leveling_core.scope import Scope

__all__ = [
    "DEFAULTS_VERSION",
    "AnnouncementRules",
    "BoostRules",
    "DailyRules",
    "GeneralRules",
    "GoalRules",
    "GuildRules",
    "RetentionRules",
    "Ruleset",
    "ruleset_of",
    "stored_ruleset",
]

DEFAULTS_VERSION = 1
"""The version of the defaults below. Raise it with every change of a default, and keep the old value in
``_FORMER_DEFAULTS``, so that an upgrade never changes a guild's rules behind its back."""

_FORMER_DEFAULTS: Final[Mapping[int, Mapping[str, Any]]] = {1: {}}
"""By version: what differed from today's defaults, by the rule's name."""


class GeneralRules(RuleModel):
    """What concerns everything."""

    enabled: bool = rule(True, "Whether members earn anything at all in this server.", expected="on or off")
    prefix: Prefix = rule(
        None,
        "What commands begin with in this server; default means the bot's own prefix.",
        expected="1 to 5 visible characters, or default",
    )
    timezone: ZoneName = rule(
        "UTC",
        "Whose midnight begins a day of this server.",
        expected="an IANA time zone such as Europe/Kyiv or America/New_York",
    )
    week_start: WeekStart = rule("monday", "With which day a week of this server begins.")


class DailyRules(RuleModel):
    """The daily reward and its streak."""

    base_xp: int = rule(25, "What a daily claim earns before its bonus.", unit="XP", ge=0, le=100_000)
    streak_bonus_xp: int = rule(5, "What each further day of the streak adds.", unit="XP", ge=0, le=10_000)
    max_streak_bonus_xp: int = rule(25, "The most that a streak adds.", unit="XP", ge=0, le=100_000)
    recovery_hours: int = rule(
        6,
        "How long after midnight a claim can still be booked on a day that was missed.",
        unit="hours",
        ge=0,
        le=23,
    )
    pardoned_days: Dates = rule(
        (),
        "Days that break no streak, such as those of an outage.",
        expected="dates such as 2026-01-31, with commas between them, or none",
    )


class GoalRules(RuleModel):
    """The server-wide goal of a day."""

    max_target: int = rule(
        15,
        "How many members must claim on a day, where the server has as many.",
        unit="members",
        ge=1,
        le=10_000,
    )
    bonus_xp: int = rule(
        15, "What everyone who claimed gets when it is reached.", unit="XP", ge=0, le=100_000
    )


class BoostRules(RuleModel):
    """What boosting the server is worth."""

    multiplier: Decimal = rule(
        Decimal("1.5"), "What the XP of a member who boosts is multiplied by.", ge=1, le=100, decimal_places=3
    )


class AnnouncementRules(RuleModel):
    """What is announced, and where."""

    level: ChannelTarget = rule(
        "here",
        "Where a new level is announced; with here, what happens in no channel, such as boosting, or by hand "
        "is announced nowhere.",
        expected="here (where it happened), off, or a channel",
    )
    achievement: ChannelTarget = rule(
        "off",
        "Where an achievement is announced; with off it still rides along with a new level.",
        expected="here (where it happened), off, or a channel",
    )
    goal: ChannelTarget = rule(
        "off",
        "Where a reached daily goal is announced.",
        expected="here (where it happened), off, or a channel",
    )
    event: ChannelTarget = rule(
        "here",
        "Where the start and the end of an event are announced.",
        expected="here (where it was asked for), off, or a channel",
    )
    log_channel: LogTarget = rule(
        "off", "Where the bot tells admins of trouble.", expected="a channel, or off"
    )
    audit_channel: LogTarget = rule(
        "off",
        "Where it is told what those who manage the server did, deed by deed.",
        expected="a channel, or off",
    )
    ping: bool = rule(False, "Whether an announcement pings the member.", expected="on or off")
    max_age_minutes: int = rule(
        10, "How late an announcement may still be made, after an outage.", unit="minutes", ge=1, le=1440
    )


class RetentionRules(RuleModel):
    """How long details are kept. XP, boards and statistics stay the same for ever."""

    message_days: int = rule(
        400,
        "After how many days a member's awards for messages become one sum a day; 36500 practically never.",
        unit="days",
        ge=60,  # more than any statistic shows single awards of
        le=36_500,
    )


class GuildRules(RuleModel):
    """All rules of a guild."""

    general: GeneralRules = GeneralRules()
    earning: EarningRules = EarningRules()
    curve: CurveRules = CurveRules()
    daily: DailyRules = DailyRules()
    goal: GoalRules = GoalRules()
    boost: BoostRules = BoostRules()
    scope: ScopeRules = ScopeRules()
    multipliers: MultiplierRules = MultiplierRules()
    events: EventRules = EventRules()
    announcements: AnnouncementRules = AnnouncementRules()
    rewards: RewardRules = RewardRules()
    pictures: PictureRules = PictureRules()
    retention: RetentionRules = RetentionRules()


_EVERYWHERE = ScopeRules()
_UNMULTIPLIED = (MultiplierRules(), EventRules())


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
        scope: Where and who earns; None where everybody earns everywhere.
        ceilings: The most that messages earn in a while; None where there is no ceiling.
        multipliers: What multiplies XP beside boosting; None for nothing.
    """

    __slots__ = (
        "_day",
        "boost",
        "ceilings",
        "cooldown_ms",
        "curve",
        "enabled",
        "invalid",
        "long_message_length",
        "message_min_xp",
        "message_span",
        "multipliers",
        "pardoned_on",
        "rules",
        "scope",
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
        self.ceilings = ceilings_of(rules.earning, self.zone)
        self.boost = rules.boost.multiplier.as_integer_ratio()
        self.pardoned_on = frozenset(day.toordinal() for day in rules.daily.pardoned_days)
        self.scope = Scope(rules.scope) if rules.scope != _EVERYWHERE else None
        self.multipliers: GuildMultipliers | None = None
        if (rules.multipliers, rules.events) != _UNMULTIPLIED:
            self.multipliers = GuildMultipliers(
                rules.multipliers, rules.events, threads_follow=rules.scope.threads_follow
            )
        self._day = (0, 0, 0, 0)

    def day_of(self, at: int) -> int:
        """Return the day (ordinal) of the guild's calendar that an instant (ms UTC) falls on."""
        return self._find_day(at)[2]

    def ledger_day_of(self, at: int) -> int:
        """Return what ``LedgerLine.day_on`` is at an instant (ms UTC): 0 where the day is that of UTC."""
        return self._find_day(at)[3]

    def _find_day(self, at: int) -> tuple[int, int, int, int]:
        """Return from when until when (ms UTC) the guild's day and that of UTC stay, and both answers.

        The last ones are remembered: nearly every message falls on the day of the one before, and without
        that each would pay for a ``datetime``.
        """
        day = self._day
        if not day[0] <= at < day[1]:
            day_on, utc_on = day_of(at, self.zone), utc_day_of(at)
            self._day = day = (
                max(midnight_of(day_on, self.zone), utc_midnight_of(utc_on)),
                min(midnight_of(day_on + 1, self.zone), utc_midnight_of(utc_on + 1)),
                day_on,
                0 if day_on == utc_on else day_on,
            )
        return day


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

    A bound may have been tightened since, a rule or a time zone may be gone: that must not stop a guild. Of a
    list, only the entries that cannot be used are passed over. Each rule of which something is passed over is
    named in ``Ruleset.invalid``.
    """
    usable, invalid = dict(changes), list[str]()
    while True:
        try:
            ruleset = ruleset_of(usable, defaults_version)
        except (ValidationError, CurveError) as error:
            unusable = _blamed(error, usable)
            invalid += unusable
            usable = _without(usable, unusable)
        else:
            return Ruleset(ruleset.rules, tuple(sorted(set(invalid)))) if invalid else ruleset


def _blamed(error: ValidationError | CurveError, changes: Mapping[str, Any]) -> dict[str, set[int]]:
    """Return which of the changes an error comes from, at least one, else all; of lists, which entries."""
    if isinstance(error, CurveError):
        return {name: set() for name in changes if name.startswith("curve.")} or {
            name: set() for name in changes
        }
    places: dict[str, set[int]] = {}
    for found in error.errors():
        name = ".".join(str(part) for part in found["loc"][:2])
        entries = places.setdefault(name, set())
        if isinstance(changes.get(name), list):
            entries.update(part for part in found["loc"][2:3] if isinstance(part, int))
    blamed = {name: places[name] for name in changes if name in places}
    blamed |= {name: set() for name in changes if name.partition(".")[0] in places}
    return blamed or {name: set() for name in changes}


def _without(changes: Mapping[str, Any], unusable: Mapping[str, Collection[int]]) -> dict[str, Any]:
    """Return changes without what cannot be used: some entries of a list, or the whole value."""
    kept: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in unusable:
            kept[name] = value
        elif unusable[name]:
            kept[name] = [entry for place, entry in enumerate(value) if place not in unusable[name]]
    return kept


def _nested(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, _, field = name.partition(".")
        nested.setdefault(section, {})[field] = value
    return nested
