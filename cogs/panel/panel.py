"""`config panel`: the rules in menus, buttons and forms, for whoever manages the server and presses first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import discord
from discord.ext import commands

from cogs.admin_commands import require_manager
from cogs.base import LaurelCog, UserFacingError
from cogs.config_changes import change_rule, check_settable
from cogs.config_values import list_sections
from cogs.errors import quoted
from cogs.panel.items import Act, PanelItem, act_of
from cogs.panel.pages import FORM_FIELD, PanelPage, rule_form, rule_page, section_page
from cogs.text_places import TextPlace
from cogs.ui.embeds import text_twin
from cogs.ui.events import guild_of
from cogs.ui.replies import patience, reply
from leveling_core.facts import RulesChangeRequested
from leveling_core.rule_changes import RuleInfo, get_rule

__all__ = ["ConfigPanel"]

log = logging.getLogger(__name__)

_Interaction = discord.Interaction[Any]


class ConfigPanel:
    """Shows the panel and does what is chosen in it.

    Everything that a menu or button does stands in its custom id, so a panel is never too old. Who uses it
    must manage the server at that moment, whoever has asked for it.

    Args:
        cog: The cog to which it belongs.
    """

    def __init__(self, cog: LaurelCog) -> None:
        self._cog = cog
        self._texts = cog.texts

    def open(self) -> None:
        """Let panels work, also those of before a restart."""
        self._cog.bot.add_dynamic_items(PanelItem)

    def close(self) -> None:
        """Let them work no more."""
        self._cog.bot.remove_dynamic_items(PanelItem)

    async def show(self, ctx: commands.Context[Any], section: str = "") -> None:
        """Answer a command with a panel."""
        page = await self._section(guild_of(ctx).id, section)
        await reply(ctx, page.embed, view=page.view)

    async def submitted(self, interaction: _Interaction) -> None:
        """Take a form in; one that is not of a panel is left to whose it is.

        discord.py knows only forms that this process has shown, so they are taken from the event itself.
        """
        data: Any = interaction.data
        act = act_of(data["custom_id"])
        if act is not None:
            await self.use(interaction, act, next(_typed(data["components"]), ""))

    async def use(self, interaction: _Interaction, act: Act, typed: str = "") -> None:
        """Do what a menu, a button or a form says; whatever goes wrong is told to who used it alone.

        Args:
            interaction: Its use.
            act: What it says.
            typed: What was typed into the form.
        """
        try:
            require_manager(interaction.user)
            if interaction.guild is not None and interaction.message is not None:
                await self._use(interaction, interaction.guild, interaction.message, act, typed)
        except discord.NotFound as problem:
            log.info("A panel could not be changed any more: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the panel stay silent
            await self._cog.answer_error(interaction, error)

    async def _use(
        self, interaction: _Interaction, guild: discord.Guild, message: discord.Message, act: Act, typed: str
    ) -> None:
        if act.action == "change":
            await self._show_form(interaction, guild, get_rule(act.subject))
            return
        async with patience(interaction):
            page = await self._page_after(interaction, guild, message, act, typed)
        await _replace(interaction, message, page)

    async def _page_after(
        self, interaction: _Interaction, guild: discord.Guild, message: discord.Message, act: Act, typed: str
    ) -> PanelPage:
        """Do what was chosen, and return the page that it leads to."""
        if act.action == "section":
            return await self._section(guild.id, _chosen(interaction))
        if act.action == "back":
            return await self._section(guild.id, act.subject)
        if act.action == "rule":
            return await self._rule(guild.id, get_rule(_chosen(interaction)))
        return await self._change(interaction, guild, message, act, typed)

    async def _change(
        self, interaction: _Interaction, guild: discord.Guild, message: discord.Message, act: Act, typed: str
    ) -> PanelPage:
        """Change a rule, and return its page with what came of it."""
        info, channel, value, seen = get_rule(act.subject), None, None, {}
        if act.action != "reset":
            check_settable(info)
        if act.action == "set":
            value = act.value
        elif act.action == "choose":
            value = _chosen(interaction)
            channel = _find_place(guild, value) if info.target_words else None
        elif act.action == "submit":
            value, seen = typed, {info.name: act.value}
        elif act.action != "reset":
            raise UserFacingError("panel-outdated")
        fact = RulesChangeRequested(
            guild.id,
            interaction.user.id,
            interaction.id,
            {info.name: value},
            interaction.channel_id or 0,
            seen=seen,
        )
        news = await change_rule(self._cog, fact, info.name, channel=channel, message=message, prefix="/")
        return await self._rule(guild.id, info, news)

    async def _section(self, guild_id: int, section: str) -> PanelPage:
        if section and section not in list_sections():
            raise UserFacingError(
                "config-no-section", section=quoted(section), sections=", ".join(list_sections())
            )
        return section_page(self._texts, await self._cog.leveling.get_rules_record(guild_id), section)

    async def _rule(self, guild_id: int, info: RuleInfo, news: Iterable[str] = ()) -> PanelPage:
        record = await self._cog.leveling.get_rules_record(guild_id)
        return rule_page(self._texts, record, info, list(news))

    async def _show_form(self, interaction: _Interaction, guild: discord.Guild, info: RuleInfo) -> None:
        form = rule_form(self._texts, await self._cog.leveling.get_rules_record(guild.id), info)
        if form is None:
            raise UserFacingError("panel-too-long", rule=info.name)
        await interaction.response.send_modal(form)
        form.stop()  # it comes back as an event; discord.py would remember it until then, or for ever


def _chosen(interaction: _Interaction) -> str:
    data: Any = interaction.data
    return str(data["values"][0])


def _typed(components: Iterable[Any]) -> Iterator[str]:
    """Yield what was typed into the field of a form, wherever in its layout it stands."""
    for component in components:
        if component.get("custom_id") == FORM_FIELD:
            yield str(component["value"])
        yield from _typed(component.get("components", ()))
        if "component" in component:
            yield from _typed([component["component"]])


def _find_place(guild: discord.Guild, chosen: str) -> TextPlace:
    channel = guild.get_channel_or_thread(int(chosen))
    if not isinstance(channel, TextPlace):
        raise commands.ChannelNotFound(chosen)
    return channel


async def _replace(interaction: _Interaction, message: discord.Message, page: PanelPage) -> None:
    """Show another page in place of the one that was used, as text where that is text."""
    options: dict[str, Any] = {"embed": page.embed} if message.embeds else {"content": text_twin(page.embed)}
    quiet = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.edit_original_response(**options, view=page.view, allowed_mentions=quiet)
    else:
        await interaction.response.edit_message(**options, view=page.view, allowed_mentions=quiet)
