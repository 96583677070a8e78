"""What the world is made of. Instants are milliseconds since the Unix epoch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum

from playground.clock import WorldClock
from playground.components import Button, Select, list_buttons, list_selects, list_texts
from playground.errors import Json, PlaygroundError

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15

_MENTION = re.compile(r"<@[!&]?(\d{1,20})>")


class ChannelType(IntEnum):
    """Discord's channel types that exist here."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    NEWS = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageType(IntEnum):
    """Discord's message types that exist here."""

    DEFAULT = 0
    PIN = 6
    MEMBER_JOIN = 7
    BOOST = 8
    THREAD_CREATED = 18
    REPLY = 19
    SLASH_COMMAND = 20
    CONTEXT_MENU = 23


@dataclass(slots=True, eq=False)
class User:
    """An account."""

    id: int
    name: str
    bot: bool = False
    global_name: str | None = None
    avatar: str | None = None
    accepts_dms: bool = True

    @property
    def mention(self) -> str:
        """The text that mentions this account."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class TeamMember:
    """Somebody in the team that an application belongs to; the role is admin, developer or read_only."""

    user: User
    role: str = "admin"
    accepted: bool = True


@dataclass(slots=True, eq=False)
class Overwrite:
    """What a channel allows or denies to a role or a member."""

    target_id: int
    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class Role:
    """A role; @everyone has the guild's id and position 0."""

    id: int
    guild: Guild
    name: str
    position: int
    permissions: int = 0
    colour: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed_by: int | None = None

    @property
    def mention(self) -> str:
        """The text that mentions this role."""
        return f"<@&{self.id}>"

    @property
    def sort_key(self) -> tuple[int, int]:
        """Order in the hierarchy: position, and for equal positions the older role stands higher."""
        return (self.position, -self.id)


@dataclass(slots=True, eq=False)
class Member:
    """An account in a guild."""

    guild: Guild
    user: User
    joined_at: int
    nick: str | None = None
    premium_since: int | None = None
    timed_out_until: int | None = None
    pending: bool = False
    """Whether they have still to agree to the guild's rules."""
    role_ids: list[int] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The account's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The account's name."""
        return self.user.name

    @property
    def display_name(self) -> str:
        """The name people see in this guild."""
        return self.nick or self.user.global_name or self.user.name

    @property
    def mention(self) -> str:
        """The text that mentions this member."""
        return self.user.mention

    @property
    def roles(self) -> list[Role]:
        """The roles held beside @everyone, lowest first."""
        return sorted(
            (self.guild.roles[role_id] for role_id in self.role_ids), key=lambda role: role.sort_key
        )

    @property
    def all_roles(self) -> list[Role]:
        """The roles held, @everyone first."""
        return [self.guild.roles[self.guild.id], *self.roles]

    @property
    def top_role(self) -> Role:
        """The highest role held."""
        return self.all_roles[-1]

    @property
    def is_timed_out(self) -> bool:
        """Whether a time-out runs at the world's instant."""
        return self.timed_out_until is not None and self.timed_out_until > self.guild.clock.now_ms


@dataclass(slots=True, eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    clock: WorldClock
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    voice_channel_ids: dict[int, int] = field(default_factory=dict)
    preferred_locale: str = "en-US"

    @property
    def owner(self) -> Member:
        """The member who owns the guild."""
        return self.members[self.owner_id]

    @property
    def everyone(self) -> Role:
        """The role everybody holds."""
        return self.roles[self.id]


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of a guild, a thread, or a direct-message channel."""

    id: int
    type: ChannelType
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    topic: str | None = None
    position: int = 0
    recipient: User | None = None
    owner_id: int | None = None
    created_at: int = 0
    archived: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    thread_member_ids: list[int] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)

    @property
    def mention(self) -> str:
        """The text that links to this channel."""
        return f"<#{self.id}>"

    @property
    def last_message_id(self) -> int | None:
        """The id of the newest message, or None."""
        return next(reversed(self.messages), None)

    def get_guild(self) -> Guild:
        """Return the guild.

        Raises:
            PlaygroundError: This is a direct-message channel.
        """
        if self.guild is None:
            raise PlaygroundError(f"the direct messages with {self.name} belong to no guild")
        return self.guild


@dataclass(slots=True, eq=False)
class Attachment:
    """A file in a message, with its bytes."""

    id: int
    filename: str
    data: bytes
    content_type: str
    description: str | None = None
    size_px: tuple[int, int] | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands now; `edits` keeps what it was before."""

    id: int
    channel: Channel
    author: User
    content: str
    created_at: int
    type: MessageType = MessageType.DEFAULT
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)
    flags: int = 0
    tts: bool = False
    pinned: bool = False
    nonce: str | int | None = None
    edited_at: int | None = None
    reference: Message | None = None
    webhook_id: int | None = None
    webhook_name: str | None = None
    application_id: int | None = None
    interaction: Json | None = None
    mention_everyone: bool = False
    pinged_ids: list[int] = field(default_factory=list)
    """Ids of the users and roles that this message notifies, after `allowed_mentions`."""
    deleted: bool = False
    edits: list[str] = field(default_factory=list)
    """The readable text before each edit, oldest first."""

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked can see it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def mentioned_ids(self) -> list[int]:
        """Ids of the users and roles written in the content, and of the author replied to, each once."""
        ids = [int(number) for number in _MENTION.findall(self.content)] if "<@" in self.content else []
        if self.type is MessageType.REPLY and self.reference is not None:
            ids.append(self.reference.author.id)
        return list(dict.fromkeys(ids))

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in reading order."""
        return list_buttons(self.components)

    @property
    def selects(self) -> list[Select]:
        """All select menus, in reading order."""
        return list_selects(self.components)

    @property
    def text(self) -> str:
        """All readable text, one piece a line: content, then embeds, then text displays."""
        pieces = [self.content]
        for embed in self.embeds:
            pieces.append(embed.get("author", {}).get("name", ""))
            pieces += [embed.get("title", ""), embed.get("description", "")]
            for embed_field in embed.get("fields", []):
                pieces += [embed_field.get("name", ""), embed_field.get("value", "")]
            pieces.append(embed.get("footer", {}).get("text", ""))
        pieces += list_texts(self.components)
        return "\n".join(piece for piece in pieces if piece)
