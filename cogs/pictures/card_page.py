"""What `card` shows: the member's card as it looks now, what was chosen for it, and what changes that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import discord

from cogs.base import LaurelCog
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.card_controls import card_view
from cogs.pictures.rank_card import PROFILE, describe_rank_card, rank_card
from cogs.ui.names import clean_name, shown_line
from leveling_core.documents import AssetsRecord, CardRecord
from leveling_core.ids import MemberKey
from pictures import Look, RankCard

__all__ = ["CardPage", "make_card_page", "titles_of", "titles_of_backgrounds"]

_TITLE_COLUMNS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """An answer of `card`: its text, the preview where there is one, and its menus and buttons."""

    text: str
    file: discord.File | None
    view: discord.ui.View


def titles_of(themes: Mapping[str, str], assets: AssetsRecord) -> dict[str, str]:
    """Return the titles of all themes of a server by name: those that come along, then its own."""
    own = {name: clean_name(note.title, _TITLE_COLUMNS) or name for name, note in assets.themes.items()}
    return {**themes, **own}


def titles_of_backgrounds(cog: LaurelCog, assets: AssetsRecord) -> dict[str, str]:
    """Return the titles of all backgrounds of a server by name: those that come along, then its own."""
    coming = {name: cog.texts(f"background-{name}") for name in cog.laurel.pictures.backgrounds}
    return {**coming, **{name: note.title for name, note in assets.backgrounds.items()}}


async def make_card_page(
    cog: LaurelCog, guild: discord.Guild, member: discord.Member, at: int, *, may_attach: bool
) -> CardPage:
    """Make the page of a member's card as of now.

    Args:
        cog: Whose texts and use cases these are.
        guild: The server.
        member: Whose card it is.
        at: Now, ms UTC.
        may_attach: Whether the bot may send a picture here.
    """
    pictures, key = cog.laurel.pictures, MemberKey(guild.id, member.id)
    card, assets = await pictures.cards.get_card(key), await pictures.cards.get_assets(guild.id)
    file = await _preview(cog, key, member, at) if may_attach else None
    themes = titles_of(pictures.themes, assets)
    backgrounds = titles_of_backgrounds(cog, assets)
    view = card_view(cog.texts, member.id, card, themes=themes, backgrounds=backgrounds)
    if file is not None:
        view.add_item(AsTextButton.of(cog.texts, PROFILE, str(member.id)))
    rules = (await cog.leveling.get_rules(guild.id)).rules.pictures
    server_theme = pictures.looks.find_theme(assets, rules.theme)
    lines = [_describe(cog, card, server_theme, themes, backgrounds)]
    if not rules.enabled:
        lines.append(cog.texts("card-server-text"))
    elif card.text_only:
        lines.append(cog.texts("card-text-only"))
    elif file is None:
        lines.append(cog.texts("card-no-preview"))
    return CardPage(text="\n".join(lines), file=file, view=view)


async def _preview(cog: LaurelCog, key: MemberKey, member: discord.Member, at: int) -> discord.File | None:
    profile = await cog.leveling.get_profile(key, at)

    async def make(look: Look) -> RankCard:
        avatar = await cog.laurel.pictures.avatars.get(member)
        return rank_card(cog.texts, cog.leveling.catalogue, profile, member, look=look, avatar=avatar)

    return await cog.laurel.pictures.draw(
        make,
        guild_id=key.guild_id,
        name="card",
        alt=describe_rank_card(cog.texts, profile, member),
        subject=member,
        asker_id=member.id,
    )


def _describe(
    cog: LaurelCog,
    card: CardRecord,
    server_theme: str,
    themes: Mapping[str, str],
    backgrounds: Mapping[str, str],
) -> str:
    chosen = card.theme in themes
    theme = card.theme if chosen else server_theme
    background = backgrounds.get(card.background, "")
    return cog.texts(
        "card-shown",
        theme=shown_line(themes.get(theme, theme), _TITLE_COLUMNS),
        whose="own" if chosen else "server",
        accent=card.accent or "none",
        background=shown_line(background, _TITLE_COLUMNS) or "none",
    )
