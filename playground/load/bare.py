"""The bot that Laurel is measured beside: it looks for commands in messages and keeps nothing."""

from __future__ import annotations

import sys
from typing import Any

import discord
from discord.ext import commands

from cogs.discord_address import DiscordAddress
from cogs.host import needed_intents


class BareBot(commands.Bot):
    """Counts messages and says when it has had them all.

    Args:
        expected: How many.
    """

    def __init__(self, expected: int) -> None:
        super().__init__("!", intents=needed_intents(), max_messages=None)
        self._remaining = expected
        self.add_command(rank)

    async def on_ready(self) -> None:
        """Say that messages may come."""
        print("ready", flush=True)

    async def on_message(self, message: discord.Message, /) -> None:
        """Run the command in a message, if it holds one."""
        await self.process_commands(message)
        if not message.content.startswith("!") and not message.author.bot:
            self._remaining -= 1
            if self._remaining == 0:
                print("done", flush=True)


@commands.command()
async def rank(context: commands.Context[Any]) -> None:
    """Answer as Laurel does, without anything to say."""
    await context.send(f"{context.author.name}\nYou have a rank.")


def main() -> None:
    """Connect to the Discord named first, as a bot with the token named second, for so many messages."""
    origin, token, expected = sys.argv[1:]
    DiscordAddress.at(origin).use()
    BareBot(int(expected)).run(token, log_handler=None)


if __name__ == "__main__":
    main()
