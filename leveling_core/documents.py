"""The other records: rules, channels, goals, announcements, rewards, deeds by hand, cards, cursors and more.

Each is a small immutable document, kept as validated JSON under (kind, guild, id).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from leveling_core.ceilings import EarnedRecord
from leveling_core.ids import Key, MemberKey, instant_of
from leveling_core.member import MemberRecord
from leveling_core.outcomes import AdjustMode
from leveling_core.rules import DEFAULTS_VERSION, Ruleset, stored_ruleset

__all__ = [
    "ABSENT_DOCUMENTS",
    "DOCUMENT_TYPES",
    "AnnouncementsRecord",
    "AssetNote",
    "AssetRecord",
    "AssetsRecord",
    "BatchRecord",
    "BatchUnlock",
    "BoostersRecord",
    "CardRecord",
    "ChangeStamp",
    "ChannelRecord",
    "CursorRecord",
    "Delivery",
    "Document",
    "EventsRecord",
    "GoalRecord",
    "HandRecord",
    "LiveBoardRecord",
    "Record",
    "RewardsRecord",
    "RoleTrouble",
    "RulesRecord",
    "RunningEvent",
    "SyncRecord",
    "Trouble",
    "absent_record",
]


class ChangeStamp(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Who changed a rule last, and when (ms UTC)."""

    actor_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class RulesRecord:
    """A guild's rules: only what differs from the defaults with which the guild began.

    A dataclass with a ``__dict__``, so that the validated rules are made once for each version of it.

    Attributes:
        changes: Value by the rule's name, as plain data; only those that differ from the default.
        defaults_version: Which defaults the others have: those of when the guild was first seen.
        version: Counts the changes; a cache of anything derived from the rules may be kept by it.
        changed_by: Who set each of ``changes``.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    defaults_version: int = DEFAULTS_VERSION
    version: int = 0
    changed_by: dict[str, ChangeStamp] = field(default_factory=dict)

    @cached_property
    def ruleset(self) -> Ruleset:
        """The rules as validated models, with all that a decision derives from them."""
        return stored_ruleset(self.changes, self.defaults_version)

    def begun(self) -> RulesRecord:
        """Return the record of a guild seen for the first time: its defaults are fixed from now on."""
        return RulesRecord(version=1)


class ChannelRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Which messages of a channel are counted already.

    Attributes:
        closed: Intervals of snowflakes, ascending, both ends included: every message in one is counted. The
            last one is still growing while ``session`` goes on.
        session: The gateway session in which the last interval grew.
        recent: The newest counted snowflakes, ascending: within their span a message counts as seen only if
            it is among them, because Discord may deliver two neighbours in the wrong order.
    """

    closed: tuple[tuple[int, int], ...] = ()
    session: int = 0
    recent: tuple[int, ...] = ()


class GoalRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guild's goal of one day.

    Attributes:
        target: Claimers that it takes; 0 before the day's first claim fixes it.
        claimers: How many have claimed.
        early: Who claimed before the goal was reached, in order; all of them are due the bonus.
        reached_at: When it was reached, ms UTC; 0 for not yet.
        bonus_xp: What each claimer gets, fixed when the goal is reached.
    """

    target: int = 0
    claimers: int = 0
    early: tuple[int, ...] = ()
    reached_at: int = 0
    bonus_xp: int = 0


class BoostersRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is known to boost a guild (user ids, ascending)."""

    user_ids: tuple[int, ...] = ()


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that is being sent: which ledger lines it tells of, and the nonce that names it to Discord.

    Attributes:
        first_seq: The first line.
        last_seq: The last line.
        channel_id: Where it goes.
        nonce: Sent along; after a crash the same message is sent with the same nonce, and Discord drops the
            second if it still knows the first (``enforce_nonce``).
        at: When it was first tried, ms UTC.
    """

    first_seq: int
    last_seq: int
    channel_id: int
    nonce: str
    at: int


class Trouble(msgspec.Struct, frozen=True, omit_defaults=True):
    """A channel to which announcements cannot go: why, since when (ms UTC), and whether it was told."""

    channel_id: int
    problem: str
    since_at: int
    told: bool = False


class AnnouncementsRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The state of a guild's announcements.

    Attributes:
        sending: Messages on their way, by the channel's id as text.
        sent_seq: Lines up to this one are announced or passed over.
        troubles: What cannot be announced, by the channel's id as text.
        audit_seq: Deeds up to this line are told in the audit channel.
    """

    sending: dict[str, Delivery] = {}
    sent_seq: int = 0
    troubles: dict[str, Trouble] = {}
    audit_seq: int = 0


class RoleTrouble(msgspec.Struct, frozen=True, omit_defaults=True):
    """A role (0: all) that cannot be given or taken: why, since when (ms UTC), and whether it was told."""

    role_id: int
    problem: str
    since_at: int
    told: bool = False


class SyncRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sync of all members' roles that is under way.

    Attributes:
        actor_id: Who asked for it.
        channel_id: Where its progress is told.
        message_id: In which message.
        begun_at: When it began, ms UTC; names it, too.
        rules_mark: Tells the rules by which it goes from others.
        members: How many members there were to look at.
        expected: How many of them were to change.
        after_user_id: Everybody up to this one is done.
        changed: Whose roles were changed.
        right: Whose roles were right already.
        failed: Who lacks, or has kept, a role that could not be given or taken: how many, by problem.
    """

    actor_id: int
    channel_id: int
    message_id: int
    begun_at: int
    rules_mark: str = ""
    members: int = 0
    expected: int = 0
    after_user_id: int = 0
    changed: int = 0
    right: int = 0
    failed: dict[str, int] = {}

    @property
    def done(self) -> int:
        """How many members are done."""
        return self.changed + self.right + sum(self.failed.values())


class RewardsRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The state of a guild's role rewards.

    Attributes:
        troubles: What cannot be given or taken, by the role's id as text.
        sync: The sync under way, None for none.
        owed: Members whose roles are still to be compared, by user id as text; the number tells one reason
            from a later one.
        overdue: Whether there were more of them than are kept: only a sync puts everybody right.
        stale_since_at: Since when a change of the curve or the rewards waits for a sync, ms UTC; 0 for none.
        left_since_at: Since when what a sync could not give or take waits for another, ms UTC; 0 for none.
    """

    troubles: dict[str, RoleTrouble] = {}
    sync: SyncRecord | None = None
    owed: dict[str, int] = {}
    overdue: bool = False
    stale_since_at: int = 0
    left_since_at: int = 0


class BatchUnlock(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An achievement that a batch unlocked: how many times before and after, and the XP that it brought."""

    achievement_id: str
    times_from: int
    times: int
    xp: int


class BatchRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A change that can be undone as one, once: what it did, so that undoing needs no ledger.

    Attributes:
        actor_id: Who made it.
        at: When, ms UTC.
        day_on: The day (ordinal) of the guild's calendar on which it counts, and so does its undoing.
        user_id: The member whose XP it changed.
        mode: How.
        xp: What it really added, without the rewards of achievements.
        unlocked: What it unlocked.
        number: Its place among the changes of that member, from 1.
        set_before: The ``set`` or ``reset`` before it, where it is one itself; "" for none.
        undone_by: The batch that undid it, "" for not.
    """

    actor_id: int = 0
    at: int = 0
    day_on: int = 0
    user_id: int = 0
    mode: AdjustMode = "give"
    xp: int = 0
    unlocked: tuple[BatchUnlock, ...] = ()
    number: int = 0
    set_before: str = ""
    undone_by: str = ""


class HandRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was changed of a member by hand.

    Attributes:
        changes: How many changes there were.
        last_set: The batch of the last ``set`` or ``reset`` that is not undone, "" for none.
    """

    changes: int = 0
    last_set: str = ""


class RunningEvent(msgspec.Struct, frozen=True, gc=False):
    """An event whose beginning was told and whose end was not; see ``earning_rules.ScheduledEvent``.

    Attributes:
        name: As people know it.
        factor: What XP is multiplied by, as text: ``1.5``.
        from_at: Its first instant, ms UTC.
        until_at: The instant after its last, ms UTC.
        channel_id: Channel or thread in which it was asked for, 0 for nowhere.
    """

    name: str
    factor: str
    from_at: int
    until_at: int
    channel_id: int = 0


class EventsRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guild's running events."""

    running: tuple[RunningEvent, ...] = ()


class CardRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """How a member wants pictures to look.

    Attributes:
        theme: The name of a theme; "" for that of the server.
        accent: As #rrggbb; "" for that of the theme.
        background: The name of a background; "" for that of the theme.
        text_only: Whether the member wants text, and no pictures.
    """

    theme: str = ""
    accent: str = ""
    background: str = ""
    text_only: bool = False


class AssetNote(msgspec.Struct, frozen=True, gc=False):
    """What a guild's theme or background is called, who brought it, and with which event (a snowflake)."""

    title: str
    actor_id: int
    event_id: int

    @property
    def at(self) -> int:
        """When it was brought, ms UTC."""
        return instant_of(self.event_id)


class AssetsRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which themes and backgrounds of its own a guild has, by name."""

    themes: dict[str, AssetNote] = {}
    backgrounds: dict[str, AssetNote] = {}


class AssetRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A guild's own theme (TOML) or background (a picture file); nothing where there is none."""

    content: bytes = b""


class LiveBoardRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """The message of a guild that shows a board and keeps itself current.

    Attributes:
        channel_id: Where it is; 0 for nowhere.
        message_id: Which message; 0 for none.
        board: What it is asked for by: ``xp``, ``streak``, ``week`` or ``month``.
        as_picture: Whether it is a picture.
        digest: Names what it shows.
        edited_at: When it was sent or edited last, ms UTC.
    """

    channel_id: int = 0
    message_id: int = 0
    board: str = "xp"
    as_picture: bool = False
    digest: str = ""
    edited_at: int = 0


class CursorRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a subscriber has come: every line up to ``seq`` of the store's ``epoch`` is done with."""

    seq: int = 0
    epoch: str = ""


Document = (
    RulesRecord
    | ChannelRecord
    | GoalRecord
    | BoostersRecord
    | AnnouncementsRecord
    | RewardsRecord
    | BatchRecord
    | HandRecord
    | EarnedRecord
    | EventsRecord
    | CardRecord
    | AssetsRecord
    | AssetRecord
    | LiveBoardRecord
    | CursorRecord
)
"""Any record that is not a member's."""

Record = MemberRecord | Document
"""Anything that a store keeps under a key."""

DOCUMENT_TYPES: dict[str, type[Document]] = {
    "rules": RulesRecord,
    "channel": ChannelRecord,
    "goal": GoalRecord,
    "boosters": BoostersRecord,
    "announcements": AnnouncementsRecord,
    "rewards": RewardsRecord,
    "batch": BatchRecord,
    "hand": HandRecord,
    "earned": EarnedRecord,
    "cursor": CursorRecord,
    "events": EventsRecord,
    "card": CardRecord,
    "assets": AssetsRecord,
    "asset": AssetRecord,
    "live_board": LiveBoardRecord,
}
"""The type of a document by its key's kind: what a storage codec encodes and decodes."""

ABSENT_DOCUMENTS: dict[str, Document] = {kind: type_() for kind, type_ in DOCUMENT_TYPES.items()}


def absent_record(key: Key) -> Record:
    """Return what stands for a record that was never written: its defaults.

    Raises:
        KeyError: No kind of document has the key's kind.
    """
    if isinstance(key, MemberKey):
        return MemberRecord()
    return ABSENT_DOCUMENTS[key.kind]
