"""`why` has an answer for every way in which a message earns nothing: by the core, and before it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from cogs.activity import SKIPS, ActivityCog
from leveling_core.earning import COUNTED_REFUSALS, REFUSALS, MessageAnswer
from leveling_core.errors import StoreUnavailableError
from leveling_core.facts import RulesChangeRequested
from leveling_core.periods import MS_PER_HOUR
from leveling_core.store import StoreHealth
from playground import Channel, Member, Message, MessageType
from tests.cogs.server import TEXTS
from tests.e2e.house import House


class Case:
    """A server in which a message earns nothing.

    Attributes:
        house: The server.
        ann: Who writes.
        mod: Who manages the server, and may ask about anybody.
        other: A second channel.
        patch: Replaces what a test cannot bring about otherwise.
    """

    def __init__(self, house: House, patch: pytest.MonkeyPatch) -> None:
        world, guild = house.pg.world, house.pg.guild
        self.house, self.patch = house, patch
        self.ann, self.mod = house.person("ann"), house.person("mod")
        self.other: Channel = world.add_channel(guild, "other")
        self.muted = world.add_role(guild, "Muted", position=1)
        manager = world.add_role(guild, "Manager", grants=["manage_guild"], position=1)
        self.mod.role_ids.append(manager.id)

    async def rule(self, name: str, value: str) -> None:
        """Change a rule."""
        guild = self.house.pg.guild
        event_id = self.house.pg.world.clock.next_snowflake()
        await self.house.leveling.change_rules(
            RulesChangeRequested(guild.id, guild.owner.id, event_id, {name: value})
        )

    async def refused_by(self, name: str, value: str) -> Message:
        """Change a rule, and let a message be written that it turns away."""
        await self.rule(name, value)
        return await self.house.say(self.ann)

    @property
    def activity(self) -> ActivityCog:
        """The cog that counts messages."""
        return cast(ActivityCog, self.house.bot.get_cog("LaurelActivity"))

    async def why(self, who: Member, message: Message | None = None) -> str:
        """Ask, of a message or without one; return the answer, which nobody else sees."""
        options: dict[str, Any] = {} if message is None else {"message": link_to(message)}
        result = await self.house.pg.slash(who, "why", **options)
        assert result.ephemeral
        return result.text


def link_to(message: Message) -> str:
    """Return what "Copy Message Link" gives."""
    guild = message.channel.get_guild()
    return f"https://discord.com/channels/{guild.id}/{message.channel.id}/{message.id}"


async def in_cooldown(case: Case) -> Message:
    """Write again 37 s after a message that earned."""
    await case.house.say(case.ann)
    await case.house.pg.advance(seconds=37)
    return await case.house.say(case.ann)


async def above_a_ceiling(case: Case) -> Message:
    """Write again once the messages of an hour have earned all that they may."""
    await case.rule("earning.hour_ceiling_xp", "15")
    await case.house.say(case.ann)
    await case.house.pg.advance(minutes=20)
    return await case.house.say(case.ann)


async def told_late(case: Case) -> Message:
    """Let the bot hear of a message only after a later one has earned."""
    pg = case.house.pg
    late = pg.world.add_message(pg.world.general, case.ann.user, "early bird")
    await pg.advance(seconds=5)
    await case.house.say(case.ann)
    pg.server.actions.announce_message(late)
    await case.house.settle()
    return late


async def told_twice(case: Case) -> Message:
    """Let the bot hear of a message again that it has forgotten."""
    message = await in_cooldown(case)
    await case.house.reopen()
    case.house.pg.server.actions.announce_message(message)
    await case.house.settle()
    return message


async def by_a_bot(case: Case) -> Message:
    """Let another bot write."""
    robot = await case.house.pg.join("robot", bot=True)
    return await case.house.say(robot)


async def by_a_webhook(case: Case) -> Message:
    """Let a webhook write."""
    return await case.house.pg.webhook_says("news", "breaking")


async def by_discord(case: Case) -> Message:
    """Let Discord itself greet somebody."""
    return await case.house.pg.system_message(case.ann, MessageType.MEMBER_JOIN)


async def a_command(case: Case) -> Message:
    """Use a command."""
    message = await case.house.pg.say(case.ann, "!profile")
    await case.house.settle()
    return message


async def waiting(case: Case) -> Message:
    """Write while the storage fails."""
    since_at = case.house.now
    failing = property(lambda _: StoreHealth(failing_since_at=since_at, waiting=1))
    case.patch.setattr(type(case.house.store), "health", failing)
    never = asyncio.get_running_loop().create_future()
    case.patch.setattr(case.activity.leveling, "message_posted", lambda *_, **__: never)
    return await case.house.pg.say(case.ann, "hello")


async def lost(case: Case) -> Message:
    """Write while the storage fails and too many messages wait already."""

    def fail(*_: object, **__: object) -> asyncio.Future[MessageAnswer]:
        commit: asyncio.Future[MessageAnswer] = asyncio.get_running_loop().create_future()
        commit.set_exception(StoreUnavailableError(path="here", cause="too many wait", cure="mend it"))
        return commit

    case.patch.setattr(case.activity.leveling, "message_posted", fail)
    message = await case.house.say(case.ann)
    case.house.faults.texts.clear()
    return message


CASES: dict[str, Callable[[Case], Awaitable[Message]]] = {
    "leveling_off": lambda case: case.refused_by("general.enabled", "off"),
    "no_xp_member": lambda case: case.refused_by("scope.no_xp_members", str(case.ann.id)),
    "no_xp_role": lambda case: case.refused_by("scope.no_xp_roles", str(case.muted.id)),
    "outside_only_xp_members": lambda case: case.refused_by("scope.only_xp_members", str(case.mod.id)),
    "no_xp_channel": lambda case: case.refused_by(
        "scope.no_xp_channels", str(case.house.pg.world.general.id)
    ),
    "outside_only_xp_channels": lambda case: case.refused_by("scope.only_xp_channels", str(case.other.id)),
    "ignored_prefix": lambda case: case.refused_by("scope.ignored_prefixes", "he"),
    "already_counted": told_twice,
    "older_than_award": told_late,
    "cooldown": in_cooldown,
    "ceiling": above_a_ceiling,
    "bot": by_a_bot,
    "webhook": by_a_webhook,
    "system": by_discord,
    "command": a_command,
    "waiting": waiting,
    "lost": lost,
}
"""How to bring about each reason; a reason without a case fails."""

ANSWERS = {
    "leveling_off": "`/config enabled on`",
    "no_xp_member": "`/noxp remove` <@{ann}>",
    "no_xp_role": "Who has the role <@&{muted}> earns nothing.\n"
    "-# An admin changes that with `/noxp remove` <@&{muted}>",
    "outside_only_xp_members": "`/onlyxp add` (`scope.only_xp_members`)",
    "no_xp_channel": "Messages in <#{general}> earn nothing.\n"
    "-# An admin changes that with `/noxp remove` <#{general}>",
    "outside_only_xp_channels": "`/onlyxp add` (`scope.only_xp_channels`)",
    "ignored_prefix": "`/config set scope.ignored_prefixes`",
    "cooldown": "within the cooldown, 23 seconds too early.",
    "ceiling": "Messages of a member earn 15 XP an hour at most, and these had."
    " They earn again from <t:{hour}:f> on.\n"
    "-# An admin changes that with `/config set earning.hour_ceiling_xp`",
}
"""What an answer names beside the reason, where there is something."""

NEVER_REMEMBERED = {"bot", "webhook", "system", "command", "waiting"}
"""What is told of a message that is asked about, and not kept."""


@pytest.fixture
async def case(house: House, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Give the server, with the bot connected."""
    case = Case(house, monkeypatch)
    case.ann.role_ids.append(case.muted.id)
    await house.connect()
    return case


def reason_text(reason: str) -> str:
    """Return how the answer to a reason begins."""
    family = "skip" if reason in SKIPS else "refusal"
    text = TEXTS(
        f"why-{family}-{reason.replace('_', '-')}", what="|", left="|", period="hour", again="|", most=15
    )
    return text.partition("|")[0]


def next_hour(case: Case) -> int:
    """Return when the next hour begins, in Unix seconds."""
    return case.house.now // MS_PER_HOUR * 3600 + 3600


def test_every_reason_has_a_case() -> None:
    """Nothing that a message may meet is left without an answer, nor is there one for nothing."""
    assert CASES.keys() == {*REFUSALS, *SKIPS}
    assert len(CASES) == len(REFUSALS) + len(SKIPS)


@pytest.mark.parametrize("reason", [*REFUSALS, *SKIPS])
async def test_a_message_that_earned_nothing_is_explained(case: Case, reason: str) -> None:
    """Whoever asks about the message reads why, and what an admin would change."""
    message = await CASES[reason](case)
    answer = await case.why(case.mod, message)
    ids = {"ann": case.ann.id, "muted": case.muted.id, "general": case.house.pg.world.general.id}
    ids["hour"] = next_hour(case)
    assert reason_text(reason) in answer
    assert ANSWERS.get(reason, "").format(**ids) in answer
    assert "No XP" in answer


@pytest.mark.parametrize("reason", [r for r in [*REFUSALS, *SKIPS] if r not in NEVER_REMEMBERED])
async def test_the_last_message_is_explained_unasked(case: Case, reason: str) -> None:
    """`why` alone begins with the last message, with a link to it."""
    message = await CASES[reason](case)
    if reason == "older_than_award":
        return  # what earned is the newer message, and is told first
    answer = await case.why(case.ann)
    first = answer[: answer.find("Before that")] if "Before that" in answer else answer
    assert reason_text(reason) in first
    assert link_to(message) in first
    assert "An admin changes" not in answer
    assert ("-# Ask an admin if you think that is wrong." in first) is (
        reason in ANSWERS.keys() - {"cooldown", "ceiling"}
    )


async def test_an_older_refusal_stands_in_a_line_below(case: Case) -> None:
    """What was before the newest is told in short."""
    message = await told_late(case)
    before = (await case.why(case.ann)).partition("Before that")[2]
    assert f"**No XP** · [a message]({link_to(message)})" in before
    assert reason_text("older_than_award") in before


async def test_what_waits_is_said_to_whoever_asks(case: Case) -> None:
    """While the storage fails, `why` says so before anything else."""
    await waiting(case)
    assert "My storage fails since" in await case.why(case.ann)


@pytest.mark.parametrize(
    "reason", ["no_xp_member", "no_xp_role", "leveling_off", "outside_only_xp_members", "ceiling"]
)
async def test_what_holds_now_is_said_even_when_all_is_forgotten(case: Case, reason: str) -> None:
    """After a restart, whoever earns nothing at all is still told why."""
    await CASES[reason](case)
    await case.house.reopen()
    answer = await case.why(case.ann)
    assert f"**As it is now:** {reason_text(reason)}" in answer


async def test_refusals_are_counted_across_restarts(case: Case) -> None:
    """What is no longer remembered one by one is known by number; since when memory reaches is said."""
    await in_cooldown(case)
    await case.house.say(case.ann)
    await case.house.pg.advance(seconds=1)
    restarted_at = case.house.now
    await case.house.reopen()
    answer = await case.why(case.ann)
    assert "Since the last message that earned XP: 2 messages within the cooldown" in answer
    assert f"and none from before <t:{restarted_at // 1000}:f>" in answer
    assert "**No XP**" not in answer


async def test_a_cooldown_is_deduced_after_a_restart(case: Case) -> None:
    """The award before a message tells of the cooldown, and the answer says that it was worked out."""
    message = await in_cooldown(case)
    await case.house.reopen()
    answer = await case.why(case.ann, message)
    assert "23 seconds too early" in answer
    assert "I no longer remember this message. That follows from the award before it" in answer


@pytest.mark.parametrize("period", ["minute", "hour", "day"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_a_ceiling_is_deduced_after_a_restart(case: Case, period: str, zone: str) -> None:
    """The award before a message tells that a ceiling was reached by it, and until when that held."""
    await case.rule("general.timezone", zone)
    await case.rule("earning.cooldown_seconds", "0")
    await case.rule(f"earning.{period}_ceiling_xp", "15")
    await case.house.say(case.ann)
    await case.house.pg.advance(seconds=20)
    message = await case.house.say(case.ann)
    remembered = (await case.why(case.ann, message)).splitlines()
    await case.house.reopen()
    deduced = (await case.why(case.ann, message)).splitlines()
    [told] = [line for line in remembered if "XP" in line and "at most" in line]
    assert told in deduced
    assert "That follows from the award before it, if the rules are those of then." in "\n".join(deduced)


async def test_a_ceiling_explains_nothing_after_its_period(case: Case) -> None:
    """A message of the next hour that earned nothing is not put down to the hour before."""
    await case.rule("earning.hour_ceiling_xp", "15")
    await case.house.say(case.ann)
    await case.house.pg.advance(minutes=70)
    late = await told_late(case)
    await case.house.reopen()
    assert "It was counted and earned nothing; I no longer remember why." in await case.why(case.ann, late)


async def test_what_is_no_longer_so_is_not_said_to_be_so_now(case: Case) -> None:
    """Once the hour is over nothing stands in the way; with leveling off, that is what does."""
    await above_a_ceiling(case)
    await case.house.reopen()
    assert "**As it is now:** Messages of a member earn 15 XP an hour at most" in await case.why(case.ann)
    await case.rule("general.enabled", "off")
    assert f"**As it is now:** {reason_text('leveling_off')}" in await case.why(case.ann)
    await case.rule("general.enabled", "on")
    await case.house.pg.advance(hours=1)
    assert "As it is now" not in await case.why(case.ann)


async def test_rules_of_now_are_told_for_what_is_forgotten(case: Case) -> None:
    """A message that the rules turned away never left a trace; what they say now is said as such."""
    message = await CASES["no_xp_channel"](case)
    await case.house.reopen()
    answer = await case.why(case.ann, message)
    assert reason_text("no_xp_channel") in answer
    assert "That is what the rules of now say" in answer


async def test_what_nobody_can_know_is_said_so(case: Case) -> None:
    """Of a message that was never seen, or is forgotten, no reason is made up."""
    pg = case.house.pg
    unseen = pg.world.add_message(pg.world.general, case.ann.user, "before your time")
    assert "I did not count it" in await case.why(case.ann, unseen)
    message = await told_late(case)
    await case.house.reopen()
    assert "It was counted and earned nothing; I no longer remember why." in await case.why(case.ann, message)


async def test_a_message_without_xp_may_unlock_something(case: Case) -> None:
    """A message inside the cooldown that unlocks an achievement is told as both."""
    await case.house.give(case.ann, messages=98)
    await case.house.say(case.ann)
    message = await case.house.say(case.ann)
    answer = await case.why(case.ann, message)
    assert reason_text("cooldown") in answer
    assert "+75 XP · achievement **Chatterbox**" in answer


@pytest.mark.parametrize("name", [r.replace("_", "-") for r in COUNTED_REFUSALS])
def test_each_reason_that_is_counted_can_be_told_as_a_number(name: str) -> None:
    """Awards carry how many messages before them earned nothing, by reason."""
    assert "1 message" in TEXTS(f"why-count-{name}", count=1)
    assert "2 messages" in TEXTS(f"why-count-{name}", count=2)
