"""Places that messages go to, and whether the bot may write there."""

from __future__ import annotations

import discord

__all__ = ["TextPlace", "lacking_permission"]

TextPlace = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""A channel of a guild that takes messages; voice channels have a text of their own."""


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
