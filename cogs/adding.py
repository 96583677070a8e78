"""Adding cogs to a bot that may be somebody else's: what is taken already stays theirs."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.base import LaurelCog

__all__ = ["Added", "add_cog", "remove_cog"]

logger = logging.getLogger(__name__)

MAX_SLASH_COMMANDS = 100
"""How many global slash commands Discord allows a bot (API reference, "Application Commands")."""

AnyCommand = commands.Command[Any, ..., Any]
SlashCommand = app_commands.Command[Any, ..., Any] | app_commands.Group


@dataclass(slots=True)
class Added:
    """A cog that was added to a bot.

    Attributes:
        cog: The cog.
        slash_only: Its slash commands whose prefix half was left out, so that the bot does not know that
            they belong to the cog.
    """

    cog: LaurelCog
    slash_only: list[SlashCommand] = field(default_factory=list)


def _slash_of(command: AnyCommand) -> SlashCommand | None:
    return getattr(command, "app_command", None) or None


def _keep_free_aliases(bot: commands.Bot, command: AnyCommand) -> None:
    taken = [alias for alias in command.aliases if bot.get_command(alias) is not None]
    if taken:
        logger.info("Taken in this bot, so %s goes without: alias %s", command.name, ", ".join(taken))
        command.aliases = [alias for alias in command.aliases if alias not in taken]


def _keep_free_slash(bot: commands.Bot, command: AnyCommand) -> None:
    slash = _slash_of(command)
    if slash is None:
        return
    if bot.tree.get_command(slash.name) is not None:
        logger.warning("Taken in this bot and left out: the slash command /%s", slash.name)
    elif len(bot.tree.get_commands(type=discord.AppCommandType.chat_input)) >= MAX_SLASH_COMMANDS:
        logger.warning("This bot has no room for another slash command; left out: /%s", slash.name)
    else:
        return
    cast("commands.HybridCommand[Any, ..., Any]", command).app_command = None


async def add_cog(bot: commands.Bot, cog: LaurelCog) -> Added | None:
    """Add a cog with those of its commands, aliases and slash commands whose names are free.

    What is taken is logged and left out. The two halves of a hybrid command are looked at separately: where
    a host has a ``!daily``, ours is still there as ``/daily``.

    Returns:
        What was added, or None if a cog of its name is there already.
    """
    if bot.get_cog(cog.qualified_name) is not None:
        logger.warning("Taken in this bot and left out: the cog %s", cog.qualified_name)
        return None
    added = Added(cog)
    left_out: set[str] = set()
    for command in cog.__cog_commands__:
        command.cog = cog  # as the bot does for those that it adds itself
        if command.parent is not None:
            continue
        _keep_free_aliases(bot, command)
        _keep_free_slash(bot, command)
        if bot.get_command(command.name) is not None:
            logger.warning("Taken in this bot and left out: the command %s", command.name)
            left_out.add(command.name)
            slash = _slash_of(command)
            if slash is not None:
                added.slash_only.append(slash)
    cog.__cog_commands__ = [c for c in cog.__cog_commands__ if (c.root_parent or c).name not in left_out]
    await bot.add_cog(cog)
    for slash in added.slash_only:
        bot.tree.add_command(slash)
    return added


async def remove_cog(bot: commands.Bot, added: Added) -> None:
    """Remove a cog and everything that was added with it."""
    for slash in added.slash_only:
        bot.tree.remove_command(slash.name)
    if bot.get_cog(added.cog.qualified_name) is added.cog:
        await bot.remove_cog(added.cog.qualified_name)
