"""How many members have each achievement: who counts, and that the counts follow every commit."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord, Unlock
from leveling_core.store import LevelingStore
from tests.contract.support import GUILD, NOON, Place, set_member


async def have(store: LevelingStore, user_id: int, *achievement_ids: str, guild_id: int = GUILD) -> None:
    """Let a member have achievements, and no others."""
    key = MemberKey(guild_id, user_id)
    await store.commit((key,), set_member(key, achievements={id_: Unlock(NOON) for id_ in achievement_ids}))


async def test_members_who_have_it_are_counted(place: Place, store: LevelingStore) -> None:
    """Each member counts once for each achievement; guilds are apart; nobody has what is left out."""
    await have(store, 1, "first", "second")
    await have(store, 2, "first")
    await have(store, 3)
    await have(store, 1, "elsewhere", guild_id=GUILD + 1)
    key = MemberKey(GUILD, 4)
    await store.commit((key,), set_member(key, achievements={"again": Unlock(NOON, 7)}))
    for _ in range(2):
        assert await store.count_unlocks(GUILD) == {"first": 2, "second": 1, "again": 1}
        assert await store.count_unlocks(GUILD + 1) == {"elsewhere": 1}
        assert await store.count_unlocks(GUILD + 2) == {}
        store = await place.reopen(store)


async def test_counts_follow_commits(store: LevelingStore) -> None:
    """What is unlocked or taken back after the first look moves the counts; so does who leaves or returns."""
    await have(store, 1, "first")
    assert await store.count_unlocks(GUILD) == {"first": 1}
    await have(store, 1, "first", "second")
    await have(store, 2, "second")
    assert await store.count_unlocks(GUILD) == {"first": 1, "second": 2}
    key = MemberKey(GUILD, 1)
    await store.commit((key,), set_member(key, present=False))
    assert await store.count_unlocks(GUILD) == {"second": 1}
    await have(store, 1, "first")
    assert await store.count_unlocks(GUILD) == {"second": 1}
    await store.commit((key,), set_member(key, present=True))
    assert await store.count_unlocks(GUILD) == {"first": 1, "second": 1}
    await have(store, 2)
    assert await store.count_unlocks(GUILD) == {"first": 1}


async def test_a_caller_may_change_what_it_was_given(store: LevelingStore) -> None:
    """Counts that were handed out are the caller's own."""
    await have(store, 1, "first")
    found = dict(await store.count_unlocks(GUILD))
    await have(store, 2, "first")
    assert found == {"first": 1}
    assert await store.count_unlocks(GUILD) == {"first": 2}


async def test_a_damaged_member_stops_nobody(place: Place, store: LevelingStore) -> None:
    """A member's row that cannot be read does not keep others from seeing how rare things are."""
    await have(store, 1, "first")
    await have(store, 2, "first")
    await store.close()
    place.damage_member(MemberKey(GUILD, 2))
    store = await place.open()
    assert (await store.count_unlocks(GUILD))["first"] >= 1


@pytest.mark.parametrize("seed", range(3))
async def test_counts_agree_with_records_while_commits_go_on(store: LevelingStore, seed: int) -> None:
    """Counts first looked at in the middle of many commits are exact in the end."""
    rng = random.Random(seed)  # noqa: S311 -- a load, no secret
    users, names = range(1, 30), ("a", "b", "c", "d")

    async def change() -> None:
        for _ in range(30):
            user_id = rng.choice(users)
            if rng.random() < 0.2:
                key = MemberKey(GUILD, user_id)
                await store.commit((key,), set_member(key, present=rng.random() < 0.5))
            else:
                await have(store, user_id, *rng.sample(names, rng.randrange(4)))

    async def look() -> None:
        for _ in range(10):
            counts = await store.count_unlocks(GUILD)
            assert all(0 < count <= len(users) for count in counts.values())

    await asyncio.gather(*(change() for _ in range(8)), *(look() for _ in range(3)))
    records = await store.read_many([MemberKey(GUILD, user_id) for user_id in users])
    expected: Counter[str] = Counter()
    for record in records:
        assert isinstance(record, MemberRecord)
        expected.update(list(record.achievements) if record.present else ())
    assert await store.count_unlocks(GUILD) == expected
