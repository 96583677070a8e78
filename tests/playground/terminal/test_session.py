"""A sitting at the playground: what is typed, and what is shown."""

from __future__ import annotations

from functools import partialmethod
from pathlib import Path
from typing import NoReturn

import pytest

from leveling_core.errors import StoreUnavailableError
from playground.kit import Playground
from playground.terminal.orders import ORDERS
from playground.terminal.suggesting import list_suggestions
from storage.sqlite import SqliteBackend
from tests.playground.terminal.conftest import TestSession

BACK_SOON = "the bot was killed and is back"


async def test_people_talk_and_the_bot_answers(session: TestSession) -> None:
    """Who is named speaks, and goes on speaking; commands work with the prefix."""
    assert await session.type("bob: hello there") == "bob     hello there"
    assert await session.type("and again") == "bob     and again"
    shown = await session.type("ann: !daily")
    assert shown.startswith("ann     !daily\nLaurel  │ ann\n")
    assert "Early Bird" in shown
    assert await session.type("bob:") == ""
    assert await session.type("hm") == "bob     hm"


async def test_slash_commands_are_typed_like_messages(session: TestSession) -> None:
    """Options by name, by place, and quoted; the answer stands below."""
    assert (await session.type("bob: /profile ann")).startswith("bob     /profile ann\nLaurel  │ ann\n")
    shown = await session.type("owner: /config set rule=earning.cooldown_seconds value=30")
    assert shown.endswith("Laurel  earning.cooldown_seconds: `60` → `30`")
    assert "`30` → `45`" in await session.type("/config set earning.cooldown_seconds 45")
    assert "only you see this" in await session.type('/config set earning.cooldown_seconds "a b"')


async def test_options_of_every_kind(session: TestSession) -> None:
    """Numbers, members, channels, yes and no, and text with blanks; by place, by name and mixed."""
    for typed, answered in (
        ("/options 3 bob general", "3 bob general False none"),
        ("/options 3 @bob #general yes a b c", "3 bob general True a b c"),
        ('/options loud=on note="x y" count=9 who=ann where=general', "9 ann general True x y"),
        ("/options note=n 1 owner general off", "1 owner general False n"),
    ):
        assert (await session.type(typed)).endswith(f"Laurel  {answered}")


NONSENSE = [
    ("/nothing", "is offered no command /nothing; there are: achievements"),
    ("owner: /config", "/config is a group; it has:"),
    ("owner: /config sett a b", "/config has no 'sett'; it has:"),
    ("ann: /config show", "is offered no command /config"),
    ("/options ten bob general", "the option 'count' takes a whole number, got 'ten'"),
    ("/options 10 bob general", "the option 'count' lies between 1 and 9"),
    ("/options 1 nobody general", "nobody named 'nobody'"),
    ("/options 1 bob nowhere", "there is no channel 'nowhere'"),
    ("/options 1 bob general maybe", "the option 'loud' takes True or False"),
    ("/options 1", "the option 'who' is required"),
    ("/profile colour=red", "there is no option 'colour'"),
    ("/daily now", "'now' is too much; the options are: none"),
    ('/profile "ann', "nobody named '\"ann'"),
    ("eve: hello", "nobody here is called 'eve'; :join eve lets them in. Here are ann, bob, cleo, owner"),
    ("Laurel: hello", "nobody here is called 'Laurel'"),
    (":chanel general", "there is no order :chanel; did you mean :channel?"),
    (":tomorrow 3", ":tomorrow stands alone, and '3' was typed behind it"),
    (":crash now", ":crash stands alone, and 'now' was typed behind it"),
    (":time 5", ":time stands alone"),
    (":roles ann", ":roles stands alone"),
    (":help chanel", "there is no order :chanel; did you mean :channel?"),
    (":zzz", "there is no order :zzz; :help shows all"),
    (":join", "a name is 2 to 32 letters"),
    (":join ann", "there is a member named 'ann'"),
    (":join a b", "a name is 2 to 32 letters"),
    (":join Laurel", "there is a member named 'Laurel'"),
    (":leave owner", "owner has to stay"),
    (":leave nobody", "nobody named 'nobody'"),
    (":unboost bob", "bob does not boost"),
    (":press 1", "nothing in #general can be pressed"),
    (":press", "write it like this: :press NUMBER"),
    (":select Gold", "nothing in #general can be pressed"),
    (":fill a=b", "no form is open"),
    (":wait", "time goes on by more than nothing"),
    (":wait soon", "write it like this: :wait TIME"),
    (":wait 9999d", "at most 3650 days"),
    (":channel", "write it like this: :channel NAME [in CATEGORY]"),
    (":channel no!", "write it like this: :channel NAME"),
    (":channel art in", "write it like this: :channel NAME"),
    (":channel in Arts", "write it like this: :channel NAME"),
    (":channel art in general", "#general is no category; name another"),
    (":channel arts in Arts", "a channel and its category need two names"),
    (f":channel art in {'x' * 101}", "at most 100 characters, this has 101"),
    (":thread", "write it like this: :thread NAME"),
    (":chat ann 0", "from 1 to 500 messages"),
    (":chat ann bob 3", "write it like this: :chat"),
    (":faults", "the kinds are drop, limit"),
    (":online", "the bot is online already"),
    ("x" * 2001, "a message has at most 2000 characters"),
]


async def test_nonsense_is_answered_kindly(session: TestSession) -> None:
    """One line that names what is wrong and what would be right, below what was typed."""
    for typed, told in NONSENSE:
        await session.type("ann:")
        shown = (await session.type(typed)).splitlines()
        assert shown == [f"> {typed}", shown[-1]]
        assert shown[-1].startswith("! ")
        assert told in shown[-1]
    assert await session.type("ann: still here") == "ann     still here"


async def test_chatting_reaches_a_level(session: TestSession) -> None:
    """`:chat` writes a message a minute and shows what comes of it, not each message."""
    shown = await session.type(":chat bob 7")
    assert shown.splitlines()[:2] == ["> :chat bob 7", "* bob writes 7 messages, one a minute"]
    assert "bob reached level 2" in shown
    assert "this and that" not in shown
    assert session.speaker.name == "bob"


async def test_a_cooldown_passes_with_time(session: TestSession) -> None:
    """Two lines in a row earn once; after `:wait` the next one earns."""
    await session.type("hello", "hello")
    first = await session.type("!rank")
    assert "2 messages" in first
    await session.type(":wait 1m 30s", "hello")
    assert "3 messages" in (second := await session.type("!rank"))
    assert _xp(first) < _xp(second)
    assert 15 <= _xp(first) <= 25


def _xp(shown: str) -> int:
    [line] = [line for line in shown.splitlines() if "Total XP" in line]
    return int(line.split("Total XP: ")[1].split()[0])


async def test_tomorrow_the_streak_goes_on(session: TestSession) -> None:
    """A day later the next claim counts as the second day."""
    await session.type("!daily")
    assert await session.type(":tomorrow") == "> :tomorrow\n* it is Tuesday, 3 January 2040, 12:00 UTC"
    assert "2 days in a row" in await session.type("!daily")
    assert "Wednesday, 4 January" in await session.type(":tomorrow", ":time")


async def test_buttons_menus_and_forms(session: TestSession) -> None:
    """Buttons are pressed by number or label, on anybody's behalf; menus and forms work too."""
    assert (await session.type("/choose")).endswith("        [1 🚪 Knock]  [2 Metal ▾ Gold]")
    shown = await session.type("bob: :press 1")
    assert shown.startswith("> bob: :press 1\nLaurel  @bob knocked\n")
    assert shown.endswith("(edited)")
    assert "@ann knocked" in await session.type("ann: :press Knock")
    assert (await session.type(":select 2 Gold")).endswith("Laurel  chose au")
    assert "! 'Tin' is no option; there are Gold" in await session.type(":select Tin")
    shown = await session.type("/why")
    assert shown.endswith("* a form opens: Tell why\n*   Reason\n* fill it in like this: :fill Reason=…")
    assert (await session.type(":fill Reason=it rains")).endswith(
        "Laurel  because it rains\n        (only you see this)"
    )


async def test_pages_are_turned(session: TestSession) -> None:
    """The product's own buttons, after a restart too."""
    await session.type("!achievements")
    assert "Page 2 of 6" in await session.type(":press 2")
    await session.type(":crash")
    assert "Page 3 of 6" in await session.type(":press Next")


async def test_pictures_are_kept_in_the_folder(session: TestSession, tmp_path: Path) -> None:
    """A picture is shown as its place, where its bytes are; one's own counts as one with a picture."""
    shown = await session.type("/paint")
    place = tmp_path / "001-card.png"
    assert shown.endswith(f"Laurel  [card.png, 64 × 64] a card {place}")
    assert place.read_bytes().startswith(b"\x89PNG")
    assert "[picture.png, 64 × 64]" in await session.type(":picture look at this")
    assert "1 with a picture" in await session.type("!rank")


async def test_people_come_and_go(session: TestSession) -> None:
    """Who joins speaks; who leaves is spoken for no more, and comes back with what they earned."""
    assert await session.type(":join eve") == "> :join eve\n* eve joined and speaks now"
    await session.type("hello")
    assert "eve left" in await session.type(":leave")
    assert "eve" not in await session.type("owner: !leaderboard")
    assert "! nobody here is called 'eve'" in await session.type("eve: hello")
    await session.type(":join eve")
    assert "1 message\n" in await session.type("!rank") + "\n"
    assert "* eve (speaks)" in await session.type(":who")


async def test_an_admin_may_change_rules(session: TestSession) -> None:
    """Only after `:admin` somebody is offered the settings."""
    assert "! bob is offered no command" in await session.type("bob: /config show")
    await session.type(":admin bob")
    assert "Rules of this server" in await session.type("bob: /config show")


async def test_boosters_earn_more(session: TestSession) -> None:
    """`:boost` is seen by the bot, `:unboost` too."""
    assert "* bob boosts the server" in await session.type(":boost bob")
    assert "Boosting" in await session.type("bob: !rank")
    await session.type(":unboost")
    assert "Boosting" not in await session.type("!rank")


async def test_channels_and_threads(session: TestSession) -> None:
    """One talks where one is; what happens elsewhere is shown under its channel's name."""
    assert "* #levels was made\n── #levels ──" in await session.type(":channel #levels")
    await session.type(":channel general")
    await session.type("owner: /config announce level #levels")
    shown = await session.type(":chat bob 7")
    assert "── #levels ──\nLaurel  🎉 bob reached level 2!" in shown
    assert await session.type("hello") == "── #general ──\nbob     hello"
    assert "── #a talk ──" in await session.type("cleo: :thread a talk")
    assert "│ cleo" in await session.type("!rank")
    assert session.channel.is_thread
    assert "── #another ──" in await session.type(":thread another")
    assert session.channel.parent is session.pg.general
    assert "1 message\n" in await session.type(":channel general", "cleo: hi", "!rank") + "\n"


async def test_channels_stand_in_categories(session: TestSession) -> None:
    """A category is made where it is missing, found however it is written, and channels move there."""
    shown = await session.type(":channel art in Fine Arts")
    assert shown.splitlines()[1:] == [
        "* the category Fine Arts was made",
        "* #art was made in Fine Arts",
        "── #art ──",
    ]
    assert (await session.type(":channel #ink in #FINE ARTS")).splitlines()[
        1
    ] == "* #ink was made in Fine Arts"
    assert "* #general is in Fine Arts now" in await session.type(":channel general in fine arts")
    assert await session.type(":channel art in Fine Arts") == "> :channel art in Fine Arts\n── #art ──"
    assert "! Fine Arts is a category: nobody can write there" in await session.type(":channel fine arts")
    names = [channel.name for channel in session.pg.guild.channels.values()]
    assert names == ["general", "Fine Arts", "art", "ink"]


async def test_threads_stay_where_they_began(session: TestSession) -> None:
    """One goes back to a thread by its name; it stands in no category, and none is made for it."""
    await session.type(":thread a talk", ":channel general")
    assert "── #a talk ──" in await session.type(":channel a talk")
    assert "! #a talk is a thread: it stays" in await session.type(":channel a talk in Arts")
    assert session.pg.world.find_channel("Arts") is None


async def test_a_category_can_earn_nothing(session: TestSession) -> None:
    """The bot knows a category that was made, also after it was killed, and who talks there earns nothing."""
    await session.type(":channel art in Arts")
    assert "in the channels of Arts earn nothing" in await session.type("owner: !noxp add Arts")
    await session.type(":crash", "bob: hello")
    assert "1 message" not in await session.type("bob: !rank")
    await session.type(":channel general in Arts", "cleo: hello")
    assert "1 message" not in await session.type("cleo: !rank")


async def test_mentions_are_typed_as_names(session: TestSession) -> None:
    """@name and #name are mentions where there is such a one; anything else stays as it is."""
    assert "│ bob" in await session.type("!profile @bob")
    assert await session.type("@nobody #nowhere a@b.org") == "ann     @nobody #nowhere a@b.org"
    await session.type(":role Regular", ":role Regular Guest", "@bob, @Regular. @Regular Guest! #general")
    said = list(session.pg.general.messages.values())[-1].content
    regular, guest = session.pg.role("Regular").mention, session.pg.role("Regular Guest").mention
    bob, general = session.pg.member("bob").mention, session.pg.general.mention
    assert said == f"{bob}, {regular}. {guest}! {general}"


async def test_a_killed_bot_comes_back_with_everything(session: TestSession) -> None:
    """`:crash` ends the bot without a goodbye; the clock stands, nothing is lost, nothing is paid twice."""
    await session.type(":chat 7", "!daily")
    before = await session.type("!rank")
    now = session.pg.clock.now_ms
    assert await session.type(":crash") == f"> :crash\n* {BACK_SOON}"
    assert session.pg.clock.now_ms == now
    after = await session.type("!rank")
    assert _xp(after) == _xp(before)
    assert "already" in await session.type("!daily")
    assert BACK_SOON in await session.type(":crash", ":crash")


async def test_a_stopped_bot_hears_nothing(session: TestSession) -> None:
    """Offline, people talk among themselves and interactions fail; online it answers again."""
    await session.type(":offline")
    assert await session.type("!rank") == "ann     !rank"
    assert "! the interaction failed" in await session.type("/profile")
    assert "! the bot is offline" in await session.type(":crash")
    assert "! the bot is offline already" in await session.type(":offline")
    await session.type(":online")
    assert "│ ann" in await session.type("!rank")


async def test_faults_are_got_over(session: TestSession) -> None:
    """Dropped connections, doubled events and a forbidden channel; what is said counts once."""
    await session.type(":faults drop")
    assert "1 message\n" in await session.type("hello", "!rank") + "\n"
    await session.type(":faults twice")
    assert "2 messages" in await session.type("hello", "!rank")
    await session.type(":faults none", ":faults forbid")
    assert await session.type("!rank") == "ann     !rank"
    await session.type(":faults none")
    assert "Total XP" in await session.type("!rank")


async def test_the_tour_keeps_its_promises(session: TestSession) -> None:
    """The tour, the second time too, meets no trouble but the one it means, and shows what it tells of."""
    shown = await session.type(":tour", ":tour")
    assert [line for line in shown.splitlines() if line.startswith("!")] == []
    assert BACK_SOON in shown
    assert "cannot be `soon`" in shown


async def test_help_names_every_order(session: TestSession) -> None:
    """Each order is a line of help."""
    shown = await session.type(":help")
    assert [entry.usage for entry in ORDERS.values() if f":{entry.usage}" not in shown] == []
    assert [line for line in shown.splitlines() if len(line) > 100] == []
    for typed in (":help role", ":help :role"):
        [told] = (await session.type(typed)).splitlines()[1:]
        assert told.startswith("* :role NAME [above [ROLE]]")


async def test_what_a_line_may_go_on_with(session: TestSession) -> None:
    """Names, orders, commands, options and choices are completed, as far as the speaker is offered them."""
    possible: list[tuple[str, list[str]]] = [
        ("a", ["ann:"]),
        ("bob: a", []),
        (":ti", [":time"]),
        ("ann: :cr", [":crash"]),
        (":boost b", ["bob"]),
        (":help to", ["tomorrow", "tour"]),
        (":role B", ["Boss"]),
        (":role Boss b", ["below"]),
        (":role Boss above L", ["Laurel"]),
        (":give an", ["ann"]),
        (":give ann B", ["Boss"]),
        ("bob: :take B", ["Boss"]),
        (":channel ge", ["general"]),
        (":channel art in A", ["Arts"]),
        ("!profile @b", ["@bob"]),
        ("!rewards add 5 @B", ["@Boss"]),
        ("/profile @B", ["@Boss"]),
        ("!da", ["!dailyboard", "!daily"]),
        ("/lead", ["/leaderboard"]),
        ("/leaderboard b", ["board="]),
        ("/leaderboard board=s", ["board=streak"]),
        ("/leaderboard board=xp ", ["page="]),
        ("owner: /conf", []),
        ("/profile x y z", []),
        ("", []),
    ]
    await session.type(":role Boss", ":channel ink in Arts", ":channel general", "ann:")
    for typed, suggested in possible:
        assert (typed, list_suggestions(session, typed)) == (typed, suggested)


async def test_subcommands_are_suggested_to_admins(session: TestSession) -> None:
    """What is offered depends on who speaks."""
    await session.type("owner:")
    assert list_suggestions(session, "/config an") == ["announce"]
    assert list_suggestions(session, "/config set r") == ["rule="]
    await session.type(":role Regular", ":role Regular Guest")
    assert list_suggestions(session, "/rewards add level=5 role=R") == ["role=Regular"]
    assert list_suggestions(session, "/rewards add level=5 role=") == [
        "role=Laurel",
        "role=Regular",
        'role="Regular Guest"',
    ]


async def test_a_storage_that_fails_is_told_in_words(
    session: TestSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said cannot be kept: why and what mends it, and nothing of how the playground waits."""
    idle = Playground.idle
    monkeypatch.setattr(Playground, "idle", partialmethod(idle, timeout_seconds=0.5))

    async def fail(*_: object) -> NoReturn:
        raise StoreUnavailableError(path="x", cause="the disk is full", cure="Free some space")

    monkeypatch.setattr(SqliteBackend, "write", fail)
    shown = await session.type("bob: hello")
    assert "! the bot cannot keep what is said: the disk is full. Free some space" in shown
    monkeypatch.undo()
