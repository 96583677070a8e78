"""XP by member and day in SQLite: summed up from the ledger now and then, and what is read and folded by it.

``member_days`` holds what the lines up to ``summed_seq`` (in ``meta``) add up to. Summing up every line with
its group would double what a group writes; summing up a few thousand at once is one statement, which SQLite
runs without Python. Readers add the lines after ``summed_seq``.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import cast

import aiosqlite

from leveling_core.errors import StoreError
from leveling_core.store import PeriodBoard
from storage.backend import BoardEntry, Writes, WrongDay
from storage.codec import LEDGER_COLUMNS, Row
from storage.day_sums import AWARD_KIND, AWARD_SOURCE

__all__ = [
    "LINES_PER_SUM",
    "catch_up",
    "end_moment",
    "find_wrong_days",
    "fix_moment",
    "list_foldable",
    "list_period",
    "make_anew",
    "read_summed_seq",
    "sum_up",
    "write_folds",
]

log = logging.getLogger(__name__)

LINES_PER_SUM = 2_000
"""Lines that are summed up at once: 2 ms, or 15 ms if each is of another of a million members. Readers add up
as many."""

LINES_PER_CATCH_UP = 100_000
"""Lines that are summed up at once while nobody waits: 0.1 s."""

SEQS_PER_STATEMENT = 10_000
DAYS_PER_STATEMENT = 5_000
"""Lines and members' days named in one statement: at most 32,766 variables
(https://sqlite.org/limits.html)."""

_DAY = "coalesce(ledger.day_on, ledger.at / 86400000 + 719163)"
"""The day on which a line counts (see ``leveling_core.periods.utc_day_of``)."""

_IS_AWARD = f"(ledger.kind = '{AWARD_KIND}' AND ledger.source = '{AWARD_SOURCE}' AND ledger.batch IS NULL)"

_SUMMED_SEQ = "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'summed_seq'), 0)"

READ_SUMMED_SEQ = f"SELECT {_SUMMED_SEQ}"
WRITE_SUMMED_SEQ = (
    "INSERT INTO meta (name, value) VALUES ('summed_seq', ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
SUM_UP = f"""
INSERT INTO member_days (guild_id, day_on, user_id, xp, awards, first_seq, last_seq)
SELECT guild_id, {_DAY} AS counts_on, user_id, sum(xp), sum({_IS_AWARD} IS TRUE), min(seq), max(seq)
FROM ledger
WHERE seq > {_SUMMED_SEQ} AND seq <= ? AND user_id > 0 AND (xp <> 0 OR {_IS_AWARD})
GROUP BY guild_id, counts_on, user_id
ON CONFLICT (guild_id, day_on, user_id) DO UPDATE SET
    xp = xp + excluded.xp,
    awards = awards + excluded.awards,
    first_seq = min(first_seq, excluded.first_seq),
    last_seq = max(last_seq, excluded.last_seq)
"""  # noqa: S608 -- constants only
# Folding leaves a day's lines where they were, so a day may reach further than what is left of them.
FIND_WRONG_DAYS = f"""
SELECT guild_id, counts_on, user_id, sum(kept_xp), sum(xp), sum(kept_awards), sum(awards)
FROM (
    SELECT guild_id, day_on AS counts_on, user_id, xp AS kept_xp, 0 AS xp, awards AS kept_awards, 0 AS awards,
        first_seq, last_seq, NULL AS seq
    FROM member_days
    UNION ALL
    SELECT guild_id, {_DAY}, user_id, 0, xp, 0, {_IS_AWARD} IS TRUE, NULL, NULL, seq
    FROM ledger WHERE seq <= {_SUMMED_SEQ} AND user_id > 0 AND (xp <> 0 OR {_IS_AWARD})
)
GROUP BY guild_id, counts_on, user_id
HAVING sum(kept_xp) <> sum(xp) OR sum(kept_awards) <> sum(awards)
    OR min(first_seq) > min(seq) OR max(last_seq) < max(seq)
LIMIT ?
"""  # noqa: S608 -- constants only
# A member without a record counts as present, as everywhere.
READ_PERIOD = f"""
SELECT total.xp, total.user_id, coalesce(members.present, 1)
FROM (
    SELECT user_id, sum(xp) AS xp FROM (
        SELECT user_id, xp FROM member_days
        WHERE guild_id = :guild_id AND day_on >= :from_on AND day_on < :until_on
        UNION ALL
        SELECT user_id, xp FROM ledger
        WHERE seq > {_SUMMED_SEQ}
            AND +guild_id = :guild_id AND user_id > 0 AND xp <> 0
            AND {_DAY} >= :from_on AND {_DAY} < :until_on
    )
    GROUP BY user_id
) AS total
LEFT JOIN members ON members.guild_id = :guild_id AND members.user_id = total.user_id
WHERE total.xp <> 0
"""  # noqa: S608 -- constants only
READ_FOLDABLE_DAYS = (
    "SELECT day_on, user_id, first_seq, last_seq, awards FROM member_days"
    " WHERE guild_id = ? AND (day_on, user_id) > (?, ?) AND day_on < ? AND awards > 1 AND last_seq <= ?"
    " ORDER BY day_on, user_id LIMIT ?"
)
# CROSS JOIN makes SQLite walk the days and look each member's lines up by their index.
READ_FOLDABLE_LINES = f"""
WITH wanted (counts_on, member_id, first_seq, last_seq) AS (VALUES {{}})
SELECT {", ".join(LEDGER_COLUMNS)} FROM wanted CROSS JOIN ledger
    ON ledger.guild_id = ? AND ledger.user_id = wanted.member_id
    AND ledger.seq BETWEEN wanted.first_seq AND wanted.last_seq
WHERE {_IS_AWARD} AND {_DAY} = wanted.counts_on
"""  # noqa: S608 -- constants only
REPLACE_LINE = f"UPDATE ledger SET {', '.join(f'{name} = ?' for name in LEDGER_COLUMNS[1:])} WHERE seq = ?"  # noqa: S608 -- constants only
UNCOUNT_AWARDS = f"""
UPDATE member_days SET awards = member_days.awards - gone.awards
FROM (
    SELECT guild_id, {_DAY} AS counts_on, user_id, sum({_IS_AWARD} IS TRUE) AS awards FROM ledger
    WHERE seq IN ({{}}) GROUP BY guild_id, counts_on, user_id
) AS gone
WHERE member_days.guild_id = gone.guild_id
    AND member_days.day_on = gone.counts_on AND member_days.user_id = gone.user_id
"""  # noqa: S608 -- constants only
FORGET_LINES = "DELETE FROM ledger WHERE seq IN ({})"


async def read_summed_seq(connection: aiosqlite.Connection) -> int:
    """Return up to which line the ledger is summed up."""
    ((summed_seq,),) = await connection.execute_fetchall(READ_SUMMED_SEQ)
    return int(summed_seq)


async def sum_up(connection: aiosqlite.Connection, until_seq: int) -> None:
    """Sum up the lines that are not yet, up to ``until_seq``, within the connection's transaction.

    From where on is read from the database: a write that was told to have failed may be there all the same.
    """
    await connection.execute(SUM_UP, (until_seq,))
    await connection.execute(WRITE_SUMMED_SEQ, (str(until_seq),))


async def catch_up(connection: aiosqlite.Connection, path: Path, last_seq: int) -> int:
    """Sum up a ledger of which much is not, as in a database from before there were sums.

    It is done in transactions of their own, and goes on where it was broken off.

    Args:
        connection: The one that writes, outside a transaction.
        path: Its file.
        last_seq: The last line.

    Returns:
        Up to which line the ledger is summed up.
    """
    summed_seq = await read_summed_seq(connection)
    if last_seq - summed_seq < LINES_PER_SUM:
        return summed_seq
    log.info("%s: XP by day is summed up from %d lines of the ledger", path, last_seq - summed_seq)
    while summed_seq < last_seq:
        until_seq = min(summed_seq + LINES_PER_CATCH_UP, last_seq)
        await sum_up(connection, until_seq)
        await connection.commit()
        summed_seq = until_seq
    return summed_seq


async def find_wrong_days(connection: aiosqlite.Connection, limit: int) -> list[WrongDay]:
    """Compare the sums with the lines that they were made of; return the first that differ.

    All is sorted beside the database, in SQLite's own temporary files.
    """
    return [WrongDay(*row) for row in await connection.execute_fetchall(FIND_WRONG_DAYS, (limit,))]


async def make_anew(connection: aiosqlite.Connection, path: Path) -> None:
    """Forget all sums and make them again, on the connection that writes, outside a transaction."""
    await connection.execute("DELETE FROM member_days")
    await connection.execute(WRITE_SUMMED_SEQ, ("0",))
    await connection.commit()  # killed from here on, it is made up for by the next start
    ((last_seq,),) = await connection.execute_fetchall("SELECT coalesce(max(seq), 0) FROM ledger")
    await catch_up(connection, path, int(last_seq))


async def fix_moment(connection: aiosqlite.Connection) -> None:
    """Let all that a connection for reading reads from now on be as of this moment."""
    await end_moment(connection)
    await connection.execute("BEGIN")
    await read_summed_seq(connection)  # SQLite fixes the moment with the first read


async def end_moment(connection: aiosqlite.Connection) -> None:
    """Let a connection for reading see again what is committed."""
    if connection.in_transaction:
        await connection.rollback()


async def list_period(
    connection: aiosqlite.Connection, guild_id: int, board: PeriodBoard, portion: int
) -> AsyncGenerator[Sequence[BoardEntry], None]:
    """Yield the XP, user id and presence of all with XP in a period, in portions.

    The moment that was fixed ends with it. The first portion takes long, as all is summed up before it.
    """
    try:
        values = {"guild_id": guild_id, "from_on": board.from_on, "until_on": board.until_on}
        async with connection.execute(READ_PERIOD, values) as cursor:
            while rows := await cursor.fetchmany(portion):
                yield [(xp, user_id, bool(present)) for xp, user_id, present in rows]
    finally:
        await end_moment(connection)


async def list_foldable(
    connection: aiosqlite.Connection,
    guild_id: int,
    *,
    after: tuple[int, int],
    before_on: int,
    until_seq: int,
    limit: int,
) -> list[Row]:
    """Return awards that share their member and day with another; see ``storage.backend.Backend``."""
    while days := await _list_foldable_days(connection, guild_id, after, before_on, until_seq, limit):
        if rows := await _list_lines(connection, guild_id, days):
            return rows
        after = (
            days[-1][0],
            days[-1][1],
        )  # sums without lines, as a damaged ledger leaves them, must not end it
    return []


async def _list_foldable_days(
    connection: aiosqlite.Connection,
    guild_id: int,
    after: tuple[int, int],
    before_on: int,
    until_seq: int,
    limit: int,
) -> list[tuple[int, ...]]:
    """Return members' days that have about as many awards: day, user id, first and last line."""
    # Each day has two awards at least, so that there are never more of them than this.
    values = (guild_id, *after, before_on, until_seq, max(1, limit // 2))
    wanted: list[tuple[int, ...]] = []
    awards = 0
    for *day, number in await connection.execute_fetchall(READ_FOLDABLE_DAYS, values):
        if wanted and awards + number > limit:
            break
        wanted.append(tuple(day))
        awards += number
    return wanted


async def _list_lines(
    connection: aiosqlite.Connection, guild_id: int, days: Sequence[tuple[int, ...]]
) -> list[Row]:
    """Return the awards of members' days."""
    rows: list[Row] = []
    for first in range(0, len(days), DAYS_PER_STATEMENT):
        portion = days[first : first + DAYS_PER_STATEMENT]
        sql = READ_FOLDABLE_LINES.format(", ".join(["(?, ?, ?, ?)"] * len(portion)))
        values_of_days = [value for day in portion for value in day]
        rows += cast(list[Row], await connection.execute_fetchall(sql, [*values_of_days, guild_id]))
    return rows


async def write_folds(connection: aiosqlite.Connection, writes: Writes, description: str) -> None:
    """Put folded lines into their places and take away those that they stand for, within a transaction.

    Raises:
        StoreError: A line that another is to take the place of is not there.
    """
    if writes.folded:
        changes = [(*row[1:], row[0]) for row in writes.folded]
        cursor = await connection.executemany(REPLACE_LINE, changes)
        if cursor.rowcount != len(changes):
            raise StoreError(
                path=description,
                cause="the ledger lacks a line that another could take the place of",
                cure="Nothing was written",
            )
    for first in range(0, len(writes.forgotten), SEQS_PER_STATEMENT):
        seqs = writes.forgotten[first : first + SEQS_PER_STATEMENT]
        marks = ", ".join("?" * len(seqs))
        await connection.execute(UNCOUNT_AWARDS.format(marks), seqs)
        await connection.execute(FORGET_LINES.format(marks), seqs)
