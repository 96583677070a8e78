"""The use cases at their edges, on every backend: very many at once, very large, backwards, at midnight."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from data import load_catalogue
from leveling_core.announcing import GoalNotice, plan_posts
from leveling_core.decision import Decision, View
from leveling_core.documents import GoalRecord
from leveling_core.errors import AlreadyClaimedError, StoreError
from leveling_core.facts import DailyClaimRequested, MessagePosted, RulesChangeRequested
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey, OnceKey, first_snowflake_at, goal_key, instant_of
from leveling_core.member import MemberRecord
from leveling_core.outcomes import DailyClaimed, GoalReached, LedgerLine, LevelReached, XpGained
from leveling_core.periods import MS_PER_DAY, day_of, midnight_of, utc_day_of
from leveling_core.rules import AnnouncementRules
from leveling_core.service import Leveling
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from storage import Feed
from tests.contract.support import GUILD, NOON, Place, gain, set_member

ANN = MemberKey(GUILD, 1)
CHANNEL = 77
MINUTE = 60_000


@pytest.fixture
def leveling(store: LevelingStore) -> Leveling:
    """The use cases over a store of each backend."""
    return Leveling(store, load_catalogue())


def message(at: int, number: int = 0, *, user_id: int = 1, channel_id: int = CHANNEL) -> MessagePosted:
    """Make a message of an instant; the number tells those of one instant apart."""
    id_ = first_snowflake_at(at) + number
    return MessagePosted(GUILD, user_id, channel_id, id_, 10, False, False, dice=0, session=1)


def claim(
    at: int, user_id: int, *, guild_id: int = GUILD, number: int = 0, humans: int = 1000
) -> DailyClaimRequested:
    """Make a claim of an instant, told apart by its member and a number."""
    event_id = first_snowflake_at(at) + (guild_id << 12) + (number << 8) + user_id
    return DailyClaimRequested(guild_id, user_id, CHANNEL, event_id, humans)


async def list_all(store: LevelingStore) -> list[LedgerLine]:
    """Return the whole ledger."""
    return await store.list_ledger(LedgerQuery(limit=100_000))


async def member_of(store: LevelingStore, key: MemberKey = ANN) -> MemberRecord:
    """Return a member's record."""
    return cast(MemberRecord, await store.read(key))


async def test_a_thousand_gains_of_one_member_at_once(place: Place, store: LevelingStore) -> None:
    """Each sees what the one before it left, none is lost, and the ledger holds them in order."""
    results = await asyncio.gather(*(store.commit((ANN,), gain(ANN, n)) for n in range(1, 1001)))
    assert results == [n * (n + 1) // 2 for n in range(1, 1001)]
    store = await place.reopen(store)
    assert (await member_of(store)).xp == results[-1]
    assert [line.outcome.xp for line in await list_all(store)] == list(range(1, 1001))


async def test_a_thousand_messages_in_one_cooldown(leveling: Leveling) -> None:
    """Of a thousand at once within a minute one earns; all are counted, and the next award tells of them."""
    posts = [leveling.message_posted(message(NOON + n, n)) for n in range(1000)]
    answers = await asyncio.gather(*posts)
    assert Counter(answer.refusal for answer in answers) == {"": 1, "cooldown": 999}
    again = await asyncio.gather(*(leveling.message_posted(message(NOON + n, n)) for n in range(990, 1000)))
    assert {answer.refusal for answer in again} == {"already_counted"}
    await leveling.message_posted(message(NOON + 2 * MINUTE))
    member = await member_of(leveling.store)
    assert member.messages == 1001
    awards = [line.outcome for line in await list_all(leveling.store) if isinstance(line.outcome, XpGained)]
    assert [award.refused for award in awards] == [{}, {"cooldown": 999}]
    assert [award.counters["messages"] for award in awards] == [1, 1000]


async def test_a_thousand_awards_of_one_member_at_once(place: Place, leveling: Leveling) -> None:
    """A thousand that each earn are all paid, in order, and every level follows from the one before it."""
    posts = [leveling.message_posted(message(NOON + n * MINUTE)) for n in range(1000)]
    answers = await asyncio.gather(*posts)
    assert {answer.refusal for answer in answers} == {""}
    store = await place.reopen(leveling.store)
    lines = await list_all(store)
    assert (await member_of(store)).xp == sum(line.outcome.xp for line in lines)
    awards = [x for x in lines if isinstance(x.outcome, XpGained)]
    assert [x.at for x in awards] == [NOON + n * MINUTE for n in range(1000)]
    levels = [x.outcome for x in lines if isinstance(x.outcome, LevelReached)]
    assert [x.level_from for x in levels] == [1, *(x.level_to for x in levels[:-1])]
    assert len(levels) > 5


class GoalTeller:
    """Plans what is announced, as it is told of it, and keeps the goals, by guild."""

    name = "goals"
    kinds = frozenset({"goal_reached"})

    def __init__(self) -> None:
        self.told = Counter[int]()

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Plan, and count the notices of goals."""
        posts = plan_posts(lines, AnnouncementRules(goal="here"), NOON)
        notices = [notice for post in posts for notice in post.notices]
        self.told[guild_id] += sum(isinstance(notice, GoalNotice) for notice in notices)


async def test_a_hundred_goals_at_the_same_instant(place: Place, leveling: Leveling) -> None:
    """A hundred guilds reach their goal with claims of one instant: each paid once, each announced once."""
    guilds, members = range(1, 101), range(1, 4)
    facts = [claim(NOON, user, guild_id=guild, humans=3) for user in members for guild in guilds]
    teller = GoalTeller()
    feed = Feed(leveling.store, place.clock)
    feed.subscribe(teller, from_beginning=True)
    await feed.start()
    await asyncio.gather(*(leveling.claim_daily(fact) for fact in [*facts, *facts]))
    await feed.idle()
    await feed.stop()
    store = await place.reopen(leveling.store)
    feed = Feed(store, place.clock)
    feed.subscribe(teller)
    await feed.start()
    await feed.idle()
    await feed.stop()
    assert teller.told == dict.fromkeys(guilds, 1)
    lines = await list_all(store)
    assert Counter(x.guild_id for x in lines if isinstance(x.outcome, GoalReached)) == teller.told
    everyone = [MemberKey(guild, user) for guild in guilds for user in members]
    bonuses = [x for x in lines if isinstance(x.outcome, XpGained) and x.outcome.source == "goal"]
    assert Counter(MemberKey(x.guild_id, x.user_id) for x in bonuses) == dict.fromkeys(everyone, 1)
    records = [cast(MemberRecord, record) for record in await store.read_many(everyone)]
    assert {record.goals_completed for record in records} == {1}
    sums = Counter[MemberKey]()
    for line in lines:
        sums[MemberKey(line.guild_id, line.user_id)] += line.outcome.xp
    assert [record.xp for record in records] == [sums[key] for key in everyone]


async def test_the_clock_goes_backwards(place: Place, store: LevelingStore) -> None:
    """What was answered stays answered when the machine's clock is set back; nothing is forgotten early."""
    first, second = OnceKey("gift", "1", int), OnceKey("gift", "2", int)
    assert await store.commit((ANN,), gain(ANN, 5), once=first) == 5
    place.clock.now -= 3 * MS_PER_DAY
    assert await store.commit((ANN,), gain(ANN, 5), once=first) == 5
    assert await store.commit((ANN,), gain(ANN, 5), once=second) == 10
    store = await place.reopen(store)
    assert await store.commit((ANN,), gain(ANN, 5), once=first) == 5
    place.clock.now += 6 * MS_PER_DAY
    for once, answer in ((first, 5), (second, 10)):
        assert await store.commit((ANN,), gain(ANN, 5), once=once) == answer
    assert [line.seq for line in await list_all(store)] == [1, 2]


async def test_messages_come_backwards(place: Place, leveling: Leveling) -> None:
    """Messages told in the wrong order are each counted once; only what comes after an award earns."""
    ats = [NOON - n * MINUTE for n in range(20)]
    answers = await asyncio.gather(*(leveling.message_posted(message(at)) for at in ats))
    assert [answer.refusal for answer in answers] == ["", *["older_than_award"] * 19]
    await asyncio.gather(*(leveling.message_posted(message(at)) for at in reversed(ats)))
    store = await place.reopen(leveling.store)
    later = await Leveling(store, leveling.catalogue).message_posted(message(NOON + MINUTE))
    assert later.refusal == ""
    assert (await member_of(store)).messages == 21
    [_, award] = [line for line in await list_all(store) if isinstance(line.outcome, XpGained)]
    assert isinstance(award.outcome, XpGained)
    assert award.outcome.refused == {"older_than_award": 19}


async def test_claims_come_backwards(leveling: Leveling) -> None:
    """A claim of an earlier day, told after a later one, is refused, and the streak is what it was."""
    for day in (0, 1, 2):
        await leveling.claim_daily(claim(NOON + day * MS_PER_DAY, 1))
    for day in (1, 0, 2, -30):
        with pytest.raises(AlreadyClaimedError):
            await leveling.claim_daily(claim(NOON + day * MS_PER_DAY, 1, number=1))
    member = await member_of(leveling.store)
    assert (member.streak, member.dailies, member.last_claim_at) == (3, 3, NOON + 2 * MS_PER_DAY)
    assert (await leveling.claim_daily(claim(NOON + 3 * MS_PER_DAY, 1))).streak == 4


async def test_midnight_in_the_middle_of_a_group(place: Place, leveling: Leveling) -> None:
    """What happens on both sides of the guild's midnight, all in one group, counts on its own day each."""
    zone = ZoneInfo("Asia/Kathmandu")  # midnight is at 18:15 UTC
    changes: dict[str, str | None] = {"general.timezone": zone.key}
    await leveling.change_rules(RulesChangeRequested(GUILD, 1, first_snowflake_at(NOON), changes))
    today_on = day_of(NOON, zone) + 1
    midnight_at = midnight_of(today_on, zone)
    members = range(1, 21)
    await asyncio.gather(
        *(leveling.claim_daily(claim(midnight_at - MS_PER_DAY - 1, user)) for user in members)
    )
    groups: list[Sequence[LedgerLine]] = []
    leveling.store.watch(groups.append)
    claims = [claim(midnight_at - side, user) for user in members for side in (1, 0)]
    posts = [message(midnight_at - side, user, user_id=user) for user, side in ((31, 1), (32, 0))]
    claiming = asyncio.gather(*(leveling.claim_daily(fact) for fact in claims))
    await asyncio.gather(*(leveling.message_posted(fact) for fact in posts))
    answers = await claiming
    assert [answer.streak for answer in answers] == [2, 3] * len(members)
    assert not any(answer.recovered or answer.lost_streak for answer in answers)
    [group] = groups
    assert {line.day_on or utc_day_of(line.at) for line in group if line.at < midnight_at} == {today_on - 1}
    assert {line.day_on or utc_day_of(line.at) for line in group if line.at >= midnight_at} == {today_on}
    store = await place.reopen(leveling.store)
    for day_on in (today_on - 1, today_on):
        assert cast(GoalRecord, await store.read(goal_key(GUILD, day_on))).claimers == len(members)
    booked = Counter(
        x.outcome.booked_on for x in await list_all(store) if isinstance(x.outcome, DailyClaimed)
    )
    assert booked == dict.fromkeys((today_on - 2, today_on - 1, today_on), len(members))


async def test_the_largest_snowflakes(place: Place, leveling: Leveling) -> None:
    """Guild, channel, member and message with the last id that there can be are like any other."""
    most = MAX_SNOWFLAKE
    key, at = MemberKey(most, most), instant_of(most)
    post = MessagePosted(most, most, most, most, 10, False, False, dice=2**32 - 1, session=1, thread_id=most)
    place.clock.now = at
    assert (await leveling.message_posted(post)).xp == 25
    daily = await leveling.claim_daily(DailyClaimRequested(most, most, most, most, 5, most))
    store = await place.reopen(leveling.store)
    leveling = Leveling(store, leveling.catalogue)
    assert (await leveling.message_posted(post)).refusal == "already_counted"
    assert await leveling.claim_daily(DailyClaimRequested(most, most, most, most, 5, most)) == daily
    await store.commit((key,), set_member(key, xp=2**53 - 1))
    neighbour = MemberKey(most, most - 1)
    await store.commit((neighbour,), set_member(neighbour, xp=2**53 - 1))
    standings = [await store.find_standing(one, XpBoard()) for one in (neighbour, key)]
    assert [(x.rank, x.user_id, x.value, x.place) for x in standings if x] == [
        (1, most - 1, 2**53 - 1, 0),
        (1, most, 2**53 - 1, 1),
    ]
    for line in await store.list_ledger(LedgerQuery(guild_id=most, user_id=most)):
        assert (line.at, line.channel_id, line.thread_id, line.cause) == (at, most, most, most)


async def test_snowflakes_that_are_too_large(leveling: Leveling) -> None:
    """An id beyond 63 bits fails its own commit as a whole, and nothing of it is counted."""
    beyond = MAX_SNOWFLAKE + 1
    posts = [
        MessagePosted(GUILD, 1, CHANNEL, beyond, 10, False, False, dice=0, session=1),
        MessagePosted(GUILD, beyond, CHANNEL, first_snowflake_at(NOON), 10, False, False, dice=0, session=1),
        MessagePosted(beyond, 1, CHANNEL, first_snowflake_at(NOON), 10, False, False, dice=0, session=1),
        MessagePosted(GUILD, 1, beyond, first_snowflake_at(NOON), 10, False, False, dice=0, session=1),
        message(NOON, 5),
    ]
    results = await asyncio.gather(*map(leveling.message_posted, posts), return_exceptions=True)
    assert [isinstance(result, StoreError) for result in results] == [True, True, True, True, False]
    member = await member_of(leveling.store)
    assert (member.messages, member.last_award_at) == (1, NOON)
    [line] = [x for x in await list_all(leveling.store) if isinstance(x.outcome, XpGained)]
    assert line.cause == posts[-1].message_id


@pytest.mark.parametrize("place_of_poison", [0, 127, 255])
async def test_one_poisoned_commit_among_256(
    place: Place, store: LevelingStore, place_of_poison: int
) -> None:
    """Of 256 at once on one member the one that is out of bounds fails alone; the order is kept."""

    def poison(view: View) -> Decision[int]:
        decision = gain(ANN, 1000)(view)
        decision.writes[MemberKey(GUILD, 2)] = MemberRecord(messages=2**63)  # type: ignore[index] # a dict
        return decision

    once = [OnceKey("deed", str(number), int) for number in range(256)]
    decides = [gain(ANN) for _ in range(256)]
    decides[place_of_poison] = poison
    both = list(zip(decides, once, strict=True))
    results = await asyncio.gather(
        *(store.commit((ANN,), decide, once=key) for decide, key in both), return_exceptions=True
    )
    assert isinstance(results.pop(place_of_poison), StoreError)
    assert results == list(range(1, 256))
    store = await place.reopen(store)
    assert (await member_of(store)).xp == 255
    assert [line.outcome.xp for line in await list_all(store)] == [1] * 255
    again = [store.commit((ANN,), decide, once=key) for decide, key in both]
    repeated = await asyncio.gather(*again, return_exceptions=True)
    assert isinstance(repeated.pop(place_of_poison), StoreError)
    assert repeated == results


async def test_a_caller_that_goes_away_before_the_answer(place: Place, store: LevelingStore) -> None:
    """A cancelled request is done all the same; asked again, also after a restart, it gets its answer."""
    once = OnceKey("gift", "1", int)
    gone = store.commit((ANN,), gain(ANN, 5), once=once)
    others = [store.commit((ANN,), gain(ANN)) for _ in range(3)]
    gone.cancel()
    assert await asyncio.gather(*others) == [6, 7, 8]
    assert await store.commit((ANN,), gain(ANN, 5), once=once) == 5
    late = store.commit((ANN,), gain(ANN, 5), once=OnceKey("gift", "2", int))
    late.cancel()
    store = await place.reopen(store)
    answers = [store.commit((ANN,), gain(ANN, 5), once=OnceKey("gift", id_, int)) for id_ in "1212"]
    assert await asyncio.gather(*answers) == [5, 13, 5, 13]
    assert [line.outcome.xp for line in await list_all(store)] == [5, 1, 1, 1, 5]
