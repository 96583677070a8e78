"""How a command is typed."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from discord.ext import commands

__all__ = ["ALSO", "other_names", "usage_of"]

ALSO = "also"
"""Under this key a command's extras hold names under which another command does the same."""


def usage_of(command: commands.Command[Any, ..., Any], prefix: str) -> str:
    """Return how a command is typed: ``<needed>``, ``[optional]``, choices with ``|`` between."""
    if command.usage is not None and prefix != "/":
        return f"{prefix}{command.qualified_name} {command.usage}"
    parts = [f"{prefix}{command.qualified_name}"]
    for name, parameter in command.clean_params.items():
        literal = get_origin(parameter.converter) is Literal
        shown = "|".join(map(str, get_args(parameter.converter))) if literal else name
        parts.append(f"<{shown}>" if parameter.required else f"[{shown}]")
    return " ".join(parts)


def other_names(command: commands.Command[Any, ..., Any]) -> list[str]:
    """Return the other names under which a command with a prefix is known."""
    return [*command.aliases, *command.extras.get(ALSO, ())]
