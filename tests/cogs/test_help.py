"""`help`: what there is, as it would be typed here, for whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from discord.ext import commands

from playground import Member
from tests.cogs.server import Server


def owner_of(server: Server) -> Member:
    """Return the owner of the server."""
    return server.pg.guild.owner


def commands_of(server: Server) -> list[commands.Command[Any, ..., Any]]:
    """Return every command of the bot, groups left out."""
    return [c for c in server.bot.walk_commands() if not isinstance(c, commands.Group)]


async def test_every_command_stands_in_the_overview(server: Server) -> None:
    """Whoever manages the server sees every command, one line each, aliases included."""
    await server.connect()
    text = "\n".join(reply.text for reply in await server.pg.ask(owner_of(server), "!help"))
    for command in commands_of(server):
        assert f"`!{command.qualified_name}" in text
        assert command.help is not None
        assert command.help in text
    assert "(also `!rank`, `!level`, `!xp`)" in text


async def test_commands_that_one_may_not_use_are_not_shown(server: Server) -> None:
    """Others see no admin command, in the overview or in full; who asks for one reads what it needs."""
    ann = server.person("ann")
    await server.connect()
    assert "config" not in (await server.ask(ann, "!help")).text
    assert "config" not in (await server.slash(ann, "help")).text
    assert "`!xp give" not in (await server.ask(ann, "!help")).text
    assert "!xp give" not in (await server.ask(ann, "!help xp")).text
    for command in ("config set", "noxp"):
        told = (await server.ask(ann, f"!help {command}")).text
        assert told == f"`{command}` needs the permission Manage Server, which you do not have."
    assert "There is no command `confi set`" in (await server.ask(ann, "!help confi set")).text


async def test_of_a_group_only_what_one_may_use_is_shown(server: Server) -> None:
    """Everybody may look at multipliers, only who manages the server sets them."""
    ann = server.person("ann")
    await server.connect()
    for command in ("!help", "!help multipliers"):
        text = (await server.ask(ann, command)).text
        assert "`!multipliers list`" in text
        assert "multipliers set" not in text
    assert "`!multipliers set" in (await server.ask(owner_of(server), "!help multipliers")).text


async def test_every_command_can_be_asked_for_in_full(server: Server) -> None:
    """The page of a command says how it is typed, what it does and what it takes."""
    await server.connect()
    for command in commands_of(server):
        text = (await server.ask(owner_of(server), f"!help {command.qualified_name}")).text
        assert f"!{command.qualified_name}" in text
        assert str(command.help) in text
        for parameter in command.clean_params:
            assert f"`{parameter}`" in text


@pytest.mark.parametrize("wanted", ["rank", "!rank", "/profile", "  PROFILE "])
async def test_a_command_is_found_as_people_write_it(server: Server, wanted: str) -> None:
    """By its name or an alias, with or without what stands before it."""
    ann = server.person("ann")
    await server.connect()
    assert "!profile [member]" in (await server.ask(ann, f"!help {wanted}")).text


async def test_an_unknown_command_is_answered_with_the_nearest(server: Server) -> None:
    """A mistyped name gets a suggestion, nonsense does not."""
    ann = server.person("ann")
    await server.connect()
    assert (await server.ask(ann, "!help profil")).text.endswith("Did you mean `profile`?")
    assert "Did you mean" not in (await server.ask(ann, "!help qqqq")).text


async def test_the_servers_own_prefix_is_shown(server: Server) -> None:
    """With a prefix, what was typed; with a slash command, the slash; after a mention, the server's."""
    ann = server.person("ann")
    await server.connect()
    await server.ask(owner_of(server), "!config prefix ?")
    assert "`?profile" in (await server.ask(ann, "?help")).text
    assert "`/profile" in (await server.slash(ann, "help")).text
    assert "`?profile" in (await server.ask(ann, f"<@{server.pg.world.bot.id}> help")).text


async def test_a_group_shows_its_commands(server: Server) -> None:
    """`help config` lists what `config` can do."""
    await server.connect()
    text = (await server.ask(owner_of(server), "!help config")).text
    assert "`!config set <rule> <value>`" in text
    assert "`!config announce <level|achievement|goal|event> <where>`" in text


async def test_names_are_suggested(server: Server) -> None:
    """While a name is typed, the commands that hold it are offered."""
    await server.connect()
    choices = await server.pg.autocomplete(owner_of(server), "help", "command", "prof")
    assert [choice["value"] for choice in choices] == ["profile"]


async def test_no_command_is_left_without_a_category(server: Server) -> None:
    """Every cog with commands has its heading; only help itself stands under the last one."""
    await server.connect()
    replies = await server.pg.ask(owner_of(server), "!help")
    fields = [field for reply in replies for embed in reply.embeds for field in embed["fields"]]
    titles = [field["name"] for field in fields if field["name"] != "\u200b"]
    assert list(dict.fromkeys(titles)) == [
        "Your progress",
        "This server",
        "Settings",
        "More",
    ]
    assert len(fields[-1]["value"].splitlines()) == 1


async def test_commands_of_a_group_stand_in_the_order_of_their_definition(server: Server) -> None:
    """The order is the same at every start: what is needed first comes first."""
    await server.connect()
    text = (await server.ask(owner_of(server), "!help config")).text
    places = [
        text.index(f"config {name}") for name in ("show", "set", "reset", "announce", "prefix", "enabled")
    ]
    assert places == sorted(places)
