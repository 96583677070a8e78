"""What admins say of role rewards, what is refused, and what everybody may see."""

from __future__ import annotations

import pytest

from leveling_core.facts import RulesChangeRequested
from leveling_core.rewards import MAX_REWARDS, REWARDS_RULE, role_mention
from playground import Member
from tests.e2e.house import House
from tests.e2e.rewarded import add, let_ann_in, names, new_role, set_xp, tell


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected."""
    return await let_ann_in(house)


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
    assert f"Level 10 earns {veteran.mention} no more." in await tell(house, '!rewards remove "Veteran"')
    assert "is no reward" in await tell(house, "!rewards remove 10")


async def test_all_rewards_of_a_level_are_removed_at_once(house: House) -> None:
    """As many as there can be: the answer names each, in as many messages as that takes."""
    await house.connect()
    guild_id, role_ids = house.pg.guild.id, range(10**18, 10**18 + MAX_REWARDS)
    rewards = ",".join(f"5 {role_mention(role_id)}" for role_id in role_ids)
    fact = RulesChangeRequested(guild_id, 1, house.pg.guild.owner.id, {REWARDS_RULE: rewards})
    await house.context.leveling.change_rules(fact)
    answers = await house.pg.ask(house.pg.guild.owner, "!rewards remove 5")
    told = "\n".join(answer.text for answer in answers)
    assert [role_id for role_id in role_ids if f"Level 5 earns <@&{role_id}> no more." not in told] == []
    assert "Who has it keeps it" in told


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
    """The same role twice, the level everybody begins with, and those outside the curve: one true range."""
    await house.connect()
    regular = await new_role(house, "Regular")
    await add(house, 5, regular)
    told = await tell(house, f"!rewards add 7 {regular.mention}")
    assert f"{regular.mention} is the reward of level 5 already (it is kept at higher levels)" in told
    for level in (-1, 0, 1, 1001, 10**9, 10**900):
        other = await new_role(house, f"Other {level % 9999}")
        told = await tell(house, f"!rewards add {level} {other.mention}")
        assert "levels 2 to 1,000 can be reached" in told
        assert len(told) < 200


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
