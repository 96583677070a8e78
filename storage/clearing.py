"""Deleting a store, so that whoever is killed over it can be told from whoever has lost some of its files.

First the file without which there is no store gets another name, in one step: from then on nobody can open
it, and what lies there is known to be of no use. That name goes last.
"""

from __future__ import annotations

from storage.database_file import LOGS
from storage.durable import sync_folder
from storage.json_files import list_store_files
from storage.unfinished_restore import RestoreSite

__all__ = ["clear_store"]


def clear_store(site: RestoreSite) -> None:
    """Delete a store, or what is left of one of which this was begun, while nobody else has it.

    Raises:
        OSError: Some of it cannot be deleted.
    """
    if site.main.exists():
        site.main.replace(site.cleared)
        sync_folder(site.folder)
    if site.kind == "json":
        others = [path for path in list_store_files(site.folder) if path != site.cleared]
    else:
        others = [site.main.with_name(site.main.name + suffix) for suffix in LOGS]
    for path in others:
        path.unlink(missing_ok=True)
    # Without the renamed one the others would be a store that has lost it: it must not be the first to go.
    sync_folder(site.folder)
    site.cleared.unlink(missing_ok=True)
