"""Make a name fit to be drawn: nothing invisible, no towers of marks, one line.

What people put into names to break a layout is taken out here: control characters, overrides of
direction, blanks that look like nothing, hundreds of combining marks on one letter. What scripts need
stays: joiners between letters of Arabic and Indic scripts and inside emoji, vowel signs, tone marks.
"""

from __future__ import annotations

import unicodedata

import regex

__all__ = ["LONGEST_GRAPHEMES", "clean", "list_graphemes"]

LONGEST_GRAPHEMES = 120
"""More than any name on Discord has; what follows is cut before it costs anything."""

_LONGEST_CHARACTERS = 4_000
_MOST_DECORATIONS = 2
_MOST_MARKS = 5
_JOINERS = frozenset("\u200c\u200d")
_EMOJI_TAGS = range(0xE0020, 0xE0080)
_BLACK_FLAG = "\U0001f3f4"

_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5\u034f\u180b\u180c\u180d\u180e\u180f")
"""Letters and symbols that show nothing: Hangul fillers, the empty Braille pattern, inherent vowels."""

_GRAPHEME = regex.compile(r"\X")
_DECORATION = regex.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_JOINING_LETTER = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}"
    r"\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}]"
)
_PICTOGRAPH = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\U000e007f]")


def list_graphemes(text: str) -> list[str]:
    """List what a reader takes for one character each, in order of reading."""
    return _GRAPHEME.findall(text)


def clean(text: str) -> str:
    """Return a text without what is invisible or made to break a layout; "" if nothing is left."""
    if text.isascii() and text.isprintable():  # most texts: nothing in them can hide
        return " ".join(text.split())[:LONGEST_GRAPHEMES].strip()
    text = unicodedata.normalize("NFC", text[:_LONGEST_CHARACTERS])
    kept = "".join(_visible(text))
    graphemes = (_tame(grapheme) for grapheme in list_graphemes(" ".join(kept.split())))
    return "".join([grapheme for grapheme in graphemes if grapheme][:LONGEST_GRAPHEMES]).strip()


def _visible(text: str) -> list[str]:
    """Return the characters that show, or that change how their neighbours show."""
    kept: list[str] = []
    for index, char in enumerate(text):
        category = unicodedata.category(char)
        if category.startswith("Z") or char in "\t\n\r\v\f":
            kept.append(" ")
        elif char in _JOINERS:
            before, after = text[index - 1 : index], text[index + 1 : index + 2]
            if _joins(before, after):
                kept.append(char)
        elif ord(char) in _EMOJI_TAGS:
            if _BLACK_FLAG in kept:
                kept.append(char)
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn"} or char in _BLANKS:
            continue
        else:
            kept.append(char)
    return kept


def _joins(before: str, after: str) -> bool:
    """Tell whether a joiner between two characters changes how they look."""
    if _JOINING_LETTER.match(before) and (not after or _JOINING_LETTER.match(after)):
        return True
    return bool(_PICTOGRAPH.match(before) and _PICTOGRAPH.match(after))


def _tame(grapheme: str) -> str:
    """Return a grapheme with a bearable number of marks; "" for marks that stand on nothing."""
    if unicodedata.category(grapheme[0]) in {"Mn", "Me"}:
        return ""
    decorations = marks = 0
    kept = []
    for char in grapheme:
        if _DECORATION.match(char):
            decorations += 1
            if decorations > _MOST_DECORATIONS:
                continue
        elif unicodedata.category(char) in {"Mn", "Me", "Mc"} and char != "\ufe0f":
            marks += 1
            if marks > _MOST_MARKS:
                continue
        kept.append(char)
    return "".join(kept)
