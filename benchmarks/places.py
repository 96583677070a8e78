"""Where the files of a benchmark lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["warn_of_memory"]


def warn_of_memory(folder: Path) -> None:
    """Say so where the files would lie in memory: their durability would cost nothing."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    points = [line.split()[1:3] for line in mounts.read_text(encoding="utf-8").splitlines()]
    inside = [(point, kind) for point, kind in points if folder.resolve().is_relative_to(point)]
    if max(inside, key=lambda found: len(found[0]))[1] in {"tmpfs", "ramfs"}:
        print(f"warning: {folder} lies in memory, not on a disk; choose another with --folder")
