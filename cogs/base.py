"""What every cog of Laurel is built on: its context, and one way to answer errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from cogs.errors import UserFacingError, answer_error

if TYPE_CHECKING:
    import discord
    from discord import app_commands

    from cogs.context import LaurelContext

__all__ = ["LaurelCog", "UserFacingError"]


class LaurelCog(commands.Cog):
    """A cog of Laurel. Errors of its commands become kind one-liners; those of other cogs are not its own.

    Args:
        bot: The bot it lives in, Laurel's own or somebody else's.
        laurel: The core, the texts, the clock and the dice.

    Attributes:
        bot: The bot it lives in.
        laurel: What cogs work with.
        texts: What people read.
        leveling: The use cases.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self.bot = bot
        self.laurel = laurel
        self.texts = laurel.texts
        self.leveling = laurel.leveling

    async def cog_command_error(self, ctx: commands.Context[Any], error: Exception) -> None:
        """Answer an error of a prefix or hybrid command of this cog."""
        await answer_error(self.texts, ctx, error)

    async def cog_app_command_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Answer an error of a slash command of this cog."""
        await answer_error(self.texts, interaction, error)

    async def answer_error(
        self, target: commands.Context[Any] | discord.Interaction, error: Exception
    ) -> None:
        """Answer an error raised while handling a command, a button or a menu, in the house's one way."""
        await answer_error(self.texts, target, error)
