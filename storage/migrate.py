"""Migrations: numbered SQL files, forward only, each applied and recorded in one transaction.

A database that holds anything is backed up first.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from leveling_core.errors import StoreError
from storage.archive import archive_database
from storage.backup_files import new_backup_path, store_name
from storage.database_file import APPLICATION_ID
from storage.pace import run_in_thread

__all__ = [
    "APPLICATION_ID",
    "Migration",
    "apply_migrations",
    "bundled_migrations",
    "check_version",
    "schema_sql",
    "statements_of",
]

log = logging.getLogger(__name__)

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

_RECORD_TABLE = """
CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT
"""


class Migration(NamedTuple):
    """A step of the schema: its number (1, 2, …), its file's name, and its SQL."""

    version: int
    name: str
    sql: str


def bundled_migrations() -> list[Migration]:
    """Return the migrations that come with Laurel, in order."""
    folder = files(__package__ or __name__).joinpath("migrations")
    return sorted(
        Migration(int(match[1]), entry.name, entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if (match := _NAME.fullmatch(entry.name))
    )


def schema_sql() -> str:
    """Return the SQL that a database of the newest schema consists of."""
    return files(__package__ or __name__).joinpath("schema.sql").read_text("utf-8")


def statements_of(sql: str) -> Iterator[str]:
    """Split a script into its statements."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


async def apply_migrations(
    connection: aiosqlite.Connection,
    path: Path,
    *,
    at: int,
    backup_dir: Path | None = None,
    is_backed_up: bool = False,
    migrations: Sequence[Migration] | None = None,
) -> None:
    """Bring a database to the newest schema; one that is there already is left alone.

    Args:
        connection: To the database, outside a transaction.
        path: Its file.
        at: Now, ms UTC, as when it was applied.
        backup_dir: Where it is backed up before, if it holds anything; None for ``backups`` beside it.
        is_backed_up: Whether it need not be: there is a backup of it already.
        migrations: What to apply, in order; by default those that come with Laurel.

    Raises:
        StoreError: It was written by a newer Laurel, or by another program; or it cannot be backed up.
    """
    known = bundled_migrations() if migrations is None else list(migrations)
    version = await _version(connection, path)
    newest = known[-1].version
    if version > newest:
        raise _too_new(path, version, newest)
    pending = [migration for migration in known if migration.version > version]
    if pending and version:
        log.info("%s has schema %d and is brought to %d", path, version, newest)
        if not is_backed_up:
            folder = backup_dir or path.parent / "backups"
            target = new_backup_path(folder, store_name(path), at, schema=version)
            await run_in_thread(partial(archive_database, path, target, at=at))
            log.info("%s as it was is kept in %s", path, target)
    for migration in pending:
        await _apply(connection, migration, at)
    if pending and version:
        log.info("%s has schema %d now", path, newest)


async def check_version(connection: aiosqlite.Connection, path: Path) -> None:
    """See that a database has the newest schema, without changing anything.

    Raises:
        StoreError: It has another one, or was written by another program.
    """
    version, newest = await _version(connection, path), bundled_migrations()[-1].version
    if version > newest:
        raise _too_new(path, version, newest)
    if not version:
        cure = "Look for the right one, or restore a backup (`python bot.py store restore` lists them)"
        raise StoreError(path=str(path), cause="nothing was ever kept in this database", cure=cure)
    if version < newest:
        raise StoreError(
            path=str(path),
            cause=f"the database has schema {version}, and this Laurel reads schema {newest}",
            cure="Start Laurel on it once: that brings it to the new schema, and backs up the old one first",
        )


def _too_new(path: Path, version: int, newest: int) -> StoreError:
    return StoreError(
        path=str(path),
        cause=f"the database has schema {version}, and this Laurel knows schemas up to {newest}",
        cure="Update Laurel, or restore the backup of before (`python bot.py store restore FILE`)",
    )


async def _version(connection: aiosqlite.Connection, path: Path) -> int:
    tables = {name for (name,) in await connection.execute_fetchall("SELECT name FROM sqlite_schema")}
    if not tables:
        return 0
    ((application_id,),) = await connection.execute_fetchall("PRAGMA application_id")
    if application_id != APPLICATION_ID or "migrations" not in tables:
        raise StoreError(
            path=str(path),
            cause="the file is a database of another program",
            cure="Name another file",
        )
    ((version,),) = await connection.execute_fetchall("SELECT max(version) FROM migrations")
    return int(version)


async def _apply(connection: aiosqlite.Connection, migration: Migration, at: int) -> None:
    await connection.execute("BEGIN IMMEDIATE")
    try:
        if migration.version == 1:
            await connection.execute(_RECORD_TABLE)
            await connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for statement in statements_of(migration.sql):
            await connection.execute(statement)
        row = (migration.version, migration.name, at)
        await connection.execute("INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)", row)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
