"""A bounded cache of records as they are on disk."""

from __future__ import annotations

from collections.abc import Mapping

from leveling_core.documents import Record
from leveling_core.ids import Key

__all__ = ["DEFAULT_CACHED_RECORDS", "RecordCache"]

DEFAULT_CACHED_RECORDS = 100_000
"""How many records are kept by default: about 120 MiB when full of members."""


class RecordCache:
    """Keeps the records used last, in two generations of plain dicts.

    A lookup costs one ``dict.get`` where an exact LRU would also move an entry. When the young generation is
    full it becomes the old one, and the old one is dropped.

    Only what is on disk may be put here.
    """

    __slots__ = ("_generation_size", "_old", "_young")

    def __init__(self, most_records: int = DEFAULT_CACHED_RECORDS) -> None:
        self._generation_size = max(1, most_records // 2)
        self._young: dict[Key, Record] = {}
        self._old: dict[Key, Record] = {}

    def find(self, key: Key) -> Record | None:
        """Return a record that is here, and keep it young; None if it is not here."""
        record = self._young.get(key)
        if record is None:
            record = self._old.get(key)
            if record is not None:
                self._young[key] = record
        return record

    def put(self, records: Mapping[Key, Record]) -> None:
        """Take records in, in place of what is here under their keys."""
        self._young.update(records)
        if len(self._young) > self._generation_size:
            self._old = self._young
            self._young = {}

    def clear(self) -> None:
        """Forget everything."""
        self._old, self._young = {}, {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
