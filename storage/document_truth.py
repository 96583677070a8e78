"""What a record that is unreadable or impossible must be: what repair writes in its place.

What the ledger tells is taken from there. What it does not tell becomes what can do no harm: a message that
may have been counted counts as counted, a line that may have been told or paid counts as told and paid.
"""

from __future__ import annotations

from collections.abc import Collection

from leveling_core.ceilings import EarnedRecord
from leveling_core.documents import (
    AnnouncementsRecord,
    AssetRecord,
    AssetsRecord,
    CardRecord,
    ChannelRecord,
    CursorRecord,
    Document,
    EventsRecord,
    GoalRecord,
    LiveBoardRecord,
    RewardsRecord,
)
from leveling_core.errors import UnreadableError
from leveling_core.ids import DocumentKey, MemberKey, channel_key, earned_key, goal_key, rules_key
from leveling_core.outcomes import (
    AchievementUnlocked,
    DailyClaimed,
    GoalReached,
    LedgerLine,
    RulesChanged,
    XpAdjusted,
    kind_of,
)
from leveling_core.rule_changes import replay_rules
from leveling_core.store import Head
from storage.backend import Snapshot
from storage.by_hand_truth import replay_by_hand
from storage.codec import LEDGER_COLUMNS, Row, decode_line
from storage.day_sums import AWARD_SOURCE, day_of_row

__all__ = ["KINDS_FROM_LEDGER", "derive_documents", "mend_document"]

_AT, _GUILD, _USER, _KIND, _XP, _SOURCE, _CHANNEL, _THREAD, _CAUSE, _BATCH = (
    LEDGER_COLUMNS.index(name)
    for name in (
        "at",
        "guild_id",
        "user_id",
        "kind",
        "xp",
        "source",
        "channel_id",
        "thread_id",
        "cause",
        "batch",
    )
)
_UNLOCKED, _ADJUSTED = kind_of(AchievementUnlocked), kind_of(XpAdjusted)
_TOLD_BY: dict[str, frozenset[str]] = {
    "channel": frozenset(),
    "goal": frozenset({kind_of(DailyClaimed), kind_of(GoalReached)}),
    "rules": frozenset({kind_of(RulesChanged)}),
    "batch": frozenset({_ADJUSTED, _UNLOCKED}),
    "hand": frozenset({_ADJUSTED, _UNLOCKED}),
    "earned": frozenset(),
}
"""The kinds of lines that tell of a record, by its kind; awards of messages tell of channels, and of what was
earned of late."""

_TELLING: frozenset[str] = frozenset().union(*_TOLD_BY.values())

KINDS_FROM_LEDGER = frozenset(_TOLD_BY)
"""The kinds of records that :func:`derive_documents` knows."""


_CHOSEN_ANEW: dict[str, Document] = {
    "card": CardRecord(),
    "assets": AssetsRecord(),
    "asset": AssetRecord(),
    "live_board": LiveBoardRecord(),
}
"""What becomes of records that nothing tells of and that people can choose or bring again, by their kind."""


def mend_document(record: Document | None, kind: str, head: Head) -> Document | None:
    """Return what a record becomes without looking at the ledger's lines; None where they must be.

    Args:
        record: What could be read, None for nothing.
        kind: Of its key.
        head: The end of the ledger.
    """
    if kind == "cursor":
        return CursorRecord(head.seq, head.epoch)
    if kind == "announcements":
        return _mended_announcements(record, head)
    if kind == "rewards":
        return RewardsRecord(overdue=True)  # it says that a sync is due, which compares everybody's roles
    if kind == "events":
        return EventsRecord()  # one that still runs is told of once more, and ends when it was to
    if isinstance(record, ChannelRecord):
        return _mended_channel(record)
    return _CHOSEN_ANEW.get(kind)


def _mended_announcements(record: Document | None, head: Head) -> Document:
    if not isinstance(record, AnnouncementsRecord):
        return AnnouncementsRecord(sent_seq=head.seq, audit_seq=head.seq)
    sending = {name: one for name, one in record.sending.items() if one.last_seq <= head.seq}
    return AnnouncementsRecord(
        sending, min(record.sent_seq, head.seq), record.troubles, min(record.audit_seq, head.seq)
    )


def _mended_channel(record: ChannelRecord) -> ChannelRecord:
    """Return a record in which all is counted that was, its intervals apart and in order."""
    closed: list[tuple[int, int]] = []
    for first, last in sorted((max(0, min(pair)), max(pair)) for pair in record.closed if max(pair) >= 0):
        if closed and first <= closed[-1][1]:
            closed[-1] = (closed[-1][0], max(last, closed[-1][1]))
        else:
            closed.append((first, last))
    recent = tuple(sorted({number for number in record.recent if number >= 0}))
    return ChannelRecord(tuple(closed), record.session, recent)


class _Lines:
    """What lines tell of the records that are wanted."""

    def __init__(self, wanted: Collection[DocumentKey]) -> None:
        self._wanted = set(wanted)
        self._guilds = {key.guild_id for key in wanted}
        self._last_message: dict[DocumentKey, int] = {}
        self._earned: dict[DocumentKey, EarnedRecord] = {}
        self._claimers: dict[DocumentKey, dict[int, None]] = {}
        self._reached: dict[DocumentKey, tuple[int, GoalReached]] = {}
        self._rules: dict[DocumentKey, list[LedgerLine]] = {}
        self._by_hand: dict[MemberKey, list[LedgerLine]] = {}
        self._hand_of: dict[str, MemberKey] = {}
        self._unclear: set[tuple[int, str]] = set()

    def take_in(self, row: Row) -> None:
        """Take a line in."""
        guild_id = row[_GUILD]
        if guild_id not in self._guilds:
            return
        if row[_SOURCE] == AWARD_SOURCE:
            self._take_in_award(row)
        elif row[_KIND] in _TELLING and (row[_KIND] != _UNLOCKED or row[_BATCH]):
            try:
                line = decode_line(row)
            except UnreadableError:
                self._unclear.add((guild_id, row[_KIND]))
            else:
                self._take_in_line(line)

    def _take_in_award(self, row: Row) -> None:
        key = channel_key(row[_GUILD], row[_THREAD] or row[_CHANNEL] or 0)
        if key in self._wanted:
            self._last_message[key] = max(self._last_message.get(key, 0), row[_CAUSE] or 0)
        key = earned_key(row[_GUILD], row[_USER])
        if key in self._wanted:
            earned = self._earned.get(key, EarnedRecord()).as_of(row[_AT], day_of_row(row))
            self._earned[key] = earned.plus(row[_XP])

    def _take_in_line(self, line: LedgerLine) -> None:
        outcome = line.outcome
        if isinstance(outcome, DailyClaimed):
            key = goal_key(line.guild_id, outcome.booked_on)
            if key in self._wanted:
                self._claimers.setdefault(key, {})[line.user_id] = None
        elif isinstance(outcome, GoalReached):
            self._reached[goal_key(line.guild_id, outcome.day_on)] = line.at, outcome
        elif line.batch:
            member = MemberKey(line.guild_id, line.user_id)
            self._by_hand.setdefault(member, []).append(line)
            self._hand_of.setdefault(line.batch, member)
        else:
            self._rules.setdefault(rules_key(line.guild_id), []).append(line)

    def find(self, key: DocumentKey) -> Document | None:
        """Return what a record must be, None where lines cannot tell."""
        if any((key.guild_id, kind) in self._unclear for kind in _TOLD_BY[key.kind]):
            return None
        if key.kind == "channel":
            last = self._last_message.get(key, 0)
            return ChannelRecord(((1, last),) if last else ())
        if key.kind == "earned":
            return self._earned.get(key, EarnedRecord())
        if key.kind == "goal":
            return self._goal(key)
        if key.kind == "hand":
            return replay_by_hand(self._by_hand.get(MemberKey(key.guild_id, int(key.id)), ())).hand
        if key.kind == "batch":
            lines = self._by_hand.get(self._hand_of.get(key.id, MemberKey(key.guild_id, 0)), ())
            return replay_by_hand(lines).batches.get(key.id)
        return replay_rules(self._rules.get(key, ()))

    def _goal(self, key: DocumentKey) -> GoalRecord:
        claimers = tuple(self._claimers.get(key, ()))
        if key not in self._reached:
            return GoalRecord(claimers=len(claimers), early=claimers)
        at, reached = self._reached[key]
        return GoalRecord(reached.target, len(claimers), claimers[: reached.target], at, reached.bonus_xp)


async def derive_documents(
    snapshot: Snapshot, wanted: Collection[DocumentKey]
) -> dict[DocumentKey, Document]:
    """Read the ledger once, and return what records must be by it; one that it cannot tell of is left out.

    Args:
        snapshot: Whose ledger.
        wanted: Which records, each of one of ``KINDS_FROM_LEDGER``.
    """
    lines = _Lines(wanted)
    async for portion in snapshot.ledger():
        for row in portion:
            lines.take_in(row)
    found = {key: lines.find(key) for key in wanted}
    return {key: record for key, record in found.items() if record is not None}
