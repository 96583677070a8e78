"""What asking Discord for something may fail with."""

from __future__ import annotations

import aiohttp
import discord

__all__ = ["DISCORD_FAILURES"]

DISCORD_FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError)
"""Discord refused it or failed, or the connection did before there was an answer."""
