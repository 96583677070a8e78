"""Deeds in the world that the bot is told of: change the state, then dispatch the event.

Permissions are not asked here: the REST routes check the bot's, the kit checks people's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playground import gateway as gw
from playground.errors import Json
from playground.model import Channel, Guild, Member, Message, Overwrite, Role, User
from playground.payloads import emoji_payload

if TYPE_CHECKING:
    from playground.server import DiscordServer


class Actions:
    """Change one server's world and tell its sessions.

    Attributes:
        on_new_message: Called with every new message, before the bot is told of it.
    """

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._world = server.world
        self.on_new_message: list[Callable[[Message], None]] = []

    # messages

    def announce_message(self, message: Message, event: str = "MESSAGE_CREATE") -> None:
        """Dispatch a stored message, whole; without the content intent only what Discord leaves."""
        channel, bot = message.channel, self._world.bot
        if event == "MESSAGE_CREATE":
            for listener in self.on_new_message:
                listener(message)
        data = self._server.payloads.message(message, from_gateway=True)
        own = message.author is bot or bot.id in message.mentioned_ids
        redacted = None
        if channel.guild is not None and not own:
            redacted = data | {"content": "", "embeds": [], "attachments": [], "components": []}
        self._server.gateway.dispatch(
            event,
            data,
            intents=gw.INTENT_DMS if channel.guild is None else gw.INTENT_MESSAGES,
            guild=channel.guild,
            channel=channel,
            redacted=redacted,
        )

    def edited(self, message: Message, before: str) -> None:
        """Note an edit that has just been made, and dispatch it."""
        message.edits.append(before)
        message.edited_at = self._world.clock.now_ms
        if not message.ephemeral:
            self.announce_message(message, "MESSAGE_UPDATE")

    def delete_message(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        channel = message.channel
        channel.messages.pop(message.id, None)
        if message.ephemeral:
            return
        data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
        self._server.gateway.dispatch(
            "MESSAGE_DELETE",
            data,
            intents=gw.INTENT_DMS if channel.guild is None else gw.INTENT_MESSAGES,
            guild=channel.guild,
            channel=channel,
        )

    def delete_messages(self, messages: list[Message]) -> None:
        """Delete several messages of one channel at once."""
        if not messages:
            return
        channel = messages[0].channel
        for message in messages:
            message.deleted = True
            channel.messages.pop(message.id, None)
        data: Json = {"ids": [str(message.id) for message in messages], "channel_id": str(channel.id)}
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
        self._server.gateway.dispatch(
            "MESSAGE_DELETE_BULK", data, intents=gw.INTENT_MESSAGES, guild=channel.guild, channel=channel
        )

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction; a second one of the same person changes nothing."""
        users = message.reactions.setdefault(emoji, [])
        if user.id not in users:
            users.append(user.id)
            self._dispatch_reaction("MESSAGE_REACTION_ADD", message, user, emoji)

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Take a reaction back."""
        users = message.reactions.get(emoji, [])
        if user.id in users:
            users.remove(user.id)
            if not users:
                del message.reactions[emoji]
            self._dispatch_reaction("MESSAGE_REACTION_REMOVE", message, user, emoji)

    def _dispatch_reaction(self, event: str, message: Message, user: User, emoji: str) -> None:
        channel = message.channel
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(channel.id),
            "message_id": str(message.id),
            "emoji": emoji_payload(emoji),
            "burst": False,
            "type": 0,
        }
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
            member = channel.guild.members.get(user.id)
            if event == "MESSAGE_REACTION_ADD" and member is not None:
                data["member"] = self._server.payloads.member(member)
                data["message_author_id"] = str(message.author.id)
        self._server.gateway.dispatch(
            event,
            data,
            intents=gw.INTENT_DM_REACTIONS if channel.guild is None else gw.INTENT_REACTIONS,
            guild=channel.guild,
            channel=channel,
        )

    # members

    def member_joined(self, member: Member) -> None:
        """Dispatch a member who has just been added."""
        data = self._server.payloads.member(member) | {"guild_id": str(member.guild.id)}
        self._server.gateway.dispatch("GUILD_MEMBER_ADD", data, intents=gw.INTENT_MEMBERS, guild=member.guild)

    def remove_member(self, member: Member) -> None:
        """Let somebody leave; when it is the bot, it loses the guild."""
        guild = member.guild
        if member.id == self._world.bot.id:
            self._server.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
            self._world.remove_member(member)
            return
        self._world.remove_member(member)
        data: Json = {"guild_id": str(guild.id), "user": self._server.payloads.user(member.user)}
        self._server.gateway.dispatch("GUILD_MEMBER_REMOVE", data, intents=gw.INTENT_MEMBERS, guild=guild)

    def member_updated(self, member: Member) -> None:
        """Dispatch a member whose nick, roles, boost or time-out has just changed.

        Discord sends a bot its own changes also without the members intent.
        """
        data = self._server.payloads.member(member) | {"guild_id": str(member.guild.id)}
        own = member.id == self._world.bot.id
        self._server.gateway.dispatch(
            "GUILD_MEMBER_UPDATE", data, intents=0 if own else gw.INTENT_MEMBERS, guild=member.guild
        )

    def set_voice_channel(self, member: Member, channel: Channel | None) -> None:
        """Move a member into a voice channel, or out of voice."""
        if channel is None:
            member.guild.voice_channel_ids.pop(member.id, None)
        else:
            member.guild.voice_channel_ids[member.id] = channel.id
        data = self._server.payloads.voice_state(member.guild, member.id, channel.id if channel else None)
        self._server.gateway.dispatch("VOICE_STATE_UPDATE", data, intents=gw.INTENT_VOICE, guild=member.guild)

    # roles

    def role_created(self, role: Role) -> None:
        """Dispatch a role that has just been added."""
        self._dispatch_role("GUILD_ROLE_CREATE", role)

    def role_updated(self, role: Role) -> None:
        """Dispatch a role that has just changed."""
        self._dispatch_role("GUILD_ROLE_UPDATE", role)

    def _dispatch_role(self, event: str, role: Role) -> None:
        data = {"guild_id": str(role.guild.id), "role": self._server.payloads.role(role)}
        self._server.gateway.dispatch(event, data, intents=gw.INTENT_GUILDS, guild=role.guild)

    def delete_role(self, role: Role) -> None:
        """Delete a role; its holders change too."""
        holders = [member for member in role.guild.members.values() if role.id in member.role_ids]
        self._world.remove_role(role)
        data = {"guild_id": str(role.guild.id), "role_id": str(role.id)}
        self._server.gateway.dispatch("GUILD_ROLE_DELETE", data, intents=gw.INTENT_GUILDS, guild=role.guild)
        for member in holders:
            self.member_updated(member)

    # channels

    def channel_created(self, channel: Channel) -> None:
        """Dispatch a channel or thread that has just been added."""
        data = self._server.payloads.channel(channel)
        event = "CHANNEL_CREATE"
        if channel.is_thread:
            event, data = "THREAD_CREATE", data | {"newly_created": True}
        self._dispatch_channel(event, channel, data)

    def channel_updated(self, channel: Channel) -> None:
        """Dispatch a channel or thread that has just changed."""
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self._dispatch_channel(event, channel, self._server.payloads.channel(channel))

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread."""
        data = self._server.payloads.channel(channel)
        self._world.remove_channel(channel)
        self._dispatch_channel("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel, data)

    def set_overwrite(self, channel: Channel, target: Role | Member, *, allow: int, deny: int) -> None:
        """Set what a channel allows and denies to a role or member; nothing at all removes the overwrite."""
        if allow or deny:
            channel.overwrites[target.id] = Overwrite(target.id, isinstance(target, Member), allow, deny)
        else:
            channel.overwrites.pop(target.id, None)
        self.channel_updated(channel)

    def _dispatch_channel(self, event: str, channel: Channel, data: Json) -> None:
        self._server.gateway.dispatch(event, data, intents=gw.INTENT_GUILDS, guild=channel.guild)

    def add_thread_member(self, thread: Channel, user: User) -> None:
        """Let somebody into a thread."""
        if user.id in thread.thread_member_ids:
            return
        thread.thread_member_ids.append(user.id)
        data: Json = {
            "id": str(thread.id),
            "guild_id": str(thread.get_guild().id),
            "member_count": len(thread.thread_member_ids),
            "added_members": [self._server.payloads.thread_member(thread, user.id)],
            "removed_member_ids": [],
        }
        self._server.gateway.dispatch(
            "THREAD_MEMBERS_UPDATE", data, intents=gw.INTENT_GUILDS, guild=thread.guild
        )

    def typing(self, channel: Channel, user: User) -> None:
        """Show that somebody is typing (nothing is dispatched for the bot itself)."""
        if user is self._world.bot:
            return
        data: Json = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": self._world.clock.now_ms // 1000,
        }
        self._server.gateway.dispatch("TYPING_START", data, guild=channel.guild, channel=channel)

    # guilds

    def guild_joined(self, guild: Guild) -> None:
        """Dispatch a guild the bot has just been let into."""
        data = self._server.payloads.guild_create(guild, all_members=False)
        del data["unavailable"]
        self._server.gateway.dispatch("GUILD_CREATE", data, intents=gw.INTENT_GUILDS, guild=guild)

    def guild_unavailable(self, guild: Guild) -> None:
        """Let a guild be unreachable, as in an outage."""
        data: Json = {"id": str(guild.id), "unavailable": True}
        self._server.gateway.dispatch("GUILD_DELETE", data, intents=gw.INTENT_GUILDS, guild=guild)

    def guild_available(self, guild: Guild) -> None:
        """Let a guild be reachable again."""
        data = self._server.payloads.guild_create(guild, all_members=False)
        self._server.gateway.dispatch("GUILD_CREATE", data, intents=gw.INTENT_GUILDS, guild=guild)

    def end_timeouts(self) -> None:
        """Lift the time-outs that have run out by the world's clock, telling the bot."""
        for guild in self._world.guilds.values():
            for member in guild.members.values():
                if member.timed_out_until is not None and not member.is_timed_out:
                    member.timed_out_until = None
                    self.member_updated(member)
