"""What commands say of themselves."""

from __future__ import annotations

from typing import Any

import pytest
from discord.ext import commands

from cogs.ui.descriptions import describe_commands
from data.texts import Texts, load_texts
from leveling_core.errors import ContentError

SLASH_DESCRIPTION = 100  # Discord's API reference, "Application Command Object"


class Shop(commands.Cog):
    """A cog with a command and a group."""

    @commands.hybrid_command()  # type: ignore[arg-type]  # discord.py's decorators are beyond mypy
    async def buy(self, ctx: commands.Context[Any], what: str, how_many: int = 1) -> None:
        """Buy."""

    @commands.hybrid_group()  # type: ignore[arg-type]  # as above
    async def shelf(self, ctx: commands.Context[Any]) -> None:
        """Look."""

    @shelf.command()  # type: ignore[arg-type]  # as above
    async def empty(self, ctx: commands.Context[Any]) -> None:
        """Empty it."""


SHOP = """
command-buy = Buys things.
command-buy-what = What to buy
command-buy-how-many = How many
command-shelf = Shows the shelf.
command-shelf-empty = Empties the shelf.
"""


def test_commands_are_described_by_the_texts() -> None:
    """Commands, groups and parameters have the descriptions of the texts, in help and in Discord's menu."""
    shop = Shop()
    describe_commands(shop, Texts("en", {"shop.ftl": SHOP}))
    helps = {command.qualified_name: command.help for command in shop.walk_commands()}
    assert helps == {
        "buy": "Buys things.",
        "shelf": "Shows the shelf.",
        "shelf empty": "Empties the shelf.",
    }
    buy: Any = shop.get_commands()[0]
    assert buy.app_command.description == "Buys things."
    described = [parameter.description for parameter in buy.app_command.parameters]
    assert described == ["What to buy", "How many"]


def test_a_missing_description_is_a_content_error() -> None:
    """A command without a text is noticed at once."""
    with pytest.raises(ContentError, match="command-buy-how-many"):
        describe_commands(Shop(), Texts("en", {"shop.ftl": SHOP.replace("command-buy-how-many", "gone")}))


def test_descriptions_are_as_short_as_discord_wants_them() -> None:
    """Discord takes descriptions of slash commands and their options up to 100 characters."""
    texts = load_texts()
    names = [name for name in texts.names if name.startswith("command-")]
    assert names
    long = {name: texts(name) for name in names if len(texts(name)) > SLASH_DESCRIPTION}
    assert long == {}
