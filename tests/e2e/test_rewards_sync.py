"""`rewards sync`: all members at once, gently, and whatever happens in the middle of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import cast

import pytest

from cogs.rewards import sync as sync_module
from cogs.rewards import sync_report
from leveling_core.documents import RewardsRecord
from leveling_core.facts import RewardAddRequested
from leveling_core.ids import rewards_key
from playground import Member, Message
from playground.model import Role
from tests.e2e.house import House

LEVEL_2, LEVEL_5 = 150, 900
"""So much XP is level 2, and level 5."""

EDITS = ("PATCH", "PUT", "DELETE")


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sync wait for nothing and tell of every step."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(sync_module, "BACKOFF_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(sync_report, "PROGRESS_SECONDS", 0.0)


@pytest.fixture
async def members(house: House) -> list[Member]:
    """Give ten members of level 2, who have no roles yet, beside the owner of level 1.

    The bot is connected; level 2 earns the role Two, and level 5 the role Five.
    """
    members = [house.person(f"member{number}") for number in range(10)]
    two, five = (house.pg.world.add_role(house.pg.guild, name, position=1) for name in ("Two", "Five"))
    await house.connect()
    await house.give(house.pg.guild.owner, commands=1)
    for member in members:
        await house.give(member, xp=LEVEL_2)
    for number, (level, role) in enumerate(((2, two), (5, five)), 1):
        fact = RewardAddRequested(house.pg.guild.id, house.pg.guild.owner.id, number, level, role.id)
        await house.context.rewards.add(fact)
    return members


def names(member: Member) -> list[str]:
    """Return the roles that a member has, in the order of their names."""
    return sorted(role.name for role in member.roles)


def role(house: House, name: str) -> Role:
    """Return a role by its name."""
    return house.pg.role(name)


def edits(house: House) -> Counter[str]:
    """Return how many requests changed each member, by user id."""
    prefix = f"/guilds/{house.pg.guild.id}/members/"
    requests = (r for r in house.pg.server.requests if r.path.startswith(prefix) and r.method in EDITS)
    return Counter(request.path.removeprefix(prefix).partition("/")[0] for request in requests)


async def state(house: House) -> RewardsRecord:
    """Return what is kept of the guild's rewards."""
    return cast(RewardsRecord, await house.store.read(rewards_key(house.pg.guild.id)))


async def preview(house: House) -> Message:
    """Let the owner ask for a sync; return the answer."""
    [answer] = await house.pg.ask(house.pg.guild.owner, "!rewards sync")
    return answer


async def start(house: House) -> Message:
    """Let the owner begin a sync; return the message that tells of it."""
    message = await preview(house)
    await house.pg.press(house.pg.guild.owner, message, "Start", wait=False)
    return message


async def finish(house: House, message: Message) -> str:
    """Wait until a sync is over; return what was said."""
    await house.wait_for(lambda: message.content.startswith("✅"))
    await house.settle()
    return message.content


async def until_changed(house: House, count: int) -> None:
    """Wait until so many members were changed."""
    await house.wait_for(lambda: len(edits(house)) >= count)


async def test_all_members_get_what_their_level_earns(house: House, members: list[Member]) -> None:
    """It is asked for first; then each who lacks or has a role wrongly is changed once, nobody else."""
    painter = await house.pg.create_role("Painter", position=1)
    await house.pg.give_role(members[0], painter)
    await house.pg.give_role(members[1], role(house, "Two"))
    await house.pg.give_role(members[2], role(house, "Five"))
    await house.give(members[3], xp=LEVEL_5)
    stranger = await house.pg.join("stranger")
    await house.pg.give_role(stranger, role(house, "Five"))
    await house.settle()
    message = await preview(house)
    assert message.content == (
        "9 of 11 members have other roles than the level earns: I would give 10 roles and take 1. It takes"
        " about 11 seconds; meanwhile everything goes on. Roles that are no rewards stay as they are."
    )
    assert [button.label for button in message.buttons] == ["Start", "Cancel"]
    assert edits(house) == {}
    await house.pg.press(house.pg.guild.owner, message, "Start", wait=False)
    assert await finish(house, message) == "✅ All 11 members are done: 9 changed, 2 were right already."
    assert message.buttons == []
    assert names(members[0]) == ["Painter", "Two"]
    assert names(members[2]) == ["Two"]
    assert names(members[3]) == ["Five", "Two"]
    assert names(stranger) == ["Five"]
    assert set(edits(house).values()) == {1}
    assert (await state(house)).sync is None
    assert (await preview(house)).content == "All is as it should be: 11 members checked."


async def test_the_same_by_slash(house: House, members: list[Member]) -> None:
    """The slash command asks, its button begins, and its message tells how it does."""
    result = await house.pg.slash(house.pg.guild.owner, "rewards sync")
    assert result.response is not None
    await house.pg.press(house.pg.guild.owner, result.response, "Start", wait=False)
    await finish(house, result.response)
    assert all(names(member) == ["Two"] for member in members)
    assert any(text.startswith("⏳ 5 of 11 members are done: 4 changed") for text in result.response.edits)


async def test_only_whoever_asked_begins_it(house: House, members: list[Member]) -> None:
    """Others are told so; whoever has lost the permission meanwhile is too; cancelling changes nothing."""
    admin = await house.pg.create_role("Admin", position=1)
    await house.pg.grant(admin, "manage_guild", "manage_roles")
    await house.pg.give_role(members[0], admin)
    await house.settle()
    [message] = await house.pg.ask(members[0], "!rewards sync")
    refused = await house.pg.press(house.pg.guild.owner, message, "Start")
    assert refused.ephemeral
    assert "belong to whoever asked" in refused.text
    await house.pg.revoke(admin, "manage_roles")
    await house.settle()
    refused = await house.pg.press(members[0], message, "Start")
    assert refused.text == "You need the permission Manage Roles for this."
    await house.pg.grant(admin, "manage_roles")
    await house.settle()
    await house.pg.press(members[0], message, "Cancel")
    assert (message.content, message.buttons) == ("Nothing was changed.", [])
    assert edits(house) == {}


async def test_one_at_a_time_and_it_can_be_stopped(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second is told how far the first is; a stopped one tells what it did, and a new one does the rest."""
    other = await preview(house)
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 60.0)
    message = await start(house)
    await house.wait_for(lambda: message.content.startswith("⏳ 2 of"))
    assert "A sync is under way" in (await preview(house)).content
    refused = await house.pg.press(house.pg.guild.owner, other, "Start")
    assert "A sync is under way" in refused.text
    assert "2 of 11 members are done" in refused.text
    await house.pg.press(house.pg.guild.owner, message, "Stop")
    assert message.content.startswith("⏹️ Stopped after 2 of 11 members: 1 changed")
    assert message.buttons == []
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.0)
    assert await finish(house, await start(house)) == (
        "✅ All 11 members are done: 9 changed, 2 were right already."
    )
    assert set(edits(house).values()) == {1}
    assert all(names(member) == ["Two"] for member in members)


async def test_a_403_in_the_middle(house: House, members: list[Member]) -> None:
    """One member is refused: the others are changed, the report says why, and a second sync mends it."""
    house.pg.faults.fail(f"PUT /guilds/*/members/{members[4].id}/*", status=403)
    report = await finish(house, await start(house))
    assert "✅ All 11 members are done: 9 changed, 1 were right already." in report
    assert "⚠️ 1 member is not as it should be, because Discord did not let me change their roles." in report
    assert names(members[4]) == []
    report = await finish(house, await start(house))
    assert report == "✅ All 11 members are done: 1 changed, 10 were right already."
    assert (await state(house)).troubles == {}


async def test_the_permission_is_taken_away_in_the_middle(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It pauses and says so, asks Discord for nothing in vain, and goes on by itself."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.05)
    own = house.pg.bot_member.top_role
    message = await start(house)
    await until_changed(house, 3)
    await house.pg.revoke(own, "manage_roles")
    await house.wait_for(lambda: message.content.startswith("⏸️ Paused after"))
    asked = sum(edits(house).values())
    assert "I lack the permission **Manage Roles**. I go on as soon as I have it again." in message.content
    assert asked < 10
    await house.pg.grant(own, "manage_roles")
    assert await finish(house, message) == "✅ All 11 members are done: 10 changed, 1 were right already."
    assert sum(edits(house).values()) == len(members)


async def test_discord_refuses_again_and_again(house: House, members: list[Member]) -> None:
    """After a few in a row the others are not asked for: the sync stops and says why."""
    refused = house.pg.faults.fail("PUT /guilds/*/members/*", status=403, times=None)
    message = await start(house)
    await house.wait_for(lambda: message.content.startswith("⏹️ Stopped after 6 of 11"))
    await house.settle()
    assert refused.hits == 5
    assert "⚠️ 5 members are not as they should be, because Discord did not let me" in message.content
    house.pg.faults.clear()
    await finish(house, await start(house))
    assert all(names(member) == ["Two"] for member in members)


async def test_rewards_that_change_in_the_middle(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes through all again by the new rules: nobody is left by the old ones."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.02)
    three = await house.pg.create_role("Three", position=1)
    message = await start(house)
    await until_changed(house, 3)
    for rule in ("curve.step 30", "curve.kind linear"):
        await house.pg.ask(house.pg.guild.owner, f"!config set {rule}")
    await house.pg.ask(house.pg.guild.owner, f"!rewards add 3 {three.mention}")
    await finish(house, message)
    assert all(names(member) == ["Five", "Three", "Two"] for member in members)
    assert (await state(house)).stale_since_at == 0


async def test_leveling_is_switched_off_in_the_middle(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops and says how far it came."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.02)
    message = await start(house)
    await until_changed(house, 2)
    await house.pg.ask(house.pg.guild.owner, "!config enabled off")
    await house.wait_for(lambda: message.content.startswith("⏹️ Stopped after"))
    await house.settle()
    assert len(edits(house)) < len(members)
    assert (await state(house)).sync is None


async def test_a_member_leaves_as_it_comes_to_them(house: House, members: list[Member]) -> None:
    """Nobody is counted as changed who is not there."""
    house.pg.faults.hold("GUILD_MEMBER_REMOVE", times=1)
    await house.pg.leave(members[3])
    report = await finish(house, await start(house))
    assert report == "✅ All 11 members are done: 9 changed, 2 were right already."


async def test_the_audit_tells_of_it(house: House, members: list[Member]) -> None:
    """Who began it and what came of it stand in the audit."""
    await finish(house, await start(house))
    [audit] = await house.pg.ask(house.pg.guild.owner, "!audit")
    owner = house.pg.guild.owner.mention
    assert f"{owner} began to put the roles of 11 members right" in audit.text
    assert f"The sync of roles of {owner} is done: 10 changed, 1 were right" in audit.text
    assert len(members) == 10


async def test_what_is_due_is_said_until_it_is_done(house: House, members: list[Member]) -> None:
    """After a change of the rewards the status says that a sync is due; one that finds all right will do."""
    owner, hint = house.pg.guild.owner, "`rewards sync` gives and takes what is due since then"
    await house.pg.ask(owner, "!config set rewards.mode replace")
    await house.settle()
    assert hint in (await house.ask(owner, "!config show")).text
    await finish(house, await start(house))
    assert hint not in (await house.ask(owner, "!config show")).text
    await house.pg.ask(owner, "!config set rewards.mode stack")
    await house.settle()
    assert hint in (await house.ask(owner, "!config show")).text
    assert "11 members checked" in (await preview(house)).content
    assert hint not in (await house.ask(owner, "!config show")).text
    assert len(members) == 10


async def test_a_reward_that_nobody_has_reached_makes_nothing_due(house: House) -> None:
    """Whoever sets up the first rewards has nothing to put right."""
    await house.connect()
    owner, role = house.pg.guild.owner, await house.pg.create_role("Far", position=1)
    await house.pg.idle()
    await house.pg.ask(owner, f"!rewards add 50 {role.mention}")
    await house.settle()
    assert (await state(house)).stale_since_at == 0
    await house.pg.ask(owner, "!config set curve.kind mee6")
    await house.settle()
    assert (await state(house)).stale_since_at != 0


async def test_a_role_moved_above_the_bot_is_left_out(house: House, members: list[Member]) -> None:
    """The other roles are given all the same, and the report says whom it concerns."""
    await house.give(members[0], xp=LEVEL_5)
    await house.pg.move_role(role(house, "Two"), 9)
    await house.settle()
    message = await preview(house)
    assert "1 of 11 members has other roles" in message.content
    assert "⚠️ 10 members earn, or have to lose, a role that does not stand below my own" in message.content
    await house.pg.press(house.pg.guild.owner, message, "Start", wait=False)
    report = await finish(house, message)
    assert "⚠️ 10 members earn, or have to lose, a role that does not stand below my own" in report
    assert names(members[0]) == ["Five"]


async def test_what_cannot_be_done_is_said_first(house: House, members: list[Member]) -> None:
    """Where a sync has nothing else to do, it does not say that all is right, and is not asked for again."""
    owner, due = house.pg.guild.owner, "`rewards sync` gives and takes what is due since then"
    again = "`rewards sync` gives and takes it now"
    await house.give(members[0], xp=LEVEL_5)
    await finish(house, await start(house))
    await house.pg.take_role(members[0], role(house, "Five"))
    await house.pg.move_role(role(house, "Five"), 9)
    await house.ask(owner, "!config set rewards.mode replace")
    await house.ask(owner, "!config set rewards.mode stack")
    await house.settle()
    assert due in (await house.ask(owner, "!config status")).text
    assert (await preview(house)).content.splitlines() == [
        "⚠️ 1 member earns, or has to lose, a role that does not stand below my own highest role.",
        "`rewards list` shows what is wrong and what mends it.",
        "But for that all is as it should be: 11 members checked.",
    ]
    status = (await house.ask(owner, "!config status")).text
    assert "does not stand below my own highest role" in status
    assert due not in status
    assert again not in status
    await house.pg.move_role(role(house, "Five"), 1)
    await house.settle()
    assert again in (await house.ask(owner, "!config status")).text
    await finish(house, await start(house))
    assert again not in (await house.ask(owner, "!config status")).text
    assert "Five" in names(members[0])


async def test_a_restart_in_the_middle(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process goes on where the last one was, in the same message; nobody is changed twice."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 60.0)
    message = await start(house)
    await house.wait_for(lambda: message.content.startswith("⏳ 2 of"))
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.0)
    await house.reopen()
    assert "11 members are done: 10 changed" in await finish(house, message)
    assert len(edits(house)) == 10
    assert set(edits(house).values()) == {1}
    assert all(names(member) == ["Two"] for member in members)


async def test_a_crash_between_a_change_and_its_note(house: House, members: list[Member]) -> None:
    """Discord has changed a member, the bot died before it knew: found right, it is not changed again."""
    lost = house.pg.faults.lose_answer(f"PUT /guilds/*/members/{members[0].id}/*")
    message = await start(house)
    await house.wait_for(lambda: lost.hits > 0)
    await house.crash()
    house.faults.texts.clear()
    await house.start_again()
    await finish(house, message)
    assert len(edits(house)) == 10
    assert all(names(member) == ["Two"] for member in members)


async def test_the_bot_is_removed_in_the_middle(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sync ends without a word, and does not come back with the bot."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.02)
    await start(house)
    await until_changed(house, 2)
    await house.pg.leave(house.pg.bot_member)
    async with asyncio.timeout(5):
        while (await state(house)).sync is not None:  # noqa: ASYNC110 -- nothing tells of it
            await asyncio.sleep(0.01)
    assert len(edits(house)) < len(members)


async def test_failures_of_discord_only_delay(house: House, members: list[Member]) -> None:
    """A server error is tried again; who cannot be changed at all is passed over and counted."""
    house.pg.faults.fail("PUT /guilds/*/members/*", status=503)
    hopeless = house.pg.faults.fail(f"PUT /guilds/*/members/{members[5].id}/*", status=503, times=None)
    report = await finish(house, await start(house))
    assert "9 changed" in report
    assert "⚠️ 1 member was passed over, because Discord failed again and again." in report
    assert hopeless.hits == 3
    house.pg.faults.clear()


async def test_the_message_is_deleted_meanwhile(house: House, members: list[Member]) -> None:
    """What came of it is told in a message of its own."""
    message = await preview(house)
    house.pg.faults.hold("MESSAGE_UPDATE")
    await house.pg.press(house.pg.guild.owner, message, "Start", wait=False)
    await house.pg.delete(message)
    await house.wait_for(lambda: any("✅ All 11" in text for text in house.posts()))
    assert all(names(member) == ["Two"] for member in members)


async def test_levels_reached_meanwhile_are_kept(
    house: House, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who rises while the sync is on is done with the level of the moment, whoever comes first."""
    monkeypatch.setattr(sync_module, "PAUSE_SECONDS", 0.02)
    message = await start(house)
    await until_changed(house, 1)
    for member in (members[0], members[9]):
        await house.give(member, xp=795)
        await house.pg.say(member)
    await finish(house, message)
    assert names(members[0]) == names(members[9]) == ["Five", "Two"]


async def test_nothing_to_sync(house: House) -> None:
    """Without rewards there is nothing to do, and it is said how to have some."""
    await house.connect()
    assert "No level earns a role yet" in (await preview(house)).content


async def test_a_parameter_that_the_curve_does_not_use(house: House, members: list[Member]) -> None:
    """Whoever changes it is told when it will be used; nothing is due by it."""
    owner, unused = house.pg.guild.owner, "is used only once `curve.kind` is"
    await finish(house, await start(house))
    answer = (await house.ask(owner, "!config set curve.table 0, 10, 20")).text
    assert answer.splitlines()[1:] == [f"It {unused} `table`; now that is `power`."]
    answer = (await house.ask(owner, "!config set curve.multiplier 3")).text
    assert answer.splitlines()[1:] == [f"It {unused} `exponential`; now that is `power`."]
    await house.settle()
    assert (await state(house)).stale_since_at == 0
    assert unused not in (await house.ask(owner, "!config set curve.base 50")).text
    answer = (await house.ask(owner, "!config set curve.kind table")).text
    assert "Nobody’s roles change by this alone" in answer
    await house.settle()
    assert (await state(house)).stale_since_at != 0
    assert unused in (await house.ask(owner, "!config reset curve.base")).text
    assert len(members) == 10


async def test_a_curve_changes_nobody_by_itself(house: House, members: list[Member]) -> None:
    """Whoever changes the curve is told that a sync gives and takes what is due by the new one."""
    await finish(house, await start(house))
    hint = "Nobody’s roles change by this alone: `!rewards sync` gives and takes what is due now."
    for change in ("curve.kind linear", "curve.step 30"):
        [told] = await house.pg.ask(house.pg.guild.owner, f"!config set {change}")
        assert hint in told.content
    [told] = await house.pg.ask(house.pg.guild.owner, "!config set curve.kind linear")
    assert hint not in told.content
    assert len(edits(house)) == 10
    await finish(house, await start(house))
    assert all(names(member) == ["Five", "Two"] for member in members)
