"""Rows in SQLite: the SQL that reads and writes them, in one place with the columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import aiosqlite

from leveling_core.ids import DocumentKey, MemberKey
from leveling_core.outcomes import DeliveryFailed, kind_of
from leveling_core.store import LedgerQuery
from storage.backend import Rows
from storage.codec import DOCUMENT_COLUMNS, LEDGER_COLUMNS, MEMBER_COLUMNS, Row

__all__ = [
    "FORGET_ANSWERS",
    "READ_ANSWERS",
    "READ_DOCUMENTS_OF_KIND",
    "READ_MEMBER_IDS",
    "READ_STREAK_BOARD",
    "READ_XP_BOARD",
    "WRITE_ANSWER",
    "WRITE_DOCUMENT",
    "WRITE_LINE",
    "WRITE_MEMBER",
    "fetch",
    "ledger_sql",
    "marks",
    "read_rows",
]

KEYS_PER_QUERY = 10_000
"""Keys in one query: each takes at most three of SQLite's 32,766 variables
(https://sqlite.org/limits.html)."""


def marks(count: int) -> str:
    """Return the marks of so many values."""
    return ", ".join("?" * count)


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(len(columns))})"  # noqa: S608 -- constants only


def _upsert(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return SQL that inserts a row or changes it in place: a fifth cheaper than replacing it."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
    return f"{_insert(table, columns)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


def _lookup(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return SQL that finds rows by many keys; ``{}`` stands for the keys' marks.

    ``CROSS JOIN`` makes SQLite walk the keys and look each up; with ``(a, b) IN (VALUES ...)`` it walks the
    table.
    """
    names = ", ".join(key)
    return (
        f"WITH wanted({names}) AS (VALUES {{}})"  # noqa: S608 -- constants only
        f" SELECT {', '.join(columns)} FROM wanted CROSS JOIN {table} USING ({names})"
    )


WRITE_MEMBER = _upsert("members", MEMBER_COLUMNS, ("guild_id", "user_id"))
WRITE_DOCUMENT = _upsert("documents", DOCUMENT_COLUMNS, ("kind", "guild_id", "id"))
WRITE_LINE = _insert("ledger", LEDGER_COLUMNS)
WRITE_ANSWER = _upsert("answers", ("once_key", "at", "answer"), ("once_key",))
FORGET_ANSWERS = "DELETE FROM answers WHERE at < ?"
READ_MEMBERS = _lookup("members", MEMBER_COLUMNS, ("guild_id", "user_id"))
READ_DOCUMENTS = _lookup("documents", DOCUMENT_COLUMNS, ("kind", "guild_id", "id"))
READ_DOCUMENTS_OF_KIND = f"SELECT {', '.join(DOCUMENT_COLUMNS)} FROM documents WHERE kind = ?"  # noqa: S608 -- constants only
READ_LEDGER = f"SELECT {', '.join(LEDGER_COLUMNS)} FROM ledger"  # noqa: S608 -- constants only
READ_ANSWERS = "SELECT once_key, at, answer FROM answers WHERE at >= ? AND once_key IN "
READ_MEMBER_IDS = "SELECT user_id FROM members WHERE guild_id = ? AND present = ? ORDER BY user_id"
READ_XP_BOARD = "SELECT xp, user_id FROM members WHERE guild_id = ? AND present = 1 AND xp > 0"
READ_STREAK_BOARD = (
    "SELECT streak, user_id FROM members"
    " WHERE guild_id = ? AND present = 1 AND streak > 0 AND last_claim_on >= ?"
)


_FAILURES_INDEX, _FAILURE_KIND = "ledger_of_failures", kind_of(DeliveryFailed)


def ledger_sql(query: LedgerQuery) -> tuple[str, list[Any]]:
    """Return the SQL that reads lines of the ledger, and its values.

    Lines of one member are found by their index, and those of a batch, an operation or an actor, and those
    that could not be delivered, by theirs.
    All others are walked in the order in which they lie: the ``+`` keeps SQLite from the members' index, by
    which it would read a guild's every line and sort them.
    """
    index = _index_for(query)
    table = f"{READ_LEDGER} INDEXED BY {index}" if index else READ_LEDGER
    guild = "guild_id = ?" if index or query.user_id is not None else "+guild_id = ?"
    conditions: list[str] = ["seq > ?"]
    values: list[Any] = [query.after_seq]
    for condition, value in (
        ("seq < ?", query.before_seq),
        (guild, query.guild_id),
        ("user_id = ?", query.user_id),
        ("at >= ?", query.from_at or None),
        ("at < ?", query.until_at),
        ("actor_id = ?", query.actor_id),
        ("batch = ?", query.batch),
        ("correlation = ?", query.correlation),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.has_actor:
        conditions.append("actor_id IS NOT NULL")
    if index == _FAILURES_INDEX:
        conditions.append(f"kind = '{_FAILURE_KIND}'")  # SQLite compares this with the index's own condition
    elif query.kinds is not None:
        conditions.append(f"kind IN ({marks(len(query.kinds))})")
        values.extend(query.kinds)
    order = "DESC" if query.newest_first else "ASC"
    sql = f"{table} WHERE {' AND '.join(conditions)} ORDER BY seq {order} LIMIT ?"
    return sql, [*values, query.limit]


def _index_for(query: LedgerQuery) -> str:
    """Return the index of few lines in which a query's are, "" where SQLite finds the way itself."""
    if query.batch is not None:
        return "ledger_of_batches"
    if query.correlation is not None:
        return "ledger_of_operations"
    if query.guild_id is not None and (query.has_actor or query.actor_id is not None):
        return "ledger_of_actors"
    if query.guild_id is not None and query.kinds == frozenset({_FAILURE_KIND}):
        return _FAILURES_INDEX
    return ""


async def fetch(connection: aiosqlite.Connection, sql: str, values: Iterable[Any]) -> list[Row]:
    """Return the rows of a query."""
    # Without a row factory the driver's rows are plain tuples, whatever its types say.
    return cast(list[Row], await connection.execute_fetchall(sql, values))


async def read_rows(
    connection: aiosqlite.Connection, members: Sequence[MemberKey], documents: Sequence[DocumentKey]
) -> Rows:
    """Return the rows of those keys that have one."""
    member_values = [(key.guild_id, key.user_id) for key in members]
    document_values = [(key.kind, key.guild_id, key.id) for key in documents]
    return Rows(
        await _read_keys(connection, READ_MEMBERS, "(?, ?)", member_values),
        await _read_keys(connection, READ_DOCUMENTS, "(?, ?, ?)", document_values),
    )


async def _read_keys(
    connection: aiosqlite.Connection, sql: str, mark: str, keys: Sequence[tuple[Any, ...]]
) -> list[Row]:
    rows: list[Row] = []
    for start in range(0, len(keys), KEYS_PER_QUERY):
        portion = keys[start : start + KEYS_PER_QUERY]
        values = [value for key in portion for value in key]
        rows += await fetch(connection, sql.format(", ".join([mark] * len(portion))), values)
    return rows
