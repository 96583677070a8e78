"""The menus and buttons of the settings panel: each says in its custom id what it does, for ever."""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import discord

from cogs.base import LaurelCog

__all__ = ["Act", "PanelHost", "PanelItem", "act_of", "panel_view"]

log = logging.getLogger(__name__)

_TEMPLATE = re.compile(
    r"laurel:panel:1:(?P<action>[a-z]+):(?P<subject>[a-z0-9_.]{0,60}):(?P<value>[a-z0-9]{0,20})"
)


@dataclass(frozen=True, slots=True)
class Act:
    """What a menu, a button or a form of the panel does.

    Attributes:
        action: Such as ``section``, ``set`` or ``submit``.
        subject: The section or rule that it is about.
        value: What it is set to, or which of several menus it is.
    """

    action: str
    subject: str = ""
    value: str = ""

    @property
    def custom_id(self) -> str:
        """What Discord gives back when it is used."""
        return f"laurel:panel:1:{self.action}:{self.subject}:{self.value}"


def act_of(custom_id: str) -> Act | None:
    """Return what a custom id says, None where it is none of the panel's."""
    match = _TEMPLATE.fullmatch(custom_id)
    return None if match is None else Act(match["action"], match["subject"], match["value"])


class PanelHost(LaurelCog):
    """The cog to which a panel belongs."""

    @abstractmethod
    async def use_panel(self, interaction: discord.Interaction[Any], act: Act) -> None:
        """Do what a menu or a button says."""


class PanelItem(discord.ui.DynamicItem[discord.ui.Item[discord.ui.View]], template=_TEMPLATE):
    """A menu or a button of the panel.

    Args:
        item: It as Discord knows it.
    """

    def __init__(self, item: discord.ui.Item[discord.ui.View]) -> None:
        super().__init__(item)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], __: re.Match[str], /
    ) -> Self:
        """Make the item that was used anew."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog do what it says."""
        host, act = interaction.client.get_cog("LaurelConfig"), act_of(self.custom_id)
        if isinstance(host, PanelHost) and act is not None:
            await host.use_panel(interaction, act)
        else:
            log.info("A settings panel was used whose cog is not there")


def panel_view(rows: Iterable[Iterable[discord.ui.Item[discord.ui.View]]]) -> discord.ui.View:
    """Put items into rows, top down."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(PanelItem(item))
    return view
