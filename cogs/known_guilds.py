"""Waiting for a guild until Discord has told of it."""

from __future__ import annotations

import asyncio

import discord
from discord.ext import commands

__all__ = ["KnownGuilds"]


class KnownGuilds:
    """Finds guilds for who follows the ledger, which goes on before Discord has told which guilds there are.

    Args:
        bot: Whom Discord knows.
    """

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        self._is_connected = bot.is_ready()
        self._news = asyncio.Event()

    def note_connected(self) -> None:
        """Note that the bot is ready: it knows its guilds, channels and members."""
        self._is_connected = True
        self._news.set()

    def note_news(self) -> None:
        """Note that a guild can be reached, now or again, is left, or lets the bot do other things."""
        self._news.set()

    async def find(self, guild_id: int) -> discord.Guild | None:
        """Return a guild, once Discord has told of it; None if the bot is in it no more."""
        while True:
            guild = self._bot.get_guild(guild_id)
            if guild is not None and not guild.unavailable:
                return guild
            if guild is None and self._is_connected:
                return None
            await self.wait_for_news()

    async def wait_for_news(self) -> None:
        """Wait until Discord tells something of a guild that may matter to who waits."""
        self._news.clear()
        await self._news.wait()
