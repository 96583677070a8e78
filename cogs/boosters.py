"""Who boosts a guild: looked at when it comes up, daily, and whenever a member's boosting changes."""

from __future__ import annotations

import datetime as dt

import discord
from discord.ext import commands

from cogs.base import LaurelCog
from cogs.members import chunked
from leveling_core.errors import StoreError
from leveling_core.facts import BoostObserved

__all__ = ["BoostersCog"]


def _instant(moment: dt.datetime | None) -> int:
    return 0 if moment is None else int(moment.timestamp() * 1000)


class BoostersCog(LaurelCog):
    """Notes who boosts since when: it raises what they earn, and its days unlock achievements."""

    JOB = "track-boosters"

    async def cog_load(self) -> None:
        """Begin the daily look; look at once in a bot that is up already."""
        self.laurel.schedule.every_day(self.JOB, self.track_boosters)
        if self.bot.is_ready():
            await self.track_boosters()

    async def cog_unload(self) -> None:
        """End the daily look."""
        self.laurel.schedule.drop(self.JOB)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look when a guild comes up."""
        await self.track_boosters_of(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Look when the bot joins a guild."""
        await self.track_boosters_of(guild)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Note at once that a member began or ended boosting."""
        if before.premium_since != after.premium_since:
            await self._note(after, _instant(after.premium_since))

    @commands.Cog.listener()
    async def on_member_remove(self, member: discord.Member) -> None:
        """Note that a booster left: the boost leaves with the member."""
        if member.premium_since is not None:
            await self._note(member, 0)

    async def track_boosters(self) -> None:
        """Look at the boosters of every guild that is up."""
        for guild in list(self.bot.guilds):
            if not guild.unavailable:
                await self.track_boosters_of(guild)

    async def track_boosters_of(self, guild: discord.Guild) -> None:
        """Look at the boosters of a guild: all who are not among its boosters now boost no longer."""
        if not await chunked(guild):
            return
        since = {m.id: _instant(m.premium_since) for m in guild.premium_subscribers if not m.bot}
        try:
            await self.leveling.track_boosters(guild.id, since, self.laurel.clock())
        except StoreError as error:
            self.note_store_error(error, "tracking boosters")

    async def _note(self, member: discord.Member, boosting_since: int) -> None:
        if member.bot:
            return
        fact = BoostObserved(member.guild.id, member.id, boosting_since, self.laurel.clock())
        try:
            await self.leveling.observe_boost(fact)
        except StoreError as error:
            self.note_store_error(error, "noting a boost")
