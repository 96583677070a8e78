"""The look of replies, and Discord's limits."""

from __future__ import annotations

import discord
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.embeds import COLOUR, add_field, bounded, new_embed, set_author, text_twin


def test_embeds_have_one_look() -> None:
    """Every embed has the colour of the house."""
    assert new_embed(title="t").colour == COLOUR


def test_limits_are_never_exceeded() -> None:
    """Texts that are too long for Discord are cut with an ellipsis."""
    embed = new_embed(title="t" * 999, description="d" * 9999, footer="f" * 9999)
    set_author(embed, "a" * 999, "https://cdn.example/a.png")
    add_field(embed, "n" * 999, "v" * 9999)
    assert len(embed.title or "") == 256
    assert len(embed.description or "") == 4096
    assert len(embed.footer.text or "") == 2048
    assert len(embed.author.name or "") == 256
    assert (len(embed.fields[0].name or ""), len(embed.fields[0].value or "")) == (256, 1024)


def test_an_empty_field_is_taken_by_discord() -> None:
    """Discord refuses fields without text; one that has none holds something invisible."""
    embed = new_embed()
    add_field(embed, "", "")
    assert (embed.fields[0].name, embed.fields[0].value) == ("\u200b", "\u200b")


def test_cutting_keeps_whole_lines() -> None:
    """Of several lines those that fit are kept whole."""
    assert bounded("one\ntwo\nthree", 10) == "one\ntwo\n…"
    assert bounded("one\ntwo", 7) == "one\ntwo"
    assert bounded("abcdef\\*x", 8) == "abcdef…"


@given(st.text(max_size=300), st.integers(2, 100))
def test_bounded_text_is_bounded(text: str, limit: int) -> None:
    """Text is never longer than its limit, and untouched if it fits."""
    cut = bounded(text, limit)
    assert len(cut) <= limit
    assert cut == text or len(text) > limit


def test_the_text_twin_says_what_the_embed_says() -> None:
    """Every text of an embed is in its twin, in order."""
    embed = new_embed(title="Level 3", description="going well", footer="Laurel")
    set_author(embed, "Ann_", "https://cdn.example/a.png")
    add_field(embed, "Rank", "#3")
    assert text_twin(embed) == "Ann\\_\n**Level 3**\ngoing well\n**Rank**\n#3\n-# Laurel"
    assert text_twin(discord.Embed()) == ""


def test_the_text_twin_fits_a_message() -> None:
    """A twin is never longer than a message may be."""
    embed = new_embed(description="line\n" * 800)
    assert len(text_twin(embed)) <= 2000
