"""All rows of an SQLite store as of one moment, on a connection of its own that can write nothing.

In WAL mode a read transaction sees the moment at which it began, whatever is written meanwhile, by the same
process or another. Until it ends, SQLite cannot put the log behind that moment back into the database, so the
log grows while writes go on.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from leveling_core.errors import StoreError
from leveling_core.store import Head
from storage.backend import RowCounts, WrongDay
from storage.codec import ANSWER_COLUMNS, DOCUMENT_COLUMNS, LEDGER_COLUMNS, MEMBER_COLUMNS, Row
from storage.migrate import check_version, schema_sql
from storage.sqlite_errors import translated
from storage.sqlite_sums import find_wrong_days

__all__ = ["SqliteSnapshot"]

T = TypeVar("T")

PORTION = 5_000
"""Rows read at a time: a portion costs the event loop a few milliseconds."""

BUSY_TIMEOUT_SECONDS = 5.0
"""How long to wait for another program that holds even readers off (while it recovers the log)."""

UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
"""What SQLite says where it cannot make the files beside the database."""

MEMBER_INDEX = "ledger_of_member"


def _select(table: str, columns: Sequence[str], order: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"  # noqa: S608 -- constants only


READ_MEMBERS = _select("members", MEMBER_COLUMNS, "guild_id, user_id")
READ_DOCUMENTS = _select("documents", DOCUMENT_COLUMNS, "kind, guild_id, id")
READ_LEDGER = _select("ledger", LEDGER_COLUMNS, "seq")
READ_BY_MEMBER = _select(f"ledger INDEXED BY {MEMBER_INDEX}", LEDGER_COLUMNS, "guild_id, user_id, seq")
READ_BY_MEMBER_SORTED = _select("ledger NOT INDEXED", LEDGER_COLUMNS, "guild_id, user_id, seq")
READ_ANSWERS = _select("answers", ANSWER_COLUMNS, "once_key")
READ_SCHEMA = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#'"
CHECK_INTEGRITY = "PRAGMA integrity_check"
"""The whole check: ``quick_check`` leaves out whether indexes hold every row, and by one of them the ledger
is read member by member."""


class SqliteSnapshot:
    """All rows of one moment. Made by :meth:`open`."""

    def __init__(
        self, path: Path, head: Head, connection: aiosqlite.Connection, resources: AsyncExitStack
    ) -> None:
        self.description = str(path)
        self.head = head
        self._connection = connection
        self._resources = resources
        self._is_index_damaged = False
        self._readings: list[AsyncGenerator[Sequence[Row], None]] = []

    @classmethod
    async def open(cls, path: Path) -> SqliteSnapshot:
        """Fix this moment of a database, whoever else has it open; nothing is written, no lock is taken.

        Raises:
            StoreError: There is none, it cannot be read, or it is of another version of Laurel.
        """
        with translated(path, is_read=True):
            _check_readable(path)
            try:
                return await cls._open(path, "mode=ro")
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith(UNWRITABLE) or _has_log(path):
                    raise
            # In a folder that may not be written SQLite cannot make the files by which readers and writers
            # know of each other. Without a log nobody is writing either.
            return await cls._open(path, "mode=ro&immutable=1")

    @classmethod
    async def _open(cls, path: Path, mode: str) -> SqliteSnapshot:
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(
                aiosqlite.connect(
                    _address(path, mode), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS
                )
            )
            await connection.execute("BEGIN")
            await check_version(connection, path)
            rows = await _fetch(connection, "SELECT value FROM meta WHERE name = 'epoch'")
            ((seq,),) = await _fetch(connection, "SELECT coalesce(max(seq), 0) FROM ledger")
            head = Head(rows[0][0] if rows else "", seq)
            return cls(path, head, connection, stack.pop_all())

    async def count_rows(self) -> RowCounts:
        """Count the rows."""
        with translated(self.description):
            counts = [
                (await _fetch(self._connection, f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608 -- constants
                for table in ("members", "documents", "ledger", "answers")
            ]
        return RowCounts(*counts)

    def members(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over members in portions, ascending by (guild id, user id)."""
        return self._begin(READ_MEMBERS)

    def documents(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over all other records in portions, ascending by (kind, guild id, id)."""
        return self._begin(READ_DOCUMENTS)

    def ledger(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by ``seq``."""
        return self._begin(READ_LEDGER)

    def ledger_by_member(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by (guild id, user id, ``seq``).

        By the index; without it, and by sorting all, once :meth:`find_damage` has found it damaged.
        """
        return self._begin(READ_BY_MEMBER_SORTED if self._is_index_damaged else READ_BY_MEMBER)

    def answers(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over once-keys, instants and answers in portions, ascending by once-key."""
        return self._begin(READ_ANSWERS)

    def _begin(self, sql: str) -> AsyncIterator[Sequence[Row]]:
        reading = self._read(sql)
        self._readings.append(reading)
        return reading

    async def _read(self, sql: str) -> AsyncGenerator[Sequence[Row], None]:
        with translated(self.description):
            async with self._connection.execute(sql) as cursor:
                while portion := await cursor.fetchmany(PORTION):
                    # Without a row factory the driver's rows are plain tuples, whatever its types say.
                    yield cast(Sequence[Row], portion)

    async def find_damage(self) -> list[str]:
        """Check the file's structure, indexes and types of values, and its schema."""
        with translated(self.description):
            found = await self._interruptible(_fetch(self._connection, CHECK_INTEGRITY))
            damage = [text for (text,) in found if text != "ok"]
            schema = await _fetch(self._connection, READ_SCHEMA)
        differences = _compare_schemas(dict(cast(list[tuple[str, str]], schema)))
        self._is_index_damaged = any(MEMBER_INDEX in text for text in (*damage, *differences))
        return [*damage, *differences]

    async def find_wrong_days(self, limit: int) -> list[WrongDay]:
        """Compare what is kept of members' days with the ledger; return some of those that differ."""
        with translated(self.description):
            return await self._interruptible(find_wrong_days(self._connection, limit))

    async def _interruptible(self, work: Awaitable[T]) -> T:
        """Await what may take minutes; whoever is told to stop meanwhile does not wait for its end."""
        try:
            return await work
        except asyncio.CancelledError:
            await self._connection.interrupt()
            raise

    async def close(self) -> None:
        """Give up the moment. Closing once more does nothing."""
        with translated(self.description):
            for reading in self._readings:  # one that was broken off still holds its cursor
                await reading.aclose()
            await self._resources.aclose()


def _address(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?{mode}"


def _check_readable(path: Path) -> None:
    """Tell early what forbids reading: a connection that cannot be opened would leave its thread behind.

    The file is only looked at, never opened: closing it would free the locks that SQLite holds on it for this
    process (https://sqlite.org/howtocorrupt.html, "POSIX advisory locks").
    """
    if not path.exists():
        cure = "Look for it, or name another place"
        raise StoreError(path=str(path), cause="there is no database", cure=cure)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _compare_schemas(found: dict[str, str]) -> list[str]:
    """Return in words how a schema (SQL by kind and name) differs from that of this version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema_sql())
        wanted: dict[str, str] = dict(connection.execute(READ_SCHEMA).fetchall())
    missing = [f"{name} is missing" for name in wanted if name not in found]
    unknown = [f"{name} is none of Laurel's" for name in found if name not in wanted]
    changed = [
        f"{name} is not as this version makes it"
        for name, sql in wanted.items()
        if found.get(name, sql).strip() != sql.strip()
    ]
    return sorted(missing + unknown + changed)


async def _fetch(connection: aiosqlite.Connection, sql: str) -> list[Row]:
    return cast(list[Any], await connection.execute_fetchall(sql))
