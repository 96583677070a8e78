"""What happens without anybody asking: jobs by the calendar, in one scheduler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

__all__ = ["Schedule"]


class Schedule:
    """Runs jobs at their times on the event loop.

    A job that raises is logged by the scheduler and runs again at its next time. One that was missed (the
    machine slept) runs once, late; one that still runs is not begun a second time.
    """

    def __init__(self) -> None:
        # UTC is given so that the machine's own zone is never looked up: intervals do not need it.
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    @property
    def job_names(self) -> list[str]:
        """The names of the jobs, in order."""
        return sorted(job.id for job in self._scheduler.get_jobs())

    def every_day(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job every 24 hours, for the first time in 24 hours; it takes the place of one of its name."""
        self._scheduler.add_job(job, IntervalTrigger(hours=24), id=name, name=name, replace_existing=True)

    def drop(self, name: str) -> None:
        """Run a job no more; nothing happens if there is none of the name."""
        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return

    def start(self) -> None:
        """Begin; must be called on the running event loop."""
        if not self._scheduler.running:
            self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
