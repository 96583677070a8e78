"""Names of people as they may stand in a message: escaped, bounded, and harmless to the text around them.

People choose their names freely. A name may hold markdown, a link, line breaks, invisible characters, marks
piled up over several lines, or letters that turn the direction of all that follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["NAME_COLUMNS", "clean_name", "escaped", "plain_name", "shown_line", "shown_name", "unquoted"]

NAME_COLUMNS = 32
"""How wide a name may be shown. Discord allows 32 characters; wide ones take two columns each."""

_MARKS_A_LETTER = 3
"""So many combining marks a letter may carry. Vietnamese and Thai need two, Hebrew with accents three."""

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

_ZWNJ, _ZWJ, _TEXT_STYLE, _EMOJI_STYLE = "\u200c", "\u200d", "\ufe0e", "\ufe0f"
_FLAG_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
_JOINING = frozenset((_ZWNJ, _ZWJ, _TEXT_STYLE, _EMOJI_STYLE)) | _FLAG_TAGS
"""Invisible, but part of what is seen: joined letters, emoji, flags of regions."""

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
"""Quotation marks that people put around names, with those that close them."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that count as letters, marks or symbols, and show nothing."""

_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
_MARKDOWN = re.compile(r"[\\*_~`|<>\[\]@#]|(?<=[A-Za-z]):(?=//)|^[-+]")


_MENTION = re.compile(r"(<(?:#|@[!&]?)[0-9]{15,20}>)")


def _is_seen(character: str) -> bool:
    if character in _JOINING:
        return True
    return character not in _BLANK and unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs"}


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me"} and character not in _JOINING


def _extends(character: str, before: str) -> bool:
    """Tell whether a character belongs to the one shape that ``before`` ends with."""
    if character in _JOINING or unicodedata.category(character) in {"Mn", "Me", "Mc"}:
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # skin tones
        return True
    if before.endswith(_ZWJ):
        return unicodedata.category(character) == "So"  # one emoji of several; a joined letter begins anew
    return _is_flag_letter(character) and _is_flag_letter(before)


def _is_flag_letter(text: str) -> bool:
    return len(text) == 1 and "\U0001f1e6" <= text <= "\U0001f1ff"


def _shapes(text: str) -> Iterator[str]:
    """Split text into what a reader takes for single characters, with a bounded number of marks each."""
    shape = ""
    marks = 0
    for character in text:
        if shape and _extends(character, shape):
            marks += _is_mark(character)
            if not _is_mark(character) or marks <= _MARKS_A_LETTER:
                shape += character
        else:
            if shape:
                yield shape
            shape, marks = character, 0
    if shape:
        yield shape


def _columns(shape: str) -> int:
    wide = unicodedata.east_asian_width(shape[0]) in "WF"
    return 2 if wide or _EMOJI_STYLE in shape or _is_flag_letter(shape[0]) else 1


def clean_name(name: str, columns: int = NAME_COLUMNS) -> str:
    """Return a name on one line, without what is not seen, cut between characters where it is too wide.

    Args:
        name: As its bearer chose it.
        columns: How wide it may be, in columns of a Latin letter.

    Returns:
        "" if nothing of it can be seen.
    """
    spaced = " ".join(name.split())
    seen = "".join(c for c in unicodedata.normalize("NFC", spaced) if _is_seen(c)).strip()
    shapes = list(_shapes(seen.lstrip("".join(_JOINING))))
    if not any(unicodedata.category(shape[0])[0] in "LNPS" for shape in shapes):
        return ""
    if sum(map(_columns, shapes)) <= columns:
        return "".join(shapes)
    cut: list[str] = []
    left = columns - 1
    for shape in shapes:
        left -= _columns(shape)
        if left < 0:
            break
        cut.append(shape)
    return "".join(cut).rstrip() + "…"


def escaped(text: str) -> str:
    """Return text with a backslash before what Discord would take for markdown, a mention or a link."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def _isolated(text: str) -> str:
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if turns else text


def plain_name(name: str, otherwise: str = "?") -> str:
    """Return a name for where Discord shows no markdown: an embed's author line, a footer, a button.

    Args:
        name: As its bearer chose it.
        otherwise: What stands there if nothing of the name can be seen.
    """
    return _isolated(clean_name(name)) or otherwise


def shown_name(name: str, otherwise: str = "?") -> str:
    """Return a name for a message's text: escaped, and isolated where it is written from right to left.

    Args:
        name: As its bearer chose it.
        otherwise: What stands there if nothing of the name can be seen.
    """
    return shown_line(name, NAME_COLUMNS) or otherwise


def shown_line(text: str, columns: int, *, keeps_mentions: bool = False) -> str:
    """Return what somebody wrote, on one line of a message's text, as harmless there as a name.

    Args:
        text: As it was written.
        columns: How wide it may be, in columns of a Latin letter.
        keeps_mentions: Whether members, roles and channels stay mentioned; whoever sends it sees that nobody
            is pinged.
    """
    clean = clean_name(text, columns)
    if not keeps_mentions:
        return _isolated(escaped(clean))
    parts = _MENTION.split(clean)  # what is no mention, and mentions, by turns
    return _isolated("".join(part if place % 2 else escaped(part) for place, part in enumerate(parts)))


def unquoted(typed: str) -> str:
    """Return what somebody typed without the quotation marks around all of it, if there are any."""
    text = typed.strip()
    if len(text) > 2 and text[0] in _QUOTES and text[-1] == _QUOTES[text[0]]:  # noqa: PLR2004 -- two marks
        return text[1:-1].strip()
    return text
