"""The world: who and what exists. Plain state with its own clock; nothing here talks to the bot.

Change it freely before the bot connects. Afterwards use the verbs of `playground.kit.Playground`
(`join`, `leave`, `say`, …), which also tell the bot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from playground import permissions
from playground.clock import DEFAULT_START, WorldClock
from playground.errors import Json, PlaygroundError
from playground.model import (
    Attachment,
    Channel,
    ChannelType,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    TeamMember,
    User,
)

__all__ = ["Channel", "ChannelType", "Guild", "Member", "Message", "Overwrite", "Role", "User", "World"]

MESSAGES_KEPT = 10_000
"""How many messages a channel remembers: more than anything reads back, and no more memory for a long run."""

DEFAULT_TOKEN = "playground-token"  # noqa: S105 # opens nothing but a playground


class World:
    """Everything that exists, and the clock it lives by.

    A new world holds one guild ("Playground") with its owner ("owner"), a text channel ("general") and
    the bot.

    Args:
        bot_name: The bot's user name, also the name of its managed role.
        token: The token with which the bot must log in.
        start: The instant at which the world begins.
        bot_permissions: What the bot's managed role grants, names as in `discord.Permissions`;
            None for `permissions.BOT_DEFAULT`.
        messages_kept: How many messages a channel remembers.
    """

    def __init__(
        self,
        *,
        bot_name: str = "Laurel",
        token: str = DEFAULT_TOKEN,
        start: datetime = DEFAULT_START,
        bot_permissions: Iterable[str] | None = None,
        messages_kept: int = MESSAGES_KEPT,
    ) -> None:
        self.messages_kept = messages_kept
        self.clock = WorldClock(start)
        self.token = token
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.commands: dict[int | None, dict[int, Json]] = {}
        """Registered application commands by guild id; None holds the global ones."""
        self.team: list[TeamMember] = []
        """Who owns the application, the team's owner first; empty where the first guild's owner does."""
        self._bot_permissions = (
            permissions.BOT_DEFAULT if bot_permissions is None else permissions.bits(*bot_permissions)
        )
        self.bot = self.add_user(bot_name, bot=True)
        self.guild = self.add_guild("Playground")
        self.general = self.add_channel(self.guild, "general")

    # users and guilds

    def add_user(self, name: str, *, bot: bool = False, global_name: str | None = None) -> User:
        """Create an account."""
        user = User(id=self.clock.next_snowflake(), name=name, bot=bot, global_name=global_name)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, owner: str = "owner") -> Guild:
        """Create a guild with @everyone, an owner and the bot (with its managed role)."""
        guild_id = self.clock.next_snowflake()
        account = next((user for user in self.users.values() if user.name == owner), None) or self.add_user(
            owner
        )
        guild = Guild(id=guild_id, name=name, owner_id=account.id, clock=self.clock)
        guild.roles[guild_id] = Role(
            id=guild_id, guild=guild, name="@everyone", position=0, permissions=permissions.EVERYONE_DEFAULT
        )
        self.guilds[guild_id] = guild
        self.add_member(guild, account)
        self.add_bot(guild)
        return guild

    def add_bot(self, guild: Guild) -> Member:
        """Let the bot into a guild, with the managed role Discord makes for it."""
        role = self.add_role(guild, self.bot.name, permission_bits=self._bot_permissions)
        role.managed_by = self.bot.id
        return self.add_member(guild, self.bot, roles=[role])

    # channels

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: ChannelType = ChannelType.TEXT,
        category: Channel | None = None,
        topic: str | None = None,
    ) -> Channel:
        """Create a text channel, voice channel, forum or category at the end of the guild's list."""
        channel = Channel(
            id=self.clock.next_snowflake(),
            type=kind,
            name=name,
            guild=guild,
            parent=category,
            topic=topic,
            position=len(guild.channels),
        )
        guild.channels[channel.id] = channel
        self.channels[channel.id] = channel
        return channel

    def add_thread(
        self, parent: Channel, name: str, *, owner: Member, thread_id: int | None = None
    ) -> Channel:
        """Create a public thread; `thread_id` is given when it starts from a message (then they share it)."""
        guild = parent.get_guild()
        thread = Channel(
            id=thread_id or self.clock.next_snowflake(),
            type=ChannelType.PUBLIC_THREAD,
            name=name,
            guild=guild,
            parent=parent,
            owner_id=owner.id,
            created_at=self.clock.now_ms,
        )
        thread.thread_member_ids.append(owner.id)
        guild.threads[thread.id] = thread
        self.channels[thread.id] = thread
        return thread

    def dm_channel(self, user: User) -> Channel:
        """Return the bot's direct-message channel with a user, creating it when needed."""
        for channel in self.channels.values():
            if channel.type is ChannelType.DM and channel.recipient is user:
                return channel
        channel = Channel(id=self.clock.next_snowflake(), type=ChannelType.DM, name=user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its messages and threads."""
        self.channels.pop(channel.id, None)
        if channel.guild is not None:
            channel.guild.channels.pop(channel.id, None)
            channel.guild.threads.pop(channel.id, None)
            for thread in [thread for thread in channel.guild.threads.values() if thread.parent is channel]:
                self.remove_channel(thread)

    # members and roles

    def add_member(
        self,
        guild: Guild,
        who: str | User,
        *,
        bot: bool = False,
        nick: str | None = None,
        boosting_since: datetime | None = None,
        joined_at: datetime | None = None,
        roles: Iterable[Role] = (),
    ) -> Member:
        """Let somebody into a guild.

        Args:
            guild: Where.
            who: A new account's name, or an existing account.
            bot: For a new account: whether it is a bot.
            nick: Name in this guild.
            boosting_since: Since when they boost; None for not at all.
            joined_at: When they joined; None for now.
            roles: Roles they hold beside @everyone.

        Raises:
            PlaygroundError: They are a member already, or a member of that name exists.
        """
        name = who if isinstance(who, str) else who.name
        if any(member.name == name for member in guild.members.values()):
            raise PlaygroundError(f"there is a member named {name!r} in {guild.name} already")
        user = self.add_user(who, bot=bot) if isinstance(who, str) else who
        member = Member(
            guild=guild,
            user=user,
            nick=nick,
            joined_at=_to_ms(joined_at) or self.clock.now_ms,
            premium_since=_to_ms(boosting_since),
            role_ids=[role.id for role in roles],
        )
        guild.members[user.id] = member
        return member

    def add_members(self, guild: Guild, names: Iterable[str]) -> list[Member]:
        """Let many new accounts into a guild at once.

        Raises:
            PlaygroundError: A name is there twice, or a member of the name exists.
        """
        wanted, taken = list(names), {member.name for member in guild.members.values()}
        if len({*wanted, *taken}) < len(wanted) + len(taken):
            raise PlaygroundError(f"two members of {guild.name} would have one name")
        now_ms = self.clock.now_ms
        members = [Member(guild=guild, user=self.add_user(name), joined_at=now_ms) for name in wanted]
        guild.members.update((member.id, member) for member in members)
        return members

    def remove_member(self, member: Member) -> None:
        """Take somebody out of a guild; the account stays."""
        member.guild.members.pop(member.id, None)
        member.guild.voice_channel_ids.pop(member.id, None)

    def add_role(
        self,
        guild: Guild,
        name: str,
        *,
        grants: Iterable[str] = (),
        permission_bits: int = 0,
        position: int | Literal["top"] = "top",
        colour: int = 0,
    ) -> Role:
        """Create a role.

        Args:
            guild: Where.
            name: Its name.
            grants: Permissions by name, as in `discord.Permissions`.
            permission_bits: The same as a number; both are joined.
            position: Its place in the hierarchy; "top" puts it above all others.
            colour: 0xRRGGBB; 0 for none.
        """
        place = max(role.position for role in guild.roles.values()) + 1 if position == "top" else position
        role = Role(
            id=self.clock.next_snowflake(),
            guild=guild,
            name=name,
            position=place,
            permissions=permission_bits | permissions.bits(*grants),
            colour=colour,
        )
        guild.roles[role.id] = role
        return role

    def remove_role(self, role: Role) -> None:
        """Delete a role and take it from everybody."""
        role.guild.roles.pop(role.id, None)
        for member in role.guild.members.values():
            if role.id in member.role_ids:
                member.role_ids.remove(role.id)

    # messages

    def add_message(self, channel: Channel, author: User, content: str = "") -> Message:
        """Store a bare message; the caller fills the rest."""
        message = Message(
            id=self.clock.next_snowflake(),
            channel=channel,
            author=author,
            content=content,
            created_at=self.clock.now_ms,
        )
        self.keep_message(message)
        return message

    def keep_message(self, message: Message) -> None:
        """Put a message into its channel; above `messages_kept` the oldest makes room, with its files."""
        messages = message.channel.messages
        messages[message.id] = message
        while len(messages) > self.messages_kept:
            oldest = messages.pop(next(iter(messages)))
            for attachment in oldest.attachments:
                self.attachments.pop(attachment.id, None)

    # looking up

    def find_channel(self, name: str) -> Channel | None:
        """Return the first channel or thread of that name, or None."""
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    def find_member(self, name: str, guild: Guild | None = None) -> Member | None:
        """Return the member with that user name or nick, in the first guild unless told, or None."""
        members = (guild or self.guild).members.values()
        return next((member for member in members if name in (member.name, member.nick)), None)

    def find_role(self, name: str, guild: Guild | None = None) -> Role | None:
        """Return the role of that name, in the first guild unless told, or None."""
        return next((role for role in (guild or self.guild).roles.values() if role.name == name), None)


def _to_ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
