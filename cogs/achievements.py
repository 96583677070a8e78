"""Achievements: all of them by category, and the nearest ones."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from cogs.context import LaurelContext
from cogs.ui.achievements import AchievementWriter
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import set_author
from cogs.ui.events import event_at, guild_of, member_key
from cogs.ui.pages import Page, PageButton, PagesCog, Turn, page_template
from cogs.ui.people import MEMBER_OR_AUTHOR, about, find_member, refuse_bot
from cogs.ui.replies import patience, reply
from leveling_core.ids import MemberKey

__all__ = ["AchievementsButton", "AchievementsCog"]


class AchievementsButton(PageButton, template=page_template("achievements")):
    """A button below a list of achievements."""

    book = "achievements"
    cog_name = "LaurelAchievements"


class AchievementsCog(PagesCog):
    """Shows achievements."""

    button = AchievementsButton
    command_name = "achievements"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._writer = AchievementWriter(self.texts, self.leveling.catalogue)

    @member_command(costly=True)
    async def achievements(
        self, ctx: commands.Context[Any], *, member: discord.Member = MEMBER_OR_AUTHOR
    ) -> None:
        """Show the achievements of a member, by category."""
        refuse_bot(self.texts, member)
        turn = Turn(subject=str(member.id), page=1, asker_id=ctx.author.id)
        async with patience(ctx.interaction):
            page = await self._page(guild_of(ctx), member, turn, event_at(ctx))
        await self.show_page(ctx, page)

    @member_command()
    async def nextachievement(self, ctx: commands.Context[Any]) -> None:
        """Show the achievements that are nearest to whoever gives the command."""
        async with patience(ctx.interaction):
            near = await self.leveling.list_next_achievements(member_key(ctx), event_at(ctx))
        embed = self._writer.nearest(near)
        if isinstance(ctx.author, discord.Member):
            about(embed, self.texts, ctx.author)
        await reply(ctx, embed)

    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:
        """Make a page of a member's achievements; a page beyond the end is the last one."""
        return await self._page(guild, await find_member(guild, int(turn.subject)), turn, at)

    async def _page(self, guild: discord.Guild, member: discord.Member | None, turn: Turn, at: int) -> Page:
        statuses = await self.leveling.list_achievements(MemberKey(guild.id, int(turn.subject)), at)
        pages = self._writer.split(statuses)
        number = min(max(turn.page, 1), len(pages))
        embed = self._writer.page(statuses, pages, number, at)
        if member is not None:
            about(embed, self.texts, member)
        else:
            set_author(embed, self.texts("ui-former-member"), None)
        return Page(embed=embed, choices=self.turning(turn, number, len(pages)))
