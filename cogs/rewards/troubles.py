"""Telling admins, once, that a role cannot be given or taken."""

from __future__ import annotations

import logging

import discord
import msgspec
from discord.ext import commands

from cogs.admin_notices import AdminNotices
from cogs.context import LaurelContext
from cogs.rewards.wording import trouble_text
from cogs.ui.names import shown_name
from leveling_core.announcing import nonce_of
from leveling_core.documents import RoleTrouble
from leveling_core.rewards import REWARDS_RULE

__all__ = ["RoleTroubleTeller"]

log = logging.getLogger(__name__)


class RoleTroubleTeller:
    """Tells of troubles with roles in the guild's log channel, else those who made the rewards.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self._notices = AdminNotices(bot)
        self._laurel = laurel

    async def tell_news(self, guild: discord.Guild) -> None:
        """Tell of every trouble that was not told yet.

        Raises:
            discord.HTTPException: Discord failed; it may work later.
            OSError: Discord could not be reached.
        """
        record = await self._laurel.rewards.get_record(guild.id)
        for trouble in record.troubles.values():
            if not trouble.told and await self._tell(guild, trouble):
                await self._laurel.rewards.note_trouble(guild.id, msgspec.structs.replace(trouble, told=True))

    async def _tell(self, guild: discord.Guild, trouble: RoleTrouble) -> bool:
        texts = self._laurel.texts
        log.info("Guild %s: role %s is %s", guild.id, trouble.role_id or "all", trouble.problem)
        text, directly = (
            texts(
                "reward-trouble-told",
                trouble=trouble_text(texts, guild, trouble.role_id, trouble.problem, directly=directly),
            )
            for directly in (False, True)
        )
        return await self._notices.tell(
            guild,
            await self._laurel.leveling.get_rules_record(guild.id),
            text,
            directly=texts("reward-trouble-told-directly", server=shown_name(guild.name), text=directly),
            rules=[REWARDS_RULE],
            nonce=nonce_of(guild.id, trouble.role_id, 0, 0, trouble.since_at),
        )
