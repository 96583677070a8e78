"""One look for every reply, within Discord's limits, with a text twin for where embeds are not allowed."""

from __future__ import annotations

import discord

__all__ = ["COLOUR", "add_field", "bounded", "new_embed", "set_author", "text_twin"]

COLOUR = discord.Colour(0x3BA55C)
"""Laurel green, on every embed."""

# Discord's own limits ("Embed Limits" in its API reference).
_TITLE, _DESCRIPTION, _FIELD_NAME, _FIELD_VALUE, _FOOTER, _AUTHOR = 256, 4096, 256, 1024, 2048, 256
_MESSAGE = 2000
_INVISIBLE = "\u200b"
"""What a field holds that must not be empty."""


def bounded(text: str, limit: int) -> str:
    """Return text within a limit: whole lines as far as they fit, a first line that is too long cut.

    Args:
        text: What should be shown.
        limit: How many characters may be, at least 2.
    """
    if len(text) <= limit:
        return text
    lines = text[: limit - 2].rpartition("\n")[0]
    if lines:
        return f"{lines}\n…"
    return text[: limit - 1].rstrip("\\") + "…"


def new_embed(*, title: str = "", description: str = "", footer: str = "") -> discord.Embed:
    """Make an embed in the house's look; texts that are too long are cut."""
    embed = discord.Embed(colour=COLOUR)
    if title:
        embed.title = bounded(title, _TITLE)
    if description:
        embed.description = bounded(description, _DESCRIPTION)
    if footer:
        embed.set_footer(text=bounded(footer, _FOOTER))
    return embed


def add_field(embed: discord.Embed, name: str, value: str, *, inline: bool = False) -> None:
    """Add a field, cut where it is too long."""
    embed.add_field(
        name=bounded(name, _FIELD_NAME) or _INVISIBLE,
        value=bounded(value, _FIELD_VALUE) or _INVISIBLE,
        inline=inline,
    )


def set_author(embed: discord.Embed, name: str, picture_url: str | None) -> None:
    """Name the member or server that an embed is about, with its picture, if any, small beside the name."""
    embed.set_author(name=bounded(name, _AUTHOR), icon_url=picture_url)


def text_twin(embed: discord.Embed) -> str:
    """Return what an embed says as the text of a message: for channels where embeds are not allowed."""
    parts = []
    if embed.author.name:
        parts.append(discord.utils.escape_markdown(embed.author.name))
    if embed.title:
        parts.append(f"**{embed.title}**")
    if embed.description:
        parts.append(embed.description)
    parts.extend(f"**{field.name}**\n{field.value}" for field in embed.fields)
    if embed.footer.text:
        parts.append(f"-# {embed.footer.text}")
    return bounded("\n".join(parts), _MESSAGE)
