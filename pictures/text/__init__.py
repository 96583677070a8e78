"""Lines of text in any script: cleaned, split into runs by font and direction, shaped, fitted into a box."""

from __future__ import annotations

from pictures.text.cleaning import clean
from pictures.text.emoji import EmojiBook
from pictures.text.fonts import Face, FontBook
from pictures.text.lines import Line, TextSetter
from pictures.text.shaping import Shaper, pick_shaper

__all__ = ["EmojiBook", "Face", "FontBook", "Line", "Shaper", "TextSetter", "clean", "pick_shaper"]
