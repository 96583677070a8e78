"""Boards as pictures: by command and by button, with a text twin for whoever wants it."""

from __future__ import annotations

import pytest

from cogs.leaderboard import LeaderboardCog
from cogs.ui.pages import IdleButtons
from leveling_core.achievements import Catalogue
from pictures import PictureError, Studio
from playground import Member, Message
from tests.e2e.house import House

PNG = b"\x89PNG\r\n"


async def crowd(house: House, number: int) -> list[Member]:
    """Let people in, the first with the most XP, each a hundred apart, and connect a bot that draws."""
    people = [house.person(f"member{place:02}") for place in range(1, number + 1)]
    for place, person in enumerate(people):
        await house.give(person, xp=10_000 - 100 * place)
    house.pictures = True
    await house.connect(Catalogue())
    return people


def picture_of(message: Message) -> str:
    """Return the alt text of the one picture of a message, which must be a picture and no embed beside it."""
    [attachment] = message.attachments
    assert attachment.data.startswith(PNG)
    assert (attachment.filename, message.embeds, message.content) == ("board.png", [], "")
    assert attachment.description is not None
    return attachment.description


def labels(message: Message) -> list[str]:
    """Return the labels of a message's buttons."""
    return [str(button.label) for button in message.buttons]


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_the_ten_who_lead_are_a_picture(house: House, way: str) -> None:
    """`topten` answers with a picture, its content in words, and a button that shows it as text."""
    people = await crowd(house, 12)
    asker = people[6]
    if way == "slash":
        shown = await house.slash(asker, "topten", board="xp")
    else:
        shown = await house.ask(asker, "!topten")
    lines = picture_of(shown).splitlines()
    assert lines[0].startswith("XP leaderboard, ")
    assert lines[1] == "1. member01: 10,000 XP"
    assert lines[10] == "10. member10: 9,100 XP"
    assert lines[11] == "You: #7 of 12 · level 21 · 9,400 XP · 101 XP to pass member06"
    assert labels(shown) == ["As text"]
    text = await house.pg.press(people[0], shown, "As text")
    assert text.ephemeral
    assert "member10" in text.text


async def test_pages_turn_into_a_picture_and_back(house: House) -> None:
    """The button below the pages shows the same page as a picture; the pages are there again after it."""
    people = await crowd(house, 12)
    board = await house.ask(people[0], "!leaderboard")
    assert labels(board) == ["Previous", "Next", "Find me", "Picture"]
    await house.pg.press(people[0], board, "Next")
    await house.pg.press(people[0], board, "Picture")
    assert "11. member11: 9,000 XP" in picture_of(board)
    assert labels(board) == ["Pages", "As text"]
    refused = await house.pg.press(people[3], board, "Pages")
    assert refused.ephemeral
    twin = await house.pg.press(people[3], board, "As text")
    assert "**member04** (you)" in twin.text
    await house.reopen()
    await house.pg.press(people[0], board, "Pages")
    assert board.attachments == []
    assert board.embeds[0]["footer"]["text"] == "Page 2 of 2 · 12 members"


async def test_a_picture_keeps_its_text_button(house: House) -> None:
    """When nobody turns it any more, the buttons of pages go; whoever cannot see it can still read it."""
    people = await crowd(house, 12)
    cog = house.bot.get_cog("LaurelLeaderboard")
    assert isinstance(cog, LeaderboardCog)
    cog.idle = IdleButtons(0.05)
    board = await house.ask(people[0], "!leaderboard")
    await house.pg.press(people[0], board, "Picture")
    await house.wait_for(lambda: labels(board) == ["As text"])
    assert picture_of(board)


@pytest.mark.parametrize("board", ["streak", "week", "month"])
async def test_an_empty_board_says_so(house: House, board: str) -> None:
    """A board with nobody on it is a picture too, and its text says how to begin it."""
    house.pictures = True
    ann = house.person("ann")
    await house.connect(Catalogue())
    shown = await house.ask(ann, f"!topten {board}")
    assert picture_of(shown).endswith("Nobody is on it yet")
    assert labels(await house.ask(ann, f"!leaderboard {board}")) == []


async def test_who_chose_text_is_offered_no_picture(house: House) -> None:
    """Where the server has pictures off, boards are text; so for a member who has chosen it."""
    ann, bob = await crowd(house, 2)
    await house.ask(ann, "!card text on")
    assert labels(await house.ask(ann, "!leaderboard")) == []
    assert (await house.ask(ann, "!topten")).embeds[0]["title"] == "XP leaderboard"
    assert labels(await house.ask(bob, "!leaderboard")) == ["Picture"]
    await house.ask(house.pg.guild.owner, "!config set pictures.enabled off")
    assert labels(await house.ask(bob, "!leaderboard")) == []
    assert (await house.ask(bob, "!topten")).attachments == []


async def test_a_picture_that_fails_is_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be drawn is shown as text; by the button with a word to who pressed it."""
    ann, _ = await crowd(house, 2)
    board = await house.ask(ann, "!leaderboard")

    async def fail(*_: object) -> bytes:
        raise PictureError("the process that draws is ill")

    monkeypatch.setattr(Studio, "draw", fail)
    result = await house.pg.press(ann, board, "Picture")
    assert board.attachments == []
    assert board.embeds[0]["title"] == "XP leaderboard"
    assert [message.text for message in result.followups] == [
        "The picture cannot be drawn right now. Here is the board as text, as before."
    ]
    assert (await house.ask(ann, "!topten")).embeds[0]["title"] == "XP leaderboard"


async def test_without_the_permission_there_is_text(house: House) -> None:
    """Where files may not be attached, boards are text, and the button says why."""
    ann, _ = await crowd(house, 2)
    board = await house.ask(ann, "!leaderboard")
    await house.pg.deny("general", "attach_files")
    result = await house.pg.press(ann, board, "Picture")
    assert board.attachments == []
    assert "I may not attach files here" in result.followups[0].text
    assert (await house.ask(ann, "!topten")).embeds[0]["title"] == "XP leaderboard"
