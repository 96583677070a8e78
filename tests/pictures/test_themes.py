"""Themes are data: each is valid and legible, and what is wrong with one is said by file and field."""

from __future__ import annotations

import tomllib
from itertools import combinations

import pytest

from data import DATA_FOLDER
from leveling_core.errors import ContentError
from pictures import Look, check_accent, check_theme, list_themes
from pictures.colours import contrast, parse_colour, readable
from pictures.drawing.canvas import make_kit
from pictures.drawing.layouts import draw_fixed
from pictures.drawing.templates import draw_background
from pictures.text.fonts import list_families
from pictures.themes.elements import Badges, Bar, Element, Pill, Stats, Text
from pictures.themes.loading import LARGEST_THEME_BYTES, Themes, load_themes
from pictures.themes.models import Layout

FAMILIES = list_families(DATA_FOLDER / "fonts")
THEMES: Themes = load_themes(families=FAMILIES)
LAYOUTS = [
    *((f"{name}, rank card", theme.rank_card) for name, theme in THEMES.by_name.items()),
    ("level-up", THEMES.level_up),
    ("unlock", THEMES.unlock),
]
LAUREL = (DATA_FOLDER / "cards" / "laurel.toml").read_text(encoding="utf-8")


def test_there_are_at_least_five_themes() -> None:
    """Members have a choice, light and dark, and the first one is the house's own."""
    themes = list_themes()
    assert len(themes) >= 5
    assert next(iter(themes.items())) == ("laurel", "Laurel")
    assert {theme.mode for theme in THEMES.by_name.values()} == {"dark", "light"}


@pytest.mark.parametrize("layout", [layout for _, layout in LAYOUTS], ids=[name for name, _ in LAYOUTS])
def test_no_two_texts_share_a_place(layout: Layout) -> None:
    """Boxes of text, numbers, badges and bars do not overlap, so neither does what stays inside them."""
    boxes = [element for element in layout.elements if isinstance(element, (Text, Stats, Badges, Bar, Pill))]

    def overlap(first: Element, second: Element) -> bool:
        left, top, right, bottom = first.box
        other_left, other_top, other_right, other_bottom = second.box
        return left < other_right and other_left < right and top < other_bottom and other_top < bottom

    assert [(a.box, b.box) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


def test_rank_cards_have_the_size_that_is_promised() -> None:
    """Every rank card is 934 by 282 pixels."""
    assert {(theme.rank_card.width, theme.rank_card.height) for theme in THEMES.by_name.values()} == {
        (934, 282)
    }


def change(old: str, new: str) -> str:
    """Return the house's theme with one thing changed."""
    assert old in LAUREL
    return LAUREL.replace(old, new, 1)


@pytest.mark.parametrize(
    ("content", "entry", "field", "expected"),
    [
        (change('title = "Laurel"', ""), "title", "", "required"),
        (change('mode = "dark"', 'mode = "dim"'), "mode", "", "'dark' or 'light'"),
        (change('accent = "#e2b85c"', 'accent = "gold"'), "palette", "accent", "a colour such as #5b8def"),
        (change('muted = "#a9b5ac"', 'muted = "#30443c"'), "palette", "", "muted with a contrast of 4.5"),
        (change('family = "inter"', 'family = "comic"'), "display", "family", "fraunces, inter"),
        (change("radius = 16", "radius = -1"), "sheet", "radius", "greater than or equal to 0"),
        (change('field = "xp"', 'field = "coins"'), "rank_card", "text", "xp"),
        (change("width = 934", "width = 400"), "rank_card", "", "elements inside 400"),
        (change("scrim = 0.6", "scrim = 0.6\nsparkle = true"), "sparkle", "", "xtra inputs"),
        ("title = ", "", "", "TOML"),
        ("#" * (LARGEST_THEME_BYTES + 1), "", "", "at most 64000 bytes"),
        (change('title = "Laurel"', 'title = "  "'), "title", "", "at least 1 character"),
        (change("width = 934", "width = 1201"), "rank_card", "width", "less than or equal to 1200"),
        (".".join("a" * 30_000) + " = 1", "", "", "at most 500 in a line"),
        ("a = " + "[\n" * 30_000, "", "", "a theme"),
    ],
)
def test_what_is_wrong_is_said(content: str, entry: str, field: str, expected: str) -> None:
    """A wrong theme is refused with its file, the entry, the field, and what would be right."""
    with pytest.raises(ContentError) as caught:
        check_theme(content, name="mine.toml")
    error = caught.value
    assert (error.file, error.entry) == ("mine.toml", entry)
    assert field in error.field
    assert expected in error.expected


def test_a_guilds_own_theme_is_accepted() -> None:
    """A theme like the bundled ones passes, and its title is returned."""
    assert check_theme(change('title = "Laurel"', 'title = "Ours"'), name="ours") == "Ours"
    assert tomllib.loads(LAUREL)["title"] == "Laurel"


@pytest.mark.parametrize("name", THEMES.by_name)
def test_every_word_of_a_card_can_be_read_where_it_stands(name: str) -> None:
    """Each text has a contrast of 4.5 with the lightest and darkest behind it, in any role colour."""
    kit, theme = make_kit(), THEMES.by_name[name]
    for role in ("", "#000000", "#ffffff", "#7f7f7f", "#ff0000"):
        look = Look(theme=name, role_colour=role)
        canvas = draw_background(kit, theme, look, (934, 282), theme.rank_card.decor)
        for element in theme.rank_card.elements:
            draw_fixed(canvas, element)
        for element in theme.rank_card.elements:
            if isinstance(element, Text):
                width, height = min(element.w, 120), round(element.size * 0.8)
                left = {"left": element.x, "right": element.x + element.w - width}.get(
                    element.align, element.x + (element.w - width) // 2
                )
                top = element.y + (element.h - height) // 2
                behind = canvas.sample((left, top, left + width, top + height))
                written = readable(canvas.pick(element.colour), behind, 4.5)
                assert min(contrast(written, ground) for ground in behind) >= 4.5, element.field


def test_accents_are_checked() -> None:
    """An accent is written as #rrggbb."""
    assert check_accent("#AABBCC") == "#aabbcc"
    for wrong in ("aabbcc", "#abc", "#gggggg", "red"):
        with pytest.raises(ValueError, match="a colour such as"):
            check_accent(wrong)


@pytest.mark.parametrize("ground", ["#000000", "#ffffff", "#777777", "#ff0000", "#123456"])
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#e2b85c", "#101010", "#777777"])
def test_any_colour_is_made_legible_on_any_ground(colour: str, ground: str) -> None:
    """A role colour that cannot be read is moved until it can, and not at all if it can already."""
    wanted, behind = parse_colour(colour), parse_colour(ground)
    moved = readable(wanted, [behind], 4.5)
    assert contrast(moved, behind) >= 4.5
    if contrast(wanted, behind) >= 4.5:
        assert moved == wanted
