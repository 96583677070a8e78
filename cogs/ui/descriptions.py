"""What commands say of themselves: their help, and what Discord shows beside a slash command."""

from __future__ import annotations

from typing import Any

from discord.ext import commands

from data.texts import Texts

__all__ = ["describe_commands"]


def describe_commands(cog: commands.Cog, texts: Texts) -> None:
    """Give every command of a cog its description from the texts, and every parameter its own.

    The texts are named ``command-<name>`` and ``command-<name>-<parameter>``.

    Raises:
        ContentError: One of them is missing.
    """
    for command in cog.walk_commands():
        name = "command-" + command.qualified_name.replace(" ", "-")
        command.help = texts(name)
        slash: Any = getattr(command, "app_command", None)
        if slash is None:
            continue
        slash.description = command.help
        for parameter in getattr(slash, "parameters", ()):
            described = texts(f"{name}-{parameter.name.replace('_', '-')}")
            # discord.py reads descriptions of parameters from decorators only, before there are any texts.
            slash._params[parameter.name].description = described  # noqa: SLF001 -- there is no public way
