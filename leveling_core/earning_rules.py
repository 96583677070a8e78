"""What messages earn, where and who, multipliers, and events: the rules, as admins write them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, field_validator, model_validator

from leveling_core.outcomes import Combine
from leveling_core.periods import MS_PER_DAY, MS_PER_SECOND
from leveling_core.rule_values import (
    MAX_FACTOR,
    MIN_FACTOR,
    Factor,
    Factors,
    Ids,
    Listed,
    Prefixes,
    RuleEntry,
    RuleModel,
    read_factor,
    rule,
)

__all__ = [
    "MAX_CEILING_XP",
    "MAX_EVENTS",
    "MAX_EVENT_MS",
    "MAX_EVENT_NAME",
    "MAX_FACTORS",
    "MAX_OPEN_EVENTS",
    "MAX_SCOPE_CHANNELS",
    "MAX_SCOPE_MEMBERS",
    "MAX_SCOPE_ROLES",
    "EarningRules",
    "EventRules",
    "MultiplierRules",
    "ScheduledEvent",
    "ScopeRules",
    "is_event_name",
]

MAX_CEILING_XP = 10_000_000
MAX_SCOPE_CHANNELS = 100
MAX_SCOPE_ROLES = 100
MAX_SCOPE_MEMBERS = 100
MAX_FACTORS = 50
MAX_EVENTS = 30
MAX_OPEN_EVENTS = 20
"""How many events may run or be to come; the others of ``MAX_EVENTS`` are over, and still kept."""

MAX_EVENT_MS = 30 * MS_PER_DAY
MAX_EVENT_NAME = 50

_EVENT: Final = re.compile(
    r"(?P<factor>\S+)\s+(?P<from_at>[^\s/]+)/(?P<until_at>[^\s/]+)\s+(?:<#(?P<channel_id>[0-9]+)>\s+)?(?P<name>.+)"
)


def _ceiling(period: str) -> Any:
    return rule(
        0,
        f"The most XP that a member's messages earn in {period}, after multipliers, counted from when it is "
        "set; 0 for no ceiling.",
        unit="XP",
        expected=f"a whole number from 0 to {MAX_CEILING_XP:,} (XP), or off",
        ge=0,
        le=MAX_CEILING_XP,
    )


class EarningRules(RuleModel):
    """What a message earns."""

    message_min_xp: int = rule(15, "The least XP that a message earns.", unit="XP", ge=0, le=10_000)
    message_max_xp: int = rule(25, "The most XP that a message earns.", unit="XP", ge=0, le=10_000)
    cooldown_seconds: int = rule(
        60,
        "How long after a message that earned the next one earns nothing.",
        unit="seconds",
        ge=0,
        le=86_400,
    )
    minute_ceiling_xp: int = _ceiling("a minute of the clock")
    hour_ceiling_xp: int = _ceiling("an hour of the clock")
    day_ceiling_xp: int = _ceiling("a day of the server")
    long_message_length: int = rule(
        100, "From how many characters on a message counts as long.", unit="characters", ge=1, le=4000
    )

    @field_validator("minute_ceiling_xp", "hour_ceiling_xp", "day_ceiling_xp", mode="before")
    @classmethod
    def _no_ceiling_in_words(cls, value: object) -> object:
        """Let it be said in words that there is no ceiling."""
        return 0 if isinstance(value, str) and value.strip().lower() in {"off", "none"} else value

    @model_validator(mode="after")
    def _range_is_ordered(self) -> EarningRules:
        if self.message_min_xp > self.message_max_xp:
            msg = (
                f"message_min_xp ({self.message_min_xp}) is more than message_max_xp ({self.message_max_xp})"
                ". Raise message_max_xp or lower message_min_xp first."
            )
            raise ValueError(msg)
        return self


def _channels(description: str, managed_by: str) -> Any:
    return rule(
        (),
        description,
        max_length=MAX_SCOPE_CHANNELS,
        expected=f"channels, categories or threads with commas between them, at most {MAX_SCOPE_CHANNELS}, "
        "or none",
        managed_by=managed_by,
    )


def _roles(description: str, managed_by: str) -> Any:
    return rule(
        (),
        description,
        max_length=MAX_SCOPE_ROLES,
        expected=f"roles with commas between them, at most {MAX_SCOPE_ROLES}, or none",
        managed_by=managed_by,
    )


def _members(description: str, managed_by: str) -> Any:
    return rule(
        (),
        description,
        max_length=MAX_SCOPE_MEMBERS,
        expected=f"members with commas between them, at most {MAX_SCOPE_MEMBERS}, or none",
        managed_by=managed_by,
    )


class ScopeRules(RuleModel):
    """Where and who earns. What is excluded by one of the no-XP rules never earns, whatever else holds."""

    no_xp_channels: Ids = _channels(
        "Channels, categories and threads whose messages earn nothing.", "noxp add"
    )
    only_xp_channels: Ids = _channels(
        "If any are named, messages earn in these channels, categories and threads alone.", "onlyxp add"
    )
    no_xp_roles: Ids = _roles("Roles whose members earn nothing anywhere.", "noxp add")
    only_xp_roles: Ids = _roles(
        "If any roles or members are named as only-XP, they alone earn: members with one of these roles.",
        "onlyxp add",
    )
    no_xp_members: Ids = _members("Members who earn nothing anywhere.", "noxp add")
    only_xp_members: Ids = _members(
        "If any roles or members are named as only-XP, they alone earn: these members.", "onlyxp add"
    )
    threads_follow: bool = rule(
        True,
        "Whether a thread shares what holds for its channel and category: no-XP, only-XP and multipliers.",
        expected="on or off",
    )
    ignored_prefixes: Prefixes = rule(
        (),
        "What a message begins with that does not count, such as the prefixes of other bots.",
        max_length=20,
        expected="up to 20 times 1 to 10 visible characters with commas between them, or none",
    )


def _factors(description: str, what: str) -> Any:
    return rule(
        (),
        description,
        max_length=MAX_FACTORS,
        expected=f"{what} with their factors, such as 123456789=1.5, with commas between them, or none; "
        f"a factor is from {MIN_FACTOR} to {MAX_FACTOR}",
        managed_by="multipliers set",
    )


class MultiplierRules(RuleModel):
    """What XP is multiplied by, beside what boosting and events bring."""

    server: Factor = rule(
        Decimal(1),
        "What all XP of messages and daily claims is multiplied by.",
        expected=f"a number from {MIN_FACTOR} to {MAX_FACTOR}",
    )
    roles: Factors = _factors("What the XP of members with a role is multiplied by.", "roles")
    channels: Factors = _factors(
        "What the XP of messages in a channel, category or thread is multiplied by.",
        "channels, categories or threads",
    )
    combine: Combine = rule(
        "multiply",
        "How several multipliers come together: 2x and 1.5x make 3x (multiply), 2.5x (add) or 2x (largest).",
    )
    limit: Decimal = rule(
        Decimal(MAX_FACTOR),
        "The most that all multipliers together come to.",
        ge=1,
        le=1000,
        decimal_places=3,
    )


def _instant(text: str) -> int:
    """Read an instant as ISO writes it; without a zone it is UTC."""
    moment = dt.datetime.fromisoformat(text)
    return int(moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()) * MS_PER_SECOND


def _iso(at: int) -> str:
    return dt.datetime.fromtimestamp(at // MS_PER_SECOND, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_event_name(text: str) -> bool:
    """Tell whether an event can be called so: visible, with single spaces, no comma, no mention."""
    return (
        0 < len(text) <= MAX_EVENT_NAME
        and text == " ".join(text.split())
        and text.isprintable()
        and not set(text) & set(',"<>@`')
    )


def _event_name(value: str) -> str:
    if not is_event_name(value):
        msg = (
            f"an event's name has 1 to {MAX_EVENT_NAME} visible characters, none of them one of , \" < > @ `"
        )
        raise ValueError(msg)
    return value


class ScheduledEvent(RuleEntry):
    """A time in which XP is multiplied. It is told from others by when it begins and its name.

    Attributes:
        name: As people know it.
        factor: What XP is multiplied by.
        from_at: Its first instant, ms UTC, a whole second.
        until_at: The instant after its last, ms UTC, a whole second.
        channel_id: Channel or thread in which it was asked for, 0 for nowhere.
    """

    name: Annotated[str, AfterValidator(_event_name)]
    factor: Factor
    from_at: Annotated[int, Field(ge=0, le=253_402_214_400_000, multiple_of=MS_PER_SECOND)]
    until_at: Annotated[int, Field(ge=0, le=253_402_214_400_000, multiple_of=MS_PER_SECOND)]
    channel_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0

    @classmethod
    def read(cls, text: str) -> dict[str, object]:
        """Return the fields of ``2x 2026-01-31T18:00:00Z/2026-02-02T18:00:00Z <#123> Weekend``."""
        found = _EVENT.fullmatch(text.strip())
        if found is None:
            msg = f"{text!r} is no event"
            raise ValueError(msg)
        return {
            "name": found["name"],
            "factor": read_factor(found["factor"]),
            "from_at": _instant(found["from_at"]),
            "until_at": _instant(found["until_at"]),
            "channel_id": int(found["channel_id"] or 0),
        }

    def __str__(self) -> str:
        place = f"<#{self.channel_id}> " if self.channel_id else ""
        return f"{self.factor:f}x {_iso(self.from_at)}/{_iso(self.until_at)} {place}{self.name}"

    @model_validator(mode="after")
    def _lasts(self) -> ScheduledEvent:
        if not 0 < self.until_at - self.from_at <= MAX_EVENT_MS:
            msg = f"{self.name} must last between a second and {MAX_EVENT_MS // MS_PER_DAY} days"
            raise ValueError(msg)
        return self

    @property
    def identity(self) -> tuple[int, str]:
        """What tells it from any other event of the guild, past ones included."""
        return self.from_at, self.name.casefold()

    def is_on(self, at: int) -> bool:
        """Tell whether it applies at an instant, ms UTC."""
        return self.from_at <= at < self.until_at


def _distinct(events: tuple[ScheduledEvent, ...]) -> tuple[ScheduledEvent, ...]:
    """Put events into the order in which they begin; no two may be the same."""
    ordered = tuple(sorted(events, key=attrgetter("identity")))
    if len({event.identity for event in ordered}) < len(ordered):
        msg = "two events begin at the same moment under the same name"
        raise ValueError(msg)
    return ordered


class EventRules(RuleModel):
    """Times in which XP is multiplied."""

    scheduled: Annotated[tuple[ScheduledEvent, ...], Listed, AfterValidator(_distinct)] = rule(
        (),
        "Events that run or are to come, and those that are over for a few days at most.",
        max_length=MAX_EVENTS,
        expected=f"at most {MAX_EVENTS} events such as 2x 2026-01-31T18:00:00Z/2026-02-02T18:00:00Z Weekend "
        f"with commas between them, each of at most {MAX_EVENT_MS // MS_PER_DAY} days, or none",
        managed_by="event start",
    )
