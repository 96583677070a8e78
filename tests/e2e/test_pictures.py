"""Profiles as pictures: by prefix and slash, as text for who wants that, and as text when anything fails."""

from __future__ import annotations

import asyncio
import os

import pytest

from cogs.pictures import avatars, service
from leveling_core.achievements import Catalogue
from leveling_core.errors import StoreUnavailableError
from pictures import PictureError, RankCard, StudioBusyError
from playground import Member
from playground.interactions import InteractionResult
from tests.e2e.house import House
from tests.e2e.pictures import Desk, image_of

ALT = "ann: level 4, 31 of 281 XP to level 5. 550 XP in all. Rank 1 of 1."


@pytest.fixture
async def ann(house: House, desk: Desk) -> Member:
    """Give a member with some XP and an avatar; the bot is connected and draws."""
    assert desk.process_id is None
    house.pictures = True
    ann = house.person("ann")
    ann.user.avatar = "a1b2c3"
    await house.give(ann, xp=550, messages=20)
    await house.connect(Catalogue())
    return ann


def card_of(desk: Desk) -> RankCard:
    """Return the card that was drawn last."""
    card = desk.drawn[-1]
    assert isinstance(card, RankCard)
    return card


async def shown(house: House, who: Member) -> str:
    """Return how a profile is shown: as a picture or as text."""
    message = await house.ask(who, "!profile")
    assert bool(message.attachments) is not bool(message.embeds)
    return "picture" if message.attachments else "text"


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_a_profile_is_a_card(house: House, ann: Member, desk: Desk, way: str) -> None:
    """The card shows name, level, rank and XP; its description says the same to who cannot see it."""
    message = await (house.ask(ann, "!rank") if way == "prefix" else house.slash(ann, "profile"))
    assert image_of(message).size == (934, 282)
    [attachment] = message.attachments
    assert (attachment.filename, attachment.description) == ("profile.png", ALT)
    assert message.embeds == []
    card = card_of(desk)
    assert (card.name, card.level, card.rank, card.xp) == ("ann", "4", "#1", "31 / 281 XP")
    assert card.avatar.startswith(b"\x89PNG")


async def test_another_process_draws(house: House) -> None:
    """With nothing in its place the studio draws in a process of its own, which ends with the bot."""
    house.pictures = True
    bea = house.person("bea")
    await house.connect()
    message = await house.ask(bea, "!profile")
    assert image_of(message).size == (934, 282)


async def test_names_and_colours_are_the_members_own(house: House, ann: Member, desk: Desk) -> None:
    """The name is drawn as it is written, in the colour of the highest role that has one."""
    ann.nick = "Zoë \N{RIGHT-TO-LEFT OVERRIDE}أحمد **x**"
    role = await house.pg.create_role("Rose", colour=0xFF2266)
    await house.pg.give_role(ann, role)
    await house.pg.idle()
    await house.ask(ann, "!profile")
    assert card_of(desk).name == "Zoë \N{RIGHT-TO-LEFT OVERRIDE}أحمد **x**"
    assert card_of(desk).look.role_colour == "#ff2266"


async def test_no_markdown_is_read_aloud(house: House, ann: Member) -> None:
    """The description of a picture has none: nothing there would turn it into looks."""
    message = await house.ask(ann, "!xpstats")
    [attachment] = message.attachments
    assert attachment.description is not None
    assert "/daily" in attachment.description
    assert "`" not in attachment.description


async def test_the_button_shows_the_text(house: House, ann: Member) -> None:
    """Whoever presses it reads the profile, alone; also after a restart."""
    message = await house.ask(ann, "!profile")
    bob = await house.pg.join("bob")
    pressed = await house.pg.press(bob, message, "As text")
    assert told(pressed) == "Level 4"
    await house.restart()
    assert told(await house.pg.press(bob, message, "As text")) == "Level 4"


def told(result: InteractionResult) -> str:
    """Return the title of what was told to one person alone."""
    assert result.ephemeral
    assert result.response is not None
    return str(result.response.embeds[0]["title"])


async def test_who_has_left_has_no_text_any_more(house: House, ann: Member) -> None:
    """The button of a picture of somebody who left says so."""
    message = await house.ask(ann, "!profile")
    bob = await house.pg.join("bob")
    await house.pg.leave(ann)
    await house.pg.idle()
    result = await house.pg.press(bob, message, "As text")
    assert result.ephemeral
    assert "I know nobody here" in result.text


async def test_text_for_who_wants_it(house: House, ann: Member) -> None:
    """A server or a member may choose text; what others see does not change by a member's choice."""
    bob = await house.pg.join("bob")
    await house.ask(ann, "!card text on")
    assert (await shown(house, ann), await shown(house, bob)) == ("text", "picture")
    await house.ask(house.pg.guild.owner, "!config set pictures.enabled off")
    assert await shown(house, bob) == "text"


async def test_text_where_files_are_not_allowed(house: House, ann: Member, desk: Desk) -> None:
    """Without the permission Attach Files nothing is drawn."""
    await house.pg.deny("general", "attach_files")
    await house.pg.idle()
    assert await shown(house, ann) == "text"
    assert desk.drawn == []


@pytest.mark.parametrize("error", [PictureError("broken"), StudioBusyError("256 pictures are waiting")])
async def test_text_when_it_cannot_be_drawn(
    house: House, ann: Member, desk: Desk, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A picture that fails becomes its text, and the log says so once a minute."""
    desk.error = error
    assert [await shown(house, ann) for _ in range(3)] == ["text"] * 3
    assert sum("could not be made" in record.message for record in caplog.records) == 1
    await house.pg.advance(seconds=61)
    assert await shown(house, ann) == "text"
    assert "3 picture(s) could not be made" in caplog.text


async def test_text_when_a_fault_of_ours_is_in_the_way(house: House, ann: Member, desk: Desk) -> None:
    """What nobody foresaw is logged as such, and answered with the text."""
    desk.error = ZeroDivisionError("whatever")
    assert await shown(house, ann) == "text"
    assert any("ZeroDivisionError" in text for text in house.faults.texts)
    house.faults.texts.clear()


async def test_text_when_it_takes_too_long(
    house: House, ann: Member, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever."""

    async def never(_: object) -> bytes:
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(service, "PICTURE_SECONDS", 0.01)
    monkeypatch.setattr(desk, "draw", never)
    assert await shown(house, ann) == "text"


async def test_text_when_discord_refuses_the_file(house: House, ann: Member) -> None:
    """A refusal of the file itself is answered with the text."""
    house.pg.faults.fail("POST */messages", status=503, times=1)
    assert await shown(house, ann) == "text"


async def test_text_when_the_choice_cannot_be_read(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Storage that fails for the look alone costs the picture alone."""

    async def fail(_: object) -> None:
        raise StoreUnavailableError(path="x", cause="it is locked", cure="Wait")

    monkeypatch.setattr(house.context.pictures.cards, "get_card", fail)
    assert await shown(house, ann) == "text"


async def test_a_slow_cdn_costs_the_avatar_alone(
    house: House, ann: Member, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card comes without the avatar; who asks again at once does not wait for it once more."""
    monkeypatch.setattr(house.context.pictures.avatars, "_seconds", 0.02)
    slow = house.pg.faults.slow("GET /cdn/avatars/*", seconds=0.3)
    for _ in range(2):
        assert await shown(house, ann) == "picture"
        assert card_of(desk).avatar == b""
    assert slow.hits == 1


@pytest.mark.parametrize("status", [404, 500])
async def test_an_avatar_that_is_gone(house: House, ann: Member, desk: Desk, status: int) -> None:
    """The card comes without it."""
    house.pg.faults.fail("GET /cdn/avatars/*", status=status)
    assert await shown(house, ann) == "picture"
    assert card_of(desk).avatar == b""


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\nbroken", b"<html>", os.urandom(3000)])
async def test_an_avatar_that_is_broken(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """The card shows the initial instead."""
    monkeypatch.setattr("playground.rest_misc.plain_png", lambda *_: content)
    assert await shown(house, ann) == "picture"


async def test_an_avatar_is_fetched_once(house: House, ann: Member, desk: Desk) -> None:
    """It is kept, and asked for once however many want it at the same time."""
    for number in range(5):
        await house.pg.say(await house.pg.join(f"m{number}"), f"!profile {ann.mention}")
    await house.pg.idle()
    await shown(house, ann)
    assert [card.avatar.startswith(b"\x89PNG") for card in desk.drawn if isinstance(card, RankCard)] == [
        True
    ] * 6
    fetched = [request for request in house.pg.server.requests if "/avatars/" in request.path]
    assert len(fetched) == 1
    assert 0 < house.context.pictures.avatars.held_bytes < 2000


async def test_too_large_an_avatar_is_not_kept(
    house: House, ann: Member, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a mebibyte is no avatar."""
    monkeypatch.setattr(avatars, "AVATAR_BYTES", 50)
    assert await shown(house, ann) == "picture"
    assert card_of(desk).avatar == b""


async def test_who_has_no_avatar_costs_no_request(house: House, ann: Member, desk: Desk) -> None:
    """Discord's own pictures for those without are not fetched: an initial says more."""
    ann.user.avatar = None
    bob = await house.pg.join("bob")
    assert await shown(house, bob) == "picture"
    assert card_of(desk).avatar == b""
    assert not [request for request in house.pg.server.requests if "/cdn/" in request.path]
