"""What the ledger says of a member's XP: lines put together by what led to them."""

from __future__ import annotations

from leveling_core.explaining import LEVEL_OUTCOMES, XP_OUTCOMES, events_of
from leveling_core.outcomes import (
    AchievementUnlocked,
    LedgerLine,
    LevelReached,
    Outcome,
    StreakStarted,
    XpAdjusted,
    XpGained,
)
from tests.core.world import ANN, GUILD, START_AT

MESSAGE, COMMAND = 11, 12
LEVEL = LevelReached(level_from=1, level_to=2, total_xp=100)


def line(outcome: Outcome, *, cause: int = MESSAGE, at: int = START_AT, batch: str = "") -> LedgerLine:
    """Make a line of a member."""
    return LedgerLine(at=at, guild_id=GUILD, user_id=ANN, outcome=outcome, cause=cause, batch=batch)


def test_what_one_message_led_to_is_one_event() -> None:
    """Its XP, what that unlocked, and the level, in their order."""
    lines = [
        line(XpGained(xp=20, source="message")),
        line(AchievementUnlocked(xp=75, source="achievement", achievement_id="chatterbox")),
        line(LEVEL),
    ]
    [event] = events_of(lines)
    assert (event.lines, event.xp, event.at, event.cause) == (tuple(lines), 95, START_AT, MESSAGE)


def test_events_keep_their_order_though_lines_are_mixed() -> None:
    """An event stands where its first line does; what is neither XP nor level is passed over."""
    first, second = XpGained(xp=1, source="message"), XpGained(xp=2, source="goal")
    lines = [line(first), line(second, cause=COMMAND), line(StreakStarted(), cause=COMMAND), line(LEVEL)]
    assert [[found.outcome for found in event.lines] for event in events_of(lines)] == [
        [first, LEVEL],
        [second],
    ]


def test_a_level_alone_is_no_event() -> None:
    """One whose XP lies beyond what was read tells nothing by itself."""
    assert events_of([line(LEVEL)]) == []


def test_batches_and_lines_without_a_cause_are_apart() -> None:
    """A change by hand is an event of its own; sums of old awards are told apart by time."""
    given = XpAdjusted(xp=5, source="admin", mode="give", requested_xp=5, total_before=0, total_xp=5)
    folded = XpGained(xp=300, source="message", awards=15)
    lines = [
        line(folded, cause=0),
        line(folded, cause=0, at=START_AT + 1),
        line(given, cause=COMMAND, batch="xp:12"),
        line(given, cause=COMMAND, batch="undo:12"),
    ]
    assert [len(event.lines) for event in events_of(lines)] == [1, 1, 1, 1]


def test_xp_and_levels_are_told_apart() -> None:
    """No outcome is both."""
    assert not set(XP_OUTCOMES) & set(LEVEL_OUTCOMES)
