"""Holding all other records to what they must be: readable, possible, and not ahead of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec

from leveling_core.ceilings import EarnedRecord
from leveling_core.documents import (
    DOCUMENT_TYPES,
    AnnouncementsRecord,
    AssetRecord,
    AssetsRecord,
    BatchRecord,
    BoostersRecord,
    CardRecord,
    ChannelRecord,
    CursorRecord,
    Document,
    EventsRecord,
    GoalRecord,
    HandRecord,
    LiveBoardRecord,
    RewardsRecord,
    RulesRecord,
)
from leveling_core.errors import StoreError
from leveling_core.ids import DocumentKey, Key
from leveling_core.store import Head
from storage.backend import Snapshot
from storage.codec import Row, check_key

__all__ = ["find_key_problem", "find_problem", "find_told_seq", "read_body"]


def find_key_problem(key: Key) -> str:
    """Return why nobody ever asks for a record of this key, "" if somebody may."""
    try:
        check_key(key)
    except (StoreError, TypeError) as error:
        return error.cause if isinstance(error, StoreError) else str(error)
    return ""


def read_body(row: Row) -> tuple[Document | None, str]:
    """Return the record of a row with a right key, and why there is none ("" if there is)."""
    kind, _, _, body = row
    try:
        return msgspec.json.decode(body, type=DOCUMENT_TYPES[kind]), ""
    except (msgspec.DecodeError, TypeError, UnicodeError) as error:
        return None, str(error)


def find_problem(key: DocumentKey, record: Document, head: Head) -> str:
    """Return what is wrong with a record that can be read, "" for nothing.

    Args:
        key: Its key.
        record: The record.
        head: The end of the ledger, beyond which nothing may be.
    """
    return _PROBLEMS[type(record)](key, record, head)


async def find_told_seq(snapshot: Snapshot) -> int:
    """Return the furthest line that anybody says to have been told of, 0 for none.

    Raises:
        StoreError: Records cannot be read.
    """
    told = 0
    async for rows in snapshot.documents():
        for row in rows:
            if row[0] == "cursor" or row[0] == "announcements":
                told = max(told, _told_seq(read_body(row)[0], snapshot.head))
    return told


def _told_seq(record: Document | None, head: Head) -> int:
    if isinstance(record, AnnouncementsRecord):
        return max([record.sent_seq, record.audit_seq, *(one.last_seq for one in record.sending.values())])
    # A cursor of another epoch is from before a restore; the feed begins it at the end of then.
    if isinstance(record, CursorRecord) and record.epoch == head.epoch:
        return record.seq
    return 0


def _of_rules(_key: DocumentKey, _record: RulesRecord, _head: Head) -> str:
    return ""  # a rule that cannot be used is passed over, and is no damage


def _of_channel(_key: DocumentKey, record: ChannelRecord, _head: Head) -> str:
    edges = [edge for interval in record.closed for edge in interval]
    # Of an interval both ends may be one message; two intervals never share one.
    ends = all(first <= last for first, last in record.closed)
    if not ends or any(a[1] >= b[0] for a, b in pairwise(record.closed)) or any(edge < 0 for edge in edges):
        return "its intervals of counted messages overlap"
    if any(a >= b for a, b in pairwise(record.recent)):
        return "its newest messages are out of order"
    return ""


def _of_goal(key: DocumentKey, record: GoalRecord, _head: Head) -> str:
    if not key.id.isdecimal():
        return "its id is no day"
    if min(record.target, record.claimers, record.reached_at, record.bonus_xp) < 0:
        return "a number of it is below 0"
    if len(record.early) > record.claimers or len(set(record.early)) < len(record.early):
        return "its claimers are not as many as it says"
    return ""


def _of_boosters(_key: DocumentKey, record: BoostersRecord, _head: Head) -> str:
    return "its users are out of order" if any(a >= b for a, b in pairwise(record.user_ids)) else ""


def _of_announcements(_key: DocumentKey, record: AnnouncementsRecord, head: Head) -> str:
    last_seq = _told_seq(record, head)
    return f"it tells of line {last_seq}, and the ledger ends with {head.seq}" if last_seq > head.seq else ""


def _of_rewards(_key: DocumentKey, record: RewardsRecord, _head: Head) -> str:
    if not all(name.isdecimal() for name in record.owed):
        return "who is owed roles is no user"
    sync = record.sync
    numbers = (
        [sync.members, sync.after_user_id, sync.changed, sync.right, *sync.failed.values()] if sync else []
    )
    return "a number of its sync is below 0" if any(number < 0 for number in numbers) else ""


def _of_batch(key: DocumentKey, record: BatchRecord, _head: Head) -> str:
    return "" if record.user_id > 0 and record.number > 0 else f"it does not say what {key.id} changed"


def _of_hand(key: DocumentKey, record: HandRecord, _head: Head) -> str:
    if not key.id.isdecimal():
        return "its id is no member"
    return "a number of it is below 0" if record.changes < 0 else ""


def _of_earned(key: DocumentKey, record: EarnedRecord, _head: Head) -> str:
    if not key.id.isdecimal():
        return "its id is no member"
    return "a number of it is below 0" if min(msgspec.structs.astuple(record)) < 0 else ""


def _of_events(_key: DocumentKey, record: EventsRecord, _head: Head) -> str:
    ends = all(event.from_at < event.until_at for event in record.running)
    return "" if ends else "an event of it ends before it begins"


def _of_card(key: DocumentKey, _record: CardRecord, _head: Head) -> str:
    return "" if key.id.isdecimal() else "its id is no member"


def _of_assets(_key: DocumentKey, _record: AssetsRecord, _head: Head) -> str:
    return ""  # one that is not there, or cannot be drawn, is passed over


def _of_asset(_key: DocumentKey, _record: AssetRecord, _head: Head) -> str:
    return ""


def _of_live_board(_key: DocumentKey, record: LiveBoardRecord, _head: Head) -> str:
    return "it names a message and no channel" if record.message_id and not record.channel_id else ""


def _of_cursor(_key: DocumentKey, record: CursorRecord, head: Head) -> str:
    if _told_seq(record, head) > head.seq:
        return f"it is at line {record.seq}, and the ledger ends with {head.seq}"
    return ""


_PROBLEMS: dict[type[Document], Callable[[DocumentKey, Any, Head], str]] = {
    RulesRecord: _of_rules,
    ChannelRecord: _of_channel,
    GoalRecord: _of_goal,
    BoostersRecord: _of_boosters,
    AnnouncementsRecord: _of_announcements,
    RewardsRecord: _of_rewards,
    BatchRecord: _of_batch,
    HandRecord: _of_hand,
    EarnedRecord: _of_earned,
    EventsRecord: _of_events,
    CardRecord: _of_card,
    AssetsRecord: _of_assets,
    AssetRecord: _of_asset,
    LiveBoardRecord: _of_live_board,
    CursorRecord: _of_cursor,
}
