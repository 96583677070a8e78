"""What errors of the file system mean to a self-hoster: why, and what mends it.

Whoever runs a command reads this, and whoever reads the log of a bot, which goes on by itself once it is
mended. So a cure is what has to be done, and not what comes after it.
"""

from __future__ import annotations

import errno

__all__ = ["FAILING", "FORBIDDEN", "FORBIDDEN_TO_READ", "FULL", "UNREACHABLE", "explain_os_error"]

FORBIDDEN = (
    "the database or its folder may not be written",
    "Give the user that Laurel runs as the right to write to the database and its folder",
)
FORBIDDEN_TO_READ = (
    "it may not be read by this user",
    "Give the user that Laurel runs as the right to read it, or run Laurel as the user whose it is",
)
FULL = ("the disk is full", "Free some space")
UNREACHABLE = (
    "the database cannot be opened",
    "See that its folder exists, that the path is the one you mean, and that Laurel's user may write to both",
)
FAILING = (
    "the disk could not be read or written",
    "See the system's log for a failing disk or a lost network drive",
)

_FILE_IN_THE_WAY = (
    "a file stands where the folder is to be",
    "Move it away, or name another folder; a database is named sqlite:///...",
)
_FOLDER_IN_THE_WAY = (
    "it is a folder",
    "Name a file; a folder of JSON files is named json:///...",
)
_CAUSES: dict[int, tuple[str, str]] = {
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: FORBIDDEN,
    errno.EEXIST: _FILE_IN_THE_WAY,
    errno.ENOTDIR: _FILE_IN_THE_WAY,
    errno.EISDIR: _FOLDER_IN_THE_WAY,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: (
        "the file would grow larger than the system allows",
        "Raise the limit (ulimit -f, LimitFSIZE of the service)",
    ),
    errno.EIO: FAILING,
    errno.ESTALE: FAILING,
}


def explain_os_error(error: OSError, *, is_read: bool = False) -> tuple[str, str]:
    """Return the cause, with what the system says, and the cure.

    Args:
        error: What the system refused.
        is_read: Whether nothing was to be written.
    """
    cause, cure = _CAUSES.get(error.errno or 0, UNREACHABLE)
    if is_read and (cause, cure) == FORBIDDEN:
        cause, cure = FORBIDDEN_TO_READ
    return f"{cause} ({error.strerror or error})", cure
