"""The buttons that turn statistics to another view. Their custom ids say all, so they work for ever."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self, cast, get_args, runtime_checkable

import discord

from data import Texts

__all__ = ["COG_NAME", "VIEWS", "ShowsViews", "StatisticsView", "ViewButton", "ViewName", "view_buttons"]

log = logging.getLogger(__name__)

COG_NAME = "LaurelStatistics"

ViewName = Literal["7", "30", "90", "hours"]
"""What statistics show: XP of so many days, or the hours of the week."""

VIEWS: tuple[ViewName, ...] = get_args(ViewName)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsView:
    """What is shown, of whom, and for whom.

    Attributes:
        name: Which view.
        member_id: Whose statistics.
        asker_id: Who asked, and may turn them.
    """

    name: ViewName
    member_id: int
    asker_id: int


@runtime_checkable
class ShowsViews(Protocol):
    """What the buttons need of their cog."""

    async def turn(self, interaction: discord.Interaction[Any], view: StatisticsView) -> None:
        """Show another view in the place of the one that is there."""
        ...


class ViewButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=re.compile(
        r"laurel:xpstats:1:(?P<name>7|30|90|hours):(?P<member>[0-9]{1,20}):(?P<asker>[0-9]{1,20})"
    ),
):
    """A button that leads to a view.

    Args:
        button: It as Discord knows it.
        view: Where it leads.
    """

    def __init__(self, button: discord.ui.Button[discord.ui.View], view: StatisticsView) -> None:
        super().__init__(button)
        self.statistics = view

    @classmethod
    def of(cls, texts: Texts, view: StatisticsView, *, shown: bool) -> Self:
        """Make the button of a view; it cannot be pressed while that is ``shown``."""
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=texts("xpstats-button", view=view.name),
            style=discord.ButtonStyle.primary if shown else discord.ButtonStyle.secondary,
            custom_id=f"laurel:xpstats:1:{view.name}:{view.member_id}:{view.asker_id}",
            disabled=shown,
        )
        return cls(button, view)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed from its custom id."""
        view = StatisticsView(
            name=cast(ViewName, match["name"]),
            member_id=int(match["member"]),
            asker_id=int(match["asker"]),
        )
        return cls(item, view)  # type: ignore[arg-type]  # the template is found on buttons only

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog show it."""
        cog = interaction.client.get_cog(COG_NAME)
        if isinstance(cog, ShowsViews):
            await cog.turn(interaction, self.statistics)
        else:
            log.info("A button of statistics was pressed, and their cog is not there")


def view_buttons(texts: Texts, view: StatisticsView) -> discord.ui.View:
    """Return a button for each view."""
    buttons = discord.ui.View(timeout=None)
    for name in VIEWS:
        buttons.add_item(ViewButton.of(texts, replace(view, name=name), shown=name == view.name))
    return buttons
