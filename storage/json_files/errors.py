"""What is wrong with the files of a store, in words that help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leveling_core.errors import StoreError, StoreUnavailableError, UnreadableError
from storage.file_errors import explain_os_error

__all__ = ["DamagedFileError", "damage_error", "unavailable", "when_opening"]

RESTORE = (
    "Nothing was changed. If somebody edited or moved it, put it back as it was; if not, restore a backup"
    " with: python bot.py store restore FILE"
)


class DamagedFileError(Exception):
    """A file is not what was written.

    Attributes:
        name: Which file.
        line: Where in it, counted from 1; 0 for the file as a whole.
        problem: What is wrong.
    """

    def __init__(self, name: str, problem: str, *, line: int = 0) -> None:
        self.name = name
        self.line = line
        self.problem = problem
        super().__init__(f"{name}, line {line}: {problem}" if line else f"{name}: {problem}")


def damage_error(folder: str, error: DamagedFileError) -> UnreadableError:
    """Return what a self-hoster is told of a damaged file; the caller chains it."""
    path = f"{folder}/{error.name}"
    return UnreadableError(
        path=f"{path}, line {error.line}" if error.line else path, cause=error.problem, cure=RESTORE
    )


def unavailable(folder: str, error: OSError) -> StoreUnavailableError:
    """Return what a file system's refusal means for a store that is open; the caller chains it."""
    cause, cure = explain_os_error(error)
    return StoreUnavailableError(path=folder, cause=cause, cure=cure)


@contextmanager
def when_opening(folder: Path | str, *, is_read: bool = False) -> Iterator[None]:
    """Turn what goes wrong while a store is opened into ``StoreError``, once.

    Args:
        folder: Where it is.
        is_read: Whether it is only read.
    """
    try:
        yield
    except DamagedFileError as error:
        raise damage_error(str(folder), error) from error
    except OSError as error:
        cause, cure = explain_os_error(error, is_read=is_read)
        raise StoreError(path=str(folder), cause=cause, cure=cure) from error
