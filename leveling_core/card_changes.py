"""Choosing how pictures look, and bringing themes and backgrounds."""

from __future__ import annotations

import msgspec

from leveling_core.card_facts import AssetAddRequested, AssetRemovalRequested, CardChangeRequested
from leveling_core.decision import Decision, View
from leveling_core.documents import AssetNote, AssetRecord, AssetsRecord, CardRecord, Record
from leveling_core.errors import NoSuchAssetError, TooManyAssetsError
from leveling_core.ids import AssetKind, Key, asset_key, assets_key, card_key
from leveling_core.picture_rules import MOST_ASSETS

__all__ = ["assets_of", "decide_asset_added", "decide_asset_removed", "decide_card_change"]


def assets_of(record: AssetsRecord, kind: AssetKind) -> dict[str, AssetNote]:
    """Return a guild's themes, or its backgrounds, by name."""
    return record.themes if kind == "theme" else record.backgrounds


def decide_card_change(view: View, fact: CardChangeRequested) -> Decision[CardRecord]:
    """Note how a member wants pictures to look; answer all of it."""
    key = card_key(fact.guild_id, fact.user_id)
    before = CardRecord() if fact.reset else view.card(key)
    chosen = {name: getattr(fact, name) for name in CardRecord.__struct_fields__}
    card = msgspec.structs.replace(
        before, **{name: value for name, value in chosen.items() if value is not None}
    )
    return Decision(card, {key: card})


def decide_asset_added(view: View, fact: AssetAddRequested) -> Decision[bool]:
    """Take in a theme or a background of a guild; answer whether it stands in place of one of its name.

    Raises:
        TooManyAssetsError: No more are possible.
    """
    key = assets_key(fact.guild_id)
    record = view.assets(key)
    assets = assets_of(record, fact.kind)
    replaced = fact.name in assets
    if not replaced and len(assets) >= MOST_ASSETS:
        raise TooManyAssetsError(kind=fact.kind, limit=MOST_ASSETS)
    noted = {**assets, fact.name: AssetNote(fact.title, fact.actor_id, fact.event_id)}
    writes: dict[Key, Record] = {
        key: _with_assets(record, fact.kind, noted),
        asset_key(fact.guild_id, fact.kind, fact.name): AssetRecord(fact.content),
    }
    return Decision(replaced, writes)


def decide_asset_removed(view: View, fact: AssetRemovalRequested) -> Decision[AssetNote]:
    """Let a guild have a theme or a background no more; answer what was known of it.

    Raises:
        NoSuchAssetError: It has none of this name.
    """
    key = assets_key(fact.guild_id)
    record = view.assets(key)
    assets = assets_of(record, fact.kind)
    if fact.name not in assets:
        raise NoSuchAssetError(kind=fact.kind, name=fact.name)
    left = {name: note for name, note in assets.items() if name != fact.name}
    writes: dict[Key, Record] = {
        key: _with_assets(record, fact.kind, left),
        asset_key(fact.guild_id, fact.kind, fact.name): AssetRecord(),
    }
    return Decision(assets[fact.name], writes)


def _with_assets(record: AssetsRecord, kind: AssetKind, assets: dict[str, AssetNote]) -> AssetsRecord:
    return AssetsRecord(
        themes=assets if kind == "theme" else record.themes,
        backgrounds=assets if kind == "background" else record.backgrounds,
    )
