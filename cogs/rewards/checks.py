"""What is refused when a role is made a reward, with what mends it."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from cogs.base import UserFacingError
from cogs.rewards.wording import trouble_text
from cogs.role_problems import PERMISSION, find_role_problem, is_below
from data import Texts
from leveling_core.reward_records import ALL_ROLES

__all__ = ["check_assignable", "check_may_assign", "check_may_give", "check_may_sync"]


def check_assignable(texts: Texts, guild: discord.Guild, role_id: int) -> None:
    """Refuse a role that the bot cannot give.

    Raises:
        UserFacingError: It cannot; the text says why, and what mends it.
    """
    problem = find_role_problem(guild, role_id)
    if problem:
        raise UserFacingError("rewards-refused", trouble=trouble_text(texts, guild, role_id, problem))


def check_may_assign(ctx: commands.Context[Any], role: discord.Role) -> None:
    """Refuse a role that whoever asks could not give away by hand.

    Raises:
        UserFacingError: It is not below their own highest role.
    """
    if not isinstance(ctx.author, discord.Member) or not is_below(role, ctx.author):
        raise UserFacingError("rewards-not-yours", role=role.mention)


def check_may_give(texts: Texts, guild: discord.Guild) -> None:
    """Refuse where the bot may give no role at all.

    Raises:
        UserFacingError: It lacks the permission; the text says what mends it.
    """
    if not guild.me.guild_permissions.manage_roles:
        raise UserFacingError("rewards-refused", trouble=trouble_text(texts, guild, ALL_ROLES, PERMISSION))


def check_may_sync(interaction: discord.Interaction[Any]) -> None:
    """Refuse whoever may not begin or end a sync; a button outlives a permission.

    Raises:
        commands.MissingPermissions: They lack Manage Server or Manage Roles.
    """
    user = interaction.user
    held = user.guild_permissions if isinstance(user, discord.Member) else discord.Permissions.none()
    missing = [name for name in ("manage_guild", "manage_roles") if not getattr(held, name)]
    if missing:
        raise commands.MissingPermissions(missing)
