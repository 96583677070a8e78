"""What a REST route is: a plain function of a `Call`.

It runs without a pause, so its deed is done wholly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.compose import Files
from playground.errors import DiscordError, Json, missing_access, unknown

if TYPE_CHECKING:
    from playground.model import Channel, Guild
    from playground.server import DiscordServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request on its way to a handler."""

    server: DiscordServer
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    files: Files
    reason: str | None

    def number(self, name: str) -> int:
        """Return a part of the path as a number.

        Raises:
            DiscordError: It is none.
        """
        try:
            return int(self.path[name])
        except ValueError as error:
            raise DiscordError(400, 50035, "Invalid Form Body", {name: {"_errors": []}}) from error

    def get_guild(self) -> Guild:
        """Return the path's guild.

        Raises:
            DiscordError: It does not exist, or the bot is not in it.
        """
        guild = self.server.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise unknown("guild")
        if self.server.world.bot.id not in guild.members:
            raise missing_access()
        return guild

    def get_channel(self) -> Channel:
        """Return the path's channel.

        Raises:
            DiscordError: It does not exist, or the bot does not see it.
        """
        channel_id = self.number("channel_id")
        forbidden = self.server.faults.forbidden_code(channel_id)
        if forbidden is not None:
            text = {50001: "Missing Access", 50013: "Missing Permissions"}.get(forbidden, "Forbidden")
            raise DiscordError(403, forbidden, text)
        channel = self.server.world.channels.get(channel_id)
        if channel is None:
            raise unknown("channel")
        if not self.server.bot_may_see(channel):
            raise missing_access()
        return channel


Handler = Callable[[Call], Any]
"""Returns what becomes the answer's JSON; None is 204."""


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and where it answers."""

    method: str
    path: str
    handler: Handler
    needs_token: bool = True


class Routes:
    """Collect the routes of one subject."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def add(self, method: str, path: str, *, needs_token: bool = True) -> Callable[[Handler], Handler]:
        """Return a decorator that lets a function answer a route; paths are as in Discord's reference."""

        def register(handler: Handler) -> Handler:
            self._routes.append(Route(method, path, handler, needs_token))
            return handler

        return register


def json_object(body: Any) -> Json:
    """Return a body that must be an object.

    Raises:
        DiscordError: It is something else.
    """
    if not isinstance(body, dict):
        raise DiscordError(400, 50035, "Invalid Form Body", {"_errors": []})
    return body
