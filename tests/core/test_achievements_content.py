"""The bundled achievements, and the errors of content that is wrong."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.achievements import Catalogue
from leveling_core.errors import ContentError
from leveling_core.member import MemberRecord
from tests.core.achievement_content import FILE, achievement, catalogue_of, category

LAUREL = Path(__file__).parents[2] / "data" / "achievements" / "laurel.toml"

# The product's table: imported data names these ids, so they and what they are worth never change unnoticed.
DOCUMENTED = {
    "levels": {
        "first_steps": ("level >= 5", 50),
        "rising_star": ("level >= 10", 100),
        "halfway_there": ("level >= 15", 150),
        "veteran": ("level >= 25", 250),
        "legend": ("level >= 50", 500),
        "centurion": ("level >= 100", 2000),
    },
    "activity": {
        "chatterbox": ("messages >= 100", 75),
        "conversationalist": ("messages >= 500", 150),
        "voice_of_the_server": ("messages >= 1000", 300),
        "veteran_speaker": ("messages >= 5000", 750),
        "command_novice": ("commands >= 25", 50),
        "command_expert": ("commands >= 100", 150),
        "command_master": ("commands >= 500", 400),
    },
    "dedication": {
        "streak_starter": ("streak >= 3", 50),
        "week_warrior": ("streak >= 7", 100),
        "biweekly_dedication": ("streak >= 14", 200),
        "month_master": ("streak >= 30", 500),
        "dedication_deity": ("streak >= 100", 1000),
        "half_year_hero": ("streak >= 180", 2500),
        "yearly_champion": ("streak >= 365", 5000),
    },
    "progression": {
        "xp_collector": ("xp >= 1000", 100),
        "xp_hoarder": ("xp >= 5000", 250),
        "xp_tycoon": ("xp >= 10000", 500),
        "xp_millionaire": ("xp >= 25000", 1000),
    },
    "special": {
        "early_bird": ("dailies >= 1", 25),
        "booster_badge": ("boost_days >= 1", 200),
        "server_supporter": ("boost_days >= 30", 500),
        "well_rounded": ("level >= 10 and messages >= 500 and commands >= 50", 250),
    },
    "competition": {
        "podium_finish": ("best_rank_of_10 >= 1 and best_rank_of_10 <= 3", 200),
        "top_ten": ("best_rank_of_30 >= 1 and best_rank_of_30 <= 10", 100),
        "leaderboard_climber": ("rank_improvement >= 10", 150),
    },
    "content": {
        "photographer": ("images >= 50", 100),
        "lengthy_talker": ("long_messages >= 50", 100),
        "link_sharer": ("links >= 50", 75),
    },
    "community": {
        "goal_contributor": ("goals_completed >= 10", 200),
        "goal_enthusiast": ("goals_completed >= 50", 500),
    },
    "meta": {
        "achievement_hunter": ("achievements >= 10", 300),
        "completionist": ("achievements >= 30", 1000),
    },
}


@pytest.fixture(scope="module")
def laurel() -> Catalogue:
    """The bundled catalogue."""
    return Catalogue.from_mapping(tomllib.loads(LAUREL.read_text(encoding="utf-8")), file=LAUREL.name)


# The bundled catalogue.


def test_the_bundled_achievements_are_the_documented_ones(laurel: Catalogue) -> None:
    """All 38, with their conditions and rewards, by category and in order."""
    found = {
        category.id: {d.id: (d.condition.text, d.xp) for d in laurel.list_in_category(category.id)}
        for category in laurel.categories()
    }
    assert found == DOCUMENTED
    assert len(laurel.definitions) == 38
    assert list(laurel.by_id) == [id_ for ids in DOCUMENTED.values() for id_ in ids]


def test_the_bundled_achievements_are_open_ones(laurel: Catalogue) -> None:
    """None is secret, repeatable or limited in time; names and emojis tell them apart."""
    assert not any(d.secret or d.repeatable for d in laurel.definitions)
    assert all(d.is_available(at) for d in laurel.definitions for at in (0, 2**60))
    assert len({d.name for d in laurel.definitions}) == len({d.description for d in laurel.definitions}) == 38


def test_the_file_documents_every_counter(laurel: Catalogue) -> None:
    """Whoever edits it need not look elsewhere."""
    comments = "".join(line for line in LAUREL.read_text(encoding="utf-8").splitlines() if line[:1] == "#")
    for counter in laurel.counters_of(MemberRecord(), level=1, boost_days=0):
        assert counter in comments


@pytest.mark.parametrize(
    ("member", "earned"),
    [
        (MemberRecord(best_rank_of_10=0, best_rank_of_30=0), set()),
        (MemberRecord(best_rank_of_10=4, best_rank_of_30=11), set()),
        (MemberRecord(best_rank_of_10=3), {"podium_finish"}),
        (MemberRecord(best_rank_of_30=10), {"top_ten"}),
    ],
)
def test_a_rank_counts_only_once_it_was_seen(
    laurel: Catalogue, member: MemberRecord, earned: set[str]
) -> None:
    """Somebody never ranked is not taken for the first."""
    found, _ = laurel.newly_earned(member, level=1, boost_days=0, at=0)
    assert {definition.id for definition, _ in found} == earned


def test_somebody_with_everything_earns_everything(laurel: Catalogue) -> None:
    """No achievement is out of reach but those that count achievements."""
    member = MemberRecord(
        xp=25_000,
        messages=5000,
        images=50,
        links=50,
        long_messages=50,
        commands=500,
        streak=365,
        dailies=365,
        goals_completed=50,
        best_rank_of_10=1,
        best_rank_of_30=1,
        rank_improvement=10,
    )
    found, failures = laurel.newly_earned(member, level=100, boost_days=30, at=0)
    assert len(found) == 36
    assert failures == ()


# Content that is wrong.


def refusal(content: dict[str, Any]) -> ContentError:
    """Return the error that wrong content raises."""
    with pytest.raises(ContentError) as caught:
        Catalogue.from_mapping(content, file=FILE)
    assert caught.value.file == FILE
    return caught.value


def refusal_of(*achievements: dict[str, Any]) -> ContentError:
    """Return the error that wrong achievements raise."""
    return refusal({"category": [category("first")], "achievement": list(achievements)})


@pytest.mark.parametrize(
    ("field", "value", "problem", "expected"),
    [
        ("name", "", "it is ''", "1 to 60 characters"),
        ("name", "x" * 61, "xxx", "1 to 60 characters"),
        ("description", "x" * 201, "xxx", "1 to 200 characters"),
        ("emoji", "two words", "it is 'two words'", "an emoji"),
        ("category", "frist", "there is no category 'frist' (did you mean 'first'?)", "one of first"),
        ("tier", "wood", "it is 'wood'", "bronze, silver, gold or platinum"),
        ("condition", 5, "it is 5", "a condition, such as messages >= 500"),
        ("condition", "messages >= 0", "done nothing", "something to be achieved"),
        ("condition", "best_rank_of_10 <= 3", "done nothing", "something to be achieved"),
        ("xp", -1, "it is -1", "from 0 to 1000000"),
        ("xp", 1_000_001, "it is 1000001", "from 0 to 1000000"),
        ("xp", 1.5, "it is 1.5", "a whole number"),
        ("xp", "50", "it is '50'", "a whole number"),
        ("xp", True, "it is True", "a whole number"),
        ("secret", "yes", "it is 'yes'", "true or false"),
        ("repeatable", 0, "it is 0", "above 0"),
        ("repeatable", True, "it is True", "above 0"),
        ("available_from", dt.datetime(2026, 12, 24), "2026-12-24T00:00:00", "with its offset"),  # noqa: DTZ001 -- the mistake
        ("available_from", dt.date(2026, 12, 24), "it is 2026-12-24", "with its offset"),
        ("available_until", 1_798_070_400_000, "it is 1798070400000", "with its offset"),
        ("available_until", "tomorrow", "it is 'tomorrow'", "with its offset"),
        ("secrte", True, "there is no such field (did you mean 'secret'?)", "one of id, name"),
        ("xyzzy", True, "there is no such field", "one of id, name"),
    ],
)
def test_a_wrong_field_is_refused_kindly(field: str, value: object, problem: str, expected: str) -> None:
    """The error names entry and field, what it is, and what would be right."""
    error = refusal_of(
        achievement("fine", "messages >= 1"), achievement("wrong", "messages >= 1") | {field: value}
    )
    assert error.entry == "wrong"
    assert error.field == field
    assert problem in error.problem
    assert expected in error.expected


@pytest.mark.parametrize(
    ("id_", "entry"),
    [
        ("First Steps", "First Steps"),
        ("steps\n", "steps\n"),
        ("9lives", "9lives"),
        ("", ""),
        (5, "achievement 1"),
    ],
)
def test_a_wrong_id_is_refused(id_: object, entry: str) -> None:
    """Ids are names in records and in compiled conditions: lower-case letters, digits and _."""
    error = refusal_of(achievement("x", "messages >= 1") | {"id": id_})
    assert (error.entry, error.field) == (entry, "id")
    assert error.problem == f"it is {id_!r}"
    assert error.expected.startswith("lower-case letters")


@pytest.mark.parametrize("field", ["name", "description", "emoji", "category", "tier", "condition", "xp"])
def test_a_missing_field_is_refused(field: str) -> None:
    """Only secret, repeatable and the window may be left out."""
    content = achievement("wrong", "messages >= 1")
    del content[field]
    error = refusal_of(content)
    assert (error.entry, error.field, error.problem) == ("wrong", field, "it is missing")


def test_an_entry_without_an_id_is_named_by_its_number() -> None:
    """Counted from 1, as a person counts."""
    content = achievement("x", "messages >= 1")
    del content["id"]
    error = refusal_of(achievement("fine", "messages >= 1"), content)
    assert (error.entry, error.field, error.problem) == ("achievement 2", "id", "it is missing")


def test_a_wrong_condition_is_refused_with_its_column() -> None:
    """The column is that of the condition's own text."""
    error = refusal_of(achievement("wrong", "messages >= 1 and mesages >= 2"))
    assert (error.entry, error.field, error.column) == ("wrong", "condition", 19)
    assert "did you mean 'messages'?" in str(error)


def test_an_id_is_given_once() -> None:
    """Records name achievements by it; categories have theirs."""
    error = refusal_of(achievement("twice", "messages >= 1"), achievement("twice", "messages >= 2"))
    assert (error.entry, error.field) == ("twice", "id")
    error = refusal({"category": [category("first"), category("first")]})
    assert (error.entry, error.field) == ("first", "id")


def test_a_window_ends_after_it_begins() -> None:
    """One that never opens is a mistake."""
    at = dt.datetime(2026, 12, 24, tzinfo=dt.UTC)
    error = refusal_of(achievement("wrong", "messages >= 1", available_from=at, available_until=at))
    assert (error.entry, error.field) == ("wrong", "available_until")


@pytest.mark.parametrize("condition", ["messages == 5", "messages >= 5 and level >= 5", "messages <= 5"])
def test_only_a_plain_threshold_can_repeat(condition: str) -> None:
    """There is no every-so-often of anything else."""
    error = refusal_of(achievement("wrong", condition, repeatable=5))
    assert (error.entry, error.field) == ("wrong", "repeatable")


@pytest.mark.parametrize(
    ("content", "field", "problem"),
    [
        ({"achievements": []}, "achievements", "no such section (did you mean 'achievement'?)"),
        ({"title": "x"}, "title", "no such section"),
        ({"achievement": {"id": "x"}}, "achievement", "it is no list"),
        ({"achievement": [5]}, "", "it is 5"),
    ],
)
def test_a_file_of_another_shape_is_refused(content: dict[str, Any], field: str, problem: str) -> None:
    """The error says which sections there are."""
    error = refusal(content)
    assert error.field == field
    assert problem in error.problem


def test_a_category_must_be_declared() -> None:
    """Also where there is none at all."""
    error = refusal({"achievement": [achievement("wrong", "messages >= 1")]})
    assert (error.field, error.expected) == ("category", "one of the categories, of which the file has none")


# Rewards that feed themselves.


def is_refused(*achievements: dict[str, Any]) -> bool:
    """Tell whether rewards are refused for feeding themselves; anything else wrong is an error."""
    try:
        catalogue_of(*achievements)
    except ContentError as error:
        if "for ever" not in error.problem:
            raise
        return True
    return False


def ends(reward_xp: int, step: int) -> bool:
    """Play it through: give the reward for every ``step`` XP until no more is due, or a great many were."""
    xp, times = step, 0
    while times < 10_000:
        due = xp // step - times
        if not due:
            return True
        times += due
        xp += due * reward_xp
    return False


@given(reward_xp=st.integers(0, 60), step=st.integers(1, 50))
def test_a_reward_that_pays_for_the_next_one_is_refused(reward_xp: int, step: int) -> None:
    """Exactly those rewards that, played through, never come to an end."""
    refused = is_refused(achievement("loop", f"xp >= {step}", repeatable=step, xp=reward_xp))
    assert refused is not ends(reward_xp, step)


def test_rewards_that_feed_each_other_are_refused() -> None:
    """60 and 40 XP for every 100 are as bad as 100; the error names both."""
    one = achievement("one", "xp >= 100", repeatable=100, xp=60)
    assert not is_refused(one, achievement("two", "xp >= 100", repeatable=100, xp=39))
    error = refusal_of(one, achievement("two", "xp >= 100", repeatable=100, xp=40))
    assert (error.entry, error.field) == ("one", "xp")
    assert "together with two" in error.problem


def test_rewards_for_levels_must_be_less_than_the_levels_take() -> None:
    """On any curve that a guild may choose as it comes: a level of the linear one takes 100 XP."""
    assert not is_refused(achievement("level", "level >= 5", repeatable=5, xp=499))
    error = refusal_of(achievement("level", "level >= 5", repeatable=5, xp=500))
    assert "on the linear curve" in error.problem
    half = achievement("half", "xp >= 10", repeatable=10, xp=5)
    assert is_refused(half, achievement("level", "level >= 5", repeatable=5, xp=250))


def test_rewards_that_feed_no_counter_of_their_own_may_be_large() -> None:
    """Messages do not come from XP, and what is unlocked once ends by itself."""
    assert not is_refused(
        achievement("messages", "messages >= 1", repeatable=1, xp=1_000_000),
        achievement("count", "achievements >= 1", repeatable=1, xp=1_000_000),
        achievement("once", "xp >= 1", xp=1_000_000),
        achievement("free", "xp >= 1", repeatable=1, xp=0),
    )
