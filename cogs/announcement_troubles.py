"""Telling admins, once, that announcements cannot go to a channel."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.admin_notices import AdminNotices
from cogs.context import LaurelContext
from cogs.text_places import TextPlace, lacking_permission
from cogs.ui.names import shown_name
from leveling_core.announcing import Post, nonce_of
from leveling_core.documents import RulesRecord, Trouble

__all__ = ["TroubleTeller", "problem_text"]

log = logging.getLogger(__name__)

COMMANDS = {
    "announcements.level": "/config announce level",
    "announcements.achievement": "/config announce achievement",
    "announcements.goal": "/config announce goal",
}
"""The command that sets each rule."""


def problem_text(laurel: LaurelContext, trouble: Trouble) -> str:
    """Return what is wrong with a channel, in words."""
    return laurel.texts(f"announcement-problem-{trouble.problem}", channel=f"<#{trouble.channel_id}>")


def _advice(laurel: LaurelContext, guild: discord.Guild, trouble: Trouble, rule: str) -> str:
    """Return what mends a trouble, in words."""
    place = guild.get_channel_or_thread(trouble.channel_id)
    permission = lacking_permission(place) if isinstance(place, TextPlace) else None
    return laurel.texts(
        f"announcement-advice-{trouble.problem}", command=COMMANDS[rule], permission=permission or "unknown"
    )


class TroubleTeller:
    """Tells of a trouble in the guild's log channel, else directly to those who configured the channel.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self._notices = AdminNotices(bot)
        self._laurel = laurel

    async def tell(self, guild: discord.Guild, post: Post, trouble: Trouble, record: RulesRecord) -> bool:
        """Tell of a trouble; return whether there was anyone to tell.

        Raises:
            discord.HTTPException: Discord failed; it may work later.
            OSError: Discord could not be reached.
        """
        texts = self._laurel.texts
        fields = {
            "problem": problem_text(self._laurel, trouble),
            "advice": _advice(self._laurel, guild, trouble, post.rules[0]),
        }
        log.info("Guild %s: channel %s is %s", guild.id, trouble.channel_id, trouble.problem)
        return await self._notices.tell(
            guild,
            record,
            texts("announcement-trouble-told", **fields),
            directly=texts("announcement-trouble-told-directly", server=shown_name(guild.name), **fields),
            rules=post.rules,
            nonce=nonce_of(guild.id, trouble.channel_id, 0, 0, trouble.since_at),
            avoid=trouble.channel_id,
        )
