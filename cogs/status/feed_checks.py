"""What follows the ledger and is late, or has given up: each with what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cogs.errors import quoted
from cogs.ui.times import relative
from data import Texts
from leveling_core.outcomes import DeliveryFailed, LedgerLine
from leveling_core.periods import MS_PER_DAY, MS_PER_SECOND
from storage import FeedLag

__all__ = ["FAILURES_READ", "FAILURES_SHOWN_MS", "failure_troubles", "lag_troubles"]

LATE_MS = 60 * MS_PER_SECOND
"""After how long without any progress the lines that wait for a subscriber are late."""

MANY_LINES = 10_000
"""From how many lines on a subscriber is behind that has still to be shown them."""

FAILURES_SHOWN_MS = 7 * MS_PER_DAY
"""For how long it is told what a subscriber gave up on."""

FAILURES_READ = 1000
"""How many lines that were given up are looked at, at most: the newest."""


def _called(texts: Texts, subscriber: str) -> str:
    return texts("status-subscriber", name=subscriber)


def lag_troubles(texts: Texts, lags: Iterable[FeedLag], now: int) -> Iterator[str]:
    """Tell which subscribers are behind.

    Args:
        texts: What people read.
        lags: How far each is.
        now: This moment, ms UTC.
    """
    for lag in lags:
        if lag.waiting and now - lag.waiting_since > LATE_MS:
            since = relative(lag.waiting_since)
            yield texts(
                "status-feed-late", subscriber=_called(texts, lag.subscriber), count=lag.waiting, since=since
            )
        elif lag.unseen_lines > MANY_LINES:
            yield texts(
                "status-feed-behind", subscriber=_called(texts, lag.subscriber), count=lag.unseen_lines
            )


def failure_troubles(texts: Texts, failures: Iterable[LedgerLine]) -> Iterator[str]:
    """Tell what subscribers gave up on.

    Args:
        texts: What people read.
        failures: The lines that say so, newest first.
    """
    counts: Counter[str] = Counter()
    newest: dict[str, tuple[LedgerLine, DeliveryFailed]] = {}
    for line in failures:
        if isinstance(line.outcome, DeliveryFailed):
            counts[line.outcome.subscriber] += 1
            newest.setdefault(line.outcome.subscriber, (line, line.outcome))
    for subscriber, (line, outcome) in newest.items():
        yield texts(
            "status-feed-failed",
            subscriber=_called(texts, subscriber),
            count=counts[subscriber],
            when=relative(line.at),
            problem=quoted(outcome.problem),
        )
