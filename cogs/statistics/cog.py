"""A member's XP over time, the hours of the week, and two members side by side; each as a picture."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal, cast

import discord
from discord.ext import commands

from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.pictures import MakePicture, picture_for, reply_with_picture
from cogs.pictures.as_text import AsTextButton
from cogs.statistics.buttons import VIEWS, StatisticsView, ViewButton, ViewName, view_buttons
from cogs.statistics.comparison import ComparisonWriter
from cogs.statistics.drawings import heat_map, source_chart
from cogs.statistics.target import ASKER, Target
from cogs.statistics.words import busiest_text, describe_chart, describe_hours, left_out_text, short_text
from cogs.statistics.xp_text import hours_embed, statistics_embed
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import text_twin
from cogs.ui.events import event_at, guild_of
from cogs.ui.people import MEMBER_OR_AUTHOR, about, find_member, refuse_bot
from cogs.ui.replies import patience
from leveling_core.ids import MemberKey, instant_of
from pictures import Comparison, HeatMap, Look, SourceChart

__all__ = ["StatisticsCog"]

log = logging.getLogger(__name__)

STATISTICS, COMPARE = "xpstats", "compare"
"""What their pictures are called: their files, and their twins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a view shows.

    Attributes:
        twin: It as text.
        content: A short text above the picture.
        make: Gathers what the picture shows.
        alt: What the picture shows, in words.
    """

    twin: discord.Embed
    content: str
    make: MakePicture
    alt: str


class StatisticsCog(LaurelCog):
    """Shows what members earned, and when, and compares them."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        laurel.pictures.twins[STATISTICS] = self._statistics_as_text
        laurel.pictures.twins[COMPARE] = self._comparison_as_text

    async def cog_load(self) -> None:
        """Let buttons work, also those of before a restart."""
        self.bot.add_dynamic_items(ViewButton)

    async def cog_unload(self) -> None:
        """Let them work no more."""
        self.bot.remove_dynamic_items(ViewButton)

    @member_command(costly=True)
    async def xpstats(
        self,
        ctx: commands.Context[Any],
        days: Literal[7, 30, 90] | None = None,
        *,
        member: Target = ASKER,
    ) -> None:
        """Show what a member earned in the last days, by day and source."""
        await self._show(ctx, member.member, cast(ViewName, str(days or member.days or 7)))

    @member_command(costly=True)
    async def activity(
        self, ctx: commands.Context[Any], *, member: discord.Member = MEMBER_OR_AUTHOR
    ) -> None:
        """Show at which hours of the week a member is active."""
        await self._show(ctx, member, "hours")

    @member_command(costly=True)
    async def compare(
        self, ctx: commands.Context[Any], member: discord.Member, other: discord.Member = MEMBER_OR_AUTHOR
    ) -> None:
        """Show two members side by side; oneself beside the one, if only one is named."""
        left, right = (other, member) if other == ctx.author else (member, other)
        for one in (left, right):
            refuse_bot(self.texts, one)
        if left == right:
            raise UserFacingError("error-compare-same")
        guild = guild_of(ctx)

        async def make(look: Look) -> Comparison:
            avatars = await self.laurel.pictures.avatars.get_all((left, right))
            return writer.picture(look, (avatars[0], avatars[1]))

        async with patience(ctx.interaction):
            writer = await self._compare(guild, left, right, event_at(ctx))
            file = await picture_for(
                self, ctx, make, name=COMPARE, alt=writer.describe(), subject=cast(discord.Member, ctx.author)
            )
        await reply_with_picture(self, ctx, file, writer.embed(), as_text=(COMPARE, f"{left.id}:{right.id}"))

    async def _show(self, ctx: commands.Context[Any], member: discord.Member, name: ViewName) -> None:
        refuse_bot(self.texts, member)
        view = StatisticsView(name=name, member_id=member.id, asker_id=ctx.author.id)
        async with patience(ctx.interaction):
            shown = await self._look_at(guild_of(ctx), member, name, event_at(ctx))
            file = await picture_for(self, ctx, shown.make, name=STATISTICS, alt=shown.alt, subject=member)
        await reply_with_picture(
            self,
            ctx,
            file,
            shown.twin,
            as_text=_as_text(view),
            view=view_buttons(self.texts, view),
            twin_view=view_buttons(self.texts, view),
            content=shown.content,
        )

    async def turn(self, interaction: discord.Interaction[Any], view: StatisticsView) -> None:
        """Show another view in the place of the one that is there: for whoever asked for it only."""
        try:
            if interaction.user.id != view.asker_id:
                text = self.texts("ui-not-your-pages", command=STATISTICS)
                await interaction.response.send_message(text, ephemeral=True)
            elif interaction.guild is not None:
                await self._turn(interaction, interaction.guild, view)
        except discord.NotFound as problem:
            log.info("Statistics could not be turned any more: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the button stay silent
            await self.answer_error(interaction, error)

    async def _turn(
        self, interaction: discord.Interaction[Any], guild: discord.Guild, view: StatisticsView
    ) -> None:
        async with patience(interaction):
            member = await self._get_member(guild, view.member_id)
            shown = await self._look_at(guild, member, view.name, instant_of(interaction.id))
            file = await self._draw(interaction, guild, member, shown)
        if file is not None:
            buttons = view_buttons(self.texts, view)
            buttons.add_item(AsTextButton.of(self.texts, *_as_text(view)))
            try:
                await _edit(interaction, content=shown.content, embed=None, attachments=[file], view=buttons)
            except discord.NotFound:
                raise
            except discord.HTTPException as problem:
                log.warning("Discord did not take the picture of statistics: %s", problem)
            else:
                return
        may_embed = interaction.app_permissions.embed_links
        await _edit(
            interaction,
            content=None if may_embed else text_twin(shown.twin),
            embed=shown.twin if may_embed else None,
            attachments=[],
            view=view_buttons(self.texts, view),
        )

    async def _draw(
        self,
        interaction: discord.Interaction[Any],
        guild: discord.Guild,
        member: discord.Member,
        shown: _Shown,
    ) -> discord.File | None:
        if not interaction.app_permissions.attach_files:
            return None
        return await self.laurel.pictures.draw(
            shown.make,
            guild_id=guild.id,
            name=STATISTICS,
            alt=shown.alt,
            subject=member,
            asker_id=interaction.user.id,
        )

    async def _look_at(self, guild: discord.Guild, member: discord.Member, name: ViewName, at: int) -> _Shown:
        """Return what a view shows at an instant (ms UTC)."""
        texts, key = self.texts, MemberKey(guild.id, member.id)
        if name == "hours":
            hours = await self.laurel.statistics.get_week_hours(key, at)

            async def make_hours(look: Look) -> HeatMap:
                return heat_map(texts, hours, member, look)

            return _Shown(
                twin=about(hours_embed(texts, hours), texts, member),
                content="\n".join(filter(None, (busiest_text(texts, hours), left_out_text(texts, hours)))),
                make=make_hours,
                alt=describe_hours(texts, hours, member),
            )
        stats = await self.laurel.statistics.get_xp_stats(key, at, int(name))

        async def make_chart(look: Look) -> SourceChart:
            return source_chart(texts, stats, member, look)

        return _Shown(
            twin=about(statistics_embed(texts, self.leveling.catalogue, stats), texts, member),
            content=short_text(texts, stats),
            make=make_chart,
            alt=describe_chart(texts, stats, member),
        )

    async def _compare(
        self, guild: discord.Guild, left: discord.Member, right: discord.Member, at: int
    ) -> ComparisonWriter:
        compared = await self.laurel.statistics.compare(
            MemberKey(guild.id, left.id), MemberKey(guild.id, right.id), at
        )
        return ComparisonWriter(self.texts, compared, (left, right))

    async def _get_member(self, guild: discord.Guild, user_id: int) -> discord.Member:
        """Return a member of a guild.

        Raises:
            UserFacingError: There is none of that id (any more).
        """
        member = await find_member(guild, user_id)
        if member is None:
            raise UserFacingError("error-member-not-found", argument=str(user_id))
        return member

    async def _statistics_as_text(
        self, interaction: discord.Interaction, guild: discord.Guild, argument: str
    ) -> discord.Embed:
        """Return statistics as they are now; the picture shows them as they were."""
        name, _, user_id = argument.partition(":")
        if name not in VIEWS or not user_id.isdecimal():
            raise UserFacingError("pictures-outdated")
        member = await self._get_member(guild, int(user_id))
        return (await self._look_at(guild, member, name, instant_of(interaction.id))).twin

    async def _comparison_as_text(
        self, interaction: discord.Interaction, guild: discord.Guild, argument: str
    ) -> discord.Embed:
        ids = argument.split(":")
        if len(ids) != 2 or not all(map(str.isdecimal, ids)):  # noqa: PLR2004 -- two are compared
            raise UserFacingError("pictures-outdated")
        left, right = [await self._get_member(guild, int(user_id)) for user_id in ids]
        return (await self._compare(guild, left, right, instant_of(interaction.id))).embed()


def _as_text(view: StatisticsView) -> tuple[str, str]:
    return STATISTICS, f"{view.name}:{view.member_id}"


async def _edit(interaction: discord.Interaction[Any], **shown: Any) -> None:
    """Change the message whose button was pressed; nobody is pinged."""
    shown["allowed_mentions"] = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.edit_original_response(**shown)
    else:
        await interaction.response.edit_message(**shown)
