"""Small plain discord.py bots for the tests."""

from __future__ import annotations

import sys
from typing import Any

import discord
from discord.ext import commands

made_bots: list[RecordingBot] = []
"""All recording bots of the running test; the playground's fixture empties it."""


class RecordingBot(commands.Bot):
    """A bot that writes down what happens and echoes on `!say`.

    Attributes:
        seen: What listeners were told, as (event, detail).
        errors: What escaped from listeners and commands; a test that expects some takes them out.
    """

    def __init__(self, *, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__("!", intents=intents or discord.Intents.all(), guild_ready_timeout=0.02, **options)
        self.seen: list[tuple[str, Any]] = []
        self.errors: list[BaseException] = []
        self.add_command(say)
        made_bots.append(self)

    async def setup_hook(self) -> None:
        """Register the commands of the tree."""
        if self.tree.get_commands() or self.tree.get_commands(type=discord.AppCommandType.user):
            await self.tree.sync()

    def details(self, event: str) -> list[Any]:
        """Return what was seen of one event."""
        return [detail for name, detail in self.seen if name == event]

    async def on_message(self, message: discord.Message, /) -> None:
        """Write down what people say."""
        if message.author != self.user:
            self.seen.append(("message", message.content))
        await self.process_commands(message)

    async def on_resumed(self) -> None:
        """Write down a resume."""
        self.seen.append(("resumed", None))

    async def on_ready(self) -> None:
        """Write down a new session."""
        self.seen.append(("ready", None))

    async def on_member_join(self, member: discord.Member) -> None:
        """Write down who joined."""
        self.seen.append(("join", member.name))

    async def on_member_remove(self, member: discord.Member) -> None:
        """Write down who left."""
        self.seen.append(("leave", member.name))

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Write down what changed as it stands now: `after` is the cached member and will change again."""
        self.seen.append(("boost", (before.premium_since, after.premium_since)))
        self.seen.append(("timed out", after.timed_out_until))

    async def on_command_error(self, _: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Keep what went wrong in a command."""
        self.errors.append(getattr(error, "original", error))

    async def on_error(self, *_: Any, **__: Any) -> None:
        """Keep what went wrong in a listener."""
        error = sys.exception()
        assert error is not None
        self.errors.append(error)


@commands.command()
async def say(context: commands.Context[Any], *, text: str) -> None:
    """Repeat a text."""
    await context.send(text)
