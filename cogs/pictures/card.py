"""`card`: how a member wants pictures to look; and pictures as text, for who presses the button for that."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.errors import quoted
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.card_controls import NOTHING, CardAct, CardItem, accent_form, act_of
from cogs.pictures.card_page import CardPage, make_card_page, titles_of, titles_of_backgrounds
from cogs.ui.choices import choices_of
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import text_twin
from cogs.ui.events import event_at, guild_of
from cogs.ui.replies import patience
from leveling_core.card_facts import CardChangeRequested
from leveling_core.ids import MemberKey, instant_of
from pictures import check_accent

__all__ = ["CardCog"]

log = logging.getLogger(__name__)

_Context = commands.Context[Any]
_Interaction = discord.Interaction[Any]

NO_CHOICE = frozenset({"", "default", "none", "server", "theme", NOTHING})
"""What is typed for what the server or the theme has."""


class CardCog(LaurelCog):
    """Lets members say how pictures look, and shows pictures as text."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._cards = laurel.pictures.cards

    async def cog_load(self) -> None:
        """Let menus and buttons work, also those of before a restart."""
        self.bot.add_dynamic_items(AsTextButton, CardItem)

    async def cog_unload(self) -> None:
        """Let them work no more."""
        self.bot.remove_dynamic_items(AsTextButton, CardItem)

    async def cog_check(self, ctx: _Context) -> bool:
        """Say that it is about a server before anything else is said to be missing."""
        guild_of(ctx)
        return True

    @admin_group("card", for_all=True)
    async def card(self, ctx: _Context) -> None:
        """Show the card; by prefix alone, a slash group cannot be used itself."""
        await self._show(ctx)

    @admin_command(card, "show", for_all=True)
    async def show(self, ctx: _Context) -> None:
        """Show the asker's card, with what changes it."""
        await self._show(ctx)

    @admin_command(card, "theme", for_all=True)
    async def theme(self, ctx: _Context, *, theme: str) -> None:
        """Choose a theme."""
        name = await self._find_theme(guild_of(ctx).id, theme)
        await self._change(
            ctx, CardChangeRequested(guild_id=guild_of(ctx).id, user_id=ctx.author.id, theme=name)
        )

    @admin_command(card, "accent", for_all=True)
    async def accent(self, ctx: _Context, *, colour: str) -> None:
        """Choose an accent colour."""
        accent = _read_accent(colour)
        await self._change(
            ctx, CardChangeRequested(guild_id=guild_of(ctx).id, user_id=ctx.author.id, accent=accent)
        )

    @admin_command(card, "background", for_all=True)
    async def background(self, ctx: _Context, *, background: str) -> None:
        """Choose a background."""
        name = await self._find_background(guild_of(ctx).id, background)
        await self._change(
            ctx, CardChangeRequested(guild_id=guild_of(ctx).id, user_id=ctx.author.id, background=name)
        )

    @admin_command(card, "text", for_all=True)
    async def text(self, ctx: _Context, state: Literal["on", "off"]) -> None:
        """Choose text instead of pictures, or pictures again."""
        await self._change(
            ctx,
            CardChangeRequested(guild_id=guild_of(ctx).id, user_id=ctx.author.id, text_only=state == "on"),
        )

    @admin_command(card, "reset", for_all=True)
    async def reset(self, ctx: _Context) -> None:
        """Forget what was chosen."""
        await self._change(
            ctx, CardChangeRequested(guild_id=guild_of(ctx).id, user_id=ctx.author.id, reset=True)
        )

    @theme.autocomplete("theme")
    async def _suggest_theme(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        assets = await self._cards.get_assets(interaction.guild_id or 0)
        return _fitting(("server", *titles_of(self.laurel.pictures.themes, assets)), typed)

    @background.autocomplete("background")
    async def _suggest_background(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        assets = await self._cards.get_assets(interaction.guild_id or 0)
        return _fitting(("none", *titles_of_backgrounds(self, assets)), typed)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: _Interaction) -> None:
        """Take in the form of an accent; discord.py knows only forms that this process has shown."""
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data
            act = act_of(data["custom_id"])
            if act is not None:
                await self._use(interaction, act, next(_typed(data["components"]), ""))

    async def use_card(self, interaction: _Interaction, act: CardAct) -> None:
        """Do what a menu or a button below a card says."""
        await self._use(interaction, act)

    async def show_twin(self, interaction: _Interaction, picture: str, argument: str) -> None:
        """Show a picture as text, to who pressed alone."""
        try:
            async with patience(interaction, ephemeral=True):
                embed = await self._twin(interaction, picture, argument)
            await _answer(interaction, embed)
        except discord.NotFound as problem:
            log.info("A picture could not be shown as text any more: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the button stay silent
            await self.answer_error(interaction, error)

    async def _twin(self, interaction: _Interaction, picture: str, argument: str) -> discord.Embed:
        twin = self.laurel.pictures.twins.get(picture)
        if twin is None or interaction.guild is None:
            raise UserFacingError("pictures-outdated")
        return await twin(interaction, interaction.guild, argument)

    async def _use(self, interaction: _Interaction, act: CardAct, typed: str | None = None) -> None:
        """Do what a menu, a button or the form says; whatever goes wrong is told to who used it alone."""
        try:
            member = _owner_of(interaction, act)
            guild = member.guild
            if act.action == "accent" and typed is None:
                card = await self._cards.get_card(MemberKey(guild.id, member.id))
                form = accent_form(self.texts, member.id, card.accent)
                await interaction.response.send_modal(form)
                form.stop()  # it comes back as an event; discord.py would remember it until then, or for ever
                return
            async with patience(interaction):
                await self._cards.change_card(await self._read_change(interaction, act, guild.id, typed))
                may_attach = interaction.app_permissions.attach_files
                page = await make_card_page(
                    self, guild, member, instant_of(interaction.id), may_attach=may_attach
                )
            await _replace(interaction, page)
        except discord.NotFound as problem:
            log.info("A card could not be changed any more: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the card stay silent
            await self.answer_error(interaction, error)

    async def _read_change(
        self, interaction: _Interaction, act: CardAct, guild_id: int, typed: str | None
    ) -> CardChangeRequested:
        """Return what was chosen."""
        change = partial(CardChangeRequested, guild_id=guild_id, user_id=act.user_id)
        match act.action:
            case "theme":
                return change(theme=await self._find_theme(guild_id, _chosen(interaction)))
            case "background":
                return change(background=await self._find_background(guild_id, _chosen(interaction)))
            case "accent":
                return change(accent=_read_accent(typed or ""))
            case "plain":
                return change(accent="")
            case "text" | "pictures":
                return change(text_only=act.action == "text")
            case "reset":
                return change(reset=True)

    async def _find_theme(self, guild_id: int, typed: str) -> str:
        assets = await self._cards.get_assets(guild_id)
        return _find("theme", titles_of(self.laurel.pictures.themes, assets), typed)

    async def _find_background(self, guild_id: int, typed: str) -> str:
        assets = await self._cards.get_assets(guild_id)
        return _find("background", titles_of_backgrounds(self, assets), typed)

    async def _change(self, ctx: _Context, fact: CardChangeRequested) -> None:
        await self._cards.change_card(fact)
        await self._show(ctx)

    async def _show(self, ctx: _Context) -> None:
        guild, member = guild_of(ctx), ctx.author
        if not isinstance(member, discord.Member):
            raise commands.NoPrivateMessage
        async with patience(ctx.interaction, ephemeral=True):
            page = await make_card_page(
                self, guild, member, event_at(ctx), may_attach=ctx.bot_permissions.attach_files
            )
        options: dict[str, Any] = {
            "view": page.view,
            "ephemeral": True,
            "allowed_mentions": discord.AllowedMentions.none(),
        }
        if page.file is not None:
            try:
                await ctx.send(page.text, file=page.file, **options)
            except discord.NotFound:
                raise
            except discord.HTTPException as problem:
                log.warning("Discord did not take the preview of a card: %s", problem)
            else:
                return
        await ctx.send(page.text, **options)


def _read_accent(typed: str) -> str:
    """Return an accent colour as it is kept, "" for that of the theme.

    Raises:
        UserFacingError: It is none.
    """
    text = typed.strip().lower()
    if text in NO_CHOICE:
        return ""
    try:
        return check_accent("#" + text.removeprefix("#"))
    except ValueError:
        raise UserFacingError("card-bad-accent", accent=quoted(typed)) from None


def _find(kind: str, known: Iterable[str], typed: str) -> str:
    """Return a name as it is kept, "" for no choice.

    Raises:
        UserFacingError: There is none of this name.
    """
    names, name = list(known), typed.strip().lower()
    if name in names:
        return name
    if name in NO_CHOICE:
        return ""
    raise UserFacingError(f"card-no-{kind}", name=quoted(typed), names=", ".join(names), count=len(names))


def _fitting(names: Iterable[str], typed: str) -> list[app_commands.Choice[str]]:
    return choices_of(name for name in names if typed.strip().lower() in name)


def _owner_of(interaction: _Interaction, act: CardAct) -> discord.Member:
    """Return who used a card, if it is that member's own.

    Raises:
        UserFacingError: It is somebody else's.
    """
    member = interaction.user
    if not isinstance(member, discord.Member) or member.id != act.user_id:
        raise UserFacingError("ui-not-your-pages", command="card show")
    return member


def _chosen(interaction: _Interaction) -> str:
    data: Any = interaction.data
    return str(data["values"][0])


def _typed(components: Iterable[Any]) -> Iterator[str]:
    """Yield what was typed into the field of a form, wherever in its layout it stands."""
    for component in components:
        if component.get("custom_id") == "accent":
            yield str(component["value"])
        yield from _typed(component.get("components", ()))
        if "component" in component:
            yield from _typed([component["component"]])


async def _replace(interaction: _Interaction, page: CardPage) -> None:
    """Show another page in place of the one that was used."""
    options: dict[str, Any] = {
        "content": page.text,
        "attachments": [page.file] if page.file is not None else [],
        "view": page.view,
        "allowed_mentions": discord.AllowedMentions.none(),
    }
    if interaction.response.is_done():
        await interaction.edit_original_response(**options)
    else:
        await interaction.response.edit_message(**options)


async def _answer(interaction: _Interaction, embed: discord.Embed) -> None:
    options: dict[str, Any] = {"ephemeral": True, "allowed_mentions": discord.AllowedMentions.none()}
    if interaction.app_permissions.embed_links:
        options["embed"] = embed
    else:
        options["content"] = text_twin(embed)
    if interaction.response.is_done():
        await interaction.followup.send(**options)
    else:
        await interaction.response.send_message(**options)
