"""Folding old awards: nothing that is summed up changes, and nothing is folded that somebody still needs."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.decision import Decision, View
from leveling_core.documents import CursorRecord, Record
from leveling_core.history import xp_history
from leveling_core.ids import Key, MemberKey, cursor_key
from leveling_core.outcomes import DailyClaimed, LedgerLine, Multiplier, Part, XpGained
from leveling_core.periods import utc_midnight_of
from leveling_core.store import LedgerQuery, LevelingStore, PeriodBoard
from storage import Feed
from tests.contract.support import GUILD, PLACES, Clock, Place, set_member

FIRST_ON = dt.date(2025, 1, 6).toordinal()
LINES_PER_SUM = 5

BOARDS = [PeriodBoard(FIRST_ON + first, FIRST_ON + first + days) for first in range(6) for days in (1, 3)]


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fold a few lines at a time, without a rest, and let SQLite sum up every few lines."""
    monkeypatch.setattr("storage.retention.PORTION_LINES", 7)
    monkeypatch.setattr("storage.retention.REST_SECONDS", 0.0)
    monkeypatch.setattr("storage.sqlite.LINES_PER_SUM", LINES_PER_SUM)
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", LINES_PER_SUM)


def award(user_id: int, utc_on: int, xp: int = 20, *, hour: int = 12, **more: Any) -> LedgerLine:
    """Make the award of a message on a day of UTC, with all that one tells."""
    outcome = XpGained(
        xp=xp,
        source="message",
        parts=(Part("roll", xp),),
        multipliers=(Multiplier("booster", 3, 2),),
        refused=more.pop("refused", {}),
        counters=more.pop("counters", {"messages": 1}),
    )
    at = utc_midnight_of(utc_on) + hour * 3_600_000
    return LedgerLine(
        at=at, guild_id=GUILD, user_id=user_id, outcome=outcome, channel_id=7, cause=at << 22, **more
    )


def claim(user_id: int, day_on: int) -> LedgerLine:
    """Make a daily claim."""
    outcome = DailyClaimed(xp=25, source="daily", booked_on=day_on, zone="UTC", streak=1, parts=())
    return LedgerLine(at=utc_midnight_of(day_on), guild_id=GUILD, user_id=user_id, outcome=outcome)


async def keep(store: LevelingStore, *lines: LedgerLine) -> None:
    """Commit lines, one after another, with the XP that they tell of."""

    def decide(view: View) -> Decision[None]:
        drafts = {key: copy.copy(view.member(key)) for key in keys}
        for line in lines:
            drafts[MemberKey(GUILD, line.user_id)].xp += line.outcome.xp
        return Decision(None, dict[Key, Record](drafts.items()), [copy.copy(line) for line in lines])

    keys = {MemberKey(GUILD, line.user_id) for line in lines}
    await store.commit(keys, decide)


async def set_cursor(store: LevelingStore, name: str, seq: int, epoch: str | None = None) -> None:
    """Say how far a subscriber has come."""
    key = cursor_key(name)
    cursor = CursorRecord(seq, (await store.get_head()).epoch if epoch is None else epoch)
    await store.commit((key,), lambda _: Decision(None, {key: cursor}))


async def all_lines(store: LevelingStore) -> list[LedgerLine]:
    """Return the whole ledger."""
    return await store.list_ledger(LedgerQuery(limit=100_000))


def is_award(line: LedgerLine) -> bool:
    """Tell whether a line may be folded at all."""
    return isinstance(line.outcome, XpGained) and line.outcome.source == "message" and not line.batch


def sums_of(lines: Iterable[LedgerLine]) -> dict[str, Counter[Any]]:
    """Add up all that lines tell in numbers."""
    sums: defaultdict[str, Counter[Any]] = defaultdict(Counter)
    for line in lines:
        who, xp = line.user_id, line.outcome.xp
        sums["xp"][who] += xp
        sums["xp by day"][who, line.counts_on] += xp
        sums["xp by source"][who, line.outcome.source] += xp
        sums["kinds by day"][who, line.counts_on, type(line.outcome).__name__] += getattr(
            line.outcome, "awards", 1
        )
        for name, change in line.outcome.counters.items():
            sums["counters"][who, name] += change
        if isinstance(line.outcome, XpGained):
            for reason, number in line.outcome.refused.items():
                sums["refused"][who, reason] += number
    return dict(sums)


def statistics_of(lines: Sequence[LedgerLine]) -> list[object]:
    """Return what statistics say of each member on each of many days, but for the last events."""
    found: list[object] = []
    for user_id in {line.user_id for line in lines}:
        own = [line for line in lines if line.user_id == user_id]
        found += [
            msgspec.structs.replace(xp_history(own, FIRST_ON + day), events=()) for day in range(-2, 20)
        ]
    return found


async def boards_of(store: LevelingStore) -> list[object]:
    """Return the boards of many periods."""
    return [await store.list_standings(GUILD, board, first=0, limit=99) for board in BOARDS]


async def test_a_day_of_awards_becomes_one_line(place: Place, store: LevelingStore) -> None:
    """The last line stays under its number; it tells the sums and how many awards it stands for."""
    lines = [
        award(1, FIRST_ON, 15, hour=1, refused={"cooldown": 2}),
        award(1, FIRST_ON, 25, hour=2, refused={"cooldown": 1, "older_than_award": 4}),
        award(2, FIRST_ON, 17, hour=3, counters={"messages": 3, "images": 1}),
        award(1, FIRST_ON + 1, 18, hour=4),
        award(1, FIRST_ON, 20, hour=5, origin="catch-up", day_on=FIRST_ON),
    ]
    await keep(store, *lines)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 2
    for _ in range(2):
        kept = await all_lines(store)
        assert [line.seq for line in kept] == [3, 4, 5]
        assert kept[2] == LedgerLine(
            seq=5,
            at=lines[4].at,
            day_on=FIRST_ON,
            guild_id=GUILD,
            user_id=1,
            origin="catch-up",
            outcome=XpGained(
                xp=60,
                source="message",
                refused={"cooldown": 3, "older_than_award": 4},
                counters={"messages": 3},
                awards=3,
            ),
        )
        assert [line.outcome for line in kept[:2]] == [lines[2].outcome, lines[3].outcome]
        assert (await store.get_head()).seq == 5
        store = await place.reopen(store)
    await keep(store, award(2, FIRST_ON))
    assert (await store.get_head()).seq == 6


async def test_what_is_no_old_award_stays(store: LevelingStore) -> None:
    """Claims, goals, lines of a batch, other guilds and young days are as they were."""
    goal = LedgerLine(
        at=utc_midnight_of(FIRST_ON),
        guild_id=GUILD,
        user_id=1,
        outcome=XpGained(xp=15, source="goal", counters={"goals_completed": 1}),
    )
    others = [claim(1, FIRST_ON), goal, copy.copy(goal)]
    batch = [award(1, FIRST_ON, batch="import-1"), award(1, FIRST_ON, batch="import-1")]
    young = [award(1, FIRST_ON + 1), award(1, FIRST_ON + 1)]
    abroad = [award(1, FIRST_ON), award(1, FIRST_ON)]
    for line in abroad:
        line.guild_id = GUILD + 1
    alone = [award(2, FIRST_ON)]
    await keep(store, *others, *batch, *young, *alone)
    await store.commit((), lambda _: Decision(None, lines=abroad))
    before = await all_lines(store)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 0
    assert await all_lines(store) == before


async def test_folding_twice_changes_nothing(store: LevelingStore) -> None:
    """A second time there is nothing to do; a late award is folded into the sum of its day."""
    await keep(store, *(award(1, FIRST_ON) for _ in range(12)))
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) > 0
    once = await all_lines(store)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 0
    assert await all_lines(store) == once
    await keep(store, award(1, FIRST_ON, 50))
    await keep(store, *(claim(2, FIRST_ON + 3) for _ in range(LINES_PER_SUM)))
    while await store.fold_awards(GUILD, before_on=FIRST_ON + 1):
        pass
    [line] = [line for line in await all_lines(store) if is_award(line)]
    assert isinstance(line.outcome, XpGained)
    assert (line.outcome.xp, line.outcome.awards, line.outcome.counters) == (290, 13, {"messages": 13})


async def test_lines_that_a_subscriber_has_still_to_see_stay(store: LevelingStore) -> None:
    """The subscriber that is furthest behind decides, for a whole day of a member."""
    await keep(store, *(award(1, FIRST_ON) for _ in range(10)))
    await keep(store, *(award(2, FIRST_ON) for _ in range(10)))
    await set_cursor(store, "quick", 20)
    await set_cursor(store, "slow", 15)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 9
    assert [line.seq for line in await all_lines(store)] == [10, *range(11, 21)]
    await set_cursor(store, "slow", 20)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 9
    assert [line.seq for line in await all_lines(store)] == [10, 20]


async def test_a_cursor_from_before_a_restore_is_not_trusted(place: Place, store: LevelingStore) -> None:
    """It may lie beyond the end that the ledger had then: what came since has not been seen."""
    await keep(store, *(award(1, FIRST_ON) for _ in range(10)))
    await set_cursor(store, "old", 1000, epoch="of another time")
    store = await place.reopen(store)
    await keep(store, *(award(2, FIRST_ON) for _ in range(10)))
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 1) == 9
    assert [line.seq for line in await all_lines(store)] == list(range(10, 21))


async def test_nobody_waits_for_ever_for_a_subscriber_that_is_no_more(store: LevelingStore) -> None:
    """It may be 90 days late, seen from the days that are folded; after that its lines are folded as well."""
    await keep(store, *(award(1, FIRST_ON + day) for day in range(3) for _ in range(5)))
    await set_cursor(store, "gone", 7)
    await set_cursor(store, "there", 15)
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 91) == 4
    assert [line.seq for line in await all_lines(store)] == [5, *range(6, 16)]
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 92) == 8
    assert [line.seq for line in await all_lines(store)] == [5, 10, 15]


async def test_a_subscriber_that_is_behind_with_old_events_is_waited_for(store: LevelingStore) -> None:
    """What is caught up with happened long ago and was written just now: that it is old says nothing."""
    await keep(store, *(award(1, FIRST_ON, origin="catch-up") for _ in range(1200)))
    await set_cursor(store, "behind", 50)
    for newest in ((), (award(2, FIRST_ON + 500),)):
        await keep(store, *newest)
        assert await store.fold_awards(GUILD, before_on=FIRST_ON + 490) == 0


class Listener:
    """A subscriber of awards that waits to be let go.

    Attributes:
        seen: The lines that it was given, by ``seq``.
        go_on: It waits for this.
    """

    name = "listener"
    kinds = frozenset({"xp_gained"})

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.go_on = asyncio.Event()

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Wait, then take them."""
        assert guild_id == GUILD
        await self.go_on.wait()
        self.seen += [line.seq for line in lines]


async def test_the_feed_goes_on_over_folded_lines(place: Place, store: LevelingStore) -> None:
    """Nothing is delivered twice, nothing is left out, before, while and after lines are folded."""
    await keep(store, *(award(1, FIRST_ON) for _ in range(20)))
    listener, clock = Listener(), Clock()
    feed = Feed(store, clock, batch_lines=3)
    feed.subscribe(listener, from_beginning=True)
    await feed.start()
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 9) == 0
    listener.go_on.set()
    await feed.idle()
    await keep(store, *(award(1, FIRST_ON) for _ in range(5)))
    await feed.idle()
    await feed.stop()
    assert listener.seen == list(range(1, 26))
    assert await store.fold_awards(GUILD, before_on=FIRST_ON + 9) > 10
    store = await place.reopen(store)
    feed, again = Feed(store, clock), Listener()
    again.go_on.set()
    feed.subscribe(again)
    await feed.start()
    await keep(store, *(award(1, FIRST_ON) for _ in range(4)))
    await feed.idle()
    assert again.seen == [26, 27, 28, 29]
    await feed.stop()


async def test_awards_go_on_while_old_ones_are_folded(store: LevelingStore) -> None:
    """Commits take effect between portions; in the end everything adds up."""
    old = [award(1 + number % 5, FIRST_ON + number % 7) for number in range(400)]
    await keep(store, *old)
    done = asyncio.Event()

    async def write() -> int:
        number = 0
        while not done.is_set():
            await keep(store, award(1 + number % 5, FIRST_ON + number % 9))
            number += 1
        return number

    writing = asyncio.ensure_future(write())
    boards = [await boards_of(store)]
    gone = await store.fold_awards(GUILD, before_on=FIRST_ON + 5)
    done.set()
    number = await writing
    lines = await all_lines(store)
    assert gone > 200
    assert number > 5
    assert sum(line.outcome.xp for line in lines) == 20 * (400 + number)
    assert sum(getattr(line.outcome, "awards", 0) for line in lines) == 400 + number
    assert len(lines) == 400 + number - gone
    assert boards != [await boards_of(store)]


awards = st.builds(
    award,
    st.integers(1, 3),
    st.integers(FIRST_ON, FIRST_ON + 6),
    st.integers(0, 40),
    hour=st.integers(0, 23),
    refused=st.dictionaries(st.sampled_from(["cooldown", "older_than_award"]), st.integers(1, 9)),
    counters=st.dictionaries(st.sampled_from(["messages", "images"]), st.integers(1, 9)),
    day_on=st.just(0) | st.integers(FIRST_ON, FIRST_ON + 6),
    batch=st.sampled_from(["", "", "", "import"]),
)
ledgers = st.lists(
    awards | awards | st.builds(claim, st.integers(1, 3), st.integers(FIRST_ON, FIRST_ON + 6)), max_size=60
)


@pytest.mark.parametrize("name", sorted(PLACES))
@settings(max_examples=25)
@given(
    lines=ledgers,
    before=st.integers(-1, 8),
    cursors=st.lists(st.integers(0, 70), max_size=2),
    gone=st.sets(st.integers(1, 3), max_size=1),
)
def test_no_sum_changes(
    name: str, lines: list[LedgerLine], before: int, cursors: list[int], gone: set[int]
) -> None:
    """Whatever is in the ledger: sums, boards and statistics are equal, and only what may be folded is."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_fold_and_compare(PLACES[name](Path(folder)), lines, FIRST_ON + before, cursors, gone))


async def _fold_and_compare(
    place: Place, lines: list[LedgerLine], before_on: int, cursors: list[int], gone: Collection[int]
) -> None:
    store = await place.open()
    for line in lines:
        await keep(store, line)
    for number, seq in enumerate(cursors):
        await set_cursor(store, f"subscriber-{number}", seq)
    for user_id in gone:
        key = MemberKey(GUILD, user_id)
        await store.commit((key,), set_member(key, present=False))
    before, boards = await all_lines(store), await boards_of(store)
    number = await store.fold_awards(GUILD, before_on=before_on)
    after = await all_lines(store)
    assert len(after) == len(before) - number
    assert sums_of(after) == sums_of(before)
    assert statistics_of(after) == statistics_of(before)
    assert await boards_of(store) == boards
    _check_what_stays(before, after, before_on, min([*cursors, len(lines)]))
    assert await store.fold_awards(GUILD, before_on=before_on) == 0
    store = await place.reopen(store)
    assert await all_lines(store) == after
    assert await boards_of(store) == boards
    records = await store.read_many([MemberKey(GUILD, user_id) for user_id in (1, 2, 3)])
    assert [getattr(record, "xp", None) for record in records] == [
        sums_of(after).get("xp", Counter())[user_id] for user_id in (1, 2, 3)
    ]
    await place.close()


def _check_what_stays(
    before: Sequence[LedgerLine], after: Sequence[LedgerLine], before_on: int, seen_seq: int
) -> None:
    """See that what must not be folded is there unchanged, and that what can be folded is."""
    days: defaultdict[tuple[int, int], list[LedgerLine]] = defaultdict(list)
    for line in before:
        days[line.user_id, line.counts_on].append(line)
    kept = {line.seq: line for line in after}
    for (_, day_on), of_day in days.items():
        old = [line for line in of_day if is_award(line)]
        may_fold = day_on < before_on and len(old) > 1
        for line in of_day:
            if line not in old or not may_fold or line.seq > seen_seq:
                assert kept[line.seq] == line
        summed_up = len(before) - LINES_PER_SUM
        if may_fold and of_day[-1].seq <= min(seen_seq, summed_up):
            [left] = [kept[line.seq] for line in old if line.seq in kept]
            assert isinstance(left.outcome, XpGained)
            assert (left.seq, left.outcome.awards) == (old[-1].seq, len(old))
