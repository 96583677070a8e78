"""Fetch avatars: small, in time, each once, and kept; whoever has none that can be had is drawn without."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

import aiohttp
import discord

from pictures.caches import ByteCache

__all__ = ["AVATAR_BYTES", "Avatars"]

log = logging.getLogger(__name__)

AVATAR_BYTES: Final = 1_048_576
"""The largest avatar that is read: at 256 pixels they take 10 to 120 KB."""

AVATAR_SECONDS: Final = 2.0
"""How long one may take."""

_CACHE_BYTES = 8_000_000
_REST_SECONDS = 60.0
"""For how long one that could not be had is not asked for again."""

_PIXELS = 256
_CONNECTIONS = 16
_CHUNK_BYTES = 65_536


class Avatars:
    """Avatars of members, from Discord's CDN.

    An avatar's address names its content, so what is kept never gets old.

    Args:
        seconds: How long one may take.
    """

    def __init__(self, *, seconds: float = AVATAR_SECONDS) -> None:
        self._seconds = seconds
        self._kept: ByteCache[str, bytes] = ByteCache(_CACHE_BYTES, len)
        self._missing: ByteCache[str, float] = ByteCache(_CACHE_BYTES // 16, lambda _: 100)
        self._coming: dict[str, asyncio.Task[bytes]] = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def held_bytes(self) -> int:
        """What is kept takes."""
        return self._kept.held_bytes + self._missing.held_bytes

    async def get(self, user: discord.User | discord.Member) -> bytes:
        """Return somebody's avatar as a picture file, nothing where there is none or it cannot be had now."""
        address = _address_of(user)
        if address is None:
            return b""
        found = self._kept.find(address)
        if found is not None:
            return found
        failed_at = self._missing.find(address)
        if failed_at is not None and time.monotonic() - failed_at < _REST_SECONDS:
            return b""
        task = self._coming.get(address)
        if task is None:
            task = asyncio.create_task(self._fetch(address), name="avatar")
            self._coming[address] = task
            task.add_done_callback(lambda _: self._coming.pop(address, None))
        return await asyncio.shield(task)  # others may wait for it as well

    async def get_all(self, users: Sequence[discord.User | discord.Member]) -> list[bytes]:
        """Return the avatars of several people, in their order; together they take no longer than one."""
        return list(await asyncio.gather(*map(self.get, users)))

    async def close(self) -> None:
        """Fetch no more."""
        coming = list(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _fetch(self, address: str) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                content = await self._read(address)
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            log.info("An avatar could not be fetched: %r", problem)
            content = b""
        if content:
            return self._kept.put(address, content)
        self._missing.put(address, time.monotonic())
        return b""

    async def _read(self, address: str) -> bytes:
        """Return what is at an address; nothing if it is gone or too large."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS), trust_env=True
            )
        async with self._session.get(address) as response:
            if response.status != 200:  # noqa: PLR2004 -- as in every book
                return b""
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                content += chunk
                if len(content) > AVATAR_BYTES:
                    return b""
            return bytes(content)


def _address_of(user: discord.User | discord.Member) -> str | None:
    """Return where somebody's own avatar is; None for one of Discord's: an initial says more than those."""
    if user.avatar is None and getattr(user, "guild_avatar", None) is None:
        return None
    return user.display_avatar.replace(size=_PIXELS, format="png").url
