"""Answering with a picture, or with its text where there can be none."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord.ext import commands

from cogs.base import LaurelCog
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.service import MakePicture
from cogs.ui.events import guild_of
from cogs.ui.replies import reply

__all__ = ["picture_for", "reply_with_picture"]

log = logging.getLogger(__name__)


async def picture_for(
    cog: LaurelCog,
    ctx: commands.Context[Any],
    make: MakePicture,
    *,
    name: str,
    alt: str,
    subject: discord.Member | None = None,
) -> discord.File | None:
    """Return a picture to answer a command with; None where its text has to do.

    Args:
        cog: Whose command it is.
        ctx: The command.
        make: Gathers what the picture shows.
        name: What the file is called, without its ending.
        alt: What it shows, in words.
        subject: Whose picture it is: its look is that member's; None for the server's.
    """
    if not ctx.bot_permissions.attach_files:
        return None
    return await cog.laurel.pictures.draw(
        make, guild_id=guild_of(ctx).id, name=name, alt=alt, subject=subject, asker_id=ctx.author.id
    )


async def reply_with_picture(
    cog: LaurelCog,
    ctx: commands.Context[Any],
    file: discord.File | None,
    twin: discord.Embed,
    *,
    as_text: tuple[str, str],
    view: discord.ui.View | None = None,
    twin_view: discord.ui.View | None = None,
    content: str = "",
) -> discord.Message | None:
    """Answer a command with a picture and the button "As text"; with the text where there is no picture.

    Args:
        cog: Whose command it is.
        ctx: The command.
        file: The picture; None for none.
        twin: The same as text.
        as_text: What the button shows: the name of the twin (see ``Pictures.twins``) and its argument.
        view: More buttons below the picture.
        twin_view: Buttons below the text, where that is the answer.
        content: A short text above the picture.

    Returns:
        The message, or None if Discord takes no answer any more.
    """
    if file is None:
        return await reply(ctx, twin, view=twin_view)
    shown = view or discord.ui.View(timeout=None)
    shown.add_item(AsTextButton.of(cog.texts, *as_text))
    try:
        return await ctx.send(
            content or None, file=file, view=shown, allowed_mentions=discord.AllowedMentions.none()
        )
    except discord.NotFound as problem:
        log.info("The answer to %s came too late: %s", ctx.command, problem)
        return None
    except discord.HTTPException as problem:
        log.warning("Discord did not take the picture of %s: %s", ctx.command, problem)
        return await reply(ctx, twin, view=twin_view)
