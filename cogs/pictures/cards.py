"""`cards`: the themes and backgrounds of a server, brought and removed by those who manage it."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, is_for_all, managers_only, require_manager
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.pictures.assets import check_asset_name, read_asset
from cogs.pictures.service import as_file
from cogs.prefixes import shown_prefix
from cogs.ui.choices import choices_of
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.events import event_at, event_id, guild_of
from cogs.ui.names import shown_line
from cogs.ui.replies import patience, reply_with_all
from cogs.ui.times import relative
from leveling_core.card_changes import assets_of
from leveling_core.card_facts import AssetAddRequested, AssetRemovalRequested
from leveling_core.documents import AssetNote

__all__ = ["CardsCog"]

_Context = commands.Context[Any]
_Kind = Literal["theme", "background"]

_TITLE_COLUMNS = 40


class CardsCog(LaurelCog):
    """Shows themes and backgrounds to everybody; changing them needs the permission Manage Server."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._cards = laurel.pictures.cards

    async def cog_check(self, ctx: _Context) -> bool:
        """Let everybody look, and only those who manage the server change anything."""
        if not is_for_all(ctx.command):
            require_manager(ctx.author)
        return True

    @admin_group("cards", for_all=True)
    async def cards(self, ctx: _Context) -> None:
        """Show what there is; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx)

    @admin_command(cards, "list", for_all=True)
    async def list_assets(self, ctx: _Context) -> None:
        """Show the themes and backgrounds there are."""
        await self._list(ctx)

    @admin_command(cards, "add")
    async def add(self, ctx: _Context, kind: _Kind, name: str, file: discord.Attachment) -> None:
        """Bring a theme or a background, in place of one of the same name."""
        guild, member = guild_of(ctx), ctx.author
        if not isinstance(member, discord.Member):
            raise commands.NoPrivateMessage
        called = check_asset_name(self, kind, name)
        async with patience(ctx.interaction):
            asset = await read_asset(self, kind, called, file, member, event_at(ctx))
            fact = AssetAddRequested(
                guild_id=guild.id,
                actor_id=member.id,
                event_id=event_id(ctx),
                kind=kind,
                name=called,
                title=asset.title,
                content=asset.content,
            )
            replaced = await self._cards.add_asset(fact)
        text = self.texts("cards-replaced" if replaced else "cards-added", kind=kind, name=called)
        options: dict[str, Any] = {}
        if ctx.bot_permissions.attach_files:
            options["file"] = as_file(asset.preview, "preview", self.texts("cards-preview", name=called))
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none(), **options)

    @admin_command(cards, "remove")
    async def remove(self, ctx: _Context, kind: _Kind, name: str) -> None:
        """Remove a theme or a background; who has chosen it has the server's theme again."""
        fact = AssetRemovalRequested(
            guild_id=guild_of(ctx).id,
            actor_id=ctx.author.id,
            event_id=event_id(ctx),
            kind=kind,
            name=name.strip().lower(),
        )
        await self._cards.remove_asset(fact)
        rules = (await self.leveling.get_rules(fact.guild_id)).rules.pictures
        if kind == "theme" and rules.theme == fact.name:
            record = await self._cards.get_assets(fact.guild_id)
            text = self.texts(
                "cards-removed-servers",
                name=fact.name,
                theme=self.laurel.pictures.looks.find_theme(record, rules.theme),
                prefix=shown_prefix(ctx, self.laurel),
            )
        else:
            text = self.texts("cards-removed", kind=kind, name=fact.name)
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())

    @remove.autocomplete("name")
    @managers_only
    async def _suggest_name(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        kind = getattr(interaction.namespace, "kind", None)
        record = await self._cards.get_assets(interaction.guild_id or 0)
        names = assets_of(record, "background" if kind == "background" else "theme")
        return choices_of(name for name in names if typed.strip().lower() in name)

    async def _list(self, ctx: _Context) -> None:
        guild_id = guild_of(ctx).id
        rules = (await self.leveling.get_rules(guild_id)).rules.pictures
        record = await self._cards.get_assets(guild_id)
        theme = self.laurel.pictures.looks.find_theme(record, rules.theme)
        themes = [
            self.texts("cards-theme", name=name, title=title)
            for name, title in self.laurel.pictures.themes.items()
        ]
        themes += [self._asset(name, note) for name, note in record.themes.items()]
        backgrounds = [
            self.texts("cards-theme", name=name, title=self.texts(f"background-{name}"))
            for name in self.laurel.pictures.backgrounds
        ]
        backgrounds += [self._asset(name, note) for name, note in record.backgrounds.items()]
        embed = new_embed(
            title=self.texts("cards-title"),
            description=self.texts("cards-server-theme", name=theme),
            footer=self.texts("ui-footer"),
        )
        fields = [
            (self.texts("cards-themes"), themes),
            (self.texts("cards-backgrounds"), backgrounds),
        ]
        await reply_with_all(ctx, spread_fields(embed, fields))

    def _asset(self, name: str, note: AssetNote) -> str:
        return self.texts(
            "cards-own",
            name=name,
            title=shown_line(note.title, _TITLE_COLUMNS),
            actor=f"<@{note.actor_id}>",
            when=relative(note.at),
        )
