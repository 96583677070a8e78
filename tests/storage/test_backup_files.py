"""What backups are called, and which of them are kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from storage.backup_files import backup_name, choose_kept, list_backups, stamp_of

NOON = 1_750_000_000_000 // MS_PER_DAY * MS_PER_DAY + MS_PER_DAY // 2
INSTANTS = st.integers(NOON - 400 * MS_PER_DAY, NOON)
GAPS = st.lists(st.integers(1000, 20 * MS_PER_DAY) | st.just(6 * MS_PER_HOUR), max_size=150)


def test_names_tell_the_moment_and_are_read_back(tmp_path: Path) -> None:
    """A backup's name is its moment in UTC; listing gives the moments back, newest first."""
    assert backup_name("laurel", 1_700_000_000_000) == "laurel-20231114T221320Z.db.gz"
    assert backup_name("laurel", 1_700_000_000_000, schema=1) == "laurel-20231114T221320Z-schema-1.db.gz"
    moments = [NOON - 5000, NOON + 3000, NOON]
    for at in moments:
        (tmp_path / backup_name("laurel", at)).write_bytes(b"x" * 7)
    assert [(found.at, found.size_bytes) for found in list_backups(tmp_path)] == [
        (NOON + 3000, 7),
        (NOON, 7),
        (NOON - 5000, 7),
    ]


@pytest.mark.parametrize(
    "name",
    [
        backup_name("laurel", NOON, schema=3),
        "laurel-20251345T990000Z.db.gz",
        "laurel-20250101T000000Z.db.gz.old",
        "my laurel-20250101T000000Z.db.gz",
        "laurel.db",
    ],
)
def test_files_of_other_names_are_none_of_the_list(tmp_path: Path, name: str) -> None:
    """What was made before a migration, copied by hand or is something else is not counted as a backup."""
    (tmp_path / name).write_bytes(b"")
    assert list_backups(tmp_path, {"laurel"}) == []
    assert list_backups(tmp_path / "nowhere") == []


@given(st.sets(INSTANTS))
def test_all_of_the_last_day_and_the_newest_are_kept(instants: set[int]) -> None:
    """Nothing younger than 24 hours goes, and never the newest, however old it is."""
    kept = choose_kept(instants, NOON)
    assert kept <= instants
    assert {at for at in instants if at > NOON - MS_PER_DAY} <= kept
    assert not instants or max(instants) in kept


@given(st.sets(INSTANTS, min_size=1))
def test_days_and_weeks_keep_their_newest(instants: set[int]) -> None:
    """Of the last seven days and four weeks that have any, the newest one stays; older ones go."""
    kept = choose_kept(instants, NOON)
    days = {at // MS_PER_DAY: at for at in sorted(instants)}
    weeks = {stamp_week(at): at for at in sorted(instants)}
    wanted = {at for at in instants if at > NOON - MS_PER_DAY}
    wanted |= {days[day] for day in sorted(days)[-7:]} | {weeks[week] for week in sorted(weeks)[-4:]}
    assert kept == wanted


def stamp_week(at: int) -> str:
    """Return the year and ISO week of an instant, by the calendar and not by arithmetic."""
    year, week, _ = dt.datetime.fromtimestamp(at / 1000, dt.UTC).isocalendar()
    return f"{year}-{week:02}"


@given(GAPS)
def test_pruning_each_time_keeps_what_one_look_at_all_would(gaps: list[int]) -> None:
    """Nothing that a later look needs is gone because of an earlier one, and no more piles up than that."""
    now, made, left = NOON, set[int](), set[int]()
    for gap in gaps:
        now += gap
        made.add(now)
        left = choose_kept(left | {now}, now)
        assert left == choose_kept(made, now)
        assert choose_kept(left, now) == left
        assert len([at for at in left if at <= now - MS_PER_DAY]) <= 7 + 4


def test_the_usual_year() -> None:
    """Every six hours for a year: those of the last day, of seven days and of four weeks, which overlap."""
    now, left = NOON, set[int]()
    for number in range(4 * 365):
        now = NOON + number * 6 * MS_PER_HOUR
        left = choose_kept(left | {now}, now)
    ages = sorted((now - at) / MS_PER_DAY for at in left)
    assert ages[:4] == [0, 0.25, 0.5, 0.75]
    assert len(left) == pytest.approx(11, abs=1)
    assert 14 < ages[-1] <= 28


def test_the_future_is_left_alone() -> None:
    """A backup from a clock that went wrong is neither deleted nor taken for the newest of a day."""
    future = NOON + 400 * MS_PER_DAY
    yesterday = NOON - 2 * MS_PER_DAY
    assert choose_kept({future, NOON, yesterday}, NOON) == {future, NOON, yesterday}
    days = {NOON - number * MS_PER_DAY for number in range(7)}
    assert days <= choose_kept(days | {future}, NOON)


def test_stamps_sort_like_their_moments() -> None:
    """A folder sorted by name is sorted by time."""
    moments = [NOON + number * 37 * MS_PER_HOUR for number in range(500)]
    assert [stamp_of(at) for at in moments] == sorted(map(stamp_of, moments))
