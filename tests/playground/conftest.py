"""A playground for each test, and a check that the server was asked nothing it does not know."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from playground import Member, Playground
from tests.playground.bots import made_bots


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    """Give a running playground without a bot."""
    async with Playground() as playground:
        made_bots.clear()
        yield playground
        assert playground.unknown_routes == []
        assert [error for bot in made_bots for error in bot.errors] == []


@pytest.fixture
def ann(pg: Playground) -> Member:
    """Give an ordinary member who was there before the bot."""
    return pg.world.add_member(pg.guild, "ann")
