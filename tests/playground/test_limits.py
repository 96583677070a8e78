"""Discord's limits: what is too long, too much or empty is refused as Discord refuses it."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest
from discord import app_commands

from playground import Playground
from tests.playground.bots import RecordingBot


def _embed(**parts: Any) -> dict[str, Any]:
    return {"embed": discord.Embed(**parts)}


def _fields(count: int, name: str = "n", value: str = "v") -> dict[str, Any]:
    embed = discord.Embed()
    for _ in range(count):
        embed.add_field(name=name, value=value)
    return {"embed": embed}


def _buttons(*buttons: discord.ui.Button[Any]) -> dict[str, Any]:
    view = discord.ui.View()
    for button in buttons:
        view.add_item(button)
    return {"view": view}


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ({"content": "x" * 2001}, 50035, "In content: Must be 2000 or fewer in length."),
        ({}, 50006, "Cannot send an empty message"),
        (_embed(title="x" * 257), 50035, "In embeds.0.title: Must be 256 or fewer in length."),
        (_embed(description="x" * 4097), 50035, "In embeds.0.description: Must be 4096 or fewer in length."),
        (_fields(26), 50035, "In embeds.0.fields: Must be 25 or fewer in length."),
        (_fields(1, name="x" * 257), 50035, "In embeds.0.fields.0.name: Must be 256 or fewer in length."),
        (_fields(1, value="x" * 1025), 50035, "In embeds.0.fields.0.value: Must be 1024 or fewer in length."),
        (_fields(1, value=""), 50035, "In embeds.0.fields.0.value: This field is required"),
        (_fields(6, value="x" * 1000), 50035, "In embeds: Embed size exceeds maximum size of 6000"),
        ({"content": "x", "nonce": "n" * 26}, 50035, "In nonce: Must be 25 or fewer in length."),
        (
            {"content": "x", **_buttons(*(discord.ui.Button(label="x", custom_id="same") for _ in range(2)))},
            50035,
            "In components: Component custom id cannot be duplicated",
        ),
        (
            {"content": "x", **_buttons(discord.ui.Button(label="x" * 81, custom_id="id"))},
            50035,
            "In components.0.components.0.label: Must be 80 or fewer in length.",
        ),
        (
            {"content": "x", **_buttons(discord.ui.Button(custom_id="id"))},
            50035,
            "In components.0.components.0.label: A label or emoji is required",
        ),
        (
            {"file": discord.File(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "big.bin")},
            40005,
            "Request entity too large",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_message_beyond_a_limit_is_refused(
    pg: Playground, arguments: dict[str, Any], code: int, complaint: str
) -> None:
    """The error names the field and the limit in Discord's shape, and nothing is posted."""
    bot = RecordingBot()
    await pg.connect(bot)
    with pytest.raises(discord.HTTPException) as caught:
        await bot.get_partial_messageable(pg.general.id).send(**arguments)
    assert caught.value.code == code
    assert complaint in caught.value.text
    assert pg.replies() == []


async def test_everything_at_its_limit_is_accepted(pg: Playground) -> None:
    """The limits themselves are allowed."""
    bot = RecordingBot()
    await pg.connect(bot)
    channel = bot.get_partial_messageable(pg.general.id)
    await channel.send("x" * 2000, embed=discord.Embed(title="x" * 256, description="y" * 4096))
    await channel.send(**_fields(25, name="n" * 40, value="v" * 200))
    [first, second] = pg.replies()
    assert (len(first.content), len(second.embeds[0]["fields"])) == (2000, 25)


async def test_an_edit_is_held_to_the_same_limits(pg: Playground) -> None:
    """An edit that is too long changes nothing."""
    bot = RecordingBot()
    await pg.connect(bot)
    message = await bot.get_partial_messageable(pg.general.id).send("short")
    with pytest.raises(discord.HTTPException):
        await message.edit(content="x" * 2001)
    assert [reply.content for reply in pg.replies()] == ["short"]


async def test_commands_are_checked_when_they_are_registered(pg: Playground) -> None:
    """A description over 100 characters never reaches the tree; discord.py names the command."""
    bot = RecordingBot()

    @bot.tree.command(description="x" * 101)
    @app_commands.describe(value="y")
    async def wordy(interaction: discord.Interaction, value: str) -> None:
        del interaction, value

    with pytest.raises(app_commands.CommandSyncFailure, match="wordy"):
        await pg.connect(bot)
    assert pg.world.commands == {None: {}}
