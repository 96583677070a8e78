"""Work that goes on for guilds beside everything else: one task for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from leveling_core.errors import StoreClosedError

__all__ = ["GuildTasks"]

log = logging.getLogger(__name__)


class GuildTasks:
    """The tasks of one kind of work; what is left of it is kept elsewhere, so each may end at any moment.

    Args:
        name: What the tasks are called, before the guild's id.
        put_off: Logged where the store was closed meanwhile.
        failed: Logged where the work failed.
    """

    def __init__(self, name: str, *, put_off: str, failed: str) -> None:
        self._name = name
        self._put_off = put_off
        self._failed = failed
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_closed = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being done."""
        return not self._tasks

    def begin(self, guild_id: int, work: Callable[[int], Awaitable[None]]) -> None:
        """Work for a guild, if nobody is at it and the end has not begun."""
        if guild_id not in self._tasks and not self._is_closed:
            task = asyncio.create_task(self._run(guild_id, work), name=f"{self._name}-{guild_id}")
            self._tasks[guild_id] = task

    async def end(self, guild_id: int) -> None:
        """End the work for a guild, wherever it is."""
        task = self._tasks.get(guild_id)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        """End all work wherever it is, and begin none any more."""
        self._is_closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, guild_id: int, work: Callable[[int], Awaitable[None]]) -> None:
        try:
            await work(guild_id)
        except StoreClosedError:
            log.info("Guild %s: %s", guild_id, self._put_off)
        except Exception:
            log.exception("Guild %s: %s", guild_id, self._failed)
        finally:
            del self._tasks[guild_id]
