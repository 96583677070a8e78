"""The button below a picture that shows the same as text. Its custom id says what, so it works for ever."""

from __future__ import annotations

import logging
import re
from typing import Any, Protocol, Self, runtime_checkable

import discord

from data import Texts

__all__ = ["COG_NAME", "AsTextButton", "ShowsTwins"]

log = logging.getLogger(__name__)

COG_NAME = "LaurelCard"


@runtime_checkable
class ShowsTwins(Protocol):
    """What the button needs of its cog."""

    async def show_twin(self, interaction: discord.Interaction[Any], picture: str, argument: str) -> None:
        """Show a picture as text, to who pressed alone."""
        ...


class AsTextButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=re.compile(r"laurel:as-text:1:(?P<picture>[a-z]{1,20}):(?P<argument>[a-z0-9:_-]{0,60})"),
):
    """The button "As text".

    Args:
        button: It as Discord knows it.
        picture: Which twin it shows; see ``Pictures.twins``.
        argument: Of what.
    """

    def __init__(self, button: discord.ui.Button[discord.ui.View], picture: str, argument: str) -> None:
        super().__init__(button)
        self.picture = picture
        self.argument = argument

    @classmethod
    def of(cls, texts: Texts, picture: str, argument: str) -> Self:
        """Make the button of a picture."""
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=texts("pictures-as-text"), custom_id=f"laurel:as-text:1:{picture}:{argument}"
        )
        return cls(button, picture, argument)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed from its custom id."""
        return cls(item, match["picture"], match["argument"])  # type: ignore[arg-type]  # it is a button's

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog show it."""
        cog = interaction.client.get_cog(COG_NAME)
        if isinstance(cog, ShowsTwins):
            await cog.show_twin(interaction, self.picture, self.argument)
        else:
            log.info("A picture was asked for as text, and its cog is not there")
