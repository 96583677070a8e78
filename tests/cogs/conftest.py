"""A server to use Laurel in: the whole bot, connected to the playground, over a store in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cogs.server import Server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Give a server with Laurel in it, and check at the end that nothing went wrong unseen."""
    async with Server() as server:
        yield server
        await server.check()
