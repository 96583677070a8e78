"""Small copies of pictures as they should look; ``python -m tests.pictures.golden`` draws them anew.

They are small: smoothing differs between versions of FreeType, places do not. They are drawn without a
shaping engine, because not every machine has one. Look at the gallery before
drawing them anew.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from pictures import Artist, Picture
from pictures.gallery import list_pictures
from pictures.text.shaping import PlainShaper

FOLDER = Path(__file__).parent / "golden"
WIDTH = 156
CASES: tuple[str, ...] = (
    "rank card, plain",
    "rank card, mixed",
    "level-up card",
    "unlock card",
    "board",
    "chart, 30 days",
)
CASES += ("heat map", "comparison")
ONLY_CARDS = ("rank card, plain",)


def shrink(png: bytes) -> Image.Image:
    """Return a picture as it is compared: about a sixth as large."""
    with Image.open(io.BytesIO(png)) as picture:
        size = (WIDTH, round(picture.height * WIDTH / picture.width))
        return picture.convert("RGB").resize(size, Image.Resampling.BOX)


def list_golden(themes: list[str]) -> Iterator[tuple[str, Picture]]:
    """Yield the pictures that have a copy: all kinds in the first theme, rank cards in the others."""
    for index, theme in enumerate(themes):
        pictures = dict(list_pictures(theme))
        for case in CASES if index == 0 else ONLY_CARDS:
            yield f"{theme}-{case.replace(', ', '-').replace(' ', '_')}", pictures[case]


def main() -> None:
    """Draw all copies anew."""
    artist = Artist(shaper=PlainShaper())
    FOLDER.mkdir(exist_ok=True)
    for name, picture in list_golden(list(artist.themes.by_name)):
        shrink(artist.draw(picture)).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
