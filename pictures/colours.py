"""Colours: written as #rrggbb, mixed, and moved until text in them can be read."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Colour", "contrast", "luminance", "mix", "parse_colour", "readable", "write_colour"]

Colour = tuple[int, int, int]

_DIGITS = 7
_STEPS = 20
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


def parse_colour(text: str) -> Colour:
    """Return a colour written as ``#rrggbb``.

    Raises:
        ValueError: It is written otherwise.
    """
    if len(text) != _DIGITS or text[0] != "#":
        raise ValueError("a colour such as #5b8def")
    try:
        red, green, blue = bytes.fromhex(text[1:])
    except ValueError as error:
        raise ValueError("a colour such as #5b8def") from error
    return red, green, blue


def write_colour(colour: Colour) -> str:
    """Return a colour as ``#rrggbb``."""
    return "#" + bytes(colour).hex()


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two: `share` of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Return the relative luminance, from 0 (black) to 1 (white), as WCAG defines it."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(first: Colour, second: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 (none) to 21 (black on white)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: Colour, grounds: Iterable[Colour], ratio: float) -> Colour:
    """Return the colour nearest to `colour` that has a contrast of `ratio` with every ground.

    Where no colour has, because grounds are both light and dark, the best of black and white is returned.
    """
    grounds = list(grounds)
    for step in range(_STEPS + 1):
        for goal in (WHITE, BLACK):
            moved = mix(colour, goal, step / _STEPS)
            if all(contrast(moved, ground) >= ratio for ground in grounds):
                return moved
    return max((WHITE, BLACK), key=lambda end: min(contrast(end, ground) for ground in grounds))
