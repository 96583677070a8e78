"""How a picture looks: as its member has chosen, else as the server has, else in the first theme there is."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from leveling_core.cards import Cards
from leveling_core.documents import AssetsRecord, CardRecord
from leveling_core.ids import AssetKind, MemberKey
from leveling_core.picture_rules import PictureRules
from pictures import Look
from pictures.caches import ByteCache

__all__ = ["Looks"]

_CACHE_BYTES = 16_000_000


class Looks:
    """Makes looks of what people have chosen.

    Args:
        cards: What they have chosen.
        themes: Titles of the themes that come along, by name, in their order.
        backgrounds: The backgrounds that come along, by name.
    """

    def __init__(self, cards: Cards, themes: Mapping[str, str], backgrounds: Mapping[str, bytes]) -> None:
        self._cards = cards
        self._themes = themes
        self._backgrounds = backgrounds
        self._assets: ByteCache[tuple[int, str, str, int], bytes] = ByteCache(_CACHE_BYTES, len)

    @property
    def held_bytes(self) -> int:
        """What is kept of servers' themes and backgrounds takes."""
        return self._assets.held_bytes

    async def of(self, guild_id: int, rules: PictureRules, member: discord.Member | None) -> Look:
        """Return how pictures of a member look, or those of the server where there is none."""
        card = await self._cards.get_card(MemberKey(guild_id, member.id)) if member else CardRecord()
        return await self.of_card(guild_id, rules, card, member)

    async def of_card(
        self, guild_id: int, rules: PictureRules, card: CardRecord, member: discord.Member | None
    ) -> Look:
        """Return how pictures look with a choice."""
        assets = await self._cards.get_assets(guild_id)
        theme = self.find_theme(assets, card.theme, rules.theme)
        own_theme = await self._asset(guild_id, "theme", theme, assets)
        background = await self._asset(guild_id, "background", card.background, assets)
        return Look(
            theme=theme,
            own_theme=own_theme.decode(errors="replace"),
            accent=card.accent,
            background=background or self._backgrounds.get(card.background, b""),
            role_colour=str(member.colour) if member is not None and member.colour.value else "",
        )

    def find_theme(self, assets: AssetsRecord, *wanted: str) -> str:
        """Return the first of the themes wanted that there is; of none, the first that comes along."""
        there = (name for name in wanted if name in assets.themes or name in self._themes)
        return next(there, next(iter(self._themes)))

    async def _asset(self, guild_id: int, kind: AssetKind, name: str, assets: AssetsRecord) -> bytes:
        note = (assets.themes if kind == "theme" else assets.backgrounds).get(name)
        if note is None:
            return b""
        key = (guild_id, kind, name, note.event_id)
        content = self._assets.find(key)
        if content is None:
            content = self._assets.put(key, await self._cards.get_asset(guild_id, kind, name))
        return content
