"""Multipliers in words, as a member reads them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import discord

from cogs.earning.targets import place_target
from cogs.ui.names import escaped
from data.texts import Texts
from leveling_core.multipliers import split_name
from leveling_core.outcomes import Combine, Multiplier

__all__ = ["decimal_text", "factor_lines", "fraction_text", "multiplier_name", "total_text"]

_DECIMALS = 3


def decimal_text(value: Decimal) -> str:
    """Return a factor as it is shown: ``1.5``."""
    return f"{value:f}"


def fraction_text(numerator: int, denominator: int) -> str:
    """Return an exact factor as it is shown, rounded to three decimals: ``1.5``."""
    rounded = round(Fraction(numerator, denominator) * 10**_DECIMALS)
    return f"{Decimal(rounded).scaleb(-_DECIMALS).normalize():f}"


def multiplier_name(texts: Texts, name: str, guild: discord.Guild) -> str:
    """Return how a multiplier of an award is called in a message.

    Args:
        texts: What people read.
        name: As the ledger names it: ``server``, ``role:123``, ``event:Weekend``.
        guild: Where.
    """
    kind, which = split_name(name)
    shown = which
    if kind in {"channel", "category", "thread"}:
        channel = guild.get_channel_or_thread(int(which))
        if channel is not None:
            shown = place_target(channel).shown
        else:  # a thread may just be archived
            shown = f"<#{which}>" if kind == "thread" else texts("multipliers-name-gone", id=which)
    elif kind == "role":
        is_there = guild.get_role(int(which)) is not None
        shown = f"<@&{which}>" if is_there else texts("multipliers-name-gone", id=which)
    elif kind == "event":
        shown = escaped(which)
    return texts(f"multipliers-name-{kind}", what=shown)


def factor_lines(texts: Texts, multipliers: Iterable[Multiplier], guild: discord.Guild) -> list[str]:
    """Return a line for each multiplier that was, or would be, applied."""
    return [
        texts(
            "multipliers-applies",
            name=multiplier_name(texts, multiplier.name, guild),
            factor=fraction_text(multiplier.numerator, multiplier.denominator),
        )
        for multiplier in multipliers
    ]


def total_text(texts: Texts, factor: tuple[int, int], combine: Combine, count: int) -> str:
    """Return what multipliers come to together.

    Args:
        texts: What people read.
        factor: Numerator and denominator.
        combine: How they came together.
        count: How many there are.
    """
    return texts("multipliers-total", factor=fraction_text(*factor), mode=combine, count=count)
