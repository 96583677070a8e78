"""Discord's rate limits, as a bot meets them."""

from __future__ import annotations

import time

import discord
import pytest

from playground import Member, Playground
from playground.rate_limits import RateLimits
from tests.playground.bots import RecordingBot

EDIT = ("PATCH", "/guilds/7/members/{}")


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_window_is_full_until_it_ends() -> None:
    """Ten changes of members of one guild in ten seconds; the eleventh is told how long to wait."""
    clock = Clock()
    limits = RateLimits(monotonic=clock)
    for number in range(10):
        verdict = limits.take("PATCH", f"/guilds/7/members/{number}")
        assert (verdict.retry_after, verdict.headers["X-RateLimit-Remaining"]) == (0, str(9 - number))
    clock.now += 4
    refused = limits.take("PATCH", "/guilds/7/members/1")
    assert (refused.retry_after, refused.headers["X-RateLimit-Reset-After"]) == (6, "6.000")
    assert not limits.take("PATCH", "/guilds/8/members/1").retry_after
    assert not limits.take("PUT", "/guilds/7/members/1/roles/2").retry_after
    clock.now += 6
    assert not limits.take("PATCH", "/guilds/7/members/1").retry_after
    assert limits.refused == ["PATCH /guilds/7/members/1"]


def test_all_requests_together_have_a_limit() -> None:
    """Fifty a second, whatever they are; answers to interactions do not count."""
    limits = RateLimits(monotonic=Clock())
    for number in range(50):
        limits.take("GET", f"/users/{number}")
        limits.take("POST", f"/interactions/{number}/x/callback")
    assert limits.take("GET", "/users/1").is_global
    assert not limits.take("POST", "/interactions/1/x/callback").retry_after


@pytest.mark.parametrize("speed", [20.0])
async def test_a_bot_that_heeds_the_headers_is_never_refused(
    pg: Playground, ann: Member, speed: float
) -> None:
    """discord.py waits for the next window by itself."""
    limits = pg.server.rate_limits = RateLimits(speed=speed)
    bot = RecordingBot()
    await pg.connect(bot)
    channel = bot.get_channel(pg.general.id)
    assert isinstance(channel, discord.TextChannel)
    began = time.monotonic()
    for number in range(11):
        await channel.send(f"{ann.name} {number}")
    assert time.monotonic() - began >= 2 * 5 / speed * 0.9
    assert limits.refused == []
