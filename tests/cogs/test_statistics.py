"""Statistics of a member, by command and by button, where the answer is text."""

from __future__ import annotations

from typing import Any

import pytest

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision
from leveling_core.outcomes import LedgerLine, XpAdjusted, XpGained
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from playground import Member
from tests.cogs.server import Server


def _field(message_fields: list[dict[str, str]], name: str) -> str:
    return next(field["value"] for field in message_fields if field["name"] == name)


def _line(server: Server, who: Member, days_ago: float, xp: int = 20, **fields: Any) -> LedgerLine:
    outcome = fields.pop("outcome", None) or XpGained(xp=xp, source="message", **fields)
    at = server.now - round(days_ago * MS_PER_DAY)
    return LedgerLine(at=at, guild_id=server.pg.guild.id, user_id=who.user.id, outcome=outcome)


async def _keep(server: Server, *lines: LedgerLine) -> None:
    await server.store.commit((), lambda _: Decision(None, lines=list(lines)))


async def _earn_some(server: Server, ann: Member) -> None:
    """Two messages and a daily reward on the first day, a message three days later."""
    await server.pg.say(ann, "one")
    await server.pg.advance(minutes=2)
    await server.pg.say(ann, "two")
    await server.pg.idle()
    await server.ask(ann, "!daily")
    await server.pg.advance(days=3)
    await server.pg.say(ann, "three")
    await server.pg.idle()


async def test_statistics_tell_days_sources_and_events(server: Server) -> None:
    """The last seven days stand in a row, with the sources, the best day, the average and the last events."""
    ann = server.person("ann")
    await server.connect(Catalogue())
    await _earn_some(server, ann)
    [embed] = (await server.ask(ann, "!xpstats")).embeds
    fields = embed["fields"]
    assert embed["title"] == "XP of the last 7 days"
    assert embed["description"].splitlines() == [
        "70 XP earned · now level 1 with 70 XP in all",
        "Level 2 comes on Sat 7 Jan at the pace of the last 4 days: 70 XP, achievements not counted.",
    ]
    days = _field(fields, "By day").splitlines()[1:-1]
    assert len(days) == 7
    assert days[3] == "Mon 2 Jan   55 XP  ▰▰▰▰▰▰▰▰▰▰"
    assert days[4] == "Tue 3 Jan    0 XP"
    assert days[6] == "Thu 5 Jan   15 XP  ▰▰▰"
    assert _field(fields, "Best day") == "Mon 2 Jan · 55 XP"
    assert _field(fields, "Average of an active day") == "35 XP"
    assert _field(fields, "Where it came from") == "Messages · 45 XP\nDaily rewards · 25 XP"
    events = [line.partition(" · ")[0] for line in _field(fields, "Last events").splitlines()]
    assert events == [
        "**+15 XP** Message",
        "**+25 XP** Daily reward, day 1 of the streak",
        "**+15 XP** Message",
        "**+15 XP** Message",
    ]


async def test_statistics_name_achievements_and_list_five_events(server: Server) -> None:
    """Of many events the newest five are listed; an achievement is named."""
    ann = server.person("ann")
    await server.give(ann, messages=99, commands=24, xp=900)
    await server.connect()
    await _earn_some(server, ann)
    [embed] = (await server.ask(ann, "!xpstats")).embeds
    events = _field(embed["fields"], "Last events")
    assert len(events.splitlines()) == 5
    assert "Achievement Early Bird" in events


async def test_sources_in_text_add_up_to_what_was_earned(server: Server) -> None:
    """Of more sources than are named, a last line has the rest."""
    ann = server.person("ann")
    earned = {"daily": 200, "achievement": 150, "message": 125, "goal": 15}
    await _keep(
        server,
        *(_line(server, ann, 1, outcome=XpGained(xp=xp, source=source)) for source, xp in earned.items()),
    )
    await server.connect(Catalogue())
    [embed] = (await server.ask(ann, "!xpstats")).embeds
    assert embed["description"].startswith("490 XP earned")
    assert _field(embed["fields"], "Where it came from").splitlines() == [
        "Daily rewards · 200 XP",
        "Achievements · 150 XP",
        "Messages · 125 XP",
        "Everything else · 15 XP",
    ]


async def test_statistics_without_any_xp_say_so(server: Server) -> None:
    """Someone who earned nothing lately is told what earns."""
    ann = server.person("ann")
    bob = server.person("bob")
    await server.give(ann, xp=500)
    await server.connect()
    [embed] = (await server.slash(bob, "xpstats", member=ann)).embeds
    assert embed["author"]["name"] == "ann"
    assert embed["description"] == "No XP in these days. Messages and `/daily` earn some."
    assert [field["name"] for field in embed["fields"]] == ["By day"]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("", "XP of the last 7 days"),
        (" 30", "XP of the last 30 days"),
        (" two words", "XP of the last 7 days"),
        (" two words 90", "XP of the last 90 days"),
        (" 30 two words", "XP of the last 30 days"),
        (" <@{id}> 30", "XP of the last 30 days"),
    ],
)
async def test_days_may_stand_before_or_behind_the_name(server: Server, typed: str, title: str) -> None:
    """As people type it: the days first or last, the name of one word or two, or a mention."""
    ann, two = server.person("ann"), server.person("two words")
    await server.connect()
    [embed] = (await server.ask(ann, f"!xpstats{typed.format(id=two.user.id)}")).embeds
    assert embed["title"] == title
    assert embed["author"]["name"] == ("two words" if "two" in typed or "<@" in typed else "ann")


async def test_other_days_than_there_are_are_no_days(server: Server) -> None:
    """What is no name and no number of days that there is finds nobody."""
    ann = server.person("ann")
    await server.connect()
    assert "nobody here called" in (await server.ask(ann, "!xpstats ann 31")).text


async def test_by_slash_the_days_are_a_choice(server: Server) -> None:
    """Member and days are options of their own."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()
    [embed] = (await server.slash(ann, "xpstats", member=bob, days=90)).embeds
    assert (embed["title"], embed["author"]["name"]) == ("XP of the last 90 days", "bob")


async def test_many_days_are_told_week_by_week(server: Server) -> None:
    """Of 90 days there is a line for each seven; what was taken by hand is told apart."""
    ann = server.person("ann")
    taken = XpAdjusted(xp=-30, source="admin", mode="take", requested_xp=-30, total_before=60, total_xp=30)
    await _keep(
        server,
        _line(server, ann, 89, xp=100),
        _line(server, ann, 1, xp=40),
        _line(server, ann, 1, outcome=taken),
    )
    await server.connect()
    [embed] = (await server.ask(ann, "!xpstats 90")).embeds
    lines = _field(embed["fields"], "By day").splitlines()[1:-1]
    assert lines[0] == "5 Oct – 10 Oct   100 XP  ▰▰▰▰▰▰▰▰▰▰"
    assert lines[-1] == "27 Dec – 2 Jan    10 XP  ▰"
    assert len(lines) == 13
    assert "30 XP were taken away on these days and are in no column." in embed["description"]


async def test_a_level_far_off_is_told_with_its_year(server: Server) -> None:
    """A day of another year has the year with it."""
    ann = server.person("ann")
    await server.give(ann, xp=1)
    await _keep(server, _line(server, ann, 0.1, xp=3))
    await server.connect(Catalogue())
    [embed] = (await server.ask(ann, "!xpstats")).embeds
    assert "Level 2 comes on Mon 8 Apr 2041 at the pace of the last 14 days: 3 XP" in embed["description"]


async def test_hours_of_the_week_are_told_by_weekday(server: Server) -> None:
    """Each weekday has its sum and its busiest hour; messages without hours are named as left out."""
    ann, bob = server.person("ann"), server.person("bob")
    await _keep(
        server,
        _line(server, ann, 50, awards=12),
        *(_line(server, ann, 7, xp=20 + number) for number in range(3)),
        _line(server, ann, 2 - 5 * MS_PER_HOUR / MS_PER_DAY),
    )
    await server.connect()
    [embed] = (await server.slash(bob, "activity", member=ann)).embeds
    assert embed["title"] == "Hours of the week"
    assert embed["description"].splitlines() == [
        "4 messages earned XP in the last 8 weeks. Busiest hour: Mon 12:00–12:59, time zone UTC.",
        "12 older messages are left out: this server keeps the sum of that day only, without hours.",
    ]
    weekdays = _field(embed["fields"], "By weekday").splitlines()
    assert weekdays[0] == "Mon · 3 messages · most 12:00–12:59"
    assert weekdays[1] == "Tue · none"
    assert weekdays[5] == "Sat · 1 message · most 17:00–17:59"


async def test_buttons_turn_the_text_too(server: Server) -> None:
    """Of text, too, a button shows another view, for whoever asked, also after a restart."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()
    message = await server.ask(ann, "!xpstats")
    assert [(button.label, button.disabled) for button in message.buttons] == [
        ("7 days", True),
        ("30 days", False),
        ("90 days", False),
        ("Hours", False),
    ]
    await server.pg.press(ann, message, "30 days")
    assert message.embeds[0]["title"] == "XP of the last 30 days"
    refused = await server.pg.press(bob, message, "90 days")
    assert "belong to whoever asked" in refused.text
    assert message.embeds[0]["title"] == "XP of the last 30 days"
    await server.restart()
    await server.pg.press(ann, message, "Hours")
    assert message.embeds[0]["title"] == "Hours of the week"


async def test_two_members_are_compared_in_text(server: Server) -> None:
    """One beside the other; with one name given, oneself is the first."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.give(ann, xp=300, messages=20, streak=0)
    await server.give(bob, xp=1000, messages=1)
    await server.connect(Catalogue())
    [embed] = (await server.ask(ann, "!compare bob")).embeds
    assert embed["description"] == "bob leads by 700 XP."
    assert [field["name"] for field in embed["fields"]] == ["ann", "bob"]
    assert embed["fields"][0]["value"].splitlines() == [
        "XP · 300 XP",
        "Level · 3",
        "Messages · 20",
        "Streak · 0 days",
        "Achievements · 0 of 0",
        "Rank · #2",
    ]
    [again] = (await server.slash(ann, "compare", member=bob, other=ann)).embeds
    assert [field["name"] for field in again["fields"]] == ["ann", "bob"]
    [same] = (await server.slash(ann, "compare", member=bob)).embeds
    assert same["fields"] == again["fields"]


async def test_nobody_is_compared_with_oneself_or_a_bot(server: Server) -> None:
    """The answer says what is missing."""
    ann = server.person("ann")
    server.person("robot", bot=True)
    await server.connect()
    assert "one and the same member" in (await server.ask(ann, "!compare ann")).text
    assert "is a bot" in (await server.ask(ann, "!compare robot")).text
    assert "robot" in (await server.ask(ann, "!compare ann robot")).text
