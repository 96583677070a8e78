"""Telling admins, once, that announcements cannot go to a channel."""

from __future__ import annotations

import logging
from functools import partial
from typing import cast

import discord
import msgspec
from discord.ext import commands

from cogs.admin_notices import AdminNotices
from cogs.announcement_channels import GONE
from cogs.context import LaurelContext
from cogs.text_places import TextPlace, lacking_permission
from cogs.ui.names import shown_name
from leveling_core.announcing import Post, decide_trouble, nonce_of
from leveling_core.documents import AnnouncementsRecord, Trouble
from leveling_core.ids import announcements_key

__all__ = ["TroubleTeller", "problem_text"]

log = logging.getLogger(__name__)

COMMANDS = {
    "announcements.level": "/config announce level",
    "announcements.achievement": "/config announce achievement",
    "announcements.goal": "/config announce goal",
    "announcements.event": "/config announce event",
    "announcements.audit_channel": "/config set announcements.audit_channel",
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
        self._store = laurel.leveling.store

    async def note(self, guild: discord.Guild, post: Post, problem: str) -> Trouble | None:
        """Return the trouble that a channel is in, told if there is someone to tell and nobody was yet.

        It is kept before anyone is told; that it is told is the caller's to keep. None for a place that is
        gone where something merely happened: nobody can mend that.

        Raises:
            discord.HTTPException: Discord failed; it may work later.
            OSError: Discord could not be reached.
        """
        if problem == GONE and post.here:
            return None
        key = announcements_key(guild.id)
        record = cast(AnnouncementsRecord, await self._store.read(key))
        known = record.troubles.get(str(post.channel_id))
        if known is None or known.problem != problem:
            known = Trouble(channel_id=post.channel_id, problem=problem, since_at=self._laurel.clock())
            await self._store.commit((key,), partial(decide_trouble, guild_id=guild.id, trouble=known))
        if known.told:
            return known
        return msgspec.structs.replace(known, told=await self._tell(guild, post, known))

    async def _tell(self, guild: discord.Guild, post: Post, trouble: Trouble) -> bool:
        """Tell of a trouble; return whether there was anyone to tell."""
        texts = self._laurel.texts
        record = await self._laurel.leveling.get_rules_record(guild.id)
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
