"""The daily reward and the server-wide goal."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import pytest

from leveling_core.daily import DailyAnswer, decide_daily
from leveling_core.documents import GoalRecord, RulesRecord
from leveling_core.errors import AlreadyClaimedError, LevelingOffError
from leveling_core.facts import DailyClaimRequested, GoalBonusDue
from leveling_core.goals import PAID_AT_ONCE, decide_goal_bonus
from leveling_core.ids import goal_key, rules_key
from leveling_core.outcomes import DailyClaimed, GoalReached, Multiplier, Part, StreakExtended, StreakStarted
from leveling_core.periods import MS_PER_HOUR, day_of
from tests.core.world import ANN, BOB, CHANNEL, CYD, DAY, GUILD, HOUR, MINUTE, START_AT, World, snowflake


def _claim(world: World, at: int, user_id: int = ANN, humans: int = 100) -> DailyAnswer:
    fact = DailyClaimRequested(GUILD, user_id, CHANNEL, snowflake(at, user_id), humans)
    return world.run(partial(decide_daily, fact=fact, catalogue=world.catalogue))


def test_the_reward_grows_with_the_streak_up_to_its_bound() -> None:
    """25 XP, 5 more for each further day, at most 25 more."""
    world = World()
    earned = [_claim(world, START_AT + day * DAY).xp for day in range(8)]
    assert earned == [25, 30, 35, 40, 45, 50, 50, 50]
    assert world.member().streak == world.member().longest_streak == 8
    assert world.member().dailies == 8


def test_a_claim_says_what_it_came_from() -> None:
    """Base, streak bonus and multiplier are in the answer and in the line."""
    world = World()
    world.set_member(boosting_since=START_AT - DAY)
    _claim(world, START_AT)
    answer = _claim(world, START_AT + DAY)
    assert answer.parts == (Part("base", 25), Part("streak", 5))
    assert answer.multipliers == (Multiplier("booster", 3, 2),)
    assert answer.xp == 45
    outcomes = [line.outcome for line in world.lines]
    assert isinstance(outcomes[2], DailyClaimed)
    assert outcomes[2].counters == {"dailies": 1, "streak": 1}
    assert outcomes[1] == StreakStarted(streak_from=0)
    assert outcomes[3] == StreakExtended(streak_from=1, streak_to=2)


def test_a_second_claim_of_a_day_is_refused_with_the_time_left() -> None:
    """The refusal names when the next claim opens, and changes nothing."""
    world = World()
    _claim(world, START_AT + HOUR)
    before = list(world.lines)
    with pytest.raises(AlreadyClaimedError) as refused:
        _claim(world, START_AT + 22 * HOUR)
    assert refused.value.next_claim_at == START_AT + DAY
    assert refused.value.seconds_left == 2 * MS_PER_HOUR // 1000
    assert refused.value.fields["streak"] == 1
    assert world.lines == before


def test_a_lost_streak_begins_anew_and_says_what_was_lost() -> None:
    """After a missed day the streak is 1, the longest stays, and the counter change is in the line."""
    world = World()
    for day in range(4):
        _claim(world, START_AT + day * DAY + 12 * HOUR)
    answer = _claim(world, START_AT + 5 * DAY + 12 * HOUR)
    assert (answer.streak, answer.lost_streak, answer.longest_streak, answer.xp) == (1, 4, 4, 25)
    assert sum(line.outcome.counters.get("streak", 0) for line in world.lines) == 1


def test_a_recovered_day_leaves_today_open() -> None:
    """Within the window yesterday is booked; today can still be claimed at once."""
    world = World()
    _claim(world, START_AT + 12 * HOUR)
    recovered = _claim(world, START_AT + 2 * DAY + HOUR)
    assert recovered.recovered
    assert recovered.next_claim_at <= START_AT + 2 * DAY + HOUR
    today = _claim(world, START_AT + 2 * DAY + HOUR + MINUTE)
    assert (today.recovered, today.streak, today.next_claim_at) == (False, 3, START_AT + 3 * DAY)


def test_a_recovered_day_counts_for_that_days_goal() -> None:
    """A claim counts for the goal of the day on which it is booked, and is paid by it, late or not."""
    world = World(goal__max_target=1)
    _claim(world, START_AT + 12 * HOUR)
    _claim(world, START_AT + DAY + 12 * HOUR, user_id=BOB)
    late = _claim(world, START_AT + 2 * DAY + HOUR)
    assert (late.goal.claimers, late.goal_bonus_xp) == (2, 15)
    assert _claim(world, START_AT + 2 * DAY + 2 * HOUR).goal.claimers == 1


def test_a_day_that_comes_twice_counts_a_member_once() -> None:
    """After a move of the zone to the west the same date begins again; nobody is its claimer twice."""
    world = World(general__timezone="Pacific/Auckland", goal__max_target=3)
    _claim(world, START_AT)
    changed = RulesRecord(
        changes={"general.timezone": "America/Los_Angeles", "goal.max_target": 3}, version=2
    )
    world.records[rules_key(GUILD)] = changed
    again = _claim(world, START_AT + 32 * HOUR)
    assert (again.streak, again.goal.claimers) == (2, 1)
    for minutes, user_id in enumerate((BOB, CYD)):
        _claim(world, START_AT + 33 * HOUR + minutes * MINUTE, user_id=user_id)
    for user_id in (ANN, BOB, CYD):
        own = [line for line in world.lines if line.user_id == user_id]
        assert sum(line.outcome.xp for line in own) == world.member(user_id).xp
        assert world.member(user_id).goals_completed == 1


def test_who_claims_is_back_on_the_boards() -> None:
    """A claim of somebody taken for gone says that they are here, in a line of its own."""
    world = World()
    world.set_member(present=False)
    _claim(world, START_AT)
    assert world.member().present
    assert world.kinds()[0] == "member_returned"


def test_nothing_is_claimed_while_leveling_is_off() -> None:
    """The claim is refused as a whole."""
    with pytest.raises(LevelingOffError):
        _claim(World(general__enabled=False), START_AT)


@pytest.mark.parametrize(("humans", "target"), [(0, 1), (1, 1), (3, 3), (15, 15), (5000, 15)])
def test_the_target_is_what_the_server_can_reach(humans: int, target: int) -> None:
    """At most 15 claimers, never more than there are people, at least one."""
    assert _claim(World(), START_AT, humans=humans).goal.target == target


def test_the_target_is_fixed_by_the_days_first_claim() -> None:
    """People who join or leave during the day do not move it."""
    world = World()
    _claim(world, START_AT, humans=4)
    assert _claim(world, START_AT + HOUR, user_id=BOB, humans=2).goal.target == 4


def test_a_reached_goal_pays_early_and_late_claimers_once() -> None:
    """Whoever claimed gets 15 XP once, not boosted, before or after the goal is reached."""
    world = World(goal__max_target=2)
    world.set_member(BOB, boosting_since=START_AT - DAY)
    early = _claim(world, START_AT)
    reaching = _claim(world, START_AT + HOUR, user_id=BOB)
    late = _claim(world, START_AT + 2 * HOUR, user_id=CYD)
    assert (early.goal_bonus_xp, reaching.goal_bonus_xp, late.goal_bonus_xp) == (0, 15, 15)
    assert [world.member(who).goals_completed for who in (ANN, BOB, CYD)] == [1, 1, 1]
    assert [world.member(who).xp for who in (ANN, BOB, CYD)] == [40, 38 + 15, 40]
    reached = [(line.user_id, line.outcome) for line in world.lines if isinstance(line.outcome, GoalReached)]
    assert [(user_id, outcome.target) for user_id, outcome in reached] == [(0, 2)]
    assert late.goal.reached


def test_a_goal_of_many_is_paid_to_all() -> None:
    """The commit that reaches the goal pays the first 64; the feed's bonus pays the others."""
    members = PAID_AT_ONCE + 6
    world = World(goal__max_target=members)
    for user_id in range(1, members + 1):
        _claim(world, START_AT + user_id * 1000, user_id=user_id)
    paid = [user_id for user_id in range(1, members + 1) if world.member(user_id).goals_completed]
    assert len(paid) == PAID_AT_ONCE
    assert members in paid
    day_on = day_of(START_AT, ZoneInfo("UTC"))
    record = world.records[goal_key(GUILD, day_on)]
    assert isinstance(record, GoalRecord)
    for user_id in record.early[PAID_AT_ONCE - 1 : -1]:
        due = GoalBonusDue(GUILD, user_id, day_on, START_AT)
        world.run(partial(decide_goal_bonus, fact=due, bonus_xp=15, catalogue=world.catalogue))
    assert all(world.member(user_id).goals_completed == 1 for user_id in range(1, members + 1))
    assert all(world.member(user_id).xp == 40 for user_id in range(1, members + 1))


def test_each_day_has_its_own_goal() -> None:
    """The next day begins with no claimers."""
    world = World(goal__max_target=2)
    _claim(world, START_AT)
    _claim(world, START_AT + HOUR, user_id=BOB)
    next_day = _claim(world, START_AT + DAY)
    assert (next_day.goal.claimers, next_day.goal.reached) == (1, False)
