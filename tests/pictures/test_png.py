"""Pictures are written as PNG files that any program reads, whoever packs them."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pictures.drawing.png import Pack, find_packer, write_png


@given(
    width=st.integers(1, 40),
    height=st.integers(1, 12),
    seed=st.binary(min_size=1, max_size=64),
    photograph=st.booleans(),
    pack=st.sampled_from([find_packer(), zlib.compress]),
)
def test_what_is_written_is_read(width: int, height: int, seed: bytes, photograph: bool, pack: Pack) -> None:
    """Any pixels come back as they were, with and without a filter, from either packer."""
    pixels = (seed * (3 * width * height // len(seed) + 1))[: 3 * width * height]
    image = Image.frombytes("RGB", (width, height), pixels)
    with Image.open(io.BytesIO(write_png(image, photograph=photograph, pack=pack))) as read:
        assert read.format == "PNG"
        assert read.size == (width, height)
        assert read.tobytes() == pixels


def test_only_plain_colours_are_written() -> None:
    """A picture with transparency is refused: none of the pictures has any."""
    with pytest.raises(ValueError, match="RGB, not in RGBA"):
        write_png(Image.new("RGBA", (2, 2)))
