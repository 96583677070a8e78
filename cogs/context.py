"""What every cog is given: the core, the texts, and the clock and dice of the process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from cogs.earning_book import EarningBook
from cogs.pictures.service import Pictures
from cogs.recent_refusals import RecentRefusals
from cogs.schedule import Schedule
from data.texts import Texts
from leveling_core.administration import Administration
from leveling_core.boards import Boards
from leveling_core.earning_settings import EarningSettings
from leveling_core.explaining import Explanations
from leveling_core.live_boards import LiveBoards
from leveling_core.rewarding import RoleRewards
from leveling_core.service import Leveling
from leveling_core.statistics import Statistics

if TYPE_CHECKING:
    from storage import Backups, Feed

__all__ = ["LaurelContext", "draw_dice", "wall_clock"]

_Clock = Callable[[], int]
"""Returns now: ms since the epoch, UTC."""

_random = Random(SystemRandom().getrandbits(256))  # noqa: S311 -- XP is no secret, a system call a message costs more


def wall_clock() -> int:
    """Return now: ms since the epoch, UTC."""
    return time.time_ns() // 1_000_000


def draw_dice() -> int:
    """Draw the dice of a fact: an integer in ``0 .. 2**32 - 1``."""
    return _random.getrandbits(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaurelContext:
    """What cogs work with.

    Attributes:
        leveling: The use cases.
        administration: Those of who manages a server.
        boards: Looking at boards.
        statistics: Looking at what members earned over time.
        rewards: The use cases of role rewards.
        feed: Follows the ledger; cogs subscribe to it.
        texts: What people read.
        clock: Now, in ms UTC; only for what has no event of its own.
        dice: Draws the dice of a fact.
        default_prefix: What commands begin with where a guild has set nothing.
        schedule: Runs what happens without anybody asking.
        earning_settings: The use cases of where and who earns, multipliers and events.
        earning: What each guild's rules want to know of whoever earns there.
        explanations: The use cases of asking why.
        refusals: What became of members' last messages that earned nothing.
        pictures: Draws what is shown as a picture.
        live_boards: The use cases of boards that keep themselves current.
        backups: Backups of the store; None where they are somebody else's concern.
    """

    leveling: Leveling
    administration: Administration
    boards: Boards
    statistics: Statistics
    rewards: RoleRewards
    feed: Feed
    texts: Texts
    schedule: Schedule
    earning_settings: EarningSettings
    earning: EarningBook
    explanations: Explanations
    refusals: RecentRefusals
    pictures: Pictures
    live_boards: LiveBoards
    clock: _Clock = field(default=wall_clock)
    dice: Callable[[], int] = field(default=draw_dice)
    default_prefix: str = "!"
    backups: Backups | None = None
