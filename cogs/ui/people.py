"""Members as replies need them: whom a command is about, what they are called, how many people there are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from operator import attrgetter
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.base import UserFacingError
from cogs.ui.embeds import set_author
from cogs.ui.names import plain_name, shown_name, unquoted
from data.texts import Texts

__all__ = [
    "MEMBER_OR_AUTHOR",
    "about",
    "fetch_member",
    "find_member",
    "human_members",
    "members_of",
    "names_of",
    "refuse_bot",
]

log = logging.getLogger(__name__)

_QUERY_SECONDS = 1.0
"""How long a reply waits for names: they are nice to have, and the reply has three seconds in all."""

_MAX_QUERY = 100
"""User ids in one request for members (Discord's API reference, "Request Guild Members")."""


def refuse_bot(texts: Texts, member: discord.Member | discord.User) -> None:
    """Refuse a bot as the one whom a command is about.

    Raises:
        UserFacingError: It is a bot.
    """
    if member.bot:
        name = shown_name(member.display_name, texts("ui-nobody"))
        raise UserFacingError("error-bot-target", name=name)


def about(embed: discord.Embed, texts: Texts, member: discord.Member | discord.User) -> discord.Embed:
    """Say in an embed's first line whom it is about; return the embed."""
    set_author(embed, plain_name(member.display_name, texts("ui-nobody")), member.display_avatar.url)
    return embed


def human_members(guild: discord.Guild) -> int:
    """Count the members of a guild that are not bots.

    While not all members are known, those unknown count as people: what is known of bots is taken off.
    """
    bots = sum(member.bot for member in guild.members)
    return max(0, (guild.member_count or len(guild.members)) - bots)


async def names_of(texts: Texts, guild: discord.Guild, user_ids: Collection[int]) -> dict[int, str]:
    """Return how members are called, by user id, ready to be shown; one request at most, however many.

    One who cannot be found has left and is called so; if that cannot be known now, a mention stands there,
    which Discord itself turns into a name and which pings nobody in an embed.
    """
    found, asked = await _find(guild, user_ids)
    nobody, former = texts("ui-nobody"), texts("ui-former-member")
    names = {user_id: former if asked else f"<@{user_id}>" for user_id in user_ids}
    names.update({user_id: shown_name(member.display_name, nobody) for user_id, member in found.items()})
    return names


async def members_of(guild: discord.Guild, user_ids: Collection[int]) -> dict[int, discord.Member]:
    """Return those of several members who can be found, by user id; one request at most, however many."""
    return (await _find(guild, user_ids))[0]


async def _find(guild: discord.Guild, user_ids: Collection[int]) -> tuple[dict[int, discord.Member], bool]:
    """Return those of several members who can be found, and whether the others are known to be gone."""
    found = {user_id: member for user_id in user_ids if (member := guild.get_member(user_id))}
    unknown = [user_id for user_id in user_ids if user_id not in found]
    asked = guild.chunked
    if unknown and not asked:
        asked = await _query(guild, unknown[:_MAX_QUERY], found)
    return found, asked


async def find_member(guild: discord.Guild, user_id: int) -> discord.Member | None:
    """Return a member of a guild, asking Discord if it must; None for one who left or cannot be found now."""
    found: dict[int, discord.Member] = {}
    member = guild.get_member(user_id)
    if member is None and not guild.chunked:
        await _query(guild, [user_id], found)
    return member or found.get(user_id)


async def fetch_member(guild: discord.Guild, user_id: int) -> discord.Member | None:
    """Ask Discord for a member whom the cache does not hold; None for one who is not there.

    Raises:
        discord.HTTPException: Discord failed.
    """
    try:
        return await guild.fetch_member(user_id)
    except discord.NotFound:
        return None


async def _query(guild: discord.Guild, user_ids: list[int], found: dict[int, discord.Member]) -> bool:
    """Ask Discord for members over the gateway; tell whether it answered in time."""
    try:
        async with asyncio.timeout(_QUERY_SECONDS):
            members = await guild.query_members(user_ids=user_ids, limit=len(user_ids), cache=True)
    except (TimeoutError, discord.DiscordException) as problem:
        log.info("Names of %d members could not be asked for: %s", len(user_ids), problem)
        return False
    found.update({member.id: member for member in members})
    return True


class _MemberConverter(commands.MemberConverter, app_commands.Transformer):
    """Finds a member as discord.py does, also by a name in quotation marks where that takes all the rest."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord offers for it in a slash command."""
        return discord.AppCommandOptionType.user

    async def convert(self, ctx: commands.Context[Any], argument: str) -> discord.Member:
        """Find whom somebody has typed.

        Raises:
            commands.MemberNotFound: Nobody is called so.
        """
        return await super().convert(ctx, unquoted(argument))

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> discord.Member:
        """Take whom somebody has picked.

        Raises:
            commands.MemberNotFound: That is nobody of this server.
        """
        if not isinstance(value, discord.Member):
            raise commands.MemberNotFound(str(value))
        return value


MEMBER_OR_AUTHOR: Any = commands.parameter(
    default=attrgetter("author"), displayed_default="you", converter=_MemberConverter
)
"""A command's parameter that is a member: the one who gives the command if left out.

Not ``Optional``: with that, discord.py would take a name that it cannot find for none given.
"""
