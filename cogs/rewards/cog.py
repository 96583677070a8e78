"""`rewards`: which level earns which role, changed by those who manage the server and its roles."""

from __future__ import annotations

import logging
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, is_for_all, managers_only, require_manager
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.known_guilds import KnownGuilds
from cogs.members import chunked
from cogs.prefixes import shown_prefix
from cogs.rewards.checks import check_assignable, check_may_assign, check_may_give, check_may_sync
from cogs.rewards.keeper import RoleKeeper
from cogs.rewards.subscriber import RewardSubscriber
from cogs.rewards.sync import SyncRunner
from cogs.rewards.sync_buttons import SyncButton, SyncPress, sync_view
from cogs.rewards.sync_report import SyncReporter
from cogs.rewards.troubles import RoleTroubleTeller
from cogs.rewards.wording import list_pages
from cogs.rewards.worker import RewardWorkers
from cogs.ui.choices import MAX_CHOICES
from cogs.ui.descriptions import describe_commands
from cogs.ui.events import event_id, guild_of
from cogs.ui.names import unquoted
from cogs.ui.packing import packed
from cogs.ui.replies import patience, reply_with_all
from leveling_core.documents import SyncRecord
from leveling_core.errors import LevelingOffError, StoreError, SyncRunningError
from leveling_core.facts import RewardAddRequested, RewardRemovalRequested
from leveling_core.rewards import mode_of, role_mention

__all__ = ["RewardsCog"]

log = logging.getLogger(__name__)

_Context = commands.Context[Any]

GUILDS_OWN: Any = commands.parameter(default=None, displayed_default="the server's")
"""The mode of a reward that names none. Not ``Optional``: a wrong word would be taken for none given."""

_QUIET = discord.AllowedMentions.none()

MAX_TYPED_LEVEL = 1_000_000
"""A number up to here is a level, a larger one is the id of a role."""


class RewardsCog(LaurelCog):
    """Lets levels earn roles, and gives them. All but looking needs the permissions of an admin."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self.guilds = KnownGuilds(bot)
        self.keeper = RoleKeeper(laurel.rewards, laurel.texts, laurel.clock)
        self.reporter = SyncReporter(laurel.texts)
        self.runner = SyncRunner(laurel.rewards, self.guilds, self.keeper, self.reporter, laurel.clock)
        teller = RoleTroubleTeller(bot, laurel)
        self.workers = RewardWorkers(laurel, self.guilds, self.keeper, teller)

    async def cog_load(self) -> None:
        """Follow the ledger, let the buttons work, and go on with what was under way."""
        self.laurel.feed.subscribe(RewardSubscriber(self.laurel, self.workers))
        self.bot.add_dynamic_items(SyncButton)
        if self.bot.is_ready():
            await self._go_on()

    async def cog_unload(self) -> None:
        """Leave everything where it is, and forget the buttons."""
        self.bot.remove_dynamic_items(SyncButton)
        await self.runner.close()
        await self.workers.close()

    async def cog_check(self, ctx: _Context) -> bool:
        """Let everybody look, and only those who manage the server change anything."""
        if not is_for_all(ctx.command):
            require_manager(ctx.author)
        return True

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Let roles be given that had to wait for the connection, and syncs go on."""
        self.guilds.note_connected()
        await self._go_on()

    @commands.Cog.listener()
    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Let roles of a guild be given after an outage."""
        self.guilds.note_news()

    @commands.Cog.listener()
    async def on_guild_remove(self, _guild: discord.Guild) -> None:
        """Wait no longer for a guild that is left."""
        self.guilds.note_news()

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Try again what could not be given: the order of roles or a permission may have changed."""
        self._try_again(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Try again what could not be given: the bot's highest role may be another one now."""
        self._try_again(role.guild)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Give the roles back to who returns, whatever is known of having been away."""
        await self._owe(member)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Note that Discord has changed a member; give the roles to one who may have some only now."""
        self.keeper.note_updated(after)
        if before.pending and not after.pending:
            await self._owe(after)
        if after == after.guild.me and before.roles != after.roles:
            self._try_again(after.guild)

    def _try_again(self, guild: discord.Guild) -> None:
        self.guilds.note_news()
        self.workers.try_again(guild.id)

    async def _owe(self, member: discord.Member) -> None:
        """Note that a member's roles are to be compared, if there are any to be had."""
        guild_id = member.guild.id
        try:
            [roles] = await self.laurel.rewards.list_wanted(guild_id, [member.id])
            if roles.wanted:
                await self.laurel.rewards.owe(guild_id, {member.id: self.laurel.clock()})
                self.workers.nudge(guild_id)
        except StoreError as error:
            self.note_store_error(error, "noting that a member is owed roles")

    @admin_group("rewards", for_all=True)
    async def rewards(self, ctx: _Context) -> None:
        """Show the rewards; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx)

    @admin_command(rewards, "list", for_all=True)
    async def list_rewards(self, ctx: _Context) -> None:
        """Show which level earns which role."""
        await self._list(ctx)

    @admin_command(rewards, "add")
    @commands.has_guild_permissions(manage_roles=True)
    async def add(
        self,
        ctx: _Context,
        level: int,
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
        await ctx.send(text, allowed_mentions=_QUIET)

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
        for text in packed(lines):
            await ctx.send(text, allowed_mentions=_QUIET)

    @admin_command(rewards, "sync")
    @commands.has_guild_permissions(manage_roles=True)
    async def sync(self, ctx: _Context) -> None:
        """Show how many members have other roles than their levels earn, with a button that changes it."""
        guild = guild_of(ctx)
        await self._refuse_sync(guild, shown_prefix(ctx, self.laurel))
        async with patience(ctx.interaction):
            if not await chunked(guild):
                raise UserFacingError("rewards-sync-members-unknown")
            preview = await self.runner.preview(guild)
        if not preview.changing:
            left_since_at = self.laurel.clock() if preview.withheld else 0
            await self.laurel.rewards.note_all_right(guild.id, left_since_at)
        options: dict[str, Any] = {}
        if preview.changing:
            asker_id, expected = ctx.author.id, preview.changing
            options["view"] = sync_view(self.texts, asker_id, "start", "cancel", expected=expected)
        text = self.reporter.preview_text(preview)
        await ctx.send(text, allowed_mentions=_QUIET, **options)

    @remove.autocomplete("reward")
    @managers_only
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

    async def _go_on(self) -> None:
        """Go on with what an earlier process has begun."""
        for guild in list(self.bot.guilds):
            try:
                record = await self.laurel.rewards.get_record(guild.id)
            except StoreError as error:
                self.note_store_error(error, "looking for roles that are owed")
                continue
            if record.owed:
                self.workers.nudge(guild.id)
            if record.sync is not None:
                self.runner.go_on(guild.id)

    async def _refuse_sync(self, guild: discord.Guild, prefix: str) -> None:
        """Refuse a sync where one is under way, or where there is nothing to give or no way to give it.

        Raises:
            SyncRunningError: One is under way.
            LevelingOffError: Leveling is off.
            UserFacingError: No role is a reward, or the bot may give none.
        """
        running = (await self.laurel.rewards.get_record(guild.id)).sync
        if running is not None:
            self.runner.go_on(guild.id)
            raise SyncRunningError(done=running.done, members=running.members, begun_at=running.begun_at)
        ruleset = await self.leveling.get_rules(guild.id)
        if not ruleset.enabled:
            raise LevelingOffError
        if not ruleset.rules.rewards.roles:
            raise UserFacingError("rewards-none", prefix=prefix)
        check_may_give(self.texts, guild)

    async def press_sync(self, interaction: discord.Interaction[Any], press: SyncPress) -> None:
        """Answer a pressed button: for whoever gave the command, and to stop for all who may begin a sync."""
        try:
            if press.action != "stop" and interaction.user.id != press.asker_id:
                text = self.texts("ui-not-your-pages", command="rewards sync")
                await interaction.response.send_message(text, ephemeral=True)
            elif interaction.guild is not None and interaction.message is not None:
                check_may_sync(interaction)
                await self._press_sync(interaction, interaction.guild, interaction.message, press)
        except discord.NotFound as problem:
            log.info("A button of a sync was pressed too late: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the button stay silent
            await self.answer_error(interaction, error)

    async def _press_sync(
        self,
        interaction: discord.Interaction[Any],
        guild: discord.Guild,
        message: discord.Message,
        press: SyncPress,
    ) -> None:
        text, view = self.texts("rewards-sync-cancelled"), None
        async with patience(interaction):
            if press.action == "start":
                sync = await self.runner.begin(guild.id, self._sync(interaction, message, press))
                text = self.reporter.progress_text(sync)
                view = sync_view(self.texts, sync.actor_id, "stop")
            elif press.action == "stop":
                ended = await self.runner.stop(guild.id, interaction.user.id)
                text = self.texts("rewards-sync-over")
                if ended is not None:
                    text = self.reporter.end_text(ended, stopped=True)
        try:
            if interaction.response.is_done():
                await interaction.edit_original_response(content=text, view=view, allowed_mentions=_QUIET)
            else:
                await interaction.response.edit_message(content=text, view=view, allowed_mentions=_QUIET)
        finally:
            if press.action == "start":
                self.runner.go_on(guild.id)

    def _sync(
        self, interaction: discord.Interaction[Any], message: discord.Message, press: SyncPress
    ) -> SyncRecord:
        return SyncRecord(
            actor_id=interaction.user.id,
            channel_id=message.channel.id,
            message_id=message.id,
            begun_at=self.laurel.clock(),
            expected=press.expected,
        )

    async def _list(self, ctx: _Context) -> None:
        guild = guild_of(ctx)
        ruleset = await self.leveling.get_rules(guild.id)
        for_admins = isinstance(ctx.author, discord.Member) and ctx.author.guild_permissions.manage_guild
        prefix = shown_prefix(ctx, self.laurel)
        await reply_with_all(ctx, list_pages(self.texts, guild, ruleset, prefix, for_admins=for_admins))

    @staticmethod
    async def _find(ctx: _Context, typed: str) -> tuple[int, int]:
        """Return the id of the role that is meant, or 0 and the level; the role may be gone.

        Raises:
            commands.RoleNotFound: Neither is meant.
        """
        text = unquoted(typed)
        number = text.removeprefix("<@&").removesuffix(">")
        if number.isascii() and number.isdigit() and len(number) < 20:  # noqa: PLR2004 -- digits of a snowflake
            return (int(number), 0) if int(number) > MAX_TYPED_LEVEL else (0, int(number))
        role = await commands.RoleConverter().convert(ctx, text.removeprefix("@"))
        return role.id, 0
