"""Achievements: a gallery of all of them by category or tier, and the nearest ones."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from cogs.context import LaurelContext
from cogs.ui.achievements import AchievementWriter, Grouping
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import set_author
from cogs.ui.events import event_at, guild_of, member_key
from cogs.ui.pages import Choice, Page, PageButton, PagesCog, Turn, page_template
from cogs.ui.people import MEMBER_OR_AUTHOR, about, find_member, human_members, refuse_bot
from cogs.ui.replies import patience, reply
from leveling_core.ids import MemberKey

__all__ = ["AchievementsButton", "AchievementsCog"]

_BY_TIER = "t"
"""Before a member's id in a button: by tier, not by category."""


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
        """Show the achievements of a member, by category at first."""
        refuse_bot(self.texts, member)
        turn = Turn(subject=str(member.id), page=1, asker_id=ctx.author.id)
        async with patience(ctx.interaction):
            page = await self._page(guild_of(ctx), member, turn, event_at(ctx))
        await self.show_page(ctx, page)

    @member_command(ignore_extra=False)
    async def nextachievement(self, ctx: commands.Context[Any]) -> None:
        """Show the achievements that are nearest to whoever gives the command."""
        async with patience(ctx.interaction):
            near = await self.leveling.list_next_achievements(member_key(ctx), event_at(ctx))
        embed = self._writer.nearest(near, human_members(guild_of(ctx)))
        if isinstance(ctx.author, discord.Member):
            about(embed, self.texts, ctx.author)
        await reply(ctx, embed)

    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:
        """Make a page of a member's achievements; a page beyond the end is the last one."""
        return await self._page(guild, await find_member(guild, _member_id(turn)), turn, at)

    async def _page(self, guild: discord.Guild, member: discord.Member | None, turn: Turn, at: int) -> Page:
        statuses = await self.leveling.list_achievements(MemberKey(guild.id, _member_id(turn)), at)
        pages = self._writer.split(statuses, _grouping(turn))
        number = min(max(turn.page, 1), len(pages))
        embed = self._writer.page(statuses, pages, number, at=at, members=human_members(guild))
        if member is not None:
            about(embed, self.texts, member)
        else:
            set_author(embed, self.texts("ui-former-member"), None)
        return Page(embed=embed, choices=self._choices(turn, number, len(pages)))

    def _choices(self, turn: Turn, number: int, pages: int) -> tuple[Choice, ...]:
        turning = self.turning(turn, number, pages)
        if not turning:
            return ()
        by_tier = _grouping(turn) == "tier"
        subject = f"{'' if by_tier else _BY_TIER}{_member_id(turn)}"
        other = Turn(subject=subject, page=1, asker_id=turn.asker_id, action="group")
        label = self.texts("achievements-by-category" if by_tier else "achievements-by-tier")
        return *turning, Choice(label=label, turn=other, enabled=True)


def _member_id(turn: Turn) -> int:
    """Return whose achievements a turn is about."""
    return int(turn.subject.removeprefix(_BY_TIER))


def _grouping(turn: Turn) -> Grouping:
    """Return what a turn groups achievements by."""
    return "tier" if turn.subject.startswith(_BY_TIER) else "category"
