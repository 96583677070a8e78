"""Sizes of files as people read them."""

from __future__ import annotations

from data.texts import Texts

__all__ = ["file_size"]

BYTES_A_KB, BYTES_A_MB, BYTES_A_GB = 10**3, 10**6, 10**9


def file_size(texts: Texts, size_bytes: int) -> str:
    """Return how long a file is, in the unit that fits: "12 kB", "3.4 MB", "1.2 GB".

    Args:
        texts: What people read.
        size_bytes: How long it is.
    """
    if size_bytes < BYTES_A_MB:
        return texts("ui-kilobytes", kilobytes=-(-size_bytes // BYTES_A_KB))
    if size_bytes < BYTES_A_GB:
        return texts("ui-megabytes", megabytes=round(size_bytes / BYTES_A_MB, 1))
    return texts("ui-gigabytes", gigabytes=round(size_bytes / BYTES_A_GB, 1))
