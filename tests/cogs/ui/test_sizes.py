"""Sizes of files as people read them."""

from __future__ import annotations

import pytest

from cogs.ui.sizes import file_size
from data.texts import load_texts

TEXTS = load_texts()


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (12_345, "13 kB"),
        (999_999, "1,000 kB"),
        (1_000_000, "1 MB"),
        (3_449_999, "3.4 MB"),
        (345_678_901, "345.7 MB"),
        (1_249_999_999, "1.2 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits(size_bytes: int, words: str) -> None:
    """A small file is never told as nothing."""
    assert file_size(TEXTS, size_bytes) == words
