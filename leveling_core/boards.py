"""Boards: the use case of looking at one, with what has moved since today began."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from leveling_core.documents import RulesRecord
from leveling_core.ids import MemberKey, rules_key
from leveling_core.leaderboards import (
    PAGE_SIZE,
    BoardName,
    LeaderboardPage,
    board_entry,
    board_of,
    former_board_of,
    page_count,
)
from leveling_core.store import Board, LevelingStore, PeriodBoard, Standing

__all__ = ["Boards"]


class Boards:
    """Looks at boards of a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def get_leaderboard(
        self,
        asker: MemberKey,
        at: int,
        *,
        page: int = 1,
        board: BoardName | PeriodBoard = "xp",
        find_me: bool = False,
    ) -> LeaderboardPage:
        """Return a page of a board with the asker's own place.

        Args:
            asker: Who asks.
            at: Now, ms UTC: it tells which week or month, which streaks still live, and when today began.
            page: From 1; one beyond the end gives the last.
            board: What members are ordered by; a period may also be given by its days.
            find_me: The page on which the asker is, instead of ``page``.
        """
        guild_id = asker.guild_id
        ruleset = cast(RulesRecord, await self._store.read(rules_key(guild_id))).ruleset
        order = board if isinstance(board, PeriodBoard) else board_of(board, at, ruleset)
        own = await self._store.find_standing(asker, order)
        own_page = own.place // PAGE_SIZE + 1 if own else 0
        ranked = await self._store.count_ranked(guild_id, order)
        wanted = own_page if find_me and own_page else min(max(page, 1), page_count(ranked))
        found = await self._store.list_standings(
            guild_id, order, first=(wanted - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        user_ids = {standing.user_id for standing in found.standings} | ({own.user_id} if own else set())
        former = await self._list_former_ranks(guild_id, former_board_of(order, at, ruleset), user_ids)
        return LeaderboardPage(
            board=order,
            page=wanted,
            pages=page_count(found.ranked_members),
            ranked_members=found.ranked_members,
            entries=tuple(
                board_entry(standing, order, ruleset, former.get(standing.user_id))
                for standing in found.standings
            ),
            own=board_entry(own, order, ruleset, former.get(own.user_id)) if own else None,
            own_page=own_page,
            ahead=await self._find_ahead(guild_id, order, own),
        )

    async def _list_former_ranks(
        self, guild_id: int, board: Board | None, user_ids: Collection[int]
    ) -> dict[int, int]:
        """Return the ranks that members had, 0 for none, by user id; nothing where nobody had any."""
        if board is None or not await self._store.count_ranked(guild_id, board):
            return {}
        found = await self._store.find_standings(guild_id, list(user_ids), board)
        return {
            user_id: standing.rank if standing else 0
            for user_id, standing in zip(user_ids, found, strict=True)
        }

    async def _find_ahead(self, guild_id: int, board: Board, own: Standing | None) -> Standing | None:
        if own is None or own.rank == 1:
            return None
        # As many as the rank says have more, and they are the first of the board; it may move meanwhile.
        found = await self._store.list_standings(guild_id, board, first=own.rank - 2, limit=1)
        return next((standing for standing in found.standings if standing.value > own.value), None)
