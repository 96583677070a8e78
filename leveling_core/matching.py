"""Finding what a member has newly earned: all conditions compiled into one Python function.

It runs for every message that earns XP. Evaluating some forty conditions one by one would cost several times
the 0.6 µs that they cost in one function, which reads each counter once. The function's source is made of
nothing but names out of the fixed list of counters, achievement ids (lower-case letters, digits, ``_``) and
numbers, all of them checked when the content was read; no other text from a content file gets into it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from leveling_core.achievement_definitions import DERIVED_COUNTERS, AchievementDefinition
from leveling_core.member import MemberRecord

__all__ = ["Earned", "Matcher", "compile_matcher"]

Earned = tuple[AchievementDefinition, int]
"""An achievement and how many times it is unlocked by now, this time included: 1 unless it is repeatable."""

Matcher = Callable[[MemberRecord, int, int, int], list[Earned]]
"""From a record, the level, the days of boosting and an instant (ms UTC): what is earned but not unlocked."""


def compile_matcher(definitions: Sequence[AchievementDefinition]) -> Matcher:
    """Compile the conditions of ``definitions``; the function returns what is earned in their order."""
    namespace: dict[str, Any] = {f"d{number}": definition for number, definition in enumerate(definitions)}
    namespace["__builtins__"] = {"len": len}
    exec(_source(definitions), namespace)  # noqa: S102 -- the module's docstring says what it is made of
    return cast(Matcher, namespace["match"])


def _source(definitions: Sequence[AchievementDefinition]) -> str:
    used = frozenset[str]().union(*(definition.condition.counters for definition in definitions))
    lines = ["def match(member, level, boost_days, at):", " unlocked = member.achievements", " earned = []"]
    if "achievements" in used:
        lines.append(" achievements = len(unlocked)")
    lines.extend(f" {counter} = member.{counter}" for counter in sorted(used.difference(DERIVED_COUNTERS)))
    for number, definition in enumerate(definitions):
        lines.extend(_clause(f"d{number}", definition))
    lines.append(" return earned")
    return "\n".join(lines)


def _clause(name: str, definition: AchievementDefinition) -> list[str]:
    tests = [definition.condition.source()]
    if definition.available_from is not None:
        tests.append(f"at >= {definition.available_from}")
    if definition.available_until is not None:
        tests.append(f"at < {definition.available_until}")
    threshold = definition.condition.threshold
    if definition.repeatable is None or threshold is None:
        tests.append(f"{definition.id!r} not in unlocked")
        return [f" if {' and '.join(tests)}: earned.append(({name}, 1))"]
    counter, number = threshold
    return [
        f" if {' and '.join(tests)}:",
        f"  times = 1 + ({counter} - {number}) // {definition.repeatable}",
        f"  if {definition.id!r} not in unlocked or unlocked[{definition.id!r}].times < times:",
        f"   earned.append(({name}, times))",
    ]
