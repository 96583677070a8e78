"""Find registered application commands and fill in their options, as Discord's own client does."""

from __future__ import annotations

from typing import Any, Final

from playground import permissions
from playground.compose import Upload
from playground.errors import Json, PlaygroundError
from playground.model import Channel, Member, Role, User
from playground.resolved import Resolver
from playground.world import World

SUBCOMMAND: Final = 1
GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
USER: Final = 6
CHANNEL: Final = 7
ROLE: Final = 8
MENTIONABLE: Final = 9
NUMBER: Final = 10
ATTACHMENT: Final = 11

_KINDS: Final[dict[int, tuple[type[Member | User | Role | Channel], ...]]] = {
    USER: (Member, User),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (Member, User, Role),
}


def visible_commands(world: World, who: Member | User, channel: Channel) -> list[Json]:
    """Return the commands somebody is offered in a channel; its guild's own hide global ones."""
    guild = channel.guild
    found: dict[tuple[str, int], Json] = {}
    if guild is not None:
        found |= {
            (command["name"], command["type"]): command
            for command in world.commands.get(guild.id, {}).values()
        }
    for command in world.commands.get(None, {}).values():
        found.setdefault((command["name"], command["type"]), command)
    return [command for command in found.values() if _offered(command, who, guild is None)]


def _offered(command: Json, who: Member | User, in_dm: bool) -> bool:
    contexts = command.get("contexts")
    if in_dm:
        return 1 in contexts if contexts is not None else command.get("dm_permission") is not False
    if contexts is not None and 0 not in contexts:
        return False
    needed = command.get("default_member_permissions")
    if needed is None or not isinstance(who, Member):
        return True
    own = permissions.guild_permissions(who)
    return own == permissions.ALL or (int(needed) != 0 and not int(needed) & ~own)


def find_command(world: World, who: Member | User, channel: Channel, name: str) -> tuple[Json, list[Json]]:
    """Return a command by its full name ("config set") with the options that lead to its subcommand.

    Raises:
        PlaygroundError: It is not registered, not offered to them, or the name stops at a group.
    """
    words = name.removeprefix("/").split()
    offered = [command for command in visible_commands(world, who, channel) if command["type"] == 1]
    command = next((command for command in offered if words and command["name"] == words[0]), None)
    if command is None:
        known = (
            ", ".join(sorted(command["name"] for command in offered)) or "none (has the bot synced its tree?)"
        )
        raise PlaygroundError(f"{who.name} is offered no command /{name}; there are: {known}")
    path: list[Json] = []
    current = command
    for word in words[1:]:
        inner = _inner_commands(current)
        if word not in inner:
            raise PlaygroundError(
                f"/{current['name']} has no {word!r}; it has: {', '.join(inner) or 'no subcommands'}"
            )
        current = inner[word]
        path.append(current)
    if _inner_commands(current):
        raise PlaygroundError(f"/{name} is a group; it has: {', '.join(_inner_commands(current))}")
    return command, path


def _inner_commands(command: Json) -> dict[str, Json]:
    return {
        option["name"]: option
        for option in command.get("options", [])
        if option["type"] in (SUBCOMMAND, GROUP)
    }


def find_menu(world: World, who: Member | User, channel: Channel, name: str, *, on_message: bool) -> Json:
    """Return a context-menu command.

    Raises:
        PlaygroundError: It is not registered or not offered to them.
    """
    kind = 3 if on_message else 2
    for command in visible_commands(world, who, channel):
        if command["type"] == kind and command["name"] == name:
            return command
    raise PlaygroundError(f"{who.name} is offered no context menu {name!r} there")


def command_data(command: Json, path: list[Json], given: dict[str, Any], resolver: Resolver) -> Json:
    """Return the data of a command interaction.

    Raises:
        PlaygroundError: An option is unknown, missing, of the wrong kind or out of its bounds.
    """
    schema = _schema(command, path)
    unknown = set(given) - set(schema)
    if unknown:
        raise PlaygroundError(
            f"/{command['name']} has no option {', '.join(sorted(unknown))}; it has: "
            f"{', '.join(schema) or 'none'}"
        )
    options = []
    for name, option in schema.items():
        if given.get(name) is None:
            if option.get("required"):
                raise PlaygroundError(f"the option {name!r} is required")
            continue
        options.append({"name": name, "type": option["type"], "value": _value(option, given[name], resolver)})
    data = _wrapped(command, path, options)
    if resolver.resolved:
        data["resolved"] = resolver.resolved
    return data


def focused_data(command: Json, path: list[Json], option: str, text: str, given: dict[str, Any]) -> Json:
    """Return the data of an autocomplete interaction: what is typed so far, unchecked.

    Raises:
        PlaygroundError: The option does not exist or completes nothing.
    """
    schema = _schema(command, path)
    if not schema.get(option, {}).get("autocomplete"):
        raise PlaygroundError(f"/{command['name']} completes no option {option!r}")
    options: list[Json] = [
        {"name": name, "type": schema[name]["type"], "value": value}
        for name, value in given.items()
        if name in schema
    ]
    options.append({"name": option, "type": schema[option]["type"], "value": text, "focused": True})
    return _wrapped(command, path, options)


def option_names(command: Json, path: list[Json]) -> list[str]:
    """Return the names of a command's options."""
    return list(_schema(command, path))


def _schema(command: Json, path: list[Json]) -> dict[str, Json]:
    last = path[-1] if path else command
    return {option["name"]: option for option in last.get("options", [])}


def _wrapped(command: Json, path: list[Json], options: list[Json]) -> Json:
    for step in reversed(path):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def _value(option: Json, value: Any, resolver: Resolver) -> Any:
    """Return an option's value as Discord sends it."""
    name, kind = option["name"], option["type"]
    if kind in _KINDS:
        if not isinstance(value, _KINDS[kind]):
            raise PlaygroundError(
                f"the option {name!r} takes a {_KINDS[kind][0].__name__.lower()}, got {value!r}"
            )
        allowed_types = option.get("channel_types")
        if isinstance(value, Channel) and allowed_types and value.type not in allowed_types:
            raise PlaygroundError(f"the option {name!r} takes no channel of type {value.type.name.lower()}")
        return resolver.add(value)
    if kind == ATTACHMENT:
        filename, data = value
        return resolver.add(Upload(filename, data))
    choices = option.get("choices") or []
    if choices:
        return _choice(name, choices, value)
    plain = _plain_value(name, kind, value)
    _check_bounds(name, option, plain)
    return plain


def _plain_value(name: str, kind: int, value: Any) -> Any:
    if kind == BOOLEAN and isinstance(value, bool):
        return value
    if kind == STRING and isinstance(value, str):
        return value
    if kind == INTEGER and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    words = {STRING: "text", INTEGER: "a whole number", BOOLEAN: "True or False", NUMBER: "a number"}
    raise PlaygroundError(f"the option {name!r} takes {words[kind]}, got {value!r}")


def _choice(name: str, choices: list[Json], value: Any) -> Any:
    for choice in choices:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    raise PlaygroundError(
        f"the option {name!r} offers {', '.join(choice['name'] for choice in choices)}, got {value!r}"
    )


MAX_NUMBER: Final = 2**53
"""Discord takes no larger number in an option (API reference, "Application Command Option Type")."""


def _check_bounds(name: str, option: Json, value: Any) -> None:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        low, high = option.get("min_value", -MAX_NUMBER), option.get("max_value", MAX_NUMBER)
        if not low <= value <= high:
            raise PlaygroundError(f"the option {name!r} lies between {low:,} and {high:,}, got {value}")
    elif isinstance(value, str):
        low, high = option.get("min_length", 0), option.get("max_length", 6000)
        if not low <= len(value) <= high:
            raise PlaygroundError(f"the option {name!r} takes {low} to {high} characters, got {len(value)}")
