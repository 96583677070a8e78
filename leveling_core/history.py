"""A member's recent past, from the ledger: XP by day and source, the best day, the last events."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from leveling_core.outcomes import LedgerLine
from leveling_core.tallies import XpTally

__all__ = ["HISTORY_DAYS", "TOP_SOURCES", "XpHistory", "sum_up_days", "xp_history"]

HISTORY_DAYS = 7
"""How many days XP statistics look back (facts, "XP history shown by analytics")."""

TOP_SOURCES = 3
"""How many sources they name."""

_UTC = ZoneInfo("UTC")


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


def sum_up_days(tally: XpTally, today_on: int, days: int = HISTORY_DAYS) -> XpHistory:
    """Return what a member earned on the last days, today included.

    Args:
        tally: The member's lines of at least those days.
        today_on: Today (ordinal) by the guild's calendar.
        days: How many days.
    """
    shown_on = range(today_on - days + 1, today_on + 1)
    by_day = {day_on: tally.xp_on(day_on) for day_on in shown_on}
    total = sum(by_day.values())
    active = sum(1 for xp in by_day.values() if xp)
    best = max(by_day.items(), key=lambda item: (item[1], item[0]))
    sources = tally.sources_between(shown_on.start, shown_on.stop)
    ranked = sorted(sources.items(), key=lambda item: (-item[1], item[0]))
    return XpHistory(
        days=tuple(by_day.items()),
        total_xp=total,
        sources=tuple(ranked[:TOP_SOURCES]),
        best_day=best if best[1] > 0 else None,
        average_xp=(2 * total + active) // (2 * active) if active else 0,
        events=tally.last_events(shown_on),
    )


def xp_history(lines: Iterable[LedgerLine], today_on: int, days: int = HISTORY_DAYS) -> XpHistory:
    """Sum up a member's lines of the last days, today included, each on the day on which it counts.

    Args:
        lines: The member's lines of at least those days.
        today_on: Today (ordinal) by the guild's calendar.
        days: How many days.
    """
    tally = XpTally(_UTC)
    tally.add(lines)
    return sum_up_days(tally, today_on, days)
