"""Rules that are lists: how they are typed, shown, kept and refused."""

from __future__ import annotations

from functools import partial

import pytest

from leveling_core.errors import InvalidRuleError
from leveling_core.facts import RulesChangeRequested
from leveling_core.outcomes import RulesChanged
from leveling_core.rule_changes import RulesAnswer, decide_rules_change
from tests.core.world import GUILD, START_AT, World, snowflake

EVENT = "2x 2026-01-31T18:00:00Z/2026-02-02T18:00:00Z <#77> Long Weekend"


def _set(world: World, rule: str, value: str) -> RulesAnswer:
    fact = RulesChangeRequested(GUILD, 42, snowflake(START_AT, len(world.lines)), {rule: value})
    return world.run(partial(decide_rules_change, fact=fact))


@pytest.mark.parametrize(
    ("rule", "typed", "shown", "kept"),
    [
        ("scope.no_xp_channels", "<#12>, 13, 12", "12, 13", [12, 13]),
        ("scope.only_xp_roles", "<@&12>", "12", [12]),
        ("scope.no_xp_members", "<@12>, <@!13>", "12, 13", [12, 13]),
        ("scope.ignored_prefixes", "?, pls", "?, pls", ["?", "pls"]),
        ("multipliers.server", "2.50x", "2.5", "2.5"),
        (
            "multipliers.roles",
            "<@&12> = 1.50x, 13=x2",
            "12=1.5, 13=2",
            [{"id": 12, "factor": "1.5"}, {"id": 13, "factor": "2"}],
        ),
        (
            "events.scheduled",
            EVENT,
            EVENT,
            [
                {
                    "name": "Long Weekend",
                    "factor": "2",
                    "from_at": 1_769_882_400_000,
                    "until_at": 1_770_055_200_000,
                    "channel_id": 77,
                }
            ],
        ),
    ],
)
def test_a_list_is_typed_and_shown_in_one_notation(rule: str, typed: str, shown: str, kept: object) -> None:
    """What is shown can be typed again and is no change; the ledger keeps plain data."""
    world = World()
    assert _set(world, rule, typed).changes[rule][1] == shown
    outcome = world.lines[0].outcome
    assert isinstance(outcome, RulesChanged)
    assert outcome.changes[rule][1] == kept
    assert _set(world, rule, shown).changes == {}


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("scope.no_xp_channels", "general"),
        ("scope.no_xp_channels", ", ".join(map(str, range(1, 102)))),
        ("scope.ignored_prefixes", "a b"),
        ("multipliers.server", "0"),
        ("multipliers.server", "100.5"),
        ("multipliers.server", "-1"),
        ("multipliers.roles", "12"),
        ("multipliers.roles", "12=1, 12=2"),
        ("multipliers.limit", "0.5"),
        ("multipliers.combine", "both"),
        ("events.scheduled", "2x Weekend"),
        ("events.scheduled", "2x 2026-01-31T18:00:00Z/2026-01-31T18:00:00Z Weekend"),
        ("events.scheduled", "2x 2026-01-31T18:00:00Z/2026-03-31T18:00:00Z Weekend"),
        ("events.scheduled", "200x 2026-01-31T18:00:00Z/2026-02-01T18:00:00Z Weekend"),
        ("events.scheduled", f"{EVENT}, {EVENT.replace('Weekend', 'WEEKEND')}"),
        ("events.scheduled", "2x 2026-01-31T18:00:00Z/2026-02-01T18:00:00Z <@1>"),
        ("events.scheduled", "2x 2026-01-31T18:00:00Z/2026-13-01T18:00:00Z Weekend"),
        ("events.scheduled", "2x 0001-01-01T00:00:00+14:00/2026-01-01T18:00:00Z Weekend"),
        ("events.scheduled", "2x 9999-12-31T23:00:00-14:00/9999-12-31T23:30:00-14:00 Weekend"),
    ],
)
def test_what_is_out_of_bounds_is_refused(rule: str, typed: str) -> None:
    """Nothing of it is kept, and the refusal says what the rule takes."""
    world = World()
    with pytest.raises(InvalidRuleError) as refused:
        _set(world, rule, typed)
    assert refused.value.fields["rule"] == rule
    assert world.records == {}


def test_a_refusal_says_what_is_wrong_with_an_event() -> None:
    """How long an event may last is told, and which one it was."""
    with pytest.raises(InvalidRuleError, match="Long Weekend must last between a second and 30 days"):
        _set(World(), "events.scheduled", EVENT.replace("2026-02-02", "2026-04-02"))
