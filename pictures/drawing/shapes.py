"""Smooth shapes, as masks: drawn four times as large, then made small; the ones in use are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

from PIL import Image, ImageDraw

from pictures.caches import ByteCache
from pictures.colours import Colour, mix

__all__ = ["Draw", "Masks", "draw_mask", "fade", "make_gradient", "make_ramp", "paint"]

SCALE = 4
_CACHE_BYTES = 6_000_000
_RAMP = 256

Draw = Callable[[ImageDraw.ImageDraw, int], None]
"""Draws white on a black mask that is so many times as large."""


def draw_mask(size: tuple[int, int], draw: Draw) -> Image.Image:
    """Return a smooth mask of what `draw` draws."""
    large = Image.new("L", (size[0] * SCALE, size[1] * SCALE))
    draw(ImageDraw.Draw(large), SCALE)
    return large.reduce(SCALE)


def fade(mask: Image.Image, opacity: float) -> Image.Image:
    """Return a mask made weaker."""
    if opacity >= 1:
        return mask
    return mask.point([round(value * opacity) for value in range(_RAMP)])


def paint(
    target: Image.Image,
    mask: Image.Image,
    place: tuple[int, int],
    fill: Colour | Image.Image,
    opacity: float = 1.0,
) -> None:
    """Paint a colour, or a picture as large as the mask, through a mask."""
    mask = fade(mask, opacity)
    if isinstance(fill, Image.Image):
        target.paste(fill, place, mask)
    else:
        target.paste(fill, (*place, place[0] + mask.width, place[1] + mask.height), mask)


def make_ramp(size: tuple[int, int], angle: float) -> Image.Image:
    """Return a mask that goes from black to white towards an angle; 0 is to the right, 90 down."""
    width, height = size
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    length = abs(cos) * width + abs(sin) * height
    scale = (_RAMP - 2) / max(length, 1.0)
    start = -min(0.0, cos * width) - min(0.0, sin * height)
    matrix = (0.0, 0.0, _RAMP / 2, cos * scale, sin * scale, start * scale + 1)
    return Image.linear_gradient("L").transform(
        size, Image.Transform.AFFINE, matrix, resample=Image.Resampling.BILINEAR
    )


def make_gradient(size: tuple[int, int], colours: Sequence[Colour], angle: float = 0.0) -> Image.Image:
    """Return a picture of colours that run into each other."""
    ramp = make_ramp(size, angle)
    steps = len(colours) - 1
    table = []
    for value in range(_RAMP):
        place = value / (_RAMP - 1) * steps
        index = min(int(place), steps - 1)
        table.append(mix(colours[index], colours[index + 1], place - index))
    bands = [ramp.point([colour[band] for colour in table]) for band in range(3)]
    return Image.merge("RGB", bands)


class Masks:
    """The masks and gradients in use."""

    def __init__(self) -> None:
        self._kept: ByteCache[Hashable, Image.Image] = ByteCache(
            _CACHE_BYTES, lambda image: image.width * image.height * len(image.getbands())
        )

    @property
    def held_bytes(self) -> int:
        """What they take."""
        return self._kept.held_bytes

    def rounded(self, size: tuple[int, int], radius: float) -> Image.Image:
        """Return a rectangle with round corners."""
        width, height = size
        radius = min(radius, width / 2, height / 2)

        def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
            pen.rounded_rectangle((0, 0, width * scale - 1, height * scale - 1), radius * scale, fill=255)

        return self._kept.get_or_make(("rounded", size, radius), lambda: draw_mask(size, draw))

    def outline(self, size: tuple[int, int], radius: float, line: int) -> Image.Image:
        """Return the outline of a rectangle with round corners, `line` pixels wide."""
        width, height = size
        radius = min(radius, width / 2, height / 2)

        def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
            box = (0, 0, width * scale - 1, height * scale - 1)
            pen.rounded_rectangle(box, radius * scale, outline=255, width=line * scale)

        return self._kept.get_or_make(("outline", size, radius, line), lambda: draw_mask(size, draw))

    def shape(self, name: str, size: int) -> Image.Image:
        """Return the shape of an avatar: a circle, a rounded square or a hexagon."""
        if name == "rounded":
            return self.rounded((size, size), size * 0.24)
        if name == "circle":
            return self.rounded((size, size), size / 2)
        return self._kept.get_or_make(("hexagon", size), lambda: draw_mask((size, size), _hexagon(size)))

    def arc(self, size: int, line: int, share: float) -> Image.Image:
        """Return an arc that begins at the top and goes round clockwise, with round ends."""
        steps = round(max(0.0, min(share, 1.0)) * 720)

        def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
            whole, half = size * scale, line * scale / 2
            sweep = steps / 2
            pen.arc((0, 0, whole - 1, whole - 1), -90, -90 + sweep, fill=255, width=line * scale)
            if 0 < sweep < 360:
                for angle in (-90.0, -90 + sweep):
                    x = whole / 2 + (whole / 2 - half) * math.cos(math.radians(angle))
                    y = whole / 2 + (whole / 2 - half) * math.sin(math.radians(angle))
                    pen.ellipse((x - half, y - half, x + half, y + half), fill=255)

        return self._kept.get_or_make(("arc", size, line, steps), lambda: draw_mask((size, size), draw))

    def gradient(self, size: tuple[int, int], colours: Sequence[Colour], angle: float = 0.0) -> Image.Image:
        """Return a gradient."""
        key = ("gradient", size, tuple(colours), angle)
        return self._kept.get_or_make(key, lambda: make_gradient(size, colours, angle))


def _hexagon(size: int) -> Draw:
    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        half = size * scale / 2
        corners = [
            (half + half * math.sin(math.radians(60 * side)), half - half * math.cos(math.radians(60 * side)))
            for side in range(6)
        ]
        pen.polygon(corners, fill=255)

    return draw
