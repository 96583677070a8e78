"""Adding cogs to a bot that may be somebody else's: what is taken already stays theirs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import discord
from discord.ext import commands

from cogs.base import HybridAny, LaurelCog

__all__ = ["add_cog", "refuse_clash", "remove_cog"]

log = logging.getLogger(__name__)

MAX_SLASH_COMMANDS = 100
"""How many global slash commands Discord allows a bot (API reference, "Application Commands")."""

_AnyCommand = commands.Command[Any, ..., Any]


def _as_hybrid(command: _AnyCommand) -> HybridAny | None:
    """Return a command as a hybrid one that still has its slash half, else None."""
    if isinstance(command, commands.HybridCommand | commands.HybridGroup) and command.app_command:
        return command
    return None


def _keep_free_aliases(bot: commands.Bot, command: _AnyCommand) -> None:
    taken = [alias for alias in command.aliases if bot.get_command(alias) is not None]
    if taken:
        log.info("Taken in this bot, so %s goes without: alias %s", command.name, ", ".join(taken))
        command.aliases = [alias for alias in command.aliases if alias not in taken]


def _keep_free_slash(bot: commands.Bot, command: _AnyCommand) -> None:
    hybrid = _as_hybrid(command)
    if hybrid is None:
        return
    if bot.tree.get_command(command.name) is not None:
        log.warning("Taken in this bot and left out: the slash command /%s", command.name)
    elif len(bot.tree.get_commands(type=discord.AppCommandType.chat_input)) >= MAX_SLASH_COMMANDS:
        log.warning("This bot has no room for another slash command; left out: /%s", command.name)
    else:
        return
    # As discord.py itself has it for a hybrid without a slash half; a group's must never be None.
    if isinstance(hybrid, commands.HybridGroup):
        hybrid.app_command = discord.utils.MISSING
    else:
        hybrid.app_command = None


def refuse_clash(bot: commands.Bot, cogs: Iterable[type[LaurelCog]]) -> None:
    """Refuse a bot that has cogs of our names: without one of them a whole feature would be missing.

    Raises:
        discord.ClientException: It has some; the text names them and says what to do.
    """
    taken = [cog.__cog_name__ for cog in cogs if bot.get_cog(cog.__cog_name__) is not None]
    if taken:
        raise discord.ClientException(
            f"This bot has cogs of Laurel's names already: {', '.join(taken)}. If they are Laurel's own,"
            " close what was installed before; if they are yours, give them other names: class"
            ' MyCog(commands.Cog, name="Mine").'
        )


async def add_cog(bot: commands.Bot, cog: LaurelCog) -> None:
    """Add a cog with those of its commands, aliases and slash commands whose names are free.

    What is taken is logged and left out. The two halves of a hybrid command are looked at separately: where
    a host has a ``!daily``, ours is still there as ``/daily``.

    Raises:
        discord.ClientException: The bot has a cog of its name.
    """
    left_out: set[str] = set()
    for command in cog.__cog_commands__:
        command.cog = cog  # as the bot does for those that it adds itself
        if command.parent is not None:
            continue
        _keep_free_aliases(bot, command)
        _keep_free_slash(bot, command)
        if bot.get_command(command.name) is not None:
            log.warning("Taken in this bot and left out: the command %s", command.name)
            left_out.add(command.name)
            hybrid = _as_hybrid(command)
            if hybrid is not None:
                cog.slash_only.append(hybrid)
    cog.__cog_commands__ = [c for c in cog.__cog_commands__ if (c.root_parent or c).name not in left_out]
    await bot.add_cog(cog)
    for hybrid in cog.slash_only:
        if hybrid.app_command is not None:
            bot.tree.add_command(hybrid.app_command)


async def remove_cog(bot: commands.Bot, cog: LaurelCog) -> None:
    """Remove a cog and everything that was added with it."""
    for hybrid in cog.slash_only:
        bot.tree.remove_command(hybrid.name)
    if bot.get_cog(cog.qualified_name) is cog:
        await bot.remove_cog(cog.qualified_name)
