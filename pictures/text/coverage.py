"""Which characters a font file has a glyph for, read from its ``cmap`` table."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from pathlib import Path

from leveling_core.errors import ContentError

__all__ = ["Coverage", "read_coverage"]

_BMP_SEGMENTS, _ALL_SEGMENTS = 4, 12
_DELTA_ONLY = 0
_LAST_IN_BMP = 0xFFFF


class Coverage:
    """A set of code points, kept as ranges: a few hundred bytes where a set takes megabytes.

    Args:
        ranges: First and last code point of each range.
    """

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._firsts = array("L")
        self._lasts = array("L")
        for first, last in sorted(ranges):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(last, self._lasts[-1])
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, code: int) -> bool:
        place = bisect_right(self._firsts, code) - 1
        return place >= 0 and code <= self._lasts[place]


def read_coverage(path: Path) -> Coverage:
    """Read which characters a font has glyphs for.

    Raises:
        ContentError: The file cannot be read, or is not a font that maps Unicode characters.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refuse(path, f"it cannot be read ({error.strerror})") from error
    try:
        return Coverage(_read_ranges(content))
    except (struct.error, ValueError) as error:
        raise _refuse(path, f"its table of characters cannot be read ({error})") from error


def _refuse(path: Path, problem: str) -> ContentError:
    return ContentError(
        file=path.name, entry="", field="", problem=problem, expected="a TrueType or OpenType font"
    )


def _read_ranges(content: bytes) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">H", content, 4)
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", content, 12 + 16 * index)
        if tag == b"cmap":
            return _read_cmap(content, offset)
    raise ValueError("there is none")


def _read_cmap(content: bytes, start: int) -> list[tuple[int, int]]:
    """Return the ranges of the largest Unicode subtable."""
    (count,) = struct.unpack_from(">H", content, start + 2)
    found: dict[int, int] = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", content, start + 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in {1, 10}):
            (kind,) = struct.unpack_from(">H", content, start + offset)
            found[kind] = start + offset
    if _ALL_SEGMENTS in found:
        return _read_groups(content, found[_ALL_SEGMENTS])
    if _BMP_SEGMENTS in found:
        return _read_segments(content, found[_BMP_SEGMENTS])
    raise ValueError("none is for Unicode")


def _read_groups(content: bytes, start: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">L", content, start + 12)
    groups = struct.iter_unpack(">LLL", content[start + 16 : start + 16 + 12 * count])
    return [(first, last) for first, last, _ in groups]


def _read_segments(content: bytes, start: int) -> list[tuple[int, int]]:
    """Return the ranges of a subtable of format 4; single characters that map to no glyph are left out."""
    (double,) = struct.unpack_from(">H", content, start + 6)
    count = double // 2
    lasts = struct.unpack_from(f">{count}H", content, start + 14)
    firsts = struct.unpack_from(f">{count}H", content, start + 16 + double)
    offsets_at = start + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", content, offsets_at)
    ranges = []
    for index, (first, last, offset) in enumerate(zip(firsts, lasts, offsets, strict=True)):
        if first == _LAST_IN_BMP:
            continue
        if offset == _DELTA_ONLY:
            ranges.append((first, last))
            continue
        glyphs_at = offsets_at + 2 * index + offset
        glyphs = struct.unpack_from(f">{last - first + 1}H", content, glyphs_at)
        ranges.extend((first + place, first + place) for place, glyph in enumerate(glyphs) if glyph)
    return ranges
