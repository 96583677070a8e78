"""A server with the whole bot in it, over a database file, and what may happen to them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, cast

from cogs.context import LaurelContext
from cogs.host import LaurelBot
from leveling_core.documents import AnnouncementsRecord, Trouble
from leveling_core.ids import announcements_key
from leveling_core.outcomes import LedgerLine
from leveling_core.store import LedgerQuery, LevelingStore
from playground import Channel, Member, Message
from playground.server import RequestRecord
from storage import open_store
from tests.cogs.server import TEXTS, Server

__all__ = ["House"]


class House(Server):
    """A playground with Laurel in it, over SQLite in a file.

    Args:
        folder: Where its database lies.

    Attributes:
        dice: What the dice of the next facts show, ``0 .. 2**32 - 1``; 0 is the fewest XP.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._opened = 0
        self.dice = 0

    async def __aenter__(self) -> Self:
        """Open the playground and the database; the bot is not connected yet."""
        await super().__aenter__()
        await self.store.close()
        self.store = await self._open()
        return self

    @property
    def database(self) -> Path:
        """The database file of now."""
        return self._folder / f"laurel{self._opened}.db"

    async def _open(self) -> LevelingStore:
        return await open_store(f"sqlite:///{self.database}", clock=self._now)

    def make_bot(self, **options: Any) -> LaurelBot:
        """Make a bot over the database; ``options`` are discord.py's."""
        return LaurelBot(
            self.store,
            texts=TEXTS,
            catalogue=self.catalogue,
            clock=self._now,
            dice=lambda: self.dice,
            pictures=self.pictures,
            guild_ready_timeout=0.02,
            **options,
        )

    @property
    def context(self) -> LaurelContext:
        """What the cogs of the connected bot work with."""
        assert self.bot.laurel is not None
        return self.bot.laurel.context

    async def settle(self) -> None:
        """Wait until all that was said is counted and all that it led to is told."""
        await self.pg.idle()
        await self.store.get_head()
        await self.context.feed.idle()
        await self.pg.idle()

    async def say(self, who: Member, text: str = "hello", channel: Channel | None = None) -> Message:
        """Say something and wait until all that it led to is told."""
        message = await self.pg.say(who, text, channel)
        await self.settle()
        return message

    async def wait_for(self, check: Callable[[], bool]) -> None:
        """Wait until something holds that nothing tells of."""
        async with asyncio.timeout(5):
            while not check():  # noqa: ASYNC110 -- what is waited for happens on the playground's side
                await asyncio.sleep(0.005)

    async def reopen(self) -> None:
        """Stop the bot, close the database, and start both again."""
        await self.pg.stop_bot()
        await self.store.close()
        self.store = await self._open()
        await self.pg.connect(self.make_bot())
        await self.settle()

    async def crash(self) -> None:
        """End the bot as a kill would. What is on disk at this moment is all that is left.

        The database is copied as it lies there, open; what the old process still does cannot be seen in it.
        """
        context, old_store, old_path = self.context, self.store, self.database
        await self.pg.crash()
        self._opened += 1
        for suffix in ("", "-wal"):
            shutil.copy(f"{old_path}{suffix}", f"{self.database}{suffix}")
        await context.feed.stop()
        context.schedule.stop()
        await context.pictures.close()
        await old_store.close()
        self.store = await self._open()

    async def start_again(self) -> None:
        """Start a bot over what a crash has left."""
        await self.pg.connect(self.make_bot())
        await self.settle()

    # what there is to see

    def posts(self, channel: Channel | None = None) -> list[str]:
        """Return the texts of the bot's messages in a channel, oldest first."""
        return [message.content for message in self.pg.replies(channel)]

    def message_requests(self) -> list[RequestRecord]:
        """Return the requests that were to post a message."""
        return [r for r in self.pg.server.requests if r.method == "POST" and r.path.endswith("/messages")]

    async def list_troubles(self) -> list[Trouble]:
        """Return what cannot be announced."""
        record = await self.store.read(announcements_key(self.pg.guild.id))
        return list(cast(AnnouncementsRecord, record).troubles.values())

    async def list_lines(self, where: Callable[[LedgerLine], bool] = lambda _: True) -> list[LedgerLine]:
        """Return all ledger lines such as told."""
        lines = await self.store.list_ledger(LedgerQuery(guild_id=self.pg.guild.id, limit=1_000_000))
        return [line for line in lines if where(line)]
