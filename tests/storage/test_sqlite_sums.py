"""XP by member and day in SQLite: summed up once, whatever comes between, also in databases from before."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from leveling_core.ids import MemberKey
from leveling_core.periods import utc_midnight_of
from leveling_core.store import PeriodBoard, XpBoard
from storage import open_store, sqlite_sums
from storage.backend import KeptBoard
from storage.migrate import apply_migrations, bundled_migrations
from storage.sqlite import SqliteBackend
from storage.sqlite_sums import LINES_PER_SUM, catch_up, read_summed_seq, sum_up
from storage.store import GroupedStore
from tests.contract.support import GUILD, Clock, set_member
from tests.contract.test_folding import FIRST_ON, award, keep

WEEK = PeriodBoard(FIRST_ON, FIRST_ON + 7)
Rows = list[tuple[Any, ...]]

WRITE_OLD = (
    "INSERT INTO ledger (seq, at, guild_id, user_id, kind, xp, source, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
OLD_LINES: Rows = [
    (1, utc_midnight_of(FIRST_ON) - 1, GUILD, 1, "xp_gained", 1, "message", None),
    (2, utc_midnight_of(FIRST_ON), GUILD, 1, "xp_gained", 10, "message", None),
    (3, utc_midnight_of(FIRST_ON), GUILD, 1, "xp_gained", 5, "message", "import"),
    (4, utc_midnight_of(FIRST_ON + 1), GUILD, 2, "xp_gained", 30, "message", None),
    (5, utc_midnight_of(FIRST_ON), GUILD, 1, "daily_claimed", 25, "daily", None),
    (6, utc_midnight_of(FIRST_ON), GUILD, 1, "level_reached", 0, None, None),
    (7, utc_midnight_of(FIRST_ON), GUILD, 0, "goal_reached", 0, None, None),
    (8, utc_midnight_of(FIRST_ON + 6) + 86_399_999, GUILD, 1, "xp_gained", 7, "message", None),
    (9, utc_midnight_of(FIRST_ON + 7), GUILD, 1, "xp_gained", 100, "message", None),
    (10, utc_midnight_of(FIRST_ON), GUILD, 1, "xp_gained", 3, "message", None),
    (11, utc_midnight_of(FIRST_ON), GUILD, 3, "xp_gained", 90, "message", None),
    (12, utc_midnight_of(FIRST_ON), GUILD + 1, 1, "xp_gained", 8, "message", None),
]
OLD_BOARD = [(1, 50), (2, 30)]
"""User id and XP of the week in them; member 3 is gone."""


def query(path: Path, sql: str) -> Rows:
    """Ask a database."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def sums(path: Path) -> Rows:
    """Return all sums of a database."""
    return query(path, "SELECT * FROM member_days ORDER BY guild_id, day_on, user_id")


async def make_old(path: Path, lines: Rows) -> None:
    """Make a database of schema 1."""
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=5, migrations=bundled_migrations()[:1])
        await connection.executemany(WRITE_OLD, lines)
        await connection.commit()


async def board_of(path: Path) -> list[tuple[int, int]]:
    """Return user id and XP of everybody on the board of the week."""
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    await store.commit((gone := MemberKey(GUILD, 3),), set_member(gone, present=False))
    page = await store.list_standings(GUILD, WEEK, first=0, limit=99)
    await store.close()
    return [(one.user_id, one.value) for one in page.standings]


@pytest.mark.parametrize("lines_per_sum", [2, 1000])
async def test_an_old_database_comes_up_with_its_boards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lines_per_sum: int
) -> None:
    """Its lines count on the days of UTC, be they summed up at the start, or so few that they are read."""
    caplog.set_level(logging.INFO, "storage.sqlite_sums")
    monkeypatch.setattr(sqlite_sums, "LINES_PER_SUM", lines_per_sum)
    monkeypatch.setattr(sqlite_sums, "LINES_PER_CATCH_UP", 5)
    path = tmp_path / "laurel.db"
    await make_old(path, OLD_LINES)
    assert await board_of(path) == OLD_BOARD
    told = [f"{path}: XP by day is summed up from 12 lines of the ledger"]
    assert caplog.messages == (told if lines_per_sum == 2 else [])
    assert await board_of(path) == OLD_BOARD
    if lines_per_sum == 2:
        assert sums(path) == [
            (GUILD, FIRST_ON - 1, 1, 1, 1, 1, 1),
            (GUILD, FIRST_ON, 1, 43, 2, 2, 10),
            (GUILD, FIRST_ON, 3, 90, 1, 11, 11),
            (GUILD, FIRST_ON + 1, 2, 30, 1, 4, 4),
            (GUILD, FIRST_ON + 6, 1, 7, 1, 8, 8),
            (GUILD, FIRST_ON + 7, 1, 100, 1, 9, 9),
            (GUILD + 1, FIRST_ON, 1, 8, 1, 12, 12),
        ]


async def test_summing_up_that_is_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that was killed in the middle left whole portions; the next start does the others."""
    monkeypatch.setattr(sqlite_sums, "LINES_PER_SUM", 2)
    monkeypatch.setattr(sqlite_sums, "LINES_PER_CATCH_UP", 5)
    path = tmp_path / "laurel.db"
    await make_old(path, OLD_LINES)
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=6)
        commit, portions = connection.commit, 0

        async def commit_once() -> None:
            nonlocal portions
            portions += 1
            if portions == 2:
                raise KeyboardInterrupt
            await commit()

        monkeypatch.setattr(connection, "commit", commit_once)
        with pytest.raises(KeyboardInterrupt):
            await catch_up(connection, path, 12)
    assert query(path, "SELECT value FROM meta WHERE name = 'summed_seq'") == [("5",)]
    assert await board_of(path) == OLD_BOARD


async def test_no_line_is_summed_up_twice(tmp_path: Path) -> None:
    """Whoever thinks that a sum was not kept, because its commit was told to have failed, does no harm."""
    path = tmp_path / "laurel.db"
    await make_old(path, OLD_LINES)
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=6)
        for until_seq in (4, 4, 12, 12):
            await sum_up(connection, until_seq)
            await connection.commit()
            assert await read_summed_seq(connection) == until_seq
    assert [row[3] for row in sums(path)] == [1, 43, 90, 30, 7, 100, 8]


async def test_sums_are_kept_with_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every so many lines, in the transaction that writes them; a group that fails sums up nothing."""
    monkeypatch.setattr("storage.sqlite.LINES_PER_SUM", 4)
    path = tmp_path / "laurel.db"
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    kept: list[tuple[int, int]] = []
    for _ in range(5):
        await keep(store, award(1, FIRST_ON, 10), award(1, FIRST_ON, 10))
        [(found,)] = query(path, "SELECT coalesce(sum(xp), 0) FROM member_days")
        [(summed,)] = query(path, "SELECT coalesce(max(value), 0) FROM meta WHERE name = 'summed_seq'")
        kept.append((int(summed), found))
    assert kept == [(0, 0), (4, 40), (4, 40), (8, 80), (8, 80)]
    page = await store.list_standings(GUILD, WEEK, first=0, limit=9)
    assert [one.value for one in page.standings] == [100]
    await store.close()


async def test_a_board_that_nobody_reads_to_its_end_holds_up_no_other(tmp_path: Path) -> None:
    """Opened and left, or broken off after a portion: the next board is of its own moment."""
    path = tmp_path / "laurel.db"
    backend = await SqliteBackend.open(path, clock=Clock())
    store = GroupedStore(backend, clock=Clock())
    await keep(store, award(1, FIRST_ON, 10), award(2, FIRST_ON, 10))
    boards: list[KeptBoard] = [WEEK, XpBoard(), WEEK]
    for number, board in enumerate(boards, 1):
        await backend.open_board(GUILD, WEEK)  # left as it is
        begun = await backend.open_board(GUILD, WEEK)
        assert len(await anext(begun)) == 2
        await begun.aclose()
        await keep(store, award(1, FIRST_ON, 1))
        async with aclosing(await backend.open_board(GUILD, board)) as portions:
            found = [entry async for portion in portions for entry in portion]
        assert sorted(found) == [(10, 2, True), (10 + number, 1, True)]
    await store.close()


async def test_a_board_is_of_the_moment_when_it_was_opened(tmp_path: Path) -> None:
    """What is written, summed up or folded before it is read is not in it."""
    path = tmp_path / "laurel.db"
    backend = await SqliteBackend.open(path, clock=Clock())
    store = GroupedStore(backend, clock=Clock())
    await keep(store, *(award(1, FIRST_ON, 10) for _ in range(LINES_PER_SUM)))
    portions = await backend.open_board(GUILD, WEEK)
    await keep(store, *(award(1, FIRST_ON, 10) for _ in range(LINES_PER_SUM)))
    await store.fold_awards(GUILD, before_on=FIRST_ON + 7)
    assert [entry async for portion in portions for entry in portion] == [(10 * LINES_PER_SUM, 1, True)]
    page = await store.list_standings(GUILD, WEEK, first=0, limit=9)
    assert [one.value for one in page.standings] == [20 * LINES_PER_SUM]
    await store.close()
