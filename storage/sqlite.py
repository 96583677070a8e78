"""The SQLite backend: one file beside the bot, in WAL mode, every commit flushed to disk.

Three connections, each with a thread of its own (aiosqlite): one writes, one reads beside it, and one reads
whole boards, whose long reads must hold up no other. SQLite runs a reader and the writer side by side in WAL
mode, and a reader sees what was committed when it began.
"""

from __future__ import annotations

import logging
import math
import secrets
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, aclosing
from pathlib import Path
from typing import TypeVar

import aiosqlite

from leveling_core.errors import StoreUnavailableError
from leveling_core.ids import DocumentKey, MemberKey
from leveling_core.store import Head, LedgerQuery, PeriodBoard, XpBoard
from storage.backend import BoardEntry, KeptBoard, Rows, Writes
from storage.codec import Row
from storage.locking import lock_beside, locked
from storage.migrate import apply_migrations
from storage.sqlite_errors import is_busy, translated
from storage.sqlite_rows import (
    FORGET_ANSWERS,
    READ_ANSWERS,
    READ_DOCUMENTS_OF_KIND,
    READ_MEMBER_IDS,
    READ_STREAK_BOARD,
    READ_XP_BOARD,
    WRITE_ANSWER,
    WRITE_DOCUMENT,
    WRITE_LINE,
    WRITE_MEMBER,
    fetch,
    ledger_sql,
    marks,
    read_rows,
)
from storage.sqlite_snapshot import SqliteSnapshot
from storage.sqlite_sums import (
    LINES_PER_SUM,
    catch_up,
    end_moment,
    fix_moment,
    list_foldable,
    list_period,
    make_anew,
    read_summed_seq,
    sum_up,
    write_folds,
)
from storage.sqlite_unlocks import count_unlocks
from storage.watched_file import FORMER, WatchedFile, log_of, refuse_lone_log

__all__ = ["SqliteBackend"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 5.0
"""How long the start and a read wait for another program that holds the database."""

WRITE_BUSY_SECONDS = 2.0
"""The same for a write, before it fails for now: who has asked for it waits no longer than that, and what
members did is tried again."""

CLOSING_BUSY_SECONDS = 1.0
"""The same for everything together, once the end has begun: a service has five seconds to end in."""

BUSY_SLICE_SECONDS = 0.2
"""How long SQLite itself waits. It cannot be interrupted in that, so longer waits are made of short ones."""

WRITER_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 8000")
"""Readers beside the writer, and a commit is on disk before it is answered (https://sqlite.org/pragma.html).
The log goes back into the database every 32 MB instead of 4: under load that is the twentieth group, not the
third."""

TRY_TO_WRITE = "DELETE FROM meta WHERE name = ''"
"""Deletes nothing, but fails where nothing can be written: better at the start than at the first commit. (For
a read-only file SQLite makes ``BEGIN IMMEDIATE`` a mere read.)"""

BOARD_PORTION = 5_000
"""Members of a board read at a time, so that the event loop is never held up for long."""


class SqliteBackend:
    """Keeps rows in an SQLite file. Made by :meth:`open`."""

    def __init__(
        self,
        path: Path,
        head: Head,
        *,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        boards: aiosqlite.Connection,
        file: WatchedFile,
        resources: AsyncExitStack,
        summed_seq: int,
    ) -> None:
        self.description = str(path)
        self.head = head
        self._summed_seq = summed_seq
        self._path = path
        self._writer = writer
        self._reader = reader
        self._boards = boards
        self._file = file
        self._resources = resources
        self._end_at = math.inf

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], int],
        epoch: str | None = None,
        backup_dir: Path | None = None,
    ) -> SqliteBackend:
        """Open a database for writing, alone; make it if there is none, migrate it if it is old.

        Args:
            path: Its file.
            clock: Now, in ms UTC.
            epoch: That of a database that is made now, None for a new one.
            backup_dir: Where it is backed up before it is migrated; None for ``backups`` beside it.

        Raises:
            StoreError: It cannot be, or another Laurel has it.
        """
        async with AsyncExitStack() as stack:
            with translated(path):
                stack.enter_context(locked(lock_beside(path), path=path))
                refuse_lone_log(path)
                _touch(path)
                file = WatchedFile(path)
                stack.callback(file.close)
                # Python's driver begins a transaction before the first write of a group, as IMMEDIATE.
                writer = await stack.enter_async_context(
                    aiosqlite.connect(path, isolation_level="IMMEDIATE", timeout=BUSY_TIMEOUT_SECONDS)
                )
                await apply_migrations(writer, path, at=clock(), backup_dir=backup_dir)
                for pragma in WRITER_PRAGMAS:
                    await writer.execute_fetchall(f"PRAGMA {pragma}")
                await writer.execute(TRY_TO_WRITE)
                await writer.rollback()
                head = await _read_head(writer, epoch)
                summed_seq = await catch_up(writer, path, head.seq)
                await writer.execute_fetchall(f"PRAGMA busy_timeout = {BUSY_SLICE_SECONDS * 1000:.0f}")
                reader = await stack.enter_async_context(_connect_for_reading(path))
                boards = await stack.enter_async_context(_connect_for_reading(path))
                for connection in (reader, boards):
                    # Its first read opens the log: from then on it goes on reading even if the file is moved.
                    await connection.execute_fetchall("SELECT 1 FROM meta")
                file.watch_beside(log_of(path))
            return cls(
                path,
                head,
                writer=writer,
                reader=reader,
                boards=boards,
                file=file,
                resources=stack.pop_all(),
                summed_seq=summed_seq,
            )

    async def load(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Return the rows of those keys that have one, on the writer's connection."""
        with self._translated():
            return await self._patiently(lambda: read_rows(self._writer, members, documents))

    async def read(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Return rows as last committed, beside a write that may be on its way."""
        with self._translated():
            return await read_rows(self._reader, members, documents)

    async def load_answers(self, keys: Sequence[str], since_at: int) -> list[Row]:
        """Return once-key, instant and answer of those that were kept at ``since_at`` or later."""
        sql = f"{READ_ANSWERS}({marks(len(keys))})"
        with self._translated():
            return await self._patiently(lambda: fetch(self._writer, sql, (since_at, *keys)))

    async def write(self, writes: Writes) -> None:
        """Write all in one transaction; it is on disk, in the place where it belongs, when this returns."""
        with self._translated():
            await self._patiently(lambda: self._write(writes))

    async def _write(self, writes: Writes) -> None:
        connection = self._writer
        summed_seq = self._summed_seq
        self._file.check()
        try:
            if writes.members:
                await connection.executemany(WRITE_MEMBER, writes.members)
            if writes.documents:
                await connection.executemany(WRITE_DOCUMENT, writes.documents)
            if writes.ledger:
                await connection.executemany(WRITE_LINE, writes.ledger)
                last_seq = writes.ledger[-1][0]
                if last_seq - summed_seq >= LINES_PER_SUM:
                    await sum_up(connection, last_seq)
                    summed_seq = last_seq
            if writes.folded or writes.forgotten:
                await write_folds(connection, writes, self.description)
            if writes.answers:
                await connection.executemany(WRITE_ANSWER, writes.answers)
            if writes.forget_answers_before:
                await connection.execute(FORGET_ANSWERS, (writes.forget_answers_before,))
            self._file.check()
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
        self._file.check()
        self._summed_seq = summed_seq

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.description, at_work=True)

    async def _patiently(self, action: Callable[[], Awaitable[T]]) -> T:
        """Repeat what finds the database held by another program, for a while."""
        until = time.monotonic() + WRITE_BUSY_SECONDS
        while True:
            try:
                return await action()
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() >= min(until, self._end_at):
                    raise

    async def recover(self) -> Head:
        """Return the end of the ledger as it is on disk.

        Nothing has to be opened anew: after a write or a flush that failed, SQLite gives up what was not
        committed, and the same connection goes on (what it wrote of it to its log is overwritten).
        """
        with self._translated():
            self._file.check()
            if self._writer.in_transaction:
                await self._writer.rollback()
            self._summed_seq = await self._patiently(lambda: read_summed_seq(self._writer))
            return await self._patiently(lambda: _read_head(self._writer))

    def hasten(self) -> None:
        """From now on wait but a moment for another program that holds the database."""
        self._end_at = min(self._end_at, time.monotonic() + CLOSING_BUSY_SECONDS)

    async def list_ledger(self, query: LedgerQuery) -> list[Row]:
        """Return rows of the ledger, in the order that the query asks for."""
        sql, values = ledger_sql(query)
        with self._translated():
            return await fetch(self._reader, sql, values)

    async def list_member_ids(self, guild_id: int, *, present: bool) -> list[int]:
        """Return user ids, ascending."""
        with self._translated():
            rows = await fetch(self._reader, READ_MEMBER_IDS, (guild_id, present))
            return [user_id for (user_id,) in rows]

    async def open_snapshot(self) -> SqliteSnapshot:
        """Fix a moment, and return all rows as of then, on a connection of its own."""
        with self._translated():
            self._file.check()  # what is found at the path now need not be what is open
        return await SqliteSnapshot.open(self._path)

    async def list_documents(self, kind: str) -> list[Row]:
        """Return the rows of all documents of a kind."""
        with self._translated():
            return await fetch(self._reader, READ_DOCUMENTS_OF_KIND, (kind,))

    async def list_foldable(
        self, guild_id: int, *, after: tuple[int, int], before_on: int, until_seq: int, limit: int
    ) -> list[Row]:
        """Return awards that share their member and day with another, oldest days first."""
        with self._translated():
            return await list_foldable(
                self._reader,
                guild_id,
                after=after,
                before_on=before_on,
                until_seq=until_seq,
                limit=limit,
            )

    async def sum_up_anew(self) -> None:
        """Forget the sums by day and make them of the ledger again, in portions."""
        with self._translated():
            self._file.check()
            await make_anew(self._writer, self._path)
            self._summed_seq = await read_summed_seq(self._writer)

    async def open_board(self, guild_id: int, board: KeptBoard) -> AsyncGenerator[Sequence[BoardEntry], None]:
        """Fix a moment, and return an iterator over all who were on the board then.

        An open cursor keeps SQLite's snapshot of when it was opened. There is no ``ORDER BY``: sorting would
        happen here, before the first row. What a period adds up to is read in a transaction for that reason.
        """
        with self._translated():
            await end_moment(self._boards)
            if isinstance(board, PeriodBoard):
                await fix_moment(self._boards)
                return self._guarded(list_period(self._boards, guild_id, board, BOARD_PORTION))
            if isinstance(board, XpBoard):
                cursor = await self._boards.execute(READ_XP_BOARD, (guild_id,))
            else:
                cursor = await self._boards.execute(READ_STREAK_BOARD, (guild_id, board.claimed_since_on))
        return self._portions(cursor)

    async def open_unlocks(self, guild_id: int) -> AsyncGenerator[Mapping[str, int], None]:
        """Fix a moment, and return how many present members had each achievement then."""
        with self._translated():
            await fix_moment(self._boards)
            return self._guarded(count_unlocks(self._boards, guild_id))

    async def _portions(self, cursor: aiosqlite.Cursor) -> AsyncGenerator[Sequence[BoardEntry], None]:
        with self._translated():
            async with cursor:
                while portion := await cursor.fetchmany(BOARD_PORTION):
                    yield [(value, user_id, True) for value, user_id in portion]

    async def _guarded(self, portions: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        with self._translated():
            async with aclosing(portions):
                async for portion in portions:
                    yield portion

    async def close(self) -> None:
        """Close the connections and give up the lock."""
        with translated(self.description):
            try:
                await self._leave_whole()
            finally:
                await self._resources.aclose()

    async def _leave_whole(self) -> None:
        """Where the file was moved, deleted or replaced, see that no log of it meets another database.

        SQLite keeps the log of a file that is not in its place, and would apply it at the next start to
        whatever is there then. Where our file still has a name, the log goes back into it; else the log is
        all that is left, and is laid aside.
        """
        try:
            self._file.check()
        except StoreUnavailableError as error:
            log = log_of(self._path)
            if self._file.has_a_name:
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                _log.warning("%s: what was in its log is in the file, wherever it is now", error)
            elif log.exists():
                aside = log.with_name(f"{log.name}{FORMER}")
                log.replace(aside)
                _log.error("%s: what was not in the file yet is kept in %s", error, aside)


def _touch(path: Path) -> None:
    """Open the file for writing, made if it is not there, so that what forbids it is told by the file system.

    It comes before SQLite opens the file: a connection that cannot be opened would leave its thread behind.
    """
    with path.open("ab"):
        pass


def _connect_for_reading(path: Path) -> aiosqlite.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    return aiosqlite.connect(address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)


async def _read_head(connection: aiosqlite.Connection, new_epoch: str | None = None) -> Head:
    rows = await fetch(connection, "SELECT value FROM meta WHERE name = 'epoch'", ())
    if not rows:
        row = ("epoch", new_epoch or secrets.token_hex(8))
        await connection.execute("INSERT INTO meta (name, value) VALUES (?, ?)", row)
        await connection.commit()
        rows = [(row[1],)]
    ((seq,),) = await fetch(connection, "SELECT coalesce(max(seq), 0) FROM ledger", ())
    return Head(rows[0][0], seq)
