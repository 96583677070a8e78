"""Facts about how pictures are to look, as plain frozen data like all others."""

from __future__ import annotations

import msgspec

from leveling_core.ids import AssetKind

__all__ = ["AssetAddRequested", "AssetRemovalRequested", "CardChangeRequested"]


class CardChangeRequested(msgspec.Struct, frozen=True, kw_only=True):
    """A member chooses how pictures look; what is None stays as it is.

    Attributes:
        guild_id: The guild.
        user_id: Who chooses.
        theme: The name of a theme; "" for that of the server.
        accent: As #rrggbb; "" for that of the theme.
        background: The name of a background; "" for that of the theme.
        text_only: Whether text is shown instead.
        reset: Whether what was chosen before is forgotten.
    """

    guild_id: int
    user_id: int
    theme: str | None = None
    accent: str | None = None
    background: str | None = None
    text_only: bool | None = None
    reset: bool = False


class AssetAddRequested(msgspec.Struct, frozen=True, kw_only=True):
    """An admin brings a theme or a background that was checked.

    Attributes:
        guild_id: The guild.
        actor_id: Who brings it.
        event_id: Snowflake of the message or interaction that asks.
        kind: What it is.
        name: What it is called.
        title: What it is called where it is chosen.
        content: A theme as TOML, or a picture file.
    """

    guild_id: int
    actor_id: int
    event_id: int
    kind: AssetKind
    name: str
    title: str
    content: bytes


class AssetRemovalRequested(msgspec.Struct, frozen=True, kw_only=True):
    """An admin wants a theme or a background gone; see `AssetAddRequested`."""

    guild_id: int
    actor_id: int
    event_id: int
    kind: AssetKind
    name: str
