"""Lines of text stay inside their boxes, show no boxes for missing glyphs, and stand in the right order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pictures.drawing.canvas import Kit
from pictures.gallery import HARD_NAMES
from pictures.text.cleaning import clean
from pictures.text.fonts import Face
from pictures.text.lines import Line, draw_line

FACES = [Face("inter", 800), Face("fraunces", 700), Face("jetbrains-mono", 500)]
INK = (255, 255, 255)

SCRIPTS = "aWgй ΩمعبשלहिนำＡ李龍さカ김😀👩🏽‍🚀🏳️‍🌈é\u0336\u200d 12.(:"
names = st.text(st.sampled_from(SCRIPTS), max_size=60) | st.text(max_size=40)


def fit(kit: Kit, text: str, face: Face = FACES[0], width: int = 300, tracking: float = 0.0) -> Line:
    """Return a text set in 40 pixels, in at most `width`."""
    return kit.setter.fit(clean(text), face, 40, width=width, smallest=20, tracking=tracking)


def draw(line: Line) -> tuple[int, int, int, int] | None:
    """Return the box of what a line leaves on paper, from its left edge and its baseline."""
    paper = Image.new("RGB", (1000, 400))
    draw_line(paper, line, 300, 200, INK)
    box = paper.getbbox()
    return box and (box[0] - 300, box[1] - 200, box[2] - 300, box[3] - 200)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=names, width=st.integers(20, 400), face=st.sampled_from(FACES), tracking=st.sampled_from([0.0, 0.1])
)
def test_no_text_leaves_its_box(kit: Kit, text: str, width: int, face: Face, tracking: float) -> None:
    """Whatever the text, its pixels lie within the width asked for and the height of its line."""
    line = fit(kit, text, face, width, tracking)
    box = draw(line)
    assert 0 <= line.width <= width
    if box is not None:
        assert box[0] >= 0
        assert box[2] <= width
        assert box[1] >= line.top
        assert box[3] <= line.bottom


@pytest.mark.parametrize("case", [case for case in HARD_NAMES if case != "zero width"])
@pytest.mark.parametrize("face", FACES, ids=lambda face: face.family)
def test_every_character_has_a_glyph(kit: Kit, case: str, face: Face) -> None:
    """No visible character of a hard name is shown as a box, nor left out."""
    cleaned = clean(HARD_NAMES[case])
    chain = kit.fonts.list_fonts(face)
    for grapheme in cleaned.split():
        bare = [char for char in grapheme if char not in "\u200c\u200d\ufe0f"]
        by_font = any(font.covers("".join(bare[:1])) for font in chain)
        assert by_font or kit.emoji.find(grapheme), grapheme
    assert fit(kit, HARD_NAMES[case], face, 900).width > 0


def test_a_name_that_shows_nothing_is_known_to(kit: Kit) -> None:
    """A name of invisible characters, and one that no font has, are told apart from one that shows."""
    assert not kit.setter.shows(clean(HARD_NAMES["zero width"]), FACES[0])
    assert not kit.setter.shows(clean("\U00012000\U00013000"), FACES[0])
    assert kit.setter.shows("a", FACES[0])
    assert kit.setter.shows("😀", FACES[0])


def test_long_text_shrinks_before_it_is_cut(kit: Kit) -> None:
    """A text that fits at a smaller size is whole; one that fits at none ends in an ellipsis."""
    whole, cut = fit(kit, "Maximiliane von Au"), fit(kit, "W" * 32)
    assert 20 <= whole.size < 40
    assert not whole.is_cut
    assert cut.is_cut
    assert cut.size == 20


def test_a_cut_does_not_part_an_emoji(kit: Kit) -> None:
    """A family is shown whole or not at all."""
    line = fit(kit, "👨‍👩‍👧‍👦" * 40)
    pictures = [sprite.image for _, sprite in line.sprites if sprite.image.mode == "RGBA"]
    assert line.is_cut
    assert len({image.tobytes() for image in pictures}) == 1


def test_a_letter_in_disguise_is_shown_plainly_where_no_font_has_it(kit: Kit) -> None:
    """A compatibility character without a glyph looks as the letters that it stands for."""
    assert fit(kit, "\U0001f12a").width > 0  # a tortoise-shell bracketed S
    assert fit(kit, "\ufe34").width >= 0


def test_arabic_letters_are_joined(kit: Kit) -> None:
    """A word of joining letters has no gap, however it is shaped; the same letters kept apart have."""

    def count_gaps(text: str) -> int:
        line = fit(kit, text, width=400)
        paper = Image.new("RGB", (400, 200))
        draw_line(paper, line, 0, 100, INK)
        grey = paper.convert("L")
        inked = bytes(max(grey.crop((x, 0, x + 1, 200)).tobytes()) for x in range(400))
        return inked.strip(b"\0").count(0)

    assert count_gaps("محمد") == 0
    assert count_gaps("م\u200cح\u200cم\u200cد") > 0


def test_right_to_left_runs_stand_from_right_to_left(kit: Kit) -> None:
    """The first letter of a Hebrew name is at the right; Latin beside it keeps its direction."""
    both = fit(kit, "אב", width=900)
    first, second = fit(kit, "א", width=900), fit(kit, "ב", width=900)
    paper = Image.new("L", (400, 200))
    rgb = Image.new("RGB", paper.size)
    draw_line(rgb, both, 0, 100, INK)
    right = rgb.convert("L").crop((both.width - first.width, 0, both.width, 200))
    alone = Image.new("RGB", (first.width, 200))
    draw_line(alone, first, 0, 100, INK)
    difference = sum(abs(a - b) for a, b in zip(right.tobytes(), alone.convert("L").tobytes(), strict=True))
    assert difference < 255 * first.width * 2
    assert second.width > 0


def test_mixed_directions_follow_the_first_strong_letter(kit: Kit) -> None:
    """In a line that begins in Latin, Latin stands first; in one that begins in Hebrew it stands last."""
    latin_first, hebrew_first = fit(kit, "ab שלום", width=900), fit(kit, "שלום ab", width=900)
    latin = fit(kit, "ab", width=900)
    assert latin_first.sprites[0][1].image.tobytes() == latin.sprites[0][1].image.tobytes() or (
        latin_first.sprites[0][1].image.height == latin.sprites[0][1].image.height
    )
    assert hebrew_first.sprites[-1][0] > hebrew_first.sprites[0][0]


def test_setting_the_same_text_again_costs_nothing(kit: Kit) -> None:
    """A line that was set is kept."""
    assert fit(kit, "kept") is fit(kit, "kept")
