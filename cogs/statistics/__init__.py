"""Statistics of members: XP over time, hours of the week, and two members side by side."""

from __future__ import annotations

from cogs.statistics.cog import StatisticsCog

__all__ = ["StatisticsCog"]
