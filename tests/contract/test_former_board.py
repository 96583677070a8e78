"""The board of XP as a day began: what everybody who is here now had then, whatever has happened since."""

from __future__ import annotations

import asyncio
import copy
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.decision import Decide, Decision, View
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.periods import utc_day_of, utc_midnight_of
from leveling_core.store import FormerXpBoard, LedgerQuery, LevelingStore, Standing, XpBoard
from tests.contract.support import GUILD, NOBODY, NOON, PLACES, Place, say, set_member

TODAY_ON = utc_day_of(NOON)
TODAY = FormerXpBoard(TODAY_ON)
USERS = range(1, 6)


@pytest.fixture(autouse=True)
def few_lines_per_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite sum up every few lines, so that boards are made of sums and of lines after them."""
    monkeypatch.setattr("storage.sqlite.LINES_PER_SUM", 5)
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", 5)


def earn(key: MemberKey, xp: int, day_on: int) -> Decide[None]:
    """Make a decision that gives (or takes) XP which count on a day; nobody falls below 0."""

    def decide(view: View) -> Decision[None]:
        draft = copy.copy(view.member(key))
        change = max(-draft.xp, xp)
        draft.xp += change
        outcome = XpGained(xp=change, source="message")
        at = utc_midnight_of(day_on) + 1
        return Decision(
            None, {key: draft}, [LedgerLine(at=at, guild_id=GUILD, user_id=key.user_id, outcome=outcome)]
        )

    return decide


async def give(store: LevelingStore, user_id: int, xp: int, day_on: int = TODAY_ON) -> None:
    """Give a member XP on a day, or take some."""
    key = MemberKey(GUILD, user_id)
    await store.commit((key,), earn(key, xp, day_on))


async def set_present(store: LevelingStore, user_id: int, present: bool) -> None:
    """Let a member leave or return."""
    key = MemberKey(GUILD, user_id)
    await store.commit((key,), set_member(key, present=present))


async def entries(store: LevelingStore, board: FormerXpBoard = TODAY) -> list[tuple[int, int, int]]:
    """Return rank, user id and XP of everybody on a board; pages, counts and own standings agree with it."""
    page = await store.list_standings(GUILD, board, first=0, limit=1000)
    assert page.ranked_members == len(page.standings) == await store.count_ranked(GUILD, board)
    for one in page.standings:
        assert await store.find_standing(MemberKey(GUILD, one.user_id), board) == one
    user_ids = [*(one.user_id for one in page.standings), NOBODY]
    assert await store.find_standings(GUILD, user_ids, board) == [*page.standings, None]
    return [(one.rank, one.user_id, one.value) for one in page.standings]


async def plainly(store: LevelingStore, board: FormerXpBoard = TODAY) -> list[tuple[int, int, int]]:
    """Take what every line since then gave from what every record holds."""
    since: defaultdict[int, int] = defaultdict(int)
    for line in await store.list_ledger(LedgerQuery(guild_id=GUILD, limit=100_000)):
        if line.counts_on >= board.before_on:
            since[line.user_id] += line.outcome.xp
    user_ids = await store.list_member_ids(GUILD, present=True)
    records = await store.read_many([MemberKey(GUILD, user_id) for user_id in user_ids])
    had = {
        user_id: cast(MemberRecord, record).xp - since[user_id]
        for user_id, record in zip(user_ids, records, strict=True)
    }
    ranked = sorted((-xp, user_id) for user_id, xp in had.items() if xp > 0)
    return [(1 + sum(other < xp for other, _ in ranked), user_id, -xp) for xp, user_id in ranked]


async def test_what_was_earned_since_does_not_count(place: Place, store: LevelingStore) -> None:
    """Members keep the places of then while they overtake each other, and who is new has none."""
    for user_id, xp in ((1, 30), (2, 20), (3, 20)):
        await give(store, user_id, xp, TODAY_ON - 1)
    for _ in range(2):
        assert await entries(store) == [(1, 1, 30), (2, 2, 20), (2, 3, 20)]
        for user_id, xp in ((3, 50), (9, 40), (2, 1)):
            await give(store, user_id, xp)
        store = await place.reopen(store)
    assert await store.find_standing(MemberKey(GUILD, 9), TODAY) is None
    assert await store.find_standing(MemberKey(GUILD, 3), XpBoard()) == Standing(1, 3, 120, 0)
    assert await entries(store, FormerXpBoard(TODAY_ON + 1)) == [
        (1, 3, 120),
        (2, 9, 80),
        (3, 1, 30),
        (4, 2, 22),
    ]


async def test_a_late_line_counts_on_its_own_day(store: LevelingStore) -> None:
    """What is told of today and happened yesterday had been there as the day began."""
    await give(store, 1, 10, TODAY_ON - 1)
    assert await entries(store) == [(1, 1, 10)]
    await give(store, 2, 15, TODAY_ON - 1)
    await give(store, 1, 5, TODAY_ON - 3)
    assert await entries(store) == [(1, 1, 15), (1, 2, 15)]


async def test_who_is_gone_is_not_on_it_and_who_returned_is(place: Place, store: LevelingStore) -> None:
    """Nobody climbs because somebody left; who comes back stands where they stood."""
    for user_id in (1, 2):
        await give(store, user_id, 10 * user_id, TODAY_ON - 1)
    assert await entries(store) == [(1, 2, 20), (2, 1, 10)]
    await set_present(store, 2, False)
    await give(store, 2, 5)
    assert await entries(store) == [(1, 1, 10)]
    store = await place.reopen(store)
    assert await entries(store) == [(1, 1, 10)]
    await set_present(store, 2, True)
    assert await entries(store) == [(1, 2, 20), (2, 1, 10)]


async def test_who_lost_xp_had_it_before(place: Place, store: LevelingStore) -> None:
    """A member with nothing left is on the board of then, also if it is made only now."""
    await give(store, 1, 10, TODAY_ON - 1)
    await give(store, 2, 20, TODAY_ON - 1)
    await give(store, 2, -20)
    for _ in range(2):
        assert await entries(store) == [(1, 2, 20), (2, 1, 10)]
        store = await place.reopen(store)
    assert await store.count_ranked(GUILD, XpBoard()) == 1


async def test_a_line_without_its_record_is_lived_with(store: LevelingStore) -> None:
    """Where the ledger tells of XP that no record got, the board is what both come to, and goes on."""
    await give(store, 1, 10, TODAY_ON - 1)
    assert await entries(store) == [(1, 1, 10)]
    outcome = XpGained(xp=4, source="message")
    await store.commit((), say(LedgerLine(at=NOON, guild_id=GUILD, user_id=1, outcome=outcome)))
    assert await entries(store) == [(1, 1, 6)]
    await give(store, 1, 1)
    assert await entries(store) == [(1, 1, 6)]


async def test_guilds_are_apart(store: LevelingStore) -> None:
    """A board holds nobody of another guild, and one of an unknown guild is empty."""
    other = MemberKey(GUILD + 1, 1)
    await store.commit((other,), set_member(other, xp=50))
    assert await entries(store) == []
    await give(store, 1, 10, TODAY_ON - 1)
    assert await entries(store) == [(1, 1, 10)]


@pytest.mark.parametrize("seed", range(2))
async def test_it_is_right_while_awards_go_on(place: Place, store: LevelingStore, seed: int) -> None:
    """In the middle of many commits it is in order, and in the end what records and lines come to."""
    rng = random.Random(seed)  # noqa: S311 -- a load, no secret

    async def award() -> None:
        for _ in range(25):
            await give(store, rng.choice(USERS), rng.randrange(1, 20), TODAY_ON - rng.randrange(2))
            if not rng.randrange(5):
                await set_present(store, rng.choice(USERS), bool(rng.randrange(2)))

    async def look() -> None:
        for _ in range(15):
            page = await store.list_standings(GUILD, TODAY, first=rng.randrange(3), limit=9)
            values = [one.value for one in page.standings]
            assert values == sorted(values, reverse=True)
            await store.find_standing(MemberKey(GUILD, rng.choice(USERS)), TODAY)

    await asyncio.gather(*(award() for _ in range(6)), *(look() for _ in range(4)))
    assert await entries(store) == await plainly(store)
    store = await place.reopen(store)
    assert await entries(store) == await plainly(store)


deeds = st.one_of(
    st.tuples(st.just("earn"), st.sampled_from(USERS), st.integers(-30, 30), st.integers(-2, 2)),
    st.tuples(st.sampled_from(["leave", "return"]), st.sampled_from(USERS), st.just(0), st.just(0)),
    st.tuples(st.sampled_from(["look", "look", "reopen"]), st.just(0), st.just(0), st.integers(-1, 2)),
)


@pytest.mark.parametrize("name", sorted(PLACES))
@settings(max_examples=25)
@given(st.lists(deeds, max_size=40))
def test_it_is_what_records_and_lines_come_to(name: str, done: list[tuple[str, int, int, int]]) -> None:
    """Whatever happens between looks, each look sees what everybody who is here had when its day began."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_do_and_look(PLACES[name](Path(folder)), done))


async def _do_and_look(place: Place, done: list[tuple[str, int, int, int]]) -> None:
    store = await place.open()
    for what, user_id, xp, day in done:
        board = FormerXpBoard(TODAY_ON + day)
        if what == "earn":
            await give(store, user_id, xp, TODAY_ON + day)
        elif what in {"leave", "return"}:
            await set_present(store, user_id, what == "return")
        elif what == "reopen":
            store = await place.reopen(store)
        else:
            assert await entries(store, board) == await plainly(store, board)
    assert await entries(store) == await plainly(store)
    await place.close()
