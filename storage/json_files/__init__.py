"""The JSON backend: a folder of files that people can read, for small bots and for moving data.

Everything is in memory while a store is open. What is written goes first into the **journal**, one line for a
group, flushed before it is acknowledged. Now and then a **compaction** writes the whole into **snapshots** (a
file for each guild, one for the rest) and **segments** of the ledger, beside the commits that go on; the
**manifest** says which files make up the store, and is swapped for the next by a rename. No file that it
names is ever changed, only replaced by another.
"""

from storage.json_files.backend import Compacting, JsonBackend
from storage.json_files.manifest import list_store_files
from storage.json_files.moment import open_files_snapshot

__all__ = ["Compacting", "JsonBackend", "list_store_files", "open_files_snapshot"]
