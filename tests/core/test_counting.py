"""Counting each message of a channel once, without a row for each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leveling_core.counting import MAX_INTERVALS, RECENT, count_message, is_counted
from leveling_core.documents import ChannelRecord


def _count_all(channel: ChannelRecord, ids: list[int], session: int = 1) -> tuple[ChannelRecord, list[int]]:
    counted = []
    for message_id in ids:
        grown = count_message(channel, message_id, session)
        if grown is not None:
            counted.append(message_id)
            channel = grown
    return channel, counted


def test_messages_of_one_session_grow_one_interval() -> None:
    """A session's messages are one interval, however many."""
    channel, counted = _count_all(ChannelRecord(), list(range(10, 1000, 3)))
    assert channel.closed == ((10, 997),)
    assert len(counted) == len(range(10, 1000, 3))
    assert len(channel.recent) == RECENT


def test_a_message_told_twice_counts_once() -> None:
    """Whatever is replayed, near or far, counts once."""
    channel, _ = _count_all(ChannelRecord(), list(range(100)))
    for replayed in (99, 90, 50, 0):
        assert count_message(channel, replayed, 1) is None
        assert count_message(channel, replayed, 2) is None


def test_neighbours_in_the_wrong_order_both_count() -> None:
    """A message that arrives just after a later one still counts, once."""
    channel, counted = _count_all(ChannelRecord(), [1, 2, 4, 3, 3, 5])
    assert counted == [1, 2, 4, 3, 5]
    assert channel.closed == ((1, 5),)


def test_what_a_lost_session_missed_can_still_be_counted() -> None:
    """A new session leaves a gap, in which messages still count, each once."""
    channel, _ = _count_all(ChannelRecord(), [10, 20])
    channel, _ = _count_all(channel, [50, 60], session=2)
    assert channel.closed == ((10, 20), (50, 60))
    assert not is_counted(channel, 30)
    channel, counted = _count_all(channel, [30, 30, 15, 55], session=2)
    assert counted == [30, 55]
    channel, counted = _count_all(channel, [30, 5], session=3)
    assert counted == [5]


def test_intervals_are_bounded() -> None:
    """However often the bot restarts, a channel's record stays small; old gaps close."""
    channel = ChannelRecord()
    for session in range(3 * MAX_INTERVALS):
        channel, _ = _count_all(channel, [session * 10, session * 10 + 3], session=session + 1)
    assert len(channel.closed) <= MAX_INTERVALS
    assert channel.closed[0][0] == 0


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 4)), max_size=80))
def test_nothing_is_ever_counted_twice(told: list[tuple[int, int]]) -> None:
    """In any order and over any sessions, no message counts twice, and a counted one stays counted."""
    channel = ChannelRecord()
    seen: set[int] = set()
    for message_id, session in told:
        grown = count_message(channel, message_id, session)
        if grown is None:
            continue
        assert message_id not in seen
        seen.add(message_id)
        channel = grown
    assert all(is_counted(channel, message_id) for message_id in seen)
    assert all(first <= last for first, last in channel.closed)
    assert list(channel.closed) == sorted(channel.closed)
