"""Telling admins of trouble: in the guild's log channel, else directly those who configured what is in it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import discord
from discord.ext import commands

from cogs.announcement_channels import find_problem, send_to_channel
from leveling_core.documents import RulesRecord

__all__ = ["AdminNotices"]

log = logging.getLogger(__name__)


class AdminNotices:
    """Sends notices to those who can mend something.

    Args:
        bot: Whom Discord knows.
    """

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot

    async def tell(
        self,
        guild: discord.Guild,
        record: RulesRecord,
        text: str,
        *,
        directly: str,
        rules: Iterable[str],
        nonce: str,
        avoid: int = 0,
    ) -> bool:
        """Tell admins something; return whether there was anyone to tell.

        Args:
            guild: Where.
            record: Its rules, which name the log channel and who configured what.
            text: What is said in the log channel.
            directly: What is said to a single admin, elsewhere.
            rules: The rules that what is told comes from: who set them is told where there is no log channel.
            nonce: Names the notice to Discord: told again under it, it stands once.
            avoid: A channel that cannot be used.

        Raises:
            discord.HTTPException: Discord failed; it may work later.
            OSError: Discord could not be reached.
        """
        log_channel = record.ruleset.rules.announcements.log_channel
        if isinstance(log_channel, int) and log_channel != avoid:
            quiet = discord.AllowedMentions.none()
            if not await send_to_channel(guild, log_channel, [text], nonce=nonce, mentions=quiet):
                return True
        tried = isinstance(log_channel, int)
        stamps = (record.changed_by.get(rule) for rule in rules)
        for user_id in dict.fromkeys(stamp.actor_id for stamp in stamps if stamp is not None):
            await self._tell_directly(user_id, directly, nonce)
            tried = True
        return tried

    async def _tell_directly(self, user_id: int, text: str, nonce: str) -> None:
        try:
            user = self._bot.get_user(user_id) or await self._bot.fetch_user(user_id)
            await user.send(text, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            if not find_problem(error):
                raise
            log.info("User %s cannot be told: %s", user_id, error)
