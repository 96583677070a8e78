"""The fonts that text is drawn with: families by weight, and fallbacks for what they cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from PIL import ImageFont
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data import read_toml
from leveling_core.errors import ContentError
from pictures.problems import content_error
from pictures.text.coverage import Coverage, read_coverage

__all__ = ["Face", "FontBook", "FontFile", "list_families"]

_MOST_SIZES = 160
"""Opened fonts kept at a time, each at one size: a few kilobytes each beside what FreeType shares."""

_Weights = Annotated[dict[int, str], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Face:
    """What a theme asks for: a family in a weight.

    Attributes:
        family: A family's name in ``fonts.toml``.
        weight: From 100 (thin) to 900 (black); the nearest one there is taken.
    """

    family: str
    weight: int


class _FontList(BaseModel):
    """The content of ``fonts.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    families: Annotated[dict[str, _Weights], Field(min_length=1)]
    fallbacks: list[_Weights] = []


class FontFile:
    """One font file: what it covers, and itself at any size.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._coverage: Coverage | None = None

    @property
    def coverage(self) -> Coverage:
        """The characters that it has glyphs for, read when first asked for."""
        if self._coverage is None:
            self._coverage = read_coverage(self.path)
        return self._coverage

    def covers(self, text: str) -> bool:
        """Tell whether it has a glyph for each character of a text."""
        return all(ord(char) in self.coverage for char in text)


class FontBook:
    """All font files of a folder, by family, weight and order of fallback.

    Args:
        folder: Holds the files and their list, ``fonts.toml``.
        basic: Open fonts for drawing without shaping.

    Raises:
        ContentError: The list cannot be read, or names a file that is not there.
    """

    def __init__(self, folder: Path, *, basic: bool) -> None:
        listed = _read_list(folder / "fonts.toml")
        self._engine = ImageFont.Layout.BASIC if basic else ImageFont.Layout.RAQM
        names = {
            name for weights in (*listed.families.values(), *listed.fallbacks) for name in weights.values()
        }
        missing = sorted(name for name in names if not (folder / name).is_file())
        if missing:
            raise ContentError(
                file="fonts.toml",
                entry=missing[0],
                field="",
                problem="there is no such file",
                expected="the name of a font file beside fonts.toml",
            )
        self._files = {name: FontFile(folder / name) for name in sorted(names)}
        self._families = listed.families
        self._fallbacks = listed.fallbacks
        self._chains: dict[Face, tuple[FontFile, ...]] = {}
        self._opened: dict[tuple[Path, int], ImageFont.FreeTypeFont] = {}

    @property
    def families(self) -> frozenset[str]:
        """The names of all families."""
        return frozenset(self._families)

    def list_fonts(self, face: Face) -> tuple[FontFile, ...]:
        """List the files that may show a face's text: its own first, then the fallbacks in order.

        Raises:
            KeyError: There is no such family.
        """
        if face not in self._chains:
            own = _nearest(self._families[face.family], face.weight)
            others = [_nearest(weights, face.weight) for weights in self._fallbacks]
            names = dict.fromkeys([own, *others])
            self._chains[face] = tuple(self._files[name] for name in names)
        return self._chains[face]

    def open(self, font: FontFile, size: int) -> ImageFont.FreeTypeFont:
        """Return a font at a size in pixels, opened or kept from last time."""
        key = (font.path, size)
        found = self._opened.get(key)
        if found is None:
            if len(self._opened) >= _MOST_SIZES:
                self._opened.clear()
            found = ImageFont.truetype(font.path, size, layout_engine=self._engine)
            self._opened[key] = found
        return found


def list_families(folder: Path) -> frozenset[str]:
    """Return the names of all families that a folder's ``fonts.toml`` lists.

    Raises:
        ContentError: The list cannot be read.
    """
    return frozenset(_read_list(folder / "fonts.toml").families)


def _nearest(weights: Mapping[int, str], weight: int) -> str:
    """Return the file of the nearest weight; of two equally near, the heavier."""
    return weights[min(weights, key=lambda own: (abs(own - weight), -own))]


def _read_list(path: Path) -> _FontList:
    try:
        return _FontList.model_validate(read_toml(path, expected="a list of fonts"))
    except ValidationError as error:
        raise content_error(path.name, error) from error
