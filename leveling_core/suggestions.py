"""Suggesting what somebody meant who mistyped a name."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

__all__ = ["did_you_mean"]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known name that is most like this one, or ""."""
    close = get_close_matches(name.lower(), sorted(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
