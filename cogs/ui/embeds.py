"""One look for every reply, within Discord's limits, with a text twin for where embeds are not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord

from cogs.ui.packing import MESSAGE_CHARACTERS, packed

__all__ = [
    "COLOUR",
    "add_field",
    "bounded",
    "new_embed",
    "set_author",
    "spread_description",
    "spread_fields",
    "text_twin",
    "text_twins",
]

COLOUR = discord.Colour(0x3BA55C)
"""Laurel green, on every embed."""

# Discord's own limits ("Embed Limits" in its API reference).
_TITLE, _DESCRIPTION, _FIELD_NAME, _FIELD_VALUE, _FOOTER, _AUTHOR = 256, 4096, 256, 1024, 2048, 256
_FIELDS, _EMBED = 25, 6000
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


def spread_description(*, title: str, pieces: Iterable[str], footer: str) -> list[discord.Embed]:
    """Make as many embeds as pieces of text need, a blank line between two of them; none is lost or torn."""
    parts = packed(pieces, _DESCRIPTION, "\n\n")
    return [new_embed(title=title, description=part, footer=footer) for part in parts]


def spread_fields(embed: discord.Embed, fields: Iterable[tuple[str, Sequence[str]]]) -> list[discord.Embed]:
    """Add fields to an embed that may be too long for it; no line is lost or torn.

    Args:
        embed: The first embed; those that follow have its title and footer.
        fields: The name of each and its lines. What does not fit goes on in a field without a name, or in
            the next embed.

    Returns:
        The embed, and those that follow it.
    """
    embeds = [embed]
    for name, lines in fields:
        for number, value in enumerate(packed(lines, _FIELD_VALUE)):
            label = _INVISIBLE if number else name
            last = embeds[-1]
            if len(last.fields) == _FIELDS or len(last) + len(label) + len(value) > _EMBED:
                last = new_embed(title=embed.title or "", footer=embed.footer.text or "")
                embeds.append(last)
                label = name
            add_field(last, label, value)
    return embeds


def set_author(embed: discord.Embed, name: str, picture_url: str | None) -> None:
    """Name the member or server that an embed is about, with its picture, if any, small beside the name."""
    embed.set_author(name=bounded(name, _AUTHOR), icon_url=picture_url)


def text_twin(embed: discord.Embed) -> str:
    """Return what an embed says as the text of a message: for channels where embeds are not allowed."""
    return bounded(_text(embed), MESSAGE_CHARACTERS)


def text_twins(embeds: Iterable[discord.Embed]) -> list[str]:
    """Return what embeds say as the texts of as few messages as it takes; no line is lost."""
    return packed(line for embed in embeds for line in _text(embed).split("\n"))


def _text(embed: discord.Embed) -> str:
    parts = []
    if embed.author.name:
        parts.append(discord.utils.escape_markdown(embed.author.name))
    if embed.title:
        parts.append(f"**{embed.title}**")
    if embed.description:
        parts.append(embed.description)
    for field in embed.fields:
        name = "" if field.name == _INVISIBLE else f"**{field.name}**\n"
        parts.append(f"{name}{field.value}")
    if embed.footer.text:
        parts.append(f"-# {embed.footer.text}")
    return "\n".join(parts)
