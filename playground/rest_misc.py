"""Routes about the gateway, the application and users; and the CDN."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from playground.errors import DiscordError, Json, unknown
from playground.rest import Call, Routes

if TYPE_CHECKING:
    from playground.server import DiscordServer

FileHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Serves a file of the CDN."""

routes = Routes()


@routes.add("GET", "/gateway", needs_token=False)
def get_gateway(call: Call) -> Json:
    """Say where the gateway is."""
    return {"url": call.server.gateway_url}


@routes.add("GET", "/gateway/bot")
def get_gateway_bot(call: Call) -> Json:
    """Say where the gateway is and how many shards to use."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.server.gateway_url, "shards": 1, "session_start_limit": limit}


@routes.add("GET", "/users/@me")
def get_self(call: Call) -> Json:
    """Return the bot's own account."""
    own = {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0, "email": None}
    return call.server.payloads.user(call.server.world.bot) | own


@routes.add("GET", "/users/@me/guilds")
def list_own_guilds(call: Call) -> list[Json]:
    """Return the guilds the bot is in."""
    world = call.server.world
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "owner": False,
            "permissions": "0",
            "features": [],
            "approximate_member_count": len(guild.members),
        }
        for guild in world.guilds.values()
        if world.bot.id in guild.members
    ]


@routes.add("GET", "/users/{user_id}")
def get_user(call: Call) -> Json:
    """Return an account."""
    user = call.server.world.users.get(call.number("user_id"))
    if user is None:
        raise unknown("user")
    return call.server.payloads.user(user)


@routes.add("POST", "/users/@me/channels")
def create_dm(call: Call) -> Json:
    """Open the direct messages with somebody; works also with those who will refuse the message."""
    world = call.server.world
    user = world.users.get(int(call.body["recipient_id"]))
    if user is None:
        raise unknown("user")
    if user.bot:
        raise DiscordError(400, 50007, "Cannot send messages to this user")
    return call.server.payloads.channel(world.dm_channel(user))


@routes.add("GET", "/oauth2/applications/@me")
@routes.add("GET", "/applications/@me")
def get_application(call: Call) -> Json:
    """Return the bot's application."""
    world, payloads = call.server.world, call.server.payloads
    team = payloads.team(world.team) if world.team else None
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": payloads.user(world.guild.owner.user) if team is None else payloads.team_account(),
        "team": team,
        "verify_key": "0" * 64,
        "flags": call.server.application_flags,
        "approximate_guild_count": len(world.guilds),
        "integration_types_config": {"0": {}},
    }


def add_cdn(
    application: web.Application, server: DiscordServer, around: Callable[[FileHandler], FileHandler]
) -> None:
    """Serve attachments, and for every avatar a plain picture whose colour tells people apart.

    Args:
        application: What takes requests in.
        server: Whose files these are.
        around: What is put around each handler.
    """

    async def get_attachment(request: web.Request) -> web.Response:
        attachment = server.world.attachments.get(int(request.match_info["attachment_id"]))
        if attachment is None:
            raise web.HTTPNotFound
        return web.Response(body=attachment.data, content_type=attachment.content_type)

    async def get_picture(request: web.Request) -> web.Response:
        colour = zlib.crc32(request.path.encode()) & 0xFFFFFF
        return web.Response(body=plain_png(colour), content_type="image/png")

    application.router.add_get("/cdn/attachments/{channel_id}/{attachment_id}/{name}", around(get_attachment))
    application.router.add_get("/cdn/{tail:.*}", around(get_picture))


def plain_png(colour: int, side_px: int = 64) -> bytes:
    """Return a square PNG of one colour (0xRRGGBB)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    row = b"\x00" + colour.to_bytes(3, "big") * side_px
    pixels = zlib.compress(row * side_px)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
