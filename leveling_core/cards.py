"""How pictures are to look: one short method per use case."""

from __future__ import annotations

from functools import partial
from typing import cast

from leveling_core.card_changes import decide_asset_added, decide_asset_removed, decide_card_change
from leveling_core.card_facts import AssetAddRequested, AssetRemovalRequested, CardChangeRequested
from leveling_core.documents import AssetNote, AssetRecord, AssetsRecord, CardRecord
from leveling_core.ids import AssetKind, MemberKey, OnceKey, asset_key, assets_key, card_key
from leveling_core.store import LevelingStore

__all__ = ["Cards"]


class Cards:
    """The use cases of choosing how pictures look, over a store.

    Args:
        store: Where everything is kept.
    """

    def __init__(self, store: LevelingStore) -> None:
        self._store = store

    async def get_card(self, key: MemberKey) -> CardRecord:
        """Return how a member wants pictures to look."""
        return cast(CardRecord, await self._store.read(card_key(key.guild_id, key.user_id)))

    async def change_card(self, fact: CardChangeRequested) -> CardRecord:
        """Note how a member wants pictures to look; return all of it."""
        decide = partial(decide_card_change, fact=fact)
        return await self._store.commit((card_key(fact.guild_id, fact.user_id),), decide)

    async def get_assets(self, guild_id: int) -> AssetsRecord:
        """Return which themes and backgrounds of its own a guild has."""
        return cast(AssetsRecord, await self._store.read(assets_key(guild_id)))

    async def get_asset(self, guild_id: int, kind: AssetKind, name: str) -> bytes:
        """Return a guild's own theme or background, nothing where it has none of this name."""
        return cast(AssetRecord, await self._store.read(asset_key(guild_id, kind, name))).content

    async def add_asset(self, fact: AssetAddRequested) -> bool:
        """Take in a theme or a background of a guild; tell whether it stands in place of one of its name.

        Raises:
            TooManyAssetsError: No more are possible.
        """
        decide = partial(decide_asset_added, fact=fact)
        once = OnceKey("asset-add", str(fact.event_id), bool)
        return await self._store.commit((assets_key(fact.guild_id),), decide, once=once)

    async def remove_asset(self, fact: AssetRemovalRequested) -> AssetNote:
        """Let a guild have a theme or a background no more; return what was known of it.

        Raises:
            NoSuchAssetError: It has none of this name.
        """
        decide = partial(decide_asset_removed, fact=fact)
        once = OnceKey("asset-remove", str(fact.event_id), AssetNote)
        return await self._store.commit((assets_key(fact.guild_id),), decide, once=once)
