"""Commits: all or nothing, in order, durable, and never harmed by one another."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
import pytest

from leveling_core.decision import Decision, RecordsNeeded, View
from leveling_core.documents import DOCUMENT_TYPES, GoalRecord, Record, RulesRecord, absent_record
from leveling_core.errors import LevelingError, RuleError, StoreClosedError, StoreError, UnreadableError
from leveling_core.ids import (
    MAX_SNOWFLAKE,
    DocumentKey,
    Key,
    MemberKey,
    channel_key,
    goal_key,
    rules_key,
)
from leveling_core.member import Counters, MemberRecord, Unlock
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from tests.contract.support import GUILD, Place, gain, line, say, set_member, spend

ANN = MemberKey(GUILD, 1)
BEN = MemberKey(GUILD, 2)


@pytest.mark.parametrize("key", [ANN, *(DocumentKey(kind, GUILD, "5") for kind in DOCUMENT_TYPES)], ids=str)
async def test_absent_records_read_as_their_defaults(store: LevelingStore, key: Key) -> None:
    """A record never written reads as its defaults, outside a decision and inside."""
    assert await store.read(key) == absent_record(key)
    seen = await store.commit((key,), lambda view: Decision(view[key]))
    assert seen == absent_record(key)


async def test_everything_of_a_record_comes_back(place: Place, store: LevelingStore) -> None:
    """Every field of a member survives being closed and opened again, at its largest too."""
    numbers = {
        name: MAX_SNOWFLAKE - place_
        for place_, name in enumerate(MemberRecord.__struct_fields__)
        if isinstance(getattr(MemberRecord(), name), int)
    }
    key = MemberKey(MAX_SNOWFLAKE, MAX_SNOWFLAKE)
    fields: dict[str, Any] = {
        **numbers,
        "present": False,
        "xp": 2**53 - 1,
        "last_claim_zone": "Europe/Kyiv",
        "achievements": {"first": Unlock(5), "often": Unlock(6, 7)},
        "refused": {"cooldown": 3},
        "ledgered": Counters(1, 2, 3, 4, 5),
    }
    assert fields.keys() == set(MemberRecord.__struct_fields__)
    await store.commit((key,), set_member(key, **fields))
    assert await store.read(key) == MemberRecord(**fields)
    store = await place.reopen(store)
    assert await store.read(key) == MemberRecord(**fields)
    assert await store.list_member_ids(MAX_SNOWFLAKE, present=False) == [MAX_SNOWFLAKE]


async def test_documents_come_back(place: Place, store: LevelingStore) -> None:
    """Documents of one kind, guild and id are told apart, and survive a reopening."""
    key, other = goal_key(GUILD, 9), goal_key(GUILD, 10)
    goal = GoalRecord(target=5, claimers=2, early=(MAX_SNOWFLAKE, 3))
    rules = RulesRecord(changes={"earning.cooldown_seconds": 30}, version=1)
    await store.commit(
        (key, rules_key(GUILD)), lambda _: Decision(None, {key: goal, rules_key(GUILD): rules})
    )
    store = await place.reopen(store)
    assert await store.read_many((rules_key(GUILD), other, key)) == [rules, GoalRecord(), goal]
    cooldown = await store.commit((rules_key(GUILD),), lambda view: Decision(view.rules(GUILD).cooldown_ms))
    assert cooldown == 30_000


async def test_a_decision_that_raises_changes_nothing(store: LevelingStore) -> None:
    """Whatever it raises comes out unchanged, and commits beside it stand."""

    def fail(view: View) -> Decision[None]:
        view.member(ANN)
        raise ZeroDivisionError

    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN, 5)),
        store.commit((ANN,), fail),
        store.commit((ANN,), spend(ANN, 6)),
        store.commit((ANN,), gain(ANN, 1)),
        return_exceptions=True,
    )
    assert results[0] == 5
    assert isinstance(results[1], ZeroDivisionError)
    assert isinstance(results[2], RuleError)
    assert results[3] == 6
    assert len(await store.list_ledger(LedgerQuery())) == 2


async def test_fifty_spends_of_one_from_ten(store: LevelingStore) -> None:
    """Of fifty at once on one member exactly ten find something to spend."""
    await store.commit((ANN,), gain(ANN, 10))
    results = await asyncio.gather(
        *(store.commit((ANN,), spend(ANN)) for _ in range(50)), return_exceptions=True
    )
    assert results[:10] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert all(isinstance(result, RuleError) for result in results[10:])
    record = await store.read(ANN)
    assert record == MemberRecord()


async def test_transfers_both_ways_at_once(store: LevelingStore) -> None:
    """Transfers in both directions at once lose and make nothing."""

    def transfer(giver: MemberKey, taker: MemberKey) -> None:
        def decide(view: View) -> Decision[None]:
            gives, takes = copy.copy(view.member(giver)), copy.copy(view.member(taker))
            gives.xp -= 3
            takes.xp += 3
            return Decision(None, {giver: gives, taker: takes})

        commits.append(store.commit((giver, taker), decide))

    await asyncio.gather(store.commit((ANN,), gain(ANN, 100)), store.commit((BEN,), gain(BEN, 100)))
    commits: list[asyncio.Future[None]] = []
    for _ in range(20):
        transfer(ANN, BEN)
        transfer(BEN, ANN)
    transfer(ANN, BEN)
    await asyncio.gather(*commits)
    records = await store.read_many((ANN, BEN))
    assert [record.xp for record in records if isinstance(record, MemberRecord)] == [97, 103]


async def test_commits_on_a_key_take_effect_in_the_order_of_their_calls(store: LevelingStore) -> None:
    """Order holds also between members whose record is known already and those whose record is not."""
    await store.commit((ANN,), gain(ANN))

    def note(number: int, key: MemberKey) -> None:
        def decide(view: View) -> Decision[None]:
            draft = copy.copy(view.member(key))
            draft.messages = number
            return Decision(None, {key: draft}, [line(key.user_id, number)])

        commits.append(store.commit((key,), decide))

    commits: list[asyncio.Future[None]] = []
    for number in range(300):
        note(number, MemberKey(GUILD, 1 + number % 7))
    await asyncio.gather(*commits)
    seen = [found.outcome.xp for found in await store.list_ledger(LedgerQuery(after_seq=1))]
    assert seen == list(range(300))


async def test_a_decision_may_ask_for_more(store: LevelingStore) -> None:
    """It is run again with what it asked for, several times if need be, and keeps its turn."""
    await store.commit((BEN,), gain(BEN, 7))
    third = MemberKey(GUILD, 3)

    def curious(view: View) -> Decision[int]:
        ben = view.member(BEN)
        view.require((ANN, third))
        draft = copy.copy(view.member(ANN))
        draft.xp += ben.xp
        return Decision(draft.xp, {ANN: draft})

    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN, 100)), store.commit((), curious), store.commit((ANN,), gain(ANN, 1))
    )
    assert tuple(results) == (100, 107, 108)


async def test_a_decision_that_asks_for_ever_fails_alone(store: LevelingStore) -> None:
    """Asking again for what was given is a mistake that stops nobody else."""

    def greedy(_: View) -> Decision[None]:
        raise RecordsNeeded((ANN,))

    results = await asyncio.gather(
        store.commit((ANN,), greedy), store.commit((ANN,), gain(ANN)), return_exceptions=True
    )
    assert isinstance(results[0], RuntimeError)
    assert results[1] == 1


async def test_what_a_decision_writes_unasked_is_written(store: LevelingStore) -> None:
    """A write to a key that was not named is kept, and ranks know of it."""
    await store.list_standings(GUILD, XpBoard(), first=0, limit=1)
    await store.commit((), lambda _: Decision(None, {ANN: MemberRecord(xp=4)}))
    assert await store.count_ranked(GUILD, XpBoard()) == 1
    assert await store.read(ANN) == MemberRecord(xp=4)


async def test_a_reader_may_change_what_it_read(store: LevelingStore) -> None:
    """What a caller does to a record it was given does not reach the store."""
    await store.commit((ANN,), gain(ANN, 2))
    for record in (await store.read(ANN), *await store.read_many((ANN, BEN))):
        assert isinstance(record, MemberRecord)
        record.xp = 99
    assert await store.commit((ANN,), gain(ANN, 1)) == 3


async def test_a_commit_outlives_its_caller(store: LevelingStore) -> None:
    """A commit whose caller is cancelled takes effect as a whole."""
    caller = store.commit((ANN,), gain(ANN, 5))
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await store.commit((ANN,), gain(ANN, 1)) == 6


async def test_a_cancelled_caller_disturbs_no_other(store: LevelingStore) -> None:
    """In a group, a caller that went away does not make the others' commits take effect twice."""
    callers = [store.commit((ANN,), gain(ANN)) for _ in range(5)]
    callers[1].cancel()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(results.pop(1), asyncio.CancelledError)
    assert results == [1, 3, 4, 5]
    assert await store.commit((ANN,), gain(ANN)) == 6


POISONS = {
    "negative XP": (ANN, {"xp": -1}),
    "too much XP": (ANN, {"xp": 2**53}),
    "a counter of 65 bits": (ANN, {"messages": 2**64}),
    "a user id of 65 bits": (MemberKey(GUILD, 2**64), {}),
    "no user": (MemberKey(GUILD, 0), {}),
    "a guild id of 64 bits": (MemberKey(2**63, 1), {}),
}


@pytest.mark.parametrize("poison", POISONS)
async def test_a_poisoned_commit_fails_alone(store: LevelingStore, poison: str) -> None:
    """Of 256 commits at once the one that cannot be written fails, and the others are kept."""
    key, fields = POISONS[poison]
    keys = [MemberKey(GUILD, 10 + number) for number in range(255)]
    commits: list[asyncio.Future[Any]] = [store.commit((one,), gain(one)) for one in keys]
    commits.insert(100, store.commit((key,), set_member(key, **fields)))
    results = await asyncio.gather(*commits, return_exceptions=True)
    assert isinstance(results.pop(100), StoreError)
    assert results == [1] * 255
    assert [one.xp for one in await store.read_many(keys) if isinstance(one, MemberRecord)] == [1] * 255
    lines = await store.list_ledger(LedgerQuery())
    assert [found.seq for found in lines] == list(range(1, 256))


async def test_a_poisoned_line_fails_alone(store: LevelingStore) -> None:
    """A ledger line out of bounds is refused with its commit, and leaves no gap in the sequence."""
    results = await asyncio.gather(
        store.commit((), say(line(1))),
        store.commit((), say(line(2**64))),
        store.commit((), say(line(1, 2**60))),
        store.commit((), say(line(2))),
        return_exceptions=True,
    )
    assert [isinstance(result, StoreError) for result in results] == [False, True, True, False]
    assert [found.seq for found in await store.list_ledger(LedgerQuery())] == [1, 2]


async def test_a_record_of_the_wrong_kind_is_refused(store: LevelingStore) -> None:
    """A member's record is not kept under a document's key, nor the other way round."""
    channel = channel_key(GUILD, 5)
    wrong: tuple[Mapping[Key, Record], ...] = ({channel: MemberRecord()}, {ANN: GoalRecord()})
    for writes in wrong:
        with pytest.raises(StoreError):
            await store.commit(tuple(writes), partial(_write, writes=writes))
    for key in (
        DocumentKey("nonsense", GUILD),
        DocumentKey("goal", 2**63),
        DocumentKey("goal", -1),
        DocumentKey("goal", GUILD, "9" * 500),
    ):
        with pytest.raises(StoreError):
            await store.commit((key,), lambda _: Decision(None))
        with pytest.raises(StoreError):
            await store.read(key)


def _write(_: View, *, writes: Mapping[Key, Record]) -> Decision[None]:
    return Decision(None, writes)


async def test_a_document_that_is_no_json_is_refused(store: LevelingStore) -> None:
    """A rule whose value no JSON can hold fails its commit alone."""
    rules = RulesRecord(changes={"general.prefix": object()})
    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN)),
        store.commit((rules_key(GUILD),), partial(_write, writes={rules_key(GUILD): rules})),
        store.commit((ANN,), gain(ANN)),
        return_exceptions=True,
    )
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], StoreError)


async def test_closing_keeps_what_was_called_before(place: Place, store: LevelingStore) -> None:
    """Commits called before the end are kept; later calls are refused; closing twice is harmless."""
    commits = [asyncio.ensure_future(store.commit((ANN,), gain(ANN))) for _ in range(2500)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*commits) == list(range(1, 2501))
    await store.close()
    with pytest.raises(StoreClosedError):
        await store.commit((ANN,), gain(ANN))
    for read in (store.read(ANN), store.list_ledger(LedgerQuery()), store.get_head()):
        with pytest.raises(StoreClosedError):
            await read
    store = await place.reopen(store)
    assert await store.commit((ANN,), gain(ANN)) == 2501


async def test_a_record_that_cannot_be_read(place: Place, store: LevelingStore) -> None:
    """Whoever needs it is told so by an error of the storage; all others go on."""
    await asyncio.gather(*(store.commit((key,), gain(key)) for key in (ANN, BEN)))
    await store.close()
    place.damage_member(ANN)
    store = await place.open()
    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN)),
        store.commit((BEN,), gain(BEN)),
        store.commit((BEN,), lambda view: Decision(view.member(ANN).xp)),
        store.read(ANN),
        store.read_many((ANN, BEN)),
        store.read(BEN),
        return_exceptions=True,
    )
    assert [isinstance(result, UnreadableError) for result in results] == [
        True,
        False,
        True,
        True,
        True,
        False,
    ]
    assert results[1] == 2
    with pytest.raises(UnreadableError, match=f"member 1 of guild {GUILD}, field 'refused'"):
        await store.read(ANN)


async def test_a_decision_sees_exactly_what_it_named(store: LevelingStore) -> None:
    """Its view holds the named records and no others."""
    await asyncio.gather(
        store.commit((ANN, BEN), lambda _: Decision(None)),
        store.commit((ANN,), lambda view: _expect(set(view) == {ANN})),
    )


def _expect(truth: bool) -> Decision[None]:
    if not truth:
        raise LevelingError("not as expected")
    return Decision(None)


async def test_answers_may_be_anything(store: LevelingStore) -> None:
    """Without a once-key an answer is handed over as it is."""
    answer = object()
    assert await store.commit((), lambda _: Decision(answer)) is answer


async def test_a_read_never_sees_what_is_not_on_disk(store: LevelingStore) -> None:
    """While a commit is on its way, reads give the state before it or after it, never a part of it."""
    await store.commit((ANN,), gain(ANN, 1))
    commit = asyncio.ensure_future(
        store.commit((ANN, BEN), lambda view: _both(view.member(ANN), view.member(BEN)))
    )
    seen = set()
    while not commit.done():
        ann, ben = await store.read_many((ANN, BEN))
        assert isinstance(ann, MemberRecord)
        assert isinstance(ben, MemberRecord)
        seen.add((ann.xp, ben.xp))
        await asyncio.sleep(0)
    assert seen <= {(1, 0), (11, 10)}


def _both(ann: MemberRecord, ben: MemberRecord) -> Decision[None]:
    more = (
        msgspec.structs.replace(ann, xp=ann.xp + 10),
        msgspec.structs.replace(ben, xp=ben.xp + 10),
    )
    return Decision(None, dict(zip((ANN, BEN), more, strict=True)))
