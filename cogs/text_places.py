"""Places that messages go to, and whether the bot may write there."""

from __future__ import annotations

import discord

__all__ = ["TextPlace", "lacking_permission", "may"]

TextPlace = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""A channel of a guild that takes messages; voice channels have a text of their own."""


def may(place: TextPlace, permission: str) -> bool:
    """Tell whether the bot has a permission in a place; yes where that is not known."""
    permissions = _find_permissions(place)
    return permissions is None or bool(getattr(permissions, permission))


def lacking_permission(place: TextPlace) -> str | None:
    """Return the permission that the bot lacks to write in a place, as Discord names it.

    None if it lacks nothing, or if that is not known here.
    """
    permissions = _find_permissions(place)
    if permissions is None:
        return None
    if not permissions.view_channel:
        return "View Channel"
    if isinstance(place, discord.Thread):
        return None if permissions.send_messages_in_threads else "Send Messages in Threads"
    return None if permissions.send_messages else "Send Messages"


def _find_permissions(place: TextPlace) -> discord.Permissions | None:
    """Return what the bot may do in a place; None for a thread whose channel is not known."""
    if isinstance(place, discord.Thread) and place.parent is None:
        return None
    return place.permissions_for(place.guild.me)
