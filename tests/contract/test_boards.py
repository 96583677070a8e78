"""Boards: order, shared ranks, who is on them, and that they follow every commit."""

from __future__ import annotations

import asyncio
import random

import pytest

from leveling_core.ids import MAX_SNOWFLAKE, MemberKey
from leveling_core.store import LevelingStore, Standing, StreakBoard, XpBoard
from tests.contract.support import GUILD, NOBODY, Place, gain, set_member

BOARD = XpBoard()


async def give(store: LevelingStore, xp: dict[int, int], *, guild_id: int = GUILD) -> None:
    """Set the XP of members by user id."""
    await asyncio.gather(
        *(
            store.commit((key,), set_member(key, xp=value))
            for key, value in ((MemberKey(guild_id, user_id), value) for user_id, value in xp.items())
        )
    )


def entries(standings: tuple[Standing, ...]) -> list[tuple[int, int, int]]:
    """Return rank, user id and value of each."""
    return [(one.rank, one.user_id, one.value) for one in standings]


async def test_equal_values_share_a_rank(place: Place, store: LevelingStore) -> None:
    """Ranks go 1, 2, 2, 4; ties go by user id; who has nothing is absent; guilds are apart."""
    await give(store, {4: 50, MAX_SNOWFLAKE: 70, 3: 70, 1: 10, 9: 100, 8: 0})
    await give(store, {4: 500}, guild_id=GUILD + 1)
    expected = [(1, 9, 100), (2, 3, 70), (2, MAX_SNOWFLAKE, 70), (4, 4, 50), (5, 1, 10)]
    for _ in range(2):
        page = await store.list_standings(GUILD, BOARD, first=0, limit=10)
        assert entries(page.standings) == expected
        assert [one.place for one in page.standings] == [0, 1, 2, 3, 4]
        assert page.ranked_members == await store.count_ranked(GUILD, BOARD) == 5
        store = await place.reopen(store)


async def test_pages_begin_anywhere(store: LevelingStore) -> None:
    """A page that begins among equals knows their rank; one beyond the end is empty but counts all."""
    await give(store, {1: 9, 2: 7, 3: 7, 4: 7, 5: 1})
    page = await store.list_standings(GUILD, BOARD, first=2, limit=2)
    assert entries(page.standings) == [(2, 3, 7), (2, 4, 7)]
    page = await store.list_standings(GUILD, BOARD, first=7, limit=2)
    assert (page.standings, page.ranked_members) == ((), 5)
    page = await store.list_standings(GUILD + 5, BOARD, first=0, limit=2)
    assert (page.standings, page.ranked_members) == ((), 0)


async def test_who_left_is_on_no_board(store: LevelingStore) -> None:
    """A member who left makes room, and returns with the same XP."""
    await give(store, {1: 30, 2: 20, 3: 10})
    first, second = MemberKey(GUILD, 1), MemberKey(GUILD, 2)
    assert await store.find_standing(second, BOARD) == Standing(2, 2, 20, 1)
    await store.commit((first,), set_member(first, present=False))
    assert await store.find_standing(first, BOARD) is None
    assert await store.find_standing(second, BOARD) == Standing(1, 2, 20, 0)
    assert await store.list_member_ids(GUILD, present=True) == [2, 3]
    assert await store.list_member_ids(GUILD, present=False) == [1]
    await store.commit((first,), set_member(first, present=True))
    assert await store.find_standing(second, BOARD) == Standing(2, 2, 20, 1)


async def test_who_has_nothing_has_no_standing(store: LevelingStore) -> None:
    """Neither a member never seen nor one without XP has a standing."""
    await give(store, {1: 0, 2: 5})
    assert await store.find_standing(MemberKey(GUILD, 1), BOARD) is None
    assert await store.find_standing(MemberKey(GUILD, 77), BOARD) is None


async def test_streaks_live_until_their_day(store: LevelingStore) -> None:
    """The streak board leaves out who has not claimed since the day that it asks for."""
    for user_id, streak, last_claim_on in ((1, 9, 700), (2, 4, 701), (3, 4, 702), (4, 0, 702)):
        key = MemberKey(GUILD, user_id)
        await store.commit((key,), set_member(key, streak=streak, last_claim_on=last_claim_on))
    board = StreakBoard(claimed_since_on=701)
    page = await store.list_standings(GUILD, board, first=0, limit=9)
    assert entries(page.standings) == [(1, 2, 4), (1, 3, 4)]
    assert await store.find_standing(MemberKey(GUILD, 1), board) is None
    assert await store.count_ranked(GUILD, StreakBoard(claimed_since_on=700)) == 3
    key = MemberKey(GUILD, 1)
    await store.commit((key,), set_member(key, streak=1, last_claim_on=702))
    page = await store.list_standings(GUILD, board, first=0, limit=9)
    assert entries(page.standings) == [(1, 2, 4), (1, 3, 4), (3, 1, 1)]


@pytest.mark.parametrize("seed", range(3))
async def test_boards_agree_with_records_while_commits_go_on(store: LevelingStore, seed: int) -> None:
    """Pages and standings read in the middle of many commits are consistent, and in the end exact."""
    rng = random.Random(seed)  # noqa: S311 -- a load, no secret
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 40)]

    async def earn() -> None:
        for _ in range(40):
            key = rng.choice(keys)
            await store.commit((key,), gain(key, rng.randrange(1, 20)))

    async def look() -> None:
        for _ in range(20):
            page = await store.list_standings(GUILD, BOARD, first=rng.randrange(10), limit=10)
            values = [one.value for one in page.standings]
            assert values == sorted(values, reverse=True)
            assert len({one.user_id for one in page.standings}) == len(values)
            standing = await store.find_standing(rng.choice(keys), BOARD)
            assert standing is None or 1 <= standing.rank <= standing.place + 1 <= len(keys)
            some = [key.user_id for key in rng.sample(keys, 5)]
            for user_id, found in zip(some, await store.find_standings(GUILD, some, BOARD), strict=True):
                assert found is None or found.user_id == user_id

    await asyncio.gather(*(earn() for _ in range(8)), *(look() for _ in range(4)))
    totals: dict[int, int] = {}
    for record, key in zip(await store.read_many(keys), keys, strict=True):
        totals[key.user_id] = record.xp  # type: ignore[union-attr]  # they are members
    ranked = sorted((-xp, user_id) for user_id, xp in totals.items() if xp)
    page = await store.list_standings(GUILD, BOARD, first=0, limit=100)
    assert [(-one.value, one.user_id) for one in page.standings] == ranked
    for one in page.standings:
        assert one.rank == 1 + sum(xp > one.value for xp in totals.values())
        assert await store.find_standing(MemberKey(GUILD, one.user_id), BOARD) == one
    user_ids = [NOBODY, *(one.user_id for one in page.standings)]
    assert await store.find_standings(GUILD, user_ids, BOARD) == [None, *page.standings]
