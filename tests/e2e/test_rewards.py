"""Roles as rewards: what members get, lose, and get back."""

from __future__ import annotations

import pytest

from playground import Member
from tests.e2e.house import House
from tests.e2e.rewarded import ALMOST_5, add, edits, let_ann_in, names, new_role, set_xp, tell


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected."""
    return await let_ann_in(house)


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


@pytest.mark.usefixtures("ann")
async def test_whoever_has_nothing_left_keeps_no_role(house: House) -> None:
    """Where all XP was given by hand and is taken again, nothing is left that tells of the member."""
    bob = house.person("bob")
    await add(house, 2, await new_role(house, "Regular"))
    await tell(house, "!xp give bob 300")
    assert names(bob) == ["Regular"]
    await tell(house, "!xp take bob 300")
    assert names(bob) == []


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
