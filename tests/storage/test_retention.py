"""Folding that goes wrong in the middle: a portion is folded or it is not, and the next one goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.store import PeriodBoard
from storage import open_store
from storage.backend import Writes
from storage.codec import LEDGER_COLUMNS
from storage.retention import fold_awards
from storage.store import GroupedStore
from tests.contract.support import GUILD, Clock, damaged
from tests.contract.test_folding import FIRST_ON, all_lines, award, keep, sums_of
from tests.storage.support import FULL, TroubledBackend

BOARD = PeriodBoard(FIRST_ON, FIRST_ON + 7)
USER = LEDGER_COLUMNS.index("user_id")


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fold a few lines at a time, without a rest."""
    monkeypatch.setattr("storage.retention.PORTION_LINES", 10)
    monkeypatch.setattr("storage.retention.REST_SECONDS", 0.0)


def awards_of(line: LedgerLine) -> int:
    """Return how many awards a line stands for."""
    assert isinstance(line.outcome, XpGained)
    return line.outcome.awards


def lines_of(members: int, days: int, awards: int) -> list[LedgerLine]:
    """Make awards of members on each of some days."""
    return [
        award(user_id, FIRST_ON + day)
        for day in range(days)
        for _ in range(awards)
        for user_id in range(1, members + 1)
    ]


class FailingPortion(TroubledBackend):
    """A backend that fails the second portion of a folding, and any before it is told to go on.

    Attributes:
        error: What it fails with, None for nothing.
        took_effect: Whether a portion that it says has failed is done all the same.
        portions: How many it was given.
    """

    def __init__(self, error: StoreError, *, took_effect: bool) -> None:
        super().__init__()
        self.error: StoreError | None = error
        self.took_effect = took_effect
        self.portions = 0

    async def write(self, writes: Writes) -> None:
        """Fail if it is time to."""
        self.portions += bool(writes.folded)
        if self.error is not None and writes.folded and self.portions >= 2:
            if self.took_effect:
                await super().write(writes)
            raise self.error
        await super().write(writes)


@pytest.mark.parametrize("took_effect", [False, True])
@pytest.mark.parametrize("error", [FULL, StoreUnavailableError(path="test", cause="gone", cure="back")])
async def test_a_portion_that_fails_leaves_all_as_it_was(error: StoreError, took_effect: bool) -> None:
    """What was folded before stays folded, the rest is whole; commits go on, and so does the next folding."""
    backend = FailingPortion(error, took_effect=took_effect)
    store = GroupedStore(backend, clock=Clock())
    await keep(store, *lines_of(4, 3, 5))
    before = await all_lines(store)
    board = await store.list_standings(GUILD, BOARD, first=0, limit=9)
    with pytest.raises(StoreError) as raised:
        await store.fold_awards(GUILD, before_on=FIRST_ON + 7)
    assert raised.value is error
    halfway = await all_lines(store)
    assert len(before) - len(halfway) == (16 if took_effect else 8)
    assert sums_of(halfway) == sums_of(before)
    whole = {line.seq for line in halfway if awards_of(line) == 1}
    assert [one for one in halfway if one.seq in whole] == [one for one in before if one.seq in whole]
    backend.error = None
    await keep(store, award(1, FIRST_ON + 9))
    assert (await store.get_head()).seq == len(before) + 1
    await store.fold_awards(GUILD, before_on=FIRST_ON + 7)
    after = await all_lines(store)
    assert len(after) == 4 * 3 + 1
    assert sums_of(after[:-1]) == sums_of(before)
    assert await store.list_standings(GUILD, BOARD, first=0, limit=9) == board
    await store.close()


async def test_while_the_storage_fails_nothing_is_folded() -> None:
    """Before it writes, a folding has the storage put right as commits do."""
    backend = FailingPortion(FULL, took_effect=False)
    backend.error = None
    store = GroupedStore(backend, clock=Clock())
    await keep(store, *lines_of(1, 1, 4))
    backend.failures = [StoreUnavailableError(path="test", cause="gone", cure="back")]
    with pytest.raises(StoreUnavailableError):
        await keep(store, award(1, FIRST_ON))
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 7) == 3
    await store.close()


async def test_a_day_that_cannot_be_read_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is named in the log; everybody else's is folded."""
    backend = TroubledBackend()
    store = GroupedStore(backend, clock=Clock())
    await keep(store, *lines_of(3, 1, 12))
    rows = backend.state.ledger
    rows[0] = damaged(rows[0], LEDGER_COLUMNS.index("reasons"))
    assert await asyncio.wait_for(store.fold_awards(GUILD, before_on=FIRST_ON + 7), 5) == 2 * 11
    assert f"day {FIRST_ON} of member 1 cannot be folded" in caplog.text
    assert sum(row[USER] == 1 for row in rows) == 12
    await store.close()


async def test_days_that_have_lost_their_lines_do_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where sums by day tell of awards of which no line is left, later days are folded all the same."""
    for module in ("sqlite", "sqlite_sums"):
        monkeypatch.setattr(f"storage.{module}.LINES_PER_SUM", 7)
    path = tmp_path / "laurel.db"
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    await keep(store, *lines_of(1, 6, 7))
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM ledger WHERE seq <= 7 * 4 AND seq > 7")
        connection.commit()
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 9) == 3 * 6
    assert [awards_of(line) for line in await all_lines(store)] == [7, 7, 7]
    await store.close()


def test_folded_lines_are_folded_as_what_they_stand_for() -> None:
    """The order in which they are given is nothing; the last one by number lends its place."""
    lines = [award(1, FIRST_ON, 5), award(1, FIRST_ON, 7), award(1, FIRST_ON, 9)]
    for seq, line in enumerate(lines, 1):
        line.seq = seq
    once = fold_awards([fold_awards(lines[1:]), lines[0]])
    assert once == fold_awards(lines[::-1])
    assert isinstance(once.outcome, XpGained)
    assert (once.seq, once.outcome.xp, once.outcome.awards) == (3, 21, 3)


WORKER = f"""
import asyncio, sys

from storage import open_store, retention
from tests.contract.support import GUILD, Clock

retention.PORTION_LINES, retention.REST_SECONDS = 10, 0.0


async def main():
    store = await open_store(sys.argv[1], clock=Clock())
    print("begun", flush=True)
    await store.fold_awards(GUILD, before_on={FIRST_ON + 99})
    print("done", flush=True)


asyncio.run(main())
"""


def fold_and_kill(url: str, lines: int, ledger_lines_of: Callable[[], int]) -> None:
    """Fold in another process, and kill it once fewer lines are left."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        while ledger_lines_of() > lines and worker.poll() is None:
            pass
        os.kill(worker.pid, signal.SIGKILL)


@pytest.mark.parametrize("share", [0.9, 0.4])
async def test_killed_in_the_middle(tmp_path: Path, share: float) -> None:
    """Everything adds up as before, and the next folding does the rest."""
    path = tmp_path / "laurel.db"
    url = f"sqlite:///{path}"
    store = await open_store(url, clock=Clock())
    await keep(store, *lines_of(10, 20, 12))
    before = sums_of(await all_lines(store))
    await store.close()

    def count() -> int:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            ((lines,),) = connection.execute("SELECT count(*) FROM ledger").fetchall()
        return int(lines)

    total = count()
    assert total == 10 * 20 * 12
    await asyncio.to_thread(fold_and_kill, url, int(share * total), count)
    store = await open_store(url, clock=Clock())
    halfway = await all_lines(store)
    assert 10 * 20 <= len(halfway) <= share * total
    assert sums_of(halfway) == before
    await store.fold_awards(GUILD, before_on=FIRST_ON + 99)
    after = await all_lines(store)
    assert len(after) == 10 * 20
    assert sums_of(after) == before
    page = await store.list_standings(GUILD, PeriodBoard(FIRST_ON, FIRST_ON + 20), first=0, limit=99)
    assert [one.value for one in page.standings] == [12 * 20 * 20] * 10
    await store.close()
