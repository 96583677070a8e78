"""Places that messages go to, and whether the bot may write there."""

from __future__ import annotations

import discord

__all__ = ["TextPlace", "lacking_permission", "may"]

TextPlace = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""A channel of a guild that takes messages; voice channels have a text of their own."""


def may(place: TextPlace, permission: str) -> bool:
    """Tell whether the bot has a permission in a place; yes where that is not known."""
    if isinstance(place, discord.Thread) and place.parent is None:
        return True
    return bool(getattr(place.permissions_for(place.guild.me), permission))


def lacking_permission(place: TextPlace) -> str | None:
    """Return the permission that the bot lacks to write in a place, as Discord names it.

    None if it lacks nothing, or if that is not known here: a thread whose channel is not known.
    """
    if isinstance(place, discord.Thread) and place.parent is None:
        return None
    permissions = place.permissions_for(place.guild.me)
    if not permissions.view_channel:
        return "View Channel"
    if isinstance(place, discord.Thread):
        return None if permissions.send_messages_in_threads else "Send Messages in Threads"
    return None if permissions.send_messages else "Send Messages"
