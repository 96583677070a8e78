"""Roles that cannot be given now: whose fault it is, who is told, and that nobody is forgotten."""

from __future__ import annotations

import pytest

from cogs.rewards import RewardsCog, worker
from leveling_core.documents import RoleTrouble
from leveling_core.facts import MemberPresenceObserved
from playground import Member
from tests.e2e.house import House
from tests.e2e.rewarded import ALMOST_5, add, edits, let_ann_in, names, new_role, set_xp, tell


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon what failed."""
    monkeypatch.setattr(worker, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "LAST_PAUSE_SECONDS", 0.02)


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected."""
    return await let_ann_in(house)


async def test_a_role_moved_above_the_bot(house: House, ann: Member) -> None:
    """Nobody gets it or is told of it; admins are told once, with the cure, and then it comes by itself."""
    regular = await new_role(house, "Regular")
    await add(house, 2, regular)
    await house.pg.create_channel("log")
    log = house.pg.channel("log")
    await tell(house, f"!config set announcements.log_channel {log.mention}")
    await house.pg.move_role(regular, 9)
    house.pg.general.messages.clear()
    await house.say(ann)
    assert names(ann) == []
    assert edits(house, ann) == []
    assert house.posts() == ["🎉 ann reached level 2!"]
    [told] = house.posts(log)
    assert f"{regular.mention} does not stand below my own highest role. In the server settings" in told
    assert "drag my role **Laurel** above it" in await tell(house, "!config show")
    assert "⚠️" in await tell(house, "!rewards list")
    await house.give(ann, xp=ALMOST_5)
    await house.pg.advance(minutes=2)
    await house.say(ann)
    assert len(house.posts(log)) == 1

    await house.pg.move_role(regular, 1)
    await house.settle()
    assert names(ann) == ["Regular"]
    assert "drag my role" not in await tell(house, "!config show")
    assert (await house.context.rewards.get_record(house.pg.guild.id)).troubles == {}


async def test_a_role_is_told_of_by_its_name_where_no_mention_shows_it(house: House, ann: Member) -> None:
    """Discord shows mentions of roles in their own server alone, so not in what is told directly."""
    role = await new_role(house, "Two *stars*")
    await add(house, 2, role)
    await house.pg.grant(role, "kick_members")
    await house.say(ann)
    [told] = house.posts(house.pg.dm(house.pg.guild.owner))
    assert told.startswith(r"In **Playground**: **Two \*stars\*** lets its members do things to others")
    assert role.mention not in told


async def test_manage_roles_taken_away(house: House, ann: Member) -> None:
    """Without a log channel whoever added the reward is told directly, once for all roles."""
    await add(house, 2, await new_role(house, "Two"))
    await add(house, 3, await new_role(house, "Three"))
    await house.give(ann, xp=280)
    await house.pg.revoke(house.pg.bot_member.top_role, "manage_roles")
    await house.say(ann)
    owner = house.pg.guild.owner
    [told] = house.posts(house.pg.dm(owner))
    assert told.startswith("In **Playground**: I lack the permission **Manage Roles**. Give it to me")
    record = await house.context.rewards.get_record(house.pg.guild.id)
    assert [(trouble.role_id, trouble.problem) for trouble in record.troubles.values()] == [(0, "permission")]
    assert "I lack the permission **Manage Roles**" in await tell(house, "!config show")
    await house.pg.grant(house.pg.bot_member.top_role, "manage_roles")
    await house.settle()
    assert names(ann) == ["Three", "Two"]


async def test_a_refusal_that_nobody_foresaw(house: House, ann: Member) -> None:
    """A 403 is noted as trouble and stays until the role could be given; nothing is tried in a loop."""
    regular = await new_role(house, "Regular")
    await add(house, 2, regular)
    refused = house.pg.faults.fail("PUT /guilds/*/members/*", status=403)
    await house.say(ann)
    assert (refused.hits, names(ann)) == (1, [])
    assert f"Discord did not let me give or take {regular.mention}" in await tell(house, "!config show")
    for xp in (0, 120):
        await set_xp(house, ann, xp)
    assert names(ann) == ["Regular"]
    assert "Discord did not let me" not in await tell(house, "!config show")


async def test_a_deleted_role(house: House, ann: Member) -> None:
    """It is passed over, the list shows it as gone with what removes it, and that works by its id."""
    regular, other = await new_role(house, "Regular"), await new_role(house, "Other")
    await add(house, 2, regular)
    await add(house, 2, other)
    await house.pg.delete_role(regular)
    await house.say(ann)
    assert names(ann) == ["Other"]
    shown = await tell(house, "!rewards")
    assert f"The role `{regular.id}` is not one of this server any more" in shown
    assert f"Remove it with `rewards remove {regular.id}`" in shown
    assert "no more" in await tell(house, f"!rewards remove {regular.id}")


async def test_failures_of_discord_only_delay(house: House, ann: Member) -> None:
    """A rate limit and a server error cost time, not the role."""
    await add(house, 2, await new_role(house, "Regular"))
    house.pg.faults.rate_limit("PUT /guilds/*/members/*", retry_after=0.05)
    house.pg.faults.fail("PUT /guilds/*/members/*", status=503)
    await house.say(ann)
    assert names(ann) == ["Regular"]


async def test_who_leaves_meanwhile_is_no_trouble(house: House, ann: Member) -> None:
    """A member who is gone when the role comes is passed over."""
    await add(house, 2, await new_role(house, "Regular"))
    house.pg.faults.hold("GUILD_MEMBER_REMOVE")
    await house.pg.leave(ann)  # the bot is not told of it yet
    await set_xp(house, ann, 120)
    assert edits(house, ann) == ["PUT"]
    record = await house.context.rewards.get_record(house.pg.guild.id)
    assert record.troubles == {}


async def test_troubles_go_with_the_reward(house: House) -> None:
    """What is no reward any more is no trouble."""
    await house.connect()
    regular = await new_role(house, "Regular")
    await add(house, 2, regular)
    guild_id = house.pg.guild.id
    await house.context.rewards.note_trouble(guild_id, RoleTrouble(regular.id, "forbidden", house.now))
    await tell(house, "!rewards remove 2")
    await house.settle()
    assert (await house.context.rewards.get_record(guild_id)).troubles == {}


async def test_nothing_is_taken_from_whom_nothing_is_known_of(house: House) -> None:
    """A role given by hand to somebody without progress is an admin's own business."""
    bob = house.person("bob")
    await house.connect()
    regular = await new_role(house, "Regular")
    await add(house, 2, regular)
    await house.pg.give_role(bob, regular)
    fact = MemberPresenceObserved(house.pg.guild.id, bob.id, True, house.now, house.now)
    await house.leveling.observe_presence(fact)
    await house.context.rewards.list_wanted(house.pg.guild.id, [bob.id])
    assert names(bob) == ["Regular"]


async def test_what_discord_does_not_take_now_is_owed(
    house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long Discord is away, the role is not given up; a restart forgets nothing."""
    await add(house, 2, await new_role(house, "Regular"))
    away = house.pg.faults.fail("PUT /guilds/*/members/*", status=503, times=None)
    await house.pg.say(ann)
    await house.wait_for(lambda: away.hits >= 6)
    monkeypatch.setattr(worker, "FIRST_PAUSE_SECONDS", 60.0)
    monkeypatch.setattr(worker, "LAST_PAUSE_SECONDS", 60.0)
    await house.pg.stop_bot()
    house.pg.faults.clear()
    await house.pg.connect(house.make_bot())
    await house.settle()
    assert names(ann) == ["Regular"]
    assert (await house.context.rewards.get_record(house.pg.guild.id)).owed == {}


async def test_a_crash_before_the_role_is_given(house: House, ann: Member) -> None:
    """The level is on disk, so the role comes with the next start."""
    await add(house, 2, await new_role(house, "Regular"))
    refused = house.pg.faults.refuse_connection("PUT /guilds/*/members/*", times=None)
    await house.pg.say(ann)
    await house.wait_for(lambda: refused.hits > 0)
    await house.crash()
    house.pg.faults.clear()
    house.faults.texts.clear()
    await house.start_again()
    assert names(ann) == ["Regular"]


async def test_a_lost_answer_gives_nothing_twice(house: House, ann: Member) -> None:
    """Discord did it, the answer was lost: the next look finds the role there."""
    await add(house, 2, await new_role(house, "Two"))
    await add(house, 3, await new_role(house, "Three"))
    await house.give(ann, xp=280)
    house.pg.faults.lose_answer("PATCH /guilds/*/members/*")
    await house.say(ann)
    assert names(ann) == ["Three", "Two"]
    assert edits(house, ann) == ["PATCH"]


async def test_a_server_that_is_away_gets_its_roles_later(house: House, ann: Member) -> None:
    """What was earned just before an outage of the server is given after it; others do not wait for it."""
    await add(house, 2, await new_role(house, "Regular"))
    guild_id = house.pg.guild.id
    await house.pg.outage()
    await house.context.rewards.owe(guild_id, {ann.id: 1})
    await house.give(ann, xp=150)
    cog = house.bot.get_cog("LaurelRewards")
    assert isinstance(cog, RewardsCog)
    cog.workers.nudge(guild_id)
    assert house.context.feed.is_idle
    assert not cog.workers.is_idle
    await house.pg.end_outage()
    await house.settle()
    assert names(ann) == ["Regular"]


async def test_what_others_change_meanwhile_stays(house: House, ann: Member) -> None:
    """Several roles are one request that names all: what Discord says at that moment is in it."""
    await add(house, 2, await new_role(house, "Two"))
    await add(house, 3, await new_role(house, "Three"))
    painter = await new_role(house, "Painter")
    await house.give(ann, xp=280)
    house.pg.faults.hold("GUILD_MEMBER_UPDATE")
    await house.pg.give_role(ann, painter)  # the bot is told of it too late
    await house.say(ann)
    house.pg.faults.release()
    await house.settle()
    assert names(ann) == ["Painter", "Three", "Two"]


async def test_while_leveling_is_off_no_role_is_touched(house: House, ann: Member) -> None:
    """What is due comes when it is on again."""
    await add(house, 2, await new_role(house, "Regular"))
    await house.give(ann, xp=150)
    await tell(house, "!config enabled off")
    await house.context.rewards.owe(house.pg.guild.id, {ann.id: 1})
    assert "Leveling is switched off" in await tell(house, "!rewards sync")
    await house.reopen()
    assert names(ann) == []
    await tell(house, "!config enabled on")
    await house.settle()
    assert names(ann) == ["Regular"]


async def test_a_return_with_nothing_but_imported_xp(house: House) -> None:
    """Nothing tells that they were here before, but joining alone is a reason to look."""
    await house.connect()
    await add(house, 2, await new_role(house, "Regular"))
    bob = house.pg.world.add_user("bob")
    await house.give(bob.id, xp=150)
    again = await house.pg.join(bob)
    await house.settle()
    assert names(again) == ["Regular"]
