"""Durations and moments as people type them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from leveling_core.moments import parse_duration, parse_moment
from tests.core.world import DAY, HOUR, MINUTE, START_AT

KYIV = ZoneInfo("Europe/Kyiv")  # two hours ahead in January


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("48h", 48 * HOUR),
        ("90m", 90 * MINUTE),
        ("2d", 2 * DAY),
        ("1w", 7 * DAY),
        ("1d12h", 36 * HOUR),
        ("1 day 12 hours", 36 * HOUR),
        ("1 day, 30 min", DAY + 30 * MINUTE),
        ("1.5H", 90 * MINUTE),
        ("1,5h", 90 * MINUTE),
        ("30 seconds", 30_000),
        ("0h", 0),
    ],
)
def test_durations(typed: str, ms: int) -> None:
    """Weeks to seconds, in short or in full, one after another."""
    assert parse_duration(typed) == ms


@pytest.mark.parametrize(
    "typed", ["", "48", "h", "two days", "1 month", "5 moments", "1x", "-1h", "1h later"]
)
def test_what_is_no_duration(typed: str) -> None:
    """Nothing is guessed: a month is not a minute."""
    assert parse_duration(typed) is None


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("in 3h", START_AT + 3 * HOUR),
        ("3h", START_AT + 3 * HOUR),
        ("18:00", START_AT + 16 * HOUR),
        ("at 2:30", START_AT + 30 * MINUTE),
        ("01:00", START_AT + 23 * HOUR),  # it is 02:00 there: that is tomorrow's
        ("2026-01-02", START_AT + DAY - 2 * HOUR),
        ("2026-01-02 18:00", START_AT + DAY + 16 * HOUR),
        ("2026-01-02T18:00Z", START_AT + DAY + 18 * HOUR),
        ("2026-01-02T18:00+05:00", START_AT + DAY + 13 * HOUR),
        (f"<t:{START_AT // 1000 + 60}:F>", START_AT + MINUTE),
    ],
)
def test_moments(typed: str, at: int) -> None:
    """A wait, a time of day or a date, by the server's own clock unless an offset is given."""
    assert parse_moment(typed, START_AT, KYIV) == at


@pytest.mark.parametrize("typed", ["2026-03-29 03:30", "03:30"])
def test_a_time_that_clocks_skip_is_none(typed: str) -> None:
    """Nobody can mean it; an hour that comes twice is the first of the two."""
    before = parse_moment("2026-03-29 01:00", START_AT, KYIV)
    assert before is not None
    assert parse_moment(typed, before, KYIV) is None
    first = parse_moment("2026-10-25T03:30+03:00", before, KYIV)
    assert parse_moment("2026-10-25 03:30", before, KYIV) == first


@pytest.mark.parametrize("typed", ["", "later", "25:00", "2026-13-01", "2026-01-02 25:00", "20260102", "12"])
def test_what_is_no_moment(typed: str) -> None:
    """Nothing is guessed."""
    assert parse_moment(typed, START_AT, KYIV) is None
