"""Roles at the playground: made, put above each other, given and taken by people and by the bot."""

from __future__ import annotations

import pytest

from playground.model import Role
from tests.playground.terminal.conftest import TestSession


def held(session: TestSession, name: str) -> list[str]:
    """Return the names of the roles that somebody has."""
    return [role.name for role in session.pg.member(name).roles]


async def test_a_role_is_earned(session: TestSession) -> None:
    """The whole story: a role is made and becomes a reward, a level earns it, and the screen tells it."""
    made = "* the role @Regular was made, below @Laurel: Laurel can give it"
    assert await session.type(":role Regular") == f"> :role Regular\n{made}"
    assert "Level 2 earns @Regular" in await session.type("owner: !rewards add 2 @Regular")
    shown = await session.type("!xp give ann 500")
    assert "level 1 → 3" in shown
    assert shown.endswith("\n* Laurel gave ann the role @Regular")
    assert "* ann (Regular)" in await session.type(":who")
    shown = await session.type("!xp take ann 450")
    assert shown.endswith("* Laurel took the role @Regular from ann")
    assert held(session, "ann") == []


async def test_a_slash_command_takes_a_role(session: TestSession) -> None:
    """With or without @, also one with a blank in its name, and in an option that is any text."""
    await session.type(":role Server Legend", ":role Regular", "owner:")
    assert "earns @Server Legend" in await session.type('/rewards add 3 "@Server Legend"')
    assert "earns @Regular" in await session.type("/rewards add level=2 role=Regular")
    assert "! there is no role 'Boss' in Playground; roles: Laurel," in await session.type(
        "/rewards add 2 @Boss"
    )
    shown = await session.type("/rewards remove @Server Legend")
    assert "@Server Legend" in shown.splitlines()[1]
    assert "Regular" not in shown


async def test_a_refusal_and_its_cure(session: TestSession) -> None:
    """A role above the bot's own cannot be a reward; the bot's role is moved above it, and it can."""
    shown = await session.type(":role Boss above")
    assert shown.endswith("* the role @Boss was made, above @Laurel: Laurel cannot give it")
    assert "drag my role Laurel above it" in await session.type("owner: !rewards add 2 @Boss")
    assert (await session.type(":role Laurel above Boss")).endswith(
        "* the role @Laurel stands above @Boss now"
    )
    assert "Level 2 earns @Boss" in await session.type("!rewards add 2 @Boss")
    await session.type(":role Boss above", "!xp give bob 200")
    assert held(session, "bob") == []
    shown = await session.type(":role Boss below")
    assert "* the role @Boss stands below @Laurel now: Laurel can give it" in shown
    assert shown.endswith("* Laurel gave bob the role @Boss")


async def test_a_killed_bot_knows_the_roles(session: TestSession) -> None:
    """Roles, their order and who has them outlast the bot, and what it could not give is given later."""
    await session.type(
        ":role Regular", ":role Boss above", ":give bob Boss", "owner: !rewards add 2 @Regular"
    )
    await session.type(":role Laurel below Regular", "!xp give ann 200", ":crash")
    assert held(session, "ann") == []
    assert (await session.type(":roles")).splitlines()[1:] == [
        "* @Boss (bob)",
        "* @Regular",
        "* @Laurel (the bot's own)",
    ]
    shown = await session.type(":role Laurel above Regular")
    assert shown.endswith("* Laurel gave ann the role @Regular")
    await session.type(":crash")
    assert "@Regular" in await session.type("!rewards list")


async def test_roles_while_the_bot_is_offline(session: TestSession) -> None:
    """What people do meanwhile is known to it afterwards, and is not told as if it had done it."""
    await session.type(":offline", ":role Regular")
    assert await session.type(":give cleo Regular") == (
        "> :give cleo Regular\n* cleo has the role @Regular now"
    )
    assert await session.type(":online") == "> :online\n* the bot is online"
    shown = await session.type("owner: !multipliers set @Regular 2")
    assert "The XP of members with @Regular is multiplied by 2" in shown


async def test_people_give_and_take(session: TestSession) -> None:
    """To somebody named or the speaker, with or without @, on anybody's behalf."""
    await session.type(":role Regular", ":role Server Legend")
    assert (await session.type(":give @bob @Server Legend")).endswith("* bob has the role @Server Legend now")
    assert (await session.type("cleo: :give Server Legend")).endswith(
        "* cleo has the role @Server Legend now"
    )
    await session.type(":give bob Regular")
    assert held(session, "bob") == ["Server Legend", "Regular"]
    assert (await session.type("bob: :take Regular")).endswith("* bob has the role @Regular no more")
    assert held(session, "bob") == ["Server Legend"]


async def test_who_returns_is_given_the_roles_again(session: TestSession) -> None:
    """Somebody who leaves loses them; what the bot gives back is told."""
    await session.type(":role Regular", "owner: !rewards add 2 @Regular", "!xp give ann 200")
    assert "Regular" not in await session.type(":leave ann")
    assert "* Laurel gave ann the role @Regular" in await session.type(":join ann")


async def test_an_admin_role_of_that_name_grants(session: TestSession) -> None:
    """`:admin` keeps its word though a role called so was made before."""
    await session.type(":role admin", ":admin bob")
    assert "Rules of this server" in await session.type("bob: /config show")
    await session.type(":take admin")
    assert "! bob is offered no command" in await session.type("/config show")


NONSENSE = [
    (":role", "write it like this: :role NAME [above [ROLE]]"),
    (":role above", "write it like this: :role NAME"),
    (":role @", "write it like this: :role NAME"),
    (
        ":role Regular",
        "there is a role Regular already; :give gives it, and :role Regular above ROLE moves it",
    ),
    (":role Laurel above", "Laurel cannot stand above itself; name another role"),
    (":role Chief above Bos", "there is no role 'Bos'; there are Laurel, Regular, and :role NAME makes one"),
    (":role Chief below @everyone", "there is no role 'everyone'"),
    (f":role {'x' * 101}", "a role's name has at most 100 characters, this has 101"),
    (":role @everyone", "@everyone means everybody already; choose another name"),
    (":role bob", "@bob is somebody here; choose another name, like :role Regular"),
    (":join Regular", "@Regular is a role here; choose another name, like :join eve"),
    (":give", "write it like this: :give [NAME] ROLE"),
    (":take bob", "write it like this: :take [NAME] ROLE"),
    (":give Bos", "there is no role 'Bos'"),
    (":give bob Bos", "there is no role 'Bos'"),
    (":give bob @@everyone", "there is no role 'everyone'"),
    (":give eve Regular", "nobody named 'eve'"),
    (":give bob Laurel", "Laurel is the bot's own role: nobody can give or take it"),
    (":give ann Regular", "ann has the role Regular already; :take takes it"),
    (":take bob Regular", "bob does not have the role Regular; :roles shows who has which"),
]


@pytest.mark.parametrize("as_somebody", ["", "ann: "])
async def test_nonsense_about_roles_is_answered_kindly(session: TestSession, as_somebody: str) -> None:
    """One line that names what is wrong and what would be right, and nothing is half done."""
    await session.type(":role Regular", ":give ann Regular")

    def state() -> list[tuple[Role, int]]:
        return [(role, role.position) for role in session.pg.guild.roles.values()]

    before = state()
    for typed, told in NONSENSE:
        shown = (await session.type(as_somebody + typed)).splitlines()
        assert shown == [f"> {as_somebody}{typed}", shown[-1]]
        assert shown[-1].startswith("! ")
        assert told in shown[-1]
    assert state() == before
    assert held(session, "ann") == ["Regular"]
