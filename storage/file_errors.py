"""What errors of the file system mean to a self-hoster: why, and what mends it."""

from __future__ import annotations

import errno

__all__ = ["FAILING", "FORBIDDEN", "FULL", "UNREACHABLE", "explain_os_error"]

FORBIDDEN = (
    "the database or its folder may not be written",
    "Give the user that Laurel runs as the right to write to the database and its folder",
)
FULL = ("the disk is full", "Free some space; Laurel goes on by itself")
UNREACHABLE = (
    "the database cannot be opened",
    "See that its folder exists, that it is what LAUREL_STORE says, and that Laurel's user may write to both",
)
FAILING = (
    "the disk could not be read or written",
    "See the system's log for a failing disk or a lost network drive",
)

_CAUSES: dict[int, tuple[str, str]] = {
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: FORBIDDEN,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: (
        "the file would grow larger than the system allows",
        "Raise the limit (ulimit -f, LimitFSIZE of the service); Laurel goes on by itself",
    ),
    errno.EIO: FAILING,
    errno.ESTALE: FAILING,
}


def explain_os_error(error: OSError) -> tuple[str, str]:
    """Return the cause, with what the system says, and the cure."""
    cause, cure = _CAUSES.get(error.errno or 0, UNREACHABLE)
    return f"{cause} ({error.strerror or error})", cure
