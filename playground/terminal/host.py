"""The bot of a playground: its store, its dice and its clock; started, stopped, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from cogs.host import LaurelBot
from cogs.rewards import RewardsCog
from leveling_core.store import LedgerQuery, LevelingStore
from playground.errors import PlaygroundError, PlaygroundTimeoutError
from playground.kit import Playground
from playground.waiting import take_turns, wait_until
from storage import open_store

SEED: Final = 20_400_102
"""What the dice begin with, so that a script plays the same every time."""

FEED_SECONDS: Final = 5.0
"""How long announcements may take until something is wrong; real seconds."""

ROLE_SECONDS: Final = 5.0
"""How long to wait for roles to be given; real seconds. Where Discord keeps the bot waiting for longer, they
are given, and shown, later."""

JOB_SECONDS: Final = 1.0
"""How long to wait for what a job goes on with in a task of its own; real seconds."""

SQLITE: Final = "sqlite:///"

NewBot = Callable[[LevelingStore, Callable[[], int], Callable[[], int]], LaurelBot]
"""Makes the bot of a store, a clock and dice."""


class Host:
    """The bot in a playground.

    Args:
        pg: The playground.
        store_url: Where progress is kept, as in LAUREL_STORE.
        new_bot: Makes the bot.

    Attributes:
        is_online: Whether the bot runs.
    """

    def __init__(self, pg: Playground, store_url: str, new_bot: NewBot) -> None:
        self._pg = pg
        self._store_url = store_url
        self._new_bot = new_bot
        self._store: LevelingStore | None = None
        self._bot: LaurelBot | None = None
        self._random = random.Random(SEED)  # noqa: S311 -- XP rolls, and the same ones every time
        self.is_online = False
        pg.quiet_when(self._has_counted, until_then="what was said is not on disk yet")

    def _has_counted(self) -> bool:
        """Tell whether all that was said is on disk."""
        laurel = self._bot.laurel if self._bot is not None else None
        return laurel is None or not laurel.on_their_way

    async def start(self) -> None:
        """Open the store and let the bot come online.

        Raises:
            ContentError: The store's URL is none.
            StoreError: The store cannot be opened.
        """
        if self.is_online:
            raise PlaygroundError("the bot is online already")
        clock = self._pg.clock
        self._store = await open_store(self._store_url, clock=lambda: clock.now_ms)
        await self._go_past(self._store)
        self._bot = self._new_bot(self._store, lambda: clock.now_ms, lambda: self._random.getrandbits(32))
        await self._pg.connect(self._bot)
        self.is_online = True
        await self.settle()

    async def _go_past(self, store: LevelingStore) -> None:
        """Let the world's time be later than all that the store knows: a store may outlive a world."""
        newest = await store.list_ledger(LedgerQuery(newest_first=True, limit=1))
        if newest and newest[0].at > self._pg.clock.now_ms:
            behind = timedelta(milliseconds=newest[0].at - self._pg.clock.now_ms)
            self._pg.clock.advance(days=1, milliseconds=round(behind.total_seconds() * 1000))

    async def run_due(self) -> None:
        """Let the bot do what the world's clock has made due: its jobs."""
        if self._bot is not None and self._bot.laurel is not None:
            await self._bot.laurel.context.schedule.run_due()

    async def keep_up(self, *, look: bool) -> None:
        """Let the bot do what is due, and wait until that is done where there was something to do.

        Args:
            look: Whether to look with care, which takes a millisecond also where there was nothing.

        Raises:
            PlaygroundTimeoutError: It does not come to rest.
        """
        before = asyncio.all_tasks()
        await self.run_due()
        if begun := asyncio.all_tasks() - before:
            await asyncio.wait(begun, timeout=JOB_SECONDS)
        if look:
            await take_turns()
        if self._list_work():
            await self.settle()

    def _list_work(self) -> list[str]:
        """Return what the bot has still to do, in words."""
        laurel = self._bot.laurel if self._bot is not None else None
        announcing = laurel is not None and not laurel.context.feed.is_idle
        return [
            *self._pg.list_work(),
            *(["something is announced"] if announcing else []),
            *self._list_role_work(),
        ]

    async def settle(self) -> None:
        """Wait until the bot has done everything, announcements included.

        Raises:
            PlaygroundTimeoutError: It has not; the text says why, where the storage fails.
        """
        try:
            await self._settle()
        except PlaygroundTimeoutError as error:
            health = self._store.health if self._store is not None else None
            if health is None or not health.problem:
                raise
            problem = f"the bot cannot keep what is said: {health.problem}. {health.cure}"
            raise PlaygroundTimeoutError(problem) from error

    async def _settle(self) -> None:
        await self._pg.idle()
        laurel = self._bot.laurel if self._bot is not None else None
        if laurel is not None:
            try:
                await asyncio.wait_for(laurel.context.feed.idle(), FEED_SECONDS)
            except TimeoutError:
                raise PlaygroundTimeoutError("the bot is still announcing something") from None
            with contextlib.suppress(PlaygroundTimeoutError):  # it may rest until it tries again
                await wait_until(self._list_role_work, ROLE_SECONDS, "roles are not given")
            await self._pg.idle()

    def _list_role_work(self) -> list[str]:
        """Return what the bot has still to give or take, in words."""
        cog = self._bot.get_cog(RewardsCog.__cog_name__) if self._bot is not None else None
        return ["somebody is owed roles"] if isinstance(cog, RewardsCog) and not cog.workers.is_idle else []

    async def stop(self) -> None:
        """Stop the bot as whoever runs it would; nothing happens when it does not run."""
        self.is_online = False
        try:
            await self._pg.stop_bot()
        finally:
            await self._close_store()

    async def crash(self) -> None:
        """Kill the bot, and start it again on what lies on the disk at that moment.

        A kill leaves the files as they are. So they are copied, and what the bot does to them while it is
        cleared away is thrown out.

        Raises:
            PlaygroundError: It does not run.
        """
        if not self.is_online or self._bot is None:
            raise PlaygroundError("the bot is offline; :online starts it")
        self.is_online = False
        images = [(path, _read(path)) for path in self._list_files()]
        await self._pg.crash()
        if self._bot.laurel is not None:
            await self._bot.laurel.close()
        await self._close_store()
        for path, image in images:
            await asyncio.to_thread(_put_back, path, image)
        await self.start()

    async def _close_store(self) -> None:
        store, self._store, self._bot = self._store, None, None
        if store is not None:
            await store.close()

    def _list_files(self) -> list[Path]:
        """Return the files that a database is made of; none for one in memory.

        The log first: copied before the pages that it is written back to, the two fit together even when
        something is written between.
        """
        if not self._store_url.startswith(SQLITE):
            return []
        path = Path(self._store_url.removeprefix(SQLITE))
        return [path.with_name(path.name + suffix) for suffix in ("-wal", "")]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _put_back(path: Path, image: bytes | None) -> None:
    if image is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(image)
