"""Write Discord's texts for people: mentions by name, times in words, emphasis as a style."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from playground.world import World

_MENTION: Final = re.compile(r"<(?P<kind>@[!&]?|#)(?P<id>\d{1,20})>")
_COMMAND: Final = re.compile(r"</(?P<name>[^:>]+):\d+>")
_TIME: Final = re.compile(r"<t:(?P<at>-?\d{1,13})(?::(?P<style>[tTdDfFR]))?>")
_EMOJI: Final = re.compile(r"<a?(?P<name>:\w+:)\d+>")
_EMPHASIS: Final = re.compile(r"(\*\*|__|~~|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*]))")
_VERBATIM: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
)
"""What is shown as it is: what stands behind a backslash, if it is punctuation, and code."""

_BOLD: Final = re.compile(r"\*\*[^*]+\*\*")
_HEADING: Final = re.compile(r"#{1,3} ")
_ZERO_WIDTH: Final = "\u200b"
_HELD: Final = "\x00"

_FORMATS: Final = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%Y-%m-%d",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y %H:%M",
    "F": "%A, %-d %B %Y %H:%M",
}

_LARGER_UNITS: Final = (("minute", 60), ("hour", 3_600), ("day", 86_400))
"""Those above the second, with their seconds."""


class Wording:
    """Writes texts of a world.

    Args:
        world: Whose members, channels and clock.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def read_line(self, text: str) -> tuple[str, str]:
        """Return the style of a line and its text without marks."""
        style = ""
        if heading := _HEADING.match(text):
            style, text = "title", text[heading.end() :]
        elif text.startswith("-# "):
            style, text = "dim", text.removeprefix("-# ")
        elif _BOLD.fullmatch(text):
            style = "name"
        return style, self.write(text)

    def write(self, text: str) -> str:
        """Return a text as people read it, without Discord's marks.

        Those of code stay: a terminal does not show where it begins and ends.
        """
        held: list[str] = []

        def hold(match: re.Match[str]) -> str:
            held.append(match["escaped"] or match.group())
            return _HELD

        text = _VERBATIM.sub(hold, text)
        text = _MENTION.sub(self._mention, text)
        text = _COMMAND.sub(lambda match: f"/{match['name']}", text)
        text = _TIME.sub(self._time, text)
        text = _EMOJI.sub(lambda match: match["name"], text)
        text = _EMPHASIS.sub("", text)
        for verbatim in held:
            text = text.replace(_HELD, verbatim, 1)
        return text.replace(_ZERO_WIDTH, "")

    def _mention(self, match: re.Match[str]) -> str:
        number = int(match["id"])
        if match["kind"] == "#":
            channel = self._world.channels.get(number)
            return f"#{channel.name}" if channel else "#unknown"
        if match["kind"] == "@&":
            role = self._world.guild.roles.get(number)
            return f"@{role.name}" if role else "@unknown"
        member = self._world.guild.members.get(number)
        user = self._world.users.get(number)
        return f"@{member.display_name}" if member else f"@{user.name}" if user else "@unknown"

    def _time(self, match: re.Match[str]) -> str:
        seconds, style = int(match["at"]), match["style"] or "f"
        if style == "R":
            return relative(seconds * 1000 - self._world.clock.now_ms)
        moment = datetime.fromtimestamp(seconds, UTC)
        return moment.strftime(_FORMATS[style].replace("%-d", str(moment.day)))


def relative(difference_ms: int) -> str:
    """Return how far an instant lies ahead (or back, when negative), rounded to the unit that fits best.

    As Discord has it, what is nearly a day is one, and what is nearly two days is two.
    """
    seconds = _nearest(abs(difference_ms), 1000)
    if seconds == 0:
        return "now"
    name, length = "second", 1
    for larger, its_length in _LARGER_UNITS:
        if _nearest(seconds, length) * length < its_length:
            break
        name, length = larger, its_length
    count = _nearest(seconds, length)
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {words}" if difference_ms > 0 else f"{words} ago"


def _nearest(amount: int, unit: int) -> int:
    """Return how many units an amount is, the nearest whole number."""
    return (2 * amount + unit) // (2 * unit)
