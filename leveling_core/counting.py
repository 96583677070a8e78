"""Counting each message of a channel once, without a row for each.

A channel keeps closed intervals of snowflakes: every message inside one is counted. Within one gateway
session a channel's messages arrive without a gap, so the last interval grows with each; after a reconnect
that lost events a new interval begins, and what lies between may be caught up later. Near the growing end
single snowflakes are remembered, because Discord may deliver two neighbours in the wrong order.
"""

from __future__ import annotations

from itertools import pairwise

from leveling_core.documents import ChannelRecord

__all__ = ["MAX_INTERVALS", "RECENT", "count_message", "is_counted"]

RECENT = 16
"""How many of the newest messages are told apart one by one. Discord orders a channel's events except for
rare
neighbours, so a few would do."""

MAX_INTERVALS = 16
"""How many intervals are kept; beyond it the shortest gap between two is closed for good."""


def is_counted(channel: ChannelRecord, message_id: int) -> bool:
    """Tell whether a message of the channel is counted already."""
    recent = channel.recent
    if recent and message_id >= recent[0]:
        return message_id in recent
    return any(first <= message_id <= last for first, last in channel.closed)


def count_message(channel: ChannelRecord, message_id: int, session: int) -> ChannelRecord | None:
    """Count a message: return the channel's new record, or None if it was counted before.

    Args:
        channel: What is counted so far.
        message_id: The message's snowflake.
        session: The gateway session that told of it; a new one opens a new interval.
    """
    closed, recent = channel.closed, channel.recent
    if session == channel.session and closed:
        first, last = closed[-1]
        if message_id > last:
            grown = (*closed[:-1], (first, message_id))
            return ChannelRecord(grown, session, (*recent[1 - RECENT :], message_id))
    if is_counted(channel, message_id):
        return None
    if not closed or message_id > closed[-1][1]:
        return ChannelRecord((*_shortened(closed), (message_id, message_id)), session, (message_id,))
    if recent and message_id >= recent[0]:
        return ChannelRecord(closed, channel.session, tuple(sorted((*recent, message_id)))[-RECENT:])
    return ChannelRecord(_inserted(closed, message_id), channel.session, recent)


def _shortened(closed: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Make room for one more interval, by closing the shortest gap."""
    if len(closed) < MAX_INTERVALS:
        return closed
    gaps = [after[0] - before[1] for before, after in pairwise(closed)]
    place = gaps.index(min(gaps))
    return (*closed[:place], (closed[place][0], closed[place + 1][1]), *closed[place + 2 :])


def _inserted(closed: tuple[tuple[int, int], ...], message_id: int) -> tuple[tuple[int, int], ...]:
    """Add a single message that lies in a gap, as an interval of its own."""
    intervals = tuple(sorted((*closed, (message_id, message_id))))
    return _shortened(intervals) if len(intervals) > MAX_INTERVALS else intervals
