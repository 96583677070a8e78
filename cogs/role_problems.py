"""Which roles the bot can give and take, and which an admin may give away: known without asking Discord."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from cogs.ui.names import shown_name
from leveling_core.rewards import RoleDifference

__all__ = [
    "ABOVE",
    "EVERYONE",
    "FORBIDDEN",
    "GONE",
    "MANAGED",
    "PERMISSION",
    "POWERFUL",
    "find_role_problem",
    "is_below",
    "list_powers",
    "names_of_roles",
    "split_possible",
]

GONE, EVERYONE, MANAGED, PERMISSION, ABOVE, POWERFUL = (
    "gone",
    "everyone",
    "managed",
    "permission",
    "above",
    "powerful",
)
"""Why a role cannot be given: it does not exist here, it is everybody's, Discord gives it itself, the bot
lacks Manage Roles, it is not below the bot's own highest role, it lets its members do things to others."""

POWERS = discord.Permissions.elevated() | discord.Permissions(
    mention_everyone=True, manage_nicknames=True, manage_events=True, move_members=True, mute_members=True
)
"""Nobody gets such a permission for having written much: whoever may give XP could give it to themselves."""

FORBIDDEN = "forbidden"
"""Discord refused, though nothing that is known here says why."""


def find_role_problem(guild: discord.Guild, role_id: int) -> str:
    """Return why the bot cannot give or take a role, or "" if it can."""
    role = guild.get_role(role_id)
    if role is None:
        return GONE
    if role.is_default():
        return EVERYONE
    if role.managed:
        return MANAGED
    if not guild.me.guild_permissions.manage_roles:
        return PERMISSION
    if role >= guild.me.top_role:
        return ABOVE
    return POWERFUL if list_powers(role) else ""


def list_powers(role: discord.Role) -> list[str]:
    """Return the permissions of a role that are not earned, as discord.py names them."""
    return [name for name, granted in role.permissions & POWERS if granted]


def is_below(role: discord.Role, member: discord.Member) -> bool:
    """Tell whether a role is one that a member may give away by Discord's own rules."""
    return member.id == role.guild.owner_id or role < member.top_role


def names_of_roles(guild: discord.Guild, role_ids: Iterable[int]) -> dict[int, str]:
    """Return how roles are called, ready to be shown, by id, in order; those that cannot be given are not."""
    roles = (guild.get_role(role_id) for role_id in role_ids if not find_role_problem(guild, role_id))
    return {role.id: shown_name(role.name) for role in roles if role is not None}


def split_possible(guild: discord.Guild, difference: RoleDifference) -> tuple[RoleDifference, dict[int, str]]:
    """Split what has to change into what the bot can do, and why not, by role, what it cannot."""
    problems = _problems(guild, difference.add)
    # A role that is gone is had by nobody, and a powerful one may well be taken.
    kept = {
        role_id: why
        for role_id, why in _problems(guild, difference.remove).items()
        if why not in {GONE, POWERFUL}
    }
    possible = RoleDifference(difference.add - problems.keys(), difference.remove - kept.keys())
    return possible, problems | kept


def _problems(guild: discord.Guild, role_ids: Iterable[int]) -> dict[int, str]:
    return {role_id: why for role_id in role_ids if (why := find_role_problem(guild, role_id))}
