"""Sending to channels that may be gone, locked or forbidden, without asking Discord what is known already."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from cogs.text_places import TextPlace, lacking_permission, may

__all__ = ["FORBIDDEN", "GONE", "UNSUITABLE", "Draw", "find_problem", "send_to_channel"]

log = logging.getLogger(__name__)

Draw = Callable[[], Awaitable[discord.File | None]]
"""Draws a picture; None where there can be none."""

GONE = "gone"
FORBIDDEN = "forbidden"
UNSUITABLE = "unsuitable"

LASTING_CODES = frozenset({50008, 50024, 50083, 160005})
"""Refusals of a channel that trying again does not mend: no text channel, wrong type, archived, locked
(Discord's API reference, "JSON Error Codes")."""


async def send_to_channel(
    guild: discord.Guild,
    channel_id: int,
    messages: Sequence[str],
    *,
    nonce: str,
    mentions: discord.AllowedMentions,
    draw: Draw | None = None,
) -> str:
    """Send messages to a channel of a guild, each once however often this is called with one nonce.

    Args:
        guild: The guild.
        channel_id: A text channel, a thread (archived or not), or the text of a voice channel.
        messages: In order; none is longer than Discord takes.
        nonce: Names them to Discord: of a second message with one nonce, Discord makes nothing.
        mentions: Whom they may ping.
        draw: Draws a picture for the first message, None for none. Text goes without one that cannot be
            drawn, that is not allowed there, or that Discord does not take.

    Returns:
        Why it cannot be done: ``gone``, ``forbidden`` or ``unsuitable``; "" if it is done.

    Raises:
        discord.HTTPException: Discord failed; it may work later.
        OSError: Discord could not be reached.
    """
    channel = await _find_place(guild, channel_id)
    if isinstance(channel, str):
        return channel
    try:
        for number, message in enumerate(messages):
            options: dict[str, Any] = {"nonce": f"{nonce}-{number}", "allowed_mentions": mentions}
            file = await draw() if draw is not None and not number and may(channel, "attach_files") else None
            if file is None or not await _send_with(channel, message, file, options):
                await channel.send(message, **options)
    except discord.HTTPException as error:
        problem = find_problem(error)
        if not problem:
            raise
        log.info("Channel %s of guild %s: %s (%s)", channel_id, guild.id, problem, error)
        return problem
    return ""


async def _send_with(channel: TextPlace, message: str, file: discord.File, options: dict[str, Any]) -> bool:
    """Send a message with a picture; tell whether Discord took it.

    Raises:
        discord.DiscordServerError: Discord failed; it may work later, and the message may be there.
    """
    try:
        await channel.send(message, file=file, **options)
    except discord.DiscordServerError:
        raise
    except discord.HTTPException as error:
        log.info("Channel %s: a picture was not taken, its text goes alone: %s", channel.id, error)
        return False
    return True


async def _find_place(guild: discord.Guild, channel_id: int) -> TextPlace | str:
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        try:
            found = await guild.fetch_channel(channel_id)  # an archived thread is not cached
        except discord.InvalidData:
            return GONE  # it belongs to another guild
        except discord.HTTPException as error:
            problem = find_problem(error)
            if not problem:
                raise
            return problem
        channel = found
    if not isinstance(channel, TextPlace):
        return UNSUITABLE
    # What Discord would refuse is not asked for: refusals again and again get a bot banned for a while.
    return channel if lacking_permission(channel) is None else FORBIDDEN


def find_problem(error: discord.HTTPException) -> str:
    """Return why a channel or person cannot be written to, or "" if trying again may do."""
    if isinstance(error, discord.NotFound):
        return GONE
    if isinstance(error, discord.Forbidden):
        return FORBIDDEN
    return UNSUITABLE if error.code in LASTING_CODES else ""
