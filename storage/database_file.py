"""A database file as a whole: copied at one moment beside whoever writes it, and looked into."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from leveling_core.errors import StoreError
from storage.durable import flush
from storage.pace import Pace

__all__ = [
    "APPLICATION_ID",
    "LOGS",
    "Contents",
    "Inspection",
    "copy_database",
    "inspect_database",
    "open_alone",
    "read_database",
]

APPLICATION_ID = 0x4C41_5552
"""Marks an SQLite file as Laurel's (``LAUR``; https://sqlite.org/pragma.html#pragma_application_id)."""

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite may leave beside a database. Beside another one it would be applied to that."""

BUSY_TIMEOUT_SECONDS = 5.0
PAGES_PER_STEP = 256
SYNC_EVERY_BYTES = 4_000_000
"""How much of a copy may wait in memory for the disk. A commit beside it has to wait for all that does: with
1 GB copied in one go commits took up to 150 ms (p99 130), in steps without this up to 380, with it 6 (p99
3.5)."""

COUNTED = ("members", "documents", "ledger", "answers")


class Contents(NamedTuple):
    """What is in a database.

    Attributes:
        schema: The version of its schema.
        epoch: Its epoch; "" where nobody has opened it yet.
        seq: The last line's ``seq``, 0 for none.
        last_at: When that happened, ms UTC.
        members: How many members.
        documents: How many other records.
        lines: How many lines of the ledger.
        answers: How many kept answers of deeds that must be done once.
    """

    schema: int
    epoch: str
    seq: int
    last_at: int
    members: int
    documents: int
    lines: int
    answers: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that anybody could miss."""
        return not (self.members or self.documents or self.lines)


def copy_database(source: Path, target: Path, pace: Pace) -> Contents:
    """Copy a database as of one moment, whoever has it open, and return what was in it then.

    Both are read in one transaction, so the copy does not begin anew when something is written meanwhile.
    Until it is done the source's log cannot go back into it: it grows by what is written.

    Args:
        source: The database; nothing of it is changed.
        target: A new file, which nobody else opens. It stands alone: nothing of it is in a log.
        pace: How fast.

    Raises:
        StoreError: The source is no database of Laurel.
        sqlite3.Error: It cannot be read, or the target cannot be written.
        OSError: The same.
        StoppedError: The pace was told to stop.
    """
    with _open_to_read(source) as reading, pace.interrupting(reading):
        reading.execute("BEGIN")
        contents = _read_contents(reading, source)
        with open_alone(target) as writing:
            # What is lost in a crash is made anew: neither a journal nor SQLite's own flushing is needed.
            writing.execute("PRAGMA synchronous = OFF")
            writing.execute("PRAGMA journal_mode = OFF")
            with target.open("r+b") as file:
                step = _Step(file.fileno(), pace)
                reading.backup(writing, pages=PAGES_PER_STEP, progress=step, sleep=0)
            writing.execute("PRAGMA journal_mode = DELETE")
        reading.execute("ROLLBACK")
    return contents


class _Step:
    """What comes after each step of a copy: its pages go to disk every few MB, and others get their turn."""

    def __init__(self, handle: int, pace: Pace) -> None:
        self._handle = handle
        self._pace = pace
        self._waiting_bytes = 0

    def __call__(self, _status: int, remaining: int, _total: int) -> None:
        """Flush and rest."""
        self._waiting_bytes += PAGES_PER_STEP * 4096
        if self._waiting_bytes >= SYNC_EVERY_BYTES or not remaining:
            flush(self._handle)
            self._waiting_bytes = 0
        self._pace.pause()


def read_database(path: Path) -> Contents:
    """Return what is in a database, unchecked.

    Raises:
        StoreError: It is no database of Laurel.
        sqlite3.Error: It cannot be read.
    """
    with _open_to_read(path) as reading:
        return _read_contents(reading, path)


class Inspection(NamedTuple):
    """What an inspection of a database found.

    Attributes:
        contents: What is in it.
        damage: What is damaged, in SQLite's words; empty where it is whole.
    """

    contents: Contents
    damage: list[str]


def inspect_database(path: Path, pace: Pace) -> Inspection:
    """Check a database that nobody writes to, in every page and index, and count what is in it.

    Args:
        path: The file, whole in itself: without a log beside it.
        pace: Told to stop, the check ends.

    Raises:
        StoreError: It is no database of Laurel.
        sqlite3.Error: It is no database at all, or so damaged that it cannot be read.
        StoppedError: The pace was told to stop.
    """
    reading = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    with closing(reading), pace.interrupting(reading):
        damage = [text for (text,) in reading.execute("PRAGMA integrity_check") if text != "ok"]
        return Inspection(_read_contents(reading, path), damage)


@contextmanager
def open_alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that nobody else has; every statement takes effect at once unless one begins more."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
    with closing(connection):
        yield connection


@contextmanager
def _open_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
    with closing(connection):
        yield connection


def _read_contents(connection: sqlite3.Connection, path: Path) -> Contents:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        raise StoreError(
            path=str(path), cause="nothing was ever kept in this database", cure="Name the one you mean"
        )
    ((application_id,),) = connection.execute("PRAGMA application_id")
    if application_id != APPLICATION_ID or not tables.issuperset({"migrations", "meta", *COUNTED}):
        raise StoreError(
            path=str(path),
            cause="it is no database of Laurel",
            cure="Name a backup that Laurel made, or a database of its",
        )
    ((schema,),) = connection.execute("SELECT max(version) FROM migrations")
    epoch = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
    last = connection.execute("SELECT seq, at FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED]  # noqa: S608 -- constants only
    return Contents(int(schema), epoch[0] if epoch else "", *(last or (0, 0)), *counts)
