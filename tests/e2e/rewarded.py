"""What tests of role rewards share: roles, rewards, and who has what."""

from __future__ import annotations

from playground import Member
from playground.model import Role
from tests.e2e.house import House

__all__ = ["ALMOST_2", "ALMOST_5", "add", "edits", "let_ann_in", "names", "new_role", "set_xp", "tell"]

ALMOST_2, ALMOST_5 = 95, 790
"""A little under the XP of levels 2 (100) and 5 (800): the next message, 15 XP, reaches it."""

EDITS = ("PATCH", "PUT", "DELETE")


async def let_ann_in(house: House) -> Member:
    """Let a member in who reaches level 2 with the next message, and connect the bot."""
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
