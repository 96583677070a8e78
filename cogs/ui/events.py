"""What a command's context says of the event behind it: its id, its instant, its author."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from leveling_core.ids import MemberKey, instant_of

__all__ = ["event_at", "event_id", "guild_of", "member_key", "place_of"]

_Context = commands.Context[Any]


def event_id(ctx: _Context) -> int:
    """Return the snowflake of the message or interaction that gave the command."""
    return ctx.interaction.id if ctx.interaction is not None else ctx.message.id


def place_of(channel: object) -> tuple[int, int]:
    """Return the ids of a channel and of the thread in it, 0 for none: a thread belongs to its parent."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id, channel.id
    return int(getattr(channel, "id", 0)), 0


def event_at(ctx: _Context) -> int:
    """Return when the command was given: ms since the epoch, UTC."""
    return instant_of(event_id(ctx))


def guild_of(ctx: _Context) -> discord.Guild:
    """Return the guild in which the command was given.

    Raises:
        commands.NoPrivateMessage: It was given in direct messages.
    """
    if ctx.guild is None:
        raise commands.NoPrivateMessage
    return ctx.guild


def member_key(ctx: _Context) -> MemberKey:
    """Name the member who gave the command.

    Raises:
        commands.NoPrivateMessage: It was given in direct messages.
    """
    return MemberKey(guild_of(ctx).id, ctx.author.id)
