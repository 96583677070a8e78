"""Where and who earns, multipliers and events: one short method per use case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

import msgspec

from leveling_core.awards import list_multipliers
from leveling_core.ceilings import EarnedRecord, Room
from leveling_core.documents import EventsRecord, RulesRecord
from leveling_core.earning_changes import (
    MultiplierAnswer,
    ScopeAnswer,
    decide_multiplier_change,
    decide_scope_change,
)
from leveling_core.events import (
    EventStarting,
    EventStopped,
    decide_event_start,
    decide_event_stop,
    decide_events_due,
    next_due_at,
)
from leveling_core.facts import (
    EventStartRequested,
    EventStopRequested,
    MultiplierChangeRequested,
    ScopeChangeRequested,
)
from leveling_core.ids import MemberKey, OnceKey, earned_key, events_key, rules_key
from leveling_core.member import MemberRecord
from leveling_core.multipliers import combined_factor
from leveling_core.outcomes import Combine, Multiplier
from leveling_core.scope import Place, ScopeRefusal
from leveling_core.store import LevelingStore

__all__ = ["EarningHere", "EarningSettings"]


class EarningHere(msgspec.Struct, frozen=True):
    """What a message of a member would earn in a place at a moment, and why.

    Attributes:
        refusal: Why it would not count; None if it would.
        multipliers: All that would multiply it, the limit included where it is reached.
        combine: How they come together.
        factor: What they come to: numerator and denominator.
        rooms: How far it is to each ceiling; empty where there is none.
    """

    refusal: ScopeRefusal | None
    multipliers: tuple[Multiplier, ...]
    combine: Combine
    factor: tuple[int, int]
    rooms: Sequence[Room] = ()


class EarningSettings:
    """The use cases of where and who earns, of multipliers and of events, over a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def change_scope(self, fact: ScopeChangeRequested) -> ScopeAnswer:
        """Name a place, role or member as no-XP or only-XP, or name it no longer.

        Raises:
            TooManyEntriesError: The list is full.
        """
        once = OnceKey("scope", str(fact.event_id), ScopeAnswer)
        keys = (rules_key(fact.guild_id),)
        return await self._store.commit(keys, partial(decide_scope_change, fact=fact), once=once)

    async def change_multiplier(self, fact: MultiplierChangeRequested) -> MultiplierAnswer:
        """Set or remove a multiplier.

        Raises:
            TooManyEntriesError: There are as many of the kind as there can be.
        """
        once = OnceKey("multiplier", str(fact.event_id), MultiplierAnswer)
        keys = (rules_key(fact.guild_id),)
        return await self._store.commit(keys, partial(decide_multiplier_change, fact=fact), once=once)

    async def start_event(self, fact: EventStartRequested) -> EventStarting:
        """Begin an event, or have it begin later.

        Raises:
            RuleError: It cannot be: its name, its length, when it begins, or there are too many.
        """
        once = OnceKey("event-start", str(fact.event_id), EventStarting)
        keys = (rules_key(fact.guild_id), events_key(fact.guild_id))
        return await self._store.commit(keys, partial(decide_event_start, fact=fact), once=once)

    async def stop_event(self, fact: EventStopRequested) -> EventStopped:
        """End an event now, or call off one that is to come.

        Raises:
            NoSuchEventError: There is none of the name.
        """
        once = OnceKey("event-stop", str(fact.event_id), EventStopped)
        keys = (rules_key(fact.guild_id), events_key(fact.guild_id))
        return await self._store.commit(keys, partial(decide_event_stop, fact=fact), once=once)

    async def tell_events_due(self, guild_id: int, at: int) -> int:
        """Have the ledger tell which events have begun and ended; return when to look next, 0 for never.

        Args:
            guild_id: The guild.
            at: Now, ms UTC.
        """
        keys = (rules_key(guild_id), events_key(guild_id))
        rules, events = await self._store.read_many(keys)
        ruleset = cast(RulesRecord, rules).ruleset
        due_at = next_due_at(
            ruleset.rules.events.scheduled,
            cast(EventsRecord, events).running,
            at,
            enabled=ruleset.enabled,
        )
        if not due_at or due_at > at:
            return due_at
        decide = partial(decide_events_due, guild_id=guild_id, at=at)
        return await self._store.commit(keys, decide)

    async def get_earning_here(
        self, key: MemberKey, at: int, role_ids: Sequence[int], place: Place
    ) -> EarningHere:
        """Return what a message of a member would earn in a place at an instant (ms UTC), and why.

        Args:
            key: The member.
            at: The instant.
            role_ids: The member's roles, as far as the guild's rules name them, ascending.
            place: Where.
        """
        rules, record = await self._store.read_many((rules_key(key.guild_id), key))
        ruleset, member = cast(RulesRecord, rules).ruleset, cast(MemberRecord, record)
        multipliers = list_multipliers(member, ruleset, at, role_ids, place)
        combine = ruleset.rules.multipliers.combine
        refusal = None
        if ruleset.scope is not None:
            refusal = ruleset.scope.refuse_message(key.user_id, role_ids, place)
        rooms: Sequence[Room] = ()
        if ruleset.ceilings is not None:
            earned = await self._store.read(earned_key(key.guild_id, key.user_id))
            now = cast(EarnedRecord, earned).as_of(at, ruleset.day_of(at))
            rooms = ruleset.ceilings.list_rooms(now)
        return EarningHere(refusal, multipliers, combine, combined_factor(multipliers, combine), rooms)
