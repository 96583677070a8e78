"""A session whose screen is a list, and a bot that also knows a form, a menu and a picture."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from cogs.host import LaurelBot
from data import load_catalogue, load_texts
from leveling_core.store import LevelingStore
from playground.rest_misc import plain_png
from playground.terminal.drawing import Line
from playground.terminal.opening import sitting
from playground.terminal.session import Session

TEXTS, CATALOGUE = load_texts(), load_catalogue()


class ListScreen:
    """Keeps what is shown, as plain text."""

    width = 92
    pause_seconds = 0.0

    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, line: Line) -> None:
        """Keep a line."""
        self.lines.append("".join(text for _, text in line).rstrip())


class TestSession(Session):
    """A session that says what a line showed."""

    __test__ = False

    async def type(self, *texts: str) -> str:
        """Type lines; return what the last one showed."""
        assert isinstance(self.screen, ListScreen)
        for text in texts:
            self.screen.lines.clear()
            await self.do(text)
        return "\n".join(self.screen.lines)


class Reason(discord.ui.Modal, title="Tell why"):
    """A form with one field."""

    answer: discord.ui.TextInput[Reason] = discord.ui.TextInput(label="Reason")

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Repeat what was filled in."""
        await interaction.response.send_message(f"because {self.answer}", ephemeral=True)


class Choices(discord.ui.View):
    """A button and a menu."""

    @discord.ui.button(label="Knock", emoji="🚪")
    async def knock(self, interaction: discord.Interaction, _: Any) -> None:
        """Change the message."""
        await interaction.response.edit_message(content=f"{interaction.user.mention} knocked")

    @discord.ui.select(placeholder="Metal", options=[discord.SelectOption(label="Gold", value="au")])
    async def metal(self, interaction: discord.Interaction, menu: discord.ui.Select[Choices]) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(f"chose {menu.values[0]}")


class People(discord.ui.View):
    """Menus of what a server has: of roles, of people, and of both."""

    @discord.ui.select(cls=discord.ui.RoleSelect, placeholder="Role", min_values=0)
    async def role(self, interaction: discord.Interaction, menu: discord.ui.RoleSelect[People]) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(f"role: {', '.join(role.name for role in menu.values)}")

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Person", max_values=2)
    async def person(self, interaction: discord.Interaction, menu: discord.ui.UserSelect[People]) -> None:
        """Say who was chosen."""
        await interaction.response.send_message(f"people: {', '.join(user.name for user in menu.values)}")

    @discord.ui.select(cls=discord.ui.MentionableSelect, placeholder="Either")
    async def either(
        self, interaction: discord.Interaction, menu: discord.ui.MentionableSelect[People]
    ) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(f"either: {menu.values[0].name}")

    @discord.ui.button(label="Off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: Any) -> None:
        """Do nothing: it cannot be pressed."""


class RicherBot(LaurelBot):
    """Laurel with commands for what it does not have yet."""

    async def setup_hook(self) -> None:
        """Add them before they are synchronised."""

        @self.tree.command()
        async def why(interaction: discord.Interaction) -> None:
            """Open a form."""
            await interaction.response.send_modal(Reason())

        @self.tree.command()
        async def choose(interaction: discord.Interaction) -> None:
            """Show a button and a menu."""
            await interaction.response.send_message("here", view=Choices())

        @self.tree.command()
        async def people(interaction: discord.Interaction) -> None:
            """Show menus of roles and people."""
            link = discord.ui.Button[discord.ui.View](label="Docs", url="https://example.org")
            await interaction.response.send_message("here", view=People().add_item(link))

        @self.tree.command()
        async def paint(interaction: discord.Interaction) -> None:
            """Show a picture."""
            picture = discord.File(io.BytesIO(plain_png(0)), "card.png", description="a card")
            await interaction.response.send_message(file=picture)

        @self.tree.command()
        @app_commands.describe(count="How many", who="Whom", where="Where", loud="How")
        async def options(
            interaction: discord.Interaction,
            count: app_commands.Range[int, 1, 9],
            who: discord.Member,
            where: discord.TextChannel,
            loud: bool = False,
            note: str = "none",
        ) -> None:
            """Repeat what it was given."""
            await interaction.response.send_message(f"{count} {who.name} {where.name} {loud} {note}")

        await super().setup_hook()


NewBot = Callable[[LevelingStore, Callable[[], int], Callable[[], int]], LaurelBot]


@pytest.fixture
def new_bot() -> NewBot:
    """Give what makes the bot."""

    def make(store: LevelingStore, clock: Callable[[], int], dice: Callable[[], int]) -> LaurelBot:
        return RicherBot(
            store,
            texts=TEXTS,
            catalogue=CATALOGUE,
            clock=clock,
            dice=dice,
            pictures=False,
            guild_ready_timeout=0.02,
        )

    return make


@pytest.fixture
async def session(new_bot: NewBot, tmp_path: Path) -> AsyncIterator[TestSession]:
    """Give a session in which ann speaks, and hold that the bot asked for nothing unknown."""
    url = f"sqlite:///{tmp_path / 'laurel.db'}"
    async with sitting(new_bot, url, tmp_path, ListScreen()) as sat:
        sat.__class__ = TestSession
        assert isinstance(sat, TestSession)
        yield sat
        assert sat.pg.unknown_routes == []
