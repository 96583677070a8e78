"""Sending replies: in time, where Discord still takes them, and as text where embeds are not allowed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.ext import commands

from cogs.ui.embeds import text_twin, text_twins
from data.texts import Texts

__all__ = ["DEFER_AFTER_SECONDS", "patience", "reply", "reply_privately", "reply_with_all"]

log = logging.getLogger(__name__)

DEFER_AFTER_SECONDS = 1.5
"""An interaction must be answered within 3 s of being made (Discord's API reference, "Interaction Callback");
half of that is left for the way there and back."""


@asynccontextmanager
async def patience(
    interaction: discord.Interaction | None, after_seconds: float | None = None, *, ephemeral: bool = False
) -> AsyncIterator[None]:
    """Keep an interaction waiting if what is done here takes long; quick work is answered at once.

    Deferring at once would cost every reply a second trip to Discord, and would make errors visible to all.

    Args:
        interaction: What to keep waiting; None (a prefix command) needs nothing.
        after_seconds: How long is long; None for ``DEFER_AFTER_SECONDS``.
        ephemeral: Whether its answer is for its user alone: that is settled by what keeps it waiting.
    """
    if interaction is None:
        yield
        return
    deferring = False

    async def defer_later() -> None:
        nonlocal deferring
        await asyncio.sleep(DEFER_AFTER_SECONDS if after_seconds is None else after_seconds)
        deferring = True
        try:
            await interaction.response.defer(ephemeral=ephemeral)
        except discord.HTTPException as problem:
            log.info("Interaction %s could not be kept waiting: %s", interaction.id, problem)

    waiter = asyncio.create_task(defer_later(), name=f"patience-{interaction.id}")
    try:
        yield
    finally:
        if not deferring:
            waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)


async def reply(
    ctx: commands.Context[Any],
    embed: discord.Embed,
    *,
    view: discord.ui.View | None = None,
    ephemeral: bool = False,
) -> discord.Message | None:
    """Answer a command with an embed, or with its text where embeds are not allowed; nobody is pinged.

    Args:
        ctx: The command.
        embed: The answer.
        view: Its buttons.
        ephemeral: Whether the asker alone should see it, where Discord can do that: of a slash command.

    Returns:
        The message, or None if Discord takes no answer any more: the interaction has expired.
    """
    options: dict[str, Any] = {}
    if view is not None:
        options["view"] = view
    if ctx.bot_permissions.embed_links:
        options["embed"] = embed
    else:
        options["content"] = text_twin(embed)
    return await _send(ctx, ephemeral=ephemeral, **options)


async def reply_with_all(
    ctx: commands.Context[Any], embeds: Sequence[discord.Embed], *, ephemeral: bool = False
) -> None:
    """Answer a command with embeds, a message each; where embeds are not allowed, with all their text.

    Args:
        ctx: The command.
        embeds: The answer.
        ephemeral: Whether a slash command is answered to its user alone.
    """
    if ctx.bot_permissions.embed_links:
        for embed in embeds:
            await _send(ctx, embed=embed, ephemeral=ephemeral)
    else:
        for text in text_twins(embeds):
            await _send(ctx, content=text, ephemeral=ephemeral)


async def reply_privately(ctx: commands.Context[Any], texts: Texts, embeds: Sequence[discord.Embed]) -> None:
    """Answer a command so that the asker alone reads it.

    A slash command is answered to its user alone. For one with a prefix Discord knows no such answer: it is
    sent directly, and if that is refused, the asker is told of the slash command.
    """
    if ctx.interaction is not None:
        await reply_with_all(ctx, embeds, ephemeral=True)
        return
    try:
        for embed in embeds:
            await ctx.author.send(embed=embed, allowed_mentions=discord.AllowedMentions.none())
    except discord.Forbidden as problem:
        log.info("User %s cannot be answered directly: %s", ctx.author.id, problem)
        await _send(ctx, content=texts("ui-no-direct-answer", command=str(ctx.command)))
    else:
        await _send(ctx, content=texts("ui-direct-answer", command=str(ctx.command)))


async def _send(ctx: commands.Context[Any], **options: Any) -> discord.Message | None:
    try:
        return await ctx.send(**options, allowed_mentions=discord.AllowedMentions.none())
    except discord.NotFound as problem:
        log.info("The answer to %s came too late: %s", ctx.command, problem)
        return None
