"""Boards that keep themselves current: pinned, edited once a minute at most, and only when there is need."""

from __future__ import annotations

import asyncio

import pytest

from cogs.live_boards import BoardCog
from leveling_core.achievements import Catalogue
from playground import Channel, Member, Message, MessageType
from playground.rest_messages import PIN_LIMIT
from tests.e2e.house import House


class Wall:
    """A server with a board on a wall.

    Attributes:
        house: The server.
        channel: Where the board is.
        ann: A member who earns XP.
        boss: Who manages the server.
    """

    def __init__(self, house: House, channel: Channel) -> None:
        self.house = house
        self.channel = channel
        self.ann = house.person("ann")
        self.boss = house.pg.guild.owner

    @property
    def cog(self) -> BoardCog:
        """The cog of the connected bot."""
        cog = self.house.bot.get_cog("LaurelBoard")
        assert isinstance(cog, BoardCog)
        return cog

    @property
    def boards(self) -> list[Message]:
        """The messages on the wall, oldest first; not what Discord itself says of them."""
        return [one for one in self.house.pg.replies(self.channel) if one.type is not MessageType.PIN]

    @property
    def text(self) -> str:
        """What the one board says."""
        [board] = self.boards
        return str(board.embeds[0]["description"])

    async def pin(self, options: str = "", who: Member | None = None) -> Message:
        """Pin a board on the wall and return the answer."""
        answer = await self.house.ask(who or self.boss, f"!board pin wall {options}".strip())
        await self.house.settle()
        return answer

    async def earn(self) -> None:
        """Let ann earn XP."""
        await self.house.pg.advance(minutes=2)
        await self.house.say(self.ann)

    async def minute(self, seconds: float = 60) -> None:
        """Let time pass, and the clock be looked at."""
        await self.house.pg.advance(seconds=seconds)
        await self.look()

    async def look(self) -> None:
        """Let the clock be looked at."""
        await self.house.context.schedule.run_due()
        await self.cog.keeper.idle()
        await self.house.settle()

    def requests(self) -> int:
        """Count what was asked of Discord about the wall."""
        return sum(str(self.channel.id) in record.path for record in self.house.pg.server.requests)

    def edits(self) -> int:
        """Count how often the board was edited."""
        return sum(len(board.edits) for board in self.boards)


@pytest.fixture
async def wall(house: House) -> Wall:
    """A server whose bot is connected, with an empty wall."""
    channel = house.pg.world.add_channel(house.pg.guild, "wall")
    wall = Wall(house, channel)
    await house.connect(Catalogue())
    return wall


async def test_it_shows_what_changes_once_a_minute(wall: Wall) -> None:
    """Two awards in a minute make one edit; the answer says where the board is."""
    answer = await wall.pin()
    assert f"/{wall.channel.id}/{wall.boards[0].id}" in answer.text
    assert wall.text.startswith("Nobody has earned XP yet")
    await wall.house.say(wall.ann)
    await wall.minute(20)
    assert wall.text.startswith("Nobody has earned XP yet")
    await wall.minute(40)
    assert wall.text == "🥇 **#1** ann · level 1 · 15 XP"
    await wall.house.pg.advance(seconds=10)
    await wall.house.say(wall.boss)
    await wall.minute(20)
    assert wall.edits() == 1
    await wall.minute(40)
    assert "owner" in wall.text
    assert wall.edits() == 2


async def test_nothing_is_edited_without_need(wall: Wall) -> None:
    """While nobody earns anything, however long, Discord is asked for nothing."""
    await wall.earn()
    await wall.pin()
    before = wall.requests()
    for _ in range(30):
        await wall.minute()
    assert wall.requests() == before
    assert wall.edits() == 0


async def test_it_goes_on_after_a_restart(wall: Wall) -> None:
    """The same message is edited; one that is current already is left alone."""
    await wall.pin()
    await wall.earn()
    await wall.minute()
    assert wall.edits() == 1
    await wall.house.reopen()
    await wall.minute(120)
    assert wall.edits() == 1
    await wall.earn()
    await wall.minute(120)
    assert wall.text == "🥇 **#1** ann · level 1 · 30 XP"


async def test_what_happened_while_the_bot_was_away_is_shown(wall: Wall) -> None:
    """The first look after a start makes it current."""
    await wall.pin()
    await wall.house.pg.stop_bot()
    await wall.house.give(wall.ann, xp=500)
    await wall.house.pg.connect(wall.house.make_bot())
    await wall.minute(120)
    assert "500 XP" in wall.text


async def test_it_is_pinned(wall: Wall) -> None:
    """Whoever looks for the board finds it among the pins, and so does whoever deleted it."""
    answer = await wall.pin()
    assert "It is pinned, too." in answer.text
    [board] = wall.boards
    assert board.pinned
    await wall.house.pg.delete(board)
    await wall.house.settle()
    await wall.minute(120)
    [again] = wall.boards
    assert again is not board
    assert again.pinned


async def test_without_the_permission_it_stands_there_unpinned(wall: Wall) -> None:
    """The answer says what is missing; Discord is not asked in vain."""
    pg = wall.house.pg
    await pg.revoke(pg.bot_member.top_role, "pin_messages")
    await wall.house.settle()
    answer = await wall.pin()
    assert "I may not pin it: give me Pin Messages there" in answer.text
    assert not wall.boards[0].pinned
    assert [
        record for record in pg.server.requests if record.method == "PUT" and "/pins/" in record.path
    ] == []


async def test_where_there_is_no_room_for_a_pin_the_answer_says_so(wall: Wall) -> None:
    """A channel holds so many pins: what would help is not the permission."""
    for number in range(PIN_LIMIT):
        wall.house.pg.world.add_message(wall.channel, wall.boss.user, f"number {number}").pinned = True
    answer = await wall.pin()
    assert "there are as many pins as there can be" in answer.text
    assert [board.pinned for board in wall.boards] == [False]


@pytest.mark.parametrize("kind", ["fail", "lose_answer"])
async def test_where_pinning_fails_the_board_is_kept_all_the_same(wall: Wall, kind: str) -> None:
    """Whether Discord fails or the connection does: one message, kept current, and one when sent anew."""
    faults = wall.house.pg.faults
    if kind == "fail":
        faults.fail("PUT *", status=503, times=None)
    else:
        faults.lose_answer("PUT *", times=None)
    answer = await wall.pin()
    assert "because Discord did not take it" in answer.text
    await wall.earn()
    await wall.minute(120)
    assert wall.text == "🥇 **#1** ann · level 1 · 15 XP"
    await wall.house.pg.delete(wall.boards[0])
    await wall.house.settle()
    for _ in range(3):
        await wall.minute(120)
    assert len(wall.boards) == 1


async def test_a_message_that_was_deleted_is_sent_anew(wall: Wall) -> None:
    """Whoever deletes the message finds another in its place a minute later; `board unpin` ends it."""
    await wall.earn()
    await wall.pin()
    await wall.house.pg.delete(wall.boards[0])
    await wall.house.settle()
    await wall.minute(120)
    assert wall.text == "🥇 **#1** ann · level 1 · 15 XP"
    answer = await wall.house.ask(wall.boss, "!board unpin")
    assert answer.text == "The board is taken away."
    assert wall.boards == []
    await wall.earn()
    await wall.minute(120)
    assert wall.boards == []
    assert "No board keeps itself current" in (await wall.house.ask(wall.boss, "!board unpin")).text


async def test_a_message_deleted_while_the_bot_was_away_is_sent_anew(wall: Wall) -> None:
    """What nobody told of is found out with the next change."""
    await wall.pin()
    await wall.house.pg.stop_bot()
    await wall.house.pg.delete(wall.boards[0])
    await wall.house.pg.connect(wall.house.make_bot())
    await wall.earn()
    await wall.minute(120)
    assert "15 XP" in wall.text


async def test_a_lost_answer_makes_no_second_board(wall: Wall) -> None:
    """A board that was sent anew, with the answer lost, is the same one a minute later."""
    await wall.pin()
    await wall.house.pg.delete(wall.boards[0])
    await wall.earn()
    lost = wall.house.pg.faults.lose_answer("POST /channels/*/messages")
    await wall.minute(120)
    assert lost.hits == 1
    await wall.minute()
    assert wall.text == "🥇 **#1** ann · level 1 · 15 XP"
    await wall.earn()
    await wall.minute(120)
    assert "30 XP" in wall.text


async def test_while_discord_fails_it_is_tried_again(wall: Wall) -> None:
    """A failure of Discord delays an edit by a minute, and is no error of the bot's."""
    await wall.pin()
    await wall.earn()
    failing = wall.house.pg.faults.refuse_connection("PATCH /channels/*/messages/*", times=None)
    await wall.minute(120)
    assert failing.hits > 0
    assert wall.edits() == 0
    wall.house.pg.faults.clear()
    await wall.minute()
    assert "15 XP" in wall.text


@pytest.mark.parametrize("away", [False, True])
async def test_a_channel_that_was_deleted_ends_it(wall: Wall, away: bool) -> None:
    """A board whose channel is gone is kept no more, also when that happened while the bot was away."""
    await wall.pin()
    if away:
        await wall.house.pg.stop_bot()
    await wall.house.pg.delete_channel(wall.channel)
    if away:
        await wall.house.pg.connect(wall.house.make_bot())
    await wall.earn()
    await wall.minute(120)
    assert "No board keeps itself current" in (await wall.house.ask(wall.boss, "!board unpin")).text


async def test_a_place_that_is_forbidden_is_left_alone(wall: Wall) -> None:
    """Where the bot may not look any more, nothing is asked for until an hour later, and then it goes on."""
    await wall.pin()
    await wall.house.pg.deny("wall", "view_channel")
    before = wall.requests()
    for _ in range(5):
        await wall.house.say(wall.ann)
        await wall.minute(120)
    assert wall.requests() == before
    await wall.house.pg.allow("wall", "view_channel")
    await wall.earn()
    await wall.minute(3700)
    assert "XP" in wall.text


async def test_pinning_again_replaces_it(wall: Wall) -> None:
    """There is one board of a server; the one before is taken away."""
    await wall.pin()
    await wall.pin("week")
    [board] = wall.boards
    assert str(board.embeds[0]["title"]).startswith("XP of this week")
    shown = await wall.house.ask(wall.boss, "!board")
    assert f"/{board.id}" in shown.text


@pytest.mark.parametrize("command", ["!board unpin", "!board pin wall"])
@pytest.mark.parametrize("request_", ["PATCH /channels/*/messages/*", "POST /channels/*/messages"])
async def test_one_taken_away_meanwhile_is_not_left_behind(wall: Wall, command: str, request_: str) -> None:
    """Whoever takes a board away while it is edited, or sent anew, finds no second one left behind."""
    await wall.pin()
    if request_.startswith("POST"):
        await wall.house.pg.delete(wall.boards[0])
        await wall.house.settle()
    await wall.earn()
    slow = wall.house.pg.faults.slow(request_, seconds=0.3, times=1)
    await wall.house.pg.advance(seconds=60)
    await wall.house.context.schedule.run_due()
    for _ in range(1000):
        if slow.hits:
            break
        await asyncio.sleep(0.005)
    await wall.house.ask(wall.boss, command)
    await wall.cog.keeper.idle()
    await wall.house.settle()
    assert len(wall.boards) == ("unpin" not in command)


async def test_it_can_be_a_picture(house: House) -> None:
    """As a picture it has alt text, a button that shows it as text, and follows what happens."""
    channel = house.pg.world.add_channel(house.pg.guild, "wall")
    wall = Wall(house, channel)
    house.pictures = True
    await house.connect(Catalogue())
    await wall.earn()
    await wall.house.slash(wall.boss, "board pin", channel=wall.channel, board="xp", show="picture")
    [board] = wall.boards
    assert str(board.attachments[0].description).splitlines()[1] == "1. ann: 15 XP"
    first = board.attachments[0].data
    await wall.minute(120)
    assert wall.edits() == 0
    await wall.earn()
    await wall.minute(120)
    [board] = wall.boards
    assert str(board.attachments[0].description).splitlines()[1] == "1. ann: 30 XP"
    assert board.attachments[0].data != first
    text = await house.pg.press(wall.ann, board, "As text")
    assert "ann" in text.text
    await house.ask(wall.boss, "!config set pictures.enabled off")
    await wall.minute(120)
    assert "30 XP" in wall.text
    assert wall.boards[0].attachments == []


async def test_it_takes_permission(wall: Wall) -> None:
    """Only those who manage the server pin and unpin; and the bot must be able to show it."""
    for line in ("!board pin", "!board unpin", "!board"):
        refused = await wall.house.ask(wall.ann, line)
        assert refused.text == "You need the permission Manage Server for this."
    await wall.house.pg.deny("wall", "embed_links")
    assert "Embed Links" in (await wall.pin()).text
    await wall.house.pg.deny("wall", "send_messages")
    assert "Send Messages" in (await wall.pin()).text
    assert wall.boards == []


async def test_a_channel_that_is_not_there_is_named(wall: Wall) -> None:
    """It is not taken for the name of a board."""
    boss = wall.boss
    assert (
        "cannot find or read a channel `#nowhere`" in (await wall.house.ask(boss, "!board pin #nowhere")).text
    )
    answer = (await wall.house.ask(boss, "!board pin <#123456789012345678>")).text
    assert "cannot find or read the channel <#123456789012345678>." in answer
    assert wall.boards == []
