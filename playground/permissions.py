"""Discord's permission arithmetic (Discord API reference, "Permissions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from playground.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.world import Channel, Member, Role

ALL = discord.Permissions.all().value
ADMINISTRATOR = discord.Permissions.administrator.flag
VIEW_CHANNEL = discord.Permissions.view_channel.flag
SEND_MESSAGES = discord.Permissions.send_messages.flag
SEND_IN_THREADS = discord.Permissions.send_messages_in_threads.flag
EMBED_LINKS = discord.Permissions.embed_links.flag
ATTACH_FILES = discord.Permissions.attach_files.flag
READ_HISTORY = discord.Permissions.read_message_history.flag
ADD_REACTIONS = discord.Permissions.add_reactions.flag
MENTION_EVERYONE = discord.Permissions.mention_everyone.flag
MANAGE_MESSAGES = discord.Permissions.manage_messages.flag
PIN_MESSAGES = discord.Permissions.pin_messages.flag
MANAGE_ROLES = discord.Permissions.manage_roles.flag
MANAGE_CHANNELS = discord.Permissions.manage_channels.flag
MANAGE_THREADS = discord.Permissions.manage_threads.flag
MANAGE_NICKNAMES = discord.Permissions.manage_nicknames.flag
CHANGE_NICKNAME = discord.Permissions.change_nickname.flag
MODERATE_MEMBERS = discord.Permissions.moderate_members.flag
KICK_MEMBERS = discord.Permissions.kick_members.flag
CREATE_THREADS = discord.Permissions.create_public_threads.flag
USE_COMMANDS = discord.Permissions.use_application_commands.flag


def bits(*names: str) -> int:
    """Return the bit set of permissions named as in `discord.Permissions`, for example `send_messages`.

    Raises:
        PlaygroundError: A name is not a permission.
    """
    total = 0
    for name in names:
        flag = discord.Permissions.VALID_FLAGS.get(name)
        if flag is None:
            raise PlaygroundError(
                f"{name!r} is no permission; names are those of discord.Permissions, e.g. send_messages"
            )
        total |= flag
    return total


EVERYONE_DEFAULT = bits(
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "create_public_threads",
    "embed_links",
    "attach_files",
    "add_reactions",
    "read_message_history",
    "change_nickname",
    "use_application_commands",
    "connect",
    "speak",
)
"""What @everyone may do in a fresh guild (Discord's own defaults, as far as they matter here)."""

BOT_DEFAULT = EVERYONE_DEFAULT | bits("manage_roles", "pin_messages")
"""What the bot's own role grants unless the world says otherwise."""


def guild_permissions(member: Member) -> int:
    """Return what a member may do in the guild as a whole."""
    if member.guild.owner_id == member.id:
        return ALL
    value = 0
    for role in member.all_roles:
        value |= role.permissions
    return ALL if value & ADMINISTRATOR else value


def channel_permissions(member: Member, channel: Channel) -> int:
    """Return what a member may do in a channel: roles, then overwrites (everyone, roles, member).

    Threads use their parent's overwrites.
    """
    value = guild_permissions(member)
    if value & ADMINISTRATOR:
        return ALL
    place = channel.parent if channel.is_thread and channel.parent is not None else channel
    everyone = place.overwrites.get(member.guild.id)
    if everyone is not None:
        value = (value & ~everyone.deny) | everyone.allow
    allow = deny = 0
    for role_id in member.role_ids:
        overwrite = place.overwrites.get(role_id)
        if overwrite is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    value = (value & ~deny) | allow
    own = place.overwrites.get(member.id)
    if own is not None:
        value = (value & ~own.deny) | own.allow
    if not value & VIEW_CHANNEL:
        return 0
    return value & ~_implied_denials(member, channel, value)


def _implied_denials(member: Member, channel: Channel, value: int) -> int:
    """Without sending there are no embeds, files or mentions; a member in time-out may only look and read."""
    denied = 0
    if not value & send_bit(channel):
        denied |= EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE
    if member.is_timed_out:
        denied |= ~(VIEW_CHANNEL | READ_HISTORY)
    return denied


def send_bit(channel: Channel) -> int:
    """Return the permission that sending in this channel needs."""
    return SEND_IN_THREADS if channel.is_thread else SEND_MESSAGES


def outranks(member: Member, role: Role) -> bool:
    """Say whether a member stands above a role: the owner above all, else by the highest position."""
    return member.guild.owner_id == member.id or member.top_role.sort_key > role.sort_key


def outranks_member(member: Member, other: Member) -> bool:
    """Say whether a member stands above another member."""
    if other.guild.owner_id == other.id:
        return False
    return outranks(member, other.top_role)
