"""Observations: who is here, who boosts, who stands where."""

from __future__ import annotations

from functools import partial

from data import load_catalogue
from leveling_core.documents import BoostersRecord
from leveling_core.facts import BoostObserved, MemberPresenceObserved, RankObserved
from leveling_core.ids import boosters_key
from leveling_core.member import Unlock
from leveling_core.presence import decide_boost, decide_presence
from leveling_core.ranks import decide_rank
from tests.core.world import ANN, BOB, CHANNEL, DAY, GUILD, HOUR, START_AT, World


def _observe_boost(world: World, since: int, at: int, user_id: int = ANN) -> None:
    fact = BoostObserved(GUILD, user_id, since, at)
    world.run(partial(decide_boost, fact=fact, catalogue=world.catalogue))


def _observe_rank(world: World, rank: int, ranked: int, cause: int = 1) -> None:
    fact = RankObserved(GUILD, ANN, rank, ranked, START_AT, CHANNEL, cause)
    world.run(partial(decide_rank, fact=fact, catalogue=world.catalogue))


def test_boosting_begins_and_ends_once() -> None:
    """Each change is a line and is in the guild's roster; seen again it is no news."""
    world = World()
    for at in (START_AT, START_AT + 1):
        _observe_boost(world, START_AT - HOUR, at)
    _observe_boost(world, START_AT - HOUR, START_AT, BOB)
    assert world.records[boosters_key(GUILD)] == BoostersRecord((ANN, BOB))
    for at in (START_AT + 2, START_AT + 3):
        _observe_boost(world, 0, at)
    assert world.kinds(ANN) == ["boost_started", "boost_ended"]
    assert world.records[boosters_key(GUILD)] == BoostersRecord((BOB,))
    assert world.member().boosting_since == 0


def test_boost_days_unlock_as_they_pass() -> None:
    """A whole day unlocks the badge, thirty the supporter; the daily look is enough."""
    world = World(load_catalogue())
    _observe_boost(world, START_AT, START_AT + DAY - 1)
    assert world.member().achievements == {}
    _observe_boost(world, START_AT, START_AT + DAY)
    assert list(world.member().achievements) == ["booster_badge"]
    _observe_boost(world, START_AT, START_AT + 30 * DAY)
    assert list(world.member().achievements) == ["booster_badge", "server_supporter"]
    assert world.member().xp == 700


def test_boosting_is_noted_while_leveling_is_off() -> None:
    """It is known when leveling comes back on, but unlocks nothing meanwhile."""
    world = World(load_catalogue(), general__enabled=False)
    _observe_boost(world, START_AT, START_AT + 2 * DAY)
    assert world.member().boosting_since == START_AT
    assert world.member().achievements == {}


def test_leaving_keeps_all_but_the_place() -> None:
    """A member who left keeps the progress; news is news once."""
    world = World()
    world.set_member(xp=500)
    answers = [
        world.run(partial(decide_presence, fact=MemberPresenceObserved(GUILD, ANN, present, START_AT)))
        for present in (True, False, False, True)
    ]
    assert answers == [False, True, False, True]
    assert world.kinds() == ["member_left", "member_returned"]
    assert (world.member().xp, world.member().present) == (500, True)


def test_a_return_that_nobody_saw_begin_is_one() -> None:
    """Whoever did something before the present stay began was away; noted once, it is no news again."""
    world = World()
    world.set_member(xp=500, last_award_at=START_AT)

    def seen(at: int, joined_at: int) -> bool:
        fact = MemberPresenceObserved(GUILD, ANN, True, at, joined_at)
        return world.run(partial(decide_presence, fact=fact))

    assert not seen(START_AT + DAY, START_AT - 1)
    assert seen(START_AT + DAY, START_AT + HOUR)
    assert not seen(START_AT + 2 * DAY, START_AT + HOUR)
    assert seen(START_AT + 3 * DAY, START_AT + 3 * DAY + 5)
    assert not seen(START_AT + 4 * DAY, START_AT + 3 * DAY + 5)
    assert world.kinds() == ["member_returned", "member_returned"]
    assert [line.at for line in world.lines] == [START_AT + DAY, START_AT + 3 * DAY + 5]
    assert world.member().presence_at == world.lines[-1].at


def test_a_return_is_told_by_an_old_deed_too() -> None:
    """An achievement keeps when it was unlocked, however much was done since the return."""
    world = World()
    later = START_AT + DAY
    world.set_member(xp=500, last_award_at=later, achievements={"first_steps": Unlock(START_AT)})
    fact = MemberPresenceObserved(GUILD, ANN, True, later, START_AT + HOUR)
    assert world.run(partial(decide_presence, fact=fact))


def test_a_rank_among_few_means_nothing() -> None:
    """Below ten ranked members no rank is noted."""
    world = World(load_catalogue())
    _observe_rank(world, 1, 9)
    assert world.lines == []


def test_the_podium_needs_ten_and_the_top_ten_thirty() -> None:
    """Rank 3 of 10 is the podium; rank 3 of 30 is also the top ten."""
    world = World(load_catalogue())
    _observe_rank(world, 3, 10)
    assert list(world.member().achievements) == ["podium_finish"]
    _observe_rank(world, 3, 30, cause=2)
    assert set(world.member().achievements) == {"podium_finish", "top_ten"}


def test_a_climb_of_ten_places_unlocks() -> None:
    """The climb counts from the worst rank seen."""
    world = World(load_catalogue())
    for rank in (20, 25, 16):
        _observe_rank(world, rank, 29)
    assert "leaderboard_climber" not in world.member().achievements
    _observe_rank(world, 15, 29)
    assert "leaderboard_climber" in world.member().achievements
    assert world.member().rank_improvement == 10


def test_a_sighting_older_than_the_last_change_is_ignored() -> None:
    """A sweep that began before somebody came back, or stopped boosting, does not undo that."""
    world = World()
    world.set_member(xp=5, present=False, presence_at=START_AT - DAY, boosting_since=START_AT - DAY)
    returned = MemberPresenceObserved(GUILD, ANN, True, START_AT)
    stale = MemberPresenceObserved(GUILD, ANN, False, START_AT - 1)
    assert world.run(partial(decide_presence, fact=returned))
    assert not world.run(partial(decide_presence, fact=stale))
    _observe_boost(world, 0, START_AT)
    _observe_boost(world, START_AT - DAY, START_AT - 1)
    assert (world.member().present, world.member().boosting_since) == (True, 0)


def test_a_stranger_who_leaves_leaves_no_trace() -> None:
    """Somebody of whom nothing is kept gets no record for leaving."""
    world = World()
    fact = MemberPresenceObserved(GUILD, ANN, False, START_AT)
    assert not world.run(partial(decide_presence, fact=fact))
    assert (world.records, world.lines) == ({}, [])


def test_a_boost_that_begins_anew_is_told_as_such() -> None:
    """Between two looks one boost may end and another begin: both are in the ledger."""
    world = World()
    _observe_boost(world, START_AT, START_AT)
    _observe_boost(world, START_AT + HOUR, START_AT + HOUR)
    assert world.kinds() == ["boost_started", "boost_ended", "boost_started"]
