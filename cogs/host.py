"""Laurel's own bot. Leveling is in the cogs; here is only what a process of its own needs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Laurel, install
from cogs.activity import ActivityCog
from cogs.errors import answer_error
from cogs.prefixes import PrefixBook
from data import Texts
from leveling_core.achievements import Catalogue
from leveling_core.store import LevelingStore

__all__ = ["GC_THRESHOLDS", "LaurelBot", "LaurelTree", "needed_intents"]

GC_THRESHOLDS = (50_000, 20, 100)
"""What a process of Laurel sets for the garbage collector. A full collection over a hundred thousand cached
records stops the loop for tens of milliseconds, and discord.py makes so much short-lived garbage that one
comes often. Fewer passes are 3-9 µs a message."""

log = logging.getLogger(__name__)


def needed_intents() -> discord.Intents:
    """Return what Laurel asks Discord to tell it.

    Members (who is here, who boosts) and message content (prefix commands, lengths, links) are privileged:
    they are switched on in the developer portal. Direct messages are for telling that they are not the place.
    """
    return discord.Intents(
        guilds=True, members=True, guild_messages=True, dm_messages=True, message_content=True
    )


class LaurelTree(app_commands.CommandTree["LaurelBot"]):
    """The slash commands of Laurel's own bot."""

    async def on_error(
        self, interaction: discord.Interaction[LaurelBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer a slash command that Discord still shows and that is there no more."""
        laurel = interaction.client.laurel
        if isinstance(error, app_commands.CommandNotFound) and laurel is not None:
            await answer_error(laurel.context.texts, interaction, error)
        else:
            await super().on_error(interaction, error)


class LaurelBot(commands.Bot):
    """The bot of a process of its own.

    Args:
        store: Where progress is kept; whoever opened it closes it.
        texts: What people read.
        catalogue: The achievements.
        default_prefix: What commands begin with until a guild sets its own.
        sync_guild_id: Synchronise slash commands to this guild alone, at once; None for everywhere.
        options: Passed on to discord.py, and to ``install`` (``clock``, ``dice``, ``backups``, ``pictures``).

    Attributes:
        prefixes: The prefix of every guild.
        laurel: What was installed, None before ``setup_hook`` and after ``close``.
    """

    def __init__(
        self,
        store: LevelingStore,
        *,
        texts: Texts,
        catalogue: Catalogue,
        default_prefix: str = "!",
        sync_guild_id: int | None = None,
        **options: Any,
    ) -> None:
        self.prefixes = PrefixBook(default_prefix)
        self.laurel: Laurel | None = None
        self._count_message: Callable[[discord.Message], Awaitable[None]] | None = None
        self._store = store
        self._install_options: dict[str, Any] = {
            "texts": texts,
            "catalogue": catalogue,
            "default_prefix": default_prefix,
        }
        for name in ("clock", "dice", "backups", "pictures"):
            if name in options:
                self._install_options[name] = options.pop(name)
        self._sync_guild_id = sync_guild_id
        super().__init__(
            command_prefix=self.prefixes,
            tree_cls=LaurelTree,
            help_command=None,
            case_insensitive=True,  # phones begin a message with a capital letter
            strip_after_prefix=True,
            intents=needed_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # no message is ever looked up again: a cache of them would only cost
            **options,
        )

    async def setup_hook(self) -> None:
        """Install Laurel and tell Discord which slash commands there are."""
        self.laurel = await install(self, self._store, **self._install_options)
        activity = self.get_cog(ActivityCog.__cog_name__)
        if isinstance(activity, ActivityCog):
            # Heard by on_message instead: a task for each message, not two.
            self.remove_listener(activity.on_message)
            self._count_message = activity.on_message
        await self._sync_commands()

    async def _sync_commands(self) -> None:
        guild = discord.Object(self._sync_guild_id) if self._sync_guild_id else None
        if guild is not None:
            self.tree.copy_global_to(guild=guild)
        try:
            synced = await self.tree.sync(guild=guild)
        except (discord.HTTPException, app_commands.AppCommandError) as error:
            # Prefix commands work without, and so do slash commands that Discord knows from before.
            log.warning("Slash commands could not be synchronised: %s", error)
        else:
            log.info("Synchronised %d slash commands", len(synced))

    async def on_ready(self) -> None:
        """Log that the bot is up."""
        log.info("Ready as %s in %d guild(s)", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Count a message, and run the command in it, if it may hold one.

        Most messages hold none. A cheap look at how they begin saves building a context for each of them:
        that is most of what discord.py's own handler costs.
        """
        if self._count_message is not None:
            await self._count_message(message)
        if self.prefixes.may_begin_command(message) and not message.author.bot:
            await self.process_commands(message)

    async def on_command_error(self, ctx: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Leave unknown commands alone: they may be another bot's. Cogs answer the errors of their own."""
        if not isinstance(error, commands.CommandNotFound):
            await super().on_command_error(ctx, error)

    async def close(self) -> None:
        """Stop taking events, then leave Discord. The store is not closed here."""
        laurel, self.laurel = self.laurel, None
        self._count_message = None
        if laurel is not None:
            await laurel.close()
        await super().close()
