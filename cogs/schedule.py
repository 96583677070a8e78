"""What happens without anybody asking: jobs at intervals, by the one clock of the process."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from leveling_core.periods import MS_PER_DAY, MS_PER_MINUTE

__all__ = ["Schedule"]

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60
"""How often the clock is looked at: a job is late by so much at most, and runs no more often."""

_Job = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Entry:
    job: _Job
    every_ms: int
    due_at: int


class Schedule:
    """Runs jobs when the clock says so.

    The scheduler only wakes it once a minute; what is due is decided by the clock it was given, so that a
    clock that is moved forward (a world in the playground, a machine that slept) moves the jobs too. However
    many times a job was missed, it runs once. After a clock that was set back, no job waits for longer than
    its interval. Jobs run one after another: what takes long goes on in a task of its own. One that raises is
    logged and runs again when it is due again.

    Args:
        clock: Now, in ms UTC.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        # UTC is given so that the machine's own zone is never looked up: intervals do not need it.
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(self.run_due, IntervalTrigger(seconds=LOOK_EVERY_SECONDS), id="look")

    @property
    def job_names(self) -> list[str]:
        """The names of the jobs, in order."""
        return sorted(self._entries)

    def every_day(self, name: str, job: _Job, *, first_in_ms: int = MS_PER_DAY) -> None:
        """Run a job every 24 hours; it takes the place of one of its name.

        Args:
            name: Its name.
            job: What to do.
            first_in_ms: In how many milliseconds it runs for the first time: less than a day where it must
                run also in a process that is started anew every day.
        """
        self.every(MS_PER_DAY, name, job, first_in_ms=first_in_ms)

    def every(self, interval_ms: int, name: str, job: _Job, *, first_in_ms: int) -> None:
        """Run a job at intervals; it takes the place of one of its name.

        Args:
            interval_ms: How long after it ran it runs again.
            name: Its name.
            job: What to do.
            first_in_ms: In how many milliseconds it runs for the first time, at most the interval.
        """
        self._entries[name] = _Entry(job, interval_ms, self._clock() + first_in_ms)

    def drop(self, name: str) -> None:
        """Run a job no more; nothing happens if there is none of the name."""
        self._entries.pop(name, None)

    async def run_due(self) -> None:
        """Run every job whose time has come."""
        now = self._clock()
        for name, entry in list(self._entries.items()):
            entry.due_at = min(entry.due_at, now + entry.every_ms)
            if entry.due_at > now:
                continue
            entry.due_at = now + entry.every_ms
            try:
                await entry.job()
            except Exception:
                log.exception(
                    "The job %s failed; it runs again in %d min", name, entry.every_ms // MS_PER_MINUTE
                )

    def start(self) -> None:
        """Begin; must be called on the running event loop."""
        if not self._scheduler.running:
            self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
