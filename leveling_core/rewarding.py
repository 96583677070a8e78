"""Role rewards: one short method per use case."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import cast

import msgspec

from leveling_core.documents import HandRecord, RewardsRecord, RoleTrouble, RulesRecord, SyncRecord
from leveling_core.facts import RewardAddRequested, RewardRemovalRequested
from leveling_core.ids import Key, MemberKey, OnceKey, hand_key, rewards_key, rules_key
from leveling_core.member import MemberRecord
from leveling_core.reward_changes import RewardsRemoved, decide_reward_added, decide_reward_removed
from leveling_core.reward_records import (
    decide_all_right,
    decide_owed,
    decide_role_trouble,
    decide_roles_forgotten,
    decide_roles_well,
    decide_settled,
    decide_stale,
    decide_sync_begun,
    decide_sync_ended,
    decide_sync_moved,
)
from leveling_core.rewards import wanted_roles
from leveling_core.rule_changes import RulesAnswer
from leveling_core.store import LevelingStore, XpBoard

__all__ = ["MemberRoles", "RoleRewards"]

_MARK_BYTES = 8


class MemberRoles(msgspec.Struct, frozen=True):
    """What a member should have.

    Attributes:
        user_id: The member.
        level: The member's level.
        wanted: The roles to be had, among those configured.
        configured: All roles that are rewards; none where nothing is to be touched: nothing is known of the
            member, or leveling is off.
    """

    user_id: int
    level: int
    wanted: frozenset[int]
    configured: frozenset[int]


class RoleRewards:
    """The use cases of role rewards over a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def add(self, fact: RewardAddRequested) -> RulesAnswer:
        """Let a level earn a role.

        Raises:
            RewardLevelError: The level cannot be reached.
            RewardExistsError: The role is a reward already.
            TooManyRewardsError: No more rewards are possible.
        """
        once = OnceKey("reward-add", str(fact.event_id), RulesAnswer)
        decide = partial(decide_reward_added, fact=fact)
        return await self._store.commit((rules_key(fact.guild_id),), decide, once=once)

    async def remove(self, fact: RewardRemovalRequested) -> RewardsRemoved:
        """Let a role, or all roles of a level, be earned no more.

        Raises:
            NoSuchRewardError: None is.
        """
        once = OnceKey("reward-remove", str(fact.event_id), RewardsRemoved)
        decide = partial(decide_reward_removed, fact=fact)
        return await self._store.commit((rules_key(fact.guild_id),), decide, once=once)

    async def list_wanted(self, guild_id: int, user_ids: Sequence[int]) -> list[MemberRoles]:
        """Return what members should have by what is committed, in the order of ``user_ids``.

        Where leveling is off nothing is to be touched, nor with somebody of whom nothing is kept. Who
        lost all that had been given by hand looks like one of those, and is none.
        """
        keys: list[Key] = [rules_key(guild_id), *(MemberKey(guild_id, user_id) for user_id in user_ids)]
        rules, *records = await self._store.read_many(keys)
        members = dict(zip(user_ids, cast(list[MemberRecord], records), strict=True))
        blank = [user_id for user_id, record in members.items() if record == MemberRecord()]
        hands = await self._store.read_many([hand_key(guild_id, user_id) for user_id in blank])
        unknown = {
            user_id
            for user_id, hand in zip(blank, cast(list[HandRecord], hands), strict=True)
            if not hand.changes
        }
        ruleset = cast(RulesRecord, rules).ruleset
        rewards, curve = ruleset.rules.rewards, ruleset.curve
        found = []
        for user_id, record in members.items():
            level = curve.level_for_xp(record.xp)
            if user_id in unknown or not ruleset.enabled:
                found.append(MemberRoles(user_id, level, frozenset(), frozenset()))
            else:
                found.append(MemberRoles(user_id, level, wanted_roles(rewards, level), rewards.configured))
        return found

    async def list_members(self, guild_id: int) -> list[int]:
        """Return the user ids of all present members of whom something is kept, ascending."""
        return await self._store.list_member_ids(guild_id, present=True)

    async def get_record(self, guild_id: int) -> RewardsRecord:
        """Return the state of a guild's role rewards."""
        return cast(RewardsRecord, await self._store.read(rewards_key(guild_id)))

    async def note_trouble(self, guild_id: int, trouble: RoleTrouble) -> RoleTrouble:
        """Note that a role cannot be given or taken; return what is known of it now."""
        decide = partial(decide_role_trouble, guild_id=guild_id, trouble=trouble)
        return await self._store.commit((rewards_key(guild_id),), decide)

    async def note_well(self, guild_id: int, role_ids: Collection[int]) -> None:
        """Forget the troubles of roles that could be given or taken."""
        decide = partial(decide_roles_well, guild_id=guild_id, role_ids=role_ids)
        await self._store.commit((rewards_key(guild_id),), decide)

    async def note_rewards_changed(self, guild_id: int) -> None:
        """Forget the troubles of roles that are no rewards any more."""
        decide = partial(decide_roles_forgotten, guild_id=guild_id)
        await self._store.commit((rewards_key(guild_id), rules_key(guild_id)), decide)

    async def owe(self, guild_id: int, marks: Mapping[int, int]) -> None:
        """Note that the roles of members are to be compared.

        Args:
            guild_id: The guild.
            marks: A number for each member (user id) that tells this reason from earlier ones.
        """
        decide = partial(decide_owed, guild_id=guild_id, marks=marks)
        await self._store.commit((rewards_key(guild_id),), decide)

    async def note_settled(self, guild_id: int, marks: Mapping[int, int]) -> None:
        """Note that the roles of members were compared, for the reasons of these marks."""
        decide = partial(decide_settled, guild_id=guild_id, marks=marks)
        await self._store.commit((rewards_key(guild_id),), decide, patient=True)

    async def note_stale(self, guild_id: int, at: int, *, curve_changed: bool) -> None:
        """Note that the rules have changed, and roles only follow with a sync.

        A change of the rewards alone concerns nobody where no member has reached any of their levels.

        Args:
            guild_id: The guild.
            at: When they changed, ms UTC.
            curve_changed: Whether the curve did, so that levels were other ones before.
        """
        record = cast(RulesRecord, await self._store.read(rules_key(guild_id)))
        ruleset = record.ruleset
        if ruleset.rules.rewards.roles and not curve_changed:
            first = await self._store.list_standings(guild_id, XpBoard(), first=0, limit=1)
            highest = max((ruleset.curve.level_for_xp(one.value) for one in first.standings), default=-1)
            if not wanted_roles(ruleset.rules.rewards, highest):
                return
        decide = partial(decide_stale, guild_id=guild_id, at=at)
        await self._store.commit((rewards_key(guild_id), rules_key(guild_id)), decide)

    async def note_all_right(self, guild_id: int, left_since_at: int = 0) -> None:
        """Note that all members were found to be as they should be, as far as that can be.

        Args:
            guild_id: The guild.
            left_since_at: When it was found that some cannot be given, or rid of, a role; 0 if none was.
        """
        decide = partial(decide_all_right, guild_id=guild_id, left_since_at=left_since_at)
        await self._store.commit((rewards_key(guild_id),), decide)

    async def find_mark(self, guild_id: int) -> str | None:
        """Return what tells the rules that roles follow from any others; None while leveling is off."""
        record = cast(RulesRecord, await self._store.read(rules_key(guild_id)))
        if not record.ruleset.enabled:
            return None
        rules = record.ruleset.rules
        told = f"{rules.curve.model_dump_json()}{rules.rewards.model_dump_json()}"
        return hashlib.blake2b(told.encode(), digest_size=_MARK_BYTES).hexdigest()

    async def begin_sync(self, guild_id: int, sync: SyncRecord) -> None:
        """Note that a sync of all members begins.

        Raises:
            SyncRunningError: One is under way.
        """
        decide = partial(decide_sync_begun, guild_id=guild_id, sync=sync)
        await self._store.commit((rewards_key(guild_id),), decide)

    async def move_sync(self, guild_id: int, sync: SyncRecord) -> bool:
        """Note how far a sync has come; tell whether it goes on, or was ended meanwhile."""
        decide = partial(decide_sync_moved, guild_id=guild_id, sync=sync)
        return await self._store.commit((rewards_key(guild_id),), decide, patient=True)

    async def end_sync(
        self, guild_id: int, at: int, *, actor_id: int = 0, stopped: bool = False
    ) -> SyncRecord | None:
        """Note that no sync is under way any more; return the one that was.

        Args:
            guild_id: The guild.
            at: Now, ms UTC.
            actor_id: Who stopped it; 0 where it is simply over.
            stopped: Whether it did not come to its end.
        """
        decide = partial(decide_sync_ended, guild_id=guild_id, at=at, actor_id=actor_id, stopped=stopped)
        return await self._store.commit((rewards_key(guild_id),), decide, patient=True)
