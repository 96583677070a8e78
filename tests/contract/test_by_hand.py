"""XP by hand on every backend: what is kept of it, and that each day's sums stay what they were."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial
from typing import Literal

import pytest

from leveling_core.achievements import Catalogue
from leveling_core.administration import Administration
from leveling_core.auditing import AUDIT_PAGE_SIZE, AuditQuery
from leveling_core.errors import NothingToUndoError
from leveling_core.facts import XpChangeRequested, XpUndoRequested
from leveling_core.ids import MemberKey, first_snowflake_at
from leveling_core.outcomes import XpAdjusted, XpGained
from leveling_core.periods import utc_midnight_of
from leveling_core.store import LedgerQuery, LevelingStore, PeriodBoard
from tests.contract.support import GUILD, Place
from tests.contract.test_folding import award, keep

SUNDAY_ON = dt.date(2025, 11, 16).toordinal()
LAST_WEEK, THIS_WEEK = PeriodBoard(SUNDAY_ON - 6, SUNDAY_ON + 1), PeriodBoard(SUNDAY_ON + 1, SUNDAY_ON + 8)
ANN, ADMIN = MemberKey(GUILD, 1), 9


@pytest.fixture(autouse=True)
def few_lines_per_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite sum up every few lines, and fold a few at a time."""
    for name in ("storage.sqlite.LINES_PER_SUM", "storage.sqlite_sums.LINES_PER_SUM"):
        monkeypatch.setattr(name, 3)
    monkeypatch.setattr("storage.retention.REST_SECONDS", 0.0)


def event(day_on: int, number: int = 0) -> int:
    """Return the snowflake of something at noon of a day."""
    return first_snowflake_at(utc_midnight_of(day_on) + 43_200_000) + number


async def change(
    store: LevelingStore, day_on: int, mode: Literal["give", "take"], amount_xp: int, number: int = 0
) -> None:
    """Change Ann's XP by hand."""
    fact = XpChangeRequested(
        guild_id=GUILD,
        user_id=ANN.user_id,
        actor_id=ADMIN,
        event_id=event(day_on, number),
        mode=mode,
        amount_xp=amount_xp,
        reason="why not",
    )
    await Administration(store, Catalogue()).change_xp(fact)


async def undo(store: LevelingStore, day_on: int, number: int = 0) -> None:
    """Undo the admin's last change."""
    await Administration(store, Catalogue()).undo_xp(XpUndoRequested(GUILD, ADMIN, event(day_on, number)))


async def value_on(store: LevelingStore, board: PeriodBoard) -> int:
    """Return what Ann has on a board, 0 for no place on it."""
    standing = await store.find_standing(ANN, board)
    return standing.value if standing is not None else 0


async def test_undoing_in_another_week_takes_nothing_from_it(place: Place, store: LevelingStore) -> None:
    """What was given on Sunday and undone on Monday is gone from the week of Sunday, and from no other."""
    await keep(store, award(1, SUNDAY_ON, 20), award(1, SUNDAY_ON + 1, 30))
    await change(store, SUNDAY_ON, "give", 1000)
    assert [await value_on(store, board) for board in (LAST_WEEK, THIS_WEEK)] == [1020, 30]
    await undo(store, SUNDAY_ON + 1)
    for _ in range(2):
        assert [await value_on(store, board) for board in (LAST_WEEK, THIS_WEEK)] == [20, 30]
        store = await place.reopen(store)
    await store.close()
    backend = await place.open_backend()
    try:
        snapshot = await backend.open_snapshot()
        assert await snapshot.find_wrong_days(5) == []
        await snapshot.close()
    finally:
        await backend.close()


async def test_folding_leaves_it_alone(store: LevelingStore) -> None:
    """Awards around it become one line; its own lines stay, and so do all sums."""
    day_on = SUNDAY_ON
    await keep(store, award(1, day_on, 20, hour=1), award(1, day_on, 21, hour=2))
    await change(store, day_on, "give", 1000)
    await change(store, day_on, "take", 200, number=1)
    await keep(store, award(1, day_on, 22, hour=14), award(1, day_on, 23, hour=15))
    await undo(store, day_on, number=2)
    assert await store.fold_awards(GUILD, before_on=day_on + 60) == 3
    lines = await store.list_ledger(LedgerQuery(guild_id=GUILD))
    by_hand = [line.outcome.xp for line in lines if isinstance(line.outcome, XpAdjusted)]
    assert by_hand == [1000, -200, 200]
    [folded] = [line.outcome for line in lines if isinstance(line.outcome, XpGained)]
    assert (folded.xp, folded.awards) == (86, 4)
    assert await value_on(store, LAST_WEEK) == 1086


async def test_one_change_is_undone_once(place: Place, store: LevelingStore) -> None:
    """By however many ask at once, and not again after answers of then are forgotten."""
    await change(store, SUNDAY_ON, "give", 100)
    undos = (undo(store, SUNDAY_ON, number) for number in range(1, 6))
    outcomes = await asyncio.gather(*undos, return_exceptions=True)
    assert sorted(map(repr, outcomes)).count("None") == 1
    assert sum(isinstance(outcome, NothingToUndoError) for outcome in outcomes) == 4
    place.clock.now += 30 * 86_400_000
    store = await place.reopen(store)
    with pytest.raises(NothingToUndoError):
        await undo(store, SUNDAY_ON + 30)


async def test_many_changes_are_audited_page_by_page(store: LevelingStore) -> None:
    """Every one stands on one page, the newest first, whatever members did in between."""
    total = 2 * AUDIT_PAGE_SIZE + 1
    for number in range(total):
        await change(store, SUNDAY_ON, "give", number + 1, number)
        await keep(store, award(1, SUNDAY_ON, 20, hour=number))
    get_page = partial(Administration(store, Catalogue()).get_audit, AuditQuery(guild_id=GUILD))
    pages = [await get_page(page) for page in (1, 2, 3, 4)]
    assert [(page.page, page.has_more) for page in pages] == [(1, True), (2, True), (3, False), (3, False)]
    entries = [entry.line.outcome.xp for page in pages[:3] for entry in page.entries]
    assert entries == list(range(total, 0, -1))
    none = AuditQuery(guild_id=GUILD, user_id=2)
    empty = await Administration(store, Catalogue()).get_audit(none, 7)
    assert (empty.entries, empty.page, empty.has_more) == ((), 1, False)
