"""`why` tells how every kind of XP came about: roll, multipliers by name, how they came together, caps."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, get_args

import pytest

from leveling_core.by_hand import SOURCE
from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.facts import RulesChangeRequested
from leveling_core.multipliers import MULTIPLIER_KINDS
from leveling_core.outcomes import AdjustMode, Combine, Outcome
from playground import Channel, ChannelType, Member
from tests.e2e.house import House
from tests.repo.sources import list_modules, parse


class Case:
    """A server with a member who earns in every way there is.

    Attributes:
        house: The server.
        ann: Who earns.
        thread: A thread of the first channel, which is in a category.
    """

    def __init__(self, house: House) -> None:
        world, guild = house.pg.world, house.pg.guild
        self.house, self.ann = house, house.person("ann")
        self.lounge = world.add_channel(guild, "Lounge", kind=ChannelType.CATEGORY)
        self.art: Channel = world.add_channel(guild, "art", category=self.lounge)
        self.thread = world.add_thread(self.art, "a thread", owner=guild.owner)
        self.vip = world.add_role(guild, "VIP", position=1)
        self.ann.role_ids.append(self.vip.id)

    @property
    def owner(self) -> Member:
        """Who manages the server."""
        return self.house.pg.guild.owner

    async def rules(self, changes: dict[str, str | None]) -> None:
        """Change rules."""
        event_id = self.house.pg.world.clock.next_snowflake()
        fact = RulesChangeRequested(self.house.pg.guild.id, self.owner.id, event_id, changes)
        await self.house.leveling.change_rules(fact)

    async def tell(self, command: str) -> None:
        """Let the owner give a command."""
        await self.house.ask(self.owner, command)
        await self.house.settle()

    async def why(self, who: Member | None = None) -> str:
        """Ask why ann has her XP: she herself, or somebody else."""
        options: dict[str, Any] = {} if who is None else {"member": self.ann}
        return (await self.house.pg.slash(who or self.ann, "why", **options)).text


@pytest.fixture
async def case(house: House) -> Case:
    """Give the server, with the bot connected."""
    case = Case(house)
    await house.connect()
    return case


# what there is, by the core's own code


def calls_in_core(names: set[str]) -> Iterator[ast.Call]:
    """Yield all calls of functions of some names in the core."""
    for path in list_modules("leveling_core"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


def ways_to_xp() -> set[tuple[str, str]]:
    """Return every kind of outcome that the core makes with XP, and the source it names."""
    found = set()
    for call in calls_in_core({kind.__name__ for kind in get_args(Outcome)}):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "xp" in given:
            assert isinstance(call.func, ast.Name)
            found.add((call.func.id, source_of(given["source"])))
    return found


def source_of(node: ast.expr) -> str:
    """Return the source that an expression stands for."""
    if isinstance(node, ast.Name):
        assert node.id == "SOURCE"
        return SOURCE
    assert isinstance(node, ast.Constant), "a source that only the running code knows"
    return str(node.value)


def names_of_parts() -> set[str]:
    """Return every name that the core gives a part of an award."""
    names = (call.args[0] for call in calls_in_core({"Part"}))
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


# how to bring each about, and what is said of it


async def message(case: Case) -> str:
    """Write."""
    await case.house.say(case.ann)
    return await case.why()


async def daily(case: Case) -> str:
    """Claim the daily reward on a second day, so that it has both its parts."""
    await case.house.ask(case.ann, "!daily")
    await case.house.pg.advance(days=1)
    await case.house.ask(case.ann, "!daily")
    return await case.why()


async def goal(case: Case) -> str:
    """Let the server reach its goal after ann has claimed: the bonus is an event of its own for her."""
    await case.rules({"goal.max_target": "2"})
    await case.house.ask(case.ann, "!daily")
    await case.house.ask(case.owner, "!daily")
    await case.house.settle()
    return await case.why()


async def achievement(case: Case) -> str:
    """Unlock something by commands alone."""
    await case.house.give(case.ann, commands=24)
    await case.house.ask(case.ann, "!help")
    await case.house.settle()
    return await case.why()


async def by_hand(case: Case) -> str:
    """Be given XP."""
    await case.tell("!xp give ann 300 for the poster")
    return await case.why()


async def revoked(case: Case) -> str:
    """Lose an achievement with the XP that had unlocked it."""
    await case.tell("!xp give ann 1000")
    await case.tell("!xp undo")
    return await case.why()


WAYS: dict[tuple[str, str], tuple[Callable[[Case], Awaitable[str]], list[str]]] = {
    ("XpGained", "message"): (message, ["**+15 XP** · [a message](https://", "Rolled: 15 XP"]),
    ("DailyClaimed", "daily"): (
        daily,
        ["**+30 XP** · daily reward", "Base: 25 XP", "For the streak: 5 XP", "= 30 XP"],
    ),
    ("XpGained", "goal"): (goal, ["**+15 XP** · server goal reached", "Everybody who claimed"]),
    ("AchievementUnlocked", "achievement"): (achievement, ["**+50 XP** · achievement **Command Novice**"]),
    ("XpAdjusted", "admin"): (by_hand, ["**+300 XP** · given by hand", "0 → 300 XP", "Level 1 → 3"]),
    ("AchievementRevoked", "achievement"): (
        revoked,
        [
            "**−1,150 XP** · a change by hand was taken back",
            "−100 XP · achievement **XP Collector** was taken back",
            "Level 6 → 1",
        ],
    ),
}
"""By outcome and source; one that the core makes without being here fails."""


def test_every_way_to_xp_has_a_case() -> None:
    """Nothing that changes XP is left without an answer."""
    assert WAYS.keys() == ways_to_xp()


@pytest.mark.parametrize("way", WAYS, ids=":".join)
async def test_xp_is_explained(case: Case, way: tuple[str, str]) -> None:
    """What it was, what it is made of, and what came with it."""
    bring_about, expected = WAYS[way]
    answer = await bring_about(case)
    assert [text for text in expected if text not in answer] == []


def test_every_part_has_a_name(case: Case) -> None:
    """What an award is made of can be said."""
    texts = case.house.context.texts
    assert names_of_parts() == {"roll", "base", "streak"}
    assert [name for name in names_of_parts() if f"why-part-{name}" not in texts] == []


# multipliers

MULTIPLIERS: dict[str, tuple[Callable[[Case], dict[str, str | None]], str]] = {
    "server": (lambda _: {"multipliers.server": "2"}, "This server: 2x"),
    "category": (lambda c: {"multipliers.channels": f"{c.lounge.id}=2"}, "**Lounge**: 2x"),
    "channel": (lambda c: {"multipliers.channels": f"{c.art.id}=2"}, "<#{art}>: 2x"),
    "thread": (lambda c: {"multipliers.channels": f"{c.thread.id}=2"}, "<#{thread}>: 2x"),
    "role": (lambda c: {"multipliers.roles": f"{c.vip.id}=2"}, "<@&{vip}>: 2x"),
    "booster": (lambda _: {"boost.multiplier": "2"}, "Server booster: 2x"),
    "event": (
        lambda c: {"events.scheduled": f"2x {during(c)} *Week* #1"},
        "⚡ \\*Week\\* \\#1: 2x",
    ),
    "limit": (lambda _: {"multipliers.server": "30", "multipliers.limit": "2"}, "The most there can be: 2x"),
}
"""By kind: the rules that let it apply, and how it is named; a kind without a case fails."""


def during(case: Case) -> str:
    """Return the hour that begins now, as rules write it."""
    at = case.house.now // 1000
    return "/".join(f"{stamp(at + seconds)}" for seconds in (0, 3600))


def stamp(seconds: int) -> str:
    """Return an instant as rules write it."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_every_kind_of_multiplier_has_a_case() -> None:
    """A new kind needs a name that people can read."""
    assert set(MULTIPLIERS) == set(MULTIPLIER_KINDS)


@pytest.mark.parametrize("kind", MULTIPLIER_KINDS)
async def test_a_multiplier_is_named(case: Case, kind: str) -> None:
    """Each is told by its name and factor, and what it made of the roll."""
    changes, expected = MULTIPLIERS[kind]
    if kind == "booster":
        await case.house.pg.boost(case.ann)
        await case.house.settle()
    await case.rules(changes(case))
    await case.house.say(case.ann, "hello", case.thread)
    ids = {"art": case.art.id, "thread": case.thread.id, "vip": case.vip.id}
    answer = await case.why()
    assert expected.format(**ids) in answer
    assert "Rolled: 15 XP" in answer
    assert "= 30 XP" in answer


COMBINED: dict[str, tuple[str, int]] = {
    "multiply": ("Together 3x (multiplied)", 45),
    "add": ("Together 2.5x (added up)", 38),
    "largest": ("Together 2x (the largest alone counts)", 30),
}


@pytest.mark.parametrize("mode", get_args(Combine))
async def test_how_multipliers_came_together_is_told(case: Case, mode: str) -> None:
    """Also after the server has chosen another way since."""
    text, xp = COMBINED[mode]
    await case.rules(
        {
            "multipliers.combine": mode,
            "multipliers.server": "2",
            "multipliers.roles": f"{case.vip.id}=1.5",
        }
    )
    await case.house.say(case.ann)
    await case.rules({"multipliers.combine": None, "multipliers.server": None})
    answer = await case.why()
    assert f"**+{xp} XP**" in answer
    assert text in answer


async def test_what_is_gone_is_said_so(case: Case) -> None:
    """A role or channel that has been deleted since is told by its id."""
    await case.rules({"multipliers.roles": f"{case.vip.id}=2", "multipliers.channels": f"{case.art.id}=2"})
    await case.house.say(case.ann, "hello", case.art)
    await case.house.pg.delete_role(case.vip)
    await case.house.pg.delete_channel(case.art)
    answer = await case.why()
    assert f"`{case.vip.id}`, which is gone: 2x" in answer
    assert f"`{case.art.id}`, which is gone: 2x" in answer


# by hand

BY_HAND: dict[str, tuple[str, list[str]]] = {
    "give": (
        "!xp give ann 300 why not",
        ["given by hand", "500 → 800 XP", "By <@{owner}>", "Reason: why not"],
    ),
    "take": (
        "!xp take ann 700 spam",
        ["**−500 XP** · taken by hand", "500 → 0 XP", "Only 500 of 700 XP could be taken", "Reason: spam"],
    ),
    "set": ("!xp set ann 1000", ["set by hand", "500 → 1,000 XP", "+100 XP · achievement **XP Collector**"]),
    "reset": ("!xp reset ann", ["reset by hand", "500 → 0 XP"]),
    "undo": ("!xp undo", ["a change by hand was taken back", "600 → 500 XP"]),
}


@pytest.mark.parametrize("mode", get_args(AdjustMode))
async def test_changes_by_hand_are_told(case: Case, mode: str) -> None:
    """Whoever manages the server also reads who it was and why; the member does not."""
    command, expected = BY_HAND[mode]
    await case.house.give(case.ann, xp=500, achievements={})
    if mode == "undo":
        await case.tell("!xp give ann 100")
    await case.tell(command)
    shown = [text.format(owner=case.owner.id) for text in expected]
    to_owner, to_ann = await case.why(case.owner), await case.why()
    assert [text for text in shown if text not in to_owner] == []
    assert f"<@{case.owner.id}>" not in to_ann
    assert "Reason" not in to_ann


async def tidied(case: Case, command: str, who: Member) -> str:
    """Let somebody give a command, and return why ann has her XP without links and moments."""
    await case.house.ask(who, command)
    await case.house.settle()
    return re.sub(r"\]\(\S+\)|<t:\S+>", "", await case.why())


async def test_the_xp_of_achievements_is_not_put_down_to_what_unlocked_them(case: Case) -> None:
    """The headline is the sum, so it says that achievements are in it, one or several."""
    given = await tidied(case, "!xp give ann 500", case.owner)
    assert "**+500 XP** · given by hand · " in given
    given = await tidied(case, "!xp give ann 500", case.owner)
    assert "**+650 XP** · given by hand, with 2 achievements · " in given
    assert "+100 XP · achievement **XP Collector**" in given
    claimed = await tidied(case, "!daily", case.ann)
    assert "**+50 XP** · daily reward, with an achievement · " in claimed
    await case.house.give(case.ann, xp=990, achievements={"first_steps": 1}, commands=24)
    await case.house.pg.advance(minutes=1)
    told = await tidied(case, "!help", case.ann)
    assert "**+150 XP** · achievement **Command Novice**, with another · " in told


async def test_a_lone_achievement_is_named_once(case: Case) -> None:
    """Its headline says it all, even if its XP reached a level."""
    await case.house.give(case.ann, commands=24, xp=90)
    told = await tidied(case, "!help", case.ann)
    assert "**+50 XP** · achievement **Command Novice** · " in told
    assert "Level 1 → 2" in told
    assert told.count("Command Novice") == 1


# caps, and what was before


async def test_the_highest_total_is_told(case: Case) -> None:
    """XP that could not be added is not passed over in silence."""
    await case.house.give(case.ann, xp=MAX_TOTAL_XP - 4)
    await case.house.say(case.ann)
    answer = await case.why()
    assert "**+4 XP**" in answer
    assert "Only 4 of 15 XP could be added" in answer


@pytest.mark.parametrize("period", ["minute", "hour", "day"])
async def test_a_ceiling_is_told(case: Case, period: str) -> None:
    """What was cut off an award, and by what, is not passed over in silence."""
    await case.tell(f"!config set earning.{period}_ceiling_xp 20")
    await case.tell("!multipliers set server 2")
    await case.house.say(case.ann)
    answer = await case.why()
    assert "**+20 XP**" in answer
    article = "an" if period == "hour" else "a"
    assert f"Only 20 of 30 XP were added: the ceiling is 20 XP {article} {period}." in answer
    assert f"**As it is now:** Messages of a member earn 20 XP {article} {period} at most" in answer


async def test_an_award_that_a_ceiling_cut_nothing_off_is_told_as_any(case: Case) -> None:
    """One that just reaches it was added whole."""
    await case.tell("!config set earning.hour_ceiling_xp 15")
    await case.house.say(case.ann)
    answer = await case.why()
    assert "**+15 XP**" in answer
    assert "were added" not in answer


async def test_messages_between_two_awards_are_told(case: Case) -> None:
    """An award says how many messages before it earned nothing."""
    for seconds in (0, 10, 10, 60):
        await case.house.pg.advance(seconds=seconds)
        await case.house.say(case.ann)
    assert "Between this and the award before it: 2 messages within the cooldown." in await case.why()


async def test_the_newest_is_told_in_full_and_five_in_all(case: Case) -> None:
    """What was before the newest stands below, a line each."""
    for number in range(7):
        await case.house.pg.advance(minutes=2)
        await case.house.say(case.ann, f"number {number}")
    first, _, before = (await case.why()).partition("Before that")
    assert first.count("**+15 XP**") == 1
    assert before.count("**+15 XP**") == 4
    assert "Rolled" not in before
