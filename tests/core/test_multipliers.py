"""Multipliers: which apply, what they come to together, and what the ledger tells of them."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.daily import DailyAnswer, decide_daily
from leveling_core.earning import MessageAnswer, decide_message
from leveling_core.facts import DailyClaimRequested, MessagePosted
from leveling_core.multipliers import apply_multipliers
from leveling_core.outcomes import Multiplier, XpGained
from tests.core.world import ANN, CHANNEL, GUILD, HOUR, START_AT, World, snowflake

CATEGORY, THREAD, ROLE, OTHER_ROLE = 70, 777, 501, 502
FACTORS = st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 1000)), max_size=6)
Combine = Literal["multiply", "add", "largest"]


def _post(world: World, at: int = START_AT, **fields: Any) -> tuple[MessageAnswer, XpGained]:
    fact = MessagePosted(
        GUILD, ANN, CHANNEL, snowflake(at), 10, False, False, 0, session=1, category_id=CATEGORY, **fields
    )
    answer = world.run(partial(decide_message, fact=fact, catalogue=world.catalogue))
    gained = [line.outcome for line in world.lines if isinstance(line.outcome, XpGained)]
    return answer, gained[-1]


def _claim(world: World, *role_ids: int) -> DailyAnswer:
    fact = DailyClaimRequested(GUILD, ANN, CHANNEL, snowflake(START_AT), 5, role_ids=role_ids)
    return world.run(partial(decide_daily, fact=fact, catalogue=world.catalogue))


def _factor(id_: int, factor: str) -> dict[str, object]:
    return {"id": id_, "factor": factor}


def _event(name: str, factor: str, from_at: int, until_at: int) -> dict[str, object]:
    return {"name": name, "factor": factor, "from_at": from_at, "until_at": until_at}


def _everything(combine: str = "multiply", **rules: Any) -> World:
    world = World(
        multipliers__server="2",
        multipliers__roles=[_factor(ROLE, "1.5"), _factor(OTHER_ROLE, "0.5")],
        multipliers__channels=[_factor(CATEGORY, "3"), _factor(CHANNEL, "0.1"), _factor(THREAD, "4")],
        multipliers__combine=combine,
        events__scheduled=[_event("Weekend", "2", START_AT, START_AT + HOUR)],
        **rules,
    )
    world.set_member(boosting_since=1)
    return world


@pytest.mark.parametrize(
    ("combine", "xp"),
    [
        ("multiply", 81),  # 15 × 2 × 3 × 0.1 × 4 × 1.5 × 0.5 × 1.5 × 2 = 81
        ("add", 114),  # 15 × (1 + 1 + 2 − 0.9 + 3 + 0.5 − 0.5 + 0.5 + 1) = 114
        ("largest", 60),  # 15 × 4
    ],
)
def test_all_that_applies_is_combined_and_named(combine: str, xp: int) -> None:
    """Server, category, channel, thread, roles, boosting and an event; each by its name in the ledger."""
    answer, gained = _post(_everything(combine), thread_id=THREAD, role_ids=(ROLE, OTHER_ROLE))
    names = [multiplier.name for multiplier in gained.multipliers]
    assert names == [
        "server",
        "category:70",
        "channel:77",
        "thread:777",
        "role:501",
        "role:502",
        "booster",
        "event:Weekend",
    ]
    assert (answer.xp, gained.combine) == (xp, combine)


def test_a_daily_claim_is_multiplied_by_what_belongs_to_no_place() -> None:
    """Server, role, boosting and event apply to it; a channel, category or thread never."""
    answer = _claim(_everything(), ROLE)
    names = [multiplier.name for multiplier in answer.multipliers]
    assert names == ["server", "role:501", "booster", "event:Weekend"]
    assert answer.xp == 225  # 25 × 2 × 1.5 × 1.5 × 2


def test_an_event_applies_by_the_messages_own_time() -> None:
    """From its first instant until the one before its end, whenever the message is told of."""
    world = World(events__scheduled=[_event("Weekend", "2", START_AT, START_AT + HOUR)])
    instants = (START_AT - 1, START_AT + 100_000, START_AT + HOUR - 1, START_AT + HOUR + 60_000)
    assert [_post(world, at)[0].xp for at in instants] == [15, 30, 30, 15]
    late = World(events__scheduled=[_event("Weekend", "2", START_AT, START_AT + HOUR)])
    assert _post(late, START_AT + HOUR)[0].xp == 15
    first = World(events__scheduled=[_event("Weekend", "2", START_AT, START_AT + HOUR)])
    assert _post(first, START_AT)[0].xp == 30


def test_the_limit_is_applied_and_named() -> None:
    """What all would come to beyond it is cut, and the ledger says so; below it nothing is said."""
    world = World(multipliers__server="50", multipliers__roles=[_factor(ROLE, "3")], multipliers__limit="60")
    answer, gained = _post(world, role_ids=(ROLE,))
    assert answer.xp == 15 * 60
    assert gained.multipliers[-1] == Multiplier("limit", 60, 1)
    _, gained = _post(world, START_AT + HOUR)
    assert [multiplier.name for multiplier in gained.multipliers] == ["server"]


def test_threads_that_do_not_follow_have_their_own_factors_alone() -> None:
    """Those of the channel and the category are then not theirs."""
    world = _everything(scope__threads_follow=False)
    _, gained = _post(world, thread_id=THREAD)
    names = {multiplier.name for multiplier in gained.multipliers}
    assert "thread:777" in names
    assert not names & {"channel:77", "category:70"}


def test_a_server_with_the_defaults_multiplies_by_boosting_alone() -> None:
    """Nothing else is named."""
    world = World()
    world.set_member(boosting_since=1)
    answer, gained = _post(world)
    assert (answer.xp, gained.multipliers) == (23, (Multiplier("booster", 3, 2),))


def _named(factors: list[tuple[int, int]]) -> list[Multiplier]:
    return [Multiplier(f"role:{number}", top, bottom) for number, (top, bottom) in enumerate(factors, 1)]


def _rounded(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


@given(xp=st.integers(0, 10**6), factors=FACTORS)
def test_multiplying_is_exact_and_rounded_once_half_up(xp: int, factors: list[tuple[int, int]]) -> None:
    """The product of all factors is exact; only the result is rounded."""
    total = Fraction(xp)
    for top, bottom in factors:
        total *= Fraction(top, bottom)
    assert apply_multipliers(xp, _named(factors), "multiply") == _rounded(total)


@given(xp=st.integers(0, 10**6), factors=FACTORS)
def test_adding_is_exact_and_never_below_nothing(xp: int, factors: list[tuple[int, int]]) -> None:
    """What each factor is beyond 1 is added up; what comes to less than nothing is nothing."""
    total = 1 + sum((Fraction(top, bottom) - 1 for top, bottom in factors), Fraction())
    assert apply_multipliers(xp, _named(factors), "add") == _rounded(xp * max(total, Fraction()))


@given(xp=st.integers(0, 10**6), factors=FACTORS)
def test_the_largest_stands_alone(xp: int, factors: list[tuple[int, int]]) -> None:
    """Only the largest factor applies, even where it is below 1."""
    largest = max((Fraction(top, bottom) for top, bottom in factors), default=Fraction(1))
    assert apply_multipliers(xp, _named(factors), "largest") == _rounded(xp * largest)


@given(
    xp=st.integers(0, 10**6),
    factors=FACTORS,
    limit=st.integers(1, 1000),
    combine=st.sampled_from(["multiply", "add", "largest"]),
)
def test_a_limit_bounds_every_way_of_combining(
    xp: int, factors: list[tuple[int, int]], limit: int, combine: Combine
) -> None:
    """With it the result is the smaller of what it was and the XP times the limit."""
    free = apply_multipliers(xp, _named(factors), combine)
    bounded = apply_multipliers(xp, [*_named(factors), Multiplier("limit", limit, 1)], combine)
    assert bounded == min(free, xp * limit)
