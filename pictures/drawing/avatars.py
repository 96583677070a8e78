"""Read pictures that strangers made: avatars and backgrounds, within limits, at the size they are drawn in.

Whatever is wrong with a file (cut off, a bomb, no picture at all) is no error here: there is just no
picture, and the caller draws a fallback.
"""

from __future__ import annotations

import hashlib
import io
import logging
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from pictures.caches import ByteCache
from pictures.problems import PictureError

__all__ = ["BACKGROUND_LIMITS", "Limits", "PictureReader", "prepare_background", "read_picture"]


_log = logging.getLogger(__name__)

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_CACHE_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a picture file may be.

    Attributes:
        most_bytes: Of the file.
        most_pixels: Width times height; what is larger is not unpacked.
        least_side: The least width and height.
    """

    most_bytes: int
    most_pixels: int
    least_side: int = 1


AVATAR_LIMITS = Limits(most_bytes=8_000_000, most_pixels=2_100_000)
BACKGROUND_LIMITS = Limits(most_bytes=8_000_000, most_pixels=16_800_000, least_side=200)

BACKGROUND_SIZE = (1200, 600)
"""In which backgrounds are kept: enough for every picture, cropped to each one's form."""


def read_picture(content: bytes, size: tuple[int, int], limits: Limits) -> Image.Image | None:
    """Return a picture file's first frame, cropped to a size around its middle; None if it is none."""
    if not content or len(content) > limits.most_bytes:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > limits.most_pixels:
                    return None
                if min(opened.size) < limits.least_side or max(opened.size) > 100 * min(opened.size):
                    return None
                opened.draft("RGB", size)
                picture = opened.convert("RGBA")
        return ImageOps.fit(picture, size, Image.Resampling.BICUBIC)
    except Exception as error:  # noqa: BLE001 -- decoders raise anything on broken files
        _log.debug("a picture of %d bytes cannot be read: %s", len(content), error)
        return None


def prepare_background(content: bytes) -> bytes:
    """Return somebody's picture as a background is kept: no larger than needed, and nothing else in the file.

    Raises:
        PictureError: It is no picture of a known format, or too large or too small a one.
    """
    picture = read_picture(content, BACKGROUND_SIZE, BACKGROUND_LIMITS)
    if picture is None:
        raise PictureError(
            f"this is no {', '.join(FORMATS)} file of at most {BACKGROUND_LIMITS.most_bytes:,} bytes and "
            f"{BACKGROUND_LIMITS.most_pixels:,} pixels, at least {BACKGROUND_LIMITS.least_side} wide and high"
        )
    ground = Image.new("RGB", picture.size)
    ground.paste(picture, (0, 0), picture)
    buffer = io.BytesIO()
    ground.save(buffer, "JPEG", quality=88, optimize=True)
    return buffer.getvalue()


class PictureReader:
    """Reads pictures, and keeps those read last in the size they were read in."""

    def __init__(self) -> None:
        self._kept: ByteCache[tuple[bytes, tuple[int, int]], Image.Image] = ByteCache(
            _CACHE_BYTES, lambda image: image.width * image.height * 4
        )

    @property
    def held_bytes(self) -> int:
        """What the kept pictures take."""
        return self._kept.held_bytes

    def read(
        self, content: bytes, size: tuple[int, int], limits: Limits = AVATAR_LIMITS
    ) -> Image.Image | None:
        """Return a picture in a size, as RGBA, or None if the file is none."""
        if not content:
            return None
        key = (hashlib.blake2b(content, digest_size=16).digest(), size)
        found = self._kept.find(key)
        if found is None:
            found = read_picture(content, size, limits)
            if found is not None:
                self._kept.put(key, found)
        return found
