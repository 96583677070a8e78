"""Looking at a member's rank because somebody else just did: it may be worth an achievement."""

from __future__ import annotations

from typing import Any

from discord.ext import commands

from cogs.base import LaurelCog
from cogs.ui.events import event_at, event_id, place_of
from leveling_core.errors import StoreError
from leveling_core.ids import MemberKey

__all__ = ["note_rank_seen"]


async def note_rank_seen(cog: LaurelCog, ctx: commands.Context[Any], key: MemberKey) -> None:
    """Note the rank that a command has shown. The reply is there already, so nobody waits for this.

    Args:
        cog: Whose command it was; it logs when the storage fails.
        ctx: The command.
        key: Whose rank was seen.
    """
    channel_id, thread_id = place_of(ctx.channel)
    try:
        await cog.leveling.observe_rank(
            key, at=event_at(ctx), channel_id=channel_id, thread_id=thread_id, cause=event_id(ctx)
        )
    except StoreError as error:
        cog.note_store_error(error, "noting a rank")
