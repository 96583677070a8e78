"""What rules of earning are about: channels, categories, threads, roles, members; found by what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.base import UserFacingError
from cogs.earning_book import category_of, is_post
from cogs.errors import quoted
from cogs.ui.events import guild_of, place_of
from cogs.ui.names import shown_name, unquoted
from cogs.ui.people import find_member
from leveling_core.scope import NOWHERE, Place

__all__ = [
    "NAMED_AT_ONCE",
    "Kind",
    "PlaceArgument",
    "Target",
    "find_target",
    "member_target",
    "message_place",
    "place_target",
    "role_target",
    "typed_id",
]

Kind = Literal["channel", "category", "thread", "role", "member"]
KINDS: tuple[Kind, ...] = ("channel", "category", "thread", "role", "member")

NAMED_AT_ONCE = 10
"""So many are named, of those that are called alike."""

_MENTION = re.compile(r"<(?:#|@[!&]?)(\d{1,19})>|(\d{15,19})", re.ASCII)
_KIND_FIRST = re.compile(rf"({'|'.join(KINDS)})\s+(.+)", re.IGNORECASE | re.DOTALL)

_THREAD_TYPES = (
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)

_Place = discord.abc.GuildChannel | discord.Thread


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule is about.

    Attributes:
        kind: What it is.
        id: Its id.
        shown: As it stands in a message.
        place: Of a place: where a message there would stand.
        member: Of a member: the member.
    """

    kind: Kind
    id: int
    shown: str
    place: Place = NOWHERE
    member: discord.Member | None = None


def message_place(channel: object) -> Place:
    """Return where a message in a channel or thread stands."""
    channel_id, thread_id = place_of(channel)
    return Place(channel_id, category_of(channel), thread_id, is_post(channel))


def place_target(channel: _Place) -> Target:
    """Return a channel, category or thread as what a rule is about."""
    if isinstance(channel, discord.CategoryChannel):
        return Target(
            "category", channel.id, f"**{shown_name(channel.name)}**", Place(category_id=channel.id)
        )
    place = message_place(channel)
    kind: Kind = "thread" if place.thread_id else "channel"
    return Target(kind, channel.id, f"<#{channel.id}>", place)


def role_target(role: discord.Role) -> Target:
    """Return a role as what a rule is about."""
    return Target("role", role.id, role.mention)


def member_target(member: discord.Member) -> Target:
    """Return a member as what a rule is about."""
    return Target("member", member.id, member.mention, member=member)


def typed_id(text: str) -> int:
    """Return the id that somebody typed, alone or as a mention; 0 if it is none."""
    found = _MENTION.fullmatch(text.strip())
    return int(found[1] or found[2]) if found else 0


async def find_target(guild: discord.Guild, typed: str, *, none_found: str = "earning-no-target") -> Target:
    """Return what somebody means by a mention, an id or a name; a kind may stand before it.

    Members are looked for by name only where no channel and no role is called so, or after an ``@``.

    Args:
        guild: Where.
        typed: What was typed.
        none_found: The text that says that nothing is called so.

    Raises:
        UserFacingError: Nothing is called so, or several are.
    """
    text = unquoted(typed)
    with_kind = _KIND_FIRST.fullmatch(text)
    if id_ := typed_id(text) or (typed_id(unquoted(with_kind[2])) if with_kind else 0):
        by_id = await _find_by_id(guild, id_)
        if by_id is None and text.startswith("<#"):
            raise commands.ChannelNotFound(text)
        if by_id is None:
            raise UserFacingError(none_found, target=quoted(text))
        return by_id
    found = _find_by_name(guild, text, KINDS)
    if not found and with_kind:
        kind = with_kind[1].lower()
        found = _find_by_name(guild, unquoted(with_kind[2]), tuple(one for one in KINDS if one == kind))
    if not found:
        raise UserFacingError(none_found, target=quoted(text))
    if len(found) > 1:
        shown = " · ".join(
            f"{target.shown} ({target.kind} `{target.id}`)" for target in found[:NAMED_AT_ONCE]
        )
        raise UserFacingError("earning-several", target=quoted(text), found=shown, kind=found[0].kind)
    return found[0]


async def _find_by_id(guild: discord.Guild, id_: int) -> Target | None:
    channel, role = guild.get_channel_or_thread(id_), guild.get_role(id_)
    if role is not None:
        return role_target(role)
    if channel is None and (member := await find_member(guild, id_)) is not None:
        return member_target(member)
    return place_target(channel) if channel is not None else await _fetch_thread(guild, id_)


async def _fetch_thread(guild: discord.Guild, id_: int) -> Target | None:
    """Ask Discord for a thread that is not cached, because it is archived."""
    try:
        channel = await guild.fetch_channel(id_)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
    return place_target(channel)


def _find_by_name(guild: discord.Guild, typed: str, kinds: tuple[Kind, ...]) -> list[Target]:
    """Return all that is called so, of the kinds that the sign before the name allows."""
    name = typed.removeprefix("#").removeprefix("@").strip().casefold()
    allowed = {kind for kind in kinds if not typed.startswith("#") or kind not in {"role", "member"}}
    if typed.startswith("@"):
        allowed &= {"role", "member"}
    found = [target for target, called in _places_and_roles(guild) if called == name]
    found = [target for target in found if target.kind in allowed]
    if "member" in allowed and (not found or typed.startswith("@")):
        found += [
            member_target(member)
            for member in guild.members
            if name in {member.name.casefold(), member.display_name.casefold()}
        ]
    return found


def _places_and_roles(guild: discord.Guild) -> Iterator[tuple[Target, str]]:
    for channel in (*guild.channels, *guild.threads):
        yield place_target(channel), channel.name.casefold()
    for role in guild.roles:
        yield role_target(role), role.name.removeprefix("@").casefold()


class _PlaceOption(app_commands.Transformer, commands.Converter[Target]):
    """An option of a slash command that is a place; what is typed after a prefix may be anything.

    After a prefix, the first parameter that only has a name is given all that is typed, and the others are
    left out: so one command takes one text there, and an option for each kind of thing as a slash command.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The kind of option that Discord shows."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds of channels that Discord offers: all."""
        return [
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
            discord.ChannelType.forum,
            discord.ChannelType.category,
            *_THREAD_TYPES,
        ]

    async def transform(self, interaction: discord.Interaction, value: Any, /) -> Target:
        """Return the chosen place."""
        if interaction.guild is None:
            raise commands.NoPrivateMessage
        channel = interaction.guild.get_channel_or_thread(value.id) or await value.fetch()
        return place_target(channel)

    async def convert(self, ctx: commands.Context[Any], argument: str) -> Target:
        """Return what is typed after the command."""
        return await find_target(guild_of(ctx), argument)


PlaceArgument = Annotated[Target | None, _PlaceOption]
"""What a parameter holds that is such an option."""
