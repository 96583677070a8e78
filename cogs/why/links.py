"""Links to messages: what somebody pasted, and the message behind it, if the asker may see it."""

from __future__ import annotations

import re
from typing import NamedTuple

import discord

__all__ = ["MessageLink", "find_message", "jump_url", "read_link"]

_LINK = re.compile(
    r"<?(?:https?://)?(?:(?:ptb|canary|www)\.)?discord(?:app)?\.com/channels"
    r"/(?P<guild>[0-9]{15,20})/(?P<channel>[0-9]{15,20})/(?P<message>[0-9]{15,20})/?>?",
    re.IGNORECASE,
)

_Place = discord.abc.GuildChannel | discord.Thread


class MessageLink(NamedTuple):
    """A message as a link names it: ids of its guild, its channel or thread, and its own."""

    guild_id: int
    place_id: int
    message_id: int


def read_link(text: str) -> MessageLink | None:
    """Return the message that a text links to, or None if it is no such link."""
    found = _LINK.fullmatch(text.strip())
    return MessageLink(*map(int, found.groups())) if found else None


def jump_url(guild_id: int, place_id: int, message_id: int) -> str:
    """Return the link to a message."""
    return f"https://discord.com/channels/{guild_id}/{place_id}/{message_id}"


async def find_message(asker: discord.Member, link: MessageLink) -> discord.Message | None:
    """Return the message behind a link, or None for any reason there is.

    It may be of another server, deleted, or in a place that the asker or the bot cannot read: nobody should
    be able to tell one from the other.

    Raises:
        discord.HTTPException: Discord failed.
    """
    if link.guild_id != asker.guild.id:
        return None
    try:
        place = await _find_place(asker.guild, link.place_id)
        if not isinstance(place, discord.abc.Messageable) or not await _can_read(asker, place):
            return None
        return await place.fetch_message(link.message_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None


async def _find_place(guild: discord.Guild, place_id: int) -> _Place:
    """Return a channel or thread; Discord is asked for a thread that is archived."""
    return guild.get_channel_or_thread(place_id) or await guild.fetch_channel(place_id)


async def _can_read(asker: discord.Member, place: _Place) -> bool:
    """Tell whether somebody may read the messages of a place, those of before included."""
    if isinstance(place, discord.Thread) and place.parent is None:
        return False
    permissions = place.permissions_for(asker)
    if not permissions.view_channel or not permissions.read_message_history:
        return False
    if not isinstance(place, discord.Thread) or not place.is_private() or permissions.manage_threads:
        return True
    await place.fetch_member(asker.id)  # not found: not invited
    return True
