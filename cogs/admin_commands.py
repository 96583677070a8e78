"""Making groups of commands for those who manage a server: with a prefix and as slash commands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate

import discord
from discord import app_commands
from discord.ext import commands

__all__ = [
    "AdminCommand",
    "AdminGroup",
    "admin_command",
    "admin_group",
    "is_for_all",
    "lone_admin_command",
    "managers_only",
    "require_manager",
]

_Callback = Callable[Concatenate[Any, commands.Context[Any], ...], Coroutine[Any, Any, None]]
AdminCommand = commands.HybridCommand[Any, ..., None]
AdminGroup = commands.HybridGroup[Any, ..., None]

FOR_ALL = "for_all"


def admin_group(name: str, *, for_all: bool = False) -> Callable[[_Callback], AdminGroup]:
    """Make a group; Discord hides its slash commands from those who do not manage the server.

    That is for tidiness alone: the cog checks the permission itself, for commands with a prefix too.

    Args:
        name: What it is called.
        for_all: Whether some of its commands are for all members, so that it must not be hidden.
    """

    def make(callback: _Callback) -> AdminGroup:
        shown = callback if for_all else app_commands.default_permissions(manage_guild=True)(callback)
        group: AdminGroup = commands.HybridGroup(
            shown, name=name, case_insensitive=True, ignore_extra=False, extras={FOR_ALL: for_all}
        )
        return commands.guild_only()(group)

    return make


def lone_admin_command(name: str) -> Callable[[_Callback], AdminCommand]:
    """Make a command that belongs to no group; Discord hides it as it hides a group."""

    def make(callback: _Callback) -> AdminCommand:
        command: AdminCommand = commands.HybridCommand(
            app_commands.default_permissions(manage_guild=True)(callback), name=name, ignore_extra=False
        )
        return commands.guild_only()(command)

    return make


def admin_command(
    group: AdminGroup, name: str, *, usage: str | None = None, for_all: bool = False
) -> Callable[[_Callback], AdminCommand]:
    """Make a command of a group. discord.py's own decorator does the same, in types beyond mypy.

    Args:
        group: The group.
        name: What it is called in the group.
        usage: What is typed after its name with a prefix, where its parameters do not say it.
        for_all: Whether members may use it who do not manage the server; see ``is_for_all``.
    """

    def make(callback: _Callback) -> AdminCommand:
        command: AdminCommand = commands.HybridCommand(
            callback,
            name=name,
            parent=group,
            ignore_extra=False,
            usage=usage,
            extras={FOR_ALL: for_all},
        )
        group.add_command(command)
        return command

    return make


def is_for_all(command: commands.Command[Any, ..., Any] | None) -> bool:
    """Tell whether members may use a command of those who manage the server."""
    return command is not None and bool(command.extras.get(FOR_ALL))


def require_manager(who: discord.User | discord.Member) -> None:
    """Let only those through who manage the server, whichever way they ask.

    Raises:
        commands.NoPrivateMessage: They are in no server.
        commands.MissingPermissions: They do not manage it.
    """
    if not isinstance(who, discord.Member):
        raise commands.NoPrivateMessage
    if not who.guild_permissions.manage_guild:
        raise commands.MissingPermissions(["manage_guild"])


def _manages(interaction: discord.Interaction) -> bool:
    require_manager(interaction.user)
    return True


managers_only = app_commands.check(_manages)
"""Let a function suggest values to those alone who manage the server. discord.py looks at no permission of a
command for what it suggests, and names of channels are not for everybody."""
