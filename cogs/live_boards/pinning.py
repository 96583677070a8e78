"""Pinning the message of a live board, where the bot may: people find it, whatever is written below."""

from __future__ import annotations

import logging
from typing import Final, Literal

import discord

from cogs.discord_failures import DISCORD_FAILURES
from cogs.text_places import TextPlace, may

__all__ = ["Pinning", "pin_message"]

log = logging.getLogger(__name__)

Pinning = Literal["pinned", "forbidden", "full", "failed"]
"""What came of it."""

_NO_ROOM: Final = 30003
"""Discord's API reference, "JSON Error Codes": the channel has as many pins as it can have."""


async def pin_message(place: TextPlace, message: discord.Message) -> Pinning:
    """Pin a message, if the bot may. Whatever comes of it, the message stays where it is."""
    if not may(place, "pin_messages"):
        return "forbidden"
    try:
        await message.pin()
    except DISCORD_FAILURES as problem:
        log.info("The live board of guild %s is not pinned: %s", place.guild.id, problem)
        if isinstance(problem, discord.Forbidden):
            return "forbidden"
        return "full" if getattr(problem, "code", 0) == _NO_ROOM else "failed"
    return "pinned"
