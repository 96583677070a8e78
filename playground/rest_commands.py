"""Routes about application commands, global and of a guild."""

from __future__ import annotations

from playground.errors import DiscordError, Json, missing_access, unknown
from playground.limits import check_command
from playground.rest import Call, Routes, json_object

routes = Routes()

_MAX_COMMANDS = 100
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> int | None:
    """Return the guild whose commands are meant, None for the global ones."""
    if call.number("application_id") != call.server.world.bot.id:
        raise missing_access()
    return call.get_guild().id if "guild_id" in call.path else None


def _commands(call: Call) -> dict[int, Json]:
    return call.server.world.commands.setdefault(_scope(call), {})


def _registered(call: Call, command: Json, known: dict[int, Json]) -> Json:
    """Return a command as Discord stores it; one that keeps its name and type keeps its id."""
    kind = command.get("type", 1)
    same = (number for number, old in known.items() if (old["name"], old["type"]) == (command["name"], kind))
    number = next(same, None) or call.server.world.clock.next_snowflake()
    stored = {
        "default_member_permissions": None,
        "dm_permission": True,
        "nsfw": False,
        "description": "",
        **command,
        "id": str(number),
        "type": kind,
        "application_id": str(call.server.world.bot.id),
        "version": str(number),
    }
    guild_id = _scope(call)
    if guild_id is not None:
        stored["guild_id"] = str(guild_id)
    return stored


@routes.add("GET", _GLOBAL)
@routes.add("GET", _GUILD)
def list_commands(call: Call) -> list[Json]:
    """Return the registered commands."""
    return list(_commands(call).values())


@routes.add("PUT", _GLOBAL)
@routes.add("PUT", _GUILD)
def overwrite_commands(call: Call) -> list[Json]:
    """Replace all commands of the scope."""
    known = _commands(call)
    if not isinstance(call.body, list):
        raise DiscordError(400, 50035, "Invalid Form Body", {"_errors": []})
    if sum(command.get("type", 1) == 1 for command in call.body) > _MAX_COMMANDS:
        raise DiscordError(400, 30032, "Maximum number of application commands reached (100).")
    for index, command in enumerate(call.body):
        check_command(str(index), command)
    names = [(command["name"], command.get("type", 1)) for command in call.body]
    if len(set(names)) != len(names):
        raise DiscordError(
            400, 50035, "Invalid Form Body", {"_errors": [{"code": "DUPLICATE", "message": "names"}]}
        )
    stored = [_registered(call, command, known) for command in call.body]
    call.server.world.commands[_scope(call)] = {int(command["id"]): command for command in stored}
    return stored


@routes.add("POST", _GLOBAL)
@routes.add("POST", _GUILD)
def create_command(call: Call) -> Json:
    """Add a command, or replace the one of the same name and type."""
    check_command("command", json_object(call.body))
    stored = _registered(call, call.body, _commands(call))
    _commands(call)[int(stored["id"])] = stored
    return stored


@routes.add("GET", _GLOBAL + "/{command_id}")
@routes.add("GET", _GUILD + "/{command_id}")
def get_command(call: Call) -> Json:
    """Return a command."""
    command = _commands(call).get(call.number("command_id"))
    if command is None:
        raise unknown("application command")
    return command


@routes.add("DELETE", _GLOBAL + "/{command_id}")
@routes.add("DELETE", _GUILD + "/{command_id}")
def delete_command(call: Call) -> None:
    """Remove a command."""
    if _commands(call).pop(call.number("command_id"), None) is None:
        raise unknown("application command")
