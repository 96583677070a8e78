"""Which level earns which role: pure rules, and the decisions that change them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.documents import RewardsRecord, RoleTrouble, RulesRecord, SyncRecord
from leveling_core.errors import (
    InvalidRuleError,
    NoSuchRewardError,
    RewardExistsError,
    RewardLevelError,
    RuleUnusableError,
    SyncRunningError,
    TooManyRewardsError,
)
from leveling_core.facts import RewardAddRequested, RewardRemovalRequested, RulesChangeRequested
from leveling_core.ids import rewards_key, rules_key
from leveling_core.outcomes import RoleSyncEnded, RoleSyncStarted, RulesChanged
from leveling_core.reward_changes import decide_reward_added, decide_reward_removed
from leveling_core.reward_records import (
    MAX_OWED,
    decide_all_right,
    decide_owed,
    decide_role_trouble,
    decide_roles_forgotten,
    decide_roles_well,
    decide_settled,
    decide_stale,
    decide_sync_begun,
    decide_sync_ended,
    decide_sync_moved,
)
from leveling_core.rewards import (
    MAX_REWARDS,
    Reward,
    RewardMode,
    RewardRules,
    compare_roles,
    rewards_between,
    wanted_roles,
)
from leveling_core.rule_changes import decide_rules_change, rule_value, show_value
from tests.core.world import ANN, BOB, GUILD, START_AT, World, snowflake

ADMIN = 42
LEVELS = st.integers(0, 12)
MODES: st.SearchStrategy[RewardMode] = st.sampled_from(("stack", "replace"))
ROLE_IDS = st.integers(1, 20)


@st.composite
def reward_rules(draw: st.DrawFn) -> RewardRules:
    """Draw rules with rewards on few levels, so that levels are shared."""
    role_ids = draw(st.lists(ROLE_IDS, unique=True, max_size=10))
    roles = [
        Reward(level=draw(LEVELS), role_id=role_id, mode=draw(st.one_of(st.none(), MODES)))
        for role_id in role_ids
    ]
    return RewardRules(mode=draw(MODES), roles=tuple(roles))


def rules(text: str, mode: RewardMode = "stack") -> RewardRules:
    """Make rules of rewards as they are written."""
    return RewardRules.model_validate({"mode": mode, "roles": text})


# the pure part


def test_stacked_roles_are_all_had() -> None:
    """Every role up to the level is had, none above it."""
    stacked = rules("5 1, 10 2, 20 3")
    assert wanted_roles(stacked, 4) == set()
    assert wanted_roles(stacked, 5) == {1}
    assert wanted_roles(stacked, 19) == {1, 2}


def test_the_highest_role_replaces_those_below() -> None:
    """In a guild that replaces, only the roles of the highest level reached are had, all of that level."""
    replacing = rules("5 1, 10 2, 10 3", mode="replace")
    assert wanted_roles(replacing, 9) == {1}
    assert wanted_roles(replacing, 10) == {2, 3}


def test_a_reward_may_differ_from_its_guild() -> None:
    """One that stacks stays in a guild that replaces, and does not push others out; and the other way."""
    assert wanted_roles(rules("5 1 stack, 10 2, 20 3 stack", mode="replace"), 30) == {1, 2, 3}
    assert wanted_roles(rules("5 1 replace, 10 2 replace, 20 3"), 30) == {2, 3}


def test_a_jump_earns_what_is_had_at_its_end() -> None:
    """Jumping over levels earns all roles that stack; one that gave way on the way was not earned."""
    assert rewards_between(rules("2 1, 3 2, 9 3"), 1, 5) == (1, 2)
    assert rewards_between(rules("2 1, 3 2, 9 3", mode="replace"), 1, 5) == (2,)
    assert rewards_between(rules("2 1, 3 2, 9 3"), 5, 8) == ()


@given(reward_rules(), LEVELS)
def test_what_is_wanted_is_configured_and_reached(drawn: RewardRules, level: int) -> None:
    """Nothing is wanted that is no reward or of a level not reached; roles that stack are all wanted."""
    wanted = wanted_roles(drawn, level)
    reached = {reward.role_id for reward in drawn.roles if reward.level <= level}
    stacking = {r.role_id for r in drawn.roles if r.level <= level and (r.mode or drawn.mode) == "stack"}
    assert stacking <= wanted <= reached <= drawn.configured
    giving_way = {reward.level for reward in drawn.roles if reward.role_id in wanted - stacking}
    assert len(giving_way) <= 1


@given(reward_rules(), LEVELS, st.sets(ROLE_IDS | st.integers(100, 110)))
def test_the_difference_is_exact_and_touches_rewards_only(
    drawn: RewardRules, level: int, have: set[int]
) -> None:
    """Once applied, all that is wanted is had, no other reward is, and every other role is as before."""
    wanted = wanted_roles(drawn, level)
    difference = compare_roles(have, wanted, drawn.configured)
    after = (have | difference.add) - difference.remove
    assert after & drawn.configured == wanted
    assert after - drawn.configured == have - drawn.configured
    assert difference.add.isdisjoint(have)
    assert difference.remove <= have
    assert not compare_roles(after, wanted, drawn.configured)


@given(reward_rules(), LEVELS, LEVELS, LEVELS)
def test_the_way_to_a_level_does_not_matter(drawn: RewardRules, start: int, turn: int, end: int) -> None:
    """Up, down and up again ends with what a member has who came there at once."""
    have: frozenset[int] = frozenset()
    for level in (start, turn, end):
        difference = compare_roles(have, wanted_roles(drawn, level), drawn.configured)
        have = (have | difference.add) - difference.remove
    assert have == wanted_roles(drawn, end)


@given(reward_rules(), LEVELS, LEVELS)
def test_what_is_earned_is_what_is_new(drawn: RewardRules, first: int, second: int) -> None:
    """Rising from one level to another earns just what was not wanted before and is wanted now."""
    low, high = sorted((first, second))
    earned = rewards_between(drawn, low, high)
    assert set(earned) == wanted_roles(drawn, high) - wanted_roles(drawn, low)
    levels = {reward.role_id: reward.level for reward in drawn.roles}
    assert [levels[role_id] for role_id in earned] == sorted(levels[role_id] for role_id in earned)


@given(reward_rules())
def test_rewards_are_read_as_they_are_written(drawn: RewardRules) -> None:
    """What is shown can be typed, and what is stored is read back."""
    assert rules(show_value(drawn.roles), drawn.mode) == drawn
    assert RewardRules.model_validate(drawn.model_dump(mode="json")) == drawn


# changing them


def change(world: World, **changes: str) -> None:
    """Change rules of the guild; ``__`` stands for the dot."""
    asked: dict[str, str | None] = {name.replace("__", "."): value for name, value in changes.items()}
    fact = RulesChangeRequested(GUILD, ADMIN, snowflake(START_AT, len(world.lines)), asked)
    world.run(partial(decide_rules_change, fact=fact))


def add(world: World, level: int, role_id: int, mode: RewardMode | None = None) -> dict[str, tuple[str, str]]:
    """Add a reward; return what changed."""
    fact = RewardAddRequested(GUILD, ADMIN, snowflake(START_AT, len(world.lines)), level, role_id, mode)
    return world.run(partial(decide_reward_added, fact=fact)).changes


def remove(world: World, *, role_id: int = 0, level: int = 0) -> tuple[tuple[int, int], ...]:
    """Remove rewards; return level and role of each."""
    fact = RewardRemovalRequested(GUILD, ADMIN, snowflake(START_AT, len(world.lines)), role_id, level)
    return world.run(partial(decide_reward_removed, fact=fact)).removed


def shown(world: World) -> str:
    """Return the rewards of the guild as they are written."""
    record = world.records[rules_key(GUILD)]
    assert isinstance(record, RulesRecord)
    return show_value(rule_value(record.ruleset, "rewards.roles"))


def test_an_added_reward_is_a_change_of_the_rules() -> None:
    """It stands in the record in order, and in the ledger with old and new value and its actor."""
    world = World()
    assert add(world, 10, 7) == {"rewards.roles": ("none", "10 <@&7>")}
    add(world, 5, 8, "replace")
    assert shown(world) == "5 <@&8> replace, 10 <@&7>"
    line = world.lines[-1]
    assert isinstance(line.outcome, RulesChanged)
    assert line.actor_id == ADMIN
    old, new = line.outcome.changes["rewards.roles"]
    assert [len(old), len(new)] == [1, 2]


def test_a_role_is_the_reward_of_one_level() -> None:
    """A second level for it is refused, and so is the same again; the refusal tells what is there."""
    world = World()
    add(world, 5, 7)
    for level in (5, 6):
        with pytest.raises(RewardExistsError) as refused:
            add(world, level, 7)
        assert refused.value.fields == {"role": "<@&7>", "level": 5, "mode": "stack"}
    with pytest.raises(InvalidRuleError, match="<@&7> stands at level 5 and at 6"):
        change(world, rewards__roles="5 7, 6 7")


@pytest.mark.parametrize(
    ("curve", "level", "lowest", "highest"),
    [("power", 1, 2, 1000), ("power", 1001, 2, 1000), ("mee6", 0, 1, 1000), ("power", -3, 2, 1000)],
)
def test_only_levels_that_can_be_reached_earn_roles(
    curve: str, level: int, lowest: int, highest: int
) -> None:
    """Neither the level at which everybody begins nor one that the curve does not have."""
    world = World()
    change(world, curve__kind=curve)
    with pytest.raises(RewardLevelError) as refused:
        add(world, level, 7)
    assert refused.value.fields == {"level": level, "lowest": lowest, "highest": min(highest, 1000)}
    add(world, lowest, 7)


def test_a_table_ends_where_it_ends() -> None:
    """The highest level of a table is the last that earns a role."""
    world = World()
    change(world, curve__table="0, 10, 30", curve__kind="table")
    with pytest.raises(RewardLevelError):
        add(world, 4, 7)
    add(world, 3, 7)


def test_there_is_an_end_to_rewards() -> None:
    """One more than a guild can have is refused."""
    world = World()
    change(world, rewards__roles=", ".join(f"5 {number}" for number in range(1, MAX_REWARDS + 1)))
    with pytest.raises(TooManyRewardsError):
        add(world, 5, MAX_REWARDS + 1)


def test_a_reward_is_removed_by_its_role_or_its_level() -> None:
    """A level may have several; what is not there is refused."""
    world = World()
    for level, role_id in ((5, 1), (5, 2), (10, 3)):
        add(world, level, role_id)
    assert remove(world, role_id=3) == ((10, 3),)
    assert remove(world, level=5) == ((5, 1), (5, 2))
    assert shown(world) == "none"
    with pytest.raises(NoSuchRewardError):
        remove(world, role_id=3)
    with pytest.raises(NoSuchRewardError):
        remove(world, level=5)


def test_no_change_is_lost_between_two_admins() -> None:
    """Each change is made of what is there when it is decided, not of what its admin saw."""
    world = World()
    facts = [RewardAddRequested(GUILD, ADMIN + n, snowflake(START_AT, n), 5 + n, 1 + n) for n in range(3)]
    for fact in facts:
        world.run(partial(decide_reward_added, fact=fact))
    assert shown(world) == "5 <@&1>, 6 <@&2>, 7 <@&3>"


@pytest.mark.parametrize("text", ["5", "five <@&1>", "5 <@1>", "5 1 always", "-5 1", "5 1,", "5 0", "1e3 1"])
def test_what_is_no_reward_is_refused_with_what_would_be(text: str) -> None:
    """The error names the rule and shows how rewards are written."""
    with pytest.raises(InvalidRuleError) as refused:
        change(World(), rewards__roles=text)
    assert "such as 5 @Regular, 10 @Veteran replace" in str(refused.value.fields["expected"])


# the record


def record_of(world: World) -> RewardsRecord:
    """Return the state of the guild's rewards."""
    found = world.records[rewards_key(GUILD)]
    assert isinstance(found, RewardsRecord)
    return found


def trouble(role_id: int, problem: str = "above", *, at: int = START_AT, told: bool = False) -> RoleTrouble:
    """Make a trouble."""
    return RoleTrouble(role_id, problem, at, told)


def test_a_trouble_is_kept_until_it_is_over() -> None:
    """The same again is no news and stays told; another problem of the role is; success ends it."""
    world = World()
    for found in (trouble(7), trouble(7, told=True), trouble(7, at=START_AT + 1)):
        world.run(partial(decide_role_trouble, guild_id=GUILD, trouble=found))
    assert record_of(world).troubles == {"7": trouble(7, told=True)}
    world.run(partial(decide_role_trouble, guild_id=GUILD, trouble=trouble(7, "gone")))
    world.run(partial(decide_role_trouble, guild_id=GUILD, trouble=trouble(8)))
    world.run(partial(decide_role_trouble, guild_id=GUILD, trouble=trouble(0, "permission")))
    world.run(partial(decide_roles_well, guild_id=GUILD, role_ids=[8]))
    assert record_of(world).troubles == {"7": trouble(7, "gone")}


def test_the_trouble_of_what_is_no_reward_is_forgotten() -> None:
    """Troubles go with their rewards; the one that all roles share goes with the last."""
    world = World()
    add(world, 5, 7)
    for found in (trouble(7), trouble(8), trouble(0, "permission")):
        world.run(partial(decide_role_trouble, guild_id=GUILD, trouble=found))
    world.run(partial(decide_roles_forgotten, guild_id=GUILD))
    assert record_of(world).troubles.keys() == {"7", "0"}
    remove(world, role_id=7)
    world.run(partial(decide_roles_forgotten, guild_id=GUILD))
    assert record_of(world).troubles == {}


def test_one_sync_at_a_time() -> None:
    """A second is refused with how far the first is; one that was ended does not move again."""
    world = World()
    sync = SyncRecord(ADMIN, 1, 2, START_AT, members=10)
    world.run(partial(decide_sync_begun, guild_id=GUILD, sync=sync))
    moved = SyncRecord(
        ADMIN, 1, 2, START_AT, members=10, after_user_id=5, changed=3, right=1, failed={"above": 1}
    )
    assert world.run(partial(decide_sync_moved, guild_id=GUILD, sync=moved))
    with pytest.raises(SyncRunningError) as refused:
        world.run(partial(decide_sync_begun, guild_id=GUILD, sync=sync))
    assert refused.value.fields == {"done": 5, "members": 10, "begun_at": START_AT}
    end = partial(decide_sync_ended, guild_id=GUILD, at=START_AT + 1)
    assert world.run(partial(end, actor_id=ADMIN + 1, stopped=True)) == moved
    assert world.run(end) is None
    assert not world.run(partial(decide_sync_moved, guild_id=GUILD, sync=moved))
    began, ended = world.lines
    assert (began.actor_id, began.outcome) == (ADMIN, RoleSyncStarted(members=10))
    outcome = RoleSyncEnded(changed=3, right=1, failed={"above": 1}, stopped=True)
    assert (ended.actor_id, ended.outcome) == (ADMIN + 1, outcome)
    assert began.correlation == ended.correlation


def test_who_is_owed_a_look_is_kept_until_the_look() -> None:
    """A new reason while somebody is looked at is a new debt; what was kept of the old one is gone."""
    world = World()
    owe, settle = (partial(decide, guild_id=GUILD) for decide in (decide_owed, decide_settled))
    world.run(partial(owe, marks={ANN: 1, BOB: 2}))
    world.run(partial(owe, marks={ANN: 5}))
    world.run(partial(settle, marks={ANN: 1, BOB: 2}))
    assert record_of(world).owed == {str(ANN): 5}
    world.run(partial(settle, marks={ANN: 5}))
    assert record_of(world) == RewardsRecord()


def test_more_debts_than_are_kept_are_one_for_a_sync() -> None:
    """What does not fit is not lost without a word: it is said that a sync is due, until one is over."""
    world = World()
    world.run(partial(decide_owed, guild_id=GUILD, marks={n: n for n in range(1, MAX_OWED + 3)}))
    assert len(record_of(world).owed) == MAX_OWED
    assert record_of(world).overdue
    sync = SyncRecord(ADMIN, 1, 2, START_AT)
    for stopped, overdue in ((True, True), (False, False)):
        world.run(partial(decide_sync_begun, guild_id=GUILD, sync=sync))
        world.run(partial(decide_sync_ended, guild_id=GUILD, at=START_AT, stopped=stopped))
        assert record_of(world).overdue is overdue


def test_a_change_of_the_rules_waits_for_a_sync() -> None:
    """It is noted from when on, as long as there are rewards, until everybody was found right."""
    world = World()
    world.run(partial(decide_stale, guild_id=GUILD, at=START_AT))
    assert rewards_key(GUILD) not in world.records
    add(world, 5, 7)
    for at in (START_AT, START_AT + 1):
        world.run(partial(decide_stale, guild_id=GUILD, at=at))
    assert record_of(world).stale_since_at == START_AT
    world.run(partial(decide_all_right, guild_id=GUILD))
    assert record_of(world).stale_since_at == 0
    world.run(partial(decide_stale, guild_id=GUILD, at=START_AT))
    remove(world, role_id=7)
    world.run(partial(decide_stale, guild_id=GUILD, at=START_AT))
    assert record_of(world).stale_since_at == 0


def test_rewards_that_cannot_be_used_are_not_thrown_away() -> None:
    """A change on top of what this version cannot read would lose it: it is refused."""
    world = World()
    stored = RulesRecord(changes={"rewards.roles": [{"level": -1, "role_id": 7}]}, version=3)
    world.records[rules_key(GUILD)] = stored
    with pytest.raises(RuleUnusableError):
        add(world, 5, 8)
    with pytest.raises(RuleUnusableError):
        remove(world, role_id=7)
    assert world.records[rules_key(GUILD)] is stored
