"""Streaks: on which day a claim is booked, and what it makes of the streak."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.member import MemberRecord
from leveling_core.periods import day_of, midnight_of
from leveling_core.streaks import Booking, book_claim, live_streak, next_claim_at, oldest_live_claim_on
from tests.core.world import DAY, HOUR, MINUTE

UTC = ZoneInfo("UTC")
KYIV = ZoneInfo("Europe/Kyiv")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
HONOLULU = ZoneInfo("Pacific/Honolulu")
ZONES = [UTC, KYIV, KIRITIMATI, HONOLULU, ZoneInfo("America/Havana"), ZoneInfo("Australia/Lord_Howe")]


def _instant(text: str, zone: ZoneInfo = UTC) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def _claimed(at: int, streak: int = 5, zone: ZoneInfo = UTC, booked_on: int | None = None) -> MemberRecord:
    on = day_of(at, zone) if booked_on is None else booked_on
    return MemberRecord(
        streak=streak, last_claim_at=at, last_claim_on=on, last_claim_zone=zone.key, dailies=1
    )


def _book(
    member: MemberRecord, at: int, zone: ZoneInfo = UTC, pardoned: frozenset[int] = frozenset()
) -> Booking | None:
    return book_claim(member, at, zone, 6, pardoned)


def test_a_first_claim_begins_a_streak_of_one() -> None:
    """The first claim ever begins a streak of one day on the day of the claim."""
    at = _instant("2026-03-01T12:00")
    assert _book(MemberRecord(), at) == Booking(day_of(at, UTC), 1, extended=False)


def test_a_claim_on_the_same_day_is_refused_until_midnight() -> None:
    """A second claim on the same day is refused, however late the day; the next midnight opens it."""
    member = _claimed(_instant("2026-03-01T00:00"))
    assert _book(member, _instant("2026-03-01T23:59")) is None
    assert next_claim_at(member, UTC) == _instant("2026-03-02T00:00")
    assert _book(member, _instant("2026-03-02T00:00")) == Booking(
        day_of(_instant("2026-03-02T00:00"), UTC), 6
    )


def test_one_minute_over_midnight_is_another_day() -> None:
    """The day counts, not 24 hours: claims at 23:59 and 00:00 are two days."""
    member = _claimed(_instant("2026-03-01T23:59"))
    booking = _book(member, _instant("2026-03-02T00:00"))
    assert booking is not None
    assert booking.streak == 6


def test_a_missed_day_is_recovered_within_six_hours() -> None:
    """One missed day can be booked in the first six hours of the next, and today stays claimable."""
    member = _claimed(_instant("2026-03-01T12:00"))
    at = _instant("2026-03-03T05:59")
    booking = _book(member, at)
    assert booking == Booking(day_of(at, UTC) - 1, 6, recovered=True)
    again = _claimed(at, streak=6, booked_on=booking.booked_on)
    assert next_claim_at(again, UTC) <= at
    assert _book(again, at + MINUTE) == Booking(day_of(at, UTC), 7)


def test_after_the_window_a_missed_day_breaks_the_streak() -> None:
    """At six hours after midnight the window is closed and the streak begins anew."""
    member = _claimed(_instant("2026-03-01T12:00"))
    at = _instant("2026-03-03T06:00")
    assert _book(member, at) == Booking(day_of(at, UTC), 1, extended=False)


def test_two_missed_days_are_not_recovered() -> None:
    """The window brings back one day, not two."""
    at = _instant("2026-03-04T01:00")
    assert _book(_claimed(_instant("2026-03-01T12:00")), at) == Booking(day_of(at, UTC), 1, extended=False)


def test_a_pardoned_day_adds_nothing_and_breaks_nothing() -> None:
    """Days that were pardoned leave the gap."""
    at = _instant("2026-03-04T12:00")
    gap = frozenset({day_of(at, UTC) - 1, day_of(at, UTC) - 2})
    assert _book(_claimed(_instant("2026-03-01T12:00")), at, pardoned=gap) == Booking(day_of(at, UTC), 6)


def test_a_pardoned_yesterday_is_not_what_the_window_books() -> None:
    """With yesterday pardoned, the day missed before it is gone."""
    at = _instant("2026-03-04T01:00")
    pardoned = frozenset({day_of(at, UTC) - 1})
    booking = _book(_claimed(_instant("2026-03-01T12:00")), at, pardoned=pardoned)
    assert booking == Booking(day_of(at, UTC), 1, extended=False)


def test_a_streak_lives_while_it_can_be_continued() -> None:
    """The streak shown is 0 from the moment on from which a claim would begin anew."""
    member = _claimed(_instant("2026-03-01T12:00"))
    shown = [
        live_streak(member, _instant(at), UTC, 6, frozenset())
        for at in ("2026-03-01T13:00", "2026-03-02T23:59", "2026-03-03T05:59", "2026-03-03T06:00")
    ]
    assert shown == [5, 5, 5, 0]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_of_a_clock_change_are_days_like_others(day: str) -> None:
    """A day of 23 or 25 hours is one day of the streak."""
    noon = _instant(f"{day}T12:00", KYIV)
    before = _claimed(noon - DAY, zone=KYIV)
    booking = _book(before, noon, KYIV)
    assert booking is not None
    assert booking.streak == 6


def test_a_midnight_that_does_not_exist_begins_the_day_at_the_jump() -> None:
    """In Havana clocks jump from 00:00 to 01:00: the day begins at that instant."""
    havana = ZoneInfo("America/Havana")
    day_on = dt.date(2026, 3, 8).toordinal()
    begins = midnight_of(day_on, havana)
    assert day_of(begins, havana) == day_on
    assert day_of(begins - 1000, havana) == day_on - 1


@given(
    at=st.integers(_instant("2020-01-01T00:00"), _instant("2030-01-01T00:00")),
    zone=st.sampled_from(ZONES),
)
def test_an_instant_lies_within_its_day(at: int, zone: ZoneInfo) -> None:
    """Every instant lies between its day's midnight and the next one, in every zone."""
    day_on = day_of(at, zone)
    assert midnight_of(day_on, zone) <= at < midnight_of(day_on + 1, zone)


@given(
    start=st.integers(_instant("2024-01-01T00:00"), _instant("2027-01-01T00:00")),
    zone_from=st.sampled_from(ZONES),
    zone_to=st.sampled_from(ZONES),
    minutes=st.integers(0, 3 * 24 * 60),
)
def test_moving_the_zone_never_lets_anyone_claim_twice(
    start: int, zone_from: ZoneInfo, zone_to: ZoneInfo, minutes: int
) -> None:
    """After a change of zone no claim is possible for 20 hours; one within 44 keeps the streak."""
    member = _claimed(start, zone=zone_from)
    at = start + minutes * MINUTE
    booking = _book(member, at, zone_to)
    if zone_from == zone_to:
        return
    opens_at = next_claim_at(member, zone_to)
    assert start + 20 * HOUR <= opens_at <= start + 46 * HOUR
    assert (booking is None) == (at < opens_at)
    if booking is not None and at < opens_at + 23 * HOUR:
        assert booking.streak == 6


@given(
    gaps=st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=30),
    zone=st.sampled_from(ZONES),
)
def test_a_day_is_booked_once_and_a_streak_counts_booked_days(gaps: list[int], zone: ZoneInfo) -> None:
    """Whatever the times, booked days strictly ascend, and a streak is a run of consecutive ones."""
    at = _instant("2026-01-01T00:00")
    member = MemberRecord()
    booked: list[int] = []
    for gap in gaps:
        at += gap * MINUTE
        booking = _book(member, at, zone)
        if booking is None:
            continue
        booked.append(booking.booked_on)
        member = _claimed(at, booking.streak, zone, booking.booked_on)
        assert booked[-booking.streak :] == list(
            range(booking.booked_on - booking.streak + 1, booking.booked_on + 1)
        )
    assert booked == sorted(set(booked))


def test_a_zone_of_the_same_clock_changes_nothing() -> None:
    """Another name for the same midnight makes nobody wait and excuses nothing."""
    member = _claimed(_instant("2026-03-01T23:00"))
    greenwich = ZoneInfo("Etc/GMT")
    booking = _book(member, _instant("2026-03-02T00:01"), greenwich)
    assert booking is not None
    assert booking.streak == 6
    lost = _book(member, _instant("2026-03-03T21:00"), greenwich)
    assert lost is not None
    assert lost.streak == 1


@given(
    last_days=st.integers(0, 9),
    hour=st.integers(0, 23),
    pardoned=st.frozensets(st.integers(-9, 0), max_size=5),
)
def test_a_board_of_streaks_holds_those_that_live(
    last_days: int, hour: int, pardoned: frozenset[int]
) -> None:
    """The board's oldest last claim agrees with whether a single streak still lives."""
    at = _instant("2026-03-10T00:30") + hour * HOUR
    today_on = day_of(at, UTC)
    pardoned_on = frozenset(today_on + offset for offset in pardoned)
    member = _claimed(at - last_days * DAY)
    lives = live_streak(member, at, UTC, 6, pardoned_on) > 0
    assert lives == (member.last_claim_on >= oldest_live_claim_on(at, UTC, 6, pardoned_on))
