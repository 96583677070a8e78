"""A running bot, seen from the outside: start it, know what it is still busy with, end it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Final, cast

import discord
from discord.gateway import KeepAliveHandler

from playground.errors import PlaygroundError
from playground.waiting import wait_until

if TYPE_CHECKING:
    from discord.gateway import DiscordWebSocket

    from playground.server import DiscordServer

_BUSY_TASKS: Final = ("discord.py: on_", "discord-ui-", "CommandTree-invoker")
"""How discord.py names the tasks of listeners, views, dynamic items, modals and application commands."""


class Link:
    """A bot that runs against a server.

    Args:
        server: The server.
        bot: A fresh client.
        token: What it logs in with.
        quick_identify: Whether to leave out the wait before a second identify.
    """

    def __init__(self, server: DiscordServer, bot: discord.Client, token: str, quick_identify: bool) -> None:
        self.bot = bot
        self._server = server
        if quick_identify:
            bot.before_identify_hook = _no_wait  # type: ignore[assignment, method-assign] # its keyword has another name
        self._runner = asyncio.create_task(bot.start(token), name="playground: bot")

    async def wait_ready(self, wait_seconds: float) -> None:
        """Wait until the bot is ready.

        Raises:
            PlaygroundTimeoutError: It was not in time.
            Exception: Whatever ended it instead.
        """

        def not_ready() -> list[str]:
            return [] if self._runner.done() or self.bot.is_ready() else ["it is still starting"]

        await wait_until(not_ready, wait_seconds, "the bot was not ready", settled_polls=1)
        if self._runner.done():
            await self._runner

    def pending(self) -> list[str]:
        """Return what the bot is still busy with, in words.

        Raises:
            PlaygroundError: It has ended with an error, which is the cause.
        """
        if self._runner.done() and not self._runner.cancelled() and (error := self._runner.exception()):
            raise PlaygroundError(f"the bot has ended: {error!r}") from error
        busy = [
            f"task {task.get_name()}"
            for task in asyncio.all_tasks()
            if task.get_name().startswith(_BUSY_TASKS)
        ]
        if self._server.requests_in_flight:
            busy.append(f"{self._server.requests_in_flight} REST request(s) in flight")
        if not self._runner.done():
            busy += self._undelivered()
        return busy

    def _undelivered(self) -> list[str]:
        socket = _find_socket(self.bot)
        if socket is None:
            return ["the bot has not connected"]
        session = self._server.gateway.sessions.get(socket.session_id or "")
        if session is None or session.connection is None:
            return ["the bot is not connected"]
        if socket.sequence != session.sequence:
            return [f"events {socket.sequence} to {session.sequence} not yet received"]
        if not self.bot.is_ready() or _is_gathering_guilds(self.bot):
            return ["the bot is not ready"]
        return []

    async def wait_end(self, wait_seconds: float) -> BaseException | None:
        """Wait until the bot has ended by itself and close it; return what ended it, None for a plain end.

        Raises:
            PlaygroundTimeoutError: It goes on.
        """

        def still_running() -> list[str]:
            return [] if self._runner.done() else ["it is still running"]

        await wait_until(still_running, wait_seconds, "the bot did not end", settled_polls=1)
        if not self.bot.is_closed():
            await self.bot.close()
        _end_heartbeats()
        return None if self._runner.cancelled() else self._runner.exception()

    async def stop(self) -> None:
        """Close the bot and wait for its end."""
        if not self.bot.is_closed():
            await self.bot.close()
        await self._end_runner()

    async def crash(self) -> None:
        """End everything the bot runs, without a goodbye."""
        self._server.gateway.drop(resumable=False, abruptly=True)
        tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith(_BUSY_TASKS)]
        for task in (self._runner, *tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end_runner()
        await self.bot.http.close()

    async def _end_runner(self) -> None:
        self._runner.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._runner
        _end_heartbeats()


def _end_heartbeats() -> None:
    """End the heartbeat threads of this event loop's bot.

    discord.py ends one when its websocket closes; of a bot that was cancelled it would go on, and fail in the
    middle of something else once the loop is closed.
    """
    loop = asyncio.get_running_loop()
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is loop:
            thread.stop()


def _find_socket(bot: discord.Client) -> DiscordWebSocket | None:
    """Return the bot's websocket (its first shard's), or None before there is one.

    What the bot has received is nowhere told in public: `Client.ws` is None in a sharded one.
    """
    try:
        return cast("DiscordWebSocket | None", bot._get_websocket(shard_id=0))  # noqa: SLF001 # see above
    except KeyError:
        return None


def _is_gathering_guilds(bot: discord.Client) -> bool:
    """Say whether READY has come and `on_ready` has not; `is_ready` stays true in a second session."""
    return bot._connection._ready_task is not None  # noqa: SLF001 # there is no public sign of it


async def _no_wait(_shard_id: int | None, *, initial: bool = False) -> None:
    """Take the place of discord.py's wait of 5 s before a second identify."""
    del initial
