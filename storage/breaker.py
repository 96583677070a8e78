"""A circuit breaker: what fails again and again is left alone for a while, and then must prove itself.

A storage that hangs and then fails would make everybody wait for the failure, one after another. So after a
few failures within a short time it is not even tried, until it may have recovered. The longer a try takes to
fail, the fewer of them it takes: else those that take longer than the short time allows for would go on
without end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

__all__ = [
    "FAILURES_TO_OPEN",
    "FAILURES_WITHIN_SECONDS",
    "PROBE_AFTER_SECONDS",
    "SUCCESSES_TO_CLOSE",
    "Breaker",
    "BreakerState",
]

BreakerState = Literal["closed", "open", "half_open"]
"""``closed``: it is used. ``open``: it is not even tried. ``half_open``: the next try is a probe."""

FAILURES_TO_OPEN = 5
FAILURES_WITHIN_SECONDS = 30.0
SECONDS_OF_A_FAILURE = FAILURES_WITHIN_SECONDS / FAILURES_TO_OPEN
"""A try that took so long before it failed counts as two, and as one more for each time as long again."""

PROBE_AFTER_SECONDS = 60.0
SUCCESSES_TO_CLOSE = 3


class Breaker:
    """Decides by what succeeded and failed whether something may be tried.

    Args:
        now: Returns seconds that only go forward.
        changed: Is told every new state. That time has turned it half open is noticed at the next look.
    """

    def __init__(self, now: Callable[[], float], changed: Callable[[BreakerState], None]) -> None:
        self._now = now
        self._changed = changed
        self._state: BreakerState = "closed"
        self._failed_at: deque[float] = deque()
        self._probe_at = 0.0
        self._successes = 0

    @property
    def state(self) -> BreakerState:
        """The state at this moment."""
        if self._state == "open" and self._now() >= self._probe_at:
            self._successes = 0
            self._become("half_open")
        return self._state

    @property
    def seconds_to_probe(self) -> float:
        """In how many seconds it may be tried, 0 while it may be."""
        return self._probe_at - self._now() if self.state == "open" else 0.0

    def note_failure(self, took_seconds: float = 0.0) -> None:
        """Note that a try has failed, and how long it took to."""
        now = self._now()
        if self.state == "closed":
            counts = min(1 + int(took_seconds / SECONDS_OF_A_FAILURE), FAILURES_TO_OPEN)
            self._failed_at.extend([now] * counts)
            while now - self._failed_at[0] > FAILURES_WITHIN_SECONDS:
                self._failed_at.popleft()
            if len(self._failed_at) < FAILURES_TO_OPEN:
                return
        self._failed_at.clear()
        self._probe_at = now + PROBE_AFTER_SECONDS
        self._become("open")

    def note_success(self) -> None:
        """Note that a try has succeeded."""
        if self.state == "half_open":
            self._successes += 1
            if self._successes == SUCCESSES_TO_CLOSE:
                self._become("closed")

    def _become(self, state: BreakerState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)
