"""The language of conditions: what it means, how far one is, and what its errors say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.conditions import Condition, Missing, parse_condition
from leveling_core.errors import ContentError

COUNTERS = ("messages", "level", "images", "best_rank_of_10")
NOTHING = dict.fromkeys(COUNTERS, 0)


def parse(text: str) -> Condition:
    """Read a condition over the counters of these tests."""
    return parse_condition(text, counters=COUNTERS, file="test.toml", entry="example")


def refusal(text: str) -> ContentError:
    """Return the error that a wrong condition raises."""
    with pytest.raises(ContentError) as caught:
        parse(text)
    assert (caught.value.file, caught.value.entry, caught.value.field) == (
        "test.toml",
        "example",
        "condition",
    )
    return caught.value


def evaluated(text: str, values: dict[str, int]) -> object:
    """Let Python itself say what an expression made by these tests means."""
    return eval(text, {"__builtins__": {}}, values)  # noqa: S307 -- the oracle; the text is our own


# Meaning.


@pytest.mark.parametrize(
    ("text", "messages", "holds"),
    [
        ("messages >= 500", 499, False),
        ("messages >= 500", 500, True),
        ("messages > 500", 500, False),
        ("messages > 500", 501, True),
        ("messages <= 500", 500, True),
        ("messages <= 500", 501, False),
        ("messages < 500", 499, True),
        ("messages < 500", 500, False),
        ("messages == 500", 500, True),
        ("messages == 500", 501, False),
        ("messages != 500", 500, False),
        ("messages != 500", 501, True),
        ("messages>=1_000", 1000, True),
        ("not messages >= 500", 500, False),
        ("not not messages >= 500", 500, True),
        ("not messages == 500", 499, True),
        ("not messages != 500", 500, True),
        (" (\tmessages\n>= 500 )", 500, True),
    ],
)
def test_comparisons_mean_what_they_say(text: str, messages: int, holds: bool) -> None:
    """Each operator, and its negation."""
    condition = parse(text)
    values = {**NOTHING, "messages": messages}
    assert condition.evaluate(values) is holds
    assert condition.counters == {"messages"}


@given(
    text=st.recursive(
        st.builds(
            "{} {} {}".format,
            st.sampled_from(COUNTERS),
            st.sampled_from([">=", ">", "<=", "<", "==", "!="]),
            st.integers(0, 4),
        ),
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("{} or {}".format, inner, inner),
            st.builds("not ({})".format, inner),
            st.builds("not {}".format, inner),
        ),
        max_leaves=6,
    ),
    numbers=st.tuples(*[st.integers(0, 5)] * len(COUNTERS)),
)
def test_a_condition_means_what_python_would_mean(text: str, numbers: tuple[int, ...]) -> None:
    """Precedence, parentheses and negation are Python's; so is the meaning of its source."""
    values = dict(zip(COUNTERS, numbers, strict=True))
    condition = parse(text)
    expected = evaluated(text, values)
    assert condition.evaluate(values) is expected
    assert evaluated(condition.source(), values) is expected
    assert (condition.progress(values) == 1) is expected
    assert (condition.missing(values) == ()) is expected
    assert 0 <= condition.progress(values) <= 1


def test_all_counters_of_a_condition_are_known() -> None:
    """They are what a caller has to provide."""
    assert parse("messages >= 5 and (level >= 3 or not images < 2)").counters == {
        "messages",
        "level",
        "images",
    }


def test_a_counter_without_a_value_is_an_error() -> None:
    """It is never taken for zero."""
    with pytest.raises(KeyError, match="images"):
        parse("images >= 5").evaluate({"messages": 5})


def test_a_plain_threshold_is_recognised() -> None:
    """Only conditions that are nothing but one have one."""
    assert parse("messages >= 500").threshold == ("messages", 500)
    assert parse("(messages > 499)").threshold == ("messages", 500)
    assert parse("not messages < 500").threshold == ("messages", 500)
    assert parse("messages <= 500").threshold is None
    assert parse("messages >= 5 and level >= 5").threshold is None


# Progress.


@pytest.mark.parametrize(
    ("text", "values", "progress"),
    [
        ("messages >= 500", {}, Fraction(0)),
        ("messages >= 500", {"messages": 125}, Fraction(1, 4)),
        ("messages >= 500", {"messages": 600}, Fraction(1)),
        ("messages >= 500", {"messages": -3}, Fraction(0)),
        ("messages > 499", {"messages": 250}, Fraction(1, 2)),
        ("messages == 10", {"messages": 5}, Fraction(1, 2)),
        ("messages == 10", {"messages": 40}, Fraction(1, 4)),
        ("messages != 0", {}, Fraction(0)),
        ("messages < 1", {"messages": 7}, Fraction(0)),
        ("messages >= 500 and level >= 10", {"messages": 250, "level": 2}, Fraction(1, 5)),
        ("messages >= 500 or level >= 10", {"messages": 250, "level": 2}, Fraction(1, 2)),
        ("best_rank_of_10 >= 1 and best_rank_of_10 <= 3", {}, Fraction(0)),
        ("best_rank_of_10 >= 1 and best_rank_of_10 <= 3", {"best_rank_of_10": 12}, Fraction(1, 4)),
        ("best_rank_of_10 >= 1 and best_rank_of_10 <= 3", {"best_rank_of_10": 2}, Fraction(1)),
    ],
)
def test_progress(text: str, values: dict[str, int], progress: Fraction) -> None:
    """Of ``and`` the least advanced part counts, of ``or`` the most advanced; a rank comes down."""
    assert parse(text).progress({**NOTHING, **values}) == progress


def test_missing_names_everything_that_and_needs() -> None:
    """The least advanced part comes first; what holds already is left out."""
    condition = parse("messages >= 500 and level >= 10 and images >= 1")
    values = {**NOTHING, "messages": 400, "level": 2, "images": 1}
    assert condition.missing(values) == (Missing("level", 2, 10), Missing("messages", 400, 500))


def test_missing_names_the_shortest_way_of_or() -> None:
    """The most advanced part is the one to finish."""
    condition = parse("messages >= 500 or level >= 10")
    assert condition.missing({**NOTHING, "messages": 400, "level": 2}) == (Missing("messages", 400, 500),)


def test_missing_says_what_a_counter_must_become() -> None:
    """Also where it has to sink, or to be anything else."""
    assert parse("best_rank_of_10 < 4").missing({"best_rank_of_10": 9}) == (Missing("best_rank_of_10", 9, 3),)
    assert parse("messages != 4").missing({"messages": 4}) == (Missing("messages", 4, 5),)


# Errors.


@pytest.mark.parametrize(
    ("text", "column", "problem", "expected"),
    [
        (
            "mesages >= 5",
            1,
            "no counter 'mesages' (did you mean 'messages'?)",
            "one of best_rank_of_10, images",
        ),
        ("level >= 5 and Images > 3", 16, "did you mean 'images'?", "one of"),
        ("xyzzy >= 5", 1, "there is no counter 'xyzzy'", "messages"),
        ("__class__ >= 5", 1, "there is no counter '__class__'", "one of"),
        ("__import__('os')", 12, '"\'" means nothing here', "counters"),
        ("level => 5", 7, "'=>' means nothing here (did you mean '>='?)", ">= > <= < == !="),
        ("level = 5", 7, "did you mean '=='?", ""),
        ("level ≥ 5", 7, "did you mean '>='?", ""),
        ("level >== 5", 7, "'>==' means nothing here", ""),
        ("level >= 5 && images > 3", 12, "did you mean 'and'?", ""),
        ("level >= 5 AND images > 3", 12, "did you mean 'and'?", "'and', 'or' or the end"),
        ("level >= -1", 10, "'-' means nothing here", "whole numbers"),
        ("level >= 1.5", 10, "1.5 is no number for a counter", "a whole number"),
        ("level >= 5and images > 3", 10, "5and is no number", "a whole number"),
        ("level >= 1__0", 10, "1__0 is no number", "a whole number"),
        ("level >= 9007199254740992", 10, "is no number", "up to 9007199254740991"),
        ("level >= images", 10, "'images' does not belong here", "a whole number"),
        ("level", 6, "it ends too early", "level >= 10"),
        ("level >=", 9, "it ends too early", "a whole number"),
        ("level >= 5 and", 15, "it ends too early", "a counter"),
        ("", 1, "it ends too early", "a counter"),
        ("500 <= messages", 1, "'500' does not belong here", "a counter"),
        ("level >= 1 <= 3", 12, "'<=' does not belong here", "'and', 'or' or the end"),
        ("(level >= 1", 12, "it ends too early", "')' for the '(' in column 1"),
        ("level >= 1)", 11, "')' does not belong here", "'and', 'or' or the end"),
        ("level >= 1 # much", 12, "'#' means nothing here", ""),
        ("level.real >= 1", 6, "'.' means nothing here", ""),
        ("(" * 16 + "level >= 1" + ")" * 16, 17, "nested too deeply", "at most 15"),
        ("not " * 400 + "level >= 1", 501, "it has 1610 characters", "at most 500"),
    ],
)
def test_a_wrong_condition_is_refused_kindly(text: str, column: int, problem: str, expected: str) -> None:
    """The error names the column, what is wrong there, and what would be right."""
    error = refusal(text)
    assert error.column == column
    assert problem in error.problem
    assert expected in error.expected
    assert f"column {column}" in str(error)


@given(text=st.text(alphabet="()<>=!& .09aelnortvxé'\"\\\n", max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Whatever is written, it is a condition or a ContentError with a column in or just behind the text."""
    try:
        parse(text)
    except ContentError as error:
        column = error.column
    else:
        column = 1
    assert column in range(1, len(text) + 2)


def test_parentheses_side_by_side_are_no_nesting() -> None:
    """Only depth is bounded."""
    text = " and ".join(["(level >= 1)"] * 29)
    assert parse(text).evaluate({**NOTHING, "level": 1})
