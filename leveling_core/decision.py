"""The shape of a decision: what it sees, and what it returns.

A decision is a synchronous, pure function of a :class:`View`. It never changes what it sees: it copies,
changes the copy, and returns it among the writes. It may be run more than once, with one result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import msgspec

from leveling_core.ceilings import EarnedRecord
from leveling_core.documents import (
    AnnouncementsRecord,
    AssetsRecord,
    BatchRecord,
    BoostersRecord,
    CardRecord,
    ChannelRecord,
    CursorRecord,
    EventsRecord,
    GoalRecord,
    HandRecord,
    LiveBoardRecord,
    Record,
    RewardsRecord,
    RulesRecord,
)
from leveling_core.ids import Key, MemberKey, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine

if TYPE_CHECKING:
    from leveling_core.rules import Ruleset

__all__ = [
    "NO_WRITES",
    "Decide",
    "Decision",
    "RecordsNeeded",
    "View",
]

T = TypeVar("T")


class RecordsNeeded(Exception):  # noqa: N818 -- a question to the store, not an error
    """Ask the store for more records; it loads them and runs the decision again."""

    def __init__(self, keys: Collection[Key]) -> None:
        self.keys = tuple(keys)
        super().__init__(f"needs {self.keys}")


class View(dict[Key, Record]):
    """The records that a decision named, by key; absent ones as their defaults.

    Looking up one that was not named asks for it: the store runs the decision again with it loaded. A
    ``dict`` because it is made for every message.
    """

    __slots__ = ()

    def __missing__(self, key: Key) -> Record:
        raise RecordsNeeded((key,))

    def require(self, keys: Collection[Key]) -> None:
        """Ask for all of ``keys`` at once, where some are not here yet.

        Raises:
            RecordsNeeded: Some are not; the store handles it.
        """
        missing = [key for key in keys if key not in self]
        if missing:
            raise RecordsNeeded(missing)

    def member(self, key: MemberKey) -> MemberRecord:
        """Return a member's record. Copy it before changing anything."""
        return cast(MemberRecord, self[key])

    def rules(self, guild_id: int) -> Ruleset:
        """Return a guild's rules, validated, with all that is derived from them."""
        return cast(RulesRecord, self[rules_key(guild_id)]).ruleset

    def rules_record(self, guild_id: int) -> RulesRecord:
        """Return a guild's rules as they are stored."""
        return cast(RulesRecord, self[rules_key(guild_id)])

    def channel(self, key: Key) -> ChannelRecord:
        """Return which messages of a channel are counted already."""
        return cast(ChannelRecord, self[key])

    def goal(self, key: Key) -> GoalRecord:
        """Return a guild's goal of one day."""
        return cast(GoalRecord, self[key])

    def boosters(self, key: Key) -> BoostersRecord:
        """Return who is known to boost a guild."""
        return cast(BoostersRecord, self[key])

    def announcements(self, key: Key) -> AnnouncementsRecord:
        """Return the state of a guild's announcements."""
        return cast(AnnouncementsRecord, self[key])

    def rewards(self, key: Key) -> RewardsRecord:
        """Return the state of a guild's role rewards."""
        return cast(RewardsRecord, self[key])

    def batch(self, key: Key) -> BatchRecord:
        """Return a change that can be undone as one."""
        return cast(BatchRecord, self[key])

    def hand(self, key: Key) -> HandRecord:
        """Return what was changed of a member by hand."""
        return cast(HandRecord, self[key])

    def earned(self, key: Key) -> EarnedRecord:
        """Return what a member's messages earned of late."""
        return cast(EarnedRecord, self[key])

    def events(self, key: Key) -> EventsRecord:
        """Return a guild's running events."""
        return cast(EventsRecord, self[key])

    def card(self, key: Key) -> CardRecord:
        """Return how a member wants pictures to look."""
        return cast(CardRecord, self[key])

    def assets(self, key: Key) -> AssetsRecord:
        """Return which themes and backgrounds of its own a guild has."""
        return cast(AssetsRecord, self[key])

    def live_board(self, key: Key) -> LiveBoardRecord:
        """Return a guild's board that keeps itself current."""
        return cast(LiveBoardRecord, self[key])

    def cursor(self, key: Key) -> CursorRecord:
        """Return how far a subscriber has come."""
        return cast(CursorRecord, self[key])


NO_WRITES: Mapping[Key, Record] = {}


class Decision(msgspec.Struct, Generic[T], gc=False):
    """What a decision returns.

    Attributes:
        answer: For the caller. Where the commit has a once-key it must be a msgspec type, because it is kept.
        writes: The new records. Nothing else is written.
        lines: What happened, in order; the store numbers them.
    """

    answer: T
    writes: Mapping[Key, Record] = NO_WRITES
    lines: Sequence[LedgerLine] = ()


Decide = Callable[[View], Decision[T]]
"""A decision: synchronous, pure, repeatable."""
