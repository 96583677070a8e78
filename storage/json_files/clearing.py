"""Deleting a store's files, so that whoever is killed over it can be told from whoever has lost some of them.

First the manifest gets another name, in one step: from then on nobody can open the store, and what lies there
is known to be of no use. That name goes last.
"""

from __future__ import annotations

from pathlib import Path

from storage.durable import sync_folder
from storage.json_files.manifest import CLEARED, MANIFEST, list_store_files

__all__ = ["clear_files", "is_half_cleared"]


def is_half_cleared(folder: Path) -> bool:
    """Tell whether deleting the files of a store was begun and not ended.

    Raises:
        OSError: It cannot be looked at.
    """
    return (folder / CLEARED).exists() and not (folder / MANIFEST).exists()


def clear_files(folder: Path) -> None:
    """Delete the files of a store, or what is left of them, while nobody else has it.

    Raises:
        OSError: Some of them cannot be deleted.
    """
    cleared = folder / CLEARED
    if (folder / MANIFEST).exists():
        (folder / MANIFEST).replace(cleared)
        sync_folder(folder)
    for path in list_store_files(folder):
        if path != cleared:
            path.unlink()
    # Without it the others would be a store that has lost its manifest: it must not be the first to go.
    sync_folder(folder)
    cleared.unlink()
