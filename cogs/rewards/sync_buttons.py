"""The buttons of a sync of roles. Each carries all it needs in its custom id, so it works after a restart."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

import discord

from data import Texts

__all__ = ["COG_NAME", "HandlesSync", "SyncButton", "SyncPress", "sync_view"]

log = logging.getLogger(__name__)

COG_NAME = "LaurelRewards"

_STYLES = {
    "start": discord.ButtonStyle.success,
    "cancel": discord.ButtonStyle.secondary,
    "stop": discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPress:
    """What a button does.

    Attributes:
        action: ``start``, ``cancel`` or ``stop``.
        asker_id: Who gave the command.
        expected: How many members would change, as it was told.
    """

    action: str
    asker_id: int
    expected: int = 0


@runtime_checkable
class HandlesSync(Protocol):
    """What the buttons need of their cog."""

    async def press_sync(self, interaction: discord.Interaction[Any], press: SyncPress) -> None:
        """Do what a button says."""
        ...


class SyncButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=re.compile(
        r"laurel:rewards-sync:(?P<action>start|cancel|stop):(?P<asker>[0-9]{1,20}):(?P<expected>[0-9]{1,9})"
    ),
):
    """A button of a sync.

    Args:
        button: The button as Discord knows it.
        press: What its custom id says.
    """

    def __init__(self, button: discord.ui.Button[discord.ui.View], press: SyncPress) -> None:
        super().__init__(button)
        self.press = press

    @classmethod
    def of(cls, texts: Texts, press: SyncPress) -> Self:
        """Make the button that does something."""
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=texts(f"rewards-sync-{press.action}"),
            style=_STYLES[press.action],
            custom_id=f"laurel:rewards-sync:{press.action}:{press.asker_id}:{press.expected}",
        )
        return cls(button, press)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed from its custom id."""
        press = SyncPress(
            action=match["action"], asker_id=int(match["asker"]), expected=int(match["expected"])
        )
        return cls(item, press)  # type: ignore[arg-type]  # the template is found on buttons only

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog do it."""
        cog = interaction.client.get_cog(COG_NAME)
        if isinstance(cog, HandlesSync):
            await cog.press_sync(interaction, self.press)
        else:
            log.info("A button of a sync was pressed, and rewards are not there")


def sync_view(texts: Texts, asker_id: int, *actions: str, expected: int = 0) -> discord.ui.View:
    """Return buttons for what can be done now."""
    view = discord.ui.View(timeout=None)
    for action in actions:
        view.add_item(SyncButton.of(texts, SyncPress(action=action, asker_id=asker_id, expected=expected)))
    return view
