"""Read what was typed: who says what, a slash command, an order to the playground, a remark."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from playground.errors import PlaygroundError

_SPEAKER = re.compile(r"(?P<who>[^\s:#/!]{1,32}):(?:\s+|$)(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody writes a message, or uses a slash command when it begins with `/`.

    Attributes:
        who: Who; None for whoever spoke last.
        text: What; "" to speak as them from now on.
    """

    who: str | None
    text: str

    @property
    def is_slash(self) -> bool:
        """Whether it is a slash command."""
        return self.text.startswith("/") and len(self.text) > 1


@dataclass(frozen=True, slots=True)
class Order:
    """An order to the playground.

    Attributes:
        who: On whose behalf; None for whoever spoke last.
        name: Its name, without the colon.
        rest: What follows it.
    """

    who: str | None
    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of a script that is shown and does nothing."""

    text: str


def read_line(text: str, names: Collection[str]) -> Spoken | Order | Remark | None:
    """Return what a line means; None for an empty one.

    Args:
        text: The line.
        names: Who may speak.

    Raises:
        PlaygroundError: It is said by nobody known.
    """
    line = text.strip()
    if not line:
        return None
    if line.startswith("#") and not line.startswith("#" * 2) and (line == "#" or line[1].isspace()):
        return Remark(line[1:].strip())
    who, rest = _read_speaker(line, names)
    if re.match(r":[a-z?]", rest):
        name, _, arguments = rest[1:].partition(" ")
        return Order(who, name, arguments.strip())
    return Spoken(who, rest)


def _read_speaker(line: str, names: Collection[str]) -> tuple[str | None, str]:
    match = _SPEAKER.fullmatch(line)
    if match is None:
        return None, line
    who = match["who"].removeprefix("@")
    if who in names:
        return who, match["rest"].strip()
    raise PlaygroundError(
        f"nobody here is called {who!r}; :join {who} lets them in. Here are {', '.join(sorted(names))}"
    )
