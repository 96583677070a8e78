"""The server: one listening socket with the REST API, the gateway and the CDN of a world."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import web

from playground import gateway as gw
from playground import permissions
from playground.actions import Actions
from playground.application import new_application
from playground.faults import Faults
from playground.gateway import Gateway
from playground.interactions import Interactions
from playground.model import Channel, Member
from playground.payloads import Payloads
from playground.rate_limits import RateLimits
from playground.world import World

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
REQUEST_LOG_LENGTH = 1000

_FLAG_PRESENCES = 1 << 12
_FLAG_MEMBERS = 1 << 14
_FLAG_CONTENT = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """A REST request that was answered."""

    method: str
    path: str
    status: int
    reason: str | None = None
    """What the bot gave as the audit-log reason."""


class DiscordServer:
    """Serve a world on loopback.

    Attributes:
        world: What is served.
        faults: Arrange faults here.
        gateway: The websocket side.
        actions: Deeds in the world that the bot is told of.
        interactions: Interactions the bot may answer.
        unknown_routes: "METHOD path" of every request for which this Discord has no route, in order.
        requests: The last REST requests, oldest first.
        requests_in_flight: How many REST requests are being worked on.
        rate_limits: Discord's limits on requests, None for none.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults(self)
        self.gateway = Gateway(self)
        self.payloads = Payloads(world, "")
        self.actions = Actions(self)
        self.interactions = Interactions(self)
        self.unknown_routes: list[str] = []
        self.requests: deque[RequestRecord] = deque(maxlen=REQUEST_LOG_LENGTH)
        self.requests_in_flight = 0
        self.rate_limits: RateLimits | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        """What takes the place of https://discord.com."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """What takes the place of `discord.http.Route.BASE`."""
        return f"{self.base_url}/api/v10"

    @property
    def cdn_url(self) -> str:
        """What takes the place of https://cdn.discordapp.com."""
        return f"{self.base_url}/cdn"

    @property
    def gateway_url(self) -> str:
        """What takes the place of wss://gateway.discord.gg."""
        return f"ws://{HOST}:{self._port}/gateway"

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        self._runner = web.AppRunner(new_application(self), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.payloads = Payloads(self.world, self.cdn_url)

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def application_flags(self) -> int:
        """The application's flags: which privileged intents are switched on."""
        allowed = self.gateway.allowed_privileged_intents
        return (
            (_FLAG_PRESENCES if allowed & gw.INTENT_PRESENCES else 0)
            | (_FLAG_MEMBERS if allowed & gw.INTENT_MEMBERS else 0)
            | (_FLAG_CONTENT if allowed & gw.INTENT_CONTENT else 0)
        )

    def bot_permissions_in(self, channel: Channel) -> int:
        """Return what the bot may do in a channel: all in direct messages, nothing where it is no member."""
        if channel.guild is None:
            return permissions.ALL
        member = self.find_bot_member(channel)
        return 0 if member is None else permissions.channel_permissions(member, channel)

    def bot_may_see(self, channel: Channel) -> bool:
        """Say whether the bot sees a channel."""
        return bool(self.bot_permissions_in(channel) & permissions.VIEW_CHANNEL)

    def find_bot_member(self, channel: Channel) -> Member | None:
        """Return the bot as a member of the channel's guild, or None."""
        return None if channel.guild is None else channel.guild.members.get(self.world.bot.id)

    def record_request(self, method: str, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Remember a request and how it was answered."""
        reason = headers.get("X-Audit-Log-Reason")
        self.requests.append(
            RequestRecord(
                method=method, path=path, status=status, reason=None if reason is None else unquote(reason)
            )
        )

    def record_unknown_route(self, method: str, path: str) -> None:
        """Remember, and log, a request this Discord cannot answer."""
        self.unknown_routes.append(f"{method} {path}")
        _log.warning("the playground has no route for %s %s", method, path)
