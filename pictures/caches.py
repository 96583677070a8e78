"""A cache that is bounded by the bytes it holds, not by the number of its entries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["ByteCache"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRY_BYTES = 200
"""What an entry costs beside its value: the key, and its place in the table."""


class ByteCache(Generic[K, V]):
    """Keeps what was used last, up to a number of bytes.

    Args:
        limit_bytes: The most that all entries may take together.
        size_of: Says how many bytes a value takes.
    """

    def __init__(self, limit_bytes: int, size_of: Callable[[V], int]) -> None:
        self._limit = limit_bytes
        self._size_of = size_of
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._held = 0

    @property
    def held_bytes(self) -> int:
        """What all entries take together."""
        return self._held

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: K) -> V | None:
        """Return the value of a key, which becomes the one used last, or None."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V) -> V:
        """Keep a value and return it; what was not used for longest goes. Too large a value is not kept."""
        size = self._size_of(value) + ENTRY_BYTES
        self._drop(key)
        if size <= self._limit:
            self._entries[key] = (value, size)
            self._held += size
            while self._held > self._limit:
                self._drop(next(iter(self._entries)))
        return value

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made and kept if it is not there."""
        value = self.find(key)
        return self.put(key, make()) if value is None else value

    def _drop(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._held -= entry[1]
