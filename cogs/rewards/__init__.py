"""Role rewards: levels earn roles, and every member has those that the level earns."""

from __future__ import annotations

from cogs.rewards.cog import RewardsCog

__all__ = ["RewardsCog"]
