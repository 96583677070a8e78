"""The kinds of values that themes are written in."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from pictures.colours import parse_colour

__all__ = ["ColourName", "HexColour", "Opacity", "Pixels", "Role", "Share"]

TOKENS = frozenset({"ground", "surface", "text", "muted", "accent", "accent2", "track", "role", "ink"})
"""The names of colours in a theme's palette; ``role`` is the colour of the member's role, or the accent."""


def _check_hex(text: str) -> str:
    parse_colour(text)
    return text.lower()


def _check_name(text: str) -> str:
    if text in TOKENS:
        return text
    try:
        return _check_hex(text)
    except ValueError as error:
        raise ValueError(f"a colour such as #5b8def, or one of {', '.join(sorted(TOKENS))}") from error


HexColour = Annotated[str, AfterValidator(_check_hex)]
"""A colour as #rrggbb."""

ColourName = Annotated[str, AfterValidator(_check_name)]
"""A colour as #rrggbb, or its name in the palette."""

Opacity = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=-1, le=2)]
"""A place as a share of the picture's width or height; it may lie outside."""

Pixels = Annotated[int, Field(ge=0, le=2000)]
Role = Annotated[str, Field(pattern="^(display|text)$")]
"""Which of a theme's two fonts: ``display`` for what is read first, ``text`` for the rest."""
