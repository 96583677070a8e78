"""Every picture is drawn in every theme, looks as it did, and is not stopped by what strangers bring."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from data import DATA_FOLDER
from leveling_core.errors import ContentError
from pictures import Artist, Comparison, Look, Picture, RankCard
from pictures.colours import Colour, contrast
from pictures.gallery import list_pictures, main
from pictures.themes.loading import load_themes
from tests.pictures.golden import FOLDER, list_golden, shrink

THEMES = list(
    load_themes(families={"inter", "fraunces", "nunito", "space-grotesk", "jetbrains-mono"}).by_name
)
GOLDEN = dict(list_golden(THEMES))
MOST_MEAN, MOST_LOCAL = 1.5, 40
"""How much a channel may differ on average, and at one place: less than moving a line makes."""


def make_card(**changes: object) -> RankCard:
    """Return the plain card of the gallery, changed."""
    card = next(picture for _, picture in list_pictures("laurel"))
    assert isinstance(card, RankCard)
    return replace(card, **changes)  # type: ignore[arg-type] # any field


def is_alike(png: bytes, golden: Image.Image) -> bool:
    """Tell whether a picture looks as its copy does."""
    small = shrink(png)
    if small.size != golden.size:
        return False
    difference = ImageStat.Stat(ImageChops.difference(small, golden))
    return max(difference.mean) <= MOST_MEAN and max(high for _, high in difference.extrema) <= MOST_LOCAL


@pytest.mark.parametrize("name", GOLDEN)
def test_pictures_look_as_they_did(plain_artist: Artist, name: str) -> None:
    """A picture is like its copy, but for smoothing: a layout that moves is seen."""
    with Image.open(FOLDER / f"{name}.png") as golden:
        assert is_alike(plain_artist.draw(GOLDEN[name]), golden)


def test_a_moved_line_is_seen(plain_artist: Artist) -> None:
    """The comparison finds a text that stands eight pixels lower, and one in another colour."""
    content = (DATA_FOLDER / "cards" / "laurel.toml").read_text(encoding="utf-8")
    look = Look(theme="x", own_theme=content.replace("x = 264\ny = 42", "x = 264\ny = 50", 1))
    assert look.own_theme != content
    with Image.open(FOLDER / "laurel-rank_card-plain.png") as opened:
        golden = opened.convert("RGB")
    artist = plain_artist
    assert not is_alike(artist.draw(make_card(look=look)), golden)
    assert not is_alike(artist.draw(make_card(look=Look(theme="laurel", role_colour="#3050ff"))), golden)
    assert is_alike(artist.draw(make_card(look=replace(look, own_theme=content))), golden)


def test_every_picture_of_the_gallery_can_be_drawn(tmp_path: Path) -> None:
    """The gallery of a theme is written: a sheet, and each picture as a PNG of its size."""
    assert main([str(tmp_path), "--single", "--theme", "sorbet"]) == 0
    files = list((tmp_path / "sorbet").iterdir())
    assert len(files) == len(list(list_pictures("sorbet")))
    assert (tmp_path / "sorbet.webp").stat().st_size > 10_000
    with Image.open(tmp_path / "cards.webp") as front:
        assert front.width > 2 * 934 * 0.7
    with Image.open(tmp_path / "sorbet" / "rank_card-plain.png") as card:
        assert card.size == (934, 282)


@pytest.mark.parametrize("shaped", [True, False])
def test_hard_names_are_drawn_either_way(artist: Artist, plain_artist: Artist, shaped: bool) -> None:
    """With and without a shaping engine, no name stops a card, and each looks unlike the others."""
    drawn = artist if shaped else plain_artist
    cards = [picture for case, picture in list_pictures("midnight") if case.startswith("rank card")]
    assert len({drawn.draw(card) for card in cards}) == len(cards)


def _png(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", size).save(buffer, "PNG")
    return buffer.getvalue()


def _animated() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    "avatar",
    [
        b"",
        b"x",
        b"\x89PNG\r\n\x1a\n",
        _png((64, 64))[:50],
        _png((9000, 9000)),
        _png((20_000, 20_000)),
        _png((3000, 1)),
    ],
    ids=["none", "nonsense", "a header alone", "cut off", "huge", "a bomb", "a line"],
)
def test_an_avatar_that_cannot_be_read_is_replaced(artist: Artist, avatar: bytes) -> None:
    """A card with a broken, huge or absurd avatar is the card without one: it shows the initial."""
    assert artist.draw(make_card(avatar=avatar)) == artist.draw(make_card(avatar=b""))


def test_of_an_animated_avatar_the_first_frame_is_drawn(artist: Artist) -> None:
    """A moving avatar stands still on a card."""
    with Image.open(io.BytesIO(artist.draw(make_card(avatar=_animated())))) as card:
        assert card.getpixel((135, 141)) == (254, 0, 0) or card.getpixel((135, 141)) == (255, 0, 0)


def test_an_unknown_theme_is_refused(artist: Artist) -> None:
    """A card in a theme that is not there says which there are."""
    with pytest.raises(ContentError, match="laurel"):
        artist.draw(make_card(look=Look(theme="gone")))


@pytest.mark.parametrize("theme", THEMES)
def test_texts_can_be_read_over_any_background(artist: Artist, theme: str) -> None:
    """A white, a black and a loud background are toned down towards the theme's own ground."""
    for colour in ("white", "black", "#00ff40"):
        buffer = io.BytesIO()
        Image.new("RGB", (700, 300), colour).save(buffer, "PNG")
        look = Look(theme=theme, background=buffer.getvalue())
        with Image.open(io.BytesIO(artist.draw(make_card(look=look)))) as card:
            corner = card.convert("RGB").getpixel((2, 2))
        assert isinstance(corner, tuple)
        ground = artist.themes.by_name[theme].palette.get("ground")
        loud = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
        assert isinstance(loud, tuple)
        assert sum(abs(a - b) for a, b in zip(corner, ground, strict=True)) <= sum(
            abs(a - b) for a, b in zip(loud, ground, strict=True)
        )


def test_progress_is_bounded(artist: Artist) -> None:
    """Progress below nothing is none, and above all is all."""
    assert artist.draw(make_card(progress=-3.0)) == artist.draw(make_card(progress=0.0))
    assert artist.draw(make_card(progress=7.0)) == artist.draw(make_card(progress=1.0))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#2a3a34"])
def test_progress_is_seen_in_any_accent(artist: Artist, theme: str, accent: str) -> None:
    """Whatever accent a member chose, the filled part of a bar stands out from the empty one."""
    look = Look(theme=theme, accent=accent)
    empty, full = (
        Image.open(io.BytesIO(artist.draw(make_card(look=look, progress=share)))).convert("RGB")
        for share in (0.0, 1.0)
    )
    changed = Counter(pair for pair in zip(_pixels(empty), _pixels(full), strict=True) if pair[0] != pair[1])
    seen = sum(times for pair, times in changed.items() if contrast(*pair) >= 2.3)
    assert changed.total() > 500
    assert seen >= 0.8 * changed.total()


def _pixels(image: Image.Image) -> list[Colour]:
    content = image.tobytes()
    return [(content[at], content[at + 1], content[at + 2]) for at in range(0, len(content), 3)]


def test_a_place_has_no_bar(artist: Artist) -> None:
    """Of a row without bars, the amounts make none longer: only who is ahead is seen."""
    picture = dict(list_pictures("laurel"))["comparison"]
    assert isinstance(picture, Comparison)

    def draw(most: float, barless: tuple[int, ...]) -> bytes:
        left, right = (
            replace(side, amounts=(*side.amounts[:-1], amount))
            for side, amount in ((picture.left, most), (picture.right, 1.0))
        )
        return artist.draw(replace(picture, left=left, right=right, barless=barless))

    assert draw(2.0, (3,)) == draw(9.0, (3,))
    assert draw(2.0, ()) != draw(9.0, ())


def test_an_accent_that_is_seen_stays_as_it_was_chosen(artist: Artist) -> None:
    """A colour that stands out is not touched."""
    look = Look(theme="laurel", accent="#3ec46d")
    with Image.open(io.BytesIO(artist.draw(make_card(look=look, progress=1.0)))) as card:
        assert (0x3E, 0xC4, 0x6D) in set(_pixels(card.convert("RGB")))


@pytest.mark.parametrize("theme", THEMES)
def test_cut_numbers_never_show(artist: Artist, theme: str) -> None:
    """The largest numbers are drawn whole: a card with one more digit looks different."""
    wide = "9,223,372,036,854,775,80"
    first: Picture = make_card(look=Look(theme=theme), xp=wide + "6 XP", rank="#1,000,000", level="1000")
    second: Picture = make_card(look=Look(theme=theme), xp=wide + "7 XP", rank="#1,000,000", level="1000")
    assert artist.draw(first) != artist.draw(second)


def test_caches_are_bounded_in_bytes(artist: Artist) -> None:
    """However many members ask, the caches hold no more than their limits together."""
    for number in range(60):
        artist.draw(
            make_card(
                name=f"Member {number}",
                level=str(number),
                look=Look(theme="laurel", accent=f"#{number:02x}40a0"),
            )
        )
    assert artist.held_bytes < 80_000_000
