"""Laurel as a guest in somebody else's bot: what is theirs stays theirs."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

import hatch_build
from cogs import COGS, Laurel, PrefixBook, install
from cogs.help import CATEGORIES
from cogs.profile import ProfileCog as LaurelProfileCog
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.store import LevelingStore
from playground import Member, Playground
from storage import open_store

ROOT = Path(__file__).resolve().parents[2]


class ProfileCog(commands.Cog):
    """The host's own cog, which happens to be called like one of Laurel's."""

    @commands.command()
    async def rank(self, ctx: commands.Context[Any]) -> None:
        """Answer the host's own `!rank`."""
        await ctx.send("host's rank")


class ClashingCog(commands.Cog, name="LaurelProfile"):
    """A cog that has one of Laurel's names."""


class Host(commands.Bot):
    """Somebody's bot: own help, on_message, !rank, !daily, /goal, error handler.

    Attributes:
        heard: What its on_message was told.
        failed: What its error handler was told of its own commands.
    """

    def __init__(self, store: LevelingStore, clock: Any, prefix: Any = "!", own_cog: bool = False) -> None:
        super().__init__(prefix, intents=discord.Intents.all(), guild_ready_timeout=0.02)
        self.store, self.clock, self.own_cog = store, clock, own_cog
        self.heard: list[str] = []
        self.failed: list[str] = []
        self.laurel: Laurel | None = None
        self.add_command(commands.Command(host_rank, name="rank"))
        self.add_command(commands.Command(host_daily, name="daily"))
        self.add_command(commands.Command(host_broken, name="broken"))
        self.tree.add_command(
            app_commands.Command(name="goal", description="The host's goal.", callback=host_goal)
        )

    async def setup_hook(self) -> None:
        """Install Laurel after everything of its own."""
        if self.own_cog:
            self.remove_command("rank")
            await self.add_cog(ProfileCog())
        self.laurel = await install(self, self.store, clock=self.clock, dice=lambda: 0, pictures=False)
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        """Hear everything, and run commands."""
        if message.author != self.user:
            self.heard.append(message.content)
        await self.process_commands(message)

    async def on_command_error(self, ctx: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Note the errors that no cog answers."""
        if ctx.cog is None or not ctx.cog.has_error_handler():
            self.failed.append(str(error))

    async def close(self) -> None:
        """Let Laurel go first."""
        if self.laurel is not None:
            await self.laurel.close()
        await super().close()


async def host_rank(ctx: commands.Context[Any]) -> None:
    """Answer the host's own `!rank`."""
    await ctx.send("host's rank")


async def host_daily(ctx: commands.Context[Any]) -> None:
    """Answer the host's own `!daily`."""
    await ctx.send("host's daily")


async def host_broken(_ctx: commands.Context[Any]) -> None:
    """Fail, in the host's own way."""
    raise commands.BadArgument("the host's own trouble")


async def host_goal(interaction: discord.Interaction) -> None:
    """Answer the host's own `/goal`."""
    await interaction.response.send_message("host's goal")


class House:
    """A playground with a host bot and somebody who uses it."""

    def __init__(self, pg: Playground, store: LevelingStore) -> None:
        self.pg, self.store = pg, store
        self.ann: Member = pg.world.add_member(pg.guild, "ann")
        self.host: Host

    async def connect(self, **options: Any) -> None:
        """Connect a host bot."""
        self.host = Host(self.store, lambda: self.pg.clock.now_ms, **options)
        await self.pg.connect(self.host)
        await self.pg.idle()

    async def answers(self, text: str) -> list[str]:
        """Return all replies to a message of ann."""
        return [reply.text for reply in await self.pg.ask(self.ann, text)]

    async def slash(self, name: str) -> str:
        """Return the answer to a slash command of ann."""
        return (await self.pg.slash(self.ann, name)).text

    async def record(self) -> MemberRecord:
        """Return ann's record."""
        record = await self.store.read(MemberKey(self.pg.guild.id, self.ann.user.id))
        assert isinstance(record, MemberRecord)
        return record


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Give a playground and a store; the test connects its host."""
    async with Playground() as pg:
        store = await open_store("memory:", clock=lambda: pg.clock.now_ms)
        try:
            yield House(pg, store)
            await pg.stop_bot()
            assert pg.unknown_routes == []
        finally:
            await store.close()


async def test_the_hosts_own_commands_stay(house: House) -> None:
    """`!rank`, `!daily`, `!help` and `/goal` are the host's; exactly one of the two answers."""
    await house.connect()
    assert await house.answers("!rank") == ["host's rank"]
    assert await house.answers("!daily") == ["host's daily"]
    [own_help] = await house.answers("!help")
    assert "Shows this message" in own_help
    assert await house.slash("goal") == "host's goal"


async def test_what_is_not_taken_is_there(house: House) -> None:
    """`!profile` loses its alias only; of a command of which one half is taken, the other is there."""
    await house.connect()
    [profile] = await house.answers("!profile")
    assert "Level 1" in profile
    assert [text for text in await house.answers("!level") if "Level 1" in text]
    assert "25" in await house.slash("daily")
    [goal] = await house.answers("!goal")
    assert goal != "host's goal"
    assert "What I can do" in await house.slash("help")
    assert "/daily" in await house.slash("help")


async def test_what_is_left_out_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Each name that is taken is named in the log, and nothing is raised."""
    with caplog.at_level(logging.INFO, logger="cogs.adding"):
        await house.connect()
    told = "\n".join(caplog.messages)
    for name in ("alias rank", "the command daily", "the command help", "the slash command /goal"):
        assert name in told


async def test_a_hosts_profile_cog_and_ours_live_side_by_side(house: House) -> None:
    """A host's cog called ProfileCog keeps its place and commands, and costs Laurel no feature."""
    await house.connect(own_cog=True)
    assert isinstance(house.host.get_cog("ProfileCog"), ProfileCog)
    assert isinstance(house.host.get_cog("LaurelProfile"), LaurelProfileCog)
    assert await house.answers("!rank") == ["host's rank"]
    [profile] = await house.answers("!profile")
    assert "Level 1" in profile
    await house.answers("hello")
    assert (await house.record()).messages == 1


async def test_a_cog_of_one_of_our_names_is_an_error(house: House) -> None:
    """Where a name of ours is taken, install() says whose and what to do, and leaves the bot as it was."""
    bot = commands.Bot("!", intents=discord.Intents.none())
    await bot.add_cog(ClashingCog())
    with pytest.raises(discord.ClientException, match=r"already: LaurelProfile\. .* other names"):
        await install(bot, house.store)
    assert list(bot.cogs) == ["LaurelProfile"]
    assert {command.name for command in bot.commands} == {"help"}
    assert not any(bot.extra_events.values())
    await bot.close()


async def test_a_second_installation_is_an_error_that_harms_nothing(house: House) -> None:
    """Installing twice is refused, and what was installed first goes on as before."""
    await house.connect(prefix=PrefixBook("!"))
    with pytest.raises(discord.ClientException, match="close what was installed before"):
        await install(house.host, house.store)
    await house.pg.ask(house.pg.guild.owner, "!config prefix ?")
    assert len(await house.answers("?profile")) == 1
    await house.answers("hello")
    assert (await house.record()).messages == 1


async def test_messages_reach_both(house: House) -> None:
    """The host's on_message hears everything; Laurel counts messages, and commands of either as commands."""
    await house.connect()
    await house.answers("hello")
    await house.answers("!rank")
    await house.answers("!profile")
    assert house.host.heard == ["hello", "!rank", "!profile"]
    record = await house.record()
    assert (record.messages, record.commands, record.xp) == (1, 2, 15)


async def test_pure_slash_commands_of_the_host_count_once(house: House) -> None:
    """The host's slash command is a command of this bot, and Laurel's hybrid one is not counted twice."""
    await house.connect()
    await house.slash("goal")
    await house.slash("daily")
    assert (await house.record()).commands == 2


async def test_errors_are_answered_by_whose_command_it_was(house: House) -> None:
    """The host's error handler gets its own errors; Laurel's become kind lines."""
    await house.connect()
    assert await house.answers("!broken") == []
    assert house.host.failed == ["the host's own trouble"]
    [answer] = await house.answers("!profile nobody")
    assert "I know nobody here called `nobody`" in answer
    assert house.host.failed == ["the host's own trouble"]


async def test_closing_leaves_nothing_behind(house: House) -> None:
    """After close() the host is as it was, goes on, and Laurel can be installed again."""
    await house.connect()
    host = house.host
    assert host.laurel is not None
    await host.laurel.close()
    await host.laurel.close()  # twice does no harm
    assert not host.cogs
    assert {command.name for command in host.commands} == {"rank", "daily", "broken", "help"}
    assert [command.name for command in host.tree.get_commands()] == ["goal"]
    assert not any(host.extra_events.values())
    assert await house.answers("!profile") == []
    assert (await house.record()).messages == 0
    host.laurel = await install(host, house.store, clock=host.clock, dice=lambda: 0)
    assert len(await house.answers("!profile")) == 1
    await house.answers("hello")
    assert (await house.record()).messages == 1


@pytest.mark.parametrize("prefix", ["!", ["!", "?"], lambda _bot, _message: "!"])
async def test_any_kind_of_prefix_will_do(house: House, prefix: Any) -> None:
    """Text, a list or a function: what is a command is told from what is a message."""
    await house.connect(prefix=prefix)
    await house.answers("!profile")
    await house.answers("hello!")
    record = await house.record()
    assert (record.messages, record.commands) == (1, 1)


async def test_config_prefix_works_only_with_laurels_prefixes(house: House) -> None:
    """A host with its own prefix is not overruled, and the admin is told; with PrefixBook it works."""
    await house.connect()
    owner = house.pg.guild.owner
    [reply] = await house.pg.ask(owner, "!config prefix ?")
    assert "does not take its prefix from here" in reply.text
    await house.pg.stop_bot()
    await house.connect(prefix=PrefixBook("!"))
    assert len(await house.answers("?profile")) == 1
    [reply] = await house.pg.ask(owner, "?config prefix $")
    assert "does not take" not in reply.text
    assert len(await house.answers("$profile")) == 1


async def test_a_full_bot_is_left_standing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A host with all of Discord's hundred slash commands gets Laurel's by prefix."""
    host = Host(house.store, lambda: house.pg.clock.now_ms)
    for number in range(99):
        host.tree.add_command(
            app_commands.Command(name=f"own-{number}", description="One.", callback=host_goal)
        )
    house.host = host
    await house.pg.connect(host)
    await house.pg.idle()
    assert "no room for another slash command" in caplog.text
    assert len(await house.answers("!profile")) == 1


def test_every_cog_is_installed_by_name() -> None:
    """No two cogs share a name, all names are Laurel's, and none defines a command that another has."""
    names = [cog.__cog_name__ for cog in COGS]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("Laurel[A-Z][a-z]+", name)] == []
    assert {name for cogs in CATEGORIES.values() for name in cogs} <= set(names)
    words = [
        word
        for cog in COGS
        for command in cog.__cog_commands__
        if command.parent is None
        for word in (command.name, *command.aliases)
    ]
    assert len(set(words)) == len(words)


REDIRECT = """
import sys
# The repository is a part of its own virtual environment; another bot's environment would not hold it.
sys.path[:] = [entry for entry in sys.path if entry != sys.argv[4]]
import discord
route, socket, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.Asset
route.BASE, asset.BASE = sys.argv[1], sys.argv[3]
socket.DEFAULT_GATEWAY = type(socket.DEFAULT_GATEWAY)(sys.argv[2])
"""

FUN = """
from discord.ext import commands


class Fun(commands.Cog):
    @commands.command()
    async def rank(self, ctx):
        await ctx.send("rank of my own cogs/")


async def setup(bot):
    await bot.add_cog(Fun())
"""


async def test_the_documented_bot_works_beside_its_own_cogs_folder(tmp_path: Path) -> None:
    """The example of docs/embedding.md, as it stands there, runs with Laurel installed as `laurel`."""
    hatch_build.lay_out(ROOT, tmp_path / "site" / "laurel")
    (tmp_path / "mine" / "cogs").mkdir(parents=True)
    (tmp_path / "mine" / "cogs" / "fun.py").write_text(FUN, encoding="utf-8")
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    match = re.search(r"```python\n(import asyncio\n.*?)```", text, re.DOTALL)
    assert match is not None
    (tmp_path / "mine" / "my_bot.py").write_text(REDIRECT + match[1], encoding="utf-8")
    async with Playground() as pg:
        ann = pg.world.add_member(pg.guild, "ann")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "my_bot.py",
            *(pg.server.api_url, pg.server.gateway_url, pg.server.cdn_url, str(ROOT)),
            cwd=tmp_path / "mine",
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "DISCORD_TOKEN": pg.world.token},
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stderr is not None
            seen = ""
            async with asyncio.timeout(20):
                while "has connected to Gateway" not in seen:
                    line = (await process.stderr.readline()).decode()
                    assert line, seen
                    seen += line
            first = await pg.say(ann, "!rank")
            assert (await pg.wait_reply(after=first)).text == "rank of my own cogs/"
            second = await pg.say(ann, "!profile")
            [card] = (await pg.wait_reply(after=second)).attachments
            assert "level 1" in (card.description or "").lower()
            process.terminate()
            async with asyncio.timeout(20):
                await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert (tmp_path / "mine" / "laurel.db").exists()
