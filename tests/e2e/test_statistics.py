"""Statistics as pictures: charts, hours of the week and comparisons, by command and by button."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from leveling_core.decision import Decision
from leveling_core.outcomes import DailyClaimed, LedgerLine, XpGained
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from pictures import Picture, PictureError
from playground import Member, Message
from tests.e2e.house import House


@pytest.fixture
async def ann(house: House) -> Member:
    """Give somebody who was there for 60 days, in a server whose bot draws pictures."""
    house.pictures = True
    ann = house.pg.world.add_member(house.pg.guild, "ann")
    await house.give(ann, xp=3600, messages=400)
    lines = [
        LedgerLine(
            at=house.now - day * MS_PER_DAY + (day % 9) * MS_PER_HOUR,
            guild_id=house.pg.guild.id,
            user_id=ann.user.id,
            outcome=XpGained(xp=20 + day % 7, source="message")
            if day % 3
            else DailyClaimed(xp=40, source="daily", booked_on=1, zone="UTC", streak=1, parts=()),
        )
        for day in range(60, 0, -1)
    ]
    await house.store.commit((), lambda _: Decision(None, lines=lines))
    return ann


def _picture_of(message: Message) -> tuple[int, str]:
    """Return how high the one picture of a message is, and what it says of itself."""
    assert message.embeds == []
    [attachment] = message.attachments
    with Image.open(io.BytesIO(attachment.data)) as image:
        assert (image.format, image.width) == ("PNG", 934)
        return image.height, attachment.description or ""


async def test_a_chart_is_turned_by_its_buttons(house: House, ann: Member) -> None:
    """Each button puts another picture, alt text and summary into the same message, also after a restart."""
    await house.connect()
    message, *_ = await house.pg.ask(ann, "!xpstats ann 30")
    _, alt = _picture_of(message)
    assert alt.startswith("XP of ann in the last 30 days, by day and source.")
    assert "XP earned · now level" in message.content
    assert [button.label for button in message.buttons] == [
        "7 days",
        "30 days",
        "90 days",
        "Hours",
        "As text",
    ]
    await house.pg.press(ann, message, "90 days")
    assert "last 90 days, by day and source" in _picture_of(message)[1]
    await house.reopen()
    await house.pg.press(ann, message, "Hours")
    assert _picture_of(message)[1].startswith("Hours of the week of ann")
    assert "messages earned XP in the last 8 weeks" in message.content
    await house.pg.press(ann, message, "7 days")
    assert "last 7 days, by day and source" in _picture_of(message)[1]


async def test_any_view_can_be_read_as_text(house: House, ann: Member) -> None:
    """Whoever presses reads the view that is shown, alone; also after a restart."""
    await house.connect()
    owner = house.pg.guild.owner
    message = (await house.pg.slash(ann, "xpstats", days=30)).messages[0]
    result = await house.pg.press(owner, message, "As text")
    assert "XP of the last 30 days" in result.text
    await house.pg.press(ann, message, "Hours")
    await house.reopen()
    result = await house.pg.press(owner, message, "As text")
    assert "Hours of the week" in result.text
    assert len(message.attachments) == 1


async def test_hours_and_comparisons_are_pictures(house: House, ann: Member) -> None:
    """By prefix and by slash, each with its alt text, and as text for whoever presses."""
    owner = house.pg.guild.owner
    await house.connect()
    message, *_ = await house.pg.ask(ann, "!activity")
    assert _picture_of(message)[1].startswith("Hours of the week of ann")
    message, *_ = await house.pg.ask(ann, f"!compare <@{owner.user.id}>")
    assert "\nRank: #1 · none yet" in _picture_of(message)[1]
    message = (await house.pg.slash(owner, "compare", member=ann)).messages[0]
    assert "\nRank: none yet · #1" in _picture_of(message)[1]
    await house.reopen()
    result = await house.pg.press(owner, message, "As text")
    assert "Side by side" in result.text


async def test_a_picture_that_fails_is_text(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By command and by button: the text twin comes, its buttons work, and a picture follows it again."""
    await house.connect()

    async def fail(_: Picture) -> bytes:
        raise PictureError("no paint")

    with monkeypatch.context() as patched:
        patched.setattr(house.context.pictures, "render", fail)
        message, *_ = await house.pg.ask(ann, "!xpstats")
        [embed] = message.embeds
        assert (embed["title"], message.attachments) == ("XP of the last 7 days", [])
        compared, *_ = await house.pg.ask(ann, f"!compare <@{house.pg.guild.owner.user.id}>")
        assert compared.embeds[0]["title"] == "Side by side"
        await house.pg.press(ann, message, "30 days")
        assert message.embeds[0]["title"] == "XP of the last 30 days"
    await house.pg.press(ann, message, "90 days")
    assert "last 90 days" in _picture_of(message)[1]
    with monkeypatch.context() as patched:
        patched.setattr(house.context.pictures, "render", fail)
        await house.pg.press(ann, message, "Hours")
        assert (message.embeds[0]["title"], message.attachments) == ("Hours of the week", [])
        assert message.content == ""


async def test_where_no_files_may_be_sent_there_is_text(house: House, ann: Member) -> None:
    """Without the permission Attach Files a command answers with text, and a button turns to text."""
    await house.connect()
    picture, *_ = await house.pg.ask(ann, "!xpstats")
    assert len(picture.attachments) == 1
    await house.pg.deny("general", "attach_files")
    await house.settle()
    await house.pg.press(ann, picture, "30 days")
    assert (picture.embeds[0]["title"], picture.attachments) == ("XP of the last 30 days", [])
    message, *_ = await house.pg.ask(ann, "!activity")
    assert (message.embeds[0]["title"], message.attachments) == ("Hours of the week", [])


async def test_who_wants_text_reads_text(house: House, ann: Member) -> None:
    """Whoever has chosen text, or a server that has, gets it from then on, by command and by button."""
    await house.connect()
    owner = house.pg.guild.owner
    picture, *_ = await house.pg.ask(ann, "!xpstats")
    await house.pg.ask(ann, "!card text on")
    await house.pg.press(ann, picture, "90 days")
    assert (picture.embeds[0]["title"], picture.attachments) == ("XP of the last 90 days", [])
    await house.pg.ask(owner, "!config set pictures.enabled off")
    message, *_ = await house.pg.ask(owner, "!compare ann owner")
    assert (message.embeds[0]["title"], message.attachments) == ("Side by side", [])


async def test_a_member_who_has_left_is_not_found(house: House, ann: Member) -> None:
    """The button of statistics of somebody who is gone says so, and the message stays."""
    owner = house.pg.guild.owner
    await house.connect()
    message, *_ = await house.pg.ask(owner, "!xpstats ann")
    await house.pg.leave(ann)
    await house.settle()
    result = await house.pg.press(owner, message, "30 days")
    assert "I know nobody here called" in result.text
    assert "last 7 days" in _picture_of(message)[1]
