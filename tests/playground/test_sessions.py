"""Starting a bot: tokens, intents, compression, addresses; and a world that is the same each time."""

from __future__ import annotations

import asyncio
import threading

import aiohttp
import discord
import orjson
import pytest
from discord.gateway import KeepAliveHandler

from playground import DiscordServer, Member, Playground, PlaygroundError, World
from playground.gateway import INTENT_MEMBERS, PRIVILEGED
from tests.playground.bots import RecordingBot

DISCORD_API = "https://discord.com/api/v10"


async def test_a_wrong_token_is_refused_at_login(pg: Playground) -> None:
    """discord.py says LoginFailure, and the playground is free for another bot."""
    with pytest.raises(discord.LoginFailure):
        await pg.connect(RecordingBot(), token="wrong")
    await pg.connect(RecordingBot())


async def test_a_token_that_ends_before_the_gateway_closes_it_with_4004(pg: Playground) -> None:
    """A token reset between login and identify ends the bot for good."""
    bot = RecordingBot()

    async def reset_token() -> None:
        pg.world.token = "another"

    bot.setup_hook = reset_token  # type: ignore[method-assign]  # the hook of this one object
    with pytest.raises(discord.ConnectionClosed) as caught:
        await pg.connect(bot, token=pg.world.token)
    assert caught.value.code == 4004


async def test_a_bot_that_ends_is_noticed(pg: Playground) -> None:
    """When the gateway ends the bot for good, waiting for its rest says why."""
    bot = RecordingBot()
    await pg.connect(bot)
    pg.world.token = "another"
    pg.faults.drop()
    with pytest.raises(PlaygroundError, match="the bot has ended: ConnectionClosed"):
        await pg.idle()
    error = await pg.wait_end()
    assert isinstance(error, discord.ConnectionClosed)
    assert error.code == 4004


async def test_a_bot_somebody_else_started_can_be_awaited(pg: Playground, ann: Member) -> None:
    """A bot that is not connected by the kit, as one in another process, is awaited by its session."""
    bot = RecordingBot()
    runner = asyncio.create_task(bot.start(pg.world.token))
    await pg.wait_session()
    await bot.wait_until_ready()
    await pg.say(ann, "!say hello")
    assert (await pg.wait_reply()).content == "hello"
    await bot.close()
    await runner


async def test_privileged_intents_must_be_switched_on(pg: Playground) -> None:
    """Asking for an intent the application does not have closes with 4014; without it the bot starts."""
    pg.server.gateway.allowed_privileged_intents = PRIVILEGED & ~INTENT_MEMBERS
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await pg.connect(RecordingBot())
    intents = discord.Intents.all()
    intents.members = False
    bot = RecordingBot(intents=intents)
    await pg.connect(bot)
    assert bot.application_flags.gateway_message_content
    assert not bot.application_flags.gateway_guild_members


async def test_events_outside_the_intents_do_not_arrive(pg: Playground, ann: Member) -> None:
    """Without the members intent nobody joins or leaves, without the messages intent nobody speaks."""
    bot = RecordingBot(intents=discord.Intents(guilds=True))
    await pg.connect(bot)
    await pg.join("bob")
    await pg.say(ann, "hello")
    await pg.idle()
    assert [event for event, _ in bot.seen] == ["ready"]


async def test_a_plain_client_works_too(pg: Playground, ann: Member) -> None:
    """A bare `discord.Client` connects and hears."""
    heard: list[str] = []

    class Listener(discord.Client):
        async def on_message(self, message: discord.Message) -> None:
            heard.append(message.content)

    await pg.connect(Listener(intents=discord.Intents.all(), guild_ready_timeout=0.02))
    await pg.say(ann, "hello")
    await pg.idle()
    assert heard == ["hello"]


async def test_sharded_bots_connect(pg: Playground, ann: Member) -> None:
    """An auto-sharded bot asks for the number of shards and gets along with one."""
    heard: list[str] = []

    class Sharded(discord.AutoShardedClient):
        async def on_message(self, message: discord.Message) -> None:
            heard.append(message.content)

    bot = Sharded(intents=discord.Intents.all(), guild_ready_timeout=0.02)
    await pg.connect(bot)
    await pg.say(ann, "hello")
    await pg.idle()
    assert heard == ["hello"]


async def test_the_stream_without_compression_is_plain_json() -> None:
    """A client that asks for no compression gets text, beginning with HELLO."""
    server = DiscordServer(World())
    await server.start()
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{server.gateway_url}?v=10&encoding=json") as socket,
        ):
            message = await socket.receive(timeout=2)
            assert message.type is aiohttp.WSMsgType.TEXT
            assert orjson.loads(message.data)["op"] == 10
    finally:
        await server.stop()


async def test_unknown_routes_answer_404_and_are_recorded() -> None:
    """What this Discord does not have is named, and discord.py sees an ordinary NotFound."""
    async with Playground() as pg:
        bot = RecordingBot()
        await pg.connect(bot)
        with pytest.raises(discord.NotFound):
            await bot.guilds[0].invites()
        assert pg.unknown_routes == [f"GET /guilds/{pg.guild.id}/invites"]


async def test_discord_py_gets_its_addresses_back() -> None:
    """Only while a playground runs does discord.py look there; a second one at once is refused."""
    async with Playground() as pg:
        assert pg.server.api_url == discord.http.Route.BASE
        with pytest.raises(PlaygroundError, match="another playground is running"):
            async with Playground():
                raise AssertionError
    assert discord.http.Route.BASE == DISCORD_API
    assert str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"
    assert discord.Asset.BASE == "https://cdn.discordapp.com"


async def test_nothing_keeps_running_when_it_is_over() -> None:
    """After the end no task of the playground or the bot is left."""
    before = asyncio.all_tasks()
    async with Playground() as pg:
        await pg.connect(RecordingBot())
        pg.faults.drop()
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before


async def test_two_runs_give_the_same_ids() -> None:
    """Ids and times come from the world's clock alone."""

    async def run() -> list[tuple[int, int]]:
        async with Playground() as pg:
            ann = pg.world.add_member(pg.guild, "ann")
            await pg.connect(RecordingBot())
            await pg.advance(hours=5)
            await pg.ask(ann, "!say one")
            return [(message.id, message.created_at) for message in pg.messages()]

    assert await run() == await run()


def _heartbeats() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]


async def test_no_heartbeat_outlives_its_bot(pg: Playground) -> None:
    """However a bot ends, nothing of it goes on to disturb what comes after."""
    await pg.connect(RecordingBot())
    running = _heartbeats()
    assert running
    await pg.crash()
    for thread in running:
        await asyncio.to_thread(thread.join, 5)
    assert not any(thread.is_alive() for thread in running)
