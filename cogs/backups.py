"""Backups: made when they are due, beside everything else; those who run the bot are told when they fail."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
from discord.ext import commands

from cogs.backup_status import failure_notice, recovery_notice
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.owners import tell_owners
from leveling_core.errors import StoreError
from leveling_core.periods import MS_PER_MINUTE, MS_PER_SECOND
from storage import Backups

__all__ = ["BackupsCog"]

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 5 * MS_PER_MINUTE
"""How often it is looked whether a backup is due, and whether somebody still has to be told something."""

FIRST_LOOK_IN_MS = MS_PER_MINUTE
"""When that is done first: a start has enough to do."""

STOP_SECONDS = 1.0
"""How long the end waits for a backup under way to be tidied up; on a slow disk that goes on by itself."""


class BackupsCog(LaurelCog):
    """Has backups made when they are due, and tells those who run the bot when they fail and work again.

    Each is told once: an outage however long it is, with what mends it, and its end.
    """

    JOB = "back-up"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        self._work: asyncio.Task[None] | None = None
        self._is_told = False

    async def cog_load(self) -> None:
        """Begin to look after backups, where there are any to be made."""
        backups = self.laurel.backups
        if backups is not None and backups.are_on:
            log.info("Backups go to %s", backups.folder)
            job, first_in_ms = self.look_after_backups, FIRST_LOOK_IN_MS
            self.laurel.schedule.every(LOOK_EVERY_MS, self.JOB, job, first_in_ms=first_in_ms)
            self._begin(backups, only_look=True)  # so that `config show` knows the last one

    async def cog_unload(self) -> None:
        """End it; of a backup under way nothing is left."""
        self.laurel.schedule.drop(self.JOB)
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait((self._work,), timeout=STOP_SECONDS)

    async def look_after_backups(self) -> None:
        """Begin to make a backup if one is due, and to tell what is to be told; return at once."""
        if self.laurel.backups is not None and (self._work is None or self._work.done()):
            self._begin(self.laurel.backups)

    async def idle(self) -> None:
        """Wait until what was begun is done."""
        if self._work is not None:
            await asyncio.wait((self._work,))

    def _begin(self, backups: Backups, *, only_look: bool = False) -> None:
        self._work = asyncio.create_task(self._look_after(backups, only_look=only_look), name=self.JOB)

    async def _look_after(self, backups: Backups, *, only_look: bool) -> None:
        try:
            await self._back_up(backups, only_look=only_look)
            await self._tell(backups)
        except Exception:
            log.exception("Looking after backups failed; it goes on in %d s", LOOK_EVERY_MS // MS_PER_SECOND)

    async def _back_up(self, backups: Backups, *, only_look: bool) -> None:
        try:
            if await backups.look() and not only_look:
                backup = await backups.make()
                log.info("Made a backup of %d bytes: %s", backup.size_bytes, backup.path)
        except StoreError as error:
            log.error("The backup failed: %s", error)  # noqa: TRY400 -- its text is cause and cure

    async def _tell(self, backups: Backups) -> None:
        """Tell that backups fail or work again, unless that is known; what Discord does not take waits."""
        state = backups.state
        if (state.failure is not None) == self._is_told:
            return
        if state.failure is not None:
            text, nonce = failure_notice(self.texts, state.failure, state), f"failed-{state.failed_at}"
        else:
            text, nonce = recovery_notice(self.texts, state), f"made-{state.last_at}"
        try:
            await tell_owners(self.bot, text, nonce=nonce)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("Those who run the bot could not be told about backups yet: %s", error)
            return
        self._is_told = state.failure is not None
