"""Statistics of members: the use cases of looking at one's XP over time, and at two members side by side."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from leveling_core.charts import PACE_DAYS, WEEK_DAYS, WeekHours, forecast_level, hours_of_the_week, xp_chart
from leveling_core.comparing import Comparison, compare_profiles
from leveling_core.history import HISTORY_DAYS, sum_up_days
from leveling_core.ids import MemberKey
from leveling_core.periods import MS_PER_DAY, utc_midnight_of
from leveling_core.profiles import XpStats
from leveling_core.rules import Ruleset
from leveling_core.service import Leveling
from leveling_core.store import LedgerQuery
from leveling_core.tallies import XpTally

__all__ = ["Statistics"]

_LINES_A_READ: Final = 250
"""So many lines are read and added up at once: what comes in between waits for some milliseconds."""

_LATE_MS = MS_PER_DAY
"""By how much a line may be older than one before it: Discord's clock and ours differ, and what happened
while the connection was away is told late."""

_MEMBERS_KEPT: Final = 32
"""Of so many members the sums are kept, at most 0.3 MB each: whoever looks at one chart turns to the next."""


class _Reading:
    """What was read of a member: all lines from one on, up to another, and what they add up to."""

    __slots__ = ("lock", "made_on", "newest_seq", "oldest_seq", "reached_at", "tally")

    def __init__(self, tally: XpTally, made_on: int) -> None:
        self.tally = tally
        self.made_on = made_on
        self.lock = asyncio.Lock()
        self.newest_seq = 0
        self.oldest_seq: int | None = None
        self.reached_at: int | None = None
        """The instant of the oldest line read; None once there is no older one."""


class Statistics:
    """Looks at what members earned.

    A member's lines are read once, newest first and as far back as is asked for; whoever asks again has the
    newer ones added.

    Args:
        leveling: The use cases of leveling.
    """

    def __init__(self, leveling: Leveling) -> None:
        self._leveling = leveling
        self._store = leveling.store
        self._readings: OrderedDict[MemberKey, _Reading] = OrderedDict()

    async def get_xp_stats(self, key: MemberKey, at: int, days: int = HISTORY_DAYS) -> XpStats:
        """Return a member's XP of the last days, their chart, and when the next level comes.

        Args:
            key: The member.
            at: Now, ms UTC.
            days: How many days, today included.
        """
        ruleset = await self._leveling.get_rules(key.guild_id)
        today_on = ruleset.day_of(at)
        tally = await self._read(key, ruleset, today_on, max(days, PACE_DAYS))
        profile = await self._leveling.get_profile(key, at)
        return XpStats(
            profile=profile,
            history=sum_up_days(tally, today_on, days),
            chart=xp_chart(tally, today_on, days),
            forecast=forecast_level(tally, profile.progress, today_on, tally.first_on(profile.member.xp)),
        )

    async def get_week_hours(self, key: MemberKey, at: int) -> WeekHours:
        """Return at which hours of the week a member was active of late, by the guild's time zone."""
        ruleset = await self._leveling.get_rules(key.guild_id)
        today_on = ruleset.day_of(at)
        tally = await self._read(key, ruleset, today_on, WEEK_DAYS)
        return hours_of_the_week(tally, today_on, week_start=ruleset.rules.general.week_start)

    async def compare(self, left: MemberKey, right: MemberKey, at: int) -> Comparison:
        """Return two members of a guild side by side, as they are at an instant (ms UTC)."""
        return compare_profiles(
            await self._leveling.get_profile(left, at), await self._leveling.get_profile(right, at)
        )

    async def _read(self, key: MemberKey, ruleset: Ruleset, today_on: int, days: int) -> XpTally:
        """Return what a member's lines of the last days add up to; it may hold older ones, too."""
        reading = self._find_or_begin(key, ruleset, today_on)
        # A guild's day begins at most 14 hours before, and ends at most 12 hours after, that of UTC.
        from_at = utc_midnight_of(today_on - days + 1) - MS_PER_DAY - _LATE_MS
        async with reading.lock:  # whoever asks meanwhile waits for the same lines, and does not read them
            await self._read_newer(key, reading)
            await self._read_older(key, reading, from_at)
        return reading.tally

    def _find_or_begin(self, key: MemberKey, ruleset: Ruleset, today_on: int) -> _Reading:
        reading = self._readings.get(key)
        if reading is None or reading.tally.zone != ruleset.zone or reading.made_on != today_on:
            reading = self._readings[key] = _Reading(XpTally(ruleset.zone), today_on)
        self._readings.move_to_end(key)
        while len(self._readings) > _MEMBERS_KEPT:
            self._readings.popitem(last=False)
        return reading

    async def _read_newer(self, key: MemberKey, reading: _Reading) -> None:
        """Add the lines since the last look; there was one if any line is known."""
        while reading.newest_seq:
            lines = await self._store.list_ledger(
                LedgerQuery(
                    guild_id=key.guild_id,
                    user_id=key.user_id,
                    after_seq=reading.newest_seq,
                    limit=_LINES_A_READ,
                )
            )
            if lines:
                reading.tally.add(lines)
                reading.newest_seq = lines[-1].seq
            if len(lines) < _LINES_A_READ:
                return
            await asyncio.sleep(0)

    async def _read_older(self, key: MemberKey, reading: _Reading, from_at: int) -> None:
        """Add lines before those that are known, until they are older than an instant."""
        if reading.oldest_seq is None:
            reading.reached_at = from_at
        while reading.reached_at is not None and reading.reached_at >= from_at:
            lines = await self._store.list_ledger(
                LedgerQuery(
                    guild_id=key.guild_id,
                    user_id=key.user_id,
                    before_seq=reading.oldest_seq,
                    newest_first=True,
                    limit=_LINES_A_READ,
                )
            )
            reading.tally.add(lines)
            reading.reached_at = lines[-1].at if len(lines) == _LINES_A_READ else None
            if lines:
                reading.newest_seq = reading.newest_seq or lines[0].seq
                reading.oldest_seq = lines[-1].seq
            await asyncio.sleep(0)
