"""Boards of periods: what the ledger adds up to by day, whoever leaves, returns, loses XP or comes late."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.achievements import Catalogue
from leveling_core.boards import Boards
from leveling_core.decision import Decide, Decision, View
from leveling_core.facts import DailyClaimRequested, MessagePosted, RulesChangeRequested
from leveling_core.ids import MemberKey, first_snowflake_at
from leveling_core.leaderboards import BoardName
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.periods import utc_midnight_of
from leveling_core.service import Leveling
from leveling_core.store import LedgerQuery, LevelingStore, PeriodBoard
from tests.contract.support import GUILD, NOBODY, PLACES, Place, set_member

MONDAY_ON = dt.date(2025, 11, 17).toordinal()
WEEK = PeriodBoard(MONDAY_ON, MONDAY_ON + 7)
HUNDRED = 100
"""XP that members of these tests begin with, from days that no board here counts."""


@pytest.fixture(autouse=True)
def few_lines_per_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite sum up every few lines, so that boards are made of sums and of lines after them."""
    monkeypatch.setattr("storage.sqlite.LINES_PER_SUM", 5)
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", 5)


def earn(key: MemberKey, xp: int, day_on: int, *, hour: int = 12, stamped: bool = True) -> Decide[None]:
    """Make a decision that gives (or takes) XP which count on a day; ``stamped`` unless that is UTC's own."""

    def decide(view: View) -> Decision[None]:
        draft = copy.copy(view.member(key))
        draft.xp += xp
        line = LedgerLine(
            at=utc_midnight_of(day_on) + hour * 3_600_000,
            guild_id=key.guild_id,
            user_id=key.user_id,
            outcome=XpGained(xp=xp, source="message"),
            day_on=day_on if stamped else 0,
        )
        return Decision(None, {key: draft}, [line])

    return decide


async def give(store: LevelingStore, user_id: int, xp: int, day_on: int = MONDAY_ON) -> None:
    """Give a member XP on a day."""
    key = MemberKey(GUILD, user_id)
    await store.commit((key,), earn(key, xp, day_on))


async def set_present(store: LevelingStore, user_id: int, present: bool) -> None:
    """Let a member leave or return."""
    key = MemberKey(GUILD, user_id)
    await store.commit((key,), set_member(key, present=present))


async def entries(store: LevelingStore, board: PeriodBoard = WEEK) -> list[tuple[int, int, int]]:
    """Return rank, user id and XP of everybody on a board; pages, counts and own standings agree with it."""
    page = await store.list_standings(GUILD, board, first=0, limit=1000)
    assert page.ranked_members == len(page.standings) == await store.count_ranked(GUILD, board)
    assert [one.place for one in page.standings] == list(range(len(page.standings)))
    for one in page.standings:
        assert await store.find_standing(MemberKey(GUILD, one.user_id), board) == one
    user_ids = [*(one.user_id for one in page.standings), NOBODY]
    assert await store.find_standings(GUILD, user_ids, board) == [*page.standings, None]
    return [(one.rank, one.user_id, one.value) for one in page.standings]


async def test_only_days_of_the_period_count(place: Place, store: LevelingStore) -> None:
    """The first day counts and the day after the last does not; other guilds and guild lines are apart."""
    for day_on in range(MONDAY_ON - 2, MONDAY_ON + 9):
        await give(store, 1, 10, day_on)
    await give(store, 2, 65, MONDAY_ON + 6)
    await give(store, 3, 99, MONDAY_ON + 7)
    other = MemberKey(GUILD + 1, 1)
    await store.commit((other,), earn(other, 500, MONDAY_ON))
    for _ in range(2):
        assert await entries(store) == [(1, 1, 70), (2, 2, 65)]
        assert await entries(store, PeriodBoard(MONDAY_ON, MONDAY_ON + 1)) == [(1, 1, 10)]
        assert await entries(store, PeriodBoard(MONDAY_ON + 20, MONDAY_ON + 27)) == []
        assert await store.find_standing(MemberKey(GUILD, 3), WEEK) is None
        store = await place.reopen(store)


async def test_a_line_without_a_day_counts_on_that_of_utc(place: Place, store: LevelingStore) -> None:
    """So it is for lines from before days were kept, be they summed up or not."""
    key = MemberKey(GUILD, 1)
    for hour, day_on in ((0, MONDAY_ON), (23, MONDAY_ON), (23, MONDAY_ON - 1), (0, MONDAY_ON + 7)):
        await store.commit((key,), earn(key, 10, day_on, hour=hour, stamped=False))
    assert await entries(store) == [(1, 1, 20)]
    for _ in range(6):
        await store.commit((key,), earn(key, 10, MONDAY_ON, stamped=False))
    assert await entries(store) == [(1, 1, 80)]
    store = await place.reopen(store)
    assert await entries(store) == [(1, 1, 80)]


async def test_a_late_line_counts_on_its_own_day(place: Place, store: LevelingStore) -> None:
    """What is told of days later, when that day is summed up long since, is on the board of then."""
    for day_on in range(MONDAY_ON, MONDAY_ON + 14):
        await give(store, 1, 1, day_on)
    assert await entries(store) == [(1, 1, 7)]
    await give(store, 2, 30, MONDAY_ON + 1)
    await give(store, 1, 5, MONDAY_ON)
    expected = [(1, 2, 30), (2, 1, 12)]
    assert await entries(store) == expected
    store = await place.reopen(store)
    assert await entries(store) == expected


async def test_equal_members_share_a_rank(store: LevelingStore) -> None:
    """Ranks go 1, 2, 2, 4 and ties by user id, while members overtake each other."""
    for user_id, xp in ((4, 50), (2, 70), (3, 70), (1, 10), (9, 100)):
        await give(store, user_id, xp)
    assert await entries(store) == [(1, 9, 100), (2, 2, 70), (2, 3, 70), (4, 4, 50), (5, 1, 10)]
    await give(store, 4, 20)
    assert await entries(store) == [(1, 9, 100), (2, 2, 70), (2, 3, 70), (2, 4, 70), (5, 1, 10)]


async def test_xp_that_is_taken_is_taken_from_the_period(place: Place, store: LevelingStore) -> None:
    """Who lost more than was gained is not on the board, and is back once above 0."""
    for user_id in (1, 2):
        await give(store, user_id, HUNDRED, MONDAY_ON - 30)
    await give(store, 1, 40)
    assert await entries(store) == [(1, 1, 40)]
    await give(store, 1, -60)
    await give(store, 2, 5)
    assert await entries(store) == [(1, 2, 5)]
    assert await store.find_standing(MemberKey(GUILD, 1), WEEK) is None
    store = await place.reopen(store)
    assert await entries(store) == [(1, 2, 5)]
    await give(store, 1, 20)
    assert await entries(store) == [(1, 2, 5)]
    await give(store, 1, 3)
    assert await entries(store) == [(1, 2, 5), (2, 1, 3)]


@pytest.mark.parametrize("looked_before", [True, False])
async def test_who_leaves_goes_and_comes_back_with_all(store: LevelingStore, looked_before: bool) -> None:
    """A member who is gone makes room, keeps earning what is paid late, and returns with everything."""
    await give(store, 1, 40)
    await give(store, 2, 20)
    if looked_before:
        assert await entries(store) == [(1, 1, 40), (2, 2, 20)]
    await set_present(store, 1, False)
    assert await entries(store) == [(1, 2, 20)]
    await give(store, 1, 5)
    await give(store, 2, 1)
    assert await entries(store) == [(1, 2, 21)]
    await set_present(store, 1, True)
    assert await entries(store) == [(1, 1, 45), (2, 2, 21)]


async def test_who_earns_only_while_gone_is_not_on_the_board(store: LevelingStore) -> None:
    """The board knew nothing of this member when it was made; a payment to one who is gone tells of both."""
    await give(store, 1, HUNDRED, MONDAY_ON - 30)
    await set_present(store, 1, False)
    await give(store, 2, 7)
    assert await entries(store) == [(1, 2, 7)]
    await give(store, 1, 15)
    assert await entries(store) == [(1, 2, 7)]
    await set_present(store, 1, True)
    assert await entries(store) == [(1, 1, 15), (2, 2, 7)]


async def test_leaving_and_returning_between_two_looks(store: LevelingStore) -> None:
    """What came to nothing on the whole moves nobody."""
    await give(store, 1, 40)
    assert await entries(store) == [(1, 1, 40)]
    for present in (False, True):
        await set_present(store, 1, present)
    await give(store, 1, 1)
    assert await entries(store) == [(1, 1, 41)]


@pytest.mark.parametrize("seed", range(3))
async def test_boards_are_right_while_awards_go_on(place: Place, store: LevelingStore, seed: int) -> None:
    """In the middle of many commits they are consistent, and in the end what the lines add up to."""
    rng = random.Random(seed)  # noqa: S311 -- a load, no secret
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, 30)]
    boards = [WEEK, PeriodBoard(MONDAY_ON + 3, MONDAY_ON + 5), PeriodBoard(MONDAY_ON - 30, MONDAY_ON + 30)]

    async def award() -> None:
        for _ in range(30):
            key, day_on = rng.choice(keys), MONDAY_ON + rng.randrange(-3, 10)
            await store.commit((key,), earn(key, rng.randrange(1, 20), day_on))
            if not rng.randrange(5):
                await store.commit((key,), set_member(key, present=bool(rng.randrange(2))))

    async def look() -> None:
        for _ in range(15):
            page = await store.list_standings(GUILD, rng.choice(boards), first=rng.randrange(9), limit=9)
            values = [one.value for one in page.standings]
            assert values == sorted(values, reverse=True)
            assert len({one.user_id for one in page.standings}) == len(values)
            standing = await store.find_standing(rng.choice(keys), rng.choice(boards))
            assert standing is None or 1 <= standing.rank <= standing.place + 1 <= len(keys)

    await asyncio.gather(*(award() for _ in range(8)), *(look() for _ in range(4)))
    for board in boards:
        assert await entries(store, board) == await plainly(store, board)
    store = await place.reopen(store)
    for board in boards:
        assert await entries(store, board) == await plainly(store, board)


async def plainly(store: LevelingStore, board: PeriodBoard) -> list[tuple[int, int, int]]:
    """Add up a board from every line of the ledger and every record."""
    totals: defaultdict[int, int] = defaultdict(int)
    for line in await store.list_ledger(LedgerQuery(guild_id=GUILD, limit=100_000)):
        if board.from_on <= line.counts_on < board.until_on:
            totals[line.user_id] += line.outcome.xp
    records = await store.read_many([MemberKey(GUILD, user_id) for user_id in totals])
    here = {
        user_id
        for user_id, record in zip(totals, records, strict=True)
        if isinstance(record, MemberRecord) and record.present
    }
    ranked = sorted((-xp, user_id) for user_id, xp in totals.items() if user_id in here and xp > 0)
    return [(1 + sum(other < xp for other, _ in ranked), user_id, -xp) for xp, user_id in ranked]


deeds = st.one_of(
    st.tuples(st.just("earn"), st.integers(1, 4), st.integers(-30, 30), st.integers(-2, 9)),
    st.tuples(st.sampled_from(["leave", "return"]), st.integers(1, 4), st.just(0), st.just(0)),
    st.tuples(st.sampled_from(["look", "look", "reopen"]), st.just(0), st.just(0), st.integers(0, 6)),
)
periods = st.tuples(st.integers(-2, 8), st.integers(0, 5)).map(
    lambda days: PeriodBoard(MONDAY_ON + days[0], MONDAY_ON + days[0] + days[1])
)


@pytest.mark.parametrize("name", sorted(PLACES))
@settings(max_examples=25)
@given(st.lists(deeds, max_size=40), st.lists(periods, min_size=1, max_size=3))
def test_a_board_is_what_the_lines_add_up_to(
    name: str, done: list[tuple[str, int, int, int]], boards: list[PeriodBoard]
) -> None:
    """Whatever happens between looks, each look sees the sums over the whole ledger."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_do_and_look(PLACES[name](Path(folder)), done, boards))


async def _do_and_look(
    place: Place, done: list[tuple[str, int, int, int]], boards: list[PeriodBoard]
) -> None:
    store = await place.open()
    for user_id in range(1, 5):  # nobody's XP may fall below 0
        await give(store, user_id, 10_000, MONDAY_ON - 400)
    for what, user_id, xp, day in done:
        if what == "earn":
            await give(store, user_id, xp, MONDAY_ON + day)
        elif what in {"leave", "return"}:
            await set_present(store, user_id, what == "return")
        elif what == "reopen":
            store = await place.reopen(store)
        else:
            board = boards[day % len(boards)]
            assert await entries(store, board) == await plainly(store, board)
    for board in boards:
        assert await entries(store, board) == await plainly(store, board)
    await place.close()


class Calendar:
    """A guild with a calendar, whose members write at local times.

    Args:
        store: Where their progress is kept.
        zone: The guild's zone at first.
    """

    def __init__(self, store: LevelingStore, zone: str) -> None:
        self.leveling = Leveling(store, Catalogue.from_mapping({}, file="none.toml"))
        self.zone = zone
        self._numbers = iter(range(1, 1000))

    def at(self, local: str) -> int:
        """Return the instant (ms UTC) of a local time."""
        return int(dt.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(self.zone)).timestamp() * 1000)

    async def set(self, **rules: str) -> None:
        """Change rules."""
        changes: dict[str, str | None] = {name.replace("__", "."): value for name, value in rules.items()}
        fact = RulesChangeRequested(
            GUILD, 1, first_snowflake_at(self.at("2025-01-01")) + next(self._numbers), changes
        )
        await self.leveling.change_rules(fact)
        self.zone = rules.get("general__timezone", self.zone)

    async def write(self, local: str, user_id: int = 1, *, dice: int = 0) -> None:
        """Let a member write at a local time; with this dice a message earns 15 XP."""
        message_id = first_snowflake_at(self.at(local)) + next(self._numbers)
        await self.leveling.message_posted(
            MessagePosted(GUILD, user_id, 7, message_id, 5, False, False, dice, session=1)
        )

    async def claim(self, local: str, user_id: int = 1) -> None:
        """Let a member claim the daily reward: 25 XP at first."""
        event_id = first_snowflake_at(self.at(local)) + next(self._numbers)
        await self.leveling.claim_daily(DailyClaimRequested(GUILD, user_id, 7, event_id, 100))

    async def xp(self, board: BoardName, local: str) -> list[tuple[int, int]]:
        """Return user id and XP of everybody on the board of the week or month of a local time."""
        page = await Boards(self.leveling.store).get_leaderboard(
            MemberKey(GUILD, 1), self.at(local), board=board
        )
        return [(entry.standing.user_id, entry.standing.value) for entry in page.entries]

    async def days(self, board: BoardName, local: str) -> tuple[str, str]:
        """Return the first and the last day of the week or month of a local time."""
        page = await Boards(self.leveling.store).get_leaderboard(
            MemberKey(GUILD, 1), self.at(local), board=board
        )
        assert isinstance(page.board, PeriodBoard)
        first, last = page.board.from_on, page.board.until_on - 1
        return dt.date.fromordinal(first).isoformat(), dt.date.fromordinal(last).isoformat()


async def test_weeks_begin_at_the_guilds_midnight(store: LevelingStore) -> None:
    """A minute before Monday in Kyiv is last week, though UTC has hours of Sunday left after it."""
    guild = Calendar(store, "Europe/Kyiv")
    await guild.set(general__timezone="Europe/Kyiv")
    await guild.write("2025-11-16T23:59:00")
    await guild.write("2025-11-17T00:01:00")
    await guild.claim("2025-11-17T00:02:00")
    await guild.write("2025-11-23T23:59:59")
    await guild.write("2025-11-24T00:01:00")
    assert await guild.xp("week", "2025-11-16T12:00:00") == [(1, 15)]
    assert await guild.xp("week", "2025-11-17T00:00:00") == [(1, 15 + 25 + 15)]
    assert await guild.xp("week", "2025-11-23T23:59:59") == [(1, 15 + 25 + 15)]
    assert await guild.xp("week", "2025-11-24T00:00:00") == [(1, 15)]
    assert await guild.days("week", "2025-11-23T23:59:59") == ("2025-11-17", "2025-11-23")


@pytest.mark.parametrize(
    ("start", "first", "earned"), [("sunday", "2025-11-16", 30), ("saturday", "2025-11-15", 45)]
)
async def test_a_week_begins_with_the_day_that_the_guild_says(
    store: LevelingStore, start: str, first: str, earned: int
) -> None:
    """A change of the first day makes another board at once, of lines that are there."""
    guild = Calendar(store, "UTC")
    for day in ("15", "16", "17"):
        await guild.write(f"2025-11-{day}T12:00:00")
    assert await guild.xp("week", "2025-11-17T13:00:00") == [(1, 15)]
    await guild.set(general__week_start=start)
    assert (await guild.days("week", "2025-11-17T13:00:00"))[0] == first
    assert await guild.xp("week", "2025-11-17T13:00:00") == [(1, earned)]


async def test_months_end_where_they_do(store: LevelingStore) -> None:
    """February has 29 days in 2028; December ends with the year."""
    guild = Calendar(store, "America/New_York")
    await guild.set(general__timezone="America/New_York")
    for local in ("2028-01-31T23:59:00", "2028-02-01T00:01:00", "2028-02-29T23:58:00", "2028-03-01T00:00:00"):
        await guild.write(local)
    assert await guild.xp("month", "2028-02-10T00:00:00") == [(1, 30)]
    assert await guild.days("month", "2028-02-29T23:59:59") == ("2028-02-01", "2028-02-29")
    assert await guild.xp("month", "2028-03-01T00:00:00") == [(1, 15)]
    await guild.write("2028-12-31T23:59:00")
    await guild.write("2029-01-01T00:01:00")
    assert await guild.xp("month", "2028-12-31T23:59:59") == [(1, 15)]
    assert await guild.xp("month", "2029-01-01T00:00:00") == [(1, 15)]


async def test_a_zone_that_changes_in_the_middle_of_a_week_moves_nothing(
    place: Place, store: LevelingStore
) -> None:
    """What was earned keeps its day: nothing is lost from the week, nor counted in two."""
    guild = Calendar(store, "Pacific/Auckland")
    await guild.set(general__timezone="Pacific/Auckland")
    await guild.write("2025-11-17T00:30:00")  # a Sunday still almost everywhere else
    await guild.write("2025-11-19T12:00:00")
    monday = guild.at("2025-11-17T00:30:00")
    await guild.set(general__timezone="America/Los_Angeles")
    await guild.write("2025-11-20T12:00:00")
    for _ in range(2):
        assert await guild.xp("week", "2025-11-20T13:00:00") == [(1, 45)]
        assert await guild.xp("week", "2025-11-16T12:00:00") == []
        lines = await guild.leveling.store.list_ledger(
            LedgerQuery(guild_id=GUILD, kinds=frozenset({"xp_gained"}))
        )
        assert (lines[0].at, lines[0].counts_on) == (monday, MONDAY_ON)
        reopened = Calendar(await place.reopen(guild.leveling.store), guild.zone)
        guild = reopened


@pytest.mark.parametrize(
    ("zone", "night"),
    [("Europe/Berlin", "2025-10-26"), ("America/Nuuk", "2025-10-26"), ("America/Nuuk", "2025-03-30")],
)
async def test_days_on_which_clocks_change_are_whole(store: LevelingStore, zone: str, night: str) -> None:
    """23, 24 or 25 hours, at midnight or later: each message is in exactly one week."""
    guild = Calendar(store, zone)
    await guild.set(general__timezone=zone)
    sunday = dt.date.fromisoformat(night)
    assert sunday.isoweekday() == 7
    begin = guild.at(f"{sunday - dt.timedelta(1)}T00:00:00")
    end = guild.at(f"{sunday + dt.timedelta(2)}T00:00:00")
    instants = range(begin, end, 1_800_000)
    for at in instants:
        message_id = first_snowflake_at(at)
        await guild.leveling.message_posted(
            MessagePosted(GUILD, 1, 7, message_id, 5, False, False, 0, session=1)
        )
    monday = guild.at(f"{sunday + dt.timedelta(1)}T00:00:00")
    this, after = f"{sunday}T12:00:00", f"{sunday + dt.timedelta(1)}T12:00:00"
    assert await guild.xp("week", this) == [(1, 15 * sum(at < monday for at in instants))]
    assert await guild.xp("week", after) == [(1, 15 * sum(at >= monday for at in instants))]
