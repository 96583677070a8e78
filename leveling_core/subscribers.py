"""Followers of the ledger that need no Discord: they commit what only shows after a commit."""

from __future__ import annotations

from collections.abc import Sequence

from leveling_core.outcomes import LedgerLine
from leveling_core.service import Leveling

__all__ = ["GoalBonusSubscriber", "RankSubscriber"]


class GoalBonusSubscriber:
    """Pays the early claimers of a goal that were too many for the commit that reached it."""

    name = "goal-bonus"
    kinds = frozenset({"goal_reached"})

    def __init__(self, leveling: Leveling) -> None:
        self._leveling = leveling

    async def deliver(
        self,
        guild_id: int,  # noqa: ARG002 -- the lines know it
        lines: Sequence[LedgerLine],
    ) -> None:
        """Pay for every goal that was reached."""
        for line in lines:
            await self._leveling.pay_goal_bonuses(line)


class RankSubscriber:
    """Looks up the rank of members who reached a level or claimed a daily, and commits what ranks earn.

    A rank that came of a batch earns nothing here: the batch can be undone, and what it earned could not.

    Not after every award: a look costs more than the award. Whoever asks for a profile or a board is looked
    at too, so that nobody sees a rank whose achievement is not there.
    """

    name = "ranks"
    kinds = frozenset({"level_reached", "daily_claimed"})

    def __init__(self, leveling: Leveling) -> None:
        self._leveling = leveling

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Observe the rank of each member once, after the newest of the member's lines."""
        newest = {line.user_id: line for line in lines if not line.batch and line.origin != "bulk"}
        await self._leveling.observe_ranks(guild_id, list(newest.values()))
