"""The catalogue of achievements: what there is, what a member has newly earned, and what is nearest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from leveling_core.achievement_definitions import (
    COUNTERS,
    DERIVED_COUNTERS,
    AchievementDefinition,
    Category,
    Tier,
    read_definitions,
)
from leveling_core.conditions import Missing, Values
from leveling_core.matching import Earned, Matcher, compile_matcher
from leveling_core.member import MemberRecord, Unlock

__all__ = [
    "COUNTERS",
    "AchievementDefinition",
    "Catalogue",
    "Category",
    "Earned",
    "Failure",
    "Nearest",
    "Tier",
]

MESSAGE_COUNTERS: Final = ("messages", "images", "links", "long_messages")
"""What a message counts, whether it earns or not."""

_RECORDED_COUNTERS: Final = tuple(counter for counter in COUNTERS if counter not in DERIVED_COUNTERS)


class Failure(NamedTuple):
    """An achievement whose condition could not be evaluated, and why."""

    achievement_id: str
    problem: str


class Nearest(NamedTuple):
    """An achievement to go for next.

    Attributes:
        definition: Which one.
        share: How far the member is, from 0 to 1.
        missing: What has to change, the least advanced counter first.
    """

    definition: AchievementDefinition
    share: Fraction
    missing: tuple[Missing, ...]


class Catalogue:
    """All achievements that there are. It never changes.

    Attributes:
        definitions: The achievements, in the order of their file.
        by_id: The same by their ids.
    """

    def __init__(
        self, categories: Sequence[Category] = (), definitions: Sequence[AchievementDefinition] = ()
    ) -> None:
        self.definitions = tuple(definitions)
        self.by_id = MappingProxyType({definition.id: definition for definition in self.definitions})
        self._categories = tuple(categories)
        self._match = compile_matcher(self.definitions)

    @classmethod
    def from_mapping(cls, data: Mapping[str, object], *, file: str) -> Catalogue:
        """Make a catalogue of the parsed content of a file.

        Args:
            data: Lists of tables: ``category`` and ``achievement``.
            file: The file's name, for errors.

        Raises:
            ContentError: Something in it is wrong: the file, the entry, the field and what would be right.
        """
        return cls(*read_definitions(data, file=file))

    def categories(self) -> tuple[Category, ...]:
        """Return the categories, in the order of the file."""
        return self._categories

    def list_in_category(self, category_id: str) -> tuple[AchievementDefinition, ...]:
        """Return the achievements of a category, in the order of the file."""
        return tuple(d for d in self.definitions if d.category == category_id)

    def newly_earned(
        self, member: MemberRecord, *, level: int, boost_days: int, at: int
    ) -> tuple[Sequence[Earned], Sequence[Failure]]:
        """Return what a member has earned but not unlocked, in the order of the file.

        Rewards are not applied: a caller who applies them asks again, until nothing more is earned.

        Args:
            member: The record, with the counters and the achievements unlocked.
            level: The member's level by the guild's curve.
            boost_days: Whole days of boosting.
            at: When, ms UTC: an achievement is earned only while it is available.

        Returns:
            Each achievement with the times it is unlocked by now (1 unless it is repeatable); and those whose
            conditions could not be evaluated, which takes nothing from the others.
        """
        try:
            return self._match(member, level, boost_days, at), ()
        except Exception:  # noqa: BLE001 -- whatever it was, it is found and returned below
            return self._match_each(member, level, boost_days, at)

    def _match_each(
        self, member: MemberRecord, level: int, boost_days: int, at: int
    ) -> tuple[list[Earned], list[Failure]]:
        earned: list[Earned] = []
        failures: list[Failure] = []
        for definition, match in zip(self.definitions, self._matchers, strict=True):
            try:
                earned += match(member, level, boost_days, at)
            except Exception as error:  # noqa: BLE001 -- returned, for the caller to log
                failures.append(Failure(definition.id, f"{type(error).__name__}: {error}"))
        return earned, failures

    @cached_property
    def _matchers(self) -> tuple[Matcher, ...]:
        return tuple(compile_matcher([definition]) for definition in self.definitions)

    def turning_points(self, counters: Collection[str]) -> frozenset[int] | None:
        """Return the values at which a growing counter can make a condition hold that did not hold before.

        It saves looking at all conditions where only these counters grew, and none of them to such a value.

        Args:
            counters: The counters that grow.

        Returns:
            The values of all of them together; None if a repeatable achievement has endlessly many.
        """
        points: set[int] = set()
        for definition in self.definitions:
            own = [each for each in definition.condition.comparisons() if each.counter in counters]
            if own and definition.repeatable is not None:
                return None
            points.update(each.number + extra for each in own for extra in (0, 1))
        return frozenset(points)

    @cached_property
    def message_turning_points(self) -> frozenset[int] | None:
        """The turning points of what a message counts, whether it earns or not."""
        return self.turning_points(MESSAGE_COUNTERS)

    def counters_of(self, member: MemberRecord, *, level: int, boost_days: int) -> dict[str, int]:
        """Return the value of every counter that a condition may name."""
        counters: dict[str, int] = {name: getattr(member, name) for name in _RECORDED_COUNTERS}
        counters.update(level=level, boost_days=boost_days, achievements=len(member.achievements))
        return counters

    def progress_of(self, definition: AchievementDefinition, counters: Values, times: int = 0) -> Fraction:
        """Tell how far a member is, from 0 to 1; of a repeatable one, on the way to the next time.

        Args:
            definition: The achievement.
            counters: The member's counters.
            times: How many times the member has unlocked it.
        """
        return self._way_to(definition, counters, times)[0]

    def nearest(
        self, counters: Values, unlocked: Mapping[str, Unlock], at: int, limit: int = 3
    ) -> list[Nearest]:
        """Return the achievements that a member is nearest to, nearest first; equals in the file's order.

        Secret ones, those not available, those unlocked (unless repeatable), and those that the next event
        will unlock anyway are left out.

        Args:
            counters: The member's counters.
            unlocked: What the member has unlocked, by id.
            at: When, ms UTC.
            limit: How many at most.
        """
        found: list[Nearest] = []
        for definition in self.definitions:
            unlock = unlocked.get(definition.id)
            if definition.secret or not definition.is_available(at) or (unlock and not definition.repeatable):
                continue
            share, missing = self._way_to(definition, counters, unlock.times if unlock else 0)
            if missing:
                found.append(Nearest(definition, share, missing))
        return sorted(found, key=lambda near: near.share, reverse=True)[:limit]

    def _way_to(
        self, definition: AchievementDefinition, counters: Values, times: int
    ) -> tuple[Fraction, tuple[Missing, ...]]:
        condition, step = definition.condition, definition.repeatable
        if not times or step is None or condition.threshold is None:
            return condition.progress(counters), condition.missing(counters)
        counter, first = condition.threshold
        have, need = counters[counter], first + times * step
        if have >= need:
            return Fraction(1), ()
        return Fraction(max(0, have - need + step), step), (Missing(counter, have, need),)
