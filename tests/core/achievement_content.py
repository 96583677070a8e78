"""Small catalogues for tests."""

from __future__ import annotations

from typing import Any

from leveling_core.achievements import Catalogue

FILE = "small.toml"


def category(id_: str) -> dict[str, Any]:
    """Return a category as content holds it."""
    return {"id": id_, "name": id_.title(), "emoji": "🗂️"}


def achievement(id_: str, condition: str, **fields: Any) -> dict[str, Any]:
    """Return an achievement as content holds it."""
    return {
        "id": id_,
        "name": id_.title(),
        "description": "Do it.",
        "emoji": "🏅",
        "category": "first",
        "tier": "bronze",
        "condition": condition,
        "xp": 10,
        **fields,
    }


def catalogue_of(*achievements: dict[str, Any]) -> Catalogue:
    """Make a catalogue of the categories ``first`` and ``second``."""
    content = {"category": [category("first"), category("second")], "achievement": list(achievements)}
    return Catalogue.from_mapping(content, file=FILE)
