"""The menus, buttons and the form of a card's preview: each says in its custom id what it does, for ever."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self, cast, runtime_checkable

import discord

from cogs.pictures.as_text import COG_NAME
from cogs.ui.embeds import bounded
from data import Texts
from leveling_core.documents import CardRecord

__all__ = ["NOTHING", "CardAct", "CardItem", "HandlesCards", "accent_form", "act_of", "card_view"]

log = logging.getLogger(__name__)

NOTHING = "-"
"""Stands in a menu for the choice of nothing, which Discord does not take as a value."""

_Action = Literal["theme", "background", "accent", "plain", "text", "pictures", "reset"]
_Item = discord.ui.Item[discord.ui.View]
_Button = discord.ui.Button[discord.ui.View]
_Select = discord.ui.Select[discord.ui.View]

_TEMPLATE = re.compile(
    r"laurel:card:1:(?P<action>theme|background|accent|plain|text|pictures|reset):(?P<user>[0-9]{1,20})"
)
_OPTION_CHARACTERS = 100
"""Discord's own limit ("Select Option Structure")."""

_ACCENT_CHARACTERS = 7


@dataclass(frozen=True, slots=True)
class CardAct:
    """What a menu, a button or the form does.

    Attributes:
        action: What is chosen; ``plain`` is the theme's own accent.
        user_id: Whose card it is.
    """

    action: _Action
    user_id: int

    @property
    def custom_id(self) -> str:
        """What Discord gives back when it is used."""
        return f"laurel:card:1:{self.action}:{self.user_id}"


def act_of(custom_id: str) -> CardAct | None:
    """Return what a custom id says, None where it is none of a card's."""
    match = _TEMPLATE.fullmatch(custom_id)
    return None if match is None else CardAct(cast(_Action, match["action"]), int(match["user"]))


@runtime_checkable
class HandlesCards(Protocol):
    """What menus and buttons need of their cog."""

    async def use_card(self, interaction: discord.Interaction[Any], act: CardAct) -> None:
        """Do what a menu or a button says."""
        ...


class CardItem(discord.ui.DynamicItem[_Item], template=_TEMPLATE):
    """A menu or a button below a card's preview.

    Args:
        item: It as Discord knows it.
    """

    def __init__(self, item: _Item) -> None:
        super().__init__(item)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], __: re.Match[str], /
    ) -> Self:
        """Make the item that was used anew."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog do what it says."""
        cog, act = interaction.client.get_cog(COG_NAME), act_of(self.custom_id)
        if isinstance(cog, HandlesCards) and act is not None:
            await cog.use_card(interaction, act)
        else:
            log.info("A card was changed whose cog is not there")


def card_view(
    texts: Texts,
    user_id: int,
    card: CardRecord,
    *,
    themes: Mapping[str, str],
    backgrounds: Mapping[str, str],
) -> discord.ui.View:
    """Return menus and buttons that change a card.

    Args:
        texts: What people read.
        user_id: Whose card it is.
        card: What is chosen now.
        themes: Titles of the themes there are, by name.
        backgrounds: Titles of the backgrounds there are, by name.
    """
    view = discord.ui.View(timeout=None)
    rows: list[list[_Item]] = [
        [_menu(texts, CardAct("theme", user_id), themes, card.theme)],
        [_menu(texts, CardAct("background", user_id), backgrounds, card.background)] if backgrounds else [],
        [
            _button(texts, CardAct("accent", user_id), style=discord.ButtonStyle.primary),
            _button(texts, CardAct("plain", user_id), disabled=not card.accent),
            _button(texts, CardAct("pictures" if card.text_only else "text", user_id)),
            _button(texts, CardAct("reset", user_id), disabled=card == CardRecord()),
        ],
    ]
    for number, row in enumerate(filter(None, rows)):
        for item in row:
            item.row = number
            view.add_item(CardItem(item))
    return view


def accent_form(texts: Texts, user_id: int, accent: str) -> discord.ui.Modal:
    """Make the form in which an accent colour is typed."""
    act = CardAct("accent", user_id)
    form = discord.ui.Modal(title=texts("card-accent-form"), custom_id=act.custom_id)
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id="accent", default=accent or None, placeholder="#3ba55c", max_length=_ACCENT_CHARACTERS
    )
    label: discord.ui.Label[discord.ui.View] = discord.ui.Label(
        text=texts("card-accent-label"), description=texts("card-accent-description"), component=field
    )
    form.add_item(label)
    return form


def _menu(texts: Texts, act: CardAct, titles: Mapping[str, str], chosen: str) -> _Select:
    options = [
        discord.SelectOption(
            label=texts(f"card-choose-{act.action}-none"), value=NOTHING, default=chosen not in titles
        )
    ]
    options += [
        discord.SelectOption(label=bounded(title, _OPTION_CHARACTERS), value=name, default=name == chosen)
        for name, title in titles.items()
    ]
    return discord.ui.Select(
        custom_id=act.custom_id, placeholder=texts(f"card-choose-{act.action}"), options=options
    )


def _button(
    texts: Texts,
    act: CardAct,
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> _Button:
    label = texts(f"card-button-{act.action}")
    return discord.ui.Button(label=label, style=style, disabled=disabled, custom_id=act.custom_id)
