"""Bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.bars import percent, progress_bar, value_bar


@pytest.mark.parametrize(
    ("done", "total", "bar"),
    [
        (0, 10, "▱▱▱▱▱"),
        (1, 1000, "▰▱▱▱▱"),
        (5, 10, "▰▰▱▱▱"),
        (999, 1000, "▰▰▰▰▱"),
        (10, 10, "▰▰▰▰▰"),
        (15, 10, "▰▰▰▰▰"),
        (0, 0, "▰▰▰▰▰"),
    ],
)
def test_a_bar_is_full_only_when_all_is_done(done: int, total: int, bar: str) -> None:
    """A bar is empty only at nothing and full only at everything."""
    assert progress_bar(done, total, cells=5) == bar


@given(st.integers(0, 2**53), st.integers(1, 2**53), st.integers(2, 30))
def test_a_bar_always_has_its_length(done: int, total: int, cells: int) -> None:
    """Whatever the numbers are, a bar is as long as it should be, and grows with what is done."""
    bar = progress_bar(done, total, cells)
    assert len(bar) == cells
    assert (bar.count("▱") == 0) == (done >= total)
    assert progress_bar(done + 1, total, cells).count("▰") >= bar.count("▰")


def test_values_are_shown_beside_the_highest() -> None:
    """The highest value has the longest row; a small one still has a cell; nothing has none."""
    assert [len(value_bar(value, 100, cells=10)) for value in (100, 50, 1, 0)] == [10, 5, 1, 0]
    assert value_bar(0, 0) == ""


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, 0), (0.29, 29), (0.999, 99), (1.0, 100), (2.0, 100), (-1.0, 0)]
)
def test_percent_is_rounded_down(share: float, shown: int) -> None:
    """A hundred percent is shown only for all."""
    assert percent(share) == shown
