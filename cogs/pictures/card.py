"""How a member wants pictures to look; and pictures as text, for whoever presses the button for that."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord.ext import commands

from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.pictures.as_text import AsTextButton
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import text_twin
from cogs.ui.replies import patience

__all__ = ["CardCog"]

log = logging.getLogger(__name__)


class CardCog(LaurelCog):
    """Shows pictures as text."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)

    async def cog_load(self) -> None:
        """Let buttons work, also those of before a restart."""
        self.bot.add_dynamic_items(AsTextButton)

    async def cog_unload(self) -> None:
        """Let them work no more."""
        self.bot.remove_dynamic_items(AsTextButton)

    async def show_twin(self, interaction: discord.Interaction[Any], picture: str, argument: str) -> None:
        """Show a picture as text, to who pressed alone."""
        try:
            async with patience(interaction, ephemeral=True):
                embed = await self._twin(interaction, picture, argument)
            await self._answer(interaction, embed)
        except discord.NotFound as problem:
            log.info("A picture could not be shown as text any more: %s", problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the button stay silent
            await self.answer_error(interaction, error)

    async def _twin(
        self, interaction: discord.Interaction[Any], picture: str, argument: str
    ) -> discord.Embed:
        twin = self.laurel.pictures.twins.get(picture)
        if twin is None or interaction.guild is None:
            raise UserFacingError("pictures-outdated")
        return await twin(interaction, interaction.guild, argument)

    @staticmethod
    async def _answer(interaction: discord.Interaction[Any], embed: discord.Embed) -> None:
        options: dict[str, Any] = {"ephemeral": True, "allowed_mentions": discord.AllowedMentions.none()}
        if interaction.app_permissions.embed_links:
            options["embed"] = embed
        else:
            options["content"] = text_twin(embed)
        if interaction.response.is_done():
            await interaction.followup.send(**options)
        else:
            await interaction.response.send_message(**options)
