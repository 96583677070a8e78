"""Ending a process in the middle of some work, at any step of it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

__all__ = ["dies_at"]

LIMIT = 60.0
"""After this many seconds a process that should have ended hangs."""


def dies_at(
    step: int,
    work: Callable[[], Coroutine[Any, Any, object]],
    is_step: Callable[[str, tuple[Any, ...]], bool],
) -> bool:
    """Do some work in a process that dies before its ``step``-th step; tell whether it died.

    The process is forked from a server that has no threads: one that is forked from the tests' own process
    would inherit locks that other threads hold there, and they would be held for ever.

    Args:
        step: From 0 on.
        work: The work; it is pickled, so no lambda.
        is_step: Tells whether an audit event (https://docs.python.org/3/library/audit_events.html) is one.
    """
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["hypothesis", "pytest", "storage.repair", "storage.restore", __name__])
    child = processes.Process(target=_do, args=(step, work, is_step))
    child.start()
    child.join(LIMIT)
    if child.exitcode is None:
        child.kill()
        child.join()
        pytest.fail(f"it hangs at step {step}")
    assert child.exitcode in {0, 9}, step
    return child.exitcode == 9


def _do(
    left: int,
    work: Callable[[], Coroutine[Any, Any, object]],
    is_step: Callable[[str, tuple[Any, ...]], bool],
) -> None:
    def die_in_time(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if is_step(event, arguments):
            left -= 1
            if left < 0:
                os._exit(9)

    sys.addaudithook(die_in_time)
    asyncio.run(work())
    os._exit(0)  # what a process does at its end are no steps
