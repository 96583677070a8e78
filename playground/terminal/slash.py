"""Read a slash command as it is typed: `/config set rule=earning.cooldown_seconds value=30`.

Options may also be given without their names, in their order; the last one then takes all that is left.
"""

from __future__ import annotations

import re
from typing import Any, Final

from playground import commands
from playground.base import KitBase
from playground.errors import Json, PlaygroundError
from playground.model import Channel, Member
from playground.terminal.mentions import with_mentions

_WORD: Final = re.compile(r"""(?:(?P<name>[\w-]+)=)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))\s*""")
_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})


def read_slash(pg: KitBase, who: Member, channel: Channel, text: str) -> tuple[str, dict[str, Any]]:
    """Return the full name of a command and its options, as `Playground.slash` takes them.

    Raises:
        PlaygroundError: They are not offered it, or an option does not fit.
    """
    words = text.removeprefix("/").split()
    offered = [item for item in commands.visible_commands(pg.world, who, channel) if item["type"] == 1]
    current = next((item for item in offered if item["name"] == words[0]), None)
    path = [words[0]]
    while current is not None:
        inner = {item["name"]: item for item in current.get("options", []) if item["type"] <= commands.GROUP}
        following = words[len(path)] if len(path) < len(words) else ""
        if following not in inner:
            break
        current = inner[following]
        path.append(following)
    name = " ".join(path)
    if current is None or any(item["type"] <= commands.GROUP for item in current.get("options", [])):
        commands.find_command(pg.world, who, channel, " ".join(words[: len(path) + 1]))
    schema = {item["name"]: item for item in (current or {}).get("options", [])}
    rest = re.sub(r"^/?\s*" + r"\s+".join(map(re.escape, path)) + r"\s*", "", text)
    return name, {key: _read_value(pg, schema[key], value) for key, value in _split(rest, schema).items()}


def _split(rest: str, schema: dict[str, Json]) -> dict[str, str]:
    """Return the text of every option that was given."""
    given: dict[str, str] = {}
    known = ", ".join(schema) or "none"
    position = 0
    while match := _WORD.match(rest, position):
        position = match.end()
        free = [name for name in schema if name not in given]
        name, quoted = match["name"], match["quoted"]
        value = match["plain"] if quoted is None else quoted
        if name is None:
            if not free:
                raise PlaygroundError(f"{match.group().strip()!r} is too much; the options are: {known}")
            name = free[0]
            if len(free) == 1 and quoted is None:
                value, position = rest[match.start() :].strip(), len(rest)
        elif name not in schema:
            raise PlaygroundError(f"there is no option {name!r}; the options are: {known}")
        given[name] = value
    return given


def _read_value(pg: KitBase, option: Json, text: str) -> Any:
    """Return the value that a text stands for; what the kind of option refuses is told by the kit."""
    kind = option["type"]
    if kind == commands.USER:
        return pg.member(text.removeprefix("@"))
    if kind == commands.CHANNEL:
        return pg.channel(text)
    if kind == commands.ROLE:
        return pg.role(text.removeprefix("@"))
    if kind == commands.MENTIONABLE:
        member = pg.world.find_member(text.removeprefix("@"))
        return member or pg.role(text.removeprefix("@"))
    if kind == commands.BOOLEAN and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    if kind in (commands.INTEGER, commands.NUMBER):
        try:
            return int(text) if kind == commands.INTEGER else float(text)
        except ValueError:
            return text
    return with_mentions(pg.guild, text) if kind == commands.STRING else text
