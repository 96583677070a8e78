"""Stores with a past: some weeks of two guilds, thrown by dice, lived through the use cases themselves."""

from __future__ import annotations

import contextlib
import random

from data import load_catalogue
from leveling_core.administration import Administration
from leveling_core.errors import RuleError
from leveling_core.facts import (
    BoostObserved,
    CommandCompleted,
    DailyClaimRequested,
    MemberPresenceObserved,
    MessagePosted,
    RankObserved,
    RulesChangeRequested,
    XpChangeRequested,
    XpUndoRequested,
)
from leveling_core.ids import DISCORD_EPOCH_MS, MemberKey, OnceKey, rules_key
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from leveling_core.ranks import decide_rank
from leveling_core.service import Leveling
from leveling_core.settle import Progress
from leveling_core.store import LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber
from storage import Feed, open_store
from tests.contract.support import NOON, Clock

GUILDS = (41, 2**62)
USERS = (1, 2, 3, 2**63 - 1)
CHANNELS = (700, 701)
CATALOGUE = load_catalogue()


class Life:
    """Lives on in an open store.

    Args:
        store: The store.
        clock: Its clock, moved on with every deed.
        seed: Of the dice.
    """

    def __init__(self, store: LevelingStore, clock: Clock, seed: int = 0) -> None:
        self.leveling = Leveling(store, CATALOGUE)
        self._administration = Administration(store, CATALOGUE)
        self._store = store
        self._clock = clock
        self._dice = random.Random(seed)  # noqa: S311 -- a past, no secret
        self._number = 0

    async def go_on(self, deeds: int) -> None:
        """Do so many deeds, with a feed that pays what is due beside them."""
        feed = Feed(self._store, self._clock)
        feed.subscribe(GoalBonusSubscriber(self.leveling), from_beginning=True)
        await feed.start()
        kinds = [self._post, self._command, self._daily, self._boost, self._presence, self._rank, self._rules]
        kinds += [self._change_xp, self._undo_xp]
        for _ in range(deeds):
            self._clock.now += self._dice.choice([1000, 70_000, 70_000, MS_PER_HOUR, 9 * MS_PER_HOUR])
            self._number += 1
            [deed] = self._dice.choices(kinds, [12, 3, 6, 2, 2, 3, 1, 3, 2])
            with contextlib.suppress(RuleError):  # a claim too early, leveling switched off
                await deed(self._dice.choice(GUILDS), self._dice.choice(USERS))
        await feed.idle()
        await feed.stop()

    def _snowflake(self) -> int:
        return (self._clock.now - DISCORD_EPOCH_MS << 22) + self._number

    async def _post(self, guild_id: int, user_id: int) -> None:
        dice = self._dice
        await self.leveling.message_posted(
            MessagePosted(
                guild_id,
                user_id,
                dice.choice(CHANNELS),
                self._snowflake(),
                length=dice.choice([3, 500]),
                has_image=dice.random() < 0.3,
                has_link=dice.random() < 0.3,
                dice=dice.randrange(2**32),
                thread_id=dice.choice([0, 0, 702]),
            )
        )

    async def _command(self, guild_id: int, user_id: int) -> None:
        await self.leveling.command_completed(CommandCompleted(guild_id, user_id, 700, self._snowflake()))

    async def _daily(self, guild_id: int, user_id: int) -> None:
        fact = DailyClaimRequested(guild_id, user_id, 700, self._snowflake(), human_members=3)
        await self.leveling.claim_daily(fact)

    async def _boost(self, guild_id: int, user_id: int) -> None:
        since = self._dice.choice([0, self._clock.now - 40 * MS_PER_DAY, self._clock.now - 5])
        await self.leveling.observe_boost(BoostObserved(guild_id, user_id, since, self._clock.now))

    async def _presence(self, guild_id: int, user_id: int) -> None:
        present = self._dice.random() < 0.5
        await self.leveling.observe_presence(
            MemberPresenceObserved(guild_id, user_id, present, self._clock.now)
        )

    async def _rank(self, guild_id: int, user_id: int) -> None:
        dice, number = self._dice, self._number
        fact = RankObserved(
            guild_id, user_id, dice.randint(1, 40), dice.choice([5, 12, 60]), self._clock.now, 700, number
        )
        key = MemberKey(guild_id, user_id)
        once = OnceKey("rank", f"{number}:{user_id}", Progress)
        await self._store.commit(
            (key, rules_key(guild_id)), lambda view: decide_rank(view, fact, CATALOGUE), once=once
        )

    async def _rules(self, guild_id: int, user_id: int) -> None:
        name, values = self._dice.choice(
            [
                ("earning.cooldown_seconds", ["30", "default", "0"]),
                ("general.timezone", ["Europe/Berlin", "Pacific/Auckland"]),
                ("goal.max_target", ["1", "2", "4"]),
            ]
        )
        changes: dict[str, str | None] = {name: self._dice.choice(values)}
        await self.leveling.change_rules(
            RulesChangeRequested(guild_id, user_id, self._snowflake(), changes=changes)
        )

    async def _change_xp(self, guild_id: int, user_id: int) -> None:
        dice = self._dice
        fact = XpChangeRequested(
            guild_id=guild_id,
            user_id=user_id,
            actor_id=dice.choice(USERS),
            event_id=self._snowflake(),
            mode=dice.choice(["give", "give", "take", "set", "reset"]),
            amount_xp=dice.choice([1, 300, 6000]),
        )
        await self._administration.change_xp(fact)

    async def bound(self, guild_id: int) -> None:
        """Let the messages of a member earn so much a day, and no more."""
        changes: dict[str, str | None] = {"earning.day_ceiling_xp": "60"}
        await self.leveling.change_rules(
            RulesChangeRequested(guild_id, 0, self._snowflake(), changes=changes)
        )

    async def _undo_xp(self, guild_id: int, user_id: int) -> None:
        fact = XpUndoRequested(guild_id=guild_id, actor_id=user_id, event_id=self._snowflake())
        await self._administration.undo_xp(fact)


async def live(url: str, *, deeds: int = 400, seed: int = 0) -> Clock:
    """Make a store with a past, at rest; return the clock as it stands then."""
    clock = Clock(NOON)
    store = await open_store(url, clock=clock)
    try:
        life = Life(store, clock, seed)
        await life.bound(GUILDS[1])
        await life.go_on(deeds)
    finally:
        await store.close()
    return clock
