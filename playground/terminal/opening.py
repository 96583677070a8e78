"""Open the playground at a terminal or a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from playground.kit import Playground
from playground.terminal.chosen_store import refuse_foreign_store
from playground.terminal.host import Host, NewBot
from playground.terminal.interrupts import Interrupts
from playground.terminal.keyboard import read_pipe
from playground.terminal.screen import PlainScreen, Screen
from playground.terminal.session import Session

PEOPLE: Final = ("ann", "bob", "cleo")
"""Who is there from the beginning, beside the owner."""

TOUR_PAUSE_SECONDS: Final = 1.0

WELCOME: Final = (
    "This is Laurel in a playground: a small Discord on this machine. Nothing you do here leaves it.",
    "Type as anybody (ann: hello), use commands (ann: !daily, bob: /leaderboard), or :help. Ctrl-D leaves.",
)

INSTALL: Final = "for colours, history and completion: python -m pip install -e '.[playground]'"


def open_playground(new_bot: NewBot, *, store_url: str | None = None) -> int:
    """Run the playground until whoever sits there leaves; return the exit code.

    Args:
        new_bot: Makes the bot of a store, a clock and dice.
        store_url: Where progress is kept, as in LAUREL_STORE; None for a place that is gone afterwards.

    Raises:
        ContentError: The store's URL is none, or that of a store that is not a playground's.
        StoreError: The store cannot be opened.
    """
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        asyncio.run(_run(new_bot, store_url))
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # whoever read along has gone; Python would complain once more at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _run(new_bot: NewBot, store_url: str | None) -> None:
    interrupts = Interrupts()
    interrupts.listen()
    if store_url is not None:
        await refuse_foreign_store(store_url)
    is_attended = sys.stdin.isatty() and sys.stdout.isatty()
    is_coloured = is_attended and importlib.util.find_spec("prompt_toolkit") is not None
    with tempfile.TemporaryDirectory(prefix="laurel-playground-") as name:
        folder = Path(name)
        screen = (
            _new_colour_screen() if is_coloured else PlainScreen(TOUR_PAUSE_SECONDS if is_attended else 0)
        )
        async with sitting(
            new_bot, store_url or f"sqlite:///{folder / 'laurel.db'}", folder, screen
        ) as session:
            if is_attended:
                _welcome(session, store_url, is_coloured=is_coloured)
                play = _play_at_terminal(session, interrupts, is_coloured=is_coloured)
            else:
                if store_url is not None:
                    session.show_note(f"what happens here is kept in {store_url}")
                play = _play_lines(session)
            await interrupts.run_until_stopped(play)


def _new_colour_screen() -> Screen:
    from playground.terminal.prompt import ColourScreen  # noqa: PLC0415 -- needs prompt_toolkit

    return ColourScreen()


async def _play_lines(session: Session, prompt: str = "") -> None:
    """Do what comes in line by line, each asked for with a prompt."""
    lines = read_pipe(sys.stdin)
    while not session.is_over:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = await anext(lines, None)
        if line is None:
            return
        await session.do(line)


async def _play_at_terminal(session: Session, interrupts: Interrupts, *, is_coloured: bool) -> None:
    """Take the tour, then do what is typed; Ctrl-C ends what a line does, and between lines all."""
    if not await interrupts.run_interruptibly(session.take_tour()):
        session.show_news()
        session.show_note("interrupted")
    if not is_coloured:
        await _play_lines(session, "> ")
        return
    from playground.terminal.prompt import read_prompt  # noqa: PLC0415 -- needs prompt_toolkit

    async for line in read_prompt(session):
        if not await interrupts.run_interruptibly(session.do(line)):
            session.show_news()
            session.show_note("interrupted")
        if session.is_over:
            return


def _welcome(session: Session, kept_url: str | None, *, is_coloured: bool) -> None:
    for line in WELCOME:
        session.show([("title", line)])
    kept = "is forgotten when you leave" if kept_url is None else f"is kept in {kept_url}"
    session.show_note(f"what happens here {kept}; now a short tour, Ctrl-C skips it")
    if not is_coloured:
        session.show_note(INSTALL)


@contextlib.asynccontextmanager
async def sitting(new_bot: NewBot, store_url: str, folder: Path, screen: Screen) -> AsyncIterator[Session]:
    """Give a session with its bot online, in a world of its own.

    Args:
        new_bot: Makes the bot.
        store_url: Where progress is kept.
        folder: Where pictures are put.
        screen: Where things are shown.
    """
    async with Playground() as pg:
        for name in PEOPLE:
            pg.world.add_member(pg.guild, name)
        host = Host(pg, store_url, new_bot)
        try:
            await host.start()
            session = Session(pg, host, screen, folder)
            session.speaker = pg.member(PEOPLE[0])
            session.skip_news()
            yield session
        finally:
            await host.stop()
