"""Multipliers: which apply to an award, and what they come to together. Exact fractions, rounded once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

from leveling_core.earning_rules import EventRules, MultiplierRules
from leveling_core.outcomes import Combine, Multiplier
from leveling_core.scope import NOWHERE, Place

__all__ = [
    "BOOSTER",
    "LIMIT",
    "MULTIPLIER_KINDS",
    "GuildMultipliers",
    "MultiplierKind",
    "apply_multipliers",
    "combined_factor",
    "split_name",
]

MultiplierKind = Literal["server", "category", "channel", "thread", "role", "booster", "event", "limit"]
"""What a multiplier is of. Its name is its kind and, where there may be several, which one: ``role:123``."""

MULTIPLIER_KINDS: Final[tuple[MultiplierKind, ...]] = get_args(MultiplierKind)

BOOSTER: Final = "booster"
"""Names the multiplier of those who boost the server."""

LIMIT: Final = "limit"
"""Names, among an award's multipliers, the most that the others may come to; it is there when they would have
come to more."""


def combined_factor(multipliers: Iterable[Multiplier], combine: Combine = "multiply") -> tuple[int, int]:
    """Return what multipliers come to together, as numerator and denominator: never below 0.

    Args:
        multipliers: Those that apply; one called ``limit`` bounds what the others come to.
        combine: ``multiply`` all, ``add`` up what each is beyond 1, or take the ``largest`` alone.
    """
    numerator, denominator = 1, 1
    limit: Fraction | None = None
    others: list[Fraction] = []
    for multiplier in multipliers:
        if multiplier.name == LIMIT:
            limit = Fraction(multiplier.numerator, multiplier.denominator)
        elif combine == "multiply":
            numerator *= multiplier.numerator
            denominator *= multiplier.denominator
        else:
            others.append(Fraction(multiplier.numerator, multiplier.denominator))
    if others:
        total = max(others) if combine == "largest" else max(1 + sum(f - 1 for f in others), Fraction())
        numerator, denominator = total.as_integer_ratio()
    if limit is not None and numerator > limit * denominator:
        return limit.as_integer_ratio()
    return numerator, denominator


def apply_multipliers(xp: int, multipliers: Iterable[Multiplier], combine: Combine = "multiply") -> int:
    """Multiply XP by all that applies, exactly, and round once, half up: the one place that rounds XP."""
    numerator, denominator = combined_factor(multipliers, combine)
    return (2 * xp * numerator + denominator) // (2 * denominator)


def split_name(name: str) -> tuple[str, str]:
    """Return the kind of a multiplier and which one of that kind it is: an id, an event's name, or ""."""
    kind, _, which = name.partition(":")
    return kind, which


def _multiplier(kind: MultiplierKind, factor: Decimal, which: int | str = "") -> Multiplier:
    return Multiplier(f"{kind}:{which}" if which else kind, *factor.as_integer_ratio())


class GuildMultipliers:
    """A guild's multipliers, made once for each version of its rules.

    Args:
        rules: The guild's multipliers.
        events: Its events.
        threads_follow: Whether a thread has those of its channel and category too.
    """

    __slots__ = (
        "_categories",
        "_channels",
        "_events",
        "_limit",
        "_limit_factor",
        "_roles",
        "_server",
        "_threads",
        "_threads_follow",
        "combine",
    )

    def __init__(self, rules: MultiplierRules, events: EventRules, *, threads_follow: bool) -> None:
        self.combine: Combine = rules.combine
        self._server = (_multiplier("server", rules.server),) if rules.server != 1 else ()
        self._roles = {
            entry.id: _multiplier("role", entry.factor, entry.id)
            for entry in sorted(rules.roles, key=lambda entry: entry.id)
        }
        kinds: tuple[MultiplierKind, ...] = ("channel", "category", "thread")
        self._channels, self._categories, self._threads = (
            {entry.id: _multiplier(kind, entry.factor, entry.id) for entry in rules.channels}
            for kind in kinds
        )
        self._threads_follow = threads_follow
        self._events = tuple(
            (event, _multiplier("event", event.factor, event.name)) for event in events.scheduled
        )
        self._limit = _multiplier(LIMIT, rules.limit)
        self._limit_factor = Fraction(rules.limit)

    def list_applying(
        self,
        at: int,
        role_ids: Sequence[int] = (),
        place: Place = NOWHERE,
        booster: tuple[Multiplier, ...] = (),
    ) -> tuple[Multiplier, ...]:
        """Return what applies at an instant: the server's, the place's, the member's, of events, the limit.

        Args:
            at: The instant of what earns, ms UTC.
            role_ids: The member's roles, as far as the guild's rules name them, ascending.
            place: Where a message stands.
            booster: What boosting brings the member.
        """
        found = [*self._server]
        ids = place.ids(follow=self._threads_follow)
        if place.category_id in ids and place.category_id in self._categories:
            found.append(self._categories[place.category_id])
        if place.channel_id in ids and place.channel_id in self._channels:
            found.append(self._channels[place.channel_id])
        if place.thread_id in self._threads:
            found.append(self._threads[place.thread_id])
        found += [self._roles[role_id] for role_id in role_ids if role_id in self._roles]
        found += booster
        found += [multiplier for event, multiplier in self._events if event.is_on(at)]
        if found:
            numerator, denominator = combined_factor(found, self.combine)
            if numerator > self._limit_factor * denominator:
                found.append(self._limit)
        return tuple(found)
