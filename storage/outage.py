"""What is known of a storage that fails: since when, why, when it is tried again, and what is said of it.

Two things keep a failing storage from being asked without end. What waits is tried again after ever longer
pauses; and a breaker, which also spares people the wait: while it is open, what they ask for is refused at
once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from leveling_core.errors import StoreUnavailableError
from leveling_core.store import StoreHealth
from storage.breaker import PROBE_AFTER_SECONDS, Breaker, BreakerState

__all__ = ["FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS", "Outage"]

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.1
"""How long after a failure the storage is tried again; after each further one in a row, twice as long."""

LONGEST_PAUSE_SECONDS = 30.0

TURNED_AWAY_EVERY_SECONDS = 60.0
"""How often at most it is logged that commits are turned away: it is met with every message."""


class Outage:
    """Follows how a storage does.

    Args:
        path: Which one, as its self-hoster knows it.
        clock: Now, in ms UTC.
        monotonic: Seconds that only go forward.

    Attributes:
        is_on: Whether it has failed and not proved since that it works. While it is not there is nothing to
            look at.
    """

    def __init__(self, path: str, *, clock: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._monotonic = monotonic
        self._breaker = Breaker(monotonic, self._on_changed)
        self._error: StoreUnavailableError | None = None
        self._waiting = 0
        self._failing_since_at = 0
        self._failing_since = 0.0
        self._pause_seconds = 0.0
        self._next_try_at = 0.0
        self._tried_at = 0.0
        self._turned_away = 0
        self._turned_away_logged_at: float | None = None
        self.is_on = False

    @property
    def seconds_to_try(self) -> float:
        """In how many seconds the storage is tried again; 0 or less for now."""
        if not self.is_on:
            return 0.0
        if self._breaker.state == "open":
            return self._breaker.seconds_to_probe
        return self._next_try_at - self._monotonic()

    def note_try(self) -> None:
        """Note that the storage is tried from now on."""
        self._tried_at = self._monotonic()

    def note_failure(self, error: StoreUnavailableError, waiting: int) -> None:
        """Note that the storage, when it was tried, could not be used.

        Args:
            error: What it raised.
            waiting: How many commits wait for it now.
        """
        self._error, self._waiting = error, waiting
        if not self._failing_since_at:
            self._failing_since_at, self._failing_since = self._clock(), self._monotonic()
            if not self.is_on:
                self.is_on = True
                log.warning(
                    "%s fails: %s. %s. What members do waits, and is written when it works again",
                    self._path,
                    error.cause,
                    error.cure,
                )
        self._pause_seconds = min(2 * self._pause_seconds or FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        now = self._monotonic()
        self._next_try_at = now + self._pause_seconds
        self._breaker.note_failure(now - self._tried_at)

    def note_success(self) -> None:
        """Note that something was written."""
        self._pause_seconds = self._next_try_at = 0.0
        if self._failing_since_at:
            log.info(
                "%s was written again after %.1f s; %d commit(s) had been turned away",
                self._path,
                self._monotonic() - self._failing_since,
                self._turned_away,
            )
            self._failing_since_at = self._turned_away = 0
            self._turned_away_logged_at = None
        self._breaker.note_success()
        self.is_on = self._breaker.state != "closed"

    def find_refusal(self) -> StoreUnavailableError | None:
        """Return why a commit that cannot wait is refused at once; None while it may try."""
        if self._error is None or self._breaker.state != "open":
            return None
        seconds = self._breaker.seconds_to_probe
        return StoreUnavailableError(
            path=self._path,
            cause=self._error.cause,
            cure=f"{self._error.cure}. It is tried again in {seconds:.0f} s",
        )

    def turn_away(self, most_waiting: int) -> StoreUnavailableError:
        """Count a commit that finds too many before it, and return what it is told."""
        self._turned_away += 1
        known = self._error if self._failing_since_at else None
        error = StoreUnavailableError(
            path=self._path,
            cause=f"{most_waiting} commits wait already" + (f" ({known.cause})" if known else ""),
            cure=known.cure if known else "It is too slow for what happens; try it on a faster disk",
        )
        now = self._monotonic()
        logged_at = self._turned_away_logged_at
        if logged_at is None or now - logged_at >= TURNED_AWAY_EVERY_SECONDS:
            self._turned_away_logged_at = now
            log.error("%d commit(s) were turned away and are lost: %s", self._turned_away, error)
        return error

    def health(self, waiting: int) -> StoreHealth:
        """Return what there is to know, for whoever asks.

        Args:
            waiting: How many commits wait now.
        """
        error = self._error if self._failing_since_at else None
        return StoreHealth(
            breaker=self._breaker.state,
            waiting=waiting,
            failing_since_at=self._failing_since_at,
            problem=error.cause if error else "",
            cure=error.cure if error else "",
            refused=self._turned_away,
        )

    def _on_changed(self, state: BreakerState) -> None:
        match state:
            case "open":
                log.error(
                    "%s fails again and again: %s. It is left alone for %.0f s. %d commit(s) wait; "
                    "commands say that it is unavailable",
                    self._path,
                    f"{self._error.cause}. {self._error.cure}" if self._error else "",
                    PROBE_AFTER_SECONDS,
                    self._waiting,
                )
            case "half_open":
                log.info("%s is tried again: what waits goes first", self._path)
            case "closed":
                log.info("%s works as it should again: nothing is left to do", self._path)
