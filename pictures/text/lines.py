"""Set one line of text: pick fonts, order and shape runs, fit them into a width, draw them.

A line never leaves its box: it shrinks to a smallest size, then loses its end to an ellipsis, at a border
between characters as readers count them. A character that no font has is shown by its plain form (a
letter in a circle as the letter), or left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import regex
from PIL import Image

from pictures.caches import ByteCache
from pictures.text.cleaning import list_graphemes
from pictures.text.direction import find_levels, order_visually
from pictures.text.emoji import EmojiBook
from pictures.text.fonts import Face, FontBook, FontFile
from pictures.text.shaping import Shaper

__all__ = ["Line", "Sprite", "TextSetter", "cap_offset", "draw_line"]

ELLIPSIS = "…"
CAP_HEIGHT = 0.72
"""Height of capitals as a share of the size: what text is centred by, in any font, so that rows line up."""

_EMOJI_HEIGHT, _EMOJI_DROP, _EMOJI_GAP = 1.16, 0.22, 0.06
"""Height, depth below the baseline and space on each side of an emoji, as shares of the size."""

_SPRITE_CACHE_BYTES = 8_000_000
_LINE_CACHE_BYTES = 2_000_000
_ADVANCE_CACHE_BYTES = 1_000_000
_IGNORED = {0x200C: None, 0x200D: None, 0xFE0E: None, 0xFE0F: None}
_SPACED = regex.compile(
    r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Common}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]*"
)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A piece of a line that is drawn at once.

    Attributes:
        image: What is drawn: a mask (L) that takes the text's colour, or a picture (RGBA).
        left: From the pen to its left edge.
        top: From the baseline to its upper edge, negative above it.
    """

    image: Image.Image
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line that has been set.

    Attributes:
        sprites: What to draw, with the pen's place from the line's left edge.
        size: The size that it was set in.
        width: From the leftmost to the rightmost pixel.
        top: Of its highest pixel, from the baseline: negative above it.
        bottom: Below its lowest pixel, from the baseline.
        is_cut: Its end was replaced by an ellipsis.
    """

    sprites: tuple[tuple[int, Sprite], ...]
    size: int
    width: int
    top: int
    bottom: int
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A grapheme with what shows it: a font, or pictures of emoji."""

    text: str
    font: FontFile | None
    emoji: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one font, one size and one direction."""

    text: str
    font: FontFile
    size: int
    rtl: bool


class TextSetter:
    """Sets lines of text.

    Args:
        fonts: Where glyphs come from.
        emoji: Where pictures of emoji come from.
        shaper: What joins and orders the letters of a run.
    """

    def __init__(self, fonts: FontBook, emoji: EmojiBook, shaper: Shaper) -> None:
        self._fonts = fonts
        self._emoji = emoji
        self._shaper = shaper
        self._sprites: ByteCache[Hashable, Sprite] = ByteCache(
            _SPRITE_CACHE_BYTES, lambda sprite: sprite.image.width * sprite.image.height
        )
        self._advances: ByteCache[_Run, float] = ByteCache(_ADVANCE_CACHE_BYTES, lambda _: 100)
        self._lines: ByteCache[tuple[object, ...], Line] = ByteCache(
            _LINE_CACHE_BYTES, lambda line: 300 + 120 * len(line.sprites)
        )

    @property
    def held_bytes(self) -> int:
        """What its caches hold."""
        return self._sprites.held_bytes + self._advances.held_bytes + self._lines.held_bytes

    def shows(self, text: str, face: Face) -> bool:
        """Tell whether anything of a cleaned text can be seen."""
        return any(piece.emoji or not piece.text.isspace() for piece in self._pieces(text, face))

    def fit(
        self, text: str, face: Face, size: int, *, width: int, smallest: int, tracking: float = 0.0
    ) -> Line:
        """Set a text in the largest size, up to `size`, in which it is no wider than `width`.

        Args:
            text: A cleaned text.
            face: The family and weight.
            size: The size in pixels that it should have.
            width: The most pixels that it may take.
            smallest: The smallest size; what is wider even so is cut.
            tracking: Extra space between letters, as a share of the size.
        """
        key = (text, face, size, width, smallest, tracking)
        found = self._lines.find(key)
        return found or self._lines.put(
            key, self._fit(text, face, size, width, min(size, smallest), tracking)
        )

    def _fit(self, text: str, face: Face, size: int, width: int, smallest: int, tracking: float) -> Line:
        pieces = self._pieces(text, face)
        highest, lowest = _limits(size)
        while True:
            line = self._set(pieces, size, tracking)
            ratio = min(
                width / max(line.width, 1),
                highest / min(line.top, -1) if line.top < highest else 1.0,
                lowest / line.bottom if line.bottom > lowest else 1.0,
            )
            if ratio >= 1:
                return line
            if size <= smallest:
                break
            size = max(smallest, min(size - 1, int(size * ratio)))
        return line if line.width <= width else self._cut(pieces, face, size, width, tracking)

    def _cut(self, pieces: list[_Piece], face: Face, size: int, width: int, tracking: float) -> Line:
        """Set as many pieces as fit, with an ellipsis after them."""
        ellipsis = self._pieces(ELLIPSIS, face)
        fits, too_many = 0, len(pieces)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if self._set(_trim(pieces[:middle]) + ellipsis, size, tracking).width <= width:
                fits = middle
            else:
                too_many = middle
        line = self._set(_trim(pieces[:fits]) + ellipsis, size, tracking)
        if line.width > width:  # a box too narrow even for the ellipsis shows nothing
            line = self._set([], size, tracking)
        return Line(line.sprites, line.size, line.width, line.top, line.bottom, is_cut=True)

    def _pieces(self, text: str, face: Face) -> list[_Piece]:
        """Split a text into graphemes, each with the first font that has it."""
        chain = self._fonts.list_fonts(face)
        if text.isascii() and chain[0].covers(text):  # most texts: one font, no emoji
            return [_Piece(char, chain[0]) for char in text]
        pieces: list[_Piece] = []
        for grapheme in list_graphemes(text):
            before = pieces[-1].font if pieces else None
            pieces.extend(self._find_pieces(grapheme, chain, before))
        return pieces

    def _find_pieces(
        self, grapheme: str, chain: tuple[FontFile, ...], before: FontFile | None
    ) -> Iterator[_Piece]:
        bare = grapheme.translate(_IGNORED)
        if not bare:
            return
        font = before if before and not bare[0].isalnum() and before.covers(bare) else None
        font = font or next((font for font in chain if font.covers(bare)), None)
        emoji = self._emoji.find(grapheme, as_text=font is not None)
        if emoji:
            yield _Piece(grapheme, None, tuple(emoji))
        elif font:
            yield _Piece(grapheme, font)
        else:
            yield from self._find_substitutes(bare, chain)

    def _find_substitutes(self, grapheme: str, chain: tuple[FontFile, ...]) -> Iterator[_Piece]:
        """Yield a grapheme that no font has whole: in its plain form, or without marks that are missing."""
        plain = unicodedata.normalize("NFKC", grapheme)
        if plain != grapheme:
            for part in list_graphemes(plain):
                yield from self._find_pieces(part, chain, None)
            return
        apart = unicodedata.normalize("NFD", grapheme)
        for font in chain:
            if font.covers(apart[0]):
                yield _Piece("".join(char for char in apart if font.covers(char)), font)
                return

    def _set(self, pieces: list[_Piece], size: int, tracking: float) -> Line:
        levels = find_levels("".join(piece.text for piece in pieces))
        runs: list[tuple[_Piece, int]] = []
        for piece, level in _group(pieces, levels):
            runs.append((piece, level))
        pen = 0.0
        width: Callable[[], float] = (
            float  # the last sprite's width is never asked for: measuring costs half of drawing
        )
        placed: list[tuple[int, Sprite]] = []
        for piece, level in order_visually(runs, [level for _, level in runs]):
            for sprite, measure in self._draw_run(piece, level, size, tracking):
                pen += width()
                placed.append((round(pen), sprite))
                width = measure
        return _measure(placed, size)

    def _draw_run(
        self, piece: _Piece, level: int, size: int, tracking: float
    ) -> Iterator[tuple[Sprite, Callable[[], float]]]:
        """Yield what shows a piece, from left to right, with what says how far the pen moves after it."""
        if piece.font is None:
            for name in piece.emoji if level % 2 == 0 else reversed(piece.emoji):
                sprite = self._sprites.get_or_make((name, size), partial(self._draw_emoji, name, size))
                yield sprite, partial(float, sprite.image.width + 2 * sprite.left)
            return
        rtl = level % 2 == 1
        parts = list_graphemes(piece.text) if tracking and _SPACED.fullmatch(piece.text) else [piece.text]
        for part in parts:
            run = _Run(part, piece.font, size, rtl)
            sprite = self._sprites.get_or_make(run, partial(self._draw_text, run))
            yield sprite, partial(self._measure_run, run, tracking * size)

    def _measure_run(self, run: _Run, extra: float) -> float:
        """Return how far the pen moves over a run of text."""

        def measure() -> float:
            text, direction = self._shaper.prepare(run.text, run.font, rtl=run.rtl)
            return self._fonts.open(run.font, run.size).getlength(text, direction=direction)

        return self._advances.get_or_make(run, measure) + extra

    def _draw_text(self, run: _Run) -> Sprite:
        opened = self._fonts.open(run.font, run.size)
        text, direction = self._shaper.prepare(run.text, run.font, rtl=run.rtl)
        mask, (left, top) = opened.getmask2(text, mode="L", direction=direction, anchor="ls")
        image = Image.new("L", mask.size)
        if all(mask.size):
            image.im.paste(mask, (0, 0, *mask.size))
        return Sprite(image, left, top)

    def _draw_emoji(self, name: str, size: int) -> Sprite:
        picture = self._emoji.draw(name, max(1, round(_EMOJI_HEIGHT * size)))
        return Sprite(picture, round(_EMOJI_GAP * size), round(_EMOJI_DROP * size) - picture.height)


def _limits(size: int) -> tuple[int, int]:
    """Return how far a line of a size may reach above (negative) and below its baseline."""
    return -round(1.15 * size), round(0.45 * size)


def _trim(pieces: list[_Piece]) -> list[_Piece]:
    """Return pieces without blanks at their end, where an ellipsis follows."""
    end = len(pieces)
    while end and pieces[end - 1].text.isspace():
        end -= 1
    return pieces[:end]


def _group(pieces: list[_Piece], levels: list[int]) -> Iterator[tuple[_Piece, int]]:
    """Yield pieces, those in a row of one font and one direction joined into one."""
    place = 0
    placed = []
    for piece in pieces:
        placed.append((piece, levels[place]))
        place += len(piece.text)
    for (font, level), group in groupby(placed, key=lambda item: (item[0].font, item[1])):
        members = [piece for piece, _ in group]
        if font is None:
            yield _Piece("", None, tuple(name for piece in members for name in piece.emoji)), level
        else:
            yield _Piece("".join(piece.text for piece in members), font), level


def _measure(placed: list[tuple[int, Sprite]], size: int) -> Line:
    """Return a line that begins at its leftmost pixel."""
    seen = [(pen, sprite) for pen, sprite in placed if all(sprite.image.size)]
    if not seen:
        return Line((), size, 0, 0, 0)
    left = min(pen + sprite.left for pen, sprite in seen)
    right = max(pen + sprite.left + sprite.image.width for pen, sprite in seen)
    top = min(sprite.top for _, sprite in seen)
    bottom = max(sprite.top + sprite.image.height for _, sprite in seen)
    return Line(tuple((pen - left, sprite) for pen, sprite in seen), size, right - left, top, bottom)


def cap_offset(size: int) -> int:
    """Return how far below the middle of a box its baseline lies, so that capitals stand in the middle."""
    return round(CAP_HEIGHT * size / 2)


def draw_line(
    target: Image.Image, line: Line, left: int, baseline: int, fill: tuple[int, int, int] | Image.Image
) -> None:
    """Draw a line with its leftmost pixel at `left`, in a colour or the colours of a picture."""
    for pen, sprite in line.sprites:
        x, y = left + pen + sprite.left, baseline + sprite.top
        box = (x, y, x + sprite.image.width, y + sprite.image.height)
        if sprite.image.mode == "RGBA":
            target.paste(sprite.image, (x, y), sprite.image)
        elif isinstance(fill, Image.Image):
            target.paste(fill.crop(box), (x, y), sprite.image)
        else:
            target.paste(fill, box, sprite.image)
