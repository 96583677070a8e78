"""Group commit: what waits shares a transaction, and what fails harms nobody else."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Sequence

import pytest

from leveling_core.decision import Decision, View
from leveling_core.documents import CursorRecord, Record
from leveling_core.errors import RuleError, StoreClosedError, StoreError, StoreUnavailableError
from leveling_core.ids import Key, MemberKey, OnceKey, cursor_key
from leveling_core.member import MemberRecord
from leveling_core.periods import MS_PER_DAY
from leveling_core.store import LedgerQuery, Standing, XpBoard
from storage.backend import BoardEntry
from storage.board_index import RecordIndex
from storage.cache import RecordCache
from storage.grouping import MAX_GROUP
from storage.store import GroupedStore
from tests.contract.support import GUILD, Clock, gain, set_member, spend
from tests.storage.support import FULL, TroubledBackend

ANN = MemberKey(GUILD, 1)
KEYS = [MemberKey(GUILD, user_id) for user_id in range(1, 21)]
BUSY = StoreUnavailableError(path="test", cause="somebody holds it", cure="wait")


@pytest.fixture
async def backend() -> TroubledBackend:
    """A backend that misbehaves on demand."""
    return TroubledBackend()


@pytest.fixture
async def store(backend: TroubledBackend) -> AsyncIterator[GroupedStore]:
    """A store on it."""
    opened = GroupedStore(backend, clock=Clock())
    yield opened
    await opened.close()


async def test_what_waits_shares_a_transaction(backend: TroubledBackend, store: GroupedStore) -> None:
    """What is called while a group is on its way becomes the next; each member is loaded and written once."""
    backend.gate.clear()
    first = asyncio.ensure_future(store.commit((ANN,), gain(ANN)))
    await backend.tried.wait()
    others = asyncio.gather(*(store.commit((key,), gain(key)) for key in KEYS * 3))
    await asyncio.sleep(0)
    backend.gate.set()
    await asyncio.gather(first, others)
    assert backend.groups == [1, 20]
    assert backend.loads == [1, 19]


async def test_groups_have_a_limit(backend: TroubledBackend, store: GroupedStore) -> None:
    """So many at once that the event loop would stand still become several groups."""
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, MAX_GROUP + 2)]
    await asyncio.gather(*(store.commit((key,), gain(key)) for key in keys))
    assert backend.groups == [MAX_GROUP, 1]


async def test_a_commit_that_changes_nothing_writes_nothing(
    backend: TroubledBackend, store: GroupedStore
) -> None:
    """A refusal costs no transaction."""
    with pytest.raises(RuleError):
        await store.commit((ANN,), spend(ANN))
    assert backend.tries == 0


async def test_a_group_that_fails_is_taken_one_by_one(backend: TroubledBackend, store: GroupedStore) -> None:
    """After a failed write the decisions run again from what is on disk, each in a transaction of its own."""
    await store.commit((ANN,), gain(ANN, 10))
    backend.failures = [FULL]
    commits = [
        store.commit((ANN,), gain(ANN)),
        store.commit((ANN,), spend(ANN, 99)),
        store.commit((ANN,), gain(ANN)),
    ]
    results = await asyncio.gather(*commits, return_exceptions=True)
    assert results[0] == 11
    assert isinstance(results[1], RuleError)
    assert results[2] == 12
    assert backend.groups == [1, 1, 1]
    assert [line.seq for line in await store.list_ledger(LedgerQuery())] == [1, 2, 3]


async def test_a_full_disk_fails_who_meets_it(backend: TroubledBackend, store: GroupedStore) -> None:
    """Each caller is told for itself, nothing of a failed commit stays, and later ones go on."""
    backend.failures = [FULL, None, FULL]
    results = await asyncio.gather(
        *(store.commit((key,), gain(key)) for key in KEYS[:3]), return_exceptions=True
    )
    assert results == [1, FULL, 1]
    assert await store.read_many(KEYS[:3]) == [MemberRecord(xp=1), MemberRecord(), MemberRecord(xp=1)]
    assert await store.commit((KEYS[1],), gain(KEYS[1])) == 1
    assert (await store.get_head()).seq == 3


async def test_a_group_that_is_too_large_for_the_disk(backend: TroubledBackend, store: GroupedStore) -> None:
    """What fits alone is kept."""
    backend.most_members = 1
    assert await asyncio.gather(*(store.commit((key,), gain(key)) for key in KEYS)) == [1] * 20
    assert backend.groups == [1] * 20


async def test_who_holds_the_database_is_not_asked_again_for_each(
    backend: TroubledBackend, store: GroupedStore
) -> None:
    """A busy database fails the group at once: waiting for it again for each commit could take hours."""
    backend.failures = [BUSY]
    results = await asyncio.gather(*(store.commit((key,), gain(key)) for key in KEYS), return_exceptions=True)
    assert results == [BUSY] * 20
    assert backend.tries == 1
    backend.failures = [FULL, None, BUSY]
    results = await asyncio.gather(*(store.commit((key,), gain(key)) for key in KEYS), return_exceptions=True)
    assert results == [1] + [BUSY] * 19
    assert await store.commit((ANN,), gain(ANN)) == 2


async def test_a_refusal_that_hung_on_a_lost_write_is_taken_back(
    backend: TroubledBackend, store: GroupedStore
) -> None:
    """A decision is refused or not by what is on disk in the end, not by a write that failed."""
    backend.failures = [FULL, FULL]
    once = OnceKey("spend", "1", int)
    await store.commit((), lambda _: Decision(None))
    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN, 5)),
        store.commit((ANN,), spend(ANN, 5), once=once),
        store.commit((ANN,), gain(ANN, 1)),
        return_exceptions=True,
    )
    assert results[0] is FULL
    assert isinstance(results[1], RuleError)
    assert results[2] == 1


async def test_nothing_of_a_failed_group_is_seen(backend: TroubledBackend, store: GroupedStore) -> None:
    """Neither reads, ranks, the head nor listeners learn of a write that failed."""
    seen: list[int] = []
    store.watch(lambda lines: seen.extend(line.seq for line in lines))
    assert await store.count_ranked(GUILD, XpBoard()) == 0
    backend.failures = [FULL]
    with pytest.raises(StoreError):
        await store.commit((ANN,), gain(ANN))
    assert await store.count_ranked(GUILD, XpBoard()) == 0
    assert await store.read(ANN) == MemberRecord()
    assert (seen, (await store.get_head()).seq) == ([], 0)


async def test_a_cancelled_caller_in_a_failed_group(backend: TroubledBackend, store: GroupedStore) -> None:
    """A caller that went away disturbs neither the group nor its second try."""
    backend.failures = [FULL]
    backend.gate.clear()
    gone = asyncio.ensure_future(store.commit((ANN,), gain(ANN)))
    stays = asyncio.ensure_future(store.commit((ANN,), gain(ANN)))
    await backend.tried.wait()
    gone.cancel()
    backend.gate.set()
    assert await stays == 2


async def test_a_broken_driver_stops_nobody_else(backend: TroubledBackend, store: GroupedStore) -> None:
    """An error that no backend should raise goes to the callers; the writer goes on."""
    backend.failures = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await store.commit((ANN,), gain(ANN))
    assert await store.commit((ANN,), gain(ANN)) == 1


async def test_a_member_that_cannot_be_read_fails_who_needs_it(
    backend: TroubledBackend, store: GroupedStore
) -> None:
    """A row broken by hand fails the commits that look at it and no others."""
    row = ("cursor", 0, "broken", '{"seq":"x"}')
    backend.state.documents["cursor", 0, "broken"] = row
    key = cursor_key("broken")

    def curious(view: View) -> Decision[CursorRecord]:
        return Decision(view.cursor(key))

    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN)),
        store.commit((ANN, key), gain(ANN)),
        store.commit((ANN,), curious),
        store.commit((ANN,), gain(ANN)),
        return_exceptions=True,
    )
    assert results[0] == 1
    assert "broken" in str(results[1])
    assert "broken" in str(results[2])
    assert results[3] == 2


async def test_what_was_evicted_is_loaded_again(backend: TroubledBackend) -> None:
    """With room for few records, many members still keep theirs."""
    store = GroupedStore(backend, clock=Clock(), cached_records=4)
    for _ in range(3):
        await asyncio.gather(*(store.commit((key,), gain(key)) for key in KEYS))
    for key in KEYS:
        assert await store.commit((key,), gain(key)) == 4
    await store.close()


def test_the_cache_is_bounded_and_keeps_what_is_used() -> None:
    """It never holds more than it may, and what is looked at stays."""
    cache = RecordCache(10)
    kept = KEYS[0]
    cache.put({kept: MemberRecord(xp=7)})
    for user_id in range(100, 300):
        cache.put({MemberKey(GUILD, user_id): MemberRecord()})
        assert len(cache) <= 11
        assert cache.find(kept) == MemberRecord(xp=7)
    assert cache.find(MemberKey(GUILD, 100)) is None


async def test_old_answers_are_forgotten(backend: TroubledBackend) -> None:
    """Answers past their time leave the database by and by, not only from sight."""
    clock = Clock()
    store = GroupedStore(backend, clock=clock)
    for number in range(3):
        await store.commit((ANN,), gain(ANN), once=OnceKey("a", str(number), int))
    clock.now += 8 * MS_PER_DAY
    await store.commit((ANN,), gain(ANN), once=OnceKey("a", "9", int))
    assert set(backend.state.answers) == {"a:9"}
    await store.close()


async def test_decisions_do_not_see_later_changes_of_a_draft(store: GroupedStore) -> None:
    """Each decision gets the record as the one before wrote it."""
    seen: list[int] = []

    def note(view: View) -> Decision[None]:
        draft = copy.copy(view.member(ANN))
        seen.append(draft.xp)
        draft.xp += 1
        return Decision(None, {ANN: draft})

    await asyncio.gather(*(store.commit((ANN,), note) for _ in range(5)))
    assert seen == [0, 1, 2, 3, 4]


async def test_closing_in_the_middle(backend: TroubledBackend) -> None:
    """Commits that wait behind a slow write are kept by the close; a store that was closed says so."""
    store = GroupedStore(backend, clock=Clock())
    backend.gate.clear()
    commits = [asyncio.ensure_future(store.commit((key,), set_member(key, xp=3))) for key in KEYS]
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreClosedError):
        await store.commit((ANN,), gain(ANN))
    backend.gate.set()
    await asyncio.gather(closing, *commits)
    assert len(backend.state.members) == 20
    with pytest.raises(StoreClosedError):
        await store.count_ranked(GUILD, XpBoard())


async def test_closing_while_the_database_is_held(backend: TroubledBackend) -> None:
    """Once closing, the first commit that finds the database held speaks for all that wait."""
    store = GroupedStore(backend, clock=Clock())
    backend.gate.clear()
    backend.failures = [BUSY]
    commits = [asyncio.ensure_future(store.commit((ANN,), gain(ANN))) for _ in range(2 * MAX_GROUP + 1)]
    await backend.tried.wait()
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0)
    backend.gate.set()
    assert await asyncio.gather(*commits, return_exceptions=True) == [BUSY] * len(commits)
    await closing
    assert backend.tries == 1


async def test_several_records_are_of_one_moment(backend: TroubledBackend) -> None:
    """Read while a commit is on disk but not told of yet, records do not mix before and after."""
    store = GroupedStore(backend, clock=Clock(), cached_records=2)
    ben = KEYS[1]
    await store.commit((ANN,), gain(ANN))
    backend.answering.clear()
    backend.written.clear()
    both: dict[Key, Record] = {ANN: MemberRecord(xp=10), ben: MemberRecord(xp=10)}
    commit = asyncio.ensure_future(store.commit((), lambda _: Decision(None, both)))
    await backend.written.wait()
    reading = asyncio.ensure_future(store.read_many((ANN, ben)))
    await asyncio.sleep(0)
    backend.answering.set()
    await commit
    assert await reading in ([MemberRecord(xp=1), MemberRecord()], [MemberRecord(xp=10)] * 2)
    await store.close()


async def test_reading_several_while_closing(backend: TroubledBackend) -> None:
    """A read that needs the writer is refused once the store is closing."""
    store = GroupedStore(backend, clock=Clock())
    backend.gate.clear()
    commit = asyncio.ensure_future(store.commit((ANN,), gain(ANN)))
    await backend.tried.wait()
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreClosedError):
        await store.read_many(KEYS)
    backend.gate.set()
    await asyncio.gather(commit, closing)


async def test_a_read_given_up_stops_nobody(backend: TroubledBackend, store: GroupedStore) -> None:
    """A read that waits for the writer may be cancelled, also when it would fail."""
    backend.gate.clear()
    commit = asyncio.ensure_future(store.commit((ANN,), gain(ANN)))
    await backend.tried.wait()
    reading = [asyncio.ensure_future(store.read_many(KEYS)) for _ in range(2)]
    await asyncio.sleep(0)
    backend.state.members[GUILD, 2] = ()
    for one in reading:
        one.cancel()
    backend.gate.set()
    assert await commit == 1
    assert await store.commit((ANN,), gain(ANN)) == 2


async def test_what_is_on_disk_is_not_run_again(
    backend: TroubledBackend, store: GroupedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When ranks cannot follow a commit, it is answered all the same, once, and the ranks are made anew."""
    await store.commit((ANN,), gain(ANN))
    assert await store.count_ranked(GUILD, XpBoard()) == 1

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(RecordIndex, "move", break_down)
        commits = [store.commit((ANN,), gain(ANN, 5)), store.commit((KEYS[1],), gain(KEYS[1], 9))]
        assert await asyncio.gather(*commits) == [6, 9]
        assert await store.commit((ANN,), gain(ANN)) == 7
    assert backend.groups == [1, 2, 1]
    page = await store.list_standings(GUILD, XpBoard(), first=0, limit=9)
    assert page.standings == (Standing(1, 2, 9, 0), Standing(2, 1, 7, 1))


async def test_ranks_that_fail_while_they_are_made(
    store: GroupedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that misses a move while it is being made is made once more."""
    await store.commit((ANN,), gain(ANN))
    reading, go_on = asyncio.Event(), asyncio.Event()
    fill = RecordIndex.fill

    async def fill_slowly(index: RecordIndex, portions: AsyncIterator[Sequence[BoardEntry]]) -> None:
        await fill(index, portions)
        reading.set()
        await go_on.wait()

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RecordIndex, "fill", fill_slowly)
    looking = asyncio.ensure_future(store.find_standing(ANN, XpBoard()))
    await reading.wait()
    with monkeypatch.context() as patch:
        patch.setattr(RecordIndex, "move", break_down)
        assert await store.commit((KEYS[1],), gain(KEYS[1], 9)) == 9
    go_on.set()
    assert await looking == Standing(2, 1, 1, 1)


async def test_a_decision_that_stops_an_iteration(store: GroupedStore, backend: TroubledBackend) -> None:
    """``StopIteration``, which no future takes, fails its own commit and has no other run again."""
    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN)),
        store.commit((ANN,), lambda _: next(iter(()))),
        store.commit((ANN,), gain(ANN)),
        return_exceptions=True,
    )
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], RuntimeError)
    assert backend.groups == [1]
