"""The catalogue at work: what is newly earned, what is nearest, and what one bad condition costs."""

from __future__ import annotations

import datetime as dt
import timeit
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.achievements import COUNTERS, Catalogue
from leveling_core.conditions import Missing
from leveling_core.member import MemberRecord, Unlock
from leveling_core.periods import MS_PER_DAY
from tests.core.achievement_content import achievement, catalogue_of

FROM = dt.datetime(2026, 12, 24, tzinfo=dt.UTC)
FROM_AT = 1_798_070_400_000


def earned_ids(
    catalogue: Catalogue, member: MemberRecord, *, level: int = 1, boost_days: int = 0, at: int = 0
) -> list[tuple[str, int]]:
    """Return ids and times of what is newly earned; nothing may fail."""
    earned, failures = catalogue.newly_earned(member, level=level, boost_days=boost_days, at=at)
    assert failures == ()
    return [(definition.id, times) for definition, times in earned]


def unlocks(*ids: str) -> dict[str, Unlock]:
    """Return what a record holds of achievements unlocked once."""
    return {id_: Unlock(1) for id_ in ids}


# Newly earned.


def test_an_achievement_is_earned_when_its_condition_comes_true() -> None:
    """Not one message earlier."""
    catalogue = catalogue_of(achievement("talker", "messages >= 100"))
    assert earned_ids(catalogue, MemberRecord(messages=99)) == []
    assert earned_ids(catalogue, MemberRecord(messages=100)) == [("talker", 1)]


def test_what_is_unlocked_is_not_earned_again() -> None:
    """It stays unlocked however the counter goes on."""
    catalogue = catalogue_of(achievement("talker", "messages >= 100"))
    assert earned_ids(catalogue, MemberRecord(messages=500, achievements=unlocks("talker"))) == []


def test_several_come_in_the_order_of_the_file() -> None:
    """Whatever they are earned by, and whatever their thresholds are."""
    catalogue = catalogue_of(
        achievement("many", "messages >= 100"),
        achievement("high", "level >= 5"),
        achievement("few", "messages >= 10"),
        achievement("none", "images >= 1"),
    )
    member = MemberRecord(messages=100)
    assert earned_ids(catalogue, member, level=5) == [("many", 1), ("high", 1), ("few", 1)]


def test_level_boost_days_and_number_of_achievements_are_derived() -> None:
    """They are no fields of the record; an id counts once, from whichever catalogue it is."""
    catalogue = catalogue_of(
        achievement("level", "level >= 7"),
        achievement("boost", "boost_days >= 7"),
        achievement("count", "achievements >= 2"),
    )
    assert earned_ids(catalogue, MemberRecord(), level=7) == [("level", 1)]
    assert earned_ids(catalogue, MemberRecord(), boost_days=7) == [("boost", 1)]
    assert earned_ids(catalogue, MemberRecord(achievements=unlocks("of_old", "level"))) == [("count", 1)]


def test_every_counter_can_be_named() -> None:
    """And is read from where it really is."""
    for counter in COUNTERS:
        catalogue = catalogue_of(achievement("it", f"{counter} >= 3"))
        values: dict[str, Any] = dict.fromkeys(COUNTERS, 0) | {counter: 3}
        level, boost_days = values.pop("level"), values.pop("boost_days")
        others = unlocks("a", "b", "c") if values.pop("achievements") else {}
        member = MemberRecord(achievements=others, **values)
        assert earned_ids(catalogue, member, level=level, boost_days=boost_days) == [("it", 1)]
        counters = catalogue.counters_of(member, level=level, boost_days=boost_days)
        assert counters == dict.fromkeys(COUNTERS, 0) | {counter: 3}


def test_a_secret_achievement_is_earned_like_any_other() -> None:
    """Only telling of it is different."""
    catalogue = catalogue_of(achievement("hidden", "messages >= 1", secret=True))
    assert earned_ids(catalogue, MemberRecord(messages=1)) == [("hidden", 1)]


def test_a_repeatable_achievement_is_earned_again_at_every_step() -> None:
    """At 100, 200, 300 …; several steps at once are one unlocking that counts them all."""
    catalogue = catalogue_of(achievement("again", "messages >= 100", repeatable=100))
    once = {"again": Unlock(1, times=1)}
    assert earned_ids(catalogue, MemberRecord(messages=99)) == []
    assert earned_ids(catalogue, MemberRecord(messages=100)) == [("again", 1)]
    assert earned_ids(catalogue, MemberRecord(messages=350)) == [("again", 3)]
    assert earned_ids(catalogue, MemberRecord(messages=199, achievements=once)) == []
    assert earned_ids(catalogue, MemberRecord(messages=200, achievements=once)) == [("again", 2)]


def test_a_repeatable_achievement_may_begin_elsewhere_than_at_its_step() -> None:
    """The condition says where, the step how it goes on; a counter that falls takes nothing away."""
    catalogue = catalogue_of(achievement("again", "streak > 6", repeatable=30))
    thrice = {"again": Unlock(1, times=3)}
    assert earned_ids(catalogue, MemberRecord(streak=36)) == [("again", 1)]
    assert earned_ids(catalogue, MemberRecord(streak=37)) == [("again", 2)]
    assert earned_ids(catalogue, MemberRecord(streak=7, achievements=thrice)) == []


@pytest.mark.parametrize(
    ("at", "earned"),
    [
        (FROM_AT - 1, []),
        (FROM_AT, ["xmas"]),
        (FROM_AT + MS_PER_DAY - 1, ["xmas"]),
        (FROM_AT + MS_PER_DAY, []),
    ],
)
def test_a_windowed_achievement_is_earned_only_within_its_window(at: int, earned: list[str]) -> None:
    """From its first instant to before its last."""
    catalogue = catalogue_of(
        achievement("xmas", "messages >= 1", available_from=FROM, available_until=FROM + dt.timedelta(days=1))
    )
    assert [id_ for id_, _ in earned_ids(catalogue, MemberRecord(messages=5), at=at)] == earned


def test_a_window_may_be_open_at_one_end_and_repeat() -> None:
    """Its instants are those of the clock of whoever wrote them."""
    kyiv = dt.timezone(dt.timedelta(hours=2))
    catalogue = catalogue_of(
        achievement("later", "messages >= 1", available_from=dt.datetime(2026, 12, 24, 2, tzinfo=kyiv)),
        achievement("before", "messages >= 1", repeatable=1, available_until=FROM),
    )
    assert earned_ids(catalogue, MemberRecord(messages=2), at=FROM_AT - 1) == [("before", 2)]
    assert earned_ids(catalogue, MemberRecord(messages=2), at=FROM_AT) == [("later", 1)]


def test_nothing_is_earned_of_an_empty_catalogue() -> None:
    """A server may do without achievements."""
    assert earned_ids(Catalogue(), MemberRecord(messages=10**6)) == []


MIXED = catalogue_of(
    achievement("m1", "messages >= 1"),
    achievement("m2", "messages > 2"),
    achievement("both", "messages >= 3 and (images >= 2 or not level < 3)"),
    achievement("exact", "level == 4"),
    achievement("rank", "best_rank_of_10 >= 1 and best_rank_of_10 <= 3"),
    achievement("again", "messages >= 2", repeatable=3),
    achievement("count", "achievements >= 3"),
    achievement("window", "boost_days >= 2", available_from=FROM),
)


@given(
    messages=st.integers(0, 12),
    images=st.integers(0, 4),
    rank=st.integers(0, 5),
    level=st.integers(1, 5),
    boost_days=st.integers(0, 3),
    at=st.sampled_from([FROM_AT - 1, FROM_AT]),
    unlocked=st.dictionaries(st.sampled_from(sorted(MIXED.by_id)), st.builds(Unlock, st.just(1), st.just(2))),
)
def test_the_compiled_conditions_mean_what_the_conditions_mean(
    messages: int, images: int, rank: int, level: int, boost_days: int, at: int, unlocked: dict[str, Unlock]
) -> None:
    """Compared with evaluating them one by one."""
    member = MemberRecord(messages=messages, images=images, best_rank_of_10=rank, achievements=unlocked)
    counters = MIXED.counters_of(member, level=level, boost_days=boost_days)
    expected = []
    for definition in MIXED.definitions:
        times = 0
        if definition.condition.evaluate(counters) and definition.is_available(at):
            times = 1 + (messages - 2) // 3 if definition.repeatable else 1
        known = unlocked.get(definition.id, Unlock(0, 0)).times
        if times > (known if definition.repeatable else 2 * known):
            expected.append((definition.id, times))
    assert earned_ids(MIXED, member, level=level, boost_days=boost_days, at=at) == expected


def test_one_that_cannot_be_evaluated_costs_nothing_but_itself() -> None:
    """The others are earned; the failure says which one it was and why, for the log."""
    catalogue = catalogue_of(
        achievement("talker", "messages >= 1"),
        achievement("broken", "images >= 1"),
        achievement("again", "messages >= 1", repeatable=1),
    )
    damaged = MemberRecord(messages=3, images=cast(int, None))
    earned, failures = catalogue.newly_earned(damaged, level=1, boost_days=0, at=0)
    assert [(definition.id, times) for definition, times in earned] == [("talker", 1), ("again", 3)]
    assert [failure.achievement_id for failure in failures] == ["broken"]
    assert "TypeError" in failures[0].problem


def test_finding_what_is_newly_earned_is_quick() -> None:
    """It runs for every awarded message: some 0.2 µs here; the bound leaves room for a busy machine."""
    member = MemberRecord(messages=1, achievements=unlocks("m1"))

    def run() -> None:
        MIXED.newly_earned(member, level=2, boost_days=0, at=0)

    assert min(timeit.repeat(run, number=2_000, repeat=5)) / 2_000 < 10e-6


# Progress and what is nearest.


def test_progress_is_that_of_the_condition() -> None:
    """Exactly 1 means that the condition holds."""
    catalogue = catalogue_of(achievement("talker", "messages >= 100"))
    talker = catalogue.by_id["talker"]
    assert catalogue.progress_of(talker, {"messages": 25}) == Fraction(1, 4)
    assert catalogue.progress_of(talker, {"messages": 100}) == 1


def test_progress_of_a_repeatable_one_starts_again_with_every_time() -> None:
    """After the second time at 200, 230 messages are 30 of 100 on the way to 300."""
    catalogue = catalogue_of(achievement("again", "messages >= 100", repeatable=100))
    again = catalogue.by_id["again"]
    assert catalogue.progress_of(again, {"messages": 30}) == Fraction(3, 10)
    assert catalogue.progress_of(again, {"messages": 230}, times=2) == Fraction(3, 10)
    assert catalogue.progress_of(again, {"messages": 50}, times=2) == 0
    assert catalogue.progress_of(again, {"messages": 300}, times=2) == 1


def test_the_nearest_come_first_with_what_is_missing() -> None:
    """Equally near ones in the order of the file."""
    catalogue = catalogue_of(
        achievement("far", "messages >= 1000"),
        achievement("near", "messages >= 100 and images >= 10"),
        achievement("as_near", "images >= 10"),
        achievement("done", "messages >= 10"),
    )
    counters = catalogue.counters_of(MemberRecord(messages=90, images=5), level=1, boost_days=0)
    nearest = catalogue.nearest(counters, unlocks("done"), at=0)
    assert [(near.definition.id, near.share) for near in nearest] == [
        ("near", Fraction(1, 2)),
        ("as_near", Fraction(1, 2)),
        ("far", Fraction(9, 100)),
    ]
    assert nearest[0].missing == (Missing("images", 5, 10), Missing("messages", 90, 100))


def test_secret_unavailable_and_earned_ones_are_not_recommended() -> None:
    """Nor those that the member's next event unlocks anyway."""
    catalogue = catalogue_of(
        achievement("hidden", "messages >= 100", secret=True),
        achievement("past", "messages >= 100", available_until=FROM),
        achievement("unlocked", "messages >= 100"),
        achievement("due", "messages >= 10"),
        achievement("left", "messages >= 2000"),
    )
    counters = catalogue.counters_of(MemberRecord(messages=90), level=1, boost_days=0)
    nearest = catalogue.nearest(counters, unlocks("unlocked"), at=FROM_AT)
    assert [near.definition.id for near in nearest] == ["left"]


def test_a_repeatable_one_is_recommended_again() -> None:
    """With the next step as what is missing."""
    catalogue = catalogue_of(achievement("again", "messages >= 100", repeatable=100))
    counters = catalogue.counters_of(MemberRecord(messages=180), level=1, boost_days=0)
    (near,) = catalogue.nearest(counters, {"again": Unlock(1, times=1)}, at=0)
    assert (near.share, near.missing) == (Fraction(4, 5), (Missing("messages", 180, 200),))


def test_no_more_are_recommended_than_asked_for() -> None:
    """Three unless told otherwise."""
    catalogue = catalogue_of(*(achievement(f"a{n}", f"messages >= {n}") for n in range(10, 20)))
    counters = catalogue.counters_of(MemberRecord(), level=1, boost_days=0)
    assert len(catalogue.nearest(counters, {}, at=0)) == 3
    assert len(catalogue.nearest(counters, {}, at=0, limit=5)) == 5


def test_categories_and_their_achievements_keep_the_order_of_the_file() -> None:
    """Pages are made of them."""
    catalogue = catalogue_of(
        achievement("b", "messages >= 1", category="second"),
        achievement("c", "messages >= 1"),
        achievement("a", "messages >= 1", category="second"),
    )
    assert [category.id for category in catalogue.categories()] == ["first", "second"]
    assert [definition.id for definition in catalogue.list_in_category("second")] == ["b", "a"]
    assert list(catalogue.by_id) == ["b", "c", "a"]
