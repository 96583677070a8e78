"""Boards that keep themselves current: one message of a guild, pinned by an admin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from leveling_core.decision import Decision, View
from leveling_core.documents import LiveBoardRecord
from leveling_core.ids import live_board_key
from leveling_core.store import LevelingStore

__all__ = ["LiveBoards"]

_NONE = LiveBoardRecord()


def _decide_set(view: View, guild_id: int, wanted: LiveBoardRecord) -> Decision[LiveBoardRecord]:
    """Keep a board; answer the one before it."""
    key = live_board_key(guild_id)
    return Decision(view.live_board(key), {key: wanted})


def _decide_replaced(
    view: View, guild_id: int, before: LiveBoardRecord, after: LiveBoardRecord
) -> Decision[bool]:
    """Keep a board in place of one, unless another was pinned meanwhile; answer whether it is kept."""
    key = live_board_key(guild_id)
    found = view.live_board(key)
    if (found.channel_id, found.message_id) != (before.channel_id, before.message_id):
        return Decision(answer=False)
    return Decision(answer=True, writes={key: after})


class LiveBoards:
    """The use cases of live boards over a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def list_of(self, guild_ids: Sequence[int]) -> list[LiveBoardRecord]:
        """Return the boards of several guilds, in their order; without a message where there is none."""
        found = await self._store.read_many([live_board_key(guild_id) for guild_id in guild_ids])
        return [cast(LiveBoardRecord, record) for record in found]

    async def pin(self, guild_id: int, board: LiveBoardRecord) -> LiveBoardRecord:
        """Keep a board of a guild current from now on; return the one that is not any more."""
        return await self._store.commit(
            (live_board_key(guild_id),), partial(_decide_set, guild_id=guild_id, wanted=board)
        )

    async def unpin(self, guild_id: int) -> LiveBoardRecord:
        """Keep none current any more; return the one that was."""
        return await self.pin(guild_id, _NONE)

    async def replace(self, guild_id: int, before: LiveBoardRecord, after: LiveBoardRecord | None) -> bool:
        """Note what has become of a board (None: it is gone); tell whether it is still the one kept."""
        decide = partial(_decide_replaced, guild_id=guild_id, before=before, after=after or _NONE)
        return await self._store.commit((live_board_key(guild_id),), decide)
