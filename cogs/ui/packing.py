"""Putting pieces of text together to as few texts as Discord's limits allow, without losing any."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["MESSAGE_CHARACTERS", "packed"]

MESSAGE_CHARACTERS = 2000
"""The most characters that a message may have (Discord's API reference, "Create Message")."""


def packed(pieces: Iterable[str], limit: int = MESSAGE_CHARACTERS, separator: str = "\n") -> list[str]:
    """Join pieces to as few texts as fit, in order; a piece that alone is too long is cut.

    Args:
        pieces: Lines, or whatever should not be torn.
        limit: How many characters a text may have.
        separator: What stands between two pieces of one text.
    """
    texts: list[str] = []
    for whole in pieces:
        piece = whole if len(whole) <= limit else whole[: limit - 1] + "…"
        if texts and len(texts[-1]) + len(separator) + len(piece) <= limit:
            texts[-1] += separator + piece
        else:
            texts.append(piece)
    return texts
