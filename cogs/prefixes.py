"""What commands begin with in each guild, known without asking the store for every message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord.ext import commands

from cogs.context import LaurelContext
from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.service import Leveling

__all__ = ["PREFIX_RULE", "PrefixBook", "command_test", "shown_prefix"]

PREFIX_RULE = "general.prefix"

MENTION = "<@"
"""A mention of the bot always begins a command too, so that a forgotten prefix locks nobody out."""


class PrefixBook:
    """The prefix of every guild, kept current from the ledger. Pass it to a bot as its ``command_prefix``.

    Args:
        default: What commands begin with where a guild has set nothing.
    """

    def __init__(self, default: str) -> None:
        self.default = default
        self._default_starts = (default, MENTION)
        self._starts: dict[int, tuple[str, str]] = {}
        self._end_watch: Callable[[], None] | None = None

    def __call__(self, bot: commands.Bot, message: discord.Message) -> list[str]:
        """Return the prefixes of a message's guild, as discord.py asks for them."""
        return commands.when_mentioned_or(self.get_prefix(message.guild.id if message.guild else 0))(
            bot, message
        )

    def get_prefix(self, guild_id: int) -> str:
        """Return the prefix of a guild; the default for one that is not known."""
        return self._starts.get(guild_id, self._default_starts)[0]

    def may_begin_command(self, message: discord.Message) -> bool:
        """Tell cheaply whether a message may be a command; most are not, and need no more."""
        guild = message.guild
        starts = self._default_starts if guild is None else self._starts.get(guild.id, self._default_starts)
        return message.content.startswith(starts)

    def follow(self, leveling: Leveling) -> None:
        """Keep current with what is committed from now on."""
        self.unfollow()
        self._end_watch = leveling.store.watch(self._on_lines)

    def unfollow(self) -> None:
        """Follow no longer."""
        if self._end_watch is not None:
            self._end_watch()
            self._end_watch = None

    async def load(self, leveling: Leveling, guild_ids: Sequence[int]) -> None:
        """Learn the prefixes of guilds; one that is known already is kept, for it was followed since."""
        for guild_id in guild_ids:
            if guild_id not in self._starts:
                rules = await leveling.get_rules(guild_id)
                if guild_id not in self._starts:  # a change may have been committed meanwhile
                    self._set(guild_id, rules.rules.general.prefix)

    def _set(self, guild_id: int, prefix: str | None) -> None:
        self._starts[guild_id] = (prefix or self.default, MENTION)

    def _on_lines(self, lines: Sequence[LedgerLine]) -> None:
        for line in lines:
            outcome = line.outcome
            if type(outcome) is RulesChanged and PREFIX_RULE in outcome.changes:
                self._set(line.guild_id, outcome.changes[PREFIX_RULE][1])


def command_test(bot: commands.Bot) -> Callable[[discord.Message], bool]:
    """Return a cheap test of whether a message may be a command of a bot; it never misses one."""
    prefix: Any = bot.command_prefix
    if isinstance(prefix, PrefixBook):
        return prefix.may_begin_command
    if isinstance(prefix, str):
        return lambda message: message.content.startswith(prefix)
    if callable(prefix):
        return lambda _: True  # only the bot itself knows
    starts = tuple(prefix)
    return lambda message: message.content.startswith(starts)


def shown_prefix(ctx: commands.Context[Any], laurel: LaurelContext) -> str:
    """Return what a reply shows before the names of commands: ``/`` to who used one, else what they typed."""
    if ctx.interaction is not None:
        return "/"
    if not ctx.clean_prefix.startswith("@"):
        return ctx.clean_prefix
    # A mention reads badly before a command's name, and the bot's name alone is no prefix at all.
    book = ctx.bot.command_prefix
    if isinstance(book, PrefixBook) and ctx.guild is not None:
        return book.get_prefix(ctx.guild.id)
    return laurel.default_prefix
