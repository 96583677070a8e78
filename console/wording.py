"""How paths, instants, sizes and what a store holds are put into words."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

from data import Texts
from leveling_core.errors import StoreError
from storage.database_file import Contents
from storage.file_errors import FULL
from storage.locking import IN_USE

__all__ = ["clip", "clip_pair", "describe", "explain", "instant", "shorten", "size"]

KB, MB = 1000, 1_000_000

LONGEST = 200
"""How long a value is shown. A roster or a member's achievements may be thousands of letters."""

SHOWN_BEFORE = 40
"""How much is shown of what two values have in common."""


def shorten(path: Path) -> str:
    """Return a path as somebody in the working directory would type it."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def clip(text: str, start: int = 0) -> str:
    """Return a text, or the part of a long one that begins somewhere, with dots for what is left out."""
    if len(text) <= LONGEST:
        return text
    end = start + LONGEST
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''}"


def clip_pair(found: str, expected: str) -> tuple[str, str]:
    """Return two texts that differ; of long ones the part where they begin to."""
    places = enumerate(zip(found, expected, strict=False))
    differs_at = next((place for place, (one, other) in places if one != other), len(found))
    start = max(0, differs_at - SHOWN_BEFORE)
    return clip(found, start), clip(expected, start)


def instant(at: int) -> str:
    """Return an instant (ms UTC) as date and time, by UTC."""
    try:
        return f"{dt.datetime.fromtimestamp(at // 1000, dt.UTC):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):  # of a store that is damaged
        return str(at)


def size(size_bytes: int, texts: Texts) -> str:
    """Return how long a file is, in a unit that suits it."""
    if size_bytes < MB:
        return texts("store-size-kb", number=max(1, round(size_bytes / KB)))
    return texts("store-size-mb", number=f"{size_bytes / MB:,.1f}")


def explain(error: StoreError, texts: Texts) -> str:
    """Return what went wrong and what mends it, for who gives a command and runs no bot with it."""
    if error.cause == IN_USE[0]:
        return texts("store-in-use", path=error.path)
    if error.cure == FULL[1]:
        return texts("store-say-again", problem=str(error))
    return str(error)


def describe(contents: Contents, texts: Texts) -> str:
    """Return in words what a store holds."""
    if not contents.lines:
        return texts("store-holds-no-lines", members=contents.members)
    return texts(
        "store-holds", members=contents.members, lines=contents.lines, time=instant(contents.last_at)
    )
