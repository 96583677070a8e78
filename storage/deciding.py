"""Deciding a group: all that its decisions look at is loaded at once, then they run one after another.

All records and once-keys that the decisions name are loaded with one query each (or come from the cache),
then the decisions run in the order of their calls with no ``await`` between, each seeing what those before it
wrote. Were each loaded on its own, a later commit could overtake an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from leveling_core.decision import RecordsNeeded
from leveling_core.documents import absent_record
from leveling_core.errors import LevelingError
from leveling_core.ids import Key
from leveling_core.periods import MS_PER_DAY
from leveling_core.store import ONCE_KEPT_DAYS
from storage.backend import Backend
from storage.cache import RecordCache
from storage.codec import check_key
from storage.group import Group, Pending, decode_rows, split_keys

__all__ = ["ONCE_KEPT_MS", "Decider"]

ONCE_KEPT_MS = ONCE_KEPT_DAYS * MS_PER_DAY


class Decider:
    """Runs the decisions of groups.

    Args:
        backend: Where records are that the cache does not hold.
        cache: The records that are on disk; what is loaded goes there.
        clock: Now, in ms UTC.
    """

    def __init__(self, backend: Backend, cache: RecordCache, clock: Callable[[], int]) -> None:
        self._backend = backend
        self._cache = cache
        self._clock = clock

    async def decide(self, batch: Sequence[Pending], last_seq: int) -> Group:
        """Decide a group that follows the line ``last_seq``; nothing of it is visible outside.

        Raises:
            StoreError: What its decisions look at could not be loaded.
        """
        group = Group(last_seq)
        await self._gather(group, batch)
        for pending in batch:
            try:
                group.decide(pending)
            except RecordsNeeded as needed:
                await self._decide_with_more(group, pending, needed)
        return group

    async def _gather(self, group: Group, batch: Sequence[Pending]) -> None:
        """Load what the group's decisions name: from the cache, else with one query each."""
        records, find = group.records, self._cache.find
        missing: dict[Key, None] = {}
        once: list[str] = []
        for keys, _, once_key, _, _ in batch:
            for key in keys:
                if key not in records:
                    record = find(key)
                    if record is None:
                        missing[key] = None
                    else:
                        records[key] = record
            if once_key is not None:
                once.append(str(once_key))
        if missing:
            await self._load(group, missing)
        if once:
            since_at = self._clock() - ONCE_KEPT_MS
            for key, _, answer in await self._backend.load_answers(once, since_at):
                group.answers[key] = answer

    async def _load(self, group: Group, keys: Iterable[Key]) -> None:
        wanted: list[Key] = []
        for key in keys:
            try:
                check_key(key)
            except LevelingError as error:
                group.broken[key] = error
            else:
                wanted.append(key)
        found = decode_rows(await self._backend.load(*split_keys(wanted)), group.broken)
        for key in wanted:
            if key not in found and key not in group.broken:
                found[key] = absent_record(key)
        self._cache.put(found)
        group.records.update(found)

    async def _decide_with_more(self, group: Group, pending: Pending, needed: RecordsNeeded) -> None:
        """Load what a decision asks for and run it again, until it asks no more; the others wait."""
        keys, decide, once, future, patient = pending
        named = dict.fromkeys(keys)
        while True:
            fresh = [key for key in needed.keys if key not in named]
            if not fresh:
                problem = RuntimeError(f"a decision asks for records that it was given: {needed.keys}")
                group.outcomes.append((future, None, problem))
                return
            missing: list[Key] = []
            for key in fresh:
                named[key] = None
                if key not in group.records and key not in group.broken:
                    record = self._cache.find(key)
                    if record is None:
                        missing.append(key)
                    else:
                        group.records[key] = record
            if missing:
                await self._load(group, missing)
            try:
                group.decide((named, decide, once, future, patient))
            except RecordsNeeded as again:
                needed = again
            else:
                return
