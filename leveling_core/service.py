"""Leveling: one short method per use case. It loads nothing by hand and decides nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar, cast

from leveling_core.achievements import Catalogue
from leveling_core.boosts import boost_days
from leveling_core.daily import DailyAnswer, decide_daily
from leveling_core.documents import BoostersRecord, GoalRecord, RulesRecord
from leveling_core.earning import MessageAnswer, decide_command, decide_message
from leveling_core.facts import (
    BoostObserved,
    CommandCompleted,
    DailyClaimRequested,
    GoalBonusDue,
    MemberPresenceObserved,
    MessagePosted,
    RankObserved,
    RulesChangeRequested,
)
from leveling_core.goals import PAID_AT_ONCE, GoalState, decide_goal_bonus, get_daily_goal_state
from leveling_core.ids import (
    Key,
    MemberKey,
    OnceKey,
    boosters_key,
    channel_key,
    earned_key,
    goal_key,
    rules_key,
)
from leveling_core.member import MemberRecord
from leveling_core.outcomes import GoalReached, LedgerLine
from leveling_core.periods import MS_PER_DAY
from leveling_core.presence import decide_boost, decide_presence, was_away
from leveling_core.profiles import AchievementStatus, MemberProfile, NearAchievement
from leveling_core.ranks import decide_rank, note_rank
from leveling_core.rule_changes import RulesAnswer, decide_guild_seen, decide_rules_change
from leveling_core.rules import Ruleset
from leveling_core.settle import Progress
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from leveling_core.streaks import live_streak, next_claim_at

__all__ = ["Leveling"]

_UNSEEN_MS = 7 * MS_PER_DAY
"""How long before the newest line of a guild somebody may have joined unseen: more than any start takes."""

_F = TypeVar("_F")


_COMMITS_AT_ONCE = 500
"""How many commits of a sweep over many members share groups; more would crowd out everybody else's."""


def _chunks(facts: Sequence[_F]) -> Iterator[Sequence[_F]]:
    return (facts[first : first + _COMMITS_AT_ONCE] for first in range(0, len(facts), _COMMITS_AT_ONCE))


class Leveling:
    """The use cases of leveling over a store.

    Args:
        store: Where everything is kept.
        catalogue: The achievements there are.
    """

    def __init__(self, store: LevelingStore, catalogue: Catalogue) -> None:
        self.store = store
        self.catalogue = catalogue

    # What happened, and nobody can repeat, is committed patiently; what somebody asks for is not.

    def message_posted(self, fact: MessagePosted, *, bounded: bool = False) -> asyncio.Future[MessageAnswer]:
        """Count a message and award what it earns, once, however often it is told of.

        The commit is called when this returns, so nobody needs to wait for it.

        Args:
            fact: The message.
            bounded: Whether the guild is known to have ceilings: what they need is loaded along then, and
                not asked for by each decision.
        """
        keys: tuple[Key, ...] = (
            MemberKey(fact.guild_id, fact.user_id),
            channel_key(fact.guild_id, fact.thread_id or fact.channel_id),
            rules_key(fact.guild_id),
        )
        if bounded:
            keys = (*keys, earned_key(fact.guild_id, fact.user_id))
        decide = partial(decide_message, fact=fact, catalogue=self.catalogue)
        return self.store.commit(keys, decide, patient=True)

    def command_completed(self, fact: CommandCompleted) -> asyncio.Future[Progress]:
        """Count a command that succeeded, once. The commit is called when this returns."""
        keys = (MemberKey(fact.guild_id, fact.user_id), rules_key(fact.guild_id))
        decide = partial(decide_command, fact=fact, catalogue=self.catalogue)
        once = OnceKey("command", str(fact.event_id), Progress)
        return self.store.commit(keys, decide, once=once, patient=True)

    async def claim_daily(self, fact: DailyClaimRequested) -> DailyAnswer:
        """Claim the daily reward.

        Raises:
            AlreadyClaimedError: The day is claimed already.
            LevelingOffError: Leveling is off in the guild.
        """
        keys = (MemberKey(fact.guild_id, fact.user_id), rules_key(fact.guild_id))
        decide = partial(decide_daily, fact=fact, catalogue=self.catalogue)
        return await self.store.commit(keys, decide, once=OnceKey("daily", str(fact.event_id), DailyAnswer))

    async def observe_boost(self, fact: BoostObserved) -> Progress:
        """Note whether a member boosts the guild, and since when."""
        keys = (
            MemberKey(fact.guild_id, fact.user_id),
            boosters_key(fact.guild_id),
            rules_key(fact.guild_id),
        )
        decide = partial(decide_boost, fact=fact, catalogue=self.catalogue)
        return await self.store.commit(keys, decide, patient=True)

    async def track_boosters(self, guild_id: int, boosting_since: dict[int, int], at: int) -> int:
        """Note everyone who boosts a guild now, and that everyone else does not.

        Args:
            guild_id: The guild.
            boosting_since: Since when (ms UTC), by user id: all boosters there are.
            at: When it was seen, ms UTC.

        Returns:
            How many members' boosting began or ended.
        """
        roster = cast(BoostersRecord, await self.store.read(boosters_key(guild_id)))
        changed = set(roster.user_ids) ^ boosting_since.keys()
        seen = sorted(set(roster.user_ids) | boosting_since.keys())
        facts = [BoostObserved(guild_id, user_id, boosting_since.get(user_id, 0), at) for user_id in seen]
        for chunk in _chunks(facts):
            await asyncio.gather(*(self.observe_boost(fact) for fact in chunk))
        return len(changed)

    async def observe_presence(self, fact: MemberPresenceObserved) -> bool:
        """Note that a member left or returned; tell whether that was news."""
        decide = partial(decide_presence, fact=fact)
        return await self.store.commit((MemberKey(fact.guild_id, fact.user_id),), decide, patient=True)

    async def observe_members(
        self, guild_id: int, is_here: Callable[[int], bool], now: Callable[[], int]
    ) -> int:
        """Compare the recorded members of a guild with those who are there; return how many changed.

        Members come and go while the records are read, so each is looked for at the moment of being noted.

        Args:
            guild_id: The guild.
            is_here: Tells whether somebody (user id) is in the guild at this moment.
            now: Tells this moment, ms UTC.
        """
        changed = 0
        for recorded in (True, False):
            user_ids = await self.store.list_member_ids(guild_id, present=recorded)
            for chunk in _chunks(user_ids):
                facts = [
                    MemberPresenceObserved(guild_id, user_id, not recorded, now())
                    for user_id in chunk
                    if is_here(user_id) is not recorded
                ]
                changed += sum(await asyncio.gather(*(self.observe_presence(fact) for fact in facts)))
        return changed

    async def observe_joins(self, guild_id: int, joined_at: Mapping[int, int], at: int) -> int:
        """Note who left and came back while nobody looked; return how many.

        Args:
            guild_id: The guild.
            joined_at: Since when each member is there (ms UTC), by user id.
            at: Now, ms UTC.
        """
        newest = await self.store.list_ledger(LedgerQuery(guild_id=guild_id, newest_first=True, limit=1))
        unseen_since_at = min([at, *(line.at for line in newest)]) - _UNSEEN_MS
        recent = [user_id for user_id, since_at in joined_at.items() if since_at > unseen_since_at]
        returned = 0
        for chunk in _chunks(recent):
            keys = [MemberKey(guild_id, user_id) for user_id in chunk]
            members = cast(list[MemberRecord], await self.store.read_many(keys))
            facts = [
                MemberPresenceObserved(guild_id, user_id, True, at, joined_at[user_id])
                for user_id, member in zip(chunk, members, strict=True)
                if was_away(member, joined_at[user_id])
            ]
            returned += sum(await asyncio.gather(*map(self.observe_presence, facts)))
        return returned

    async def guild_seen(self, guild_id: int) -> bool:
        """Fix the defaults of a guild that is seen for the first time; tell whether it was."""
        decide = partial(decide_guild_seen, guild_id=guild_id)
        return await self.store.commit((rules_key(guild_id),), decide, patient=True)

    async def get_rules(self, guild_id: int) -> Ruleset:
        """Return a guild's rules."""
        return (await self.get_rules_record(guild_id)).ruleset

    async def get_rules_record(self, guild_id: int) -> RulesRecord:
        """Return a guild's rules as stored: what differs from the defaults, and who changed it."""
        return cast(RulesRecord, await self.store.read(rules_key(guild_id)))

    async def change_rules(self, fact: RulesChangeRequested) -> RulesAnswer:
        """Change rules of a guild, all or none.

        Raises:
            UnknownRuleError: No rule has one of the names.
            InvalidRuleError: A value is none that its rule can take.
        """
        decide = partial(decide_rules_change, fact=fact)
        once = OnceKey("rules", str(fact.event_id), RulesAnswer)
        return await self.store.commit((rules_key(fact.guild_id),), decide, once=once)

    async def get_profile(self, key: MemberKey, at: int) -> MemberProfile:
        """Return a member's profile at an instant (ms UTC); that of a newcomer if never seen."""
        ruleset = await self.get_rules(key.guild_id)
        member = cast(MemberRecord, await self.store.read(key))
        unlocked = [d for d in self.catalogue.definitions if d.id in member.achievements]
        return MemberProfile(
            member=member,
            progress=ruleset.curve.progress(member.xp),
            standing=await self.store.find_standing(key, XpBoard()),
            ranked_members=await self.store.count_ranked(key.guild_id, XpBoard()),
            streak=self._live_streak(member, at, ruleset),
            next_claim_at=next_claim_at(member, ruleset.zone),
            boost_days=boost_days(member, at),
            unlocked=len(unlocked),
            achievements=len(self.catalogue.definitions),
        )

    async def fold_old_awards(self, guild_id: int, at: int) -> int:
        """Fold a guild's awards of messages that are older than its rules keep them; return how many went.

        Args:
            guild_id: The guild.
            at: Now, ms UTC.
        """
        ruleset = await self.get_rules(guild_id)
        before_on = ruleset.day_of(at) - ruleset.rules.retention.message_days
        return await self.store.fold_awards(guild_id, before_on=before_on)

    async def get_goal(self, guild_id: int, at: int, human_members: int) -> GoalState:
        """Return the goal of the day of an instant (ms UTC)."""
        ruleset = await self.get_rules(guild_id)
        day_on = ruleset.day_of(at)
        record = cast(GoalRecord, await self.store.read(goal_key(guild_id, day_on)))
        return get_daily_goal_state(record, day_on, human_members, ruleset)

    async def list_achievements(self, key: MemberKey, at: int) -> list[AchievementStatus]:
        """Return every achievement as it is for a member, in catalogue order, those that are hidden too."""
        counters, member = await self._counters(key, at)
        holders = await self.store.count_unlocks(key.guild_id)
        statuses = []
        for definition in self.catalogue.definitions:
            unlock = member.achievements.get(definition.id)
            at_first, times = (unlock.at, unlock.times) if unlock else (0, 0)
            done = unlock is not None and not definition.repeatable
            share = 1.0 if done else float(self.catalogue.progress_of(definition, counters, times))
            statuses.append(
                AchievementStatus(definition, at_first, times, share, holders.get(definition.id, 0))
            )
        return statuses

    async def list_next_achievements(self, key: MemberKey, at: int, limit: int = 3) -> list[NearAchievement]:
        """Return the achievements that the member is nearest to, nearest first, with what is missing."""
        counters, member = await self._counters(key, at)
        near = self.catalogue.nearest(counters, member.achievements, at=at, limit=limit)
        holders = await self.store.count_unlocks(key.guild_id)
        return [
            NearAchievement(n.definition, float(n.share), tuple(n.missing), holders.get(n.definition.id, 0))
            for n in near
        ]

    async def _counters(self, key: MemberKey, at: int) -> tuple[dict[str, int], MemberRecord]:
        ruleset = await self.get_rules(key.guild_id)
        member = cast(MemberRecord, await self.store.read(key))
        level = ruleset.curve.level_for_xp(member.xp)
        counters = self.catalogue.counters_of(member, level=level, boost_days=boost_days(member, at))
        counters["streak"] = self._live_streak(member, at, ruleset)
        return counters, member

    @staticmethod
    def _live_streak(member: MemberRecord, at: int, ruleset: Ruleset) -> int:
        hours = ruleset.rules.daily.recovery_hours
        return live_streak(member, at, ruleset.zone, hours, ruleset.pardoned_on)

    async def observe_rank(
        self, key: MemberKey, *, at: int, channel_id: int, cause: int, thread_id: int = 0
    ) -> Progress | None:
        """Look up a member's rank and commit what it earns; None if it is no news.

        Args:
            key: The member.
            at: The instant of the event that made somebody look, ms UTC.
            channel_id: Where that was, 0 for nowhere.
            thread_id: In which thread of it, 0 for none.
            cause: That event: the ``seq`` of a ledger line, or a snowflake.
        """
        standing = await self.store.find_standing(key, XpBoard())
        if standing is None:
            return None
        ranked = await self.store.count_ranked(key.guild_id, XpBoard())
        member = cast(MemberRecord, await self.store.read(key))
        if note_rank(member, standing.rank, ranked) is member:
            return None
        fact = RankObserved(
            key.guild_id, key.user_id, standing.rank, ranked, at, channel_id, cause, thread_id
        )
        decide = partial(decide_rank, fact=fact, catalogue=self.catalogue)
        once = OnceKey("rank", f"{cause}:{key.user_id}", Progress)
        return await self.store.commit((key, rules_key(key.guild_id)), decide, once=once)

    async def observe_ranks(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Observe the rank of the member of each line, all at once, so that their commits share groups."""
        await asyncio.gather(
            *(
                self.observe_rank(
                    MemberKey(guild_id, line.user_id),
                    at=line.at,
                    channel_id=line.channel_id,
                    thread_id=line.thread_id,
                    cause=line.seq,
                )
                for line in lines
            )
        )

    async def pay_goal_bonuses(self, line: LedgerLine) -> int:
        """Pay everyone who is still due the bonus of a goal that was reached; return how many."""
        outcome = line.outcome
        if not isinstance(outcome, GoalReached):
            return 0
        record = cast(GoalRecord, await self.store.read(goal_key(line.guild_id, outcome.day_on)))
        due = record.early[PAID_AT_ONCE - 1 : -1]
        for chunk in _chunks(due):
            await asyncio.gather(*(self._pay_goal_bonus(line, outcome, user_id) for user_id in chunk))
        return len(due)

    async def _pay_goal_bonus(self, line: LedgerLine, outcome: GoalReached, user_id: int) -> None:
        fact = GoalBonusDue(
            line.guild_id, user_id, outcome.day_on, line.at, line.channel_id, line.cause, line.thread_id
        )
        decide = partial(decide_goal_bonus, fact=fact, bonus_xp=outcome.bonus_xp, catalogue=self.catalogue)
        once = OnceKey("goal", f"{line.guild_id}:{outcome.day_on}:{user_id}", Progress)
        keys = (MemberKey(line.guild_id, user_id), rules_key(line.guild_id))
        await self.store.commit(keys, decide, once=once, patient=True)
