"""How the backups do, in words: for those who manage a server, and for those who run the bot."""

from __future__ import annotations

from cogs.errors import quoted
from cogs.ui.sizes import file_size
from cogs.ui.times import relative
from data import Texts
from leveling_core.errors import StoreError
from storage import Backups, BackupState

__all__ = ["backup_lines", "failure_notice", "recovery_notice"]

NOTICE_CHARACTERS = 500
"""How much of an error those are told who run the bot: a path of theirs may be long."""


def backup_lines(texts: Texts, backups: Backups) -> list[str]:
    """Return what is said of backups in a server: no path of the machine is in it.

    Args:
        texts: What people read.
        backups: The backups.
    """
    if not backups.are_on:
        return [texts("backups-off")]
    state = backups.state
    if state.failure is None:
        return [_last_one(texts, state)]
    problem, cure = quoted(state.failure.cause), quoted(state.failure.cure)
    return [
        texts("backups-failing", tried=relative(state.failed_at)),
        texts("config-storage-problem", problem=problem, cure=cure),
        _last_one(texts, state),
    ]


def failure_notice(texts: Texts, failure: StoreError, state: BackupState) -> str:
    """Return what those who run the bot are told of a failure, with what mends it.

    Args:
        texts: What people read.
        failure: What went wrong.
        state: How the backups do.
    """
    problem = f"{failure.path}: {failure.cause}"
    return texts(
        "backups-told-failure",
        problem=quoted(problem, NOTICE_CHARACTERS),
        cure=quoted(failure.cure, NOTICE_CHARACTERS),
        last=_last_one(texts, state),
    )


def recovery_notice(texts: Texts, state: BackupState) -> str:
    """Return what those who run the bot are told when backups work again.

    Args:
        texts: What people read.
        state: How the backups do.
    """
    return texts("backups-told-recovery", last=_last_one(texts, state))


def _last_one(texts: Texts, state: BackupState) -> str:
    if not state.last_at:
        return texts("backups-none")
    size = file_size(texts, state.last_size_bytes)
    return texts("backups-last", when=relative(state.last_at), size=size)
