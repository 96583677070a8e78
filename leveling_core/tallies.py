"""What a member's lines add up to, by day, source and hour: made once, asked many things."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo

from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.periods import MS_PER_MINUTE, MS_PER_SECOND

__all__ = ["HOURS_PER_DAY", "LAST_EVENTS", "XpTally", "local_hour_of", "source_label"]

LAST_EVENTS = 5
"""How many events statistics list."""

HOURS_PER_DAY = 24

_MS_PER_QUARTER = 15 * MS_PER_MINUTE
_QUARTERS_KEPT = 32_768


def source_label(line: LedgerLine) -> str:
    """Return the source of a line's XP: ``message``, ``daily``, ``goal``, ``achievement``."""
    return line.outcome.source or "other"


@lru_cache(maxsize=_QUARTERS_KEPT)
def _hour_of_quarter(quarter: int, zone: ZoneInfo) -> int:
    # Every zone of today is a multiple of a quarter of an hour away from UTC.
    local = dt.datetime.fromtimestamp(quarter * _MS_PER_QUARTER // MS_PER_SECOND, zone)
    return local.date().toordinal() * HOURS_PER_DAY + local.hour


def local_hour_of(at: int, zone: ZoneInfo) -> int:
    """Return the hour that an instant (ms UTC) falls into in a zone: its day (ordinal) × 24 + hour."""
    return _hour_of_quarter(at // _MS_PER_QUARTER, zone)


def _newest(lines: list[LedgerLine]) -> list[LedgerLine]:
    return sorted(lines, key=lambda line: line.seq, reverse=True)[:LAST_EVENTS]


class XpTally:
    """Adds up lines of one member. Each line is added once; in which order makes no difference.

    Args:
        zone: The zone by which hours are told.

    Attributes:
        zone: The zone by which hours are told.
        by_day: XP by day (ordinal) on which it counts, and source.
        by_hour: How many messages earned XP, by local hour (see ``local_hour_of``).
        summed_up: How many did so of which only the day is known, by day: retention has summed them up.
        events: The newest lines that changed XP, by day on which they count, newest first, at most
            ``LAST_EVENTS`` a day.
    """

    __slots__ = ("by_day", "by_hour", "events", "summed_up", "zone")

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.by_day: dict[int, Counter[str]] = {}
        self.by_hour: Counter[int] = Counter()
        self.summed_up: Counter[int] = Counter()
        self.events: dict[int, list[LedgerLine]] = {}

    def add(self, lines: Iterable[LedgerLine]) -> None:
        """Add lines."""
        with_xp: dict[int, list[LedgerLine]] = {}
        for line in lines:
            outcome = line.outcome
            if not outcome.xp:
                continue
            day_on = line.counts_on
            with_xp.setdefault(day_on, []).append(line)
            sources = self.by_day.get(day_on)
            if sources is None:
                sources = self.by_day[day_on] = Counter()
            sources[source_label(line)] += outcome.xp
            if outcome.source != "message" or type(outcome) is not XpGained:
                continue
            if outcome.awards == 1:
                self.by_hour[local_hour_of(line.at, self.zone)] += 1
            else:
                self.summed_up[day_on] += outcome.awards
        for day_on, found in with_xp.items():
            self.events[day_on] = _newest([*self.events.get(day_on, ()), *found])

    def last_events(self, days_on: Iterable[int]) -> tuple[LedgerLine, ...]:
        """Return the newest lines that changed XP on some days, newest first, at most ``LAST_EVENTS``."""
        return tuple(_newest([line for day_on in days_on for line in self.events.get(day_on, ())]))

    def xp_on(self, day_on: int) -> int:
        """Return what a day's XP add up to."""
        return sum(self.by_day.get(day_on, {}).values())

    def first_on(self, total_xp: int) -> int:
        """Return the first day on which anything was earned, or 0 if that was before these lines.

        Args:
            total_xp: All that the member has: more than the lines add up to means that there were others.
        """
        if not self.by_day or sum(map(self.xp_on, self.by_day)) != total_xp:
            return 0
        return min(self.by_day)

    def sources_between(self, from_on: int, until_on: int) -> Counter[str]:
        """Return XP by source of the days from ``from_on`` until before ``until_on``."""
        total: Counter[str] = Counter()
        for day_on in range(from_on, until_on):
            for source, xp in self.by_day.get(day_on, {}).items():
                total[source] += xp
        return total
