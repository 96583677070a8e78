"""The feed: every line at least once, in order within a guild, and no guild waits for another."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from leveling_core.decision import Decision
from leveling_core.documents import CursorRecord
from leveling_core.ids import MemberKey, cursor_key
from leveling_core.outcomes import DeliveryFailed, LedgerLine
from leveling_core.store import LedgerQuery
from storage import Feed, FeedLag, follower, lanes
from storage.codec import LEDGER_COLUMNS
from storage.memory import MemoryBackend, MemoryState
from storage.store import GroupedStore
from tests.contract.support import GUILD, NOON, Clock, damaged, gain, line, say
from tests.storage.support import BUSY, FULL, StoppedTime, TroubledBackend


class Recorder:
    """A subscriber that keeps what it is told, and can be made to wait or to fail.

    Attributes:
        told: The ``seq`` of every line that it handled, by guild.
        calls: Guild and ``seq`` of every call.
        failures: How often a line (by ``seq``) still fails; with it its whole call.
        unavailable: How often the store is still unavailable to a call with a line (by ``seq``).
        busy: Guilds whose calls wait until the event is set.
    """

    def __init__(self, name: str = "recorder", kinds: frozenset[str] = frozenset({"xp_gained"})) -> None:
        self.name = name
        self.kinds = kinds
        self.told: dict[int, list[int]] = {}
        self.calls: list[tuple[int, list[int]]] = []
        self.failures: dict[int, int] = {}
        self.unavailable: dict[int, int] = {}
        self.busy: dict[int, asyncio.Event] = {}
        self.called = asyncio.Event()

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Take note."""
        self.calls.append((guild_id, [one.seq for one in lines]))
        self.called.set()
        if guild_id in self.busy:
            await self.busy[guild_id].wait()
        for one in lines:
            if self.unavailable.get(one.seq, 0):
                self.unavailable[one.seq] -= 1
                raise BUSY
            if self.failures.get(one.seq, 0):
                self.failures[one.seq] -= 1
                raise ValueError(f"line {one.seq} again")
        self.told.setdefault(guild_id, []).extend(one.seq for one in lines)

    @property
    def all_told(self) -> list[int]:
        """Every line of every guild, ascending."""
        return sorted(seq for seqs in self.told.values() for seq in seqs)


class Naps:
    """A sleep that takes no time and remembers how long it was to be."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Remember and return."""
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class House:
    """A store, and feeds on it that can be stopped, or forgotten as a crash would."""

    def __init__(self, backend: MemoryBackend | None = None) -> None:
        self.backend = backend or MemoryBackend()
        self.store = GroupedStore(self.backend, clock=Clock())
        self.naps = Naps()
        self.feeds: list[Feed] = []

    async def follow(
        self, *recorders: Recorder, from_beginning: bool = False, batch_lines: int = 100
    ) -> Feed:
        """Start a feed with subscribers."""
        started = Feed(self.store, Clock(), sleep=self.naps, batch_lines=batch_lines)
        self.feeds.append(started)
        for recorder in recorders:
            started.subscribe(recorder, from_beginning=from_beginning)
        await started.start()
        return started

    async def say(self, *guild_ids: int) -> None:
        """Commit a line in each guild, each in a commit of its own."""
        await asyncio.gather(*(self.store.commit((), say(line(guild_id=one))) for one in guild_ids))

    async def cursor(self, name: str = "recorder") -> int:
        """Return the durable cursor of a subscriber."""
        return cast(CursorRecord, await self.store.read(cursor_key(name))).seq

    async def failed(self) -> list[tuple[int, int, str, str]]:
        """Return guild, line, subscriber and problem of every line that was given up."""
        query = LedgerQuery(kinds=frozenset({"delivery_failed"}))
        found = []
        for one in await self.store.list_ledger(query):
            assert isinstance(one.outcome, DeliveryFailed)
            assert one.cause == one.outcome.seq
            found.append((one.guild_id, one.outcome.seq, one.outcome.subscriber, one.outcome.problem))
        return found

    async def close(self) -> None:
        """End what still runs."""
        for one in self.feeds:
            await one.stop()
        await self.store.close()


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """An empty store; what still hangs when it ends is cut off at once."""
    monkeypatch.setattr(follower, "STOP_SECONDS", 0.01)
    made = House()
    yield made
    await made.close()


async def test_lines_arrive_in_order(house: House) -> None:
    """Every line of every guild arrives once, in its guild's order."""
    recorder = Recorder()
    followed = await house.follow(recorder)
    for _ in range(5):
        await house.say(1, 2, 3, 2)
    await followed.idle()
    assert recorder.all_told == list(range(1, 21))
    assert all(seqs == sorted(seqs) for seqs in recorder.told.values())
    assert len(recorder.told[2]) == 10


async def test_only_wanted_kinds_arrive(house: House) -> None:
    """Each subscriber sees its kinds, and is done with the others at once."""
    xp, nothing = Recorder("xp"), Recorder("levels", frozenset({"level_reached"}))
    followed = await house.follow(xp, nothing)
    await house.say(1, 2)
    await followed.idle()
    await followed.stop()
    assert (xp.all_told, nothing.calls) == ([1, 2], [])
    assert (await house.cursor("xp"), await house.cursor("levels")) == (2, 2)


async def test_a_slow_guild_delays_nobody_else(house: House) -> None:
    """While one guild's delivery hangs, the others go on; then all that gathered goes in one call."""
    recorder = Recorder()
    recorder.busy[1] = asyncio.Event()
    followed = await house.follow(recorder)
    await house.say(1)
    await recorder.called.wait()
    for _ in range(3):
        await house.say(1, 2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert recorder.told == {2: [3, 5, 7]}
    recorder.busy[1].set()
    await followed.idle()
    assert [seqs for guild_id, seqs in recorder.calls if guild_id == 1] == [[1], [2, 4, 6]]


async def test_how_far_a_subscriber_is_behind(house: House) -> None:
    """Each tells what of a guild waits for it, since when, and how much of the ledger it is not done with."""
    busy, idle = Recorder("busy"), Recorder("idle")
    busy.busy[1] = asyncio.Event()
    followed = await house.follow(busy, idle)
    assert followed.list_lags(1) == [FeedLag("busy", 0, 0, 0), FeedLag("idle", 0, 0, 0)]
    await house.say(2, 1, 2, 1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert followed.list_lags(1) == [FeedLag("busy", 3, 2, NOON), FeedLag("idle", 0, 0, 0)]
    assert followed.list_lags(2)[0] == FeedLag("busy", 3, 0, 0)
    busy.busy[1].set()
    await followed.idle()
    assert followed.list_lags(1)[0] == FeedLag("busy", 0, 0, 0)


async def test_calls_are_bounded(house: House) -> None:
    """A call never has more lines than it may."""
    await house.follow()
    recorder = Recorder()
    await house.store.commit((), say(*(line() for _ in range(25))))
    followed = await house.follow(recorder, from_beginning=True, batch_lines=10)
    await followed.idle()
    assert [len(seqs) for _, seqs in recorder.calls] == [10, 10, 5]


async def test_where_a_new_subscriber_begins(house: House) -> None:
    """By default after the newest line, even if nothing was delivered before a crash; else at the first."""
    await house.say(1, 1)
    newest, oldest = Recorder("newest"), Recorder("oldest")
    followed = Feed(house.store, Clock(), sleep=house.naps)
    house.feeds.append(followed)
    followed.subscribe(newest)
    followed.subscribe(oldest, from_beginning=True)
    await followed.start()
    await house.say(1)
    await followed.idle()
    assert (newest.all_told, oldest.all_told) == ([3], [1, 2, 3])
    assert (await house.cursor("newest"), await house.cursor("oldest")) == (2, 0)


async def test_it_goes_on_where_it_left_off(house: House) -> None:
    """After a stop nothing comes twice, and what was committed meanwhile is not missed."""
    recorder = Recorder()
    followed = await house.follow(recorder)
    await house.say(1, 2)
    await followed.idle()
    await followed.stop()
    assert await house.cursor() == 2
    await house.say(1, 2)
    followed = await house.follow(recorder)
    await house.say(1)
    await followed.idle()
    assert recorder.all_told == [1, 2, 3, 4, 5]


async def test_the_same_feed_starts_again(house: House) -> None:
    """A feed that was stopped takes subscribers again, also under the same name, and goes on."""
    first, second = Recorder(), Recorder()
    followed = await house.follow(first)
    await house.say(1)
    await followed.idle()
    await followed.stop()
    await house.say(1)
    followed.subscribe(second)
    await followed.start()
    await followed.idle()
    assert (first.all_told, second.all_told) == ([1], [2])


async def test_after_a_crash_lines_come_again(house: House) -> None:
    """Without a stop the cursor is behind: lines since then come once more, and none is missed."""
    first, second = Recorder(), Recorder()
    crashed = await house.follow(first)
    await house.say(1, 2, 1)
    await crashed.idle()
    followed = await house.follow(second)
    await house.say(2)
    await followed.idle()
    assert second.all_told == [1, 2, 3, 4]


async def test_the_cursor_is_kept_now_and_then(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for every line: after so many, or some time after a delivery."""
    monkeypatch.setattr(follower, "CURSOR_EVERY_LINES", 10)
    recorder = Recorder()
    followed = await house.follow(recorder)
    for _ in range(9):
        await house.say(1)
    await followed.idle()
    assert await house.cursor() == 0
    await house.say(1, 1)
    await followed.idle()
    await house.say(1)
    assert await house.cursor() >= 10
    monkeypatch.setattr(follower, "CURSOR_EVERY_SECONDS", 0.0)
    await followed.stop()
    followed = await house.follow(recorder)
    await house.say(1)
    await followed.idle()
    await _until(lambda: _is(house.cursor(), 13))


async def _is(work: Awaitable[int], expected: int) -> bool:
    return await work == expected


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await holds():  # noqa: ASYNC110 -- a timer writes the cursor, and signals nobody
            await asyncio.sleep(0.001)


async def test_the_cursor_never_passes_what_is_not_done(house: House) -> None:
    """A guild that hangs holds the cursor before its line, however far the others are."""
    recorder = Recorder()
    recorder.busy[1] = asyncio.Event()
    followed = await house.follow(recorder)
    await house.say(2, 1, 2, 2)
    for _ in range(20):
        await asyncio.sleep(0)
    await followed.stop()
    assert await house.cursor() == 1
    assert recorder.told == {2: [1, 3, 4]}
    recorder.busy.clear()
    followed = await house.follow(recorder)
    await followed.idle()
    assert recorder.told == {2: [1, 3, 4, 3, 4], 1: [2]}


async def test_a_failure_is_tried_again(house: House) -> None:
    """After 1 s, then 4 s, with the same lines; other guilds do not wait; then it goes on."""
    recorder = Recorder()
    recorder.failures[1] = 2
    followed = await house.follow(recorder)
    await house.say(1, 2)
    await recorder.called.wait()
    await house.say(1)
    await followed.idle()
    assert house.naps.seconds == [1.0, 4.0]
    assert [seqs for guild_id, seqs in recorder.calls if guild_id == 1][:3] == [[1], [1], [1]]
    assert recorder.told == {2: [2], 1: [1, 3]}
    assert await house.failed() == []


async def test_what_fails_three_times_is_given_up(house: House) -> None:
    """Each line of the call becomes a line that says so, and the guild's next lines go on."""
    recorder = Recorder()
    await house.say(7, 7)
    recorder.failures[2] = 3
    followed = await house.follow(recorder, from_beginning=True)
    await recorder.called.wait()
    await house.say(7)
    await followed.idle()
    assert len(recorder.calls) == 4
    assert recorder.told == {7: [3]}
    assert await house.failed() == [
        (7, 1, "recorder", "ValueError: line 2 again"),
        (7, 2, "recorder", "ValueError: line 2 again"),
    ]
    await followed.stop()
    assert await house.cursor() == 5


async def test_an_outage_of_the_store_is_no_failure(house: House) -> None:
    """However long it lasts, the same lines come again; tries that failed before and after it still count."""
    recorder = Recorder()
    recorder.unavailable[1] = 9
    recorder.failures = {1: 2}
    followed = await house.follow(recorder)
    await house.say(7)
    await followed.idle()
    recorder.unavailable[2] = 3
    recorder.failures = {2: 3}
    await house.say(7)
    await followed.idle()
    assert recorder.told == {7: [1]}
    assert [(seq, problem) for _, seq, _, problem in await house.failed()] == [
        (2, "ValueError: line 2 again")
    ]
    assert house.naps.seconds == [lanes.RESTING_SECONDS] * 9 + [1.0, 4.0] + [lanes.RESTING_SECONDS] * 3 + [
        1.0,
        4.0,
    ]


async def test_a_stop_during_an_outage(house: House) -> None:
    """It does not wait for the end of the outage, and the lines come after the next start."""
    recorder = Recorder()
    recorder.unavailable[1] = 1_000_000
    followed = await house.follow(recorder)
    await house.say(7)
    await recorder.called.wait()
    await followed.stop()
    recorder.unavailable.clear()
    followed = await house.follow(recorder)
    await followed.idle()
    assert recorder.told == {7: [1]}


async def test_what_a_feed_writes_waits_out_an_outage() -> None:
    """A line that is given up, and the cursor, are written when the store is back: nothing comes again."""
    backend, time = TroubledBackend(), StoppedTime()
    house = House(backend)
    house.store = GroupedStore(backend, clock=Clock(), monotonic=time.monotonic, sleep=time.sleep)
    recorder = Recorder()
    recorder.failures[1] = 3
    followed = await house.follow(recorder)
    await house.say(7)
    backend.failures = [BUSY] * 4
    await time.pass_by(1)
    assert len(recorder.calls) == 3
    await time.pass_by(10)
    await followed.idle()
    assert [seq for _, seq, _, _ in await house.failed()] == [1]
    assert len(recorder.calls) == 3
    await house.close()
    assert CursorRecord(2, "memory") == await _reopened_cursor(backend)


async def _reopened_cursor(backend: MemoryBackend) -> object:
    store = GroupedStore(MemoryBackend(backend.state), clock=Clock())
    found = await store.read(cursor_key("recorder"))
    await store.close()
    return found


async def test_lines_given_up_are_told_once(house: House) -> None:
    """A crash between giving up and the cursor does not write a second line about the same."""
    recorder = Recorder()
    recorder.failures[1] = 6
    crashed = await house.follow(recorder)
    await house.say(7)
    await crashed.idle()
    followed = await house.follow(recorder)
    await followed.idle()
    assert len(recorder.calls) == 6
    assert len(await house.failed()) == 1


async def test_a_subscriber_of_failures_that_fails(house: House) -> None:
    """What cannot be told of a failure is not told in yet another line, for ever."""
    recorder = Recorder(kinds=frozenset({"xp_gained", "delivery_failed"}))
    recorder.failures = dict.fromkeys(range(1, 10), 3)
    followed = await house.follow(recorder)
    await house.say(7)
    await followed.idle()
    assert len(await house.failed()) == 1
    assert (await house.store.get_head()).seq == 2


async def test_more_than_fits_is_read_from_the_ledger(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit a busy guild's lines wait in the ledger: none is missed, doubled or out of order."""
    monkeypatch.setattr(lanes, "MOST_WAITING", 10)
    recorder = Recorder()
    recorder.busy[1] = asyncio.Event()
    followed = await house.follow(recorder, batch_lines=4)
    for _ in range(60):
        await house.say(1, 2)
    recorder.busy[1].set()
    for _ in range(10):
        await house.say(1, 1, 2)
    await followed.idle()
    assert recorder.all_told == list(range(1, 151))
    assert all(seqs == sorted(seqs) for seqs in recorder.told.values())
    await followed.stop()
    assert await house.cursor() == 150


async def test_a_stop_with_lines_left_to_the_ledger(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was never in memory comes after the next start."""
    monkeypatch.setattr(lanes, "MOST_WAITING", 3)
    recorder = Recorder()
    recorder.busy[1] = asyncio.Event()
    followed = await house.follow(recorder)
    for _ in range(20):
        await house.say(1)
    await followed.stop()
    recorder.busy.clear()
    followed = await house.follow(recorder)
    await followed.idle()
    assert recorder.told == {1: list(range(1, 21))}


@pytest.mark.parametrize("seed", range(5))
async def test_catching_up_while_commits_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """From far behind, with small pages and lanes, failures and new lines: each line once, in order."""
    rng = random.Random(seed)  # noqa: S311 -- a load, no secret
    monkeypatch.setattr(follower, "PAGE", 7)
    monkeypatch.setattr(follower, "MAX_WAITING", 15)
    monkeypatch.setattr(lanes, "MOST_WAITING", 5)
    for _ in range(20):
        await house.say(*rng.choices(range(1, 6), k=5))
    recorder = Recorder()
    recorder.failures = {rng.randrange(1, 200): rng.randrange(1, 3) for _ in range(10)}
    followed = await house.follow(recorder, from_beginning=True, batch_lines=3)
    for _ in range(20):
        await house.say(*rng.choices(range(1, 6), k=5))
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
    await followed.idle()
    assert recorder.all_told == list(range(1, 201))
    assert all(seqs == sorted(seqs) for seqs in recorder.told.values())


async def test_idle_waits_for_what_deliveries_commit(house: House) -> None:
    """A subscriber that commits more is waited for, with the lines of that."""

    class Echo(Recorder):
        async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
            await super().deliver(guild_id, lines)
            if len(self.all_told) < 5:
                await house.say(guild_id)

    echo = Echo()
    followed = await house.follow(echo)
    idle = [followed.is_idle]
    await house.say(1)
    idle.append(followed.is_idle)
    await followed.idle()
    assert echo.told == {1: [1, 2, 3, 4, 5]}
    assert [*idle, followed.is_idle] == [True, False, True]


async def test_a_store_that_cannot_be_read_or_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble of the store delays the feed and loses nothing."""
    monkeypatch.setattr(follower, "STOP_SECONDS", 0.01)
    backend = TroubledBackend()
    house = House(backend)
    recorder = Recorder()
    recorder.failures[1] = 6
    followed = await house.follow(recorder)
    await house.say(1)
    backend.failures = [FULL]  # the line about the failure cannot be written at first
    await followed.idle()
    assert len(await house.failed()) == 1
    assert house.naps.seconds == [1.0, 4.0, lanes.RESTING_SECONDS, 1.0, 4.0]
    troubles = [FULL, FULL]
    read = backend.list_ledger

    async def troubled(query: LedgerQuery) -> list[tuple[object, ...]]:
        if troubles:
            raise troubles.pop()
        return await read(query)

    monkeypatch.setattr(backend, "list_ledger", troubled)
    late = Recorder("late")
    followed = await house.follow(late, from_beginning=True)
    await followed.idle()
    assert late.all_told == [1]
    backend.failures = [FULL]  # the cursor cannot be kept: the lines come again, that is all
    await followed.stop()
    assert await house.cursor("late") == 0
    await house.close()


def break_line(house: House, seq: int) -> None:
    """Damage a line of the ledger."""
    rows = house.backend.state.ledger
    rows[seq - 1] = damaged(rows[seq - 1], LEDGER_COLUMNS.index("reasons"))


async def test_lines_that_cannot_be_read_are_passed_over(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each becomes a dead letter of its guild, told once; all others arrive, in order, in every guild."""
    monkeypatch.setattr(follower, "PAGE", 5)
    for _ in range(10):
        await house.say(1, 2, 3)
    for seq in (1, 9, 10, 30):
        break_line(house, seq)
    recorder = Recorder()
    for _ in range(2):
        crashed = await house.follow(recorder, from_beginning=True)
        await crashed.idle()
        assert recorder.all_told == sorted(set(range(1, 31)) - {1, 9, 10, 30})
        recorder.told.clear()
    failed = await house.failed()
    assert [one[:2] for one in failed] == [(1, 1), (3, 9), (1, 10), (3, 30)]
    assert "UnreadableError: the database, ledger line 1 of guild 1" in failed[0][3]
    assert caplog.text.count("ledger line 1 of guild 1") == 2
    assert house.naps.seconds == []


async def test_a_line_that_was_left_to_the_ledger_and_cannot_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane that reads it from the ledger passes it over too."""
    monkeypatch.setattr(lanes, "MOST_WAITING", 5)
    recorder = Recorder()
    recorder.busy[1] = asyncio.Event()
    followed = await house.follow(recorder)
    for _ in range(30):
        await house.say(1)
    for seq in (6, 20, 21, 30):
        break_line(house, seq)
    recorder.busy[1].set()
    await followed.idle()
    assert recorder.told == {1: sorted(set(range(1, 31)) - {6, 20, 21, 30})}
    assert [one[1] for one in await house.failed()] == [6, 20, 21, 30]
    await followed.stop()
    assert await house.cursor() == 34


async def test_a_line_is_kept_until_its_failure_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the dead letter of an unreadable line cannot be written, it is tried again."""
    monkeypatch.setattr(follower, "STOP_SECONDS", 0.01)
    backend = TroubledBackend()
    house = House(backend)
    await house.say(1, 1)
    break_line(house, 1)
    recorder = Recorder()
    cursor: Exception | None = None  # the first write of a new subscriber is its cursor
    backend.failures = [cursor, FULL]
    followed = await house.follow(recorder, from_beginning=True)
    await followed.idle()
    assert house.naps.seconds == [follower.READ_AGAIN_SECONDS]
    assert recorder.all_told == [2]
    assert len(await house.failed()) == 1
    await house.close()


async def test_stopping_does_not_wait_for_the_next_try(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guild that waits to try again ends at once, its line undone."""
    monkeypatch.setattr(follower, "STOP_SECONDS", 30)
    recorder = Recorder()
    recorder.failures[1] = 3
    naps = asyncio.Event()

    async def sleep_for_ever(_: float) -> None:
        await naps.wait()

    followed = Feed(house.store, Clock(), sleep=sleep_for_ever)
    followed.subscribe(recorder)
    await followed.start()
    await house.say(1)
    await recorder.called.wait()
    async with asyncio.timeout(1):
        await followed.stop()
    assert await house.cursor() == 0
    assert recorder.told == {}


async def test_mistakes_in_subscribing(house: House) -> None:
    """Two of one name, a kind that does not exist, and a late subscriber are told at once."""
    followed = Feed(house.store, Clock())
    followed.subscribe(Recorder())
    with pytest.raises(ValueError, match="two subscribers are called 'recorder'"):
        followed.subscribe(Recorder())
    with pytest.raises(ValueError, match="kinds that no outcome has: xp_lost"):
        followed.subscribe(Recorder("other", frozenset({"xp_lost"})))
    with pytest.raises(RuntimeError, match="does not run"):
        await followed.idle()
    await followed.start()
    with pytest.raises(RuntimeError, match="before the feed starts"):
        followed.subscribe(Recorder("late"))
    await followed.stop()


async def test_a_restored_ledger() -> None:
    """A cursor beyond the ledger's end, as after a restore, goes on at the end."""
    state = MemoryState(epoch="restored")
    restored = House(MemoryBackend(state))
    cursor = CursorRecord(500, "before")
    key = cursor_key("recorder")
    await restored.store.commit((key,), lambda _: Decision(None, {key: cursor}))
    await restored.say(1)
    recorder = Recorder()
    followed = await restored.follow(recorder)
    await restored.say(1)
    await followed.idle()
    assert recorder.all_told == [2]
    await followed.stop()
    assert await restored.store.read(key) == CursorRecord(2, "restored")
    await restored.close()


async def test_members_and_lines_go_together(house: House) -> None:
    """By the time a line is delivered, what its commit wrote can be read."""
    key = MemberKey(GUILD, 1)
    seen: list[object] = []

    class Reader(Recorder):
        async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
            await super().deliver(guild_id, lines)
            seen.append(getattr(await house.store.read(key), "xp", None))

    followed = await house.follow(Reader())
    await house.store.commit((key,), gain(key, 5))
    await followed.idle()
    assert seen == [5]


async def test_a_gap_in_what_it_hears(house: House) -> None:
    """A subscriber that hears of a line whose predecessor it did not see reads the ledger first."""
    recorder = Recorder()
    followed = Feed(Forgetful(house.store), Clock(), sleep=house.naps)
    house.feeds.append(followed)
    followed.subscribe(recorder)
    await followed.start()
    await house.say(1)
    for _ in range(3):
        await house.say(1)
        await house.say(1)
        await followed.idle()
    assert recorder.told == {1: [1, 2, 3, 4, 5, 6, 7]}


class Forgetful:
    """A store that keeps every other group from its listeners."""

    def __init__(self, store: GroupedStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def watch(self, listener: Callable[[Sequence[LedgerLine]], None]) -> Callable[[], None]:
        """Hand on the first, third, … group."""
        heard = itertools.count()
        return self._store.watch(lambda lines: None if next(heard) % 2 else listener(lines))
