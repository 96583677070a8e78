"""Keeping what the rules decide: durable, batched, one writer.

``open_store`` gives a :class:`leveling_core.store.LevelingStore` for a URL, ``Backups`` makes copies of it.
A backend is a connection and its SQL; grouping, once-keys, caching and ranks are written once above it.
"""

from storage.backups import Backups, BackupState
from storage.feed import Feed, FeedLag
from storage.opening import open_store

__all__ = ["BackupState", "Backups", "Feed", "FeedLag", "open_store"]
