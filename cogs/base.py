"""What every cog of Laurel is built on: its context, and one way to answer errors."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from discord.ext import commands

from cogs.errors import UserFacingError, answer_error

if TYPE_CHECKING:
    import discord
    from discord import app_commands

    from cogs.context import LaurelContext
    from leveling_core.errors import StoreError

__all__ = ["HybridAny", "LaurelCog", "UserFacingError"]

HybridAny = commands.HybridCommand[Any, ..., Any] | commands.HybridGroup[Any, ..., Any]

log = logging.getLogger(__name__)

STORE_ERROR_EVERY_MS = 60_000
"""How often at most a cog logs that the storage fails: it is met with every message until it is mended."""


class LaurelCog(commands.Cog):
    """A cog of Laurel. Errors of its commands become kind one-liners; those of other cogs are not its own.

    A class ``ProfileCog`` is known to the bot as ``LaurelProfile``: a bot that has a ProfileCog of its own
    keeps it, beside ours.

    Args:
        bot: The bot it lives in, Laurel's own or somebody else's.
        laurel: The core, the texts, the clock and the dice.

    Attributes:
        bot: The bot it lives in.
        laurel: What cogs work with.
        texts: What people read.
        leveling: The use cases.
        slash_only: Commands whose prefix half was left out, because the bot has one of the name.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__cog_name__ = f"Laurel{cls.__name__.removesuffix('Cog')}"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self.bot = bot
        self.laurel = laurel
        self.texts = laurel.texts
        self.leveling = laurel.leveling
        self.slash_only: list[HybridAny] = []
        self._store_error_logged_at = -STORE_ERROR_EVERY_MS
        self._store_errors = 0

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

    def note_store_error(self, error: StoreError, doing: str) -> None:
        """Log that the storage failed where nobody waits for an answer; at most once a minute for each cog.

        Args:
            error: What it raised.
            doing: What failed because of it, such as ``counting messages``.
        """
        self._store_errors += 1
        now = self.laurel.clock()
        if now - self._store_error_logged_at >= STORE_ERROR_EVERY_MS:
            log.error("Storage failed %d time(s) while %s: %s", self._store_errors, doing, error)
            self._store_error_logged_at = now
            self._store_errors = 0
