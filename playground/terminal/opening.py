"""Open the playground at a terminal or a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from playground.kit import Playground
from playground.terminal.host import Host, NewBot
from playground.terminal.keyboard import read_pipe
from playground.terminal.screen import PlainScreen
from playground.terminal.session import Session

PEOPLE: Final = ("ann", "bob", "cleo")
"""Who is there from the beginning, beside the owner."""


def open_playground(new_bot: NewBot, *, store_url: str | None = None) -> int:
    """Run the playground until whoever sits there leaves; return the exit code.

    Args:
        new_bot: Makes the bot of a store, a clock and dice.
        store_url: Where progress is kept, as in LAUREL_STORE; None for a place that is gone afterwards.

    Raises:
        ContentError: The store's URL is none.
        StoreError: The store cannot be opened.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(new_bot, store_url))
    return 0


async def _run(new_bot: NewBot, store_url: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="laurel-playground-") as name:
        folder = Path(name)
        async with _sitting(new_bot, store_url or f"sqlite:///{folder / 'laurel.db'}", folder) as session:
            async for line in read_pipe(sys.stdin):
                await session.do(line)
                if session.is_over:
                    break


@contextlib.asynccontextmanager
async def _sitting(new_bot: NewBot, store_url: str, folder: Path) -> AsyncIterator[Session]:
    async with Playground() as pg:
        for name in PEOPLE:
            pg.world.add_member(pg.guild, name)
        host = Host(pg, store_url, new_bot)
        try:
            await host.start()
            session = Session(pg, host, PlainScreen(), folder)
            session.speaker = pg.member(PEOPLE[0])
            session.skip_news()
            yield session
        finally:
            await host.stop()
