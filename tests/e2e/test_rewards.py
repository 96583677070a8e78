"""Roles as rewards: what admins say, what members get, and what happens when Discord does not let it."""

from __future__ import annotations

import pytest

from cogs.rewards import RewardsCog, worker
from leveling_core.documents import RoleTrouble
from leveling_core.facts import MemberPresenceObserved
from playground import Member
from playground.model import Role
from tests.e2e.house import House

ALMOST_2, ALMOST_5 = 95, 790
"""A little under the XP of levels 2 (100) and 5 (800): the next message, 15 XP, reaches it."""

EDITS = ("PATCH", "PUT", "DELETE")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon what failed."""
    monkeypatch.setattr(worker, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "LAST_PAUSE_SECONDS", 0.02)


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected."""
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2)
    await house.connect()
    return ann


async def new_role(house: House, name: str) -> Role:
    """Make a role below the bot's own."""
    role = await house.pg.create_role(name, position=1)
    await house.pg.idle()
    return role


async def add(house: House, level: int, role: Role, mode: str = "") -> None:
    """Let the owner make a role a reward."""
    text = await tell(house, f"!rewards add {level} {role.mention} {mode}")
    assert f"Level {level} earns {role.mention} from now on" in text


async def tell(house: House, command: str) -> str:
    """Let the owner give a command; return the answer."""
    [answer] = await house.pg.ask(house.pg.guild.owner, command)
    return answer.text


def names(member: Member) -> list[str]:
    """Return the roles that a member has, in the order of their names."""
    return sorted(role.name for role in member.roles)


def edits(house: House, member: Member) -> list[str]:
    """Return the methods of the requests that changed a member."""
    path = f"/guilds/{house.pg.guild.id}/members/{member.id}"
    requests = house.pg.server.requests
    return [r.method for r in requests if r.path.startswith(path) and r.method in EDITS]


async def set_xp(house: House, member: Member, xp: int) -> None:
    """Let the owner set a member's XP, and wait until all that comes of it is done."""
    assert "XP" in await tell(house, f"!xp set {member.mention} {xp}")
    await house.settle()


# what admins say


async def test_a_reward_is_added_shown_and_removed(house: House) -> None:
    """By prefix: the list shows it, who has the role keeps it when the reward is gone."""
    await house.connect()
    regular, veteran = await new_role(house, "Regular"), await new_role(house, "Veteran")
    assert "No level earns a role yet" in await tell(house, "!rewards")
    await add(house, 5, regular)
    await add(house, 10, veteran, "replace")
    shown = await tell(house, "!rewards list")
    assert f"**Level 5**: {regular.mention}\n\n**Level 10**: {veteran.mention} (gives way" in shown
    assert "Level 5 earns it" not in shown
    removed = await tell(house, f"!rewards remove {regular.mention}")
    assert f"Level 5 earns {regular.mention} no more." in removed
    assert "Who has it keeps it" in removed
    assert f"Level 10 earns {veteran.mention} no more." in await tell(house, "!rewards remove 10")
    assert "is no reward" in await tell(house, "!rewards remove 10")


async def test_the_same_by_slash(house: House) -> None:
    """The slash commands do the same, with rewards to choose from when one is removed."""
    await house.connect()
    owner, regular = house.pg.guild.owner, await new_role(house, "Regular")
    answer = await house.slash(owner, "rewards add", level=5, role=regular, mode="replace")
    assert "until a higher level earns one in its place" in answer.text
    assert regular.mention in (await house.slash(owner, "rewards list")).text
    [choice] = await house.pg.autocomplete(owner, "rewards remove", "reward", "reg")
    assert choice == {"name": "Level 5: Regular", "value": str(regular.id)}
    answer = await house.slash(owner, "rewards remove", reward=choice["value"])
    assert f"Level 5 earns {regular.mention} no more." in answer.text


async def test_a_role_that_cannot_be_given_is_refused_with_what_mends_it(house: House) -> None:
    """Above the bot's own, of an app, everybody's, of nowhere, and any while Manage Roles is missing."""
    await house.connect()
    above, below = await house.pg.create_role("Above"), await new_role(house, "Below")
    await house.pg.idle()
    own = house.pg.bot_member.top_role
    told = await tell(house, f"!rewards add 5 {above.mention}")
    assert f"{above.mention} does not stand below my own highest role" in told
    assert "drag my role **Laurel** above it" in told
    assert "Discord gives it by itself" in await tell(house, f"!rewards add 5 {own.mention}")
    assert "Everybody has" in await tell(house, f"!rewards add 5 {house.pg.guild.id}")
    assert "There is no role `12345`" in await tell(house, "!rewards add 5 12345")
    await house.pg.revoke(own, "manage_roles")
    await house.pg.idle()
    told = await tell(house, f"!rewards add 5 {below.mention}")
    assert told == (
        "I lack the permission **Manage Roles**. Give it to me in the server settings, under Roles."
    )
    assert "No level earns a role yet" in await tell(house, "!rewards")


async def test_a_role_with_power_over_others_is_not_for_earning(house: House, ann: Member) -> None:
    """It is refused, naming what it may; one that gets such a permission later is only taken any more."""
    strong = await new_role(house, "Strong")
    await house.pg.grant(strong, "kick_members", "mention_everyone")
    await house.pg.idle()
    told = await tell(house, f"!rewards add 2 {strong.mention}")
    assert "it is not for earning. Choose another role, or take Kick Members, Mention Everyone away" in told
    await house.pg.revoke(strong, "kick_members", "mention_everyone")
    await house.pg.idle()
    await add(house, 2, strong)
    await house.pg.grant(strong, "administrator")
    await house.say(ann)
    assert names(ann) == []
    await house.pg.give_role(ann, strong)
    await set_xp(house, ann, 0)
    assert names(ann) == []


async def test_what_is_there_or_cannot_be_reached_is_said(house: House) -> None:
    """The same role twice, the level everybody begins with, and one beyond the curve."""
    await house.connect()
    regular = await new_role(house, "Regular")
    await add(house, 5, regular)
    told = await tell(house, f"!rewards add 7 {regular.mention}")
    assert f"{regular.mention} is the reward of level 5 already (it is kept at higher levels)" in told
    for level in (1, 1001):
        other = await new_role(house, f"Other {level}")
        told = await tell(house, f"!rewards add {level} {other.mention}")
        assert "levels 2 to 1,000 can be reached" in told


async def test_manage_server_alone_is_not_enough(house: House) -> None:
    """Rewards give roles away: that takes Manage Roles too, and nobody gives what stands above themselves."""
    ann, bob = house.person("ann"), house.person("bob")
    await house.connect()
    regular = await new_role(house, "Regular")
    keeper, giver = await new_role(house, "Keeper"), await new_role(house, "Giver")
    await house.pg.grant(keeper, "manage_guild")
    await house.pg.grant(giver, "manage_guild", "manage_roles")
    await house.pg.give_role(ann, keeper)
    await house.pg.give_role(bob, giver)
    await house.pg.idle()
    add_it = f"!rewards add 5 {regular.mention}"
    assert (await house.ask(ann, add_it)).text == "You need the permission Manage Roles for this."
    assert "does not stand below your own highest role" in (await house.ask(bob, add_it)).text
    await house.pg.move_role(giver, 2)
    await house.pg.move_role(house.pg.bot_member.top_role, 3)
    await house.pg.idle()
    assert "from now on" in (await house.ask(bob, add_it)).text


async def test_everybody_may_see_what_there_is_to_earn(house: House) -> None:
    """A member is shown the roles, by slash too, but not what is wrong with them nor how they are made."""
    ann = house.person("ann")
    await house.connect()
    for level, name in ((5, "Regular"), (10, "Gone"), (20, "Moved")):
        await add(house, level, await new_role(house, name))
    await house.pg.delete_role("Gone")
    await house.pg.move_role("Moved", 9)
    await house.pg.idle()
    shown = (await house.slash(ann, "rewards list")).text
    assert f"**Level 5**: {house.pg.role('Regular').mention}" in shown
    assert "**Level 20**" in shown
    assert "Level 10" not in shown
    assert "⚠️" not in shown
    assert "rewards add" not in shown
    assert shown in (await house.ask(ann, "!rewards")).text
    for command in ("rewards add 5 Regular", "rewards remove 5", "rewards sync"):
        assert (await house.ask(ann, f"!{command}")).text == "You need the permission Manage Server for this."


# what members get


async def test_a_level_gives_its_role_and_the_announcement_names_it(house: House, ann: Member) -> None:
    """One request gives it, with a reason for the audit log; a role that is no reward stays untouched."""
    regular, own = await new_role(house, "Regular"), await new_role(house, "Painter")
    await house.pg.give_role(ann, own)
    await add(house, 2, regular)
    house.pg.general.messages.clear()
    await house.say(ann)
    assert names(ann) == ["Painter", "Regular"]
    assert edits(house, ann) == ["PUT"]
    assert {request.reason for request in house.pg.server.requests} == {None, "Role rewards of level 2"}
    [post] = house.pg.replies()
    assert post.content == "🎉 ann reached level 2 and earned the role **Regular**!"
    assert post.pinged_ids == []


async def test_a_jump_gives_all_at_once(house: House, ann: Member) -> None:
    """Several roles are one request, and told in one message together with what else was earned."""
    for level, name in ((2, "Two"), (4, "Four"), (5, "Five")):
        await add(house, level, await new_role(house, name))
    house.pg.general.messages.clear()
    await house.give(ann, xp=ALMOST_5)
    await house.say(ann)
    assert names(ann) == ["Five", "Four", "Two"]
    assert edits(house, ann) == ["PATCH"]


async def test_a_role_that_gives_way_is_replaced(house: House, ann: Member) -> None:
    """In a server that replaces, the new role comes and the old one goes in one request."""
    await tell(house, "!config set rewards.mode replace")
    two, three = await new_role(house, "Two"), await new_role(house, "Three")
    await add(house, 2, two)
    await add(house, 3, three)
    await house.say(ann)
    assert names(ann) == ["Two"]
    await house.pg.advance(minutes=2)
    await house.give(ann, xp=275)
    await house.say(ann)
    assert names(ann) == ["Three"]
    assert edits(house, ann) == ["PUT", "PATCH"]


async def test_a_lost_level_takes_its_role(house: House, ann: Member) -> None:
    """Who falls loses the roles of levels lost and keeps the others."""
    for level, name in ((2, "Two"), (5, "Five")):
        await add(house, level, await new_role(house, name))
    await house.give(ann, xp=ALMOST_5)
    await house.say(ann)
    assert names(ann) == ["Five", "Two"]
    await set_xp(house, ann, 150)
    assert names(ann) == ["Two"]


async def test_who_comes_back_gets_the_roles_back(house: House, ann: Member) -> None:
    """Discord takes all roles from who leaves; what the level earns is given again."""
    await add(house, 2, await new_role(house, "Regular"))
    await house.say(ann)
    await house.pg.leave(ann)
    await house.settle()
    await house.pg.advance(minutes=5)
    again = await house.pg.join(ann)
    await house.settle()
    assert names(again) == ["Regular"]


async def test_a_return_while_the_connection_was_lost(house: House, ann: Member) -> None:
    """Neither leaving nor joining is told of then, yet the roles are gone: they come back all the same."""
    await add(house, 2, await new_role(house, "Regular"))
    await house.say(ann)
    house.pg.faults.drop(resumable=False)
    await house.pg.leave(ann)
    await house.pg.advance(minutes=5)
    again = await house.pg.join(ann)
    await house.settle()
    assert names(again) == ["Regular"]


async def test_who_left_and_came_back_while_the_bot_was_away(house: House, ann: Member) -> None:
    """The comparison at the start sees that somebody joined after what they did here."""
    await add(house, 2, await new_role(house, "Regular"))
    await house.say(ann)
    await house.pg.stop_bot()
    await house.pg.advance(minutes=5)
    await house.pg.leave(ann)
    again = await house.pg.join(ann)
    await house.pg.connect(house.make_bot())
    await house.settle()
    assert names(again) == ["Regular"]
    await house.restart()
    await house.settle()
    assert edits(house, again) == ["PUT", "PUT"]


async def test_who_has_not_agreed_to_the_rules_waits(house: House, ann: Member) -> None:
    """A role would let them in; it is given once they have agreed."""
    await add(house, 2, await new_role(house, "Regular"))
    ann.pending = True
    house.pg.server.actions.member_updated(ann)
    await house.say(ann)
    assert names(ann) == []
    ann.pending = False
    house.pg.server.actions.member_updated(ann)
    await house.settle()
    assert names(ann) == ["Regular"]


# what Discord does not let the bot do


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


# what is owed


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
