"""Cards that go with announcements, where a server wants them: beside the text, never in its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from leveling_core.member import Unlock
from pictures import PictureError, Studio
from playground import Member, Message
from tests.core.achievement_content import achievement, catalogue_of
from tests.e2e.house import House

ANY_MESSAGE = "POST /channels/*/messages"

ALMOST_2 = 95
PNG = b"\x89PNG\r\n"

TALKATIVE = catalogue_of(
    achievement("talk", "messages >= 1", xp=0, name="Talk", tier="gold", description="Say something."),
    achievement("small", "messages >= 1", xp=0, name="Small"),
    achievement("hush", "messages >= 2", xp=0, name="Hush", secret=True),
)


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected, and draws."""
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2, achievements={"hush": Unlock(1)})
    house.pictures = True
    await house.connect(TALKATIVE)
    return ann


async def want(house: House, *rules: str) -> None:
    """Let the owner switch rules on."""
    for rule in rules:
        await house.ask(house.pg.guild.owner, f"!config set {rule}")
    house.pg.general.messages.clear()


def alt_of(message: Message) -> str | None:
    """Return the alt text of a message's one card, None for no card."""
    if not message.attachments:
        return None
    [card] = message.attachments
    assert card.data.startswith(PNG)
    return card.description


async def test_no_card_unless_wanted(house: House, ann: Member) -> None:
    """By default a level is told in text alone."""
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.content.startswith("🎉 ann reached level 2")
    assert post.attachments == []


async def test_a_new_level_has_a_card(house: House, ann: Member) -> None:
    """With ``pictures.level_up`` the text is what it was, and a card is beside it."""
    await want(house, "pictures.level_up on", "pictures.unlock on")
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.content.startswith("🎉 ann reached level 2 and unlocked 2 achievements")
    assert alt_of(post) == "ann reached level 2."


async def test_an_achievement_has_a_card(house: House, ann: Member) -> None:
    """With ``pictures.unlock`` the hardest one that is told has a card."""
    await want(house, "pictures.unlock on", "announcements.achievement here", "announcements.level off")
    await house.say(ann)
    [post] = house.pg.replies()
    assert alt_of(post) == "ann unlocked an achievement: Talk."


async def test_a_secret_one_stays_secret(house: House) -> None:
    """The card of a secret achievement says no more than the text does."""
    bob = house.person("bob")
    await house.give(bob, messages=1, achievements={"talk": Unlock(1), "small": Unlock(1)})
    house.pictures = True
    await house.connect(TALKATIVE)
    await want(house, "pictures.unlock on", "announcements.achievement here")
    await house.say(bob)
    [post] = house.pg.replies()
    assert alt_of(post) == "bob unlocked an achievement: A secret one."


async def test_several_members_have_one_card(house: House, ann: Member) -> None:
    """A message that tells of several members has one card, of the first."""
    others = [await house.pg.join(name) for name in ("bob", "cid")]
    for other in others:
        await house.give(other, xp=ALMOST_2)
    await want(house, "pictures.level_up on")
    slow = house.pg.faults.slow(ANY_MESSAGE, seconds=0.3, times=1)
    await house.pg.say(ann)
    await house.wait_for(lambda: slow.hits > 0)
    for other in others:
        await house.pg.say(other)
    await house.settle()
    assert [alt_of(post) for post in house.pg.replies()] == ["ann reached level 2.", "bob reached level 2."]


async def test_a_card_that_cannot_be_drawn_is_left_out(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is told without it, in time."""
    await want(house, "pictures.level_up on")

    async def fail(*_: object) -> bytes:
        raise PictureError("the process that draws is ill")

    monkeypatch.setattr(Studio, "draw", fail)
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.content.startswith("🎉 ann reached level 2")
    assert post.attachments == []


async def test_where_files_are_forbidden_there_is_text(house: House, ann: Member) -> None:
    """Without the permission to attach files the channel is no trouble."""
    await want(house, "pictures.level_up on")
    await house.pg.deny("general", "attach_files")
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.attachments == []
    assert post.content.startswith("🎉 ann reached level 2")


async def test_a_member_who_wants_text_has_no_card(house: House, ann: Member) -> None:
    """Whoever has chosen text is told of in text."""
    await house.ask(ann, "!card text on")
    await want(house, "pictures.level_up on")
    await house.pg.advance(minutes=2)
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.attachments == []


async def test_a_retry_sends_the_same_message(house: House, ann: Member) -> None:
    """Discord has taken the message, and its answer is lost: the second try makes no second message."""
    await want(house, "pictures.level_up on")
    house.pg.faults.lose_answer(ANY_MESSAGE)
    await house.say(ann)
    [post] = house.pg.replies()
    assert alt_of(post) == "ann reached level 2."
    house.faults.texts.clear()  # the feed logs a delivery that it has to repeat


async def test_a_card_that_discord_does_not_take_is_left_out(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is refused costs nobody the text, and makes the channel no trouble."""
    await want(house, "pictures.level_up on")
    send: Any = discord.abc.Messageable.send
    tries: list[str] = []

    async def refuse_files(self: object, content: str, **options: Any) -> discord.Message:
        tries.append(options["nonce"])
        if "file" in options:
            response: Any = SimpleNamespace(status=413, reason="Request Entity Too Large")
            raise discord.HTTPException(response, {"code": 40005, "message": "too large"})
        return await send(self, content, **options)  # type: ignore[no-any-return]  # of any kind

    monkeypatch.setattr(discord.abc.Messageable, "send", refuse_files)
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.attachments == []
    assert post.content.startswith("🎉 ann reached level 2")
    assert len(tries) == 2
    assert len(set(tries)) == 1
