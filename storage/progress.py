"""How long work over many rows tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

__all__ = ["OpenStage", "Progress", "Stage", "no_progress", "unseen"]

Stage: TypeAlias = Literal[
    "backup",
    "copy",
    "days",
    "files",
    "ledger",
    "members",
    "others",
    "read-source",
    "read-target",
    "repair",
]
"""What is being done."""

Progress: TypeAlias = Callable[[int], None]
"""Is told how many more rows are done."""

OpenStage: TypeAlias = Callable[[Stage, int], Progress]
"""Is told what begins now, and how many rows it takes (0 where that is not known)."""


def no_progress(_rows: int) -> None:
    """Tell nobody how many rows are done."""


def unseen(_stage: Stage, _rows: int) -> Progress:
    """Tell nobody what begins."""
    return no_progress
