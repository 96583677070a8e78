"""Pieces of text become as few messages as they fit in."""

from __future__ import annotations

from cogs.ui.packing import packed


def test_pieces_are_joined_as_far_as_they_fit() -> None:
    """As many as fit stand together, with what separates them; none is torn."""
    assert packed(["aa", "bb", "cc"], limit=5) == ["aa\nbb", "cc"]
    assert packed(["aa", "bb"], limit=5, separator="\n\n") == ["aa", "bb"]
    assert packed([]) == []


def test_a_piece_that_is_too_long_alone_is_cut() -> None:
    """It is cut where Discord would refuse it."""
    assert packed(["a", "b" * 30, "c"], limit=20) == ["a", "b" * 19 + "…", "c"]
