"""Telling how a sync of roles does: in the message with which it began, as long as that can be edited."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import discord

from cogs.announcement_channels import send_to_channel
from cogs.discord_failures import DISCORD_FAILURES
from cogs.rewards.sync_buttons import sync_view
from cogs.text_places import TextPlace
from cogs.ui.times import duration
from data import Texts
from leveling_core.announcing import nonce_of
from leveling_core.documents import SyncRecord

__all__ = ["SyncPreview", "SyncReporter"]

log = logging.getLogger(__name__)

SECONDS_A_CHANGE = 1.2
"""How long a change takes, with the pause after it: what is said of the time that a sync takes."""

PROGRESS_SECONDS = 5.0
"""How often at most the message is edited; Discord takes five edits of a channel in five seconds."""

_QUIET = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPreview:
    """What a sync would do at this moment.

    Attributes:
        members: How many members there are to look at.
        changing: How many of them would change.
        given: How many roles would be given.
        taken: How many roles would be taken.
        withheld: How many members would still lack, or keep, a role, by problem.
    """

    members: int = 0
    changing: int = 0
    given: int = 0
    taken: int = 0
    withheld: dict[str, int] = field(default_factory=dict)


class SyncReporter:
    """Tells of syncs.

    Args:
        texts: What people read.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._told_at: dict[int, float] = {}

    def preview_text(self, preview: SyncPreview) -> str:
        """Return what a sync would do, in words; where that is nothing, what it cannot do stands first."""
        failures = self.failure_lines(preview.withheld)
        if not preview.changing:
            name = "rewards-sync-right-else" if failures else "rewards-sync-right"
            return "\n".join([*failures, self._texts(name, members=preview.members)])
        text = self._texts(
            "rewards-sync-preview",
            changing=preview.changing,
            members=preview.members,
            given=preview.given,
            taken=preview.taken,
            time=duration(self._texts, round(preview.changing * SECONDS_A_CHANGE)),
        )
        return "\n".join([text, *failures])

    def progress_text(self, sync: SyncRecord) -> str:
        """Return how far a sync is, in words."""
        return self._texts(
            "rewards-sync-progress",
            done=sync.done,
            members=max(sync.members, sync.done),
            changed=sync.changed,
            right=sync.right,
            failed=sum(sync.failed.values()),
            left=duration(self._texts, round(max(0, sync.expected - sync.changed) * SECONDS_A_CHANGE)),
        )

    def end_text(self, sync: SyncRecord, *, stopped: bool = False) -> str:
        """Return what came of a sync, in words."""
        text = self._texts(
            "rewards-sync-stopped" if stopped else "rewards-sync-done",
            done=sync.done,
            members=max(sync.members, sync.done),
            changed=sync.changed,
            right=sync.right,
        )
        return "\n".join([text, *self.failure_lines(sync.failed)])

    def failure_lines(self, failed: dict[str, int]) -> list[str]:
        """Return why members lack, or have kept, roles, in words."""
        lines = [
            self._texts(f"rewards-sync-failed-{problem}", members=members)
            for problem, members in sorted(failed.items())
        ]
        return [*lines, self._texts("rewards-sync-cures")] if lines else []

    async def tell_progress(self, guild: discord.Guild, sync: SyncRecord) -> None:
        """Edit the message of a sync, if that was not done a moment ago."""
        now = asyncio.get_running_loop().time()
        if now - self._told_at.get(guild.id, -PROGRESS_SECONDS) >= PROGRESS_SECONDS:
            self._told_at[guild.id] = now
            await self._edit(
                guild, sync, self.progress_text(sync), sync_view(self._texts, sync.actor_id, "stop")
            )

    async def tell_pause(self, guild: discord.Guild, sync: SyncRecord) -> None:
        """Tell that a sync waits for the permission to give roles."""
        text = self._texts("rewards-sync-paused", done=sync.done, members=max(sync.members, sync.done))
        await self._edit(guild, sync, text, sync_view(self._texts, sync.actor_id, "stop"))
        self._told_at.pop(guild.id, None)

    async def tell_end(self, guild: discord.Guild, sync: SyncRecord, *, stopped: bool = False) -> None:
        """Tell what came of a sync; in a message of its own where the first one cannot be edited any more."""
        self._told_at.pop(guild.id, None)
        text = self.end_text(sync, stopped=stopped)
        if await self._edit(guild, sync, text, None):
            return
        nonce = nonce_of(guild.id, sync.channel_id, sync.message_id, 0, sync.begun_at)
        try:
            problem = await send_to_channel(guild, sync.channel_id, [text], nonce=nonce, mentions=_QUIET)
        except DISCORD_FAILURES as error:
            problem = str(error)
        if problem:
            log.warning("Guild %s: the end of a sync could not be told (%s): %s", guild.id, problem, text)

    @staticmethod
    async def _edit(guild: discord.Guild, sync: SyncRecord, text: str, view: discord.ui.View | None) -> bool:
        place = guild.get_channel_or_thread(sync.channel_id)
        if not isinstance(place, TextPlace):
            return False
        try:
            message = place.get_partial_message(sync.message_id)
            await message.edit(content=text, view=view, allowed_mentions=_QUIET)
        except DISCORD_FAILURES as error:
            log.info("Guild %s: the message of a sync could not be edited: %s", guild.id, error)
            return False
        return True
