"""`config status`: one friendly line where all is well, else each trouble with what mends it."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import discord
import pytest

from cogs.announcements import Announcer
from leveling_core.decision import Decision
from leveling_core.documents import AnnouncementsRecord, RulesRecord, Trouble
from leveling_core.errors import StoreError
from leveling_core.ids import announcements_key, rules_key
from leveling_core.outcomes import DeliveryFailed, LedgerLine
from leveling_core.store import StoreHealth
from playground import Message
from storage.store import GroupedStore
from tests.e2e.house import House

MINUTE, DAY = 60_000, 86_400_000


async def status(house: House, way: str = "slash") -> str:
    """Let the owner ask how all is; return all that is answered."""
    owner = house.pg.guild.owner
    if way == "prefix":
        return "\n".join(answer.text for answer in await house.pg.ask(owner, "!config status"))
    result = await house.pg.slash(owner, "config status")
    assert result.ephemeral
    return result.text


async def set_rules(house: House, **changes: Any) -> None:
    """Set rules as stored, past what commands look at."""
    key = rules_key(house.pg.guild.id)
    record = RulesRecord(
        changes={name.replace("__", "."): value for name, value in changes.items()}, version=1
    )
    await house.store.commit((key,), lambda _: Decision(None, {key: record}))


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_all_is_well(house: House, way: str) -> None:
    """One short message says so, with the storage by its name and no path of the machine."""
    await house.connect()
    text = await status(house, way)
    assert "✅ I can count, announce and reward everything here." in text
    assert text.endswith("What I know is in `laurel0.db`.")
    assert len(text) < 300
    assert str(house.database.parent) not in text


async def test_only_those_who_manage_the_server_may_ask(house: House) -> None:
    """Others get a kind line by prefix and by slash."""
    ann = house.person("ann")
    await house.connect()
    refusal = "You need the permission Manage Server for this."
    assert (await house.ask(ann, "!config status")).text == refusal
    for command in house.pg.world.commands[None].values():
        command["default_member_permissions"] = None
    result = await house.pg.slash(ann, "config status")
    assert (result.ephemeral, result.text) == (True, refusal)


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_channels_that_cannot_be_written_to(house: House, way: str) -> None:
    """A channel that is named is looked at now: closed, gone, no text channel; mended, all is well again."""
    news, logs = await house_with_channels(house)
    await set_rules(house, announcements__level=news.id, announcements__log_channel=logs.id)
    assert "All is well" in await status(house, way)
    await house.pg.deny("news", "send_messages")
    await house.pg.delete_channel(logs)
    await house.pg.idle()
    text = await status(house, way)
    assert "⚠️ 2 things need somebody’s attention." in text
    assert f"`announcements.level`: I cannot write in {news.mention}. Give me the permission" in text
    assert (
        "`announcements.log_channel`: the channel is gone. `/config panel announcements` chooses another."
        in text
    )
    assert "✅ In order" in text
    assert "Storage, Rules, Channels, Role rewards" in text
    await house.pg.allow("news", "send_messages")
    await set_rules(house, announcements__level=news.id)
    await house.pg.idle()
    assert "All is well" in await status(house, way)


async def house_with_channels(house: House) -> tuple[Any, Any]:
    """Connect the bot to a server with two more channels."""
    channels = [house.pg.world.add_channel(house.pg.guild, name) for name in ("news", "logs")]
    await house.connect()
    return channels[0], channels[1]


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_channels_that_the_bot_cannot_see(house: House, way: str) -> None:
    """What everybody writes where the bot sees nothing earns nothing; what is for few is their own."""
    news, logs = await house_with_channels(house)
    await house.pg.deny(logs, "view_channel", target=house.pg.guild.everyone)
    await house.pg.idle()
    assert "All is well" in await status(house, way)
    await house.pg.deny(news, "view_channel")
    await house.pg.idle()
    text = await status(house, way)
    assert f"I cannot see {news.mention}, so messages there earn nothing." in text
    assert "**View Channel**" in text
    assert logs.mention not in text


async def test_a_trouble_that_was_met_elsewhere(house: House) -> None:
    """A channel that is named nowhere, but where something could not be told, is told with since when."""
    await house.connect()
    key = announcements_key(house.pg.guild.id)
    met = Trouble(channel_id=5, problem="forbidden", since_at=house.now - DAY)
    record = AnnouncementsRecord(troubles={"5": met})
    await house.store.commit((key,), lambda _: Decision(None, {key: record}))
    text = await status(house)
    assert f"I may not write in <#5>, since <t:{(house.now - DAY) // 1000}:R>." in text
    assert "Give me the permissions **View Channel** and **Send Messages** there" in text


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_reward_roles_that_cannot_be_given(house: House, way: str) -> None:
    """A role above the bot's own is told with how to move it."""
    await house.connect()
    role = await house.pg.create_role("high", position=1)
    await house.pg.idle()
    await house.ask(house.pg.guild.owner, f"!rewards add 5 {role.mention}")
    assert "All is well" in await status(house, way)
    await house.pg.move_role(role, 99)
    await house.pg.idle()
    text = await status(house, way)
    assert "Role rewards" in text
    assert role.mention in text
    await house.pg.move_role(role, 1)
    await house.pg.idle()
    assert "All is well" in await status(house, way)


async def test_rules_that_cannot_be_used(house: House) -> None:
    """What is stored is shown with the command that mends it, and does; leveling that is off is told."""
    await house.connect()
    await set_rules(house, earning__cooldown_seconds=-5, general__enabled=False, quests__enabled=True)
    text = await status(house)
    assert "`quests.enabled` (`on`) is stored, and this version has no such rule." in text
    assert "Leveling is off: nobody earns anything. `/config enabled on` switches it on." in text
    assert "`earning.cooldown_seconds`: what is stored (`-5`) cannot be used any more" in text
    owner = house.pg.guild.owner
    await house.pg.slash(owner, "config reset", rule="earning.cooldown_seconds")
    await house.pg.slash(owner, "config enabled", state="on")
    assert "All is well" in await status(house)


async def test_lists_that_name_what_is_gone(house: House) -> None:
    """A deleted channel or role that stops everybody from earning is told as that; others do no harm."""
    await house.connect()
    await set_rules(house, scope__only_xp_channels=[5, 6], scope__only_xp_roles=[7])
    text = await status(house)
    assert "No message earns anything: every channel that `scope.only_xp_channels` names is gone." in text
    assert "Nobody earns anything: every role that `scope.only_xp_roles` names is gone." in text
    general = house.pg.channel("general").id
    await set_rules(
        house,
        scope__only_xp_channels=[5, general],
        scope__only_xp_roles=[7],
        scope__only_xp_members=[8],
        multipliers__roles=[{"id": 9, "factor": "2"}, {"id": 10, "factor": "2"}],
    )
    text = await status(house)
    assert "`scope.only_xp_channels` names a channel that is gone, or a thread that is archived." in text
    assert "`scope.only_xp_roles` names a role that is gone. It does no harm" in text
    assert "`multipliers.roles` names 2 roles that are gone." in text


async def test_what_follows_the_ledger_is_late(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscriber that hangs is told once its lines are a minute old, until they are delivered."""
    ann = house.person("ann")
    await house.give(ann, xp=95)
    await house.connect()
    go_on = asyncio.Event()

    async def hang(*_: object) -> None:
        await go_on.wait()

    monkeypatch.setattr(Announcer, "deliver", hang)
    said = await house.pg.say(ann, "hello")
    await house.wait_for(lambda: any(lag.waiting for lag in lags(house)))
    assert "All is well" in await status_during(house, said)
    await house.pg.advance(minutes=2)
    text = await status_during(house, said)
    assert "Announcements: 1 entry of this server waits since <t:" in text
    assert "It is tried again by itself" in text
    go_on.set()
    await house.settle()
    assert "All is well" in await status(house)


def lags(house: House) -> list[Any]:
    """Return how far subscribers are behind."""
    return house.context.feed.list_lags(house.pg.guild.id)


async def status_during(house: House, said: Message) -> str:
    """Ask for the status while something hangs, so that the bot never rests."""
    message = await house.pg.say(house.pg.guild.owner, "!config status", said.channel)
    return (await house.pg.wait_reply(after=message)).text


async def test_what_was_given_up_is_told_for_a_week(house: House) -> None:
    """They are counted by subscriber, with the last problem; not old ones, nor those of other guilds."""
    await house.connect()

    def letter(subscriber: str, age: int, guild_id: int = 0, problem: str = "ValueError: `no`") -> LedgerLine:
        outcome = DeliveryFailed(subscriber=subscriber, seq=1, problem=problem)
        return LedgerLine(
            at=house.now - age, guild_id=guild_id or house.pg.guild.id, user_id=0, outcome=outcome
        )

    letters = [
        letter("ranks", 9 * DAY),
        letter("announcements", 2 * DAY, problem="OSError: first"),
        letter("announcements", DAY),
        letter("somebody-elses", MINUTE),
        letter("ranks", MINUTE, guild_id=5),
    ]
    await house.store.commit((), lambda _: Decision(None, lines=letters))
    text = await status(house)
    assert "⚠️ 2 things need" in text
    assert "Announcements: 2 entries were given up in the last days (the last <t:" in text
    assert "`ValueError: 'no'`" in text
    assert "`somebody-elses`: 1 entry was given up" in text
    assert "ranks" not in text


async def test_a_long_list_is_bounded(house: House) -> None:
    """Of very many troubles of a kind some are told and the others counted; every message fits."""
    await house.connect()
    await set_rules(house, **{f"gone__rule{number:03}": 1 for number in range(150)})
    text = await status(house)
    assert "⚠️ 150 things need" in text
    assert "… and 138 more." in text
    assert len(text) < 6000


async def test_a_storage_that_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaker, queue, problem and cure come first, and the rest is told as ever."""
    await house.connect()
    health = StoreHealth(
        breaker="open",
        waiting=7,
        failing_since_at=house.now - MINUTE,
        problem="the disk is full",
        cure="Make room",
    )
    monkeypatch.setattr(GroupedStore, "health", health)
    await status_of_failing(house, monkeypatch)


async def status_of_failing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the status of a storage that is said to fail, then of one that cannot be read either."""
    text = await status(house)
    assert "⚠️ One thing needs somebody’s attention." in text
    assert "It fails again and again, so I try it once a minute" in text
    assert "What it says: `the disk is full`. What mends it: Make room." in text
    assert "7 entries wait and will be counted as soon as it works." in text
    assert "Rules, Channels, Announcements, Role rewards" in text

    async def fail(*_: object) -> NoReturn:
        raise StoreError(path="laurel.db", cause="the file is gone", cure="Bring it back")

    monkeypatch.setattr(GroupedStore, "list_ledger", fail)
    text = await status(house)
    assert "What I know cannot be read right now: `the file is gone`." in text


async def test_an_intent_that_is_missing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that is not told what is written says so, and who can change it."""
    intents = discord.Intents.default()
    intents.members = True
    monkeypatch.setattr("cogs.host.needed_intents", lambda: intents)
    await house.connect()
    text = await status(house)
    assert "I am run without the intent **Message Content**, so I miss what happens here." in text
