"""How a command is typed."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from discord.ext import commands

__all__ = ["ALSO", "children_of", "may_use", "other_names", "usage_of"]

ALSO = "also"
"""Under this key a command's extras hold names under which another command does the same."""


def children_of(group: commands.Group[Any, ..., Any]) -> list[commands.Command[Any, ..., Any]]:
    """Return the commands of a group in the order of their definition; ``Group.commands`` is a set."""
    return list(dict.fromkeys(group.all_commands.values()))


async def may_use(ctx: commands.Context[Any], command: commands.Command[Any, ..., Any]) -> bool:
    """Tell whether whoever asks may use a command here."""
    try:
        return await command.can_run(ctx)
    except commands.CommandError:
        return False


def usage_of(command: commands.Command[Any, ..., Any], prefix: str) -> str:
    """Return how a command is typed: ``<needed>``, ``[optional]``, choices with ``|`` between."""
    if command.usage is not None and prefix != "/":
        return f"{prefix}{command.qualified_name} {command.usage}"
    parts = [f"{prefix}{command.qualified_name}"]
    for name, parameter in command.clean_params.items():
        choices = _choices_of(parameter.converter)
        shown = "|".join(choices) or name
        parts.append(f"<{shown}>" if parameter.required else f"[{shown}]")
    return " ".join(parts)


def _choices_of(converter: Any) -> list[str]:
    """Return what a parameter can be, if it is one of a few words that may be left out or not."""
    for kind in (converter, *get_args(converter)):
        if get_origin(kind) is Literal:
            return list(map(str, get_args(kind)))
    return []


def other_names(command: commands.Command[Any, ..., Any]) -> list[str]:
    """Return the other names under which a command with a prefix is known."""
    return [*command.aliases, *command.extras.get(ALSO, ())]
