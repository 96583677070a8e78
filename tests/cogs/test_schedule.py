"""Jobs at intervals, by the clock that they are given."""

from __future__ import annotations

import pytest

from cogs.schedule import Schedule
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_ms = 1_767_225_600_000

    def __call__(self) -> int:
        """Return now."""
        return self.now_ms


async def test_a_job_runs_once_a_day_by_the_clock() -> None:
    """Not before a day has passed, then once, however many days were missed."""
    clock, ran = Clock(), list[int]()
    schedule = Schedule(clock)

    async def job() -> None:
        ran.append(clock.now_ms)

    schedule.every_day("count", job)
    clock.now_ms += MS_PER_DAY - 1
    await schedule.run_due()
    assert ran == []
    clock.now_ms += 1 + 5 * MS_PER_DAY
    await schedule.run_due()
    clock.now_ms += MS_PER_HOUR
    await schedule.run_due()
    assert len(ran) == 1


async def test_a_job_may_run_sooner_for_the_first_time() -> None:
    """After that it keeps to its day."""
    clock, ran = Clock(), list[int]()
    schedule = Schedule(clock)

    async def job() -> None:
        ran.append(clock.now_ms)

    schedule.every_day("count", job, first_in_ms=MS_PER_HOUR)
    for step in (MS_PER_HOUR - 1, 1, MS_PER_DAY - 1, 1):
        clock.now_ms += step
        await schedule.run_due()
    assert [clock.now_ms - at for at in ran] == [MS_PER_DAY, 0]


async def test_a_job_may_have_an_interval_of_its_own() -> None:
    """It runs when its first time has come, then an interval after each run."""
    clock, ran = Clock(), list[int]()
    schedule = Schedule(clock)

    async def job() -> None:
        ran.append(clock.now_ms)

    schedule.every(5 * MS_PER_MINUTE, "look", job, first_in_ms=MS_PER_MINUTE)
    for _ in range(12):
        clock.now_ms += MS_PER_MINUTE
        await schedule.run_due()
    assert [at - clock.now_ms for at in ran] == [-11 * MS_PER_MINUTE, -6 * MS_PER_MINUTE, -MS_PER_MINUTE]


@pytest.mark.parametrize("ahead_ms", [MS_PER_HOUR, 5000 * MS_PER_DAY])
async def test_a_clock_that_is_set_back_stops_no_job(ahead_ms: int) -> None:
    """After a clock that was ahead, a job waits for no longer than its interval."""
    clock, ran = Clock(), list[int]()
    schedule = Schedule(clock)

    async def job() -> None:
        ran.append(clock.now_ms)

    schedule.every(MS_PER_HOUR, "look", job, first_in_ms=MS_PER_HOUR)
    clock.now_ms += ahead_ms
    await schedule.run_due()
    clock.now_ms -= ahead_ms
    await schedule.run_due()
    assert len(ran) == 1
    clock.now_ms += MS_PER_HOUR
    await schedule.run_due()
    assert len(ran) == 2


async def test_a_job_that_fails_disturbs_no_other_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    """Its failure is logged by name; the others run, and so does it a day later."""
    clock, ran = Clock(), list[str]()
    schedule = Schedule(clock)

    async def fail() -> None:
        ran.append("fail")
        raise RuntimeError("no")

    async def work() -> None:
        ran.append("work")

    schedule.every_day("first", fail)
    schedule.every_day("second", work)
    for _ in range(2):
        clock.now_ms += MS_PER_DAY
        await schedule.run_due()
    assert ran == ["fail", "work"] * 2
    assert "first failed" in caplog.text


async def test_a_dropped_job_runs_no_more() -> None:
    """Dropping is final, and dropping what is not there is nothing."""
    clock, ran = Clock(), list[str]()
    schedule = Schedule(clock)

    async def work() -> None:
        ran.append("work")

    schedule.every_day("work", work)
    schedule.drop("work")
    schedule.drop("work")
    clock.now_ms += MS_PER_DAY
    await schedule.run_due()
    assert (ran, schedule.job_names) == ([], [])
