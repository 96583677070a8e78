"""Statistics of a store: what is read of the ledger, how often, and in which portions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from data import load_catalogue
from leveling_core.decision import Decision
from leveling_core.documents import Record
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import Key, MemberKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.service import Leveling
from leveling_core.statistics import Statistics
from leveling_core.store import LedgerQuery, LevelingStore
from storage import open_store
from tests.core.world import ANN, BOB, DAY, GUILD, HOUR, MINUTE, START_AT

KEY = MemberKey(GUILD, ANN)
NOW = START_AT + 100 * DAY + 12 * HOUR


class WatchedStore:
    """A store that counts what is read of its ledger."""

    def __init__(self, store: LevelingStore) -> None:
        self._store = store
        self.reads = 0
        self.lines = 0
        self.most_lines = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def list_ledger(self, query: LedgerQuery) -> list[LedgerLine]:
        """Count, and do as the store does."""
        found = await self._store.list_ledger(query)
        self.reads += 1
        self.lines += len(found)
        self.most_lines = max(self.most_lines, len(found))
        return found


@pytest.fixture
async def store() -> AsyncIterator[WatchedStore]:
    """Give an empty store whose reads are counted."""
    opened = await open_store("memory:", clock=lambda: NOW)
    yield WatchedStore(opened)
    await opened.close()


@pytest.fixture
def statistics(store: WatchedStore) -> Statistics:
    """Give the statistics of the store."""
    return Statistics(Leveling(cast(LevelingStore, store), load_catalogue()))


async def _earn(store: WatchedStore, *ats: int, user_id: int = ANN, xp: int = 1) -> None:
    lines = [
        LedgerLine(at=at, guild_id=GUILD, user_id=user_id, outcome=XpGained(xp=xp, source="message"))
        for at in ats
    ]
    await store.commit((), lambda _: Decision(None, lines=lines))


async def test_a_year_of_many_lines_is_read_in_small_portions(
    store: WatchedStore, statistics: Statistics
) -> None:
    """However many lines there are, a few hundred are read at a time, and what is long past is not."""
    await _earn(store, *(NOW - 300 * DAY for _ in range(2000)))
    await _earn(store, *sorted(NOW - minute * 20 * MINUTE for minute in range(6000)))
    stats = await statistics.get_xp_stats(KEY, NOW, 90)
    assert stats.history.total_xp == 6000
    assert store.most_lines <= 250
    assert store.lines <= 6250


async def test_another_view_reads_nothing_again(store: WatchedStore, statistics: Statistics) -> None:
    """From chart to chart only what was not read yet is read: older days, and lines that have come since."""
    await _earn(store, *(NOW - (1500 - number) * HOUR for number in range(1500)))
    await statistics.get_xp_stats(KEY, NOW, 7)
    assert store.lines < 700
    await statistics.get_week_hours(KEY, NOW)
    assert store.lines == 1500
    stats = await statistics.get_xp_stats(KEY, NOW, 30)
    assert store.lines == 1500
    await _earn(store, NOW + MINUTE, xp=5)
    after = await statistics.get_xp_stats(KEY, NOW + 2 * MINUTE, 30)
    assert store.lines == 1501
    assert after.history.total_xp == stats.history.total_xp + 5


async def test_many_who_ask_at_once_see_the_same(store: WatchedStore, statistics: Statistics) -> None:
    """Ten at once count no line twice, and the ledger is read once."""
    await _earn(store, *(NOW - number * HOUR for number in range(300, 0, -1)))
    found = await asyncio.gather(*(statistics.get_xp_stats(KEY, NOW, 30) for _ in range(10)))
    assert {stats.history.total_xp for stats in found} == {300}
    assert store.lines == 300


async def test_a_new_day_begins_anew(store: WatchedStore, statistics: Statistics) -> None:
    """What is kept of a member is of one day; the next one is read afresh and shows other days."""
    await _earn(store, NOW)
    await statistics.get_xp_stats(KEY, NOW)
    stats = await statistics.get_xp_stats(KEY, NOW + 3 * DAY)
    assert stats.history.days[3][1] == 1
    assert store.lines == 2


async def test_someone_never_seen_has_nothing_until_the_first_line(
    store: WatchedStore, statistics: Statistics
) -> None:
    """No line is no error, and the first one is seen at once."""
    assert (await statistics.get_xp_stats(KEY, NOW)).history.total_xp == 0
    await _earn(store, NOW)
    assert (await statistics.get_xp_stats(KEY, NOW)).history.total_xp == 1


async def test_of_many_members_some_are_kept(store: WatchedStore, statistics: Statistics) -> None:
    """Whoever was looked at long ago is read again; memory is bounded."""
    await _earn(store, NOW)
    for user_id in (ANN, *range(1000, 1040), ANN):
        await statistics.get_xp_stats(MemberKey(GUILD, user_id), NOW)
    assert store.lines == 2


async def test_hours_are_told_by_the_guilds_clock_of_now(store: WatchedStore, statistics: Statistics) -> None:
    """In another time zone the same messages stand in other hours; the week begins as the guild's does."""
    await _earn(store, NOW)
    assert (await statistics.get_week_hours(KEY, NOW)).busiest == (5, 12)
    changes: dict[str, str | None] = {"general.timezone": "Asia/Tokyo", "general.week_start": "sunday"}
    leveling = Leveling(cast(LevelingStore, store), load_catalogue())
    await leveling.change_rules(RulesChangeRequested(GUILD, BOB, 7, changes))
    hours = await statistics.get_week_hours(KEY, NOW)
    assert (hours.busiest, hours.zone, hours.first_weekday) == ((5, 21), "Asia/Tokyo", 6)


async def test_two_members_stand_side_by_side(store: WatchedStore, statistics: Statistics) -> None:
    """What both have, with the lower rank as the greater amount; without a rank there is none."""
    records: dict[Key, Record] = {
        KEY: MemberRecord(xp=300, messages=20),
        MemberKey(GUILD, BOB): MemberRecord(xp=1000, messages=9),
    }
    await store.commit(records.keys(), lambda _: Decision(None, records))
    compared = await statistics.compare(KEY, MemberKey(GUILD, BOB), NOW)
    rows = {row.name: row for row in compared.rows}
    assert list(rows) == ["xp", "level", "messages", "streak", "achievements", "rank"]
    assert (rows["rank"].left, rows["rank"].right) == (2, 1)
    assert (rows["rank"].left_amount, rows["rank"].right_amount) == (1, 2)
    assert (rows["messages"].left_amount, rows["messages"].right_amount) == (20, 9)
    assert compared.lead_xp == -700
    nobody = await statistics.compare(KEY, MemberKey(GUILD, 999), NOW)
    assert (nobody.rows[-1].right, nobody.rows[-1].right_amount) == (0, 0)
