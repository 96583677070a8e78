"""A busy bot without Discord: messages, dailies, goals, commands, and a word about each that was committed.

It runs in a process of its own (:mod:`tests.faults.server`). What it is told was committed it tells at once,
one line of a file each, so that a test knows afterwards what must be there.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from leveling_core.earning import ALREADY_COUNTED
from leveling_core.errors import LevelingError, RuleError
from leveling_core.facts import CommandCompleted, DailyClaimRequested, MessagePosted, RulesChangeRequested
from leveling_core.ids import first_snowflake_at
from leveling_core.outcomes import LedgerLine
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from leveling_core.service import Leveling

START_AT = 1_767_225_600_000  # 2026-01-01 00:00 UTC
ADMIN = 1

OPENED, MESSAGE, DAILY, COMMAND, RULES, FAILED = "opened", "message", "daily", "command", "rules", "failed"
"""What a line tells of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuildPlan:
    """One guild of the load: members have the user ids from 1 on."""

    guild_id: int
    members: int
    goal_target: int


PLANS = (
    GuildPlan(guild_id=41, members=24, goal_target=8),
    GuildPlan(guild_id=42, members=16, goal_target=16),
    GuildPlan(guild_id=43, members=72, goal_target=68),  # so many early claimers that the feed pays some
)
TALKERS = 8
"""Members of each guild who write messages, one burst after another."""

BURST = 5
"""Messages in a burst, all at once."""

CLAIMERS = 8
"""Claims of a guild under way at once."""

CONFIG_SECONDS = 0.01
"""How long an admin thinks between two changes of a rule."""


class Told(msgspec.Struct, frozen=True):
    """What a line of the file tells.

    Attributes:
        kind: What was committed, or ``failed``.
        guild_id: Whose.
        user_id: Whose.
        id: The snowflake of the message or request.
        value: The XP of a message ("" if it had been counted before), the answer of a request as JSON, the
            name of an error.
    """

    kind: str
    guild_id: int = 0
    user_id: int = 0
    id: int = 0
    value: str = ""

    def encode(self) -> bytes:
        """Return the line."""
        return msgspec.json.encode(self) + b"\n"


def read_told(content: bytes) -> list[Told]:
    """Return what a file tells; a last line that was being written does not count."""
    lines = content.splitlines(keepends=True)
    return [msgspec.json.decode(line, type=Told) for line in lines if line.endswith(b"\n")]


def day_at(life: int) -> int:
    """Return when the day of a life begins, ms UTC: each process that works on a store has its own."""
    return START_AT + life * MS_PER_DAY


def daily_fact(life: int, guild_id: int, user_id: int) -> DailyClaimRequested:
    """Return the one claim of a member in a life."""
    event_id = first_snowflake_at(day_at(life) + MS_PER_HOUR) + (guild_id << 10) + user_id
    return DailyClaimRequested(guild_id, user_id, guild_id * 10, event_id, 1000)


def command_fact(life: int, guild_id: int, user_id: int) -> CommandCompleted:
    """Return the one command of a member in a life."""
    event_id = first_snowflake_at(day_at(life) + 2 * MS_PER_HOUR) + (guild_id << 10) + user_id
    return CommandCompleted(guild_id, user_id, guild_id * 10, event_id)


class Load:
    """Work for a store, until it is stopped.

    Args:
        leveling: The use cases.
        told: The descriptor of the file that is told.
        life: How many processes worked on the store before.
        seed: Makes two loads differ.
        most_groups: After so many groups with lines it stops by itself; 0 for never.
    """

    def __init__(self, leveling: Leveling, told: int, *, life: int, seed: int, most_groups: int = 0) -> None:
        self._leveling = leveling
        self._told = told
        self._life = life
        self._dice = random.Random(seed)  # noqa: S311 -- a load, no secret
        self._most_groups = most_groups
        self._stopping = False
        self._last_message_id = first_snowflake_at(day_at(life))
        self._last_change_id = first_snowflake_at(day_at(life) + 3 * MS_PER_HOUR)
        self._groups = 0

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True

    async def run(self) -> None:
        """Work until stopped; what was begun is finished."""
        unwatch = self._leveling.store.watch(self._on_lines)
        self._tell(Told(OPENED))
        await asyncio.gather(*(self._set_rules(plan) for plan in PLANS))
        tasks = [
            asyncio.create_task(self._talk(plan, user_id))
            for plan in PLANS
            for user_id in range(1, TALKERS + 1)
        ]
        tasks += [asyncio.create_task(self._claim_all(plan)) for plan in PLANS]
        tasks += [asyncio.create_task(self._configure(plan)) for plan in PLANS]
        await asyncio.gather(*tasks)
        unwatch()

    def _on_lines(self, _: Sequence[LedgerLine]) -> None:
        self._groups += 1
        if self._groups == self._most_groups:
            self.stop()

    def _tell(self, told: Told) -> None:
        os.write(self._told, told.encode())

    async def _set_rules(self, plan: GuildPlan) -> None:
        """Let every message earn. The same request in every life: it is granted once."""
        changes: dict[str, str | None] = {
            "earning.cooldown_seconds": "0",
            "goal.max_target": str(plan.goal_target),
        }
        event_id = first_snowflake_at(START_AT) + plan.guild_id
        await self._leveling.change_rules(RulesChangeRequested(plan.guild_id, ADMIN, event_id, changes))

    async def _talk(self, plan: GuildPlan, user_id: int) -> None:
        while not self._stopping:
            await asyncio.gather(*(self._post(plan, user_id) for _ in range(BURST)))

    async def _post(self, plan: GuildPlan, user_id: int) -> None:
        self._last_message_id += 1
        message_id = self._last_message_id
        channel_id, dice = plan.guild_id * 10 + user_id % 3, self._dice.getrandbits(32)
        fact = MessagePosted(
            plan.guild_id, user_id, channel_id, message_id, 20, False, False, dice, session=self._life + 1
        )
        try:
            answer = await self._leveling.message_posted(fact)
        except LevelingError as error:
            self._tell(Told(FAILED, plan.guild_id, user_id, message_id, type(error).__name__))
            return
        value = "" if answer.refusal == ALREADY_COUNTED else str(answer.xp)
        self._tell(Told(MESSAGE, plan.guild_id, user_id, message_id, value))

    async def _configure(self, plan: GuildPlan) -> None:
        """Change a rule again and again: it cannot wait while the storage fails."""
        while not self._stopping:
            self._last_change_id += 1
            event_id = self._last_change_id
            changes: dict[str, str | None] = {"announcements.max_age_minutes": str(1 + event_id % 1000)}
            fact = RulesChangeRequested(plan.guild_id, ADMIN, event_id, changes)
            try:
                answer = await self._leveling.change_rules(fact)
            except LevelingError as error:
                self._tell(Told(FAILED, plan.guild_id, ADMIN, event_id, type(error).__name__))
            else:
                if answer.changes:  # else it was so before, which is no change
                    self._tell(Told(RULES, plan.guild_id, ADMIN, event_id))
            await asyncio.sleep(CONFIG_SECONDS)

    async def _claim_all(self, plan: GuildPlan) -> None:
        """Let every member claim and use a command, a few at once; each asks again with the same request."""
        user_ids = list(range(1, plan.members + 1))
        self._dice.shuffle(user_ids)
        await asyncio.gather(*(self._claim_some(plan, user_ids) for _ in range(CLAIMERS)))

    async def _claim_some(self, plan: GuildPlan, user_ids: list[int]) -> None:
        while user_ids and not self._stopping:
            user_id = user_ids.pop()
            for _ in range(2):
                await self._claim(plan.guild_id, user_id)
            await self._use_command(plan.guild_id, user_id)

    async def _claim(self, guild_id: int, user_id: int) -> None:
        fact = daily_fact(self._life, guild_id, user_id)
        try:
            answer = await self._leveling.claim_daily(fact)
        except RuleError:
            return
        except LevelingError as error:
            self._tell(Told(FAILED, guild_id, user_id, fact.event_id, type(error).__name__))
            return
        self._tell(Told(DAILY, guild_id, user_id, fact.event_id, msgspec.json.encode(answer).decode()))

    async def _use_command(self, guild_id: int, user_id: int) -> None:
        fact = command_fact(self._life, guild_id, user_id)
        try:
            progress = await self._leveling.command_completed(fact)
        except LevelingError as error:
            self._tell(Told(FAILED, guild_id, user_id, fact.event_id, type(error).__name__))
            return
        self._tell(Told(COMMAND, guild_id, user_id, fact.event_id, msgspec.json.encode(progress).decode()))
