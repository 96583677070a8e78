"""How the storage does, in words, for those who manage a server."""

from __future__ import annotations

from typing import NamedTuple

from cogs.backup_status import backup_lines
from cogs.errors import quoted
from cogs.ui.times import relative
from data import Texts
from leveling_core.store import StoreHealth
from storage import Backups

__all__ = ["StorageStatus", "storage_status"]


class StorageStatus(NamedTuple):
    """What is said of the storage.

    Attributes:
        is_well: Whether there is nothing to do and nothing to worry about.
        lines: It in words.
    """

    is_well: bool
    lines: list[str]


def storage_status(texts: Texts, health: StoreHealth, backups: Backups | None = None) -> StorageStatus:
    """Return what is said of the storage, and of its backups.

    Args:
        texts: What people read.
        health: How it does.
        backups: Its backups; None where nobody has told of any, which says nothing.
    """
    status = _store_status(texts, health)
    if backups is None:
        return status
    is_well = status.is_well and backups.state.failure is None
    return StorageStatus(is_well, [*status.lines, *backup_lines(texts, backups)])


def _store_status(texts: Texts, health: StoreHealth) -> StorageStatus:
    if not health.failing_since_at:
        if health.breaker == "closed":
            return StorageStatus(True, [texts("config-storage-well")])
        return StorageStatus(False, [texts("config-storage-proving")])
    state = texts(
        f"config-storage-{health.breaker.replace('_', '-')}", since=relative(health.failing_since_at)
    )
    problem, cure = quoted(health.problem), quoted(health.cure)
    lines = [state, texts("config-storage-problem", problem=problem, cure=cure)]
    if health.waiting:
        lines.append(texts("config-storage-waiting", count=health.waiting))
    if health.refused:
        lines.append(texts("config-storage-refused", count=health.refused))
    return StorageStatus(False, lines)
