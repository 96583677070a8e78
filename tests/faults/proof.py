"""What must be true of a store afterwards, whatever happened to the process, the disk or the plug."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import cast

import msgspec

from data import load_catalogue
from leveling_core.documents import GoalRecord
from leveling_core.ids import MemberKey, goal_key
from leveling_core.member import MemberRecord, Unlock
from leveling_core.outcomes import (
    AchievementUnlocked,
    DailyClaimed,
    GoalReached,
    LedgerLine,
    RulesChanged,
    XpGained,
)
from leveling_core.service import Leveling
from leveling_core.store import LedgerQuery, LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber
from storage import Feed, open_store
from tests.faults.load import (
    COMMAND,
    DAILY,
    FAILED,
    MESSAGE,
    PLANS,
    RULES,
    Told,
    command_fact,
    daily_fact,
    day_at,
)

PAGE = 5000


async def list_lines(store: LevelingStore) -> list[LedgerLine]:
    """Return the whole ledger, which has no gap."""
    lines: list[LedgerLine] = []
    while page := await store.list_ledger(LedgerQuery(after_seq=len(lines), limit=PAGE)):
        lines += page
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    return lines


def prove_kept(url: str, told: Sequence[Told], *, lives: int) -> None:
    """Open a store, finish what the feed has left to do, and prove that it holds what was told.

    Args:
        url: The store.
        told: All that was told.
        lives: How many processes worked on it.

    Raises:
        AssertionError: It does not.
    """
    asyncio.run(_prove_kept(url, told, lives))


async def _prove_kept(url: str, told: Sequence[Told], lives: int) -> None:
    at = day_at(lives)
    store = await open_store(url, clock=lambda: at)
    try:
        leveling = Leveling(store, load_catalogue())
        feed = Feed(store, clock=lambda: at)
        feed.subscribe(GoalBonusSubscriber(leveling), from_beginning=True)
        await feed.start()
        await feed.idle()
        await feed.stop()
        lines = await list_lines(store)
        _prove_told(lines, told)
        _prove_order(lines)
        await _prove_sums(store, lines)
        await _prove_goals(store, lines)
        await _prove_answers(leveling, told, lives)
    finally:
        await store.close()


def _prove_told(lines: list[LedgerLine], told: Sequence[Told]) -> None:
    """Every award that was told of is there as told, exactly once; none is there twice; none that failed."""
    messages, dailies, changes = Counter[int](), Counter[int](), Counter[int]()
    xp_of: dict[int, int] = {}
    for line in lines:
        if isinstance(line.outcome, XpGained) and line.outcome.source == "message":
            messages[line.cause] += 1
            xp_of[line.cause] = line.outcome.xp
        elif isinstance(line.outcome, DailyClaimed):
            dailies[line.cause] += 1
            xp_of[line.cause] = line.outcome.xp
        elif isinstance(line.outcome, RulesChanged):
            changes[line.cause] += 1
    for counted in (messages, dailies, changes):
        assert set(counted.values()) <= {1}
    granted = {one.id for one in told if one.kind != FAILED}  # an impatient one may have been asked for again
    for one in told:
        if one.kind == MESSAGE:
            assert messages[one.id] == 1, f"lost: {one}"
            assert one.value in {"", str(xp_of[one.id])}
        elif one.kind == DAILY:
            assert dailies[one.id] == 1, f"lost: {one}"
            assert xp_of[one.id] == msgspec.json.decode(one.value)["xp"]
        elif one.kind == RULES:
            assert changes[one.id] == 1, f"lost: {one}"
        elif one.kind == FAILED and one.id not in granted:
            assert one.id not in xp_of.keys() | changes.keys(), (
                f"it is there, and was told to have failed: {one}"
            )


def _prove_order(lines: list[LedgerLine]) -> None:
    """A member's messages earned in the order in which they were written."""
    causes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for line in lines:
        if isinstance(line.outcome, XpGained) and line.outcome.source == "message":
            causes[line.guild_id, line.user_id].append(line.cause)
    for member, ids in causes.items():
        assert ids == sorted(ids), f"member {member} out of order"


async def _prove_sums(store: LevelingStore, lines: list[LedgerLine]) -> None:
    """Every member's XP, streak, dailies, goals and unlocks are what the lines add up to."""
    xp, counters = Counter[MemberKey](), defaultdict[MemberKey, Counter[str]](Counter)
    unlocks: dict[MemberKey, dict[str, Unlock]] = defaultdict(dict)
    for line in lines:
        key = MemberKey(line.guild_id, line.user_id)
        xp[key] += line.outcome.xp
        counters[key].update(line.outcome.counters)
        if isinstance(line.outcome, AchievementUnlocked):
            first = unlocks[key].get(line.outcome.achievement_id)
            since_at = first.at if first else line.at
            unlocks[key][line.outcome.achievement_id] = Unlock(since_at, line.outcome.times)
    keys = [MemberKey(plan.guild_id, user_id) for plan in PLANS for user_id in range(1, plan.members + 1)]
    assert {key for key in xp if key.user_id} <= set(keys)
    for key, record in zip(keys, await store.read_many(keys), strict=True):
        member = cast(MemberRecord, record)
        assert member.xp == xp[key], key
        for name in ("streak", "dailies", "goals_completed"):
            assert getattr(member, name) == counters[key][name], (key, name)
        assert member.achievements == unlocks[key], key


async def _prove_goals(store: LevelingStore, lines: list[LedgerLine]) -> None:
    """Every goal that was reached is told of once, and paid once to each who claimed on its day."""
    reached = Counter((x.guild_id, x.outcome.day_on) for x in lines if isinstance(x.outcome, GoalReached))
    assert set(reached.values()) <= {1}
    due, paid = Counter[MemberKey](), Counter[MemberKey]()
    claimed: dict[tuple[int, int], int] = Counter()
    for line in lines:
        key = MemberKey(line.guild_id, line.user_id)
        if isinstance(line.outcome, DailyClaimed):
            claimed[line.guild_id, line.outcome.booked_on] += 1
            due[key] += (line.guild_id, line.outcome.booked_on) in reached
        elif isinstance(line.outcome, XpGained) and line.outcome.source == "goal":
            paid[key] += 1
    assert due == paid
    for (guild_id, day_on), claimers in claimed.items():
        goal = cast(GoalRecord, await store.read(goal_key(guild_id, day_on)))
        assert goal.claimers == claimers
        assert bool(goal.reached_at) == ((guild_id, day_on) in reached)


async def _prove_answers(leveling: Leveling, told: Sequence[Told], lives: int) -> None:
    """Whoever asks again with the same request gets the first answer, and nothing is written."""
    before = await leveling.store.get_head()
    answers = {one.id: one.value for one in told if one.kind in {DAILY, COMMAND}}
    for one in told:
        if one.kind in {DAILY, COMMAND}:
            assert answers[one.id] == one.value
    members = [(plan.guild_id, user_id) for plan in PLANS for user_id in range(1, plan.members + 1)]
    for life, (guild_id, user_id) in itertools.product(range(lives), members):
        claim = daily_fact(life, guild_id, user_id)
        if claim.event_id in answers:
            again = msgspec.json.encode(await leveling.claim_daily(claim))
            assert again.decode() == answers[claim.event_id]
        command = command_fact(life, guild_id, user_id)
        if command.event_id in answers:
            again = msgspec.json.encode(await leveling.command_completed(command))
            assert again.decode() == answers[command.event_id]
    assert await leveling.store.get_head() == before
