"""Changing a guild's rules."""

from __future__ import annotations

from functools import partial

import pytest

from leveling_core.documents import RulesRecord
from leveling_core.errors import InvalidRuleError, NoSuchRuleError, RuleMovedError, UnknownRuleError
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import rules_key
from leveling_core.outcomes import LedgerLine, MemberLeft, RulesChanged
from leveling_core.rule_changes import (
    RulesAnswer,
    decide_guild_seen,
    decide_rules_change,
    describe_section,
    get_rule,
    list_rules,
    replay_rules,
    rule_value,
    value_mark,
)
from leveling_core.rules import DEFAULTS_VERSION, GuildRules, Ruleset
from tests.core.world import GUILD, START_AT, World, snowflake

ADMIN = 42


def _change(world: World, changes: dict[str, str | None]) -> RulesAnswer:
    fact = RulesChangeRequested(GUILD, ADMIN, snowflake(START_AT, len(world.lines)), changes)
    return world.run(partial(decide_rules_change, fact=fact))


def _record(world: World) -> RulesRecord:
    found = world.records[rules_key(GUILD)]
    assert isinstance(found, RulesRecord)
    return found


def test_the_defaults_are_the_products_facts() -> None:
    """What nobody changed is what the facts say."""
    rules = GuildRules()
    assert (rules.earning.message_min_xp, rules.earning.message_max_xp) == (15, 25)
    assert (rules.earning.cooldown_seconds, rules.earning.long_message_length) == (60, 100)
    assert (rules.daily.base_xp, rules.daily.streak_bonus_xp, rules.daily.max_streak_bonus_xp) == (25, 5, 25)
    assert (rules.goal.max_target, rules.goal.bonus_xp, rules.daily.recovery_hours) == (15, 15, 6)
    assert str(rules.boost.multiplier) == "1.5"
    curve = Ruleset(rules).curve
    assert [curve.xp_threshold_for_level(n) for n in (1, 2, 3, 10, 100)] == [0, 100, 282, 2700, 98503]


def test_a_change_says_what_was_and_what_is() -> None:
    """The answer and the ledger line hold old and new value; the record only the difference."""
    world = World()
    answer = _change(world, {"earning.cooldown_seconds": "30"})
    assert answer.changes == {"earning.cooldown_seconds": ("60", "30")}
    assert _record(world).changes == {"earning.cooldown_seconds": 30}
    assert _record(world).changed_by["earning.cooldown_seconds"].actor_id == ADMIN
    assert world.lines[0].outcome == RulesChanged(changes={"earning.cooldown_seconds": (60, 30)})
    assert world.lines[0].actor_id == ADMIN


def test_a_value_set_back_to_the_default_is_no_difference() -> None:
    """Setting or resetting to the default leaves nothing behind in the record."""
    world = World()
    _change(world, {"cooldown_seconds": "30", "boost.multiplier": "2"})
    _change(world, {"cooldown_seconds": "60"})
    assert _record(world).changes == {"boost.multiplier": "2"}
    _change(world, {"boost.multiplier": None})
    assert _record(world).changes == {}
    assert _record(world).changed_by == {}


def test_a_change_to_what_is_already_so_writes_nothing() -> None:
    """No difference, no line, no new version."""
    world = World()
    assert _change(world, {"earning.cooldown_seconds": "60"}).changes == {}
    assert world.lines == []


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        ("general.week_start", "SUNDAY", "sunday"),
        ("curve.kind", "Mee6", "mee6"),
        ("general.timezone", "europe/kyiv", "Europe/Kyiv"),
    ],
)
def test_words_may_be_typed_in_any_case(rule: str, typed: str, kept: str) -> None:
    """One of a few words, and a time zone, are kept as they are written, however they were typed."""
    world = World()
    _change(world, {rule: typed})
    assert _record(world).changes == {rule: kept}
    assert all(choice == choice.lower() for info in list_rules() for choice in info.choices)


@pytest.mark.parametrize(
    ("rule", "typed", "value"),
    [
        ("earning.message_max_xp", "1,000", 1000),
        ("earning.message_max_xp", "1_000", 1000),
        ("earning.message_max_xp", "1.5k", 1500),
        ("earning.message_max_xp", " 500 XP ", 500),
        ("earning.day_ceiling_xp", "2m", 2_000_000),
        ("earning.cooldown_seconds", "30s", 30),
        ("earning.cooldown_seconds", "5m", 300),
        ("earning.cooldown_seconds", "1m 30s", 90),
        ("earning.cooldown_seconds", "1h", 3600),
        ("earning.cooldown_seconds", "45 seconds", 45),
        ("announcements.max_age_minutes", "2h", 120),
        ("announcements.max_age_minutes", "90", 90),
        ("daily.recovery_hours", "2h", 2),
        ("retention.message_days", "10 weeks", 70),
        ("curve.table", "0, 500, 1.5k, 2_000", (0, 500, 1500, 2000)),
        *((f"earning.{period}_ceiling_xp", "off", 0) for period in ("minute", "hour", "day")),
        ("earning.day_ceiling_xp", "None", 0),
    ],
)
def test_numbers_are_taken_as_people_write_them(rule: str, typed: str, value: object) -> None:
    """Thousands, short forms and times; where there is a ceiling, also what says that there is none."""
    world = World()
    _change(world, {f"earning.{period}_ceiling_xp": "9" for period in ("minute", "hour", "day")})
    _change(world, {rule: typed})
    assert rule_value(_record(world).ruleset, rule) == value


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("earning.message_max_xp", "1.000"),
        ("earning.message_max_xp", "2h"),
        ("earning.message_max_xp", "off"),
        ("announcements.max_age_minutes", "90s"),
        ("daily.recovery_hours", "1k"),
        ("goal.max_target", "15 XP"),
        ("curve.table", "0, 1.000"),
    ],
)
def test_a_number_that_may_mean_another_is_refused(rule: str, typed: str) -> None:
    """So are parts of a unit, and a unit that is not the rule's."""
    world = World()
    with pytest.raises(InvalidRuleError):
        _change(world, {rule: typed})
    assert world.records == {}


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("curve.base", "1e99", "a number above 0, 1,000,000 at most"),
        ("earning.cooldown_seconds", "soon", "a whole number from 0 to 86,400 (seconds)"),
        ("earning.cooldown_seconds", "-1", "a whole number from 0 to 86,400 (seconds)"),
        ("earning.cooldown_seconds", "1e99", "a whole number from 0 to 86,400 (seconds)"),
        ("general.enabled", "perhaps", "on or off"),
        ("general.timezone", "Mars/Olympus", "an IANA time zone"),
        ("general.timezone", "../etc/passwd", "an IANA time zone"),
        ("general.prefix", "a b", "1 to 5 visible characters"),
        ("general.prefix", "123456", "1 to 5 visible characters"),
        ("curve.kind", "steep", "one of power, "),
        ("curve.exponent", "nan", "a number above 0 to 10"),
        ("daily.pardoned_days", "yesterday", "dates such as"),
        ("announcements.level", "everywhere", "here (where it happened), off, or a channel"),
        ("announcements.log_channel", "0", "a channel, or off"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(rule: str, value: str, expected: str) -> None:
    """The error names the rule and what it takes; nothing changes."""
    world = World()
    with pytest.raises(InvalidRuleError) as refused:
        _change(world, {rule: value})
    assert refused.value.fields["rule"] == rule
    assert expected in str(refused.value.fields["expected"])
    assert world.records == {}


def test_rules_that_do_not_go_together_are_refused() -> None:
    """A range whose least is more than its most is refused, naming both."""
    with pytest.raises(InvalidRuleError, match=r"message_min_xp \(30\) is more than message_max_xp \(25\)"):
        _change(World(), {"earning.message_min_xp": "30"})
    world = World()
    _change(world, {"earning.message_min_xp": "30", "earning.message_max_xp": "40"})
    assert _record(world).changes == {"earning.message_min_xp": 30, "earning.message_max_xp": 40}


def test_a_curve_that_does_not_rise_is_refused_naming_the_level() -> None:
    """Thresholds must strictly increase."""
    with pytest.raises(InvalidRuleError, match="level 3"):
        _change(World(), {"curve.kind": "table", "curve.table": "0, 100, 100, 200"})


@pytest.mark.parametrize(
    ("changes", "thresholds"),
    [
        ({"curve.kind": "mee6"}, {0: 0, 1: 100, 10: 4675}),
        ({"curve.kind": "exponential"}, {2: 50, 3: 100, 5: 400}),
        ({"curve.kind": "linear"}, {1: 0, 2: 100, 3: 200}),
        ({"curve.kind": "triangular"}, {2: 100, 5: 1000, 50: 122_500}),
        ({"curve.kind": "table", "curve.table": "0, 10, 30"}, {1: 0, 2: 10, 3: 30}),
        ({"curve.base": "200"}, {2: 200, 3: 565}),
    ],
)
def test_a_guild_chooses_its_curve(changes: dict[str, str | None], thresholds: dict[int, int]) -> None:
    """Every curve of the facts can be chosen, with its own parameters."""
    world = World()
    _change(world, changes)
    curve = _record(world).ruleset.curve
    assert {level: curve.xp_threshold_for_level(level) for level in thresholds} == thresholds


def test_an_unknown_rule_names_the_nearest() -> None:
    """A slip of the finger is answered with what was probably meant."""
    with pytest.raises(UnknownRuleError) as refused:
        _change(World(), {"earning.cooldwn": "5"})
    assert refused.value.fields["nearest"] == "earning.cooldown_seconds"


def test_a_rule_is_found_by_its_field_alone() -> None:
    """Where only one section has a field of that name, the section may be left out."""
    assert get_rule("Timezone").name == "general.timezone"


def test_a_name_that_several_rules_share_is_answered_with_all() -> None:
    """Which is meant cannot be guessed; a name like none is answered without a guess."""
    with pytest.raises(UnknownRuleError) as refused:
        get_rule("multiplier")
    assert set(str(refused.value.fields["nearest"]).split(" or ")) == {"boost.multiplier", "curve.multiplier"}
    with pytest.raises(NoSuchRuleError):
        get_rule("banana")


def test_a_channel_is_written_as_discord_shows_it() -> None:
    """A mention, a plain id, and the words all work."""
    world = World()
    _change(world, {"announcements.level": "<#123456789012345678>"})
    assert rule_value(_record(world).ruleset, "announcements.level") == 123456789012345678
    _change(world, {"announcements.level": "OFF"})
    assert rule_value(_record(world).ruleset, "announcements.level") == "off"


def test_every_rule_explains_itself() -> None:
    """Each has a one-line description, what is right, and a default that it accepts."""
    for info in list_rules():
        assert info.description.endswith(".")
        assert info.expected
        assert _change(World(), {info.name: info.default}).changes == {} or info.default == "default"


def test_a_guild_keeps_the_defaults_it_began_with() -> None:
    """Seen first, a guild's defaults are fixed; seen again, nothing is written."""
    world = World()
    assert world.run(partial(decide_guild_seen, guild_id=GUILD))
    assert _record(world).defaults_version == DEFAULTS_VERSION
    assert not world.run(partial(decide_guild_seen, guild_id=GUILD))


def test_a_stored_rule_that_is_none_any_more_stops_nobody() -> None:
    """What this version cannot use is passed over and named; it can be set, and the rest be changed."""
    stored = {
        "earning.cooldown_seconds": 10**9,
        "general.timezone": "Mars/Olympus",
        "gone.rule": 1,
        "curve.table": [0, 0],
        "curve.kind": "table",
        "goal.bonus_xp": 7,
    }
    world = World()
    world.records[rules_key(GUILD)] = RulesRecord(changes=stored, version=3)
    ruleset = _record(world).ruleset
    assert set(ruleset.invalid) == set(stored) - {"goal.bonus_xp"}
    assert (ruleset.rules.goal.bonus_xp, ruleset.rules.earning.cooldown_seconds) == (7, 60)
    _change(world, {"boost.multiplier": "2"})
    assert _record(world).changes == {"goal.bonus_xp": 7, "boost.multiplier": "2"}
    assert _record(world).ruleset.invalid == ()


def test_of_a_stored_list_only_what_cannot_be_used_is_passed_over() -> None:
    """The others hold, and stay when something else is changed."""
    factors = [{"id": 1, "factor": "2"}, {"id": 2, "factor": "500"}, {"id": 3, "factor": "3"}, "nonsense"]
    stored = {"scope.no_xp_channels": [5, -1, 6], "multipliers.channels": factors}
    world = World()
    world.records[rules_key(GUILD)] = RulesRecord(changes=stored, version=3)
    rules = _record(world).ruleset.rules
    assert rules.scope.no_xp_channels == (5, 6)
    assert [entry.id for entry in rules.multipliers.channels] == [1, 3]
    assert set(_record(world).ruleset.invalid) == set(stored)
    _change(world, {"boost.multiplier": "2"})
    assert _record(world).changes["scope.no_xp_channels"] == [5, 6]
    assert _record(world).ruleset.invalid == ()


def test_a_number_written_otherwise_is_no_change() -> None:
    """1.50 is 1.5."""
    assert _change(World(), {"boost.multiplier": "1.50"}).changes == {}


def test_what_is_known_of_a_rule_beside_its_value() -> None:
    """A rule says which words may stand in place of a channel, and which command alone changes it."""
    assert get_rule("announcements.level").target_words == ("here", "off")
    assert get_rule("announcements.log_channel").target_words == ("off",)
    assert get_rule("earning.cooldown_seconds").target_words == ()
    assert get_rule("rewards.roles").managed_by == "rewards add"
    assert get_rule("rewards.mode").managed_by == ""


def test_every_section_says_what_it_is_about() -> None:
    """Each has a sentence of its own, for those who choose among them."""
    about = [describe_section(section) for section in GuildRules.model_fields]
    assert all(sentence.endswith(".") for sentence in about)
    assert len(set(about)) == len(about)


def test_a_rule_that_cannot_be_used_is_reset_like_any_other() -> None:
    """Though its default holds already, what is stored goes, and the change is told."""
    world = World()
    stored = {"earning.cooldown_seconds": -5, "goal.bonus_xp": 3, "boost.multiplier": "no"}
    world.records[rules_key(GUILD)] = RulesRecord(changes=stored, version=4)
    assert _change(world, {"goal.bonus_xp": "3"}) == RulesAnswer({})
    assert set(_record(world).ruleset.invalid) == {"earning.cooldown_seconds", "boost.multiplier"}
    answer = _change(world, {"earning.cooldown_seconds": None})
    assert answer.changes == {"earning.cooldown_seconds": ("-5", "60")}
    assert _record(world).changes == {"goal.bonus_xp": 3}
    [line] = world.lines
    assert line.outcome == RulesChanged(changes={"earning.cooldown_seconds": (-5, 60)})


def test_a_change_of_what_was_seen_before_somebody_else_changed_it_is_refused() -> None:
    """Who asks for a change tells what they saw; where it is something else now, nothing changes."""
    world = World()
    rule = "earning.cooldown_seconds"
    mark = value_mark(Ruleset(GuildRules()), rule)

    def change(value: str, number: int) -> RulesAnswer:
        fact = RulesChangeRequested(
            GUILD, ADMIN, snowflake(START_AT, number), {rule: value}, seen={rule: mark}
        )
        return world.run(partial(decide_rules_change, fact=fact))

    assert change("30", 1).changes == {rule: ("60", "30")}
    with pytest.raises(RuleMovedError) as refused:
        change("90", 2)
    assert refused.value.fields == {"rule": rule, "value": "30"}
    assert _record(world).changes == {rule: 30}
    mark = value_mark(_record(world).ruleset, rule)
    assert change("90", 3).changes == {rule: ("30", "90")}


def test_changes_replayed_come_to_the_same_rules() -> None:
    """The lines of a guild's changes tell its rules, and who set them when; others are passed over."""
    world = World()
    world.run(partial(decide_guild_seen, guild_id=GUILD))
    _change(world, {"earning.cooldown_seconds": "30", "general.timezone": "Europe/Berlin"})
    _change(world, {"earning.cooldown_seconds": "default", "goal.max_target": "3"})
    _change(world, {"goal.max_target": "4"})
    others = [LedgerLine(at=1, guild_id=GUILD, user_id=1, outcome=MemberLeft())]
    assert replay_rules([*world.lines, *others]) == _record(world)


def test_rules_that_are_gone_are_replayed_too() -> None:
    """A rule that this version does not know stays, so that it is named like any that cannot be used."""
    outcome = RulesChanged(changes={"quests.enabled": (False, True)})
    line = LedgerLine(at=7, guild_id=GUILD, user_id=0, outcome=outcome, actor_id=ADMIN)
    record = replay_rules([line])
    assert record.changes == {"quests.enabled": True}
    assert record.ruleset.invalid == ("quests.enabled",)
