"""Find buttons, menus and texts in a message's components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.errors import Json

ACTION_ROW = 1
BUTTON = 2
STRING_SELECT = 3
TEXT_INPUT = 4
USER_SELECT = 5
ROLE_SELECT = 6
MENTIONABLE_SELECT = 7
CHANNEL_SELECT = 8
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
TEXT_DISPLAY = 10
LABEL = 18
LINK_STYLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button as people see it."""

    label: str
    emoji: str
    custom_id: str | None
    url: str | None
    style: int
    disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A select menu as people see it.

    `options` are (label, value) pairs, empty for menus of users, roles and channels. `channel_types` are
    those that a menu of channels offers, empty for all.
    """

    type: int
    custom_id: str
    placeholder: str
    options: tuple[tuple[str, str], ...]
    min_values: int
    max_values: int
    channel_types: tuple[int, ...]
    disabled: bool


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, parents before children, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def list_buttons(components: list[Json]) -> list[Button]:
    """Return all buttons in reading order."""
    return [
        Button(
            label=component.get("label") or "",
            emoji=(component.get("emoji") or {}).get("name") or "",
            custom_id=component.get("custom_id"),
            url=component.get("url"),
            style=component.get("style", 2),
            disabled=component.get("disabled", False),
        )
        for component in walk(components)
        if component["type"] == BUTTON
    ]


def list_selects(components: list[Json]) -> list[Select]:
    """Return all select menus in reading order."""
    return [
        Select(
            type=component["type"],
            custom_id=component["custom_id"],
            placeholder=component.get("placeholder") or "",
            options=tuple((option["label"], option["value"]) for option in component.get("options", [])),
            min_values=component.get("min_values", 1),
            max_values=component.get("max_values", 1),
            channel_types=tuple(component.get("channel_types") or ()),
            disabled=component.get("disabled", False),
        )
        for component in walk(components)
        if component["type"] in SELECTS
    ]


def list_texts(components: list[Json]) -> list[str]:
    """Return the contents of all text displays in reading order."""
    return [component["content"] for component in walk(components) if component["type"] == TEXT_DISPLAY]
