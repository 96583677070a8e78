"""Why a member has the XP: what events led to, from the ledger, and what follows where it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from leveling_core.ceilings import EarnedRecord
from leveling_core.counting import is_counted
from leveling_core.documents import ChannelRecord, RulesRecord
from leveling_core.earning import COOLDOWN, LEVELING_OFF, MessageAnswer, refuse_at_ceiling, turn_away
from leveling_core.facts import MessagePosted
from leveling_core.ids import MemberKey, channel_key, earned_key, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    DailyClaimed,
    LedgerLine,
    LevelLost,
    LevelReached,
    XpAdjusted,
    XpGained,
    kind_of,
)
from leveling_core.periods import MS_PER_DAY
from leveling_core.rules import Ruleset
from leveling_core.store import LedgerQuery, LevelingStore

__all__ = [
    "LATEST_EVENTS",
    "LEVEL_OUTCOMES",
    "XP_OUTCOMES",
    "Explanations",
    "MemberExplanation",
    "MessageExplanation",
    "XpEvent",
    "events_of",
]

XP_OUTCOMES = (XpGained, DailyClaimed, AchievementUnlocked, AchievementRevoked, XpAdjusted)
"""The outcomes that change a member's XP."""

LEVEL_OUTCOMES = (LevelReached, LevelLost)
"""The outcomes that follow from it."""

LATEST_EVENTS = 5
"""How many events are explained at once."""

_KINDS = frozenset(kind_of(outcome) for outcome in (*XP_OUTCOMES, *LEVEL_OUTCOMES))
_AWARDS = frozenset({kind_of(XpGained)})

_LINES_AN_EVENT = 30
"""So many lines an event has at most, as a rule: one that unlocks more is told in part."""


class XpEvent(msgspec.Struct, frozen=True):
    """What one event led to for a member.

    Attributes:
        lines: Its lines, ascending by ``seq``: XP, achievements and their XP, levels.
    """

    lines: tuple[LedgerLine, ...]

    @property
    def at(self) -> int:
        """When it was: ms UTC."""
        return self.lines[0].at

    @property
    def cause(self) -> int:
        """The snowflake of the message or command behind it, or the ``seq`` of a line; 0 for none."""
        return self.lines[0].cause

    @property
    def xp(self) -> int:
        """All XP that came or went by it."""
        return sum(line.outcome.xp for line in self.lines)


class MemberExplanation(msgspec.Struct, frozen=True):
    """Where a member's XP came from lately, and what stands in its way.

    Attributes:
        events: What last changed the member's XP, newest first.
        refused: How many messages earned nothing since the last one that did, by reason.
        turned_away: Why the member's messages earn nothing now, wherever they stand; None where they may.
    """

    events: list[XpEvent]
    refused: dict[str, int]
    turned_away: MessageAnswer | None = None


class MessageExplanation(msgspec.Struct, frozen=True):
    """What can be known of a message without having seen what became of it.

    Attributes:
        event: What the ledger says that it led to; all else is empty then.
        is_counted: Whether it was counted.
        refusal: Why it earned nothing: for one that was counted, what follows from the ledger; for one that
            was not, what the rules of now say. None where neither says anything.
        folded: The sum of its day, if that day's awards have been summed up.
    """

    event: XpEvent | None = None
    is_counted: bool = False
    refusal: MessageAnswer | None = None
    folded: LedgerLine | None = None


def events_of(lines: Iterable[LedgerLine]) -> list[XpEvent]:
    """Put a member's lines together by what led to them; levels alone are no event.

    Args:
        lines: Ascending by ``seq``.
    """
    gathered: dict[tuple[int, int, str], list[LedgerLine]] = {}
    for line in lines:
        if isinstance(line.outcome, XP_OUTCOMES + LEVEL_OUTCOMES):
            gathered.setdefault((line.cause or line.at, line.at, line.batch), []).append(line)
    return [
        XpEvent(tuple(found))
        for found in gathered.values()
        if any(isinstance(line.outcome, XP_OUTCOMES) for line in found)
    ]


class Explanations:
    """Explains XP out of a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def explain_member(self, key: MemberKey, at: int, role_ids: Sequence[int]) -> MemberExplanation:
        """Return where a member's XP came from lately.

        Args:
            key: The member.
            at: Now, ms UTC.
            role_ids: The member's roles, as far as the guild's rules name them.
        """
        query = LedgerQuery(
            guild_id=key.guild_id,
            user_id=key.user_id,
            kinds=_KINDS,
            newest_first=True,
            limit=LATEST_EVENTS * _LINES_AN_EVENT,
        )
        lines = await self._store.list_ledger(query)
        member, rules = await self._store.read_many([key, rules_key(key.guild_id)])
        ruleset = cast(RulesRecord, rules).ruleset
        turned_away = _turn_away_member(ruleset, key.user_id, role_ids)
        if turned_away is None and ruleset.ceilings is not None:
            earned = await self._store.read(earned_key(key.guild_id, key.user_id))
            now = cast(EarnedRecord, earned).as_of(at, ruleset.day_of(at))
            room = ruleset.ceilings.narrowest(now)
            turned_away = None if room.xp else refuse_at_ceiling(room.ceiling)
        return MemberExplanation(
            events=events_of(reversed(lines))[: -LATEST_EVENTS - 1 : -1],
            refused=cast(MemberRecord, member).refused,
            turned_away=turned_away,
        )

    async def explain_message(self, fact: MessagePosted) -> MessageExplanation:
        """Return what is known of a message that was handled before.

        Args:
            fact: The message as it looks now; its dice and session say nothing.
        """
        key, at = MemberKey(fact.guild_id, fact.user_id), fact.at
        before = await self._list_lines(key, at, newest_first=True)
        lines = [line for line in before if line.cause == fact.message_id]
        if not lines:
            # It may have been told of late, so that its lines stand among newer ones.
            exact = await self._list_lines(key, at, from_at=at)
            lines = [line for line in exact if line.cause == fact.message_id]
        events = events_of(sorted(lines, key=lambda line: line.seq))
        if events:
            return MessageExplanation(events[0])
        rules, channel = await self._store.read_many(
            [rules_key(fact.guild_id), channel_key(fact.guild_id, fact.thread_id or fact.channel_id)]
        )
        ruleset = cast(RulesRecord, rules).ruleset
        if not is_counted(cast(ChannelRecord, channel), fact.message_id):
            return MessageExplanation(refusal=turn_away(fact, ruleset))
        return MessageExplanation(
            is_counted=True,
            refusal=_refusal_after(before, at, ruleset),
            folded=await self._find_folded(key, at, ruleset),
        )

    async def _list_lines(
        self, key: MemberKey, at: int, *, from_at: int = 0, newest_first: bool = False
    ) -> list[LedgerLine]:
        query = LedgerQuery(
            guild_id=key.guild_id,
            user_id=key.user_id,
            kinds=_KINDS,
            from_at=from_at,
            until_at=at + 1,
            newest_first=newest_first,
            limit=2 * _LINES_AN_EVENT,
        )
        return await self._store.list_ledger(query)

    async def _find_folded(self, key: MemberKey, at: int, ruleset: Ruleset) -> LedgerLine | None:
        """Return the sum of a member's awards of the day of an instant; what was folded last stands there."""
        query = LedgerQuery(
            guild_id=key.guild_id,
            user_id=key.user_id,
            kinds=_AWARDS,
            from_at=at,
            until_at=at + 2 * MS_PER_DAY,
            limit=_LINES_AN_EVENT,
        )
        day_on = ruleset.day_of(at)
        for line in await self._store.list_ledger(query):
            if isinstance(line.outcome, XpGained) and line.outcome.awards > 1 and line.counts_on == day_on:
                return line
        return None


def _turn_away_member(ruleset: Ruleset, user_id: int, role_ids: Sequence[int]) -> MessageAnswer | None:
    if not ruleset.enabled:
        return MessageAnswer(refusal=LEVELING_OFF)
    refusal = ruleset.scope.refuse_member(user_id, role_ids) if ruleset.scope is not None else None
    if refusal is None:
        return None
    return MessageAnswer(refusal=refusal.reason, refused_by=refusal.rule, refused_id=refusal.id)


def _refusal_after(newest_first: Sequence[LedgerLine], at: int, ruleset: Ruleset) -> MessageAnswer | None:
    """Return why a message that was counted at an instant earned nothing, if the award before it says so."""
    for line in newest_first:
        if isinstance(line.outcome, XpGained) and line.outcome.source == "message":
            wait_ms = line.at + ruleset.cooldown_ms - at
            if wait_ms > 0:
                return MessageAnswer(refusal=COOLDOWN, wait_ms=wait_ms)
            ceiling = line.outcome.ceiling
            return refuse_at_ceiling(ceiling) if ceiling is not None and at < ceiling.ends_at else None
    return None
