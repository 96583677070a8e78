"""Themes and backgrounds that admins bring: read, checked, and tried on a card before they are kept."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

import discord

from cogs.base import LaurelCog, UserFacingError
from cogs.errors import REASON_CHARACTERS, quoted
from cogs.pictures.rank_card import rank_card
from leveling_core.errors import ContentError
from leveling_core.ids import AssetKind, MemberKey
from leveling_core.picture_rules import ASSET_NAME
from pictures import BACKGROUND_LIMITS, LARGEST_THEME_BYTES, Look, PictureError, StudioBusyError, check_theme

__all__ = ["Asset", "check_asset_name", "read_asset"]

_MOST_BYTES: Final[dict[AssetKind, int]] = {
    "theme": LARGEST_THEME_BYTES,
    "background": BACKGROUND_LIMITS.most_bytes,
}
"""As the studio takes them; what Discord says is larger is not even fetched."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A theme or a background that may be kept.

    Attributes:
        title: What it is called where it is chosen.
        content: What is kept.
        preview: A card with it, as a PNG file.
    """

    title: str
    content: bytes
    preview: bytes


def check_asset_name(cog: LaurelCog, kind: AssetKind, typed: str) -> str:
    """Return the name of a theme or a background as it is kept.

    Raises:
        UserFacingError: It is none, or that of one that comes along.
    """
    name = typed.strip().lower()
    if not re.fullmatch(ASSET_NAME, name):
        raise UserFacingError("cards-bad-name", name=quoted(typed))
    pictures = cog.laurel.pictures
    if name in (pictures.themes if kind == "theme" else pictures.backgrounds):
        raise UserFacingError("cards-name-taken", kind=kind, name=name)
    return name


async def read_asset(
    cog: LaurelCog, kind: AssetKind, name: str, file: discord.Attachment, member: discord.Member, at: int
) -> Asset:
    """Read what an admin brings, check it, and try it on that admin's card.

    Args:
        cog: Whose use cases these are.
        kind: What it is.
        name: What it is to be called.
        file: The file.
        member: The admin.
        at: Now, ms UTC.

    Raises:
        UserFacingError: It cannot be kept; says why.
    """
    if not cog.laurel.pictures.are_drawn:
        raise UserFacingError("pictures-not-drawn")
    if file.size > _MOST_BYTES[kind]:
        raise UserFacingError("cards-too-large", kind=kind, size=file.size, limit=_MOST_BYTES[kind])
    try:
        content = await file.read()
    except discord.HTTPException as problem:
        raise UserFacingError("cards-unreadable") from problem
    try:
        if kind == "theme":
            return await _read_theme(cog, name, content, member, at)
        return await _read_background(cog, name, content, member, at)
    except StudioBusyError as error:
        raise UserFacingError("error-busy") from error


async def _read_theme(cog: LaurelCog, name: str, content: bytes, member: discord.Member, at: int) -> Asset:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UserFacingError("cards-no-text") from error
    try:
        title = await asyncio.to_thread(check_theme, text, name=name)
        preview = await _try_on(cog, Look(theme=name, own_theme=text), member, at)
    except StudioBusyError:
        raise
    except (ContentError, PictureError) as error:
        raise UserFacingError("cards-bad-theme", problem=quoted(str(error), REASON_CHARACTERS)) from error
    return Asset(title, content, preview)


async def _read_background(
    cog: LaurelCog, name: str, content: bytes, member: discord.Member, at: int
) -> Asset:
    pictures = cog.laurel.pictures
    try:
        prepared = await pictures.prepare_background(content)
        preview = await _try_on(cog, Look(theme=next(iter(pictures.themes)), background=prepared), member, at)
    except StudioBusyError:
        raise
    except PictureError as error:
        raise UserFacingError("cards-bad-background") from error
    return Asset(name, prepared, preview)


async def _try_on(cog: LaurelCog, look: Look, member: discord.Member, at: int) -> bytes:
    pictures = cog.laurel.pictures
    profile = await cog.leveling.get_profile(MemberKey(member.guild.id, member.id), at)
    avatar = await pictures.avatars.get(member)
    card = rank_card(cog.texts, cog.leveling.catalogue, profile, member, look=look, avatar=avatar)
    return await pictures.render(card, as_it_is=True)
