"""Where discord.py looks for Discord: the real one, or one on this machine that takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

__all__ = ["DiscordAddress", "read_loopback_origin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordAddress:
    """The three addresses of a Discord.

    Attributes:
        api_url: Of its REST interface, with the version.
        gateway_url: Of its gateway.
        cdn_url: Of its pictures.
    """

    api_url: str
    gateway_url: str
    cdn_url: str

    @classmethod
    def at(cls, origin: str) -> Self:
        """Return the addresses of a Discord that is all at one origin, such as ``http://127.0.0.1:8080``."""
        return cls(
            api_url=f"{origin}/api/v10",
            gateway_url=f"ws{origin.removeprefix('http')}/gateway",
            cdn_url=f"{origin}/cdn",
        )

    @classmethod
    def current(cls) -> Self:
        """Return where discord.py looks now."""
        return cls(
            api_url=Route.BASE,
            gateway_url=str(DiscordWebSocket.DEFAULT_GATEWAY),
            cdn_url=discord.Asset.BASE,
        )

    def use(self) -> None:
        """Let discord.py look here: every client of this process that connects from now on."""
        Route.BASE, discord.Asset.BASE = self.api_url, self.cdn_url
        DiscordWebSocket.DEFAULT_GATEWAY = type(DiscordWebSocket.DEFAULT_GATEWAY)(self.gateway_url)


def read_loopback_origin(text: str) -> str:
    """Return the origin that a text names, written anew from its parts.

    Whoever answers there is given the token and all that people write, so it must be this machine.

    Raises:
        ValueError: It is not ``http://``, a loopback host and perhaps a port, or it holds more than these.
    """
    parts = urlsplit(text.strip())
    host = parts.hostname or ""
    plain = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username is not None)
    if parts.scheme != "http" or not plain or not _is_loopback(host):
        raise ValueError(f"{text!r} is no Discord on this machine")
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{parts.port}" if parts.port else f"http://{host}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
