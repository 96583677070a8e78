"""Let time pass in the world in steps, so that the bot does what is due when it is due."""

from __future__ import annotations

import math
from typing import Final

from playground.kit import Playground
from playground.terminal.host import Host

__all__ = ["pass_time", "step_of"]

STEP_SECONDS: Final = 60
"""How far time goes on at once: as far as lies between two looks of the bot at its clock."""

MOST_STEPS: Final = 5_000
"""In how many steps time passes at most, which takes some seconds. In a month of them each has less than ten
minutes, so that no announcement is passed over as too old."""

STEPS_A_LOOK: Final = 12
"""After how many steps it is looked with care whether the bot has anything to do."""


async def pass_time(pg: Playground, host: Host, seconds: float) -> None:
    """Let time pass; a bot that is online does meanwhile what becomes due.

    Raises:
        PlaygroundTimeoutError: It does not come to rest between two steps.
    """
    left, step, steps = seconds, step_of(seconds) if host.is_online else seconds, 0
    while left > step:
        await pg.advance(seconds=step)
        left, steps = left - step, steps + 1
        await host.keep_up(look=steps % STEPS_A_LOOK == 0)
    await pg.advance(seconds=left)
    await host.run_due()


def step_of(seconds: float) -> float:
    """Return the steps, in seconds, in which a time passes where the bot is online."""
    return max(STEP_SECONDS, math.ceil(seconds / MOST_STEPS))
