"""Those who run the bot, and telling them something directly."""

from __future__ import annotations

import logging

import discord
from discord.ext import commands

from cogs.announcement_channels import find_problem

__all__ = ["list_owner_ids", "tell_owners"]

log = logging.getLogger(__name__)

RESPONSIBLE = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)


async def list_owner_ids(bot: commands.Bot) -> list[int]:
    """Return who runs a bot: whom its code names, else its application's owner, else those of its team.

    Of a team these are its owner, admins and developers, not who may only read or has not joined yet.

    Raises:
        discord.HTTPException: Discord failed.
        OSError: Discord could not be reached.
    """
    if bot.owner_id:
        return [bot.owner_id]
    if bot.owner_ids:
        return sorted(bot.owner_ids)
    application = await bot.application_info()
    if application.team is None:
        return [application.owner.id]
    team = application.team
    return [
        member.id
        for member in team.members
        if member.membership_state is discord.TeamMembershipState.accepted
        and (member.id == team.owner_id or member.role in RESPONSIBLE)
    ]


async def tell_owners(bot: commands.Bot, text: str, *, nonce: str) -> None:
    """Tell those who run a bot something by direct message. Who takes none is passed over, and logged.

    Args:
        bot: The bot.
        text: What they are told.
        nonce: Names the message to Discord, which makes nothing of a second one: with the same one this
            may be done again after it failed.

    Raises:
        discord.HTTPException: Discord failed; it may work later.
        OSError: Discord could not be reached.
    """
    for user_id in await list_owner_ids(bot):
        try:
            channel = await bot.create_dm(discord.Object(user_id))
            await channel.send(text, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            if not find_problem(error):
                raise
            log.info("The owner %s takes no direct messages: %s", user_id, error)
