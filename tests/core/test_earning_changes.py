"""Naming one place, role or member at a time, and one multiplier."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from leveling_core.documents import RulesRecord
from leveling_core.earning_changes import (
    MultiplierAnswer,
    ScopeAnswer,
    decide_multiplier_change,
    decide_scope_change,
    factor_of,
)
from leveling_core.earning_rules import MAX_FACTORS, MAX_SCOPE_ROLES
from leveling_core.errors import FactorError, RuleUnusableError, TooManyEntriesError
from leveling_core.facts import MultiplierChangeRequested, ScopeChangeRequested
from leveling_core.ids import rules_key
from leveling_core.outcomes import RulesChanged
from tests.core.world import GUILD, START_AT, World, snowflake

ADMIN = 42


def _scope(world: World, rule: str, id_: int, *, add: bool = True) -> ScopeAnswer:
    fact = ScopeChangeRequested(GUILD, ADMIN, snowflake(START_AT, len(world.lines)), rule, id_, add)
    return world.run(partial(decide_scope_change, fact=fact))


def _set(world: World, rule: str, factor: str | None, id_: int = 0) -> MultiplierAnswer:
    number = None if factor is None else factor_of(factor)
    fact = MultiplierChangeRequested(GUILD, ADMIN, snowflake(START_AT), rule, number, id_)
    return world.run(partial(decide_multiplier_change, fact=fact))


def _changes(world: World) -> dict[str, object]:
    record = world.records[rules_key(GUILD)]
    assert isinstance(record, RulesRecord)
    return record.changes


def test_entries_are_added_to_what_is_there() -> None:
    """Each is one line of the ledger with who did it; two admins lose nothing to one another."""
    world = World()
    assert _scope(world, "scope.no_xp_channels", 5) == ScopeAnswer(changed=True, entries=1, opposed=False)
    assert _scope(world, "scope.no_xp_channels", 6).entries == 2
    assert _changes(world) == {"scope.no_xp_channels": [5, 6]}
    assert world.lines[1].outcome == RulesChanged(changes={"scope.no_xp_channels": ([5], [5, 6])})
    assert world.lines[1].actor_id == ADMIN


def test_what_is_so_already_changes_nothing() -> None:
    """Adding twice and removing what is not there write no line."""
    world = World(scope__no_xp_roles=[5])
    assert not _scope(world, "scope.no_xp_roles", 5).changed
    assert not _scope(world, "scope.no_xp_roles", 6, add=False).changed
    assert world.lines == []


def test_removing_the_last_entry_leaves_the_default() -> None:
    """Nothing differs then."""
    world = World(scope__only_xp_members=[5])
    assert _scope(world, "scope.only_xp_members", 5, add=False).entries == 0
    assert _changes(world) == {}


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        ("scope.no_xp_channels", "scope__only_xp_channels"),
        ("scope.only_xp_roles", "scope__no_xp_roles"),
        ("scope.no_xp_members", "scope__only_xp_members"),
    ],
)
def test_what_the_opposite_list_names_too_is_told(rule: str, other: str) -> None:
    """Whichever of the two is changed."""
    named: dict[str, Any] = {other: [5]}
    world = World(**named)
    assert _scope(world, rule, 5).opposed
    assert not _scope(world, rule, 6).opposed


def test_a_full_list_takes_no_more() -> None:
    """The refusal says how many there can be."""
    world = World(scope__no_xp_roles=list(range(1, MAX_SCOPE_ROLES + 1)))
    with pytest.raises(TooManyEntriesError) as refused:
        _scope(world, "scope.no_xp_roles", 5000)
    assert refused.value.fields["limit"] == MAX_SCOPE_ROLES


def test_the_servers_multiplier_is_set_and_removed() -> None:
    """A factor of 1 is none."""
    world = World()
    assert _set(world, "multipliers.server", "2") == MultiplierAnswer("", "2")
    assert _changes(world) == {"multipliers.server": "2"}
    assert _set(world, "multipliers.server", "1.5") == MultiplierAnswer("2", "1.5")
    assert _set(world, "multipliers.server", None) == MultiplierAnswer("1.5", "")
    assert _changes(world) == {}


def test_a_role_or_place_has_one_factor() -> None:
    """A new one takes the place of the old; the others stay."""
    world = World()
    _set(world, "multipliers.roles", "2", 5)
    _set(world, "multipliers.roles", "3", 6)
    assert _set(world, "multipliers.roles", "1.50", 5) == MultiplierAnswer("2", "1.5")
    assert _changes(world) == {
        "multipliers.roles": [{"id": 6, "factor": "3"}, {"id": 5, "factor": "1.5"}],
    }
    lines = len(world.lines)
    assert _set(world, "multipliers.roles", "1.5", 5) == MultiplierAnswer("1.5", "1.5")
    assert _set(world, "multipliers.roles", None, 7) == MultiplierAnswer("", "")
    assert len(world.lines) == lines
    assert _set(world, "multipliers.roles", None, 5) == MultiplierAnswer("1.5", "")


def test_there_is_a_bound_on_multipliers() -> None:
    """One that is there can still be changed."""
    factors = [{"id": id_, "factor": "2"} for id_ in range(1, MAX_FACTORS + 1)]
    world = World(multipliers__channels=factors)
    with pytest.raises(TooManyEntriesError):
        _set(world, "multipliers.channels", "2", 5000)
    assert _set(world, "multipliers.channels", "3", 5) == MultiplierAnswer("2", "3")


@pytest.mark.parametrize(("typed", "factor"), [("2", "2"), ("2x", "2"), ("×1,5", "1.5"), (" 0.25 X", "0.25")])
def test_factors_are_read_as_people_write_them(typed: str, factor: str) -> None:
    """With or without an x."""
    assert factor_of(typed) == Decimal(factor)


@pytest.mark.parametrize("typed", ["", "0", "-2", "101", "double", "1.2345", "nan", "0.04"])
def test_what_is_no_factor_is_refused(typed: str) -> None:
    """From 0.05 to 100, three decimals."""
    with pytest.raises(FactorError):
        factor_of(typed)


@pytest.mark.parametrize("rule", ["scope.no_xp_channels", "multipliers.roles"])
def test_lists_that_cannot_be_used_are_not_thrown_away(rule: str) -> None:
    """A change on top of what this version cannot read would lose it: it is refused."""
    world = World()
    stored = RulesRecord(changes={rule: ["what is this", 5]}, version=3)
    world.records[rules_key(GUILD)] = stored
    with pytest.raises(RuleUnusableError) as refused:
        _set(world, rule, "2", 5) if rule.startswith("multipliers") else _scope(world, rule, 6)
    assert refused.value.fields == {"rule": rule, "section": rule.partition(".")[0]}
    assert world.records[rules_key(GUILD)] is stored
