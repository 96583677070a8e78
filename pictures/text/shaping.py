"""From characters to glyphs: by raqm where it works, by plain Python where it does not.

Pillow's wheels bring raqm, but raqm asks the system for fribidi when it starts. Without it fonts are
drawn letter by letter; then Arabic letters are given their joined forms, lines from right to left are
turned round, and vowel signs that stand before their consonant are put there. Conjuncts of Indic scripts
stay apart: readable, not pretty.
"""

from __future__ import annotations

import functools
from typing import Protocol

import regex
from arabic_reshaper import ArabicReshaper
from bidi.mirror import MIRRORED
from PIL import features

from pictures.text.cleaning import list_graphemes
from pictures.text.fonts import FontFile

__all__ = ["PlainShaper", "RaqmShaper", "Shaper", "can_shape", "pick_shaper"]

_ARABIC = regex.compile(r"\p{Arabic}")
_JOINERS = {0x200C: None, 0x200D: None, 0xFE0E: None, 0xFE0F: None}

_SIGNS_BEFORE = (
    "\u093f\u09bf\u09c7\u09c8\u0a3f\u0abf\u0b47\u0bc6\u0bc7\u0bc8\u0d46\u0d47\u0d48\u0dd9\u0dda\u0ddb"
)
_SIGNS_BEFORE += "\u17c1\u17c2\u17c3\u1031"
_VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039"
_SIGN_AFTER_CLUSTER = regex.compile(
    rf"((?:[\p{{L}}]\p{{Mn}}?[{_VIRAMAS}])*\p{{L}}(?:(?![{_SIGNS_BEFORE}])\p{{Mn}})?)([{_SIGNS_BEFORE}])"
)


class Shaper(Protocol):
    """Prepares a run of one font and one direction for drawing."""

    @property
    def basic(self) -> bool:
        """Whether fonts are to be opened for drawing without shaping."""
        ...

    def prepare(self, text: str, font: FontFile, *, rtl: bool) -> tuple[str, str | None]:
        """Return the text to hand to Pillow, and the direction to name, or None where none may be named."""
        ...


class RaqmShaper:
    """Leaves all to raqm."""

    basic = False

    def prepare(self, text: str, font: FontFile, *, rtl: bool) -> tuple[str, str | None]:  # noqa: ARG002 -- as the protocol says
        """Return the text as it is, and its direction."""
        return text, "rtl" if rtl else "ltr"


class PlainShaper:
    """Does what can be done without a shaping engine."""

    basic = True

    def prepare(self, text: str, font: FontFile, *, rtl: bool) -> tuple[str, str | None]:
        """Return the text with letters joined and reordered, as it stands from left to right."""
        if rtl:
            if _ARABIC.search(text):
                text = _join(text, font)
            text = "".join(MIRRORED.get(part, part) for part in reversed(list_graphemes(text)))
        else:
            text = _SIGN_AFTER_CLUSTER.sub(r"\2\1", text)
        return text.translate(_JOINERS), None


def _join(text: str, font: FontFile) -> str:
    """Return Arabic letters in their joined forms, where the font has a glyph for each of them."""
    joined: str = _reshaper().reshape(text)
    return joined if font.covers(joined.translate(_JOINERS)) else text


@functools.cache
def _reshaper() -> ArabicReshaper:
    return ArabicReshaper(
        {"delete_harakat": False, "shift_harakat_position": False, "support_ligatures": True}
    )


def can_shape() -> bool:
    """Tell whether Pillow has raqm and raqm has found fribidi."""
    return features.check_feature("raqm") is True and features.check_feature("fribidi") is not False


def pick_shaper() -> Shaper:
    """Return the best shaper that works on this machine."""
    return RaqmShaper() if can_shape() else PlainShaper()
