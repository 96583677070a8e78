"""`rewards`: which level earns which role, changed by those who manage the server and its roles."""

from __future__ import annotations

import logging
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.known_guilds import KnownGuilds
from cogs.prefixes import shown_prefix
from cogs.rewards.checks import check_assignable, check_may_assign
from cogs.rewards.keeper import RoleKeeper
from cogs.rewards.subscriber import RewardSubscriber
from cogs.rewards.wording import list_pages
from cogs.ui.choices import MAX_CHOICES
from cogs.ui.descriptions import describe_commands
from cogs.ui.events import event_id, guild_of
from cogs.ui.replies import reply_with_all
from leveling_core.errors import StoreError
from leveling_core.facts import RewardAddRequested, RewardRemovalRequested
from leveling_core.rewards import mode_of, role_mention

__all__ = ["RewardsCog"]

log = logging.getLogger(__name__)

_Context = commands.Context[Any]

GUILDS_OWN: Any = commands.parameter(default=None, displayed_default="the server's")
"""The mode of a reward that names none. Not ``Optional``: a wrong word would be taken for none given."""

MAX_TYPED_LEVEL = 1_000_000
"""A number up to here is a level, a larger one is the id of a role."""


class RewardsCog(LaurelCog):
    """Lets levels earn roles, and gives them. All of it needs the permission Manage Server."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self.guilds = KnownGuilds(bot)
        self.keeper = RoleKeeper(laurel.rewards, laurel.texts, laurel.clock)

    async def cog_load(self) -> None:
        """Follow the ledger."""
        subscriber = RewardSubscriber(self.bot, self.laurel, self.guilds, self.keeper)
        self.laurel.feed.subscribe(subscriber)

    async def cog_check(self, ctx: _Context) -> bool:
        """Let only those who manage the server through, whichever way the command was given."""
        if not isinstance(ctx.author, discord.Member):
            raise commands.NoPrivateMessage
        if not ctx.author.guild_permissions.manage_guild:
            raise commands.MissingPermissions(["manage_guild"])
        return True

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Let roles be given that had to wait for the connection."""
        self.guilds.note_connected()

    @commands.Cog.listener()
    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Let roles of a guild be given after an outage."""
        self.guilds.note_news()

    @commands.Cog.listener()
    async def on_guild_remove(self, _guild: discord.Guild) -> None:
        """Wait no longer for a guild that is left."""
        self.guilds.note_news()

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Note that Discord has changed a member; give the roles to one who may have some only now."""
        self.keeper.note_updated(after)
        if before.pending and not after.pending:
            await self._settle_admitted(after)

    @admin_group("rewards")
    async def rewards(self, ctx: _Context) -> None:
        """Show the rewards; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx)

    @admin_command(rewards, "list")
    async def list_rewards(self, ctx: _Context) -> None:
        """Show which level earns which role."""
        await self._list(ctx)

    @admin_command(rewards, "add")
    @commands.has_guild_permissions(manage_roles=True)
    async def add(
        self,
        ctx: _Context,
        level: commands.Range[int, 0, MAX_TYPED_LEVEL],
        role: discord.Role,
        mode: Literal["stack", "replace"] = GUILDS_OWN,
    ) -> None:
        """Let a level earn a role."""
        guild = guild_of(ctx)
        check_assignable(self.texts, guild, role.id)
        check_may_assign(ctx, role)
        fact = RewardAddRequested(
            guild.id, ctx.author.id, event_id(ctx), level, role.id, mode, ctx.channel.id
        )
        await self.laurel.rewards.add(fact)
        rules = (await self.leveling.get_rules(guild.id)).rules.rewards
        added = next((reward for reward in rules.roles if reward.role_id == role.id), None)
        text = self.texts(
            "rewards-added",
            level=level,
            role=role.mention,
            mode=mode_of(rules, added) if added is not None else rules.mode,
            prefix=shown_prefix(ctx, self.laurel),
        )
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())

    @admin_command(rewards, "remove")
    @commands.has_guild_permissions(manage_roles=True)
    async def remove(self, ctx: _Context, *, reward: str) -> None:
        """Let a role, or all roles of a level, be earned no more."""
        role_id, level = await self._find(ctx, reward)
        fact = RewardRemovalRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), role_id, level, ctx.channel.id
        )
        answer = await self.laurel.rewards.remove(fact)
        lines = [
            self.texts("rewards-removed", level=level, role=role_mention(role_id))
            for level, role_id in answer.removed
        ]
        lines.append(self.texts("rewards-removed-kept"))
        await ctx.send("\n".join(lines), allowed_mentions=discord.AllowedMentions.none())

    @remove.autocomplete("reward")
    async def _suggest_reward(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        guild, wanted = interaction.guild, typed.strip().lower().removeprefix("@")
        if guild is None:
            return []
        rules = await self.leveling.get_rules(guild.id)
        found = []
        for reward in rules.rules.rewards.roles:
            role = guild.get_role(reward.role_id)
            name = role.name if role is not None else str(reward.role_id)
            label = self.texts("rewards-choice", level=reward.level, role=name)
            if wanted in label.lower():
                found.append(app_commands.Choice(name=label[:100], value=str(reward.role_id)))
        return found[:MAX_CHOICES]

    async def _settle_admitted(self, member: discord.Member) -> None:
        try:
            await self.keeper.settle(member.guild, member.id)
        except StoreError as error:
            self.note_store_error(error, "giving roles to a member who was let in")
        except (discord.HTTPException, OSError) as error:
            log.warning("Member %s was let in and has no roles yet: %s", member.id, error)

    async def _list(self, ctx: _Context) -> None:
        guild = guild_of(ctx)
        ruleset = await self.leveling.get_rules(guild.id)
        await reply_with_all(ctx, list_pages(self.texts, guild, ruleset, shown_prefix(ctx, self.laurel)))

    @staticmethod
    async def _find(ctx: _Context, typed: str) -> tuple[int, int]:
        """Return the id of the role that is meant, or 0 and the level; the role may be gone.

        Raises:
            commands.RoleNotFound: Neither is meant.
        """
        text = typed.strip()
        number = text.removeprefix("<@&").removesuffix(">")
        if number.isascii() and number.isdigit() and len(number) < 20:  # noqa: PLR2004 -- digits of a snowflake
            return (int(number), 0) if int(number) > MAX_TYPED_LEVEL else (0, int(number))
        role = await commands.RoleConverter().convert(ctx, text.removeprefix("@"))
        return role.id, 0
