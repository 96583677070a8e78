"""The ledger: append-only, one sequence, found by member, guild, kind and time, watched without a gap."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from leveling_core.errors import UnreadableError
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey
from leveling_core.outcomes import (
    AchievementRevoked,
    DailyClaimed,
    LedgerLine,
    LevelLost,
    LevelReached,
    Multiplier,
    Part,
    XpAdjusted,
    XpGained,
)
from leveling_core.store import LedgerQuery, LevelingStore
from tests.contract.support import GUILD, Place, gain, line, say

ANN = MemberKey(GUILD, 1)


def level(user_id: int, at: int) -> LedgerLine:
    """Make a line that tells of a level."""
    return LedgerLine(
        at=at,
        guild_id=GUILD,
        user_id=user_id,
        outcome=LevelReached(level_from=1, level_to=2, total_xp=100),
    )


async def test_lines_come_back_whole(place: Place, store: LevelingStore) -> None:
    """Every column of a line survives, at its largest and at its default."""
    rich = LedgerLine(
        at=2**62,
        guild_id=MAX_SNOWFLAKE,
        user_id=MAX_SNOWFLAKE,
        outcome=XpGained(
            xp=-5,
            source="message",
            parts=(Part("roll", 20),),
            multipliers=(Multiplier("booster", 3, 2),),
            refused={"cooldown": 4},
            counters={"messages": 5},
        ),
        channel_id=MAX_SNOWFLAKE,
        cause=MAX_SNOWFLAKE,
        correlation="sum",
        batch="b1",
        actor_id=MAX_SNOWFLAKE,
        origin="catch-up",
        day_on=739_617,
    )
    daily = LedgerLine(
        at=0,
        guild_id=GUILD,
        user_id=1,
        outcome=DailyClaimed(booked_on=0, zone="", streak=0, parts=(), recovered=True),
    )
    await store.commit((), say(rich, daily))
    rich.seq, daily.seq = 1, 2
    assert await store.list_ledger(LedgerQuery()) == [rich, daily]
    store = await place.reopen(store)
    assert await store.list_ledger(LedgerQuery()) == [rich, daily]


QUERIES: dict[str, tuple[dict[str, Any], list[int]]] = {
    "all": ({}, [1, 2, 3, 4, 5, 6]),
    "a guild": ({"guild_id": GUILD}, [1, 2, 3, 4, 6]),
    "a member": ({"guild_id": GUILD, "user_id": 1}, [1, 3]),
    "the guild as a whole": ({"guild_id": GUILD, "user_id": 0}, [6]),
    "a kind": ({"kinds": frozenset({"level_reached"})}, [3, 4]),
    "two kinds": ({"kinds": frozenset({"level_reached", "xp_gained"}), "limit": 2}, [1, 2]),
    "no kinds": ({"kinds": frozenset[str]()}, []),
    "from an instant": ({"from_at": 300}, [3, 4, 5, 6]),
    "until an instant": ({"until_at": 300}, [1, 2]),
    "a period": ({"from_at": 200, "until_at": 500, "guild_id": GUILD}, [2, 3, 4]),
    "after a line": ({"after_seq": 4}, [5, 6]),
    "before a line": ({"before_seq": 3}, [1, 2]),
    "between lines": ({"after_seq": 1, "before_seq": 4, "newest_first": True}, [3, 2]),
    "of a member, before a line": ({"guild_id": GUILD, "user_id": 1, "before_seq": 3}, [1]),
    "newest first": ({"newest_first": True, "limit": 3}, [6, 5, 4]),
    "newest of a member": ({"newest_first": True, "guild_id": GUILD, "user_id": 1, "limit": 1}, [3]),
    "nothing": ({"limit": 0}, []),
}

ACTED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "by anybody": ({"has_actor": True}, [2, 3, 4, 6]),
    "by anybody in a guild": ({"has_actor": True, "guild_id": GUILD}, [2, 3, 4]),
    "by somebody": ({"actor_id": 9, "guild_id": GUILD}, [2, 3]),
    "by somebody, in any guild": ({"actor_id": 9}, [2, 3, 6]),
    "by nobody": ({"actor_id": 0, "guild_id": GUILD}, []),
    "upon a member": ({"has_actor": True, "guild_id": GUILD, "user_id": 1}, [2, 4]),
    "newest first": ({"has_actor": True, "guild_id": GUILD, "newest_first": True, "limit": 2}, [4, 3]),
    "behind a line": ({"has_actor": True, "guild_id": GUILD, "after_seq": 2}, [3, 4]),
    "before a line": ({"has_actor": True, "guild_id": GUILD, "before_seq": 3}, [2]),
    "of a kind": ({"has_actor": True, "guild_id": GUILD, "kinds": frozenset({"level_reached"})}, []),
    "of a batch": ({"guild_id": GUILD, "user_id": 1, "batch": "xp:1"}, [2]),
    "of a batch, of all": ({"batch": "xp:1"}, [2, 3]),
    "of a batch, newest first": ({"batch": "xp:1", "newest_first": True, "before_seq": 3}, [2]),
    "of an operation, of all": ({"correlation": "xp:1"}, [4]),
    "of an operation": ({"has_actor": True, "guild_id": GUILD, "correlation": "xp:1"}, [4]),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_queries(store: LevelingStore, name: str) -> None:
    """Each condition holds, alone and with others; the order is by line."""
    lines = [line(1, at=100), line(2, at=200), level(1, 300), level(2, 400)]
    await store.commit((), say(*lines))
    await store.commit((), say(line(1, guild_id=GUILD + 1, at=500), line(0, at=600)))
    query, expected = QUERIES[name]
    assert [found.seq for found in await store.list_ledger(LedgerQuery(**query))] == expected


@pytest.mark.parametrize("name", ACTED)
async def test_queries_for_what_somebody_made_to_happen(
    place: Place, store: LevelingStore, name: str
) -> None:
    """Actor, batch and operation are conditions like any other; also for lines that came later."""
    query, expected = ACTED[name]
    await store.commit((), say(line(1)))
    await store.list_ledger(LedgerQuery(**query))  # what is kept for such queries follows what comes
    lines = [line(user_id) for user_id in (1, 2, 1)]
    for one, actor_id, batch in zip(lines, (9, 9, 8), ("xp:1", "xp:1", "undo:2"), strict=True):
        one.actor_id, one.batch = actor_id, batch
    lines[2].correlation = "xp:1"
    elsewhere = line(1, guild_id=GUILD + 1)
    elsewhere.actor_id = 9
    await store.commit((), say(*lines, line(1), elsewhere))
    assert [found.seq for found in await store.list_ledger(LedgerQuery(**query))] == expected
    store = await place.reopen(store)
    assert [found.seq for found in await store.list_ledger(LedgerQuery(**query))] == expected


async def test_what_was_done_by_hand_comes_back_whole(place: Place, store: LevelingStore) -> None:
    """So do levels that were lost and achievements that were taken back."""
    outcomes = (
        XpAdjusted(
            xp=-5, source="admin", mode="take", requested_xp=-9, total_before=5, total_xp=0, reason="spam"
        ),
        AchievementRevoked(
            xp=-3, source="achievement", achievement_id="first", counters={"achievements": -1}
        ),
        LevelLost(level_from=2, level_to=1, total_xp=100),
    )
    lines = [
        LedgerLine(at=5, guild_id=GUILD, user_id=1, outcome=outcome, actor_id=9, batch="xp:5", origin="undo")
        for outcome in outcomes
    ]
    await store.commit((), say(*lines))
    store = await place.reopen(store)
    assert [found.outcome for found in await store.list_ledger(LedgerQuery())] == list(outcomes)


async def test_the_head_follows(place: Place, store: LevelingStore) -> None:
    """The head is the last committed line; its epoch stays over a restart."""
    head = await store.get_head()
    assert (head.seq, bool(head.epoch)) == (0, True)
    await store.commit((), say(line(), line()))
    store = await place.reopen(store)
    again = await store.get_head()
    assert (again.seq, again.epoch) == (2, head.epoch)
    await store.commit((), say(line()))
    assert [found.seq for found in await store.list_ledger(LedgerQuery(after_seq=2))] == [3]


async def test_watching(store: LevelingStore) -> None:
    """A listener sees every line once, in order, readable by then; one that fails disturbs nobody."""
    seen: list[int] = []
    mistakes: list[int] = []

    def listen(lines: object) -> None:
        assert isinstance(lines, list)
        seen.extend(one.seq for one in lines)

    def stumble(lines: object) -> None:
        assert isinstance(lines, list)
        mistakes.append(len(lines))
        raise ValueError

    store.watch(stumble)
    end = store.watch(listen)
    for _ in range(3):
        await asyncio.gather(*(store.commit((ANN,), gain(ANN)) for _ in range(40)))
    assert seen == list(range(1, 121))
    assert sum(mistakes) == 120
    end()
    end()
    await store.commit((ANN,), gain(ANN))
    assert len(seen) == 120


@pytest.mark.parametrize("problem", [ValueError, StopIteration, asyncio.CancelledError])
async def test_a_listener_that_raises_harms_nobody(
    store: LevelingStore, problem: type[BaseException]
) -> None:
    """Whatever it raises: every commit is answered and takes effect once, and the next ones go on."""

    def stumble(_: object) -> None:
        raise problem

    heard: list[int] = []
    store.watch(stumble)
    store.watch(lambda lines: heard.extend(one.seq for one in lines))
    assert await asyncio.gather(*(store.commit((ANN,), gain(ANN)) for _ in range(3))) == [1, 2, 3]
    assert await store.commit((ANN,), gain(ANN)) == 4
    assert heard == [found.seq for found in await store.list_ledger(LedgerQuery())] == [1, 2, 3, 4]


async def test_refused_commits_write_no_lines(store: LevelingStore) -> None:
    """A commit that changes nothing leaves the head where it was."""
    await store.commit((ANN,), gain(ANN))
    await store.commit((ANN,), say())
    assert (await store.get_head()).seq == 1


async def test_a_line_that_cannot_be_read(place: Place, store: LevelingStore) -> None:
    """It fails the reads that it belongs to, by its ``seq`` and guild, and no others."""
    await asyncio.gather(*(store.commit((ANN,), gain(ANN)) for _ in range(4)))
    place.damage_line(2)
    for query in (LedgerQuery(), LedgerQuery(newest_first=True), LedgerQuery(after_seq=1, limit=1)):
        with pytest.raises(UnreadableError, match=f"ledger line 2 of guild {GUILD}") as caught:
            await store.list_ledger(query)
        assert (caught.value.seq, caught.value.guild_id) == (2, GUILD)
    for query, seqs in ((LedgerQuery(limit=1), [1]), (LedgerQuery(after_seq=2), [3, 4])):
        assert [found.seq for found in await store.list_ledger(query)] == seqs
    assert await store.list_ledger(LedgerQuery(guild_id=GUILD + 1)) == []
    assert await store.commit((ANN,), gain(ANN)) == 5
