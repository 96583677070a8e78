"""A member's recent past, from the ledger."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leveling_core.history import xp_history
from leveling_core.outcomes import AchievementUnlocked, LedgerLine, LevelReached, XpGained
from leveling_core.periods import utc_day_of
from tests.core.world import ANN, DAY, GUILD, HOUR, START_AT

NOW = START_AT + 6 * DAY + 12 * HOUR
TODAY_ON = utc_day_of(NOW)


def _line(at: int, xp: int, source: str = "message", *, day_on: int = 0) -> LedgerLine:
    outcome = XpGained(xp=xp, source=source)
    return LedgerLine(at=at, guild_id=GUILD, user_id=ANN, outcome=outcome, seq=1, day_on=day_on)


def test_a_week_is_summed_by_day_and_source() -> None:
    """Totals per day, three sources, the best day, the average of active days."""
    unlocked = AchievementUnlocked(xp=50, source="achievement", achievement_id="first_steps")
    lines = [
        _line(START_AT, 20),
        _line(START_AT + HOUR, 21),
        _line(START_AT + 3 * DAY, 25, "daily"),
        _line(START_AT + 3 * DAY, 15, "goal"),
        LedgerLine(at=NOW, guild_id=GUILD, user_id=ANN, outcome=unlocked),
        LedgerLine(
            at=NOW,
            guild_id=GUILD,
            user_id=ANN,
            outcome=LevelReached(level_from=1, level_to=2, total_xp=131),
        ),
    ]
    for seq, line in enumerate(lines, 1):
        line.seq = seq
    history = xp_history(lines, TODAY_ON)
    first_on = utc_day_of(START_AT)
    assert history.days == tuple(zip(range(first_on, first_on + 7), (41, 0, 0, 40, 0, 0, 50), strict=True))
    assert history.total_xp == 131
    assert history.sources == (("achievement", 50), ("message", 41), ("daily", 25))
    assert history.best_day == (first_on + 6, 50)
    assert history.average_xp == 44
    assert [event.outcome.xp for event in history.events] == [50, 15, 25, 21, 20]


def test_a_week_without_xp_is_empty_not_wrong() -> None:
    """Nobody's past has seven days of 0, no best day, no average."""
    history = xp_history([], TODAY_ON)
    assert [xp for _, xp in history.days] == [0] * 7
    assert (history.total_xp, history.best_day, history.average_xp, history.events) == (0, None, 0, ())


def test_a_line_counts_on_the_day_that_was_fixed_for_it() -> None:
    """Whatever the zone is by now, a line stays on the guild's day of then; without one, on that of UTC."""
    late = NOW - 12 * HOUR + 1
    lines = [_line(late, 20), _line(late, 30, day_on=TODAY_ON - 1), _line(late, 40, day_on=TODAY_ON - 7)]
    assert [xp for _, xp in xp_history(lines, TODAY_ON).days] == [0, 0, 0, 0, 0, 30, 20]


@given(st.lists(st.tuples(st.integers(0, 9 * DAY), st.integers(1, 500)), max_size=40))
def test_the_sums_agree(events: list[tuple[int, int]]) -> None:
    """Days add up to the total; lines outside the days count nowhere."""
    lines = [_line(NOW - 8 * DAY + offset, xp) for offset, xp in sorted(events)]
    history = xp_history(lines, TODAY_ON)
    inside = [entry for entry in lines if TODAY_ON - 6 <= utc_day_of(entry.at) <= TODAY_ON]
    assert history.total_xp == sum(xp for _, xp in history.days) == sum(e.outcome.xp for e in inside)
    assert len(history.events) == min(5, len(inside))
