"""Write PNG files quickly.

Packing costs more than drawing, and half of it is the search for the best filter of each row. Drawn
pictures have long runs of equal pixels and equal rows, which pack as well without a filter; photographs need
one, but not a search. Where the extra ``fast`` is installed, isal packs five times as fast as zlib.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Callable
from itertools import chain, repeat

from PIL import Image, ImageChops

__all__ = ["Pack", "find_packer", "write_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _RGB = 8, 2
_NO_FILTER, _ROW_ABOVE = b"\x00", b"\x02"
_LEVEL = 1

Pack = Callable[[bytes, int], bytes]
"""Packs bytes as zlib does, at a level."""


def find_packer() -> Pack:
    """Return isal's packer where it is installed, or the standard library's."""
    try:
        return importlib.import_module("isal.isal_zlib").compress  # type: ignore[no-any-return] # found by name
    except ImportError:
        return zlib.compress


_packer = find_packer()


def write_png(image: Image.Image, *, photograph: bool = False, pack: Pack = _packer) -> bytes:
    """Return a picture (RGB) as a PNG file.

    Args:
        image: The picture.
        photograph: Whether much of it is a photograph, in which hardly two pixels are the same.
        pack: Packs the pixels.
    """
    if image.mode != "RGB":
        raise ValueError(f"a picture in RGB, not in {image.mode}")
    mark, rest = _NO_FILTER, image
    if photograph:
        above = Image.new("RGB", image.size)
        above.paste(image, (0, 1))
        mark, rest = _ROW_ABOVE, ImageChops.subtract_modulo(image, above)
    pixels = memoryview(rest.tobytes())
    stride = 3 * image.width
    rows = (pixels[start : start + stride] for start in range(0, len(pixels), stride))
    packed = pack(b"".join(chain.from_iterable(zip(repeat(mark), rows, strict=False))), _LEVEL)
    header = struct.pack(">LLBBBBB", image.width, image.height, _BITS, _RGB, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", packed),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))
