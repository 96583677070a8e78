"""Days in the life of a guild of twenty, counted twice: by the bot, and by hand beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from leveling_core.member import MemberRecord
from leveling_core.outcomes import DailyClaimed, GoalReached, LedgerLine, LevelReached, XpGained
from playground import Member
from tests.e2e.house import House

COOLDOWN_MS = 60_000
ROLLS = {0: 15, 2**31: 20, 2**32 - 1: 25}
"""What a message earns, by what the dice show."""

TEXTS = ("good morning", "see https://example.org", "x" * 100)
PICTURE = ("cat.png", b"\x89PNG\r\n\x1a\n")

GOAL_TARGET, GOAL_XP = 15, 15
THRESHOLDS = (0, 100, 282, 519, 800, 1118, 1469, 1852, 2262, 2700)
"""XP of levels 1 to 10 by the default curve (facts, "XP to reach level n")."""


@dataclass
class Tally:
    """What one member has done, and what it must have come to."""

    messages: int = 0
    links: int = 0
    images: int = 0
    long_messages: int = 0
    refused: int = 0
    message_xp: int = 0
    last_award_at: int = -COOLDOWN_MS
    commands: int = 0
    streaks: list[int] = field(default_factory=list)


class Days:
    """Twenty people and what they do."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people = [house.pg.guild.owner, *(house.person(f"member{number:02}") for number in range(1, 20))]
        self.tallies = {person.id: Tally() for person in self.people}

    async def chat(self, *, rounds: int = 1, wait: bool = True) -> None:
        """Let everyone write three messages a round: the second is inside the cooldown of the first."""
        for _ in range(rounds):
            for number, text in enumerate(TEXTS):
                await self._all_say(text, list(ROLLS)[number])
                await self.house.pg.advance(seconds=10 if number == 0 else 60)
            if wait:
                await self.house.settle()

    async def _all_say(self, text: str, dice: int) -> None:
        self.house.dice = dice
        for number, person in enumerate(self.people):
            pictures = [PICTURE] if number % 3 == 0 else []
            await self.house.pg.say(person, text, attachments=pictures)
            self._count(self.tallies[person.id], text, dice, pictures=len(pictures))
        await self.house.pg.idle()

    def _count(self, tally: Tally, text: str, dice: int, *, pictures: int) -> None:
        tally.messages += 1
        tally.links += "https://" in text
        tally.images += pictures
        tally.long_messages += len(text) >= 100
        if self.house.now - tally.last_award_at < COOLDOWN_MS:
            tally.refused += 1
        else:
            tally.last_award_at = self.house.now
            tally.message_xp += ROLLS[dice]

    async def claim(self, person: Member, streak: int) -> str:
        """Let somebody claim the daily, one by prefix, the next by slash; check the streak it leads to."""
        tally = self.tallies[person.id]
        if len(tally.streaks) % 2:
            text = (await self.house.slash(person, "daily")).text
        else:
            text = (await self.house.ask(person, "!daily")).text
        assert f"🔥 {streak} day" in text, text
        tally.streaks.append(streak)
        tally.commands += 1
        await self.house.settle()
        return text

    async def until(self, day: int, hour: int) -> None:
        """Let time pass until an hour of a day of the world, counted from 1."""
        now = self.house.pg.clock.now
        begun = now.replace(hour=0, minute=0, second=0, microsecond=0, day=1 + day)
        await self.house.pg.advance(seconds=(begun - now).total_seconds() + 3600 * hour)

    async def records(self) -> list[MemberRecord]:
        """Return everyone's record."""
        return [await self.house.record(person) for person in self.people]


def daily_xp(streak: int) -> int:
    """Return what a claim earns (facts, "daily reward")."""
    return 25 + min(5 * (streak - 1), 25)


async def test_four_days_of_twenty_people(house: House) -> None:
    """Messages, dailies, a broken and a saved streak, a goal, levels, a restart and a crash: all adds up."""
    days = Days(house)
    await house.connect()
    ann, bob, *others = days.people[1:]
    owner = days.people[0]
    assert "→" in (await house.ask(owner, "!config announce goal here")).text
    days.tallies[owner.id].commands += 1

    # Monday: too few claim for the goal
    await days.chat(rounds=2)
    for person in (ann, bob, *others[:8]):
        await days.claim(person, 1)
    assert [line for line in await house.list_lines() if isinstance(line.outcome, GoalReached)] == []

    # Tuesday: the fifteenth claim reaches the goal, a sixteenth comes late
    await days.until(day=2, hour=12)
    await days.chat()
    claimers = [ann, bob, *others[:14]]
    for number, person in enumerate(claimers):
        text = await days.claim(person, 2 if number < 10 else 1)
        assert ("Server goal reached: +15 XP" in text) == (number >= GOAL_TARGET - 1)
    assert sum("Today’s goal is reached: 15 members" in post for post in house.posts()) == 1
    await days.chat(wait=False)
    await house.reopen()  # with the last messages just said
    await check(days, goals={person.id: 1 for person in claimers})

    # Wednesday: ann and bob forget
    await days.until(day=3, hour=20)
    await days.chat()
    for person in others[:8]:
        await days.claim(person, 3)
    before = await days.records()
    await house.crash()
    await house.start_again()
    assert await days.records() == before

    # Thursday: bob comes within six hours of midnight and saves his streak, ann does not
    await days.until(day=4, hour=3)
    text = await days.claim(bob, 3)
    assert "Your streak is saved" in text
    await house.pg.advance(minutes=1)
    await days.claim(bob, 4)
    await days.until(day=4, hour=12)
    text = await days.claim(ann, 1)
    assert "Your streak of 2 days has ended" in text
    await days.chat(rounds=2)

    await check(days, goals={person.id: 1 for person in claimers})
    await check_announcements(days)
    await check_board(days)


async def check(days: Days, *, goals: dict[int, int]) -> None:
    """Compare every record and the ledger with what was counted by hand."""
    lines = await days.house.list_lines()
    for person in days.people:
        record, tally = await days.house.record(person), days.tallies[person.id]
        own = [line for line in lines if line.user_id == person.id]
        assert record.messages == tally.messages
        assert (record.images, record.links) == (tally.images, tally.links)
        assert record.long_messages == tally.long_messages
        assert record.commands == tally.commands
        assert record.goals_completed == goals.get(person.id, 0)
        assert record.longest_streak == max(tally.streaks, default=0)
        assert xp_from(own, "message") == tally.message_xp
        assert xp_from(own, "goal") == GOAL_XP * goals.get(person.id, 0)
        assert xp_from(own, "daily") == sum(map(daily_xp, tally.streaks))
        assert record.xp == sum(line.outcome.xp for line in own)
        assert counted(own, "messages") + record.messages - record.ledgered.messages == tally.messages
        assert refused(own) + sum(record.refused.values()) == tally.refused
        claims = [line.outcome.streak for line in own if isinstance(line.outcome, DailyClaimed)]
        assert claims == tally.streaks


def xp_from(lines: list[LedgerLine], source: str) -> int:
    """Sum up what was earned one way."""
    return sum(line.outcome.xp for line in lines if line.outcome.source == source)


def counted(lines: list[LedgerLine], counter: str) -> int:
    """Sum up the changes of a counter."""
    return sum(line.outcome.counters.get(counter, 0) for line in lines)


def refused(lines: list[LedgerLine]) -> int:
    """Sum up the messages that earned nothing."""
    return sum(sum(line.outcome.refused.values()) for line in lines if isinstance(line.outcome, XpGained))


async def check_announcements(days: Days) -> None:
    """Everyone's levels were announced, except what a claim led to: that stands in its reply. None twice."""
    posts = "\n".join(days.house.posts()).splitlines()
    told = [line for line in posts if line.startswith("🎉")]
    assert len(told) == len(set(told))
    lines = await days.house.list_lines()
    levels = [(line.user_id, line.outcome) for line in lines if isinstance(line.outcome, LevelReached)]
    assert len(levels) > len(days.people)
    for person in days.people:
        own = [outcome for user_id, outcome in levels if user_id == person.id]
        level = [outcome.level_to for outcome in own if outcome.source != "daily"][-1]
        told_last = [line for line in told if line.startswith(f"🎉 {person.name} reached level {level}")]
        assert len(told_last) == 1


async def check_board(days: Days) -> None:
    """The leaderboard shows everyone's total, most XP first."""
    totals = sorted([(await days.house.record(person)).xp for person in days.people], reverse=True)
    first = await days.house.ask(days.people[0], "!leaderboard")
    second = await days.house.ask(days.people[0], "!leaderboard xp 2")
    shown = [line for page in (first, second) for line in page.text.splitlines() if "level" in line]
    board = [line for line in shown if not line.startswith("#")]
    assert len(board) == len(days.people)
    for line, total in zip(board, totals, strict=True):
        assert f"{total:,} XP" in line
