"""Boards that keep themselves current in a message that an admin pins."""

from cogs.live_boards.cog import BoardCog

__all__ = ["BoardCog"]
