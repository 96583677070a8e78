"""Folding what is old: daily, guild by guild, while everything else goes on."""

from __future__ import annotations

import logging

from cogs.base import LaurelCog
from leveling_core.errors import StoreError
from leveling_core.periods import MS_PER_HOUR

__all__ = ["RetentionCog"]

log = logging.getLogger(__name__)


class RetentionCog(LaurelCog):
    """Has awards of messages folded that are older than a guild keeps them one by one."""

    JOB = "fold-old-awards"

    async def cog_load(self) -> None:
        """Begin the daily folding."""
        self.laurel.schedule.every_day(self.JOB, self.fold_old_awards, first_in_ms=MS_PER_HOUR)

    async def cog_unload(self) -> None:
        """End it."""
        self.laurel.schedule.drop(self.JOB)

    async def fold_old_awards(self) -> None:
        """Fold the old awards of every guild, one guild after another."""
        gone, guilds = 0, 0
        for guild in list(self.bot.guilds):
            try:
                folded = await self.leveling.fold_old_awards(guild.id, self.laurel.clock())
            except StoreError as error:
                self.note_store_error(error, "folding old awards")
                continue
            gone += folded
            guilds += folded > 0
        if gone:
            log.info("Folded %d old award(s) of messages in %d guild(s) into sums by day", gone, guilds)
