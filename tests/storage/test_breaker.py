"""The breaker: what fails again and again is left alone for a while, and then must prove itself."""

from __future__ import annotations

import pytest

from storage.breaker import (
    FAILURES_TO_OPEN,
    FAILURES_WITHIN_SECONDS,
    PROBE_AFTER_SECONDS,
    SUCCESSES_TO_CLOSE,
    Breaker,
)


class Bench:
    """A breaker, its time, and what it said of itself."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.changes: list[str] = []
        self.breaker = Breaker(lambda: self.now, self.changes.append)

    def fail(self, times: int, *, apart: float = 0.0) -> None:
        """Note failures, each some seconds after the one before."""
        for _ in range(times):
            self.now += apart
            self.breaker.note_failure()

    def open(self) -> None:
        """Let it open."""
        self.fail(FAILURES_TO_OPEN)
        assert self.state == "open"

    @property
    def state(self) -> str:
        """The breaker's state."""
        return self.breaker.state


@pytest.fixture
def bench() -> Bench:
    """Give a breaker that is closed."""
    return Bench()


def test_its_figures_are_the_documented_ones() -> None:
    """Five failures in half a minute open it, it is probed after a minute, three successes close it."""
    figures = FAILURES_TO_OPEN, FAILURES_WITHIN_SECONDS, PROBE_AFTER_SECONDS, SUCCESSES_TO_CLOSE
    assert figures == (5, 30.0, 60.0, 3)


def test_a_few_failures_change_nothing(bench: Bench) -> None:
    """One failure less than it takes leaves it closed."""
    bench.fail(4)
    assert (bench.state, bench.changes, bench.breaker.seconds_to_probe) == ("closed", [], 0.0)


def test_enough_failures_open_it(bench: Bench) -> None:
    """The fifth within the time opens it, once."""
    bench.fail(5, apart=7.5)
    assert (bench.state, bench.changes) == ("open", ["open"])
    assert bench.breaker.seconds_to_probe == 60.0


def test_failures_that_lie_far_apart_do_not_open_it(bench: Bench) -> None:
    """Only those of the last half minute count."""
    bench.fail(40, apart=7.6)
    assert bench.state == "closed"


@pytest.mark.parametrize("took", [0.5, 5.9, 6, 7.5, 8, 14, 23, 29.9, 120])
def test_failures_that_take_long_open_it_in_time(bench: Bench, took: float) -> None:
    """However slowly each try fails, it is left alone once that has gone on for half a minute."""
    began, pause = bench.now, 0.1
    while bench.state == "closed":
        bench.now += took
        bench.breaker.note_failure(took)
        assert bench.state == "open" or bench.now - began < FAILURES_WITHIN_SECONDS
        bench.now += pause
        pause *= 2
    assert bench.changes == ["open"]


def test_a_try_that_took_long_and_failed_is_not_remembered_longer(bench: Bench) -> None:
    """Four failures' worth of waiting, and one more long after it, leave it closed."""
    bench.breaker.note_failure(23.0)
    bench.now += 31
    bench.breaker.note_failure(23.0)
    assert bench.state == "closed"
    bench.breaker.note_failure()
    assert bench.state == "open"


def test_successes_in_between_do_not_hide_that_it_fails(bench: Bench) -> None:
    """A storage that fails every other time fails."""
    for _ in range(5):
        bench.breaker.note_success()
        bench.fail(1)
    assert bench.state == "open"


def test_it_is_probed_when_its_time_has_come(bench: Bench) -> None:
    """It stays open for a minute, to the moment, and then is half open without anybody's doing."""
    bench.open()
    bench.now += 59.9
    assert bench.state == "open"
    assert bench.breaker.seconds_to_probe == pytest.approx(0.1)
    bench.now += 0.1
    assert (bench.state, bench.breaker.seconds_to_probe) == ("half_open", 0.0)
    assert bench.changes == ["open", "half_open"]


def test_a_probe_that_fails_opens_it_for_another_minute(bench: Bench) -> None:
    """One failure is enough; it is open from that moment on."""
    bench.open()
    bench.now += 90
    bench.fail(1)
    assert (bench.state, bench.breaker.seconds_to_probe) == ("open", 60.0)
    assert bench.changes == ["open", "half_open", "open"]


def test_three_successes_close_it(bench: Bench) -> None:
    """Two are not enough; after the third, failures are counted from none."""
    bench.open()
    bench.now += 60
    bench.breaker.note_success()
    bench.breaker.note_success()
    assert bench.state == "half_open"
    bench.breaker.note_success()
    assert (bench.state, bench.changes[-1]) == ("closed", "closed")
    bench.fail(4)
    assert bench.state == "closed"
    bench.fail(1)
    assert bench.state == "open"


def test_a_failure_among_the_successes_begins_anew(bench: Bench) -> None:
    """Three in a row are meant."""
    bench.open()
    bench.now += 60
    bench.breaker.note_success()
    bench.breaker.note_success()
    bench.fail(1)
    bench.now += 60
    bench.breaker.note_success()
    bench.breaker.note_success()
    assert bench.state == "half_open"


def test_a_last_try_while_it_is_open_does_not_close_it(bench: Bench) -> None:
    """At the end of the process it is tried whatever its state; that is no probe."""
    bench.open()
    bench.breaker.note_success()
    assert bench.state == "open"
    bench.now += 30
    bench.fail(1)
    assert (bench.breaker.seconds_to_probe, bench.changes) == (60.0, ["open"])
