"""The part of a picture that is the same for everybody who chose the same look: drawn once, then copied."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from PIL import Image

from pictures.caches import ByteCache
from pictures.colours import contrast
from pictures.content import Look
from pictures.drawing.avatars import BACKGROUND_LIMITS
from pictures.drawing.canvas import Canvas, Kit
from pictures.drawing.grounds import draw_ground
from pictures.themes.grounds import Ground
from pictures.themes.models import Theme

__all__ = ["TemplateStore", "draw_background"]

_CACHE_BYTES = 40_000_000
_SCRIM_STEP, _MOST_SCRIM = 0.06, 0.85
_ENOUGH_RATIO = 3.0
"""Of words with any part of the background; where words need more, they are lightened or darkened."""

_SAMPLES = (24, 8)


class TemplateStore:
    """The templates used last."""

    def __init__(self) -> None:
        self._kept: ByteCache[tuple[object, ...], Image.Image] = ByteCache(
            _CACHE_BYTES, lambda image: image.width * image.height * 4
        )

    @property
    def held_bytes(self) -> int:
        """What the kept templates take."""
        return self._kept.held_bytes

    def find(self, key: tuple[object, ...]) -> Image.Image | None:
        """Return a copy of a template to draw on, or None if it has not been drawn yet."""
        found = self._kept.find(key)
        return None if found is None else found.copy()

    def put(self, key: tuple[object, ...], image: Image.Image) -> None:
        """Keep a copy of a template."""
        self._kept.put(key, image.copy())

    @staticmethod
    def key(picture: str, look: Look, size: tuple[int, int]) -> tuple[object, ...]:
        """Return what a template depends on."""
        background = hashlib.blake2b(look.background, digest_size=16).digest() if look.background else b""
        return picture, look.theme, look.own_theme, look.accent, background, size


def draw_background(
    kit: Kit, theme: Theme, look: Look, size: tuple[int, int], decor: Sequence[Ground] = ()
) -> Canvas:
    """Return a canvas with a theme's background, or the member's own under a scrim that keeps text legible.

    Args:
        kit: What to draw with.
        theme: Whose layers.
        look: The colours and the background chosen instead of the theme's.
        size: Of the picture.
        decor: Layers over either.
    """
    canvas = Canvas(kit, theme, look, Image.new("RGB", size, theme.palette.get("ground")))
    own = kit.pictures.read(look.background, size, BACKGROUND_LIMITS)
    if own is not None:
        _lay_under(canvas, own)
    neutral = Canvas(kit, theme, Look(theme=look.theme, accent=look.accent), canvas.image)
    for layer in (*(theme.background if own is None else ()), *decor):
        draw_ground(canvas.image, layer, neutral.pick)
    return canvas


def _lay_under(canvas: Canvas, own: Image.Image) -> None:
    """Draw a member's picture, and over it as much of the ground's colour as text needs to be read."""
    theme = canvas.theme
    canvas.image.paste(own, (0, 0), own)
    ground = Image.new("RGB", canvas.image.size, theme.palette.get("ground"))
    bare, scrim = canvas.image, theme.scrim
    canvas.image = Image.blend(bare, ground, scrim)
    while scrim < _MOST_SCRIM and not _is_legible(canvas):
        scrim += _SCRIM_STEP
        canvas.image = Image.blend(bare, ground, scrim)


def _is_legible(canvas: Canvas) -> bool:
    """Tell whether a theme's words can be read anywhere on a background."""
    small = canvas.image.resize(_SAMPLES, Image.Resampling.BOX)
    muted = canvas.pick("muted")
    pixels = small.tobytes()
    return all(
        contrast(muted, (pixels[place], pixels[place + 1], pixels[place + 2])) >= _ENOUGH_RATIO
        for place in range(0, len(pixels), 3)
    )
