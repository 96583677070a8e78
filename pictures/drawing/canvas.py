"""A picture in the making: a theme's colours and fonts, and the pieces that pictures are put together of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageOps

from data import DATA_FOLDER
from pictures.colours import Colour, parse_colour, readable
from pictures.content import Look
from pictures.drawing.avatars import PictureReader
from pictures.drawing.png import write_png
from pictures.drawing.shapes import Masks, paint
from pictures.text.cleaning import clean, list_graphemes
from pictures.text.emoji import EmojiBook
from pictures.text.fonts import Face, FontBook
from pictures.text.lines import Line, TextSetter, cap_offset, draw_line
from pictures.text.shaping import Shaper, pick_shaper
from pictures.themes.models import READABLE_RATIO, Lettering, Theme

__all__ = ["LEAST_SIZE", "NUMBER_SIZE", "SMALLEST_SHARE", "Align", "Box", "Canvas", "Kit", "make_kit"]

Box = tuple[int, int, int, int]
Align = Literal["left", "center", "right"]

SMALLEST_SHARE = 0.58
"""How far a text shrinks, as a share of its size, before it loses its end."""

LEAST_SIZE = 14
"""Smaller text cannot be read in a client that scales pictures down: rather lose the end."""

NUMBER_SIZE = 9
"""Numbers shrink further: one that has lost its end is wrong."""

_SEEN_RATIO = 2.5
"""Of an accent that a member chose with all that it is drawn on: less, and a bar looks empty, or full."""

_SAMPLES = (12, 4)
_INITIAL_SHARE = 0.46


@dataclass(frozen=True, slots=True)
class Kit:
    """What all pictures are drawn with, and what is kept from one to the next."""

    setter: TextSetter
    emoji: EmojiBook
    fonts: FontBook
    masks: Masks
    pictures: PictureReader


def make_kit(folder: Path = DATA_FOLDER / "fonts", *, shaper: Shaper | None = None) -> Kit:
    """Open fonts and emoji.

    Args:
        folder: Holds ``fonts.toml``, the fonts and ``emoji.zip``.
        shaper: What joins letters; None for the best that works here.

    Raises:
        ContentError: Something in the folder cannot be read.
    """
    shaper = shaper or pick_shaper()
    fonts = FontBook(folder, basic=shaper.basic)
    emoji = EmojiBook(folder / "emoji.zip")
    return Kit(TextSetter(fonts, emoji, shaper), emoji, fonts, Masks(), PictureReader())


class Canvas:
    """A picture in the making.

    Args:
        kit: What to draw with.
        theme: Its colours and fonts.
        look: The colours chosen instead of the theme's.
        image: What to draw on (RGB).
    """

    def __init__(self, kit: Kit, theme: Theme, look: Look, image: Image.Image) -> None:
        self.kit = kit
        self.theme = theme
        self.image = image
        self._has_background = bool(look.background)
        self._accent = _seen_on(theme, parse_colour(look.accent)) if look.accent else None
        self._role = parse_colour(look.role_colour) if look.role_colour else None

    def pick(self, name: str) -> Colour:
        """Return the colour that a name stands for here."""
        if name.startswith("#"):
            return parse_colour(name)
        if name == "role":
            return self._role or self.pick("accent")
        if self._accent is not None and name in {"accent", "accent2"}:
            return self._accent
        return self.theme.palette.get(name)

    def face(self, font: str, weight: int | None = None) -> Face:
        """Return the face of a theme's font (``display`` or ``text``)."""
        lettering: Lettering = self.theme.display if font == "display" else self.theme.text
        return Face(lettering.family, weight or lettering.weight)

    def name_of(self, name: str, fallback: str) -> str:
        """Return a name as it can be drawn, or the fallback if nothing of it shows."""
        cleaned = clean(name)
        return cleaned if cleaned and self.kit.setter.shows(cleaned, self.face("text")) else clean(fallback)

    def set_text(
        self,
        text: str,
        *,
        size: int,
        width: int,
        font: str = "text",
        weight: int | None = None,
        tracking: float = 0.0,
        smallest: int | None = None,
    ) -> Line:
        """Set a text so that it is no wider than `width`."""
        least = smallest or max(LEAST_SIZE, round(size * SMALLEST_SHARE))
        return self.kit.setter.fit(
            text, self.face(font, weight), size, width=width, smallest=least, tracking=tracking
        )

    def write(
        self,
        line: Line,
        box: Box,
        colour: Colour,
        *,
        align: Align = "left",
        colour2: Colour | None = None,
        size: int | None = None,
        legible: bool = True,
    ) -> int:
        """Draw a line in a box, its capitals in the middle of the height; return its left edge.

        Args:
            line: What to draw.
            box: Where.
            colour: The colour; it is moved until it can be read on what is there.
            align: At which side of the box.
            colour2: Where a gradient that begins with the colour ends.
            size: The size whose baseline is kept, if the line had to shrink.
            legible: Whether to move the colour at all.
        """
        left, top, right, bottom = box
        if align == "center":
            left += (right - left - line.width) // 2
        elif align == "right":
            left = right - line.width
        baseline = (top + bottom) // 2 + cap_offset(size or line.size)
        area = (
            left,
            baseline + line.top,
            left + max(1, line.width),
            baseline + max(line.bottom, line.top + 1),
        )
        grounds = self.sample(area) if legible else []
        fill: Colour | Image.Image = readable(colour, grounds, READABLE_RATIO) if legible else colour
        if colour2 is not None and line.width:
            second = readable(colour2, grounds, READABLE_RATIO) if legible else colour2
            gradient = self.kit.masks.gradient(
                (line.width, 1), (readable(colour, grounds, READABLE_RATIO), second)
            )
            sheet = Image.new("RGB", (left + line.width, baseline + max(line.bottom, 1)))
            sheet.paste(gradient.resize((line.width, sheet.height)), (left, 0))
            fill = sheet
        draw_line(self.image, line, left, baseline, fill)
        return left

    def sample(self, area: Box) -> list[Colour]:
        """Return two colours between which all of an area's lie, with fine patterns averaged."""
        width, height = self.image.size
        left, top = min(max(area[0], 0), width - 1), min(max(area[1], 0), height - 1)
        right, bottom = max(left + 1, min(area[2], width)), max(top + 1, min(area[3], height))
        small = self.image.resize(_SAMPLES, Image.Resampling.BOX, box=(left, top, right, bottom))
        red, green, blue = (band.getextrema() for band in small.split())
        ends = [(int(r), int(g), int(b)) for r, g, b in zip(red, green, blue, strict=True)]  # type: ignore[call-overload] # one band each
        return ends[:1] if ends[0] == ends[1] else ends

    def panel(self, box: Box, radius: float, fill: Colour, opacity: float = 1.0) -> None:
        """Draw a rectangle with round corners."""
        mask = self.kit.masks.rounded((box[2] - box[0], box[3] - box[1]), radius)
        paint(self.image, mask, box[:2], fill, opacity)

    def outline(self, box: Box, radius: float, line: int, colour: Colour, opacity: float = 1.0) -> None:
        """Draw the outline of a rectangle with round corners."""
        mask = self.kit.masks.outline((box[2] - box[0], box[3] - box[1]), radius, line)
        paint(self.image, mask, box[:2], colour, opacity)

    def bar(self, box: Box, radius: float, share: float, fill: Colour, fill2: Colour | None = None) -> None:
        """Draw the filled part of a bar: never shorter than its ends are round, unless it is empty."""
        width, height = box[2] - box[0], box[3] - box[1]
        share = max(0.0, min(share, 1.0))
        if share <= 0:
            return
        filled = min(width, max(round(width * share), round(min(2 * radius, height)), 2))
        mask = self.kit.masks.rounded((filled, height), radius)
        colours: Colour | Image.Image = fill
        if fill2 is not None and fill2 != fill:
            colours = self.kit.masks.gradient((width, height), (fill, fill2)).crop((0, 0, filled, height))
        paint(self.image, mask, box[:2], colours)

    def avatar(self, content: bytes, name: str, place: tuple[int, int], size: int, shape: str) -> None:
        """Draw a member's picture in a shape, or the first character of the name where there is none."""
        mask = self.kit.masks.shape(shape, size)
        picture = self.kit.pictures.read(content, (size, size))
        if picture is not None:
            ground = Image.new("RGB", (size, size), self.pick("surface"))
            ground.paste(picture, (0, 0), picture)
            self.image.paste(ground, place, mask)
            return
        colours = (self.pick("accent"), self.pick("accent2"))
        paint(self.image, mask, place, self.kit.masks.gradient((size, size), colours, 45))
        initial = list_graphemes(name)[:1]
        if initial:
            text = initial[0].upper()
            line = self.set_text(
                text, size=round(size * _INITIAL_SHARE), width=round(size * 0.7), font="display"
            )
            box = (place[0], place[1], place[0] + size, place[1] + size)
            self.write(line, box, self.pick("ink"), align="center")

    def emoji(self, text: str, place: tuple[int, int], size: int) -> bool:
        """Draw an emoji in a square; tell whether the text is one."""
        names = self.kit.emoji.find(clean(text))
        if not names:
            return False
        picture = self.kit.emoji.draw(names[0], size)
        if picture.width > size:
            picture = ImageOps.contain(picture, (size, size))
        left = place[0] + (size - picture.width) // 2
        top = place[1] + (size - picture.height) // 2
        self.image.paste(picture, (left, top), picture)
        return True

    def encode(self) -> bytes:
        """Return the picture as a PNG file."""
        return write_png(self.image, photograph=self._has_background)


def _seen_on(theme: Theme, accent: Colour) -> Colour:
    """Return the colour nearest to an accent that stands out from a theme's grounds and empty bars."""
    grounds = [theme.palette.get(name) for name in ("ground", "surface", "track")]
    return readable(accent, grounds, _SEEN_RATIO)
