"""Whom statistics are about, and of how many days: also where the days are typed behind the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.ui.names import unquoted
from leveling_core.charts import CHART_DAYS, ChartDays

__all__ = ["ASKER", "Target"]

_Interaction = discord.Interaction[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom statistics are about.

    Attributes:
        member: The member.
        days: Of how many days, if that was typed behind the name.
    """

    member: discord.Member
    days: ChartDays | None = None


class _TargetConverter(commands.MemberConverter, app_commands.Transformer):
    """Reads ``@ann``, ``ann`` and ``ann 30``; as a slash command it takes a member as Discord offers them."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return what Discord lets people choose from."""
        return discord.AppCommandOptionType.user

    async def convert(self, ctx: commands.Context[Any], argument: str) -> Target:  # type: ignore[override]  # it says more than a member
        """Read what was typed.

        Raises:
            commands.MemberNotFound: Nobody is called so.
        """
        name, _, last = argument.rpartition(" ")
        days = next((days for days in CHART_DAYS if str(days) == last), None)
        try:
            return Target(member=await super().convert(ctx, unquoted(argument)))
        except commands.MemberNotFound:
            if days is None or not name:
                raise
        return Target(member=await super().convert(ctx, unquoted(name)), days=days)

    async def transform(self, _: _Interaction, value: Any, /) -> Target:
        """Take who was chosen.

        Raises:
            commands.MemberNotFound: That is nobody of this server.
        """
        if not isinstance(value, discord.Member):
            raise commands.MemberNotFound(str(value))
        return Target(member=value)


def _asker(ctx: commands.Context[Any]) -> Target:
    return Target(member=cast(discord.Member, ctx.author))


ASKER: Any = commands.parameter(default=_asker, displayed_default="you", converter=_TargetConverter())
"""A command's parameter that is a member, with days behind the name or not: the asker if left out."""
