"""People whom a command is about, members or not: whoever left may still have progress."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.ui.names import escaped, shown_name, unquoted

__all__ = ["ANYBODY", "ANYBODY_OR_ALL", "AnybodyConverter", "anybody_shown", "name_by_id"]

_ID = re.compile(r"[0-9]{15,20}|<@!?[0-9]{15,20}>")


class AnybodyConverter(commands.Converter[discord.Member | discord.User], app_commands.Transformer):
    """Finds a member by mention, id or name; by mention or id also somebody who is not in the server.

    Names are looked for among the members alone: people of other servers are nobody's business here.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord offers for it in a slash command."""
        return discord.AppCommandOptionType.user

    async def convert(self, ctx: commands.Context[Any], argument: str) -> discord.Member | discord.User:
        """Find whom somebody has typed.

        Raises:
            commands.MemberNotFound: Nobody is called so.
            commands.UserNotFound: Nobody on Discord has this id.
        """
        argument = unquoted(argument)
        try:
            return await commands.MemberConverter().convert(ctx, argument)
        except commands.MemberNotFound:
            if not _ID.fullmatch(argument):
                raise
            return await commands.UserConverter().convert(ctx, argument)

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> discord.Member | discord.User:
        """Take whom somebody has picked."""
        found: discord.Member | discord.User = value
        return found


ANYBODY: Any = commands.parameter(converter=AnybodyConverter)
"""A command's parameter that is somebody, in the server or not."""

ANYBODY_OR_ALL: Any = commands.parameter(default=None, converter=AnybodyConverter | None)
"""The same, None if left out."""


def anybody_shown(person: discord.Member | discord.User) -> str:
    """Return how somebody is called, ready to be shown."""
    return shown_name(person.display_name, otherwise=escaped(person.name))


async def name_by_id(client: discord.Client, guild: discord.Guild, user_id: int) -> str:
    """Return how somebody is called, ready to be shown, also who has left.

    Whom Discord does not tell of now is a mention, which it fills in itself where it can.
    """
    person = guild.get_member(user_id) or client.get_user(user_id)
    if person is None:
        try:
            person = await client.fetch_user(user_id)
        except discord.HTTPException:
            return f"<@{user_id}>"
    return anybody_shown(person)
