"""The daily reward and the goal of the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import discord
import pytest

from cogs.ui.people import human_members
from leveling_core.achievements import Catalogue
from leveling_core.facts import RulesChangeRequested
from playground import Member, Message
from tests.cogs.server import Server
from tests.core.achievement_content import achievement, catalogue_of

NOTHING_TO_UNLOCK = Catalogue()


def _fields(message: Message) -> dict[str, str]:
    return {each["name"]: each["value"] for each in message.embeds[0]["fields"]}


def _easy_achievements(number: int) -> Catalogue:
    """Achievements that the first daily reward unlocks, all at once."""
    entries = [
        achievement(f"easy_{place}", "dailies >= 1", name=f"Easy *{place}*", xp=10 if place else 0)
        for place in range(number)
    ]
    return catalogue_of(*entries)


async def _claim_for_days(server: Server, who: Member, days: int) -> Message:
    """Claim on days that follow each other; return the last reply."""
    reply = await server.ask(who, "!daily")
    for _ in range(days - 1):
        await server.pg.advance(days=1)
        reply = await server.ask(who, "!daily")
    return reply


async def test_a_first_claim_says_what_was_earned_and_what_comes_next(server: Server) -> None:
    """The reply has the reward, its parts, the streak, the goal and the time to the next one."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    reply = await server.slash(ann, "daily")
    [embed] = reply.embeds
    fields = _fields(reply)
    assert embed["title"] == "Daily reward: 25 XP"
    assert embed["author"]["name"] == "ann"
    assert "description" not in embed
    assert fields["What it is made of"] == "Daily reward: +25 XP"
    assert fields["Streak"] == "🔥 1 day in a row · longest 1"
    assert fields["Next daily"].endswith(":R> (12 hours)")
    assert fields["Server goal of the day"] == (
        "▰▰▰▰▰▰▱▱▱▱▱▱ 1 / 2\n1 more member claiming `/daily` today, and everyone who claims gets 15 XP."
    )


async def test_a_second_claim_on_a_day_is_refused_kindly(server: Server) -> None:
    """Who has claimed is told so, and when the next one is; only they see it below a slash command."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    await server.ask(ann, "!daily")
    result = await server.pg.slash(ann, "daily")
    assert result.ephemeral
    assert result.text.startswith("You have claimed today's daily already.")
    assert "<t:" in result.text
    assert (await server.record(ann)).dailies == 1


async def test_a_streak_adds_its_bonus(server: Server) -> None:
    """From the second day on the streak's bonus is named."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    reply = await _claim_for_days(server, ann, 3)
    assert reply.embeds[0]["title"] == "Daily reward: 35 XP"
    assert _fields(reply)["What it is made of"] == "Daily reward: +25 XP\nStreak bonus: +10 XP"
    assert _fields(reply)["Streak"] == "🔥 3 days in a row · longest 3"


async def test_a_booster_reads_the_multiplier(server: Server) -> None:
    """What multiplied the reward is named, with its factor."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    await server.pg.boost(ann)
    await server.pg.idle()
    reply = await server.ask(ann, "!daily")
    assert reply.embeds[0]["title"] == "Daily reward: 38 XP"
    assert _fields(reply)["What it is made of"] == "Daily reward: +25 XP\nServer booster: × 1.5"


async def test_the_claim_that_reaches_the_goal_says_so(server: Server) -> None:
    """Whoever completes the goal, and whoever claims after, reads of its bonus."""
    ann, bob = server.person("ann"), server.person("bob")
    server.person("robot", bot=True)
    await server.connect(NOTHING_TO_UNLOCK)
    assert "1 / 3" in (await server.ask(ann, "!daily")).text
    await server.ask(bob, "!daily")
    reply = await server.ask(server.pg.member("owner"), "!daily")
    assert reply.embeds[0]["title"] == "Daily reward: 25 XP"
    assert _fields(reply)["What it is made of"] == "Daily reward: +25 XP\nServer goal reached: +15 XP"
    assert _fields(reply)["Server goal of the day"] == (
        "▰▰▰▰▰▰▰▰▰▰▰▰ 3 / 3\nReached! Everyone who claims `/daily` today gets 15 XP on top."
    )
    late = await server.pg.join("late")
    assert "Server goal reached: +15 XP" in (await server.ask(late, "!daily")).text


async def test_a_recovered_streak_can_be_claimed_again_at_once(server: Server) -> None:
    """A claim just after a missed day saves the streak, and the reply says that today is still open."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    await server.ask(ann, "!daily")
    await server.pg.advance(hours=37)
    reply = await server.ask(ann, "!daily")
    assert reply.embeds[0]["description"].startswith("Your streak is saved")
    assert _fields(reply)["Next daily"] == "Ready now: `/daily`"
    again = await server.ask(ann, "!daily")
    assert _fields(again)["Streak"] == "🔥 3 days in a row · longest 3"


async def test_a_lost_streak_is_told_kindly(server: Server) -> None:
    """Who lost a streak is told how long it was, without blame."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    await _claim_for_days(server, ann, 2)
    await server.pg.advance(days=4)
    reply = await server.ask(ann, "!daily")
    assert reply.embeds[0]["description"] == (
        "Your streak of 2 days has ended. It happens to everyone, and it stays in your record."
        " A new one begins today."
    )
    assert _fields(reply)["Streak"] == "🔥 1 day in a row · longest 2"


async def test_levels_and_achievements_come_along(server: Server) -> None:
    """A level and achievements that the claim brought are in its reply; of many the first ten by name."""
    ann = server.person("ann")
    await server.give(ann, xp=70)
    await server.connect(_easy_achievements(12))
    lines = (await server.ask(ann, "!daily")).embeds[0]["description"].splitlines()
    assert lines[0] == "🎉 You have reached **level 2**!"
    assert lines[1] == r"🏅 Achievement unlocked: **Easy \*0\***"
    assert lines[2] == r"🏅 Achievement unlocked: **Easy \*1\*** (+10 XP)"
    assert len(lines) == 12
    assert lines[11] == "… and 2 achievements more"


async def test_the_goal_is_shown_without_claiming(server: Server) -> None:
    """`goal` tells how far the server is and when the day ends, before the first claim and after."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    reply = await server.slash(ann, "goal")
    assert reply.embeds[0]["description"] == (
        "▱▱▱▱▱▱▱▱▱▱▱▱ 0 / 2\n2 more members claiming `/daily` today, and everyone who claims gets 15 XP."
    )
    assert _fields(reply)["The day ends"].endswith("(12 hours)")
    await server.ask(ann, "!daily")
    assert "1 / 2" in (await server.ask(ann, "!goal")).text
    assert (await server.record(ann)).dailies == 1


async def test_nothing_can_be_claimed_while_leveling_is_off(server: Server) -> None:
    """Where leveling is off, the refusal says so and how it is switched on."""
    ann = server.person("ann")
    await server.connect(NOTHING_TO_UNLOCK)
    change = RulesChangeRequested(server.pg.guild.id, ann.user.id, 1, {"general.enabled": "off"})
    await server.leveling.change_rules(change)
    assert (await server.ask(ann, "!daily")).text.startswith("Leveling is switched off in this server.")


@dataclass
class _Person:
    bot: bool = False


@dataclass
class _Guild:
    member_count: int | None
    members: list[_Person] = field(default_factory=list)


@pytest.mark.parametrize(
    ("count", "people", "bots", "humans"),
    [(5, 3, 2, 3), (100, 10, 4, 96), (None, 3, 1, 3), (0, 0, 0, 0), (1, 0, 2, 0)],
)
def test_people_are_counted_without_bots(count: int | None, people: int, bots: int, humans: int) -> None:
    """Bots that are known are taken off; members not known yet count as people."""
    guild: Any = _Guild(count, [_Person() for _ in range(people)] + [_Person(bot=True) for _ in range(bots)])
    assert human_members(cast(discord.Guild, guild)) == humans
