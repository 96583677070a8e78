"""What charts of statistics hold: lines across, labels below, rows in the guild's order."""

from __future__ import annotations

from typing import cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.statistics.drawings import chart_ticks, column_labels, heat_map
from leveling_core.charts import WeekHours
from pictures import Look
from tests.cogs.server import TEXTS


@given(st.integers(0, 10**12))
def test_lines_across_are_few_round_and_reach_the_top(highest: int) -> None:
    """At most five, at equal steps of 1, 2 or 5 times a power of ten, the last above all columns."""
    ticks = chart_ticks(highest)
    assert len(ticks) <= 5
    if highest:
        step = ticks[0]
        assert str(step).rstrip("0") in {"1", "2", "5"}
        assert ticks == tuple(step * (place + 1) for place in range(len(ticks)))
        assert ticks[-1] >= highest > ticks[-1] - step


@pytest.mark.parametrize(("days", "named"), [(7, 7), (30, 6), (90, 6)])
def test_few_days_are_all_named_of_many_some(days: int, named: int) -> None:
    """Today is among them, and there is a label, if an empty one, for each day."""
    labels = column_labels(TEXTS, tuple(range(738_000, 738_000 + days)))
    assert len(labels) == days
    assert sum(map(bool, labels)) == named
    assert labels[-1]


def test_the_week_begins_as_the_guilds_does() -> None:
    """The first row is the guild's first weekday, and each row keeps its numbers."""
    hours = WeekHours(
        days=56,
        hours=tuple((day,) * 24 for day in range(7)),
        counted=1,
        left_out=0,
        busiest=(6, 0),
        first_weekday=6,
        zone="UTC",
    )

    class Somebody:
        """A member, as far as it matters."""

        display_name = "\u2800"

    heat = heat_map(TEXTS, hours, cast(discord.Member, Somebody()), Look(theme="laurel"))
    assert [(row.label, row.values[0]) for row in heat.rows][:2] == [("Sun", 6), ("Mon", 0)]
    assert heat.hours[:4] == ("00", "", "", "03")
    assert heat.subtitle.startswith("someone · ")
