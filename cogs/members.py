"""Who is in a guild: members who leave drop from the boards, and return with their progress."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.base import LaurelCog
from leveling_core.errors import StoreError
from leveling_core.facts import MemberPresenceObserved

__all__ = ["MembersCog", "chunked"]

log = logging.getLogger(__name__)


async def chunked(guild: discord.Guild) -> bool:
    """Make sure that all members of a guild are known; tell whether they are."""
    if guild.chunked:
        return True
    try:
        await guild.chunk()
    except (discord.ClientException, TimeoutError) as error:
        log.warning("The members of guild %d are not known: %s", guild.id, error)
        return False
    return True


def _joined_at(member: discord.Member) -> int:
    """Return since when a member is there: ms UTC, 0 where Discord does not say."""
    return int(member.joined_at.timestamp() * 1000) if member.joined_at is not None else 0


class MembersCog(LaurelCog):
    """Notes who is here: as members come and go, and by comparing at start and daily."""

    JOB = "observe-members"

    async def cog_load(self) -> None:
        """Begin the daily comparison; compare at once in a bot that is up already."""
        self.laurel.schedule.every_day(self.JOB, self.observe_all)
        if self.bot.is_ready():
            await self.observe_all()

    async def cog_unload(self) -> None:
        """End the daily comparison."""
        self.laurel.schedule.drop(self.JOB)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Compare when a guild comes up: members may have left while the bot was away."""
        await self.observe(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Fix the defaults of a new guild; compare in one that has the bot back."""
        await self.observe(guild)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Put a returned member back onto the boards."""
        await self._note(member.guild.id, member, present=True, joined_at=_joined_at(member))

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Take a member who left off the boards; the raw event tells of members never seen, too."""
        await self._note(payload.guild_id, payload.user, present=False)

    async def observe_all(self) -> None:
        """Compare in every guild that is up."""
        for guild in list(self.bot.guilds):
            if not guild.unavailable:
                await self.observe(guild)

    async def observe(self, guild: discord.Guild) -> None:
        """Fix the defaults of a guild seen for the first time, and compare who is there with who was."""
        try:
            await self.leveling.guild_seen(guild.id)
            if await chunked(guild):
                await self.leveling.observe_members(
                    guild.id, lambda user_id: guild.get_member(user_id) is not None, self.laurel.clock
                )
                joined_at = {member.id: _joined_at(member) for member in guild.members if not member.bot}
                await self.leveling.observe_joins(guild.id, joined_at, self.laurel.clock())
        except StoreError as error:
            self.note_store_error(error, "comparing the members of a guild")

    async def _note(
        self, guild_id: int, user: discord.User | discord.Member, *, present: bool, joined_at: int = 0
    ) -> None:
        if user.bot:
            return
        fact = MemberPresenceObserved(guild_id, user.id, present, self.laurel.clock(), joined_at)
        try:
            await self.leveling.observe_presence(fact)
        except StoreError as error:
            self.note_store_error(error, "noting who came and went")
