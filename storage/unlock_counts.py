"""How many members have each achievement: counted once per guild that is looked at, then moved by its groups.

The counts are read from the members' records as of a moment between two groups; every group published later
moves them and none before does. Counts can be added in any order, so groups move them while they are still
being read.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Protocol, cast

from leveling_core.documents import Record
from leveling_core.ids import Key, MemberKey
from leveling_core.member import MemberRecord
from storage.ranks import BetweenGroups

__all__ = ["UnlockCounts", "UnlockSource"]

MAX_GUILDS = 4096
"""Guilds with counts in memory at most, a few KB each; the one looked at longest ago goes first."""


class UnlockSource(Protocol):
    """Where counts come from."""

    async def open_unlocks(self, guild_id: int) -> AsyncGenerator[Mapping[str, int], None]:
        """Fix a moment, and return how many present members had each achievement then, in portions."""
        ...


class UnlockCounts:
    """The counts of the guilds that are looked at.

    Args:
        source: Where they come from.
        between_groups: Runs an action while nothing is being decided or written.
        one_build: Held while a backend reads what takes long: it does one such thing at a time.
    """

    def __init__(self, source: UnlockSource, between_groups: BetweenGroups, one_build: asyncio.Lock) -> None:
        self._source = source
        self._between_groups = between_groups
        self._one_build = one_build
        self._counts: OrderedDict[int, Counter[str]] = OrderedDict()
        self._followed: dict[int, Counter[str]] = {}
        self._building: dict[int, asyncio.Task[None]] = {}

    def note(self, before: Mapping[Key, Record], after: Mapping[Key, Record]) -> None:
        """Move the counts by the members of a group that was just published."""
        if not self._followed:
            return
        for key, record in after.items():
            if isinstance(key, MemberKey) and (counts := self._followed.get(key.guild_id)) is not None:
                _move(counts, cast(MemberRecord, before[key]), cast(MemberRecord, record))

    async def get(self, guild_id: int) -> Mapping[str, int]:
        """Return how many present members of a guild have each achievement, by its id; as of now."""
        while True:
            counts = self._counts.get(guild_id)
            if counts is not None:
                self._counts.move_to_end(guild_id)
                return {achievement_id: count for achievement_id, count in counts.items() if count > 0}
            if guild_id not in self._building:
                self._building[guild_id] = asyncio.create_task(self._build(guild_id))
                self._building[guild_id].add_done_callback(lambda _: self._building.pop(guild_id))
            await asyncio.shield(self._building[guild_id])

    def give_up(self, guild_ids: Iterable[int]) -> None:
        """Give up the counts of some guilds, also those in the making; the next look makes them anew."""
        for guild_id in guild_ids:
            self._followed.pop(guild_id, None)
            self._counts.pop(guild_id, None)

    def give_up_all(self) -> None:
        """Give up all counts, also those in the making."""
        self.give_up(tuple(self._followed))

    async def _build(self, guild_id: int) -> None:
        counts: Counter[str] = Counter()

        async def fix_moment() -> AsyncGenerator[Mapping[str, int], None]:
            portions = await self._source.open_unlocks(guild_id)
            self._followed[guild_id] = counts
            return portions

        async with self._one_build:
            try:
                async with aclosing(await self._between_groups(fix_moment)) as portions:
                    async for portion in portions:
                        counts.update(portion)
            except BaseException:
                if self._followed.get(guild_id) is counts:
                    self.give_up((guild_id,))
                raise
        if self._followed.get(guild_id) is counts:  # else they were given up meanwhile
            self._counts[guild_id] = counts
            while len(self._counts) > MAX_GUILDS:
                self.give_up((next(iter(self._counts)),))


def _move(counts: Counter[str], before: MemberRecord, after: MemberRecord) -> None:
    if before.achievements is after.achievements and before.present == after.present:
        return
    if before.present:
        counts.subtract(before.achievements.keys())
    if after.present:
        counts.update(after.achievements.keys())
