"""Keeping what the rules decide: durable, batched, one writer.

``open_store`` gives a :class:`leveling_core.store.LevelingStore` for a URL. A backend is a connection and its
SQL; grouping, once-keys, caching and ranks are written once above it.
"""

from storage.feed import Feed, FeedLag
from storage.opening import open_store

__all__ = ["Feed", "FeedLag", "open_store"]
