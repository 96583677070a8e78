"""Where the playground is shown: a terminal in colours, or plain lines for a pipe."""

from __future__ import annotations

import sys
from typing import Final, Protocol

from playground.terminal.drawing import Line

PLAIN_WIDTH: Final = 92
"""Columns of the text in a pipe: always the same, so that a script prints the same everywhere."""

NAME_WIDTH: Final = 8
"""Columns of the names before what people say; a longer name pushes its own text aside."""

STYLES: Final = {
    "name": "bold",
    "title": "bold",
    "speaker": "bold ansicyan",
    "bot": "bold ansiblue",
    "dim": "ansibrightblack",
    "bar": "ansiblue",
    "code": "ansigreen",
    "control": "reverse",
    "file": "ansimagenta",
    "trouble": "ansired",
    "remark": "italic ansiyellow",
    "place": "bold ansibrightblack",
}


class Screen(Protocol):
    """Shows lines."""

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        ...

    @property
    def pause_seconds(self) -> float:
        """Return how long the tour waits after a line, so that somebody can read it."""
        ...

    def show(self, line: Line) -> None:
        """Show a line."""
        ...


class PlainScreen:
    """Writes plain text: no colours, no control characters, whatever the terminal.

    Args:
        pause_seconds: How long the tour waits after a line.
    """

    width = PLAIN_WIDTH

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.pause_seconds = pause_seconds

    def show(self, line: Line) -> None:
        """Write a line."""
        text = "".join(text for _, text in line)
        sys.stdout.write(printable(text).rstrip() + "\n")
        sys.stdout.flush()


def printable(text: str) -> str:
    """Return a text without control characters: what people write never steers the terminal."""
    return "".join(character for character in text if character.isprintable())
