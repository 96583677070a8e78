"""Pinning the message of a live board, where the bot may: people find it, whatever is written below."""

from __future__ import annotations

import logging

import discord

from cogs.text_places import TextPlace

__all__ = ["may", "pin"]

log = logging.getLogger(__name__)


def may(place: TextPlace, permission: str) -> bool:
    """Tell whether the bot has a permission in a place; yes where that is not known."""
    if isinstance(place, discord.Thread) and place.parent is None:
        return True
    return bool(getattr(place.permissions_for(place.guild.me), permission))


async def pin(place: TextPlace, message: discord.Message) -> bool:
    """Pin a message, if the bot may; return whether it is pinned. The message stays where it is anyhow."""
    if not may(place, "pin_messages"):
        return False
    try:
        await message.pin()
    except discord.HTTPException as problem:
        log.info("The live board of guild %s is not pinned: %s", place.guild.id, problem)
        return False
    return True
