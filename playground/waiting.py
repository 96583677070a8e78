"""Wait for a state by asking for it, in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from playground.errors import PlaygroundTimeoutError

POLL_SECONDS = 0.001
SETTLED_POLLS = 3
TURNS_PER_POLL = 10
"""Turns of the event loop within a poll. Time alone tells nothing: on a busy machine a poll can be a single
turn, and what one task hands to the next would be missed between two."""


async def take_turns() -> None:
    """Let everybody else have a poll's time and turns."""
    await asyncio.sleep(POLL_SECONDS)
    for _ in range(TURNS_PER_POLL):
        await asyncio.sleep(0)


async def wait_until(
    restless: Callable[[], list[str]],
    timeout_seconds: float,
    failure: str,
    *,
    settled_polls: int = SETTLED_POLLS,
) -> None:
    """Wait until a function names nothing any more, several polls in a row.

    Args:
        restless: Returns what is still going on, in words.
        timeout_seconds: Real seconds to wait at most.
        failure: What to say then.
        settled_polls: How many polls in a row must be empty.

    Raises:
        PlaygroundTimeoutError: Time is up; the text names what was still going on.
    """
    deadline = time.monotonic() + timeout_seconds
    settled = 0
    while settled < settled_polls:
        await take_turns()
        going_on = restless()
        settled = 0 if going_on else settled + 1
        if going_on and time.monotonic() > deadline:
            raise PlaygroundTimeoutError(f"{failure} within {timeout_seconds:g} s: {'; '.join(going_on)}")
