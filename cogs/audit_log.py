"""The audit in a channel: each deed of those who manage a server is told there, once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

import discord
from discord.ext import commands

from cogs.announcement_channels import send_to_channel
from cogs.announcement_troubles import TroubleTeller
from cogs.context import LaurelContext
from cogs.known_guilds import KnownGuilds
from cogs.ui.audit_entries import AuditWriter
from cogs.ui.packing import packed
from leveling_core.announcing import Post, decide_audited, nonce_of
from leveling_core.auditing import AUDITED_KINDS, AuditEntry, is_audited
from leveling_core.documents import AnnouncementsRecord
from leveling_core.ids import announcements_key
from leveling_core.outcomes import LedgerLine
from leveling_core.periods import MS_PER_DAY

__all__ = ["AUDIT_RULE", "AuditLog"]

AUDIT_RULE = "announcements.audit_channel"

OLDEST_MS = MS_PER_DAY
"""Deeds that are older are not told any more. Announcements are given up much sooner; but these tell when
they happened, and whoever relies on a channel should find in it what happened around an outage."""


class AuditLog:
    """The follower of the ledger that tells deeds in the guild's audit channel.

    What it says of a line is the same whenever it says it, and so is the nonce. So nothing needs to be noted
    before it is sent, only after it: what a crash interrupted is sent again, and Discord drops the second.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.

    Attributes:
        guilds: The guilds that Discord has told of.
    """

    name = "audit"
    kinds = AUDITED_KINDS

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self._leveling = laurel.leveling
        self._store = laurel.leveling.store
        self._clock = laurel.clock
        self._writer = AuditWriter(laurel.texts)
        self._teller = TroubleTeller(bot, laurel)
        self.guilds = KnownGuilds(bot)

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Tell deeds in one guild.

        Raises:
            discord.HTTPException: Discord failed; the feed tries again.
            OSError: Discord could not be reached; the feed tries again.
        """
        guild = await self.guilds.find(guild_id)
        if guild is None:
            return
        channel_id = (await self._leveling.get_rules(guild_id)).rules.announcements.audit_channel
        if channel_id == "off":
            return
        record = cast(AnnouncementsRecord, await self._store.read(announcements_key(guild_id)))
        oldest_at = self._clock() - OLDEST_MS
        for line in lines:
            if is_audited(line) and line.seq > record.audit_seq and line.at >= oldest_at:
                await self._tell(guild, channel_id, line)

    async def _tell(self, guild: discord.Guild, channel_id: int, line: LedgerLine) -> None:
        problem = await send_to_channel(
            guild,
            channel_id,
            packed(self._writer.write(AuditEntry(line)).splitlines()),
            nonce=nonce_of(guild.id, channel_id, line.seq, 0, line.at),
            mentions=discord.AllowedMentions.none(),
        )
        post = Post(channel_id, (), (AUDIT_RULE,), here=False)
        trouble = await self._teller.note(guild, post, problem) if problem else None
        decide = partial(
            decide_audited, guild_id=guild.id, channel_id=channel_id, seq=line.seq, trouble=trouble
        )
        # It is said: while the store is unavailable, this waits, or it would be said again.
        await self._store.commit((announcements_key(guild.id),), decide, patient=True)
