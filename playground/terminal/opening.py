"""Open the playground at a terminal or a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import io
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, Final

from playground.kit import Playground
from playground.terminal.host import Host, NewBot
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
        ContentError: The store's URL is none.
        StoreError: The store cannot be opened.
    """
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        asyncio.run(_run(new_bot, store_url))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0
    except BrokenPipeError:  # whoever read along has gone; Python would complain once more at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _run(new_bot: NewBot, store_url: str | None) -> None:
    _end_with(signal.SIGTERM, asyncio.current_task())
    with tempfile.TemporaryDirectory(prefix="laurel-playground-") as name:
        folder = Path(name)
        url = store_url or f"sqlite:///{folder / 'laurel.db'}"
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            async with sitting(new_bot, url, folder, PlainScreen()) as session:
                await _play_lines(session)
        elif importlib.util.find_spec("prompt_toolkit") is None:
            async with sitting(new_bot, url, folder, PlainScreen(TOUR_PAUSE_SECONDS)) as session:
                _welcome(session, url if store_url else None)
                session.show_note(INSTALL)
                await _interruptible(session.take_tour(), session)
                await _play_lines(session, "> ")
        else:
            await _play_at_terminal(new_bot, url, folder, kept=store_url is not None)


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


async def _play_at_terminal(new_bot: NewBot, url: str, folder: Path, *, kept: bool) -> None:
    # The only module that needs prompt_toolkit.
    from playground.terminal.prompt import ColourScreen, read_prompt  # noqa: PLC0415 -- see above

    async with sitting(new_bot, url, folder, ColourScreen()) as session:
        _welcome(session, url if kept else None)
        await _interruptible(session.take_tour(), session)
        async for line in read_prompt(session):
            await _interruptible(session.do(line), session)
            if session.is_over:
                return


def _welcome(session: Session, kept_url: str | None) -> None:
    for line in WELCOME:
        session.show([("title", line)])
    kept = "is forgotten when you leave" if kept_url is None else f"is kept in {kept_url}"
    session.show_note(f"what happens here {kept}; now a short tour, Ctrl-C skips it")


async def _interruptible(deed: Coroutine[Any, Any, None], session: Session) -> None:
    """Do something that Ctrl-C ends without ending the playground."""
    task = asyncio.ensure_future(deed)
    with _ending(signal.SIGINT, task):
        try:
            await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            session.show_news()
            session.show_note("interrupted")


@contextlib.contextmanager
def _ending(number: signal.Signals, task: asyncio.Task[None]) -> Any:
    before = signal.getsignal(number)
    _end_with(number, task)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, before)


def _end_with(number: signal.Signals, task: asyncio.Task[Any] | None) -> None:
    """Let a signal end a task; where the event loop knows no signals (Windows), it ends the process."""
    if task is not None:
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


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
