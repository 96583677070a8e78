"""What every command is given: the texts, the clock, the store, and whoever sits there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from data import Texts
from leveling_core.errors import ContentError
from storage.backups import default_backup_dir
from storage.json_files import list_store_files
from storage.opening import StorePlace, read_store_url
from storage.sqlite_errors import translated
from storage.unfinished_restore import RestoreSite

__all__ = [
    "DONE",
    "FAILED",
    "OWN_STORE",
    "WRONG_USAGE",
    "FilePlace",
    "Refused",
    "Session",
    "ask",
    "can_ask",
    "run_async",
    "say",
    "tell",
]

T = TypeVar("T")

DONE, FAILED, WRONG_USAGE = 0, 1, 2
"""Exit codes: all is well; something was found, failed or was stopped; what was asked for cannot be."""


OWN_STORE = "LAUREL_STORE"
"""The setting that names the bot's own store."""


class Refused(Exception):  # noqa: N818 -- it ends the command with a message; that is no error of its own
    """The command cannot do what it was asked; holds the message that says why, and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """Write a result."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """Write what is no result: an error, a note."""
    sys.stdout.flush()  # where both go to one file they come in order
    sys.stderr.write(f"{text}\n")


class FilePlace(NamedTuple):
    """Where a store that is kept in files is.

    Attributes:
        url: Its URL.
        setting: Where that was written: ``LAUREL_STORE``, ``--store``, or an argument.
        store: What the URL names.
        site: Its files.
    """

    url: str
    setting: str
    store: StorePlace
    site: RestoreSite

    @property
    def path(self) -> Path:
        """The database file or the folder, as the URL names it."""
        return self.store.path


def can_ask() -> bool:
    """Tell whether somebody sits there who reads questions and can answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, yes: str) -> bool:
    """Ask a question; tell whether the answer was one of those (parted by blanks) that mean yes.

    Raises:
        KeyboardInterrupt: Ctrl-C was the answer.
    """
    sys.stdout.flush()
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    answer = ""
    try:
        answer = sys.stdin.readline()
    finally:
        if not answer.endswith("\n"):  # what comes next begins on a line of its own
            sys.stderr.write("\n")
    return answer.strip().casefold() in yes.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a command works with.

    Attributes:
        texts: The texts.
        clock: Now, in ms UTC.
        store_url: The store.
        setting: What named it: ``LAUREL_STORE`` or ``--store``.
        own_backup_dir: Where the backups of the bot's own store go; None for ``backups`` beside it.
    """

    texts: Texts
    clock: Callable[[], int]
    store_url: str
    setting: str
    own_backup_dir: Path | None = None

    def own_place(self) -> FilePlace:
        """Return the place of the store that the command is about.

        Raises:
            Refused: The URL names none.
        """
        return self.read_place(self.store_url, self.setting)

    def read_place(self, url: str, setting: str) -> FilePlace:
        """Return the place of a store that is kept in files.

        Args:
            url: Its URL.
            setting: Where that was written.

        Raises:
            Refused: The URL names none.
        """
        try:
            store = read_store_url(url)
        except ContentError as error:
            raise Refused(self._correct(url, setting), WRONG_USAGE) from error
        if store.kind == "memory":
            raise Refused(self.texts("store-in-memory", name=setting), WRONG_USAGE)
        place = FilePlace(url, setting, store, RestoreSite.of(store.kind, store.path))
        self._check_kind(place)
        return place

    def _check_kind(self, place: FilePlace) -> None:
        """See that what a URL names can be of its kind, and that the folder which it is to be in is there.

        Raises:
            Refused: It cannot, or the folder is not.
            StoreError: The place cannot be looked at.
        """
        name, path = place.setting, place.path
        with translated(path, is_read=True):
            if place.store.kind == "sqlite" and path.is_dir():
                near = f"json:///{path}"
                raise Refused(self.texts("store-is-folder", name=name, path=str(path), near=near))
            if place.store.kind == "json" and path.is_file():
                near = f"sqlite:///{path}"
                raise Refused(self.texts("store-is-file", name=name, path=str(path), near=near))
            folder = path.absolute().parent
            if not folder.is_dir():
                raise Refused(self.texts("store-no-folder", name=name, folder=str(folder)))

    def _correct(self, url: str, setting: str) -> str:
        """Say what would be right; somebody who wrote a path is told its URL."""
        path = Path(url)
        if "://" not in url and path.exists():
            near = f"{'json' if path.is_dir() else 'sqlite'}:///{url}"
            return self.texts("store-wrong-url-near", name=setting, url=url, near=near)
        return self.texts("store-wrong-url", name=setting, url=url)

    def backup_dir(self, place: FilePlace) -> Path:
        """Return the folder that backups of a store go to, unless another is named."""
        if place.setting == OWN_STORE and self.own_backup_dir is not None:
            return self.own_backup_dir
        return default_backup_dir(place.store)

    def require_store(self, place: FilePlace) -> FilePlace:
        """Return a place in which there is a store.

        Raises:
            Refused: There is none.
            StoreError: The place cannot be looked at.
        """
        with translated(place.path, is_read=True):
            # What is damaged, or left half done by a restore, is told by whoever opens it.
            if not place.site.main.exists() and not place.site.plan.exists() and not _has_parts(place):
                raise Refused(self._miss(place))
            _check_readable(place.site.main)
        return place

    def _miss(self, place: FilePlace) -> str:
        """Say that there is no store, and where it may be."""
        path, name, texts = str(place.path.absolute()), place.setting, self.texts
        log = place.site.main.with_name(f"{place.site.main.name}-wal")
        if place.store.kind == "sqlite" and log.exists() and log.stat().st_size:
            return texts("store-gone", path=path, name=name, log=log.name)
        missing = texts("store-missing", path=path, name=name)
        return missing if place.path.is_absolute() else f"{missing}\n{texts('store-missing-relative')}"


def _check_readable(file: Path) -> None:
    """Tell early what forbids reading: SQLite would only say that it cannot open the file."""
    is_effective = os.access in os.supports_effective_ids
    if file.exists() and not os.access(file, os.R_OK, effective_ids=is_effective):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _has_parts(place: FilePlace) -> bool:
    """Tell whether there is anything of a store in files but its manifest."""
    return place.store.kind == "json" and place.path.is_dir() and bool(list_store_files(place.path))


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; being told to end (SIGTERM) is the same as Ctrl-C.

    Raises:
        KeyboardInterrupt: It was stopped; whatever it had begun is tidied up.
    """
    with _interrupting_at_sigterm():
        return asyncio.run(work)


@contextlib.contextmanager
def _interrupting_at_sigterm() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # only the main one may listen to signals
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
