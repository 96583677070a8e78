"""The use cases, over the reference store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any, cast

import msgspec
import pytest

from data import load_catalogue
from leveling_core.boards import Boards
from leveling_core.decision import Decision
from leveling_core.documents import GoalRecord
from leveling_core.errors import AlreadyClaimedError
from leveling_core.facts import (
    BoostObserved,
    CommandCompleted,
    DailyClaimRequested,
    MemberPresenceObserved,
    MessagePosted,
    RulesChangeRequested,
)
from leveling_core.goals import PAID_AT_ONCE
from leveling_core.ids import MemberKey, goal_key
from leveling_core.leaderboards import LeaderboardPage
from leveling_core.outcomes import GoalReached, LedgerLine, XpGained
from leveling_core.service import Leveling
from leveling_core.statistics import Statistics
from leveling_core.store import LedgerQuery, LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber, RankSubscriber
from storage import open_store
from tests.core.world import ANN, BOB, CHANNEL, DAY, GUILD, HOUR, MINUTE, START_AT, snowflake


@pytest.fixture
async def leveling() -> AsyncIterator[Leveling]:
    """Leveling over a store in memory."""
    store = await open_store("memory:", clock=lambda: START_AT)
    yield Leveling(store, load_catalogue())
    await store.close()


async def _post(leveling: Leveling, user_id: int, at: int = START_AT, **fields: int) -> None:
    message_id = snowflake(at, user_id)
    await leveling.message_posted(
        MessagePosted(GUILD, user_id, CHANNEL, message_id, 10, False, False, fields.get("dice", 0), session=1)
    )


async def _claim(leveling: Leveling, user_id: int, at: int = START_AT, humans: int = 100) -> int:
    fact = DailyClaimRequested(GUILD, user_id, CHANNEL, snowflake(at, user_id), humans)
    return (await leveling.claim_daily(fact)).xp


async def _set(leveling: Leveling, **changes: str) -> None:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    event_id = snowflake(START_AT, hash(frozenset(named.items())) % 4_000_000)
    await leveling.change_rules(RulesChangeRequested(GUILD, 1, event_id, dict(named)))


async def test_a_newcomer_has_a_profile(leveling: Leveling) -> None:
    """Somebody never seen stands at level 1 with nothing, on no board."""
    profile = await leveling.get_profile(MemberKey(GUILD, ANN), START_AT)
    assert (profile.progress.level, profile.standing, profile.streak, profile.unlocked) == (1, None, 0, 0)
    assert profile.achievements == 38


async def test_a_profile_says_where_a_member_stands(leveling: Leveling) -> None:
    """Level, rank and streak follow from what was earned."""
    await _post(leveling, ANN, dice=2**32 - 1)
    await _post(leveling, BOB)
    await _claim(leveling, BOB)
    profile = await leveling.get_profile(MemberKey(GUILD, BOB), START_AT + HOUR)
    assert profile.standing is not None
    assert (profile.standing.rank, profile.ranked_members, profile.streak) == (1, 2, 1)
    assert profile.member.xp == 15 + 25 + 25
    assert profile.next_claim_at == START_AT + DAY
    later = await leveling.get_profile(MemberKey(GUILD, BOB), START_AT + 5 * DAY)
    assert later.streak == 0


async def test_a_claim_asked_for_twice_is_paid_once(leveling: Leveling) -> None:
    """The same request gets the same answer; another one is refused."""
    assert await _claim(leveling, ANN) == await _claim(leveling, ANN) == 25
    with pytest.raises(AlreadyClaimedError):
        await _claim(leveling, ANN, START_AT + HOUR)
    assert (await leveling.get_profile(MemberKey(GUILD, ANN), START_AT)).member.dailies == 1


async def test_a_command_told_twice_counts_once(leveling: Leveling) -> None:
    """A command is counted by the snowflake of what invoked it."""
    for _ in range(2):
        await leveling.command_completed(CommandCompleted(GUILD, ANN, CHANNEL, snowflake(START_AT)))
    assert (await leveling.get_profile(MemberKey(GUILD, ANN), START_AT)).member.commands == 1


async def test_a_board_has_pages_and_ones_own_place(leveling: Leveling) -> None:
    """Ten a page, equals share a rank, a page beyond the end is the last, and the asker is found."""
    for user_id in range(1, 26):
        await _post(leveling, user_id, dice=2**32 - 1 if user_id <= 5 else 0)
    first = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, 25), START_AT)
    assert [entry.standing.rank for entry in first.entries] == [1] * 5 + [6] * 5
    assert (first.pages, first.ranked_members, first.own_page) == (3, 25, 3)
    assert first.own is not None
    assert (first.own.standing.rank, first.own.level) == (6, 1)
    last = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, 25), START_AT, page=99)
    found = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, 25), START_AT, find_me=True)
    assert last == found
    assert [entry.standing.user_id for entry in last.entries] == [21, 22, 23, 24, 25]


async def test_nobody_is_on_an_empty_board(leveling: Leveling) -> None:
    """An empty board is one page without entries, also for whoever wants to be found."""
    page = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, ANN), START_AT, find_me=True)
    assert (page.page, page.pages, page.entries, page.own, page.own_page) == (1, 1, (), None, 0)


async def test_the_board_of_streaks_leaves_lost_ones_out(leveling: Leveling) -> None:
    """A streak stands on the board while it can be continued, the recovery window included."""
    await _claim(leveling, ANN)
    await _claim(leveling, BOB, START_AT + DAY)
    at = START_AT + 2 * DAY
    early = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, ANN), at + HOUR, board="streak")
    late = await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, ANN), at + 7 * HOUR, board="streak")
    assert [entry.standing.user_id for entry in early.entries] == [ANN, BOB]
    assert [entry.standing.user_id for entry in late.entries] == [BOB]
    assert late.own is None


async def test_statistics_come_from_the_ledger(leveling: Leveling) -> None:
    """Seven days by day and source, however many lines they take."""
    await _set(leveling, earning__cooldown_seconds="0")
    for minute in range(1200):
        await _post(leveling, ANN, START_AT + minute * MINUTE)
    stats = await Statistics(leveling).get_xp_stats(MemberKey(GUILD, ANN), START_AT + 6 * DAY)
    by_source = dict(stats.history.sources)
    assert by_source["message"] == 1200 * 15
    assert stats.history.total_xp == stats.profile.member.xp


class CountingStore:
    """A store that counts the lines that reads of the ledger pass: a member's are found one after another."""

    def __init__(self, store: LevelingStore) -> None:
        self._store = store
        self.passed = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def list_ledger(self, query: LedgerQuery) -> list[LedgerLine]:
        """Count, and do as the store does."""
        found = await self._store.list_ledger(query)
        on_the_way = await self._store.list_ledger(
            msgspec.structs.replace(query, from_at=0, until_at=None, limit=1_000_000)
        )
        seqs = [line.seq for line in on_the_way]
        self.passed += seqs.index(found[-1].seq) + 1 if len(found) == query.limit else len(seqs)
        return found


async def test_statistics_do_not_read_what_is_long_past(leveling: Leveling) -> None:
    """Of years of lines the newest are read, and none is missed that came a little late."""
    key = MemberKey(GUILD, ANN)
    ages = [400 * DAY] * 9000 + [8 * DAY, 7 * DAY, 3 * DAY, 7 * DAY, 6 * DAY, 2 * DAY]
    lines = [
        LedgerLine(at=START_AT - age, guild_id=GUILD, user_id=ANN, outcome=XpGained(xp=1, source="message"))
        for age in ages
    ]
    counting = CountingStore(leveling.store)
    await counting.commit((), lambda _: Decision(None, lines=lines))
    over_counting = Leveling(cast(LevelingStore, counting), load_catalogue())
    stats = await Statistics(over_counting).get_xp_stats(key, START_AT)
    assert [line.seq for line in stats.history.events] == [9006, 9005, 9003]
    assert counting.passed <= 1000
    recent = [
        LedgerLine(at=START_AT, guild_id=GUILD, user_id=ANN, outcome=XpGained(xp=1, source="message"))
        for _ in range(3000)
    ]
    await counting.commit((), lambda _: Decision(None, lines=recent))
    stats = await Statistics(over_counting).get_xp_stats(key, START_AT)
    assert stats.history.total_xp == 3003


async def test_achievements_are_listed_with_progress(leveling: Leveling) -> None:
    """All 38 are there; what is unlocked says when, the others how far."""
    await _claim(leveling, ANN)
    statuses = {s.definition.id: s for s in await leveling.list_achievements(MemberKey(GUILD, ANN), START_AT)}
    assert len(statuses) == 38
    assert (statuses["early_bird"].unlocked_at, statuses["early_bird"].times) == (START_AT, 1)
    assert statuses["streak_starter"].share == pytest.approx(1 / 3)


async def test_the_nearest_achievements_count_a_lost_streak_as_lost(leveling: Leveling) -> None:
    """What is missing is counted from the streak as it stands now."""
    await _claim(leveling, ANN)
    await _claim(leveling, ANN, START_AT + DAY)
    key = MemberKey(GUILD, ANN)
    now = await leveling.list_next_achievements(key, START_AT + DAY)
    assert (now[0].definition.id, now[0].missing[0][1:]) == ("streak_starter", (2, 3))
    later = await leveling.list_next_achievements(key, START_AT + 9 * DAY, limit=38)
    lost = next(near for near in later if near.definition.id == "streak_starter")
    assert lost.missing[0][1:] == (0, 3)


async def test_boosters_are_compared_with_who_was_known(leveling: Leveling) -> None:
    """Who is in the list boosts, who is not no longer does; seen again it is no news."""
    assert await leveling.track_boosters(GUILD, {ANN: START_AT, BOB: START_AT}, START_AT) == 2
    assert await leveling.track_boosters(GUILD, {ANN: START_AT, BOB: START_AT}, START_AT + 1) == 0
    assert await leveling.track_boosters(GUILD, {BOB: START_AT}, START_AT + 2) == 1
    members = [await leveling.get_profile(MemberKey(GUILD, who), START_AT) for who in (ANN, BOB)]
    assert [profile.member.boosting_since for profile in members] == [0, START_AT]


async def test_who_left_while_the_bot_was_off_leaves_the_board(leveling: Leveling) -> None:
    """Members are compared with who is there; those who left drop, those who returned are back."""
    for user_id in (ANN, BOB, 3):
        await _post(leveling, user_id)
    assert await leveling.observe_members(GUILD, {ANN, 3}.__contains__, lambda: START_AT + 1) == 1
    assert [e.standing.user_id for e in (await _board(leveling)).entries] == [ANN, 3]
    assert await leveling.observe_members(GUILD, {ANN, BOB}.__contains__, lambda: START_AT + 2) == 2
    assert [e.standing.user_id for e in (await _board(leveling)).entries] == [ANN, BOB]
    await leveling.observe_presence(MemberPresenceObserved(GUILD, ANN, False, START_AT + 3))
    assert [e.standing.user_id for e in (await _board(leveling)).entries] == [BOB]


async def _board(leveling: Leveling) -> LeaderboardPage:
    return await Boards(leveling.store).get_leaderboard(MemberKey(GUILD, ANN), START_AT)


async def test_the_goal_of_today_is_known_before_the_first_claim(leveling: Leveling) -> None:
    """Before anybody claims, the goal is what it would be fixed at."""
    before = await leveling.get_goal(GUILD, START_AT, 5)
    assert (before.target, before.claimers, before.reached) == (5, 0, False)
    await _claim(leveling, ANN, humans=1)
    after = await leveling.get_goal(GUILD, START_AT + HOUR, 5)
    assert (after.target, after.claimers, after.reached) == (1, 1, True)


async def test_the_feed_pays_whom_the_commit_did_not(leveling: Leveling) -> None:
    """With 70 claimers the subscriber pays the rest, once however often it is told."""
    await _set(leveling, goal__max_target="70")
    for user_id in range(1, 71):
        await _claim(leveling, user_id, START_AT + user_id)
    lines = await leveling.store.list_ledger(LedgerQuery(kinds=frozenset({"goal_reached"})))
    assert [type(line.outcome) for line in lines] == [GoalReached]
    for _ in range(2):
        await GoalBonusSubscriber(leveling).deliver(GUILD, lines)
    profiles = [await leveling.get_profile(MemberKey(GUILD, who), START_AT) for who in range(1, 71)]
    assert {profile.member.goals_completed for profile in profiles} == {1}
    assert {profile.member.xp for profile in profiles} == {25 + 25 + 15}


async def test_ranks_are_seen_after_the_fact(leveling: Leveling) -> None:
    """Among ten ranked members the first three are on the podium; told again nothing is paid again."""
    for user_id in range(1, 11):
        await _claim(leveling, user_id, START_AT + user_id)
    lines = await leveling.store.list_ledger(LedgerQuery(kinds=frozenset({"daily_claimed"})))
    for _ in range(2):
        await RankSubscriber(leveling).deliver(GUILD, lines)
    first = await leveling.get_profile(MemberKey(GUILD, 1), START_AT)
    assert "podium_finish" in first.member.achievements
    assert first.member.xp == 25 + 25 + 200


async def test_a_rank_that_came_of_a_batch_is_not_looked_at(leveling: Leveling) -> None:
    """What it would earn could not be undone with the batch."""
    for user_id in range(1, 11):
        await _claim(leveling, user_id, START_AT + user_id)
    lines = await leveling.store.list_ledger(LedgerQuery(kinds=frozenset({"daily_claimed"})))
    for line in lines:
        line.batch = "xp:1"
    await RankSubscriber(leveling).deliver(GUILD, lines)
    first = await leveling.get_profile(MemberKey(GUILD, 1), START_AT)
    assert "podium_finish" not in first.member.achievements


async def test_totals_are_the_sums_of_the_ledger(leveling: Leveling) -> None:
    """For XP, streaks and unlocks, what the lines add up to is what the record holds."""
    for day in range(9):
        for user_id in range(1, 13):
            for minute in range(0, 10, user_id):
                await _post(leveling, user_id, START_AT + day * DAY + minute * MINUTE)
            if (day + user_id) % 5:
                await _claim(leveling, user_id, START_AT + day * DAY + HOUR)
    for user_id in range(1, 13):
        member = (await leveling.get_profile(MemberKey(GUILD, user_id), START_AT)).member
        lines = await leveling.store.list_ledger(LedgerQuery(guild_id=GUILD, user_id=user_id))
        counted = [line.outcome.counters for line in lines]
        assert sum(line.outcome.xp for line in lines) == member.xp
        assert sum(counters.get("streak", 0) for counters in counted) == member.streak
        assert sum(counters.get("achievements", 0) for counters in counted) == len(member.achievements)
        assert sum(counters.get("dailies", 0) for counters in counted) == member.dailies


class NotingStore:
    """A store that notes whether commits may wait."""

    def __init__(self, store: LevelingStore) -> None:
        self._store = store
        self.patience: list[bool] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *arguments: Any, patient: bool = False, **options: Any) -> Any:
        """Note, and do as the store does."""
        self.patience.append(patient)
        return self._store.commit(*arguments, patient=patient, **options)


async def test_what_happened_may_wait_and_what_is_asked_for_may_not(leveling: Leveling) -> None:
    """Nobody can repeat a message, a command, a boost or somebody's coming; who claims or sets is told."""
    noting = NotingStore(leveling.store)
    leveling = Leveling(cast(LevelingStore, noting), load_catalogue())
    goal = LedgerLine(
        at=START_AT, guild_id=GUILD, user_id=0, outcome=GoalReached(day_on=1, target=1, bonus_xp=5)
    )
    early = GoalRecord(early=tuple(range(1, PAID_AT_ONCE + 2)))
    await noting.commit((), lambda _: Decision(None, {goal_key(GUILD, 1): early}))
    noting.patience.clear()
    happened: list[Awaitable[Any]] = [
        _post(leveling, ANN),
        leveling.command_completed(CommandCompleted(GUILD, ANN, CHANNEL, snowflake(START_AT))),
        leveling.observe_boost(BoostObserved(GUILD, ANN, START_AT, START_AT)),
        leveling.observe_presence(MemberPresenceObserved(GUILD, ANN, False, START_AT)),
        leveling.guild_seen(GUILD),
        leveling.pay_goal_bonuses(goal),
    ]
    for one in happened:
        await one
    assert noting.patience == [True] * len(happened)
    noting.patience.clear()
    await _claim(leveling, ANN)
    await _set(leveling, earning__cooldown_seconds="5")
    assert noting.patience == [False, False]
