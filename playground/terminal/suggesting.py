"""What a line may go on with, while it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from playground import commands
from playground.errors import Json
from playground.model import ChannelType
from playground.terminal.orders import ORDERS
from playground.terminal.role_orders import SIDES

if TYPE_CHECKING:
    from playground.terminal.session import Session


def list_suggestions(session: Session, text: str) -> list[str]:
    """Return what the last word of a line may become, in order of use.

    Args:
        session: Where it is typed.
        text: The line up to the cursor.
    """
    names = session.list_names()
    speaker, colon, rest = text.partition(": ")
    line = rest if colon and speaker in names else text
    word = re.split(r"\s", line)[-1]
    return [
        item for item in _possible(session, names, line, is_begun=line is not text) if _goes_on(item, word)
    ]


def _goes_on(item: str, word: str) -> bool:
    return item.startswith(word) and item != word


def _possible(session: Session, names: list[str], line: str, *, is_begun: bool) -> Iterator[str]:
    words = line.split(" ")
    first = words[0]
    if line.startswith("/"):
        yield from _mentions(session, names) if words[-1].startswith("@") else _of_slash(session, words)
    elif len(words) > 1:
        yield from _of_order(session, names, words) if first.startswith(":") else _mentions(session, names)
    elif line.startswith(":"):
        yield from (f":{name}" for name in ORDERS)
    elif line.startswith("!"):
        yield from (f"!{command['name']}" for command in _offered(session))
    elif line and not is_begun:
        yield from (f"{name}:" for name in names)


def _mentions(session: Session, names: list[str]) -> Iterator[str]:
    yield from (f"@{name}" for name in [*names, *_role_names(session)])


def _role_names(session: Session) -> list[str]:
    return [role.name for role in session.list_roles()]


def _of_order(session: Session, names: list[str], words: list[str]) -> Iterator[str]:
    """Yield what may follow an order's name: mostly people."""
    is_first = len(words) == 2  # noqa: PLR2004 -- the order and what is being typed
    match words[0]:
        case ":role":
            yield from _role_names(session)
            yield from () if is_first else SIDES
        case ":give" | ":take":
            yield from names if is_first else ()
            yield from _role_names(session)
        case ":channel":
            places = session.pg.guild.channels.values()
            yield from () if is_first else ("in",)
            yield from (item.name for item in places if (item.type is ChannelType.CATEGORY) != is_first)
        case ":help":
            yield from ORDERS
        case _:
            yield from names


def _offered(session: Session) -> list[Json]:
    offered = commands.visible_commands(session.pg.world, session.speaker, session.channel)
    return [command for command in offered if command["type"] == 1]


def _of_slash(session: Session, words: list[str]) -> Iterator[str]:
    """Yield names of commands, then of subcommands, then of options and their choices."""
    inner = {f"/{command['name']}": command for command in _offered(session)}
    current: Json = {}
    for position, word in enumerate(words[:-1]):
        if word not in inner:
            break
        current = inner[word]
        options = current.get("options", [])
        inner = {option["name"]: option for option in options if option["type"] <= commands.GROUP}
        if not inner:
            yield from _of_options(session, current, words[position + 1 :])
            return
    yield from inner


def _of_options(session: Session, command: Json, words: list[str]) -> Iterator[str]:
    given = {word.partition("=")[0] for word in words[:-1]}
    for option in command.get("options", []):
        if option["name"] in given:
            continue
        values = [str(choice["value"]) for choice in option.get("choices") or []]
        if option["type"] in (commands.ROLE, commands.MENTIONABLE):
            values = [f'"{name}"' if " " in name else name for name in _role_names(session)]
        if values and words[-1].startswith(f"{option['name']}="):
            yield from (f"{option['name']}={value}" for value in values)
        else:
            yield f"{option['name']}="
