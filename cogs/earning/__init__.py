"""Where and who earns, multipliers and events: the commands of those who manage a server."""

from cogs.earning.events import EventsCog
from cogs.earning.multipliers import MultipliersCog
from cogs.earning.scope import ScopeCog

__all__ = ["EventsCog", "MultipliersCog", "ScopeCog"]
