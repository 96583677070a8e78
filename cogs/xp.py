"""`xp`: XP given, taken, set and reset by hand by those who manage the server, and that taken back."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.profile import ProfileCog
from cogs.ui.anybody import ANYBODY, anybody_shown, name_by_id
from cogs.ui.commands import COSTLY_SECONDS, COSTLY_USES
from cogs.ui.descriptions import describe_commands
from cogs.ui.events import event_id, guild_of
from cogs.ui.hand_changes import HandChangeWriter
from cogs.ui.names import clean_name
from cogs.ui.people import MEMBER_OR_AUTHOR, refuse_bot
from cogs.ui.replies import patience
from leveling_core.amounts import read_amount
from leveling_core.facts import XpChangeRequested, XpUndoRequested

__all__ = ["XpCog"]

_Context = commands.Context[Any]
_Person = discord.Member | discord.User

AMOUNT: Any = commands.parameter()
"""A parameter that is needed, behind one that Python takes to have a default."""


class XpCog(LaurelCog):
    """Changes XP by hand. Every command needs the permission Manage Server, except the bare ``xp``."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self._writer = HandChangeWriter(laurel.texts, laurel.leveling.catalogue)

    # On the group, not on its function: that would share the count among all instances of the cog.
    @commands.cooldown(COSTLY_USES, COSTLY_SECONDS, commands.BucketType.member)
    @admin_group("xp")
    async def xp(self, ctx: _Context, *, member: discord.Member = MEMBER_OR_AUTHOR) -> None:
        """Show a profile, as anybody may; by prefix alone, a slash group cannot be used itself."""
        profile = self.bot.get_cog(ProfileCog.__cog_name__)
        if isinstance(profile, ProfileCog):
            await profile.profile(ctx, member=member)

    @admin_command(xp, "give")
    @commands.has_guild_permissions(manage_guild=True)
    async def give(
        self, ctx: _Context, member: _Person = ANYBODY, amount: str = AMOUNT, *, reason: str = ""
    ) -> None:
        """Give a member XP."""
        await self._change(ctx, "give", member, read_amount(amount), reason)

    @admin_command(xp, "take")
    @commands.has_guild_permissions(manage_guild=True)
    async def take(
        self, ctx: _Context, member: _Person = ANYBODY, amount: str = AMOUNT, *, reason: str = ""
    ) -> None:
        """Take XP from a member."""
        await self._change(ctx, "take", member, read_amount(amount), reason)

    @admin_command(xp, "set")
    @commands.has_guild_permissions(manage_guild=True)
    async def set_xp(
        self, ctx: _Context, member: _Person = ANYBODY, amount: str = AMOUNT, *, reason: str = ""
    ) -> None:
        """Set a member's XP."""
        await self._change(ctx, "set", member, read_amount(amount, least=0), reason)

    @admin_command(xp, "reset")
    @commands.has_guild_permissions(manage_guild=True)
    async def reset(self, ctx: _Context, member: _Person = ANYBODY, *, reason: str = "") -> None:
        """Set a member's XP to 0."""
        await self._change(ctx, "reset", member, 0, reason)

    @admin_command(xp, "undo")
    @commands.has_guild_permissions(manage_guild=True)
    async def undo(self, ctx: _Context) -> None:
        """Take back the last change that whoever asks has made."""
        guild = guild_of(ctx)
        async with patience(ctx.interaction):
            answer = await self.laurel.administration.undo_xp(
                XpUndoRequested(guild.id, ctx.author.id, event_id(ctx))
            )
        is_here = guild.get_member(answer.user_id) is not None
        name = await name_by_id(self.bot, guild, answer.user_id)
        await self._send(ctx, self._writer.write(answer, name, is_here=is_here))

    async def _change(
        self,
        ctx: _Context,
        mode: Literal["give", "take", "set", "reset"],
        person: _Person,
        amount_xp: int,
        reason: str,
    ) -> None:
        refuse_bot(self.texts, person)
        is_here = isinstance(person, discord.Member)
        fact = XpChangeRequested(
            guild_id=guild_of(ctx).id,
            user_id=person.id,
            actor_id=ctx.author.id,
            event_id=event_id(ctx),
            mode=mode,
            amount_xp=amount_xp,
            reason=" ".join(reason.split()) if clean_name(reason) else "",
            in_guild=is_here,
        )
        async with patience(ctx.interaction):
            answer = await self.laurel.administration.change_xp(fact)
        await self._send(ctx, self._writer.write(answer, anybody_shown(person), is_here=is_here))

    @staticmethod
    async def _send(ctx: _Context, text: str) -> None:
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())
