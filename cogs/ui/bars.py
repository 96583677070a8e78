"""Bars: a share as a row of cells. A number stands beside each: a bar says nothing when it is read out."""

from __future__ import annotations

__all__ = ["BAR_CELLS", "percent", "progress_bar", "value_bar"]

BAR_CELLS = 12
"""Cells of a bar: what fits beside a number on a narrow phone."""

_FULL, _EMPTY = "▰", "▱"


def progress_bar(done: int, total: int, cells: int = BAR_CELLS) -> str:
    """Return how much of a total is done: full only when all is, empty only when nothing is.

    Args:
        done: From 0; more than ``total`` counts as all.
        total: What there is to do; with 0 or less nothing is left to do.
        cells: How many cells the bar has, at least 2.
    """
    if total <= 0 or done >= total:
        return _FULL * cells
    filled = max(1, min(cells - 1, done * cells // total)) if done > 0 else 0
    return _FULL * filled + _EMPTY * (cells - filled)


def value_bar(value: int, highest: int, cells: int = BAR_CELLS) -> str:
    """Return a value as a row of full cells, ``cells`` of them for the highest one; "" for 0."""
    if value <= 0 or highest <= 0:
        return ""
    return _FULL * max(1, round(min(value, highest) * cells / highest))


def percent(share: float) -> int:
    """Return a share (``0 .. 1``) in whole percent, rounded down: 100 only when all is done."""
    return max(0, min(100, int(share * 100 + 1e-9)))
