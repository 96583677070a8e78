"""The follower of the ledger that notes whose roles are to be compared."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.context import LaurelContext
from cogs.rewards.worker import RewardWorkers
from leveling_core.curve_rules import CurveRules
from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.rewards import REWARDS_RULE

__all__ = ["RewardSubscriber"]

CURVE, REWARDS = "curve.", "rewards."
"""What a change of these makes due, a sync gives and takes."""

ENABLED_RULE = "general.enabled"


class RewardSubscriber:
    """Follows the ledger. It only notes whom a line concerns; the workers do what takes Discord.

    So no lane of the feed waits for Discord, and no line is given up because Discord is away for a while.
    Lines of a bulk change are passed over: thousands at once are what ``rewards sync`` is for.

    Args:
        laurel: What cogs work with.
        workers: They compare the roles.
    """

    name = "role-rewards"
    kinds = frozenset({"level_reached", "level_lost", "member_returned", "rules_changed"})

    def __init__(self, laurel: LaurelContext, workers: RewardWorkers) -> None:
        self._leveling = laurel.leveling
        self._rewards = laurel.rewards
        self._workers = workers

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Note whose roles are to be compared, and what a change of the rules means for everybody."""
        rules = await self._leveling.get_rules(guild_id)
        for line in lines:
            if isinstance(line.outcome, RulesChanged):
                await self._note_change(guild_id, line, line.outcome, rules.rules.curve)
        marks = {line.user_id: line.seq for line in lines if line.user_id and line.origin != "bulk"}
        if marks and rules.rules.rewards.roles:
            await self._rewards.owe(guild_id, marks)
            self._workers.nudge(guild_id)

    async def _note_change(
        self, guild_id: int, line: LedgerLine, outcome: RulesChanged, curve: CurveRules
    ) -> None:
        if REWARDS_RULE in outcome.changes:
            await self._rewards.note_rewards_changed(guild_id)
        curve_changed = any(
            name.startswith(CURVE) and curve.uses(name.removeprefix(CURVE)) for name in outcome.changes
        )
        if curve_changed or any(name.startswith(REWARDS) for name in outcome.changes):
            await self._rewards.note_stale(guild_id, line.at, curve_changed=curve_changed)
        if ENABLED_RULE in outcome.changes or REWARDS_RULE in outcome.changes:
            self._workers.try_again(guild_id)
