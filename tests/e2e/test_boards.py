"""Boards over days: who has climbed and fallen since yesterday, who is new, whom to pass; and of streaks."""

from __future__ import annotations

import pytest

from playground import Member, Message
from tests.e2e.house import House


async def look(
    house: House, who: Member, way: str, command: str = "leaderboard"
) -> tuple[list[str], str, str]:
    """Return the lines of a board, the own place and the footer, by prefix or by slash."""
    await house.pg.advance(minutes=5)  # whoever looks too often has to wait
    if way == "slash":
        shown: Message = await house.slash(who, command)
    else:
        shown = await house.ask(who, f"!{command}")
    embed = shown.embeds[0]
    own = embed["fields"][0]["value"] if embed.get("fields") else ""
    return str(embed["description"]).splitlines(), own, embed["footer"]["text"]


async def earn(house: House, who: Member, messages: int) -> None:
    """Let somebody write messages that earn 15 XP each."""
    for _ in range(messages):
        await house.pg.advance(minutes=2)
        await house.pg.say(who, "hello")
    await house.settle()


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_the_board_tells_what_has_moved_since_yesterday(house: House, way: str) -> None:
    """Nothing on a guild's first day; then everybody's climb, after a restart too, by its own midnight."""
    ann, bob, cyd, dan = (house.person(name) for name in ("ann", "bob", "cyd", "dan"))
    await house.connect()
    owner = house.pg.guild.owner
    await house.ask(owner, "!config set general.timezone Europe/Kyiv")
    for person, messages in ((ann, 3), (bob, 2), (cyd, 1)):
        await earn(house, person, messages)
    lines, own, footer = await look(house, bob, way)
    assert [line.rpartition(" · ")[2] for line in lines] == ["45 XP", "30 XP", "15 XP"]
    assert own == "#2 of 3 · level 1 · 30 XP\n16 XP to pass ann"
    assert footer == "Page 1 of 1 · 3 members"

    await house.pg.advance(days=1)
    await earn(house, cyd, 3)
    await earn(house, dan, 1)
    if way == "slash":
        await house.reopen()
    lines, own, footer = await look(house, bob, way)
    assert [line.rpartition(" · ")[2] for line in lines] == [
        "60 XP ▲2",
        "45 XP ▼1",
        "30 XP ▼1",
        "15 XP *new*",
    ]
    assert own == "#3 of 4 · level 1 · 30 XP ▼1\n16 XP to pass ann"
    assert footer == "Page 1 of 1 · 4 members · ▲ ▼ since yesterday"
    lines, own, _ = await look(house, cyd, way)
    assert own == "#1 of 4 · level 1 · 60 XP ▲2"

    await house.pg.leave(ann)
    await house.settle()
    lines, own, _ = await look(house, bob, way)
    assert [line.rpartition(" · ")[2] for line in lines] == ["60 XP ▲1", "30 XP ▼1", "15 XP *new*"]
    assert own == "#2 of 3 · level 1 · 30 XP ▼1\n31 XP to pass cyd"

    await house.pg.advance(days=1)
    lines, own, footer = await look(house, dan, way)
    assert [line.rpartition(" · ")[2] for line in lines] == ["60 XP", "30 XP", "15 XP"]
    assert own == "#3 of 3 · level 1 · 15 XP\n16 XP to pass bob"
    assert footer == "Page 1 of 1 · 3 members"


async def test_equal_members_move_together(house: House) -> None:
    """Who shares a rank has climbed as far as the other; passing takes one XP more than who is ahead has."""
    ann, bob, cyd = (house.person(name) for name in ("ann", "bob", "cyd"))
    await house.connect()
    for person, messages in ((ann, 2), (bob, 1), (cyd, 1)):
        await earn(house, person, messages)
    await house.pg.advance(days=1)
    for person in (bob, cyd):
        await earn(house, person, 2)
    lines, own, _ = await look(house, ann, "slash")
    assert [line.rpartition(" · ")[2] for line in lines] == ["45 XP ▲1", "45 XP ▲1", "30 XP ▼2"]
    assert own == "#3 of 3 · level 1 · 30 XP ▼2\n16 XP to pass cyd"


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_the_board_of_streaks_has_a_command_of_its_own(house: House, way: str) -> None:
    """It shows the streaks that live, longest first, page by page, and ends with the day they are lost."""
    ann, bob = house.person("ann"), house.person("bob")
    crowd = [house.person(f"member{number:02}") for number in range(10)]
    await house.connect()
    await house.ask(ann, "!daily")
    await house.pg.advance(days=1)
    for person in (ann, bob, *crowd):
        await house.ask(person, "!daily")
    lines, own, footer = await look(house, bob, way, "dailyboard")
    assert lines[0].startswith("🥇 **#1** ann · ")
    assert lines[0].endswith("2 days")
    assert own == "#2 of 12 · 1 day"
    assert footer == "Page 1 of 2 · 12 members"
    board = (await house.pg.ask(bob, "!dailyboard 2"))[0]
    assert len(str(board.embeds[0]["description"]).splitlines()) == 2
    await house.pg.press(bob, board, "Previous")
    await house.settle()
    assert board.embeds[0]["footer"]["text"] == "Page 1 of 2 · 12 members"
    assert board.embeds[0]["title"] == "Streak leaderboard"
    await house.pg.advance(days=3)
    lines, _, _ = await look(house, bob, way, "dailyboard")
    assert lines == [
        "Nobody has a daily streak right now. Claim with `/daily`, and the board begins with you."
    ]
