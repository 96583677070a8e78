"""A member's recent past, from the ledger."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leveling_core.history import xp_history
from leveling_core.outcomes import AchievementUnlocked, LedgerLine, LevelReached, XpGained
from leveling_core.periods import day_of
from tests.core.world import ANN, DAY, GUILD, HOUR, START_AT

UTC = ZoneInfo("UTC")
NOW = START_AT + 6 * DAY + 12 * HOUR


def _line(at: int, xp: int, source: str = "message", seq: int = 1) -> LedgerLine:
    return LedgerLine(at=at, guild_id=GUILD, user_id=ANN, outcome=XpGained(xp=xp, source=source), seq=seq)


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
    history = xp_history(lines, NOW, UTC)
    first_on = day_of(START_AT, UTC)
    assert history.days == tuple(zip(range(first_on, first_on + 7), (41, 0, 0, 40, 0, 0, 50), strict=True))
    assert history.total_xp == 131
    assert history.sources == (("achievement", 50), ("message", 41), ("daily", 25))
    assert history.best_day == (first_on + 6, 50)
    assert history.average_xp == 44
    assert [event.outcome.xp for event in history.events] == [50, 15, 25, 21, 20]


def test_a_week_without_xp_is_empty_not_wrong() -> None:
    """Nobody's past has seven days of 0, no best day, no average."""
    history = xp_history([], NOW, UTC)
    assert [xp for _, xp in history.days] == [0] * 7
    assert (history.total_xp, history.best_day, history.average_xp, history.events) == (0, None, 0, ())


def test_days_begin_at_the_guilds_midnight() -> None:
    """The same lines fall on other days in another zone."""
    late = [_line(NOW - 12 * HOUR + 1, 20)]
    by_zone = {
        zone: [xp for _, xp in xp_history(late, NOW, ZoneInfo(zone)).days]
        for zone in ("UTC", "America/New_York")
    }
    assert by_zone["UTC"][-1] == 20
    assert by_zone["America/New_York"][-2] == 20


@given(st.lists(st.tuples(st.integers(0, 9 * DAY), st.integers(1, 500)), max_size=40))
def test_the_sums_agree(events: list[tuple[int, int]]) -> None:
    """Days add up to the total; lines outside the days count nowhere."""
    lines = [_line(NOW - 8 * DAY + offset, xp) for offset, xp in sorted(events)]
    history = xp_history(lines, NOW, UTC)
    inside = [entry for entry in lines if day_of(NOW, UTC) - 6 <= day_of(entry.at, UTC) <= day_of(NOW, UTC)]
    assert history.total_xp == sum(xp for _, xp in history.days) == sum(e.outcome.xp for e in inside)
    assert len(history.events) == min(5, len(inside))
