"""Commands that read much cannot be used to keep the bot busy."""

from __future__ import annotations

import pytest

from tests.cogs.server import Server

COSTLY = ("profile", "xpstats", "leaderboard", "achievements")


@pytest.mark.parametrize("name", COSTLY)
@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_a_costly_command_waits_after_three_uses(server: Server, name: str, way: str) -> None:
    """The fourth use within ten seconds gets the kind line, others are not held up, and then it goes on."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()

    async def is_answered() -> bool:
        if way == "prefix":
            answer = await server.ask(ann, f"!{name}")
        else:
            answer = await server.slash(ann, name)
        if not answer.embeds:
            assert answer.text.startswith("Not so fast: try again in ")
        return bool(answer.embeds)

    assert [await is_answered() for _ in range(5)] == [True, True, True, False, False]
    assert (await server.ask(bob, f"!{name}")).embeds
    await server.pg.advance(seconds=11)
    assert await is_answered()


async def test_an_alias_and_the_slash_command_count_as_the_same(server: Server) -> None:
    """However it is given, it is one command; another command has its own count."""
    ann = server.person("ann")
    await server.connect()
    for text in ("!rank", "!level"):
        assert (await server.ask(ann, text)).embeds
    assert (await server.slash(ann, "profile")).embeds
    result = await server.pg.slash(ann, "profile")
    assert result.ephemeral
    assert result.text.startswith("Not so fast")
    assert (await server.ask(ann, "!xpstats")).embeds


async def test_buttons_are_free(server: Server) -> None:
    """Pages can be turned as fast as anybody likes."""
    people = [server.person(f"p{number}") for number in range(31)]
    for number, person in enumerate(people):
        await server.give(person, xp=100 + number)
    await server.connect()
    board = await server.ask(people[0], "!leaderboard")
    for _ in range(3):
        await server.pg.press(people[0], board, "Next")
    for _ in range(3):
        await server.pg.press(people[0], board, "Previous")
    assert "Page 1 of 4" in board.text
