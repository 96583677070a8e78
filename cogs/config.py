"""`config`: the rules of a server, shown and changed by those who manage it."""

from __future__ import annotations

from typing import Any, Literal, cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, managers_only, require_manager
from cogs.announcement_troubles import problem_text
from cogs.base import UserFacingError
from cogs.config_changes import change_rule, check_settable
from cogs.config_pages import overview_pages, section_pages
from cogs.config_values import find_rules, list_sections, resolve_value
from cogs.context import LaurelContext
from cogs.errors import quoted
from cogs.panel import Act, ConfigPanel, PanelHost
from cogs.prefixes import PREFIX_RULE, shown_prefix
from cogs.rewards.wording import list_trouble_lines
from cogs.status import StatusReport
from cogs.storage_status import StorageStatus, storage_status
from cogs.text_places import lacking_permission
from cogs.ui.choices import MAX_CHOICES, choices_of
from cogs.ui.descriptions import describe_commands
from cogs.ui.events import event_id, guild_of
from cogs.ui.replies import patience, reply_with_all
from cogs.ui.times import relative
from leveling_core.documents import AnnouncementsRecord, RulesRecord
from leveling_core.errors import NoSuchRuleError, UnknownRuleError
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import announcements_key
from leveling_core.rule_changes import RuleInfo, get_rule, list_rules

__all__ = ["ConfigCog"]

_Context = commands.Context[Any]
_Choices = list[app_commands.Choice[str]]


def _find_rule(typed: str) -> RuleInfo:
    """Return a rule by its name.

    Raises:
        UserFacingError: It is the name of a section.
        NoSuchRuleError: No rule is called so or similarly.
        UnknownRuleError: None is called so, or several are.
    """
    try:
        return get_rule(typed)
    except (NoSuchRuleError, UnknownRuleError):
        section = typed.strip().lower()
        if section not in list_sections():
            raise
        names = [info.name for info in list_rules() if info.name.startswith(f"{section}.")]
        rules = ", ".join(f"`{name}`" for name in names)
        raise UserFacingError("config-is-section", section=section, rules=rules) from None


class ConfigCog(PanelHost):
    """Shows and changes the rules of a server. All of it needs the permission Manage Server."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self._panel = ConfigPanel(self)
        self._status = StatusReport(self)

    async def cog_load(self) -> None:
        """Let panels work, also those of before a restart."""
        self._panel.open()

    async def cog_unload(self) -> None:
        """Let them work no more."""
        self._panel.close()

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take in the forms of panels."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self._panel.submitted(interaction)

    async def use_panel(self, interaction: discord.Interaction[Any], act: Act) -> None:
        """Do what a menu or a button of a panel says."""
        await self._panel.use(interaction, act)

    async def cog_check(self, ctx: _Context) -> bool:
        """Let only those who manage the server through, whichever way the command was given."""
        require_manager(ctx.author)
        return True

    @admin_group("config")
    async def config(self, ctx: _Context, *, section: str | None = None) -> None:
        """Show the rules of the server; by prefix alone, a slash group cannot be used itself."""
        await self._show(ctx, section)

    @admin_command(config, "show")
    async def show(self, ctx: _Context, section: str | None = None) -> None:
        """Show the rules of a section, or what differs from the defaults."""
        await self._show(ctx, section)

    @admin_command(config, "set")
    async def set_rule(self, ctx: _Context, rule: str, *, value: str) -> None:
        """Change one rule."""
        await self._change(ctx, rule, value)

    @admin_command(config, "reset")
    async def reset(self, ctx: _Context, rule: str) -> None:
        """Give one rule its default back."""
        await self._change(ctx, rule, None)

    @admin_command(config, "announce")
    async def announce(
        self, ctx: _Context, kind: Literal["level", "achievement", "goal", "event"], *, where: str
    ) -> None:
        """Choose where something is announced: a channel, where it happened, or nowhere."""
        await self._change(ctx, f"announcements.{kind}", where)

    @admin_command(config, "prefix")
    async def prefix(self, ctx: _Context, *, prefix: str) -> None:
        """Choose what commands begin with in this server."""
        await self._change(ctx, PREFIX_RULE, prefix)

    @admin_command(config, "enabled")
    async def enabled(self, ctx: _Context, state: Literal["on", "off"]) -> None:
        """Switch leveling on or off in this server."""
        await self._change(ctx, "general.enabled", state)

    @admin_command(config, "panel")
    async def panel(self, ctx: _Context, section: str | None = None) -> None:
        """Open a panel of menus and buttons."""
        await self._panel.show(ctx, (section or "").strip().lower())

    @admin_command(config, "status")
    async def status(self, ctx: _Context) -> None:
        """Tell whether all is well, to the asker alone where that is possible: channels may be hidden."""
        async with patience(ctx.interaction, ephemeral=True):
            pages = await self._status.make(guild_of(ctx), self._storage_status())
        await reply_with_all(ctx, pages, ephemeral=True)

    @show.autocomplete("section")
    @panel.autocomplete("section")
    @managers_only
    async def _suggest_section(self, _: discord.Interaction, typed: str) -> _Choices:
        return choices_of(name for name in list_sections() if typed.strip().lower() in name)

    @set_rule.autocomplete("rule")
    @reset.autocomplete("rule")
    @managers_only
    async def _suggest_rule(self, _: discord.Interaction, typed: str) -> _Choices:
        return choices_of(info.name for info in find_rules(typed))

    @set_rule.autocomplete("value")
    @managers_only
    async def _suggest_value(self, interaction: discord.Interaction, typed: str) -> _Choices:
        try:
            info = get_rule(str(interaction.namespace.rule))
        except (NoSuchRuleError, UnknownRuleError):
            return []
        values = info.target_words or (*info.choices, info.default)
        return choices_of(value for value in dict.fromkeys(values) if typed.strip().lower() in value.lower())

    @announce.autocomplete("where")
    @managers_only
    async def _suggest_where(self, interaction: discord.Interaction, typed: str) -> _Choices:
        guild, wanted = interaction.guild, typed.strip().lower().removeprefix("#")
        found = choices_of(word for word in ("here", "off") if wanted in word)
        if guild is not None:
            found += [
                app_commands.Choice(name=f"#{channel.name}"[:100], value=str(channel.id))
                for channel in guild.text_channels
                if wanted in channel.name.lower() and lacking_permission(channel) is None
            ]
        return found[:MAX_CHOICES]

    async def _show(self, ctx: _Context, section: str | None) -> None:
        guild_id, prefix = guild_of(ctx).id, shown_prefix(ctx, self.laurel)
        record = await self.leveling.get_rules_record(guild_id)
        if section is None:
            storage = self._storage_status()
            troubles = await self._list_troubles(guild_id)
            troubles += await self._list_role_troubles(guild_of(ctx), record)
            pages = overview_pages(self.texts, record, troubles, storage, prefix)
        else:
            name = section.strip().lower()
            if name not in list_sections():
                raise UserFacingError(
                    "config-no-section", section=quoted(section), sections=", ".join(list_sections())
                )
            pages = section_pages(self.texts, record, name, prefix)
        await reply_with_all(ctx, pages)

    def _storage_status(self) -> StorageStatus:
        return storage_status(self.texts, self.leveling.store.health, self.laurel.backups)

    async def _list_troubles(self, guild_id: int) -> list[str]:
        record = cast(AnnouncementsRecord, await self.leveling.store.read(announcements_key(guild_id)))
        return [
            self.texts(
                "config-show-trouble",
                problem=problem_text(self.laurel, trouble),
                since=relative(trouble.since_at),
            )
            for trouble in sorted(record.troubles.values(), key=lambda trouble: trouble.since_at)
        ]

    async def _list_role_troubles(self, guild: discord.Guild, record: RulesRecord) -> list[str]:
        state = await self.laurel.rewards.get_record(guild.id)
        return list_trouble_lines(self.texts, guild, record.ruleset, state)

    async def _change(self, ctx: _Context, typed_rule: str, typed_value: str | None) -> None:
        """Change a rule, or reset it with None, and tell its old and new value."""
        info, value, channel = _find_rule(typed_rule), None, None
        if typed_value is not None:
            check_settable(info)
            value, channel = await resolve_value(ctx, info.name, typed_value)
        fact = RulesChangeRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), {info.name: value}, ctx.channel.id
        )
        lines = await change_rule(
            self,
            fact,
            info.name,
            channel=channel,
            message=ctx.message,
            prefix=shown_prefix(ctx, self.laurel),
        )
        await ctx.send("\n".join(lines), allowed_mentions=discord.AllowedMentions.none())
