"""`why`: what earned XP and how it came about, and what did not and why."""

from cogs.why.cog import WhyCog

__all__ = ["WhyCog"]
