"""Rank indexes: right from the moment they are made, bounded, and given up when nobody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.errors import StoreError
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey
from leveling_core.member import MemberRecord
from leveling_core.periods import utc_day_of
from leveling_core.store import FormerXpBoard, PeriodBoard, Standing, XpBoard
from storage import board_index, former_index, ranks
from storage.backend import BoardEntry, KeptBoard
from storage.board_index import RecordIndex
from storage.memory import MemoryBackend
from storage.store import GroupedStore
from tests.contract.support import GUILD, NOON, Clock, gain, set_member
from tests.storage.support import FULL, TroubledBackend

BOARD = XpBoard()
values = st.integers(0, 2**53 - 1) | st.integers(0, 5)
users = st.integers(1, MAX_SNOWFLAKE) | st.integers(1, 10)


Portions = AsyncGenerator[Sequence[BoardEntry], None]


async def portions(found: Sequence[tuple[int, int]]) -> Portions:
    """Yield what was found in two portions."""
    entries = [(value, user_id, True) for value, user_id in found]
    yield entries[:3]
    yield entries[3:]


class SlowBackend(TroubledBackend):
    """A backend whose boards are read slowly, and which counts them.

    Attributes:
        boards: How many boards were opened.
        reading: Set while a board is being read.
        go_on: Reading waits for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.boards = 0
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()

    async def open_board(self, guild_id: int, board: KeptBoard) -> Portions:
        """Fix the moment now, and hand the members over later."""
        self.boards += 1
        found = await super().open_board(guild_id, board)
        return self._slowly([one async for portion in found for one in portion])

    async def _slowly(self, found: Sequence[BoardEntry]) -> Portions:
        self.reading.set()
        await self.go_on.wait()
        yield found


@given(
    st.dictionaries(users, values, max_size=12),
    st.lists(st.tuples(users, values, st.booleans()), max_size=30),
)
def test_an_index_agrees_with_sorting(begin: dict[int, int], moves: list[tuple[int, int, bool]]) -> None:
    """After any moves, looked at in between or not, ranks and places are those of a sorted list."""
    now = {user_id: value for user_id, value in begin.items() if value}
    index = RecordIndex(BOARD)
    asyncio.run(index.fill(portions([(value, user_id) for user_id, value in now.items()])))
    for user_id, value, look in moves:
        index.move(user_id, MemberRecord(xp=now.get(user_id, 0)), MemberRecord(xp=value))
        now[user_id] = value
        if look:
            index.settle()
    index.settle()
    ranked = sorted((-value, user_id) for user_id, value in now.items() if value)
    assert len(index) == len(ranked)
    expected = [
        Standing(1 + sum(other < value for other, _ in ranked), user_id, -value, place)
        for place, (value, user_id) in enumerate(ranked)
    ]
    assert list(index.standings(0, len(ranked))) == expected
    for first in range(len(ranked)):
        assert list(index.standings(first, 1)) == expected[first : first + 1]
    for standing in expected:
        assert (standing.user_id, standing.value) in index
        assert index.standing_of(standing.user_id, standing.value) == standing


async def test_commits_while_an_index_is_made() -> None:
    """What was committed while the members were being read is in the index, once, for all who wait."""
    backend = SlowBackend()
    store = GroupedStore(backend, clock=Clock())
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 6)]
    await asyncio.gather(*(store.commit((key,), gain(key, key.user_id)) for key in keys))
    looks = [asyncio.ensure_future(store.list_standings(GUILD, BOARD, first=0, limit=9)) for _ in range(2)]
    await backend.reading.wait()
    await store.commit((keys[0],), gain(keys[0], 99))
    await store.commit((keys[1],), set_member(keys[1], present=False))
    newcomer = MemberKey(GUILD, 77)
    await store.commit((newcomer,), gain(newcomer, 50))
    backend.go_on.set()
    for page in await asyncio.gather(*looks):
        assert [(one.user_id, one.value) for one in page.standings] == [
            (1, 100),
            (77, 50),
            (5, 5),
            (4, 4),
            (3, 3),
        ]
    assert backend.boards == 1
    await store.close()


async def test_an_index_made_while_a_commit_is_on_its_way() -> None:
    """A commit that is on disk but not told of yet is in the index once."""
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    key = MemberKey(GUILD, 1)
    await store.commit((key,), gain(key, 3))
    backend.answering.clear()
    backend.written.clear()
    commit = asyncio.ensure_future(store.commit((key,), gain(key, 4)))
    await backend.written.wait()
    look = asyncio.ensure_future(store.list_standings(GUILD, BOARD, first=0, limit=5))
    for _ in range(5):
        await asyncio.sleep(0)
    backend.answering.set()
    await commit
    assert [one.value for one in (await look).standings] == [7]
    assert await store.find_standing(key, BOARD) == Standing(1, 1, 7, 0)
    assert await store.count_ranked(GUILD, BOARD) == 1
    await store.close()


async def test_a_look_that_is_cancelled_leaves_the_index_to_others() -> None:
    """Who gives up waiting does not stop the making of an index for who still waits."""
    backend = SlowBackend()
    store = GroupedStore(backend, clock=Clock())
    gone = asyncio.ensure_future(store.count_ranked(GUILD, BOARD))
    stays = asyncio.ensure_future(store.count_ranked(GUILD, BOARD))
    await backend.reading.wait()
    gone.cancel()
    backend.go_on.set()
    assert await stays == 0
    await store.close()


async def test_indexes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for two, the one looked at longest ago goes, and is made anew when asked for."""
    monkeypatch.setattr(ranks, "MAX_INDEXES", 2)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    for guild_id, boards in ((1, 1), (2, 2), (1, 2), (3, 3), (1, 3), (2, 4)):
        key = MemberKey(guild_id, 5)
        total = await store.commit((key,), gain(key))
        page = await store.list_standings(guild_id, BOARD, first=0, limit=5)
        assert [one.value for one in page.standings] == [total]
        assert backend.boards == boards
    await store.close()


async def test_large_indexes_push_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """All indexes together hold a bounded number of members; one alone may be larger."""
    monkeypatch.setattr(ranks, "MAX_ENTRIES", 3)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    for guild_id in (1, 2):
        for user_id in range(1, 6):
            key = MemberKey(guild_id, user_id)
            await store.commit((key,), gain(key))
    for guild_id, boards in ((1, 1), (1, 1), (2, 2), (1, 3)):
        assert await store.count_ranked(guild_id, BOARD) == 5
        assert backend.boards == boards
    await store.close()


async def test_an_index_nobody_looks_at_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After many moves without a look it is made anew, and right."""
    monkeypatch.setattr(board_index, "MIN_MOVES", 3)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    assert await store.count_ranked(GUILD, BOARD) == 0
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 9)]
    await asyncio.gather(*(store.commit((key,), gain(key, key.user_id)) for key in keys))
    assert await store.find_standing(keys[0], BOARD) == Standing(8, 1, 1, 7)
    assert backend.boards == 2
    await store.close()


async def test_periods_that_have_passed_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a guild's weeks only those looked at last keep an index; other boards are not pushed out."""
    monkeypatch.setattr(ranks, "MAX_OF_A_KIND", 2)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    key = MemberKey(GUILD, 1)
    await store.commit((key,), gain(key, 7))
    today_on = utc_day_of(NOON)
    weeks = [PeriodBoard(today_on - 7 * age, today_on - 7 * age + 7) for age in range(4)]
    assert await store.count_ranked(GUILD, BOARD) == 1
    for week in reversed(weeks):
        assert await store.count_ranked(GUILD, week) == (week is weeks[0])
    assert backend.boards == 5
    for board, boards in ((weeks[0], 5), (weeks[1], 5), (BOARD, 5), (weeks[2], 6), (weeks[0], 7)):
        await store.count_ranked(GUILD, board)
        assert backend.boards == boards
    await store.commit((key,), gain(key, 5))
    assert await store.find_standing(key, weeks[0]) == Standing(1, 1, 12, 0)
    assert backend.boards == 7
    await store.close()


async def test_a_period_nobody_looks_at_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After much XP and many who left without a look it is made anew, and right."""
    monkeypatch.setattr(board_index, "MIN_MOVES", 3)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    week = PeriodBoard(utc_day_of(NOON), utc_day_of(NOON) + 7)
    assert await store.count_ranked(GUILD, week) == 0
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 9)]
    await asyncio.gather(*(store.commit((key,), gain(key, key.user_id)) for key in keys))
    assert await store.find_standing(keys[0], week) == Standing(8, 1, 1, 7)
    assert backend.boards == 2
    for key in keys[:5]:
        await store.commit((key,), set_member(key, present=False))
    assert await store.count_ranked(GUILD, week) == 3
    assert backend.boards == 3
    await store.close()


async def test_a_period_weighs_more_than_a_board_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """It also keeps what each member has: where memory is short, fewer such boards find room."""
    monkeypatch.setattr(ranks, "MAX_ENTRIES", 12)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    for user_id in range(1, 6):
        key = MemberKey(GUILD, user_id)
        await store.commit((key,), gain(key))
    week = PeriodBoard(utc_day_of(NOON), utc_day_of(NOON) + 7)
    for board, boards in ((BOARD, 1), (BOARD, 1), (week, 2), (week, 2), (BOARD, 3)):
        assert await store.count_ranked(GUILD, board) == 5
        assert backend.boards == boards
    await store.close()


async def test_a_former_board_goes_with_the_one_whose_numbers_it_shares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It weighs little beside the board of now, is let go together with it, and of its kind there is one."""
    monkeypatch.setattr(ranks, "MAX_ENTRIES", 12)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    for guild_id in (1, 2):
        for user_id in range(1, 11):
            key = MemberKey(guild_id, user_id)
            await store.commit((key,), set_member(key, xp=user_id))
    today, later = FormerXpBoard(utc_day_of(NOON)), FormerXpBoard(utc_day_of(NOON) + 1)
    looks = ((1, today, 2), (1, BOARD, 2), (1, today, 2), (1, later, 3), (1, today, 4), (1, BOARD, 4))
    for guild_id, board, boards in (*looks, (2, BOARD, 5), (1, today, 7)):
        assert await store.count_ranked(guild_id, board) == 10
        assert backend.boards == boards
    await store.close()


async def test_a_former_board_whose_board_of_now_goes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the board of now is let go before the moment is fixed, both are made again."""
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    key = MemberKey(GUILD, 1)
    await store.commit((key,), gain(key, 7))
    opened = SlowBackend.open_board

    async def open_board(self: SlowBackend, guild_id: int, board: KeptBoard) -> Portions:
        found = await opened(self, guild_id, board)
        if self.boards == 2:
            store._ranks.drop(GUILD, BOARD)  # noqa: SLF001 -- what a commit that cannot be followed does
        return found

    monkeypatch.setattr(SlowBackend, "open_board", open_board)
    before_on = utc_day_of(NOON) + 1
    assert await store.find_standing(key, FormerXpBoard(before_on)) == Standing(1, 1, 7, 0)
    assert backend.boards == 4
    await store.close()


async def test_a_large_former_board_is_made_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is made in a thread, while awards go on, comes out the same."""
    monkeypatch.setattr(former_index, "INLINE_ENTRIES", 2)
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock())
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 6)]
    for key in keys:
        await store.commit((key,), set_member(key, xp=10 * key.user_id))
    assert await store.count_ranked(GUILD, BOARD) == 5
    backend.go_on.clear()
    backend.reading.clear()
    look = asyncio.ensure_future(
        store.list_standings(GUILD, FormerXpBoard(utc_day_of(NOON)), first=0, limit=9)
    )
    await backend.reading.wait()
    await store.commit((keys[0],), gain(keys[0], 99))
    backend.go_on.set()
    assert [(one.user_id, one.value) for one in (await look).standings] == [
        (5, 50),
        (4, 40),
        (3, 30),
        (2, 20),
        (1, 10),
    ]
    await store.close()


async def test_large_boards_are_sorted_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that is sorted in a thread comes out the same."""
    monkeypatch.setattr(board_index, "INLINE_ENTRIES", 2)
    index = RecordIndex(BOARD)
    await index.fill(portions([(value, 100 - value) for value in range(1, 60)]))
    assert [one.value for one in index.standings(0, 3)] == [59, 58, 57]


async def test_records_that_disagree_with_the_index(caplog: pytest.LogCaptureFixture) -> None:
    """A row that was changed by hand while Laurel runs costs a warning and a new index, and no wrong rank."""
    backend = SlowBackend()
    backend.go_on.set()
    store = GroupedStore(backend, clock=Clock(), cached_records=1)
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 6)]
    for key in keys:
        await store.commit((key,), gain(key, 10 * key.user_id))
    assert await store.find_standing(keys[0], BOARD) == Standing(5, 1, 10, 4)
    row = backend.state.members[GUILD, 1]
    backend.state.members[GUILD, 1] = tuple(45 if value == 10 else value for value in row)
    assert await store.find_standing(keys[0], BOARD) == Standing(2, 1, 45, 1)
    assert "disagrees" in caplog.text
    await store.close()


async def test_a_board_that_cannot_be_read() -> None:
    """Trouble while an index is made goes to who asked; the next look makes it."""
    backend = BrokenBoards()
    store = GroupedStore(backend, clock=Clock())
    key = MemberKey(GUILD, 1)
    await store.commit((key,), gain(key))
    for _ in range(2):
        with pytest.raises(StoreError):
            await store.count_ranked(GUILD, BOARD)
    await store.commit((key,), gain(key))
    assert await store.find_standing(key, BOARD) == Standing(1, 1, 2, 0)
    await store.close()


class BrokenBoards(SlowBackend):
    """A backend whose first board cannot be opened, and whose second breaks off."""

    async def open_board(self, guild_id: int, board: KeptBoard) -> Portions:
        """Fail twice."""
        self.boards += 1
        if self.boards == 1:
            raise FULL
        found = await MemoryBackend.open_board(self, guild_id, board)
        return self._breaking_off() if self.boards == 2 else found

    async def _breaking_off(self) -> Portions:
        yield [(5, 1, True)]
        raise FULL
