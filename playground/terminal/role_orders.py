"""Orders about roles: make them, put them above each other, give them, take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from playground import permissions
from playground.errors import PlaygroundError
from playground.model import Member, Role
from playground.terminal.order_book import OrderBook

if TYPE_CHECKING:
    from playground.terminal.session import Session

__all__ = ["ROLE_ORDERS", "SIDES"]

ROLE_ORDERS: Final = OrderBook()
"""The orders about roles."""

SIDES: Final = ("above", "below")
"""Where a role may stand, as seen from another."""

MOST_NAME_LENGTH: Final = 100
"""Characters of a role's name at most (Discord API reference, "Role")."""

_PLACED: Final = re.compile(rf"(?P<name>.+?)(?:\s+(?P<side>{'|'.join(SIDES)})(?:\s+(?P<other>.+))?)?")
_TAKEN: Final = frozenset({"everyone", "here"})


@ROLE_ORDERS.add(
    "role NAME [above [ROLE]]", "make a role below the bot's own, or put one above (below) another"
)
async def _role(session: Session, rest: str) -> None:
    match = _PLACED.fullmatch(rest)
    name = match["name"].lstrip("@") if match else ""
    if match is None or not name or name in SIDES:
        raise ROLE_ORDERS.usage_error("role")
    role = session.pg.world.find_role(name)
    if role is None:
        _check_new(session, name)
    elif match["side"] is None:
        raise PlaygroundError(
            f"there is a role {name} already; :give gives it, and :role {name} above ROLE moves it"
        )
    other = session.pg.bot_member.top_role if match["other"] is None else _find(session, match["other"])
    if other is role:
        raise PlaygroundError(f"{name} cannot stand {match['side']} itself; name another role")
    is_new = role is None
    if role is None:
        role = await session.pg.create_role(name, position=1)
    lowest = session.pg.guild.everyone if match["side"] is None else None
    await session.pg.place_role(role, lowest or other, above=match["side"] != "below")
    await session.host.settle()
    where = f"{match['side'] or 'below'} @{other.name}"
    told = f"was made, {where}" if is_new else f"stands {where} now"
    session.show_note(f"the role @{name} {told}{_reach(session, role)}")


def _check_new(session: Session, name: str) -> None:
    """Refuse a name that no role can have, or under which it could not be mentioned."""
    if len(name) > MOST_NAME_LENGTH:
        raise PlaygroundError(
            f"a role's name has at most {MOST_NAME_LENGTH} characters, this has {len(name)}"
        )
    if name in _TAKEN:
        raise PlaygroundError(f"@{name} means everybody already; choose another name, like :role Regular")
    if session.pg.world.find_member(name) is not None:
        raise PlaygroundError(f"@{name} is somebody here; choose another name, like :role Regular")


def _reach(session: Session, role: Role) -> str:
    """Return whether the bot can give a role, in words; "" for its own."""
    bot = session.pg.bot_member
    if role.managed_by is not None:
        return ""
    return f": {bot.name} {'can' if permissions.outranks(bot, role) else 'cannot'} give it"


@ROLE_ORDERS.add("roles", "which roles there are, highest first")
async def _roles(session: Session, _rest: str) -> None:
    for role in session.list_roles():
        marks = [member.name for member in session.pg.guild.members.values() if role in member.roles]
        if role.managed_by is not None:
            marks = ["the bot's own"]
        session.show_note(f"@{role.name}" + (f" ({', '.join(marks)})" if marks else ""))


@ROLE_ORDERS.add("give [NAME] ROLE", "somebody is given a role")
async def _give(session: Session, rest: str) -> None:
    member, role = _whose(session, "give", rest)
    if role in member.roles:
        raise PlaygroundError(f"{member.name} has the role {role.name} already; :take takes it")
    await session.give_role(member, role)
    session.show_note(f"{member.name} has the role @{role.name} now")


@ROLE_ORDERS.add("take [NAME] ROLE", "somebody has a role taken from them")
async def _take(session: Session, rest: str) -> None:
    member, role = _whose(session, "take", rest)
    if role not in member.roles:
        raise PlaygroundError(f"{member.name} does not have the role {role.name}; :roles shows who has which")
    await session.take_role(member, role)
    session.show_note(f"{member.name} has the role @{role.name} no more")


def _whose(session: Session, order: str, rest: str) -> tuple[Member, Role]:
    """Return the member and the role that are named; the speaker where a role alone is."""
    world, (first, _, role_name) = session.pg.world, rest.partition(" ")
    if world.find_role(rest.lstrip("@")) is not None:
        member, role_name = session.speaker, rest
    elif role_name:
        member = session.pg.member(first.lstrip("@"))
    elif not rest or world.find_member(rest.lstrip("@")) is not None:
        raise ROLE_ORDERS.usage_error(order)
    else:
        member, role_name = session.speaker, rest
    role = _find(session, role_name.strip())
    if role.managed_by is not None:
        raise PlaygroundError(f"{role.name} is the bot's own role: nobody can give or take it")
    return member, role


def _find(session: Session, text: str) -> Role:
    name = text.lstrip("@")
    role = session.pg.world.find_role(name)
    if role is None:
        known = ", ".join(other.name for other in session.list_roles())
        raise PlaygroundError(f"there is no role {name!r}; there are {known}, and :role NAME makes one")
    return role
