"""Leaderboards: pages, buttons, names."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, NoReturn

import discord
import pytest

from cogs.leaderboard import LeaderboardCog
from cogs.ui.pages import IdleButtons
from leveling_core.achievements import Catalogue
from leveling_core.boards import Boards
from leveling_core.errors import StoreError
from playground import Member, Message
from playground.waiting import wait_until
from tests.cogs.server import Server

SOMEBODY = 900_000_000_000_000_000
"""A user id that nobody in the server has."""

Buttons = list[tuple[str, bool]]


async def _crowd(server: Server, number: int) -> list[Member]:
    """Let people in, the first with the most XP, each a hundred apart."""
    people = [server.person(f"member{place:02}") for place in range(1, number + 1)]
    for place, person in enumerate(people):
        await server.give(person, xp=10_000 - 100 * place)
    await server.connect(Catalogue())
    return people


def _lines(message: Message) -> list[str]:
    return str(message.embeds[0]["description"]).splitlines()


def _own(message: Message) -> str:
    [field] = message.embeds[0]["fields"]
    return str(field["value"])


def _page(message: Message) -> str:
    return str(message.embeds[0]["footer"]["text"])


def _enabled(message: Message) -> Buttons:
    return [(button.label, not button.disabled) for button in message.buttons]


def _cog(server: Server) -> LeaderboardCog:
    cog = server.bot.get_cog("LaurelLeaderboard")
    assert isinstance(cog, LeaderboardCog)
    return cog


async def test_a_page_has_ten_members_with_medals_and_levels(server: Server) -> None:
    """The first page shows the best ten, medals for three, the asker marked, and the asker's place."""
    people = await _crowd(server, 12)
    board = await server.ask(people[1], "!leaderboard")
    lines = _lines(board)
    assert len(lines) == 10
    assert lines[0] == "🥇 **#1** member01 · level 22 · 10,000 XP"
    assert lines[1] == "🥈 **#2** **member02** (you) · level 22 · 9,900 XP"
    assert lines[2].startswith("🥉 **#3** member03")
    assert lines[9].startswith("**#10** member10")
    assert _own(board) == "#2 of 12 · level 22 · 9,900 XP\n101 XP to pass member01"
    assert _page(board) == "Page 1 of 2 · 12 members"
    assert board.embeds[0]["title"] == "XP leaderboard"
    assert board.pinged_ids == []


async def test_equal_members_share_a_rank(server: Server) -> None:
    """Equal XP is an equal rank and an equal medal; the next rank is left out."""
    people = [server.person(name) for name in ("ann", "bob", "cyd", "dan")]
    for person, xp in zip(people, (500, 400, 400, 300), strict=True):
        await server.give(person, xp=xp)
    await server.connect(Catalogue())
    ranks = [line.partition(" · ")[0] for line in _lines(await server.ask(people[0], "!top"))]
    assert ranks == ["🥇 **#1** **ann** (you)", "🥈 **#2** bob", "🥈 **#2** cyd", "**#4** dan"]


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_looking_at_the_board_notes_the_rank(server: Server, way: str) -> None:
    """The rank that somebody has seen of their own counts for the achievements of ranks."""
    people = await _crowd(server, 11)
    assert (await server.record(people[1])).best_rank_of_10 == 0
    if way == "prefix":
        await server.ask(people[1], "!leaderboard")
    else:
        await server.slash(people[1], "leaderboard")
    await server.pg.idle()
    assert (await server.record(people[1])).best_rank_of_10 == 2
    assert (await server.record(people[0])).best_rank_of_10 == 0


async def test_the_own_place_is_shown_on_every_page(server: Server) -> None:
    """Someone on another page, or not on the board at all, reads where they stand."""
    people = await _crowd(server, 12)
    own = _own(await server.ask(people[11], "!lb"))
    assert own == "#12 of 12 · level 20 · 8,900 XP\n101 XP to pass member11"
    new = await server.pg.join("new")
    board = await server.ask(new, "!lb 2")
    assert _own(board) == "You are not on the board yet. Your next message puts you there."
    assert _enabled(board) == [("Previous", True), ("Next", False), ("Find me", False)]


async def test_an_empty_board_says_how_it_begins(server: Server) -> None:
    """A board without anybody is no blank."""
    ann = server.person("ann")
    await server.connect()
    board = await server.slash(ann, "leaderboard")
    assert _lines(board) == ["Nobody has earned XP yet. Write a message, and the board begins with you."]
    assert board.buttons == []
    streaks = await server.slash(ann, "leaderboard", board="streak")
    assert "Nobody has a daily streak right now." in streaks.text


@pytest.mark.parametrize(
    ("arguments", "page"),
    [("", 1), ("2", 2), ("99", 3), ("999999999999999999999999", 3), ("xp 2", 2)],
)
async def test_any_page_can_be_asked_for(server: Server, arguments: str, page: int) -> None:
    """A page beyond the end is the last one."""
    people = await _crowd(server, 25)
    assert _page(await server.ask(people[0], f"!top {arguments}")).startswith(f"Page {page} of 3")


@pytest.mark.parametrize("arguments", ["0", "-3", "nonsense", "2 streak of mine"])
async def test_a_nonsense_page_is_answered_in_one_line(server: Server, arguments: str) -> None:
    """What is no page gets a kind line and no board."""
    people = await _crowd(server, 2)
    reply = await server.ask(people[0], f"!top {arguments}")
    assert reply.embeds == []
    assert len(reply.text.splitlines()) == 1


async def test_the_streak_board_shows_days(server: Server) -> None:
    """The board of streaks has those whose streak lives, in days."""
    today = dt.datetime.fromtimestamp(server.now / 1000, dt.UTC).date().toordinal()
    ann, bob, cyd = (server.person(name) for name in ("ann", "bob", "cyd"))
    for person, streak, last in ((ann, 1, today), (bob, 30, today - 1), (cyd, 99, today - 9)):
        await server.give(
            person, streak=streak, last_claim_on=last, last_claim_at=server.now, last_claim_zone="UTC"
        )
    await server.connect()
    board = await server.ask(ann, "!top streak")
    assert board.embeds[0]["title"] == "Streak leaderboard"
    assert _lines(board) == ["🥇 **#1** bob · 30 days", "🥈 **#2** **ann** (you) · 1 day"]
    assert _own(board) == "#2 of 2 · 1 day"


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_the_boards_of_a_period_name_their_days(server: Server, way: str) -> None:
    """What was gained in this week or month counts, by the server's own calendar; then it begins anew."""
    ann, bob, owner = server.person("ann"), server.person("bob"), server.pg.guild.owner
    await server.give(bob, xp=10_000)

    async def look(board: str) -> Message:
        await server.pg.advance(minutes=5)  # whoever looks too often has to wait
        if way == "slash":
            return await server.slash(ann, "leaderboard", board=board)
        return await server.ask(ann, f"!lb {board}")

    await server.connect(Catalogue())
    empty = await look("week")
    assert _lines(empty) == [
        "Nobody has earned XP this week. Write a message, and the board begins with you."
    ]
    await server.pg.say(bob, "hello")
    await server.pg.idle()
    for board, title in (
        ("week", "XP of this week: Mon 2 Jan to Sun 8 Jan"),
        ("month", "XP of this month: Sun 1 Jan to Tue 31 Jan"),
    ):
        shown = await look(board)
        assert shown.embeds[0]["title"] == title
        assert _lines(shown) == ["🥇 **#1** bob · 15 XP"]
        assert _own(shown) == "You have no XP on this board yet. Your next message puts you there."
    await server.slash(owner, "config set", rule="general.week_start", value="sunday")
    assert (await look("week")).embeds[0]["title"] == "XP of this week: Sun 1 Jan to Sat 7 Jan"
    await server.pg.advance(days=6)
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    shown = await look("week")
    assert shown.embeds[0]["title"] == "XP of this week: Sun 8 Jan to Sat 14 Jan"
    assert (_lines(shown), _own(shown)) == (["🥇 **#1** **ann** (you) · 15 XP"], "#1 of 1 · 15 XP")
    assert _lines(await look("month")) == ["🥇 **#1** **ann** (you) · 15 XP", "🥇 **#1** bob · 15 XP"]


async def test_pages_of_a_week_are_turned(server: Server) -> None:
    """Buttons below the board of the week lead through it."""
    people = await _crowd(server, 11)
    for person in people:
        await server.pg.say(person, "hello")
    await server.pg.idle()
    board = await server.ask(people[0], "!lb week")
    assert _page(board) == "Page 1 of 2 · 11 members"
    await server.pg.press(people[0], board, "Next")
    await server.pg.idle()
    assert _page(board) == "Page 2 of 2 · 11 members"
    assert len(_lines(board)) == 1


# buttons


async def test_buttons_turn_the_pages(server: Server) -> None:
    """Next and previous lead through the pages and end at the ends; find me leads to the asker."""
    people = await _crowd(server, 25)
    asker = people[14]
    board = await server.ask(asker, "!leaderboard")
    assert _enabled(board) == [("Previous", False), ("Next", True), ("Find me", True)]
    await server.pg.press(asker, board, "Next")
    assert _page(board).startswith("Page 2 of 3")
    assert _enabled(board) == [("Previous", True), ("Next", True), ("Find me", False)]
    assert "**member15** (you)" in _lines(board)[4]
    await server.pg.press(asker, board, "Next")
    assert _enabled(board) == [("Previous", True), ("Next", False), ("Find me", True)]
    await server.pg.press(asker, board, "Find me")
    assert _page(board).startswith("Page 2 of 3")
    await server.pg.press(asker, board, "Previous")
    assert _page(board).startswith("Page 1 of 3")


async def test_buttons_work_below_a_slash_command(server: Server) -> None:
    """A board that a slash command has shown can be turned too, and stays the board that it is."""
    people = await _crowd(server, 12)
    today = dt.datetime.fromtimestamp(server.now / 1000, dt.UTC).date().toordinal()
    for person in people:
        await server.give(
            person, streak=3, last_claim_on=today, last_claim_at=server.now, last_claim_zone="UTC"
        )
    board = await server.slash(people[0], "leaderboard", board="streak")
    await server.pg.press(people[0], board, "Next")
    assert board.embeds[0]["title"] == "Streak leaderboard"
    assert _page(board) == "Page 2 of 2 · 12 members"


async def test_only_the_asker_may_press(server: Server) -> None:
    """Somebody else gets a kind line for themselves alone, and the board stays as it is."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")
    result = await server.pg.press(people[1], board, "Next")
    assert result.ephemeral
    assert result.text == "These buttons belong to whoever asked. Use `leaderboard` for your own."
    assert _page(board).startswith("Page 1 of 2")


async def test_buttons_work_after_a_restart(server: Server) -> None:
    """A board of before the restart can still be turned by its asker, and by nobody else."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")
    await server.restart()
    assert (await server.pg.press(people[1], board, "Next")).ephemeral
    await server.pg.press(people[0], board, "Next")
    assert _page(board).startswith("Page 2 of 2")


async def test_an_old_board_answers_once_and_loses_its_buttons(server: Server) -> None:
    """A press on a board of before a restart, a day later, shows the page as it is now, and is the last."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")
    await server.restart()
    await server.pg.advance(hours=23)
    await server.pg.press(people[0], board, "Next")
    assert board.buttons
    await server.restart()
    await server.give(people[11], xp=10)
    await server.pg.advance(hours=2)
    await server.pg.press(people[0], board, "Previous")
    assert _page(board).startswith("Page 1 of 2")
    assert board.buttons == []


async def test_a_board_that_shrank_is_still_turned(server: Server) -> None:
    """When members have left meanwhile, the last page there is comes; the only one has no buttons."""
    people = await _crowd(server, 11)
    board = await server.ask(people[0], "!leaderboard")
    for person in people[5:]:
        await server.pg.leave(person)
    await server.pg.idle()
    await server.pg.press(people[0], board, "Next")
    assert _page(board) == "Page 1 of 1 · 5 members"
    assert board.buttons == []


async def test_idle_boards_lose_their_buttons(server: Server) -> None:
    """A board that nobody turns any more loses its buttons; its text stays."""
    people = await _crowd(server, 12)
    _cog(server).idle = IdleButtons(seconds=0.0)
    board = await server.ask(people[0], "!leaderboard")
    await wait_until(lambda: ["buttons"] if board.buttons else [], 5.0, "the buttons stay")
    assert len(_lines(board)) == 10


async def test_turning_a_page_keeps_the_buttons(server: Server) -> None:
    """After every press the wait begins anew, and ends in the end."""
    people = await _crowd(server, 12)
    board = await server.slash(people[0], "leaderboard")
    _cog(server).idle = IdleButtons(seconds=0.0)
    assert board.buttons
    await server.pg.press(people[0], board, "Next")
    await wait_until(lambda: ["buttons"] if board.buttons else [], 5.0, "the buttons stay")
    assert _page(board).startswith("Page 2 of 2")


async def test_waiting_begins_anew_and_can_be_ended() -> None:
    """Of two waits for one message the second counts; what is forgotten or closed takes nothing away."""
    taken: list[str] = []
    done = asyncio.Event()

    async def take(name: str) -> None:
        taken.append(name)
        done.set()

    idle = IdleButtons(seconds=0.0)
    idle.watch(1, lambda: take("first"))
    idle.watch(1, lambda: take("second"))
    idle.watch(2, lambda: take("forgotten"))
    idle.forget(2)
    async with asyncio.timeout(5):
        await done.wait()
    idle.watch(3, lambda: take("closed"))
    idle.close()
    await asyncio.sleep(0)
    assert taken == ["second"]


async def test_a_deleted_board_is_let_go(server: Server) -> None:
    """A board that is deleted, before its buttons go or while one is pressed, is no error."""
    people = await _crowd(server, 12)
    idle = IdleButtons(seconds=0.0)
    board = await server.ask(people[0], "!leaderboard")
    server.pg.faults.hold("INTERACTION_CREATE")
    await server.pg.press(people[0], board, "Next", wait=False)
    await server.pg.delete(board)
    server.pg.faults.release()
    await server.pg.idle()
    channel = server.bot.get_channel(board.channel.id)
    assert isinstance(channel, discord.TextChannel)
    tried = asyncio.Event()

    async def take_away() -> None:
        try:
            await channel.get_partial_message(board.id).edit(view=None)
        finally:
            tried.set()

    idle.watch(board.id, take_away)
    async with asyncio.timeout(5):
        await tried.wait()
    assert (await server.ask(people[0], "!top")).embeds


async def test_a_press_that_comes_too_late_is_let_go(server: Server) -> None:
    """An interaction that has expired when the page is ready is no error; the next press works."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")
    server.pg.server.interactions.deadline_seconds = -1.0
    await server.pg.press(people[0], board, "Next")
    assert _page(board).startswith("Page 1 of 2")
    server.pg.server.interactions.deadline_seconds = 3.0
    await server.pg.press(people[0], board, "Next")
    assert _page(board).startswith("Page 2 of 2")


async def test_without_the_cog_its_buttons_do_nothing(server: Server) -> None:
    """A cog that is removed takes its buttons along; added again, old boards can be turned again."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")
    cog = await server.bot.remove_cog("LaurelLeaderboard")
    assert isinstance(cog, LeaderboardCog)
    result = await server.pg.press(people[0], board, "Next")
    assert not result.answered
    await server.bot.add_cog(cog)
    await server.pg.press(people[0], board, "Next")
    assert _page(board).startswith("Page 2 of 2")


async def test_a_press_while_storage_fails_is_answered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the storage fails, whoever pressed is told, instead of "this interaction failed"."""
    people = await _crowd(server, 12)
    board = await server.ask(people[0], "!leaderboard")

    async def fail(*_: object, **__: object) -> NoReturn:
        raise StoreError(path="laurel.db", cause="the disk is full", cure="make room")

    monkeypatch.setattr(Boards, "get_leaderboard", fail)
    result = await server.pg.press(people[0], board, "Next")
    assert result.ephemeral
    assert result.text.startswith("My storage is not available right now")
    assert len(server.faults.texts) == 1
    server.faults.texts.clear()


async def test_a_board_as_text_is_turned_as_text(server: Server) -> None:
    """Where embeds are not allowed the board is text, and stays so when it is turned."""
    people = await _crowd(server, 12)
    await server.pg.deny("general", "embed_links")
    await server.pg.idle()
    board = await server.ask(people[0], "!leaderboard")
    assert "**#10** member10" in board.content
    await server.pg.press(people[0], board, "Next")
    assert board.embeds == []
    assert "**#11** member11" in board.content


# names


def _forget_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot know nobody, as where it may not ask for all members."""
    monkeypatch.setattr(discord.Guild, "get_member", lambda *_: None)
    monkeypatch.setattr(discord.Guild, "chunked", False)


async def test_members_unknown_to_the_cache_are_asked_for_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that the bot does not know are asked for in one request; who is not among them has left."""
    people = await _crowd(server, 8)
    await server.give(SOMEBODY, xp=1)
    _forget_members(monkeypatch)
    asked: list[list[int]] = []
    query = discord.Guild.query_members

    async def counted(guild: discord.Guild, *, user_ids: list[int], **options: Any) -> list[discord.Member]:
        asked.append(user_ids)
        return await query(guild, user_ids=user_ids, **options)

    monkeypatch.setattr(discord.Guild, "query_members", counted)
    board = await server.slash(people[0], "leaderboard")
    names = [line.partition("**#")[2].partition("** ")[2].partition(" ·")[0] for line in _lines(board)]
    assert names == ["**member01** (you)", *(f"member0{place}" for place in range(2, 9)), "former member"]
    assert asked == [[person.user.id for person in people] + [SOMEBODY]]


async def test_somebody_who_left_is_a_former_member(server: Server) -> None:
    """One who has just left is not named by a bare id."""
    ann = server.person("ann")
    await server.connect(Catalogue())
    await server.give(SOMEBODY, xp=500)
    assert _lines(await server.ask(ann, "!top")) == ["🥇 **#1** former member · level 3 · 500 XP"]


async def test_names_that_do_not_come_are_mentions(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Discord does not say who somebody is, a mention that pings nobody stands there."""
    ann = server.person("ann")
    await server.connect(Catalogue())
    await server.give(SOMEBODY, xp=500)
    _forget_members(monkeypatch)

    async def never(*_: object, **__: object) -> NoReturn:
        raise TimeoutError

    monkeypatch.setattr(discord.Guild, "query_members", never)
    board = await server.slash(ann, "leaderboard")
    assert _lines(board) == [f"🥇 **#1** <@{SOMEBODY}> · level 3 · 500 XP"]
    assert board.pinged_ids == []
