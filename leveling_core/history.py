"""A member's recent past, from the ledger: XP by day and source, the best day, the last events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from leveling_core.outcomes import LedgerLine

__all__ = ["HISTORY_DAYS", "LAST_EVENTS", "TOP_SOURCES", "XpHistory", "source_label", "xp_history"]

HISTORY_DAYS = 7
"""How many days XP statistics look back (facts, "XP history shown by analytics")."""

TOP_SOURCES = 3
"""How many sources they name."""

LAST_EVENTS = 5
"""How many events they list."""


class XpHistory(msgspec.Struct, frozen=True):
    """What a member earned over some days.

    Attributes:
        days: Day (ordinal) and XP, oldest first; days without any are there with 0.
        total_xp: The sum.
        sources: Source and XP, most first, at most ``TOP_SOURCES``.
        best_day: The best day and its XP, None without any XP.
        average_xp: Per day on which anything was earned, rounded half up.
        events: The newest lines that changed XP, newest first, at most ``LAST_EVENTS``.
    """

    days: tuple[tuple[int, int], ...]
    total_xp: int
    sources: tuple[tuple[str, int], ...]
    best_day: tuple[int, int] | None
    average_xp: int
    events: tuple[LedgerLine, ...]


def source_label(line: LedgerLine) -> str:
    """Return the source of a line's XP: ``message``, ``daily``, ``goal``, ``achievement``, ``admin``."""
    return line.outcome.source or "other"


def xp_history(lines: Iterable[LedgerLine], today_on: int, days: int = HISTORY_DAYS) -> XpHistory:
    """Sum up a member's lines of the last days, today included, each on the day on which it counts.

    Args:
        lines: The member's lines of at least those days, ascending by ``seq``.
        today_on: Today (ordinal) by the guild's calendar.
        days: How many days.
    """
    by_day = dict.fromkeys(range(today_on - days + 1, today_on + 1), 0)
    by_source: Counter[str] = Counter()
    events: list[LedgerLine] = []
    for line in lines:
        day_on = line.counts_on
        if not line.outcome.xp or day_on not in by_day:
            continue
        by_day[day_on] += line.outcome.xp
        by_source[source_label(line)] += line.outcome.xp
        events.append(line)
    total = sum(by_day.values())
    active = sum(1 for xp in by_day.values() if xp)
    best = max(by_day.items(), key=lambda item: (item[1], item[0]))
    return XpHistory(
        days=tuple(by_day.items()),
        total_xp=total,
        sources=tuple(by_source.most_common(TOP_SOURCES)),
        best_day=best if best[1] > 0 else None,
        average_xp=(2 * total + active) // (2 * active) if active else 0,
        events=tuple(events[: -LAST_EVENTS - 1 : -1]),
    )
