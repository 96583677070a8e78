"""Names of people in messages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.names import NAME_COLUMNS, clean_name, escaped, plain_name, shown_name


@pytest.mark.parametrize(
    "name", ["Ann", "Zoë", "Łukasz", "山田太郎", "Дмитро", "Nguyễn Văn Ý", "👨‍👩‍👧 family", "🇺🇦", "❤️"]
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    """Names of all languages are shown as their bearers wrote them."""
    assert shown_name(unicodedata.normalize("NFD", name)) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("*_~|`", r"\*\_\~\|\`"),
        ("[free](http://x.y)", r"\[free\](http\://x.y)"),
        ("<@123> @everyone", r"\<\@123\> \@everyone"),
        ("<t:0:R>", r"\<t:0:R\>"),
        ("a\\", "a\\\\"),
        ("- item", r"\- item"),
        ("# big", r"\# big"),
    ],
)
def test_markdown_mentions_and_links_are_escaped(name: str, shown: str) -> None:
    """Nothing in a name is formatted, linked or taken for a mention."""
    assert shown_name(name) == shown


def test_markdown_is_not_escaped_where_discord_shows_none() -> None:
    """An author line shows a name as it is: a backslash would be seen there."""
    assert plain_name("a_b*c") == "a_b*c"


@pytest.mark.parametrize("name", ["שלום", "مرحبا", "abc אבג"])
def test_names_from_right_to_left_are_isolated(name: str) -> None:
    """Letters from right to left are closed in, so that numbers after them stay where they belong."""
    assert shown_name(name) == f"\u2068{name}\u2069"
    assert plain_name(name) == f"\u2068{name}\u2069"


def test_characters_that_turn_the_text_are_dropped() -> None:
    """Overrides and isolates in a name reach nothing outside it: they are left out."""
    assert shown_name("\u202eevil\u2066 \u2067x") == "evil x"


@pytest.mark.parametrize(
    "name", ["", "   ", "\u3164", "\u200b\u200d", "\u2800\u2800", "\u0301\u0302", "\ufe0f", "\U000e0041"]
)
def test_names_that_show_nothing_are_replaced(name: str) -> None:
    """A name without anything to be seen is not shown as a gap."""
    assert shown_name(name, "someone") == "someone"
    assert plain_name(name, "someone") == "someone"


def test_line_breaks_become_spaces() -> None:
    """A name stays on its line."""
    assert shown_name("a\n\n# b\r\tc") == r"a \# b c"


def test_piled_up_marks_are_thinned_out() -> None:
    """A letter keeps three of the marks piled upon it."""
    assert clean_name("h" + "\u0335" * 20 + "i") == "h" + "\u0335" * 3 + "i"


def test_wide_names_are_cut_between_characters() -> None:
    """A name that is too wide ends with an ellipsis, and no emoji is cut apart."""
    assert clean_name("字" * 32) == "字" * 15 + "…"
    assert clean_name("x" * 32) == "x" * 32
    assert clean_name("👩‍🚀" * 5, columns=6) == "👩‍🚀" * 2 + "…"
    assert clean_name("🇩🇪" * 5, columns=4) == "🇩🇪" + "…"


@given(st.text(max_size=100))
def test_any_name_is_bounded_and_on_one_line(name: str) -> None:
    """Whatever a name is, it is shown on one line, no longer than limits allow, and never as nothing."""
    shown = shown_name(name, "someone")
    assert shown
    assert len(shown.splitlines()) == 1
    columns = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in clean_name(name) if c.isalnum()
    )
    assert columns <= NAME_COLUMNS
    assert shown.count("\u2068") == shown.count("\u2069")


@given(st.text(max_size=60))
def test_escaping_loses_nothing(text: str) -> None:
    """Without the added backslashes, escaped text is the text."""
    undone, rest = "", iter(escaped(text))
    for character in rest:
        undone += next(rest) if character == "\\" else character
    assert undone == text
