"""The playground at a terminal: type as any member, see what the bot makes of it. Start at `opening`."""

from playground.terminal.opening import open_playground

__all__ = ["open_playground"]
