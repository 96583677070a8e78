"""Times as people read them."""

from __future__ import annotations

import datetime as dt

import pytest

from cogs.ui.times import date_of, day_label, duration, moment, relative, until
from data.texts import load_texts

TEXTS = load_texts()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (3660, "1 hour 1 minute"),
        (86_399, "23 hours 59 minutes"),
        (86_400, "1 day"),
        (86_461, "1 day"),
        (2 * 86_400 + 3600, "2 days 1 hour"),
    ],
)
def test_durations_are_told_in_two_units(seconds: int, words: str) -> None:
    """A duration is told in its two largest units, rounded down; nothing is told as zero of something."""
    assert duration(TEXTS, seconds) == words


def test_instants_are_discords_own_timestamps() -> None:
    """Discord shows each reader an instant in their own zone and language."""
    assert (relative(1_999), moment(60_000), date_of(60_000)) == ("<t:1:R>", "<t:60:f>", "<t:60:D>")


def test_a_countdown_is_there_in_words_too() -> None:
    """Beside Discord's countdown stands the same in words; a part of a second counts as one."""
    assert until(TEXTS, 7_200_000, 1) == "<t:7200:R> (2 hours)"
    assert until(TEXTS, 0, 5_000) == "<t:0:R> (0 seconds)"


def test_days_have_names() -> None:
    """A day is told by weekday, day and month, each of them right."""
    first = dt.date(2026, 1, 1)
    for number in range(365):
        day = first + dt.timedelta(days=number)
        expected = f"{day:%a} {day.day} {day:%b}"  # the C locale's names are the English ones
        assert day_label(TEXTS, day.toordinal()) == expected
