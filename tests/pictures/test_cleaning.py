"""Names are cleaned of what is invisible or made to break a layout, and of nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.text.cleaning import LONGEST_GRAPHEMES, clean, list_graphemes


@pytest.mark.parametrize(
    "text",
    [
        "Aurelia",
        "Дмитрий",
        "محمد عبد الله",
        "שלום",
        "हिन्दी",
        "น้ำผึ้ง",
        "김민수",
        "👨‍👩‍👧‍👦",
        "👩🏽‍🚀",
        "🏳️‍🌈",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "1️⃣",
        "می‌خواهم",  # Persian needs the joiner that parts letters
        "é",
    ],
)
def test_what_scripts_need_stays(text: str) -> None:
    """Vowel signs, tone marks, and joiners within words and emoji are kept."""
    assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\u200b\u2060\ufeff", ""),
        ("\u3164\u2800\u115f", ""),
        ("a\u202eb\u2066c", "abc"),
        ("  a \n\t b\u00a0c  ", "a b c"),
        ("a\u200db", "ab"),
        ("\u0301\u0302", ""),
        ("a\x00b\x07", "ab"),
        ("\ue000x\U0010ffff", "x"),
    ],
)
def test_what_is_invisible_goes(text: str, left: str) -> None:
    """Controls, fillers, overrides of direction, joiners in Latin and marks on nothing are dropped."""
    assert clean(text) == left


def test_towers_of_marks_are_cut_down() -> None:
    """A letter keeps at most two decorating marks."""
    cleaned = clean("Z" + "\u0336\u0322\u031b\u0353\u0347" * 20 + "a")
    assert len(unicodedata.normalize("NFD", cleaned)) <= 4
    assert cleaned[0] == "Z"
    assert cleaned[-1] == "a"


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """What has been cleaned is clean, is one line, and is not long."""
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\n" not in cleaned
    assert len(list_graphemes(cleaned)) <= LONGEST_GRAPHEMES + 1


def test_a_very_long_text_is_cut_early() -> None:
    """A megabyte of text costs no more than a page of it."""
    assert len(list_graphemes(clean("ab " * 400_000))) <= LONGEST_GRAPHEMES
