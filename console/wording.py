"""How paths, instants, sizes and what a store holds are put into words."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

from data import Texts
from storage.database_file import Contents

__all__ = ["describe", "instant", "shorten", "size"]

KB, MB = 1000, 1_000_000


def shorten(path: Path) -> str:
    """Return a path as somebody in the working directory would type it."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


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


def describe(contents: Contents, texts: Texts) -> str:
    """Return in words what a store holds."""
    if not contents.lines:
        return texts("store-holds-no-lines", members=contents.members)
    return texts(
        "store-holds", members=contents.members, lines=contents.lines, time=instant(contents.last_at)
    )
