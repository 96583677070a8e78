"""Ending a process in the middle of some work, at any step of it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

__all__ = ["dies_at"]


def dies_at(
    step: int,
    work: Callable[[], Coroutine[Any, Any, object]],
    is_step: Callable[[str, tuple[Any, ...]], bool],
) -> bool:
    """Do some work in a process that dies before its ``step``-th step; tell whether it died.

    Args:
        step: From 0 on.
        work: The work.
        is_step: Tells whether an audit event (https://docs.python.org/3/library/audit_events.html) is one.
    """
    _wait_for_threads()
    child = os.fork()
    if child == 0:
        left = step

        def die_in_time(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if is_step(event, arguments):
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.addaudithook(die_in_time)
        code = 1
        try:
            asyncio.run(work())
            code = 0
        finally:
            os._exit(code)  # whatever happened: the child must not go on with the tests
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, 9}
    return code == 9


def _wait_for_threads() -> None:
    """Wait for the end of what has ended already: a lock that a thread holds is held for ever in a child."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(10)
    assert threading.active_count() == 1, threading.enumerate()
