"""The look of replies, and Discord's limits."""

from __future__ import annotations

import discord
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.embeds import (
    COLOUR,
    add_field,
    bounded,
    new_embed,
    set_author,
    spread_description,
    spread_fields,
    text_twin,
    text_twins,
)


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


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 300)), max_size=5))
def test_fields_are_spread_without_loss(shape: list[tuple[int, int]]) -> None:
    """However much there is, every line is shown, in order, within Discord's limits, as text too."""
    fields = [
        (f"Field {number}", [f"{number}.{line} ".ljust(length, "x") for line in range(lines)])
        for number, (lines, length) in enumerate(shape)
    ]
    embeds = spread_fields(new_embed(title="t", description="d" * 400, footer="f"), fields)
    for embed in embeds:
        assert len(embed) <= 6000
        assert len(embed.fields) <= 25
        assert all(len(field.value or "") <= 1024 for field in embed.fields)
    everything = [line for _, lines in fields for line in lines]
    shown = [line for embed in embeds for field in embed.fields for line in str(field.value).split("\n")]
    assert shown == everything
    texts = text_twins(embeds)
    assert all(len(text) <= 2000 for text in texts)
    assert [line for line in "\n".join(texts).split("\n") if line in everything] == everything


def test_a_description_is_spread_over_embeds() -> None:
    """Pieces that do not fit into one embed stand in the next, which looks the same."""
    first, second = spread_description(title="t", pieces=["a" * 3000, "b", "c" * 3000], footer="f")
    assert (first.description, second.description) == ("a" * 3000 + "\n\nb", "c" * 3000)
    assert (second.title, second.footer.text) == ("t", "f")
