"""The world's objects as Discord's JSON (Discord API reference, version 10)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from playground import permissions
from playground.clock import timestamp
from playground.errors import Json
from playground.model import Attachment, Channel, ChannelType, Guild, Member, Message, Role, TeamMember, User
from playground.world import World

LARGE_GUILD: Final = 250
"""Above this many members a guild is large (the `large_threshold` discord.py identifies with)."""


class Payloads:
    """Write objects of one world.

    Args:
        world: The world they belong to.
        cdn_url: Where attachments can be fetched.
    """

    def __init__(self, world: World, cdn_url: str) -> None:
        self._world = world
        self._cdn_url = cdn_url

    def user(self, user: User) -> Json:
        """Return an account."""
        return {
            "id": str(user.id),
            "username": user.name,
            "global_name": user.global_name,
            "discriminator": "0",
            "avatar": user.avatar,
            "bot": user.bot,
            "public_flags": 0,
        }

    def team(self, members: Sequence[TeamMember]) -> Json:
        """Return the team that the application belongs to; its owner is the first."""
        team_id = str(self._world.bot.id)
        return {
            "id": team_id,
            "name": f"{self._world.bot.name} team",
            "icon": None,
            "owner_user_id": str(members[0].user.id),
            "members": [
                {
                    "team_id": team_id,
                    "user": self.user(member.user),
                    "membership_state": 2 if member.accepted else 1,
                    "permissions": ["*"],
                    "role": member.role,
                }
                for member in members
            ],
        }

    def team_account(self) -> Json:
        """Return the account, nobody's, that Discord names as the owner where a team is."""
        team_id = self._world.bot.id
        return self.user(User(id=team_id, name=f"team{team_id}"))

    def member(self, member: Member, *, with_user: bool = True) -> Json:
        """Return a member."""
        data: Json = {
            "nick": member.nick,
            "avatar": None,
            "roles": [str(role_id) for role_id in member.role_ids],
            "joined_at": timestamp(member.joined_at),
            "premium_since": None if member.premium_since is None else timestamp(member.premium_since),
            "communication_disabled_until": (
                None if member.timed_out_until is None else timestamp(member.timed_out_until)
            ),
            "deaf": False,
            "mute": False,
            "pending": member.pending,
            "flags": 0,
        }
        if with_user:
            data["user"] = self.user(member.user)
        return data

    def role(self, role: Role) -> Json:
        """Return a role."""
        data: Json = {
            "id": str(role.id),
            "name": role.name,
            "description": None,
            "permissions": str(role.permissions),
            "position": role.position,
            "color": role.colour,
            "colors": {"primary_color": role.colour, "secondary_color": None, "tertiary_color": None},
            "hoist": role.hoist,
            "managed": role.managed_by is not None,
            "mentionable": role.mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
        if role.managed_by is not None:
            data["tags"] = {"bot_id": str(role.managed_by)}
        return data

    def channel(self, channel: Channel) -> Json:
        """Return a channel, thread or direct-message channel."""
        data: Json = {
            "id": str(channel.id),
            "type": int(channel.type),
            "last_message_id": _text_or_none(channel.last_message_id),
            "flags": 0,
        }
        if channel.type is ChannelType.DM:
            recipients = [] if channel.recipient is None else [self.user(channel.recipient)]
            return data | {"recipients": recipients}
        data |= {
            "guild_id": str(channel.get_guild().id),
            "name": channel.name,
            "parent_id": None if channel.parent is None else str(channel.parent.id),
            "rate_limit_per_user": 0,
        }
        if channel.is_thread:
            return data | self._thread_fields(channel)
        data |= {
            "position": channel.position,
            "nsfw": False,
            "topic": channel.topic,
            "permission_overwrites": [
                {
                    "id": str(overwrite.target_id),
                    "type": int(overwrite.is_member),
                    "allow": str(overwrite.allow),
                    "deny": str(overwrite.deny),
                }
                for overwrite in channel.overwrites.values()
            ],
        }
        if channel.type is ChannelType.VOICE:
            data |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        return data

    def _thread_fields(self, thread: Channel) -> Json:
        data: Json = {
            "owner_id": str(thread.owner_id),
            "message_count": len(thread.messages),
            "total_message_sent": len(thread.messages),
            "member_count": len(thread.thread_member_ids),
            "thread_metadata": {
                "archived": thread.archived,
                "auto_archive_duration": 1440,
                "archive_timestamp": timestamp(thread.created_at),
                "create_timestamp": timestamp(thread.created_at),
                "locked": False,
            },
        }
        if self._world.bot.id in thread.thread_member_ids:
            data["member"] = self.thread_member(thread, self._world.bot.id)
        return data

    def thread_member(self, thread: Channel, user_id: int) -> Json:
        """Return a thread's member."""
        return {
            "id": str(thread.id),
            "user_id": str(user_id),
            "join_timestamp": timestamp(thread.created_at),
            "flags": 0,
        }

    def guild(self, guild: Guild) -> Json:
        """Return a guild without its channels and members."""
        boosters = sum(member.premium_since is not None for member in guild.members.values())
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": str(guild.owner_id),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [self.role(role) for role in guild.roles.values()],
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "premium_subscription_count": boosters,
            "preferred_locale": guild.preferred_locale,
            "nsfw_level": 0,
            "premium_progress_bar_enabled": False,
            "approximate_member_count": len(guild.members),
        }

    def guild_create(self, guild: Guild, *, all_members: bool) -> Json:
        """Return the event that makes a guild available.

        Without `all_members` it names only the bot and those in voice; the others come in chunks.
        """
        present = [
            member
            for member in guild.members.values()
            if all_members or member.id == self._world.bot.id or member.id in guild.voice_channel_ids
        ]
        return self.guild(guild) | {
            "joined_at": timestamp(guild.members[self._world.bot.id].joined_at),
            "large": len(guild.members) > LARGE_GUILD,
            "unavailable": False,
            "member_count": len(guild.members),
            "voice_states": [
                self.voice_state(guild, user_id, channel_id)
                for user_id, channel_id in guild.voice_channel_ids.items()
            ],
            "members": [self.member(member) for member in present],
            "channels": [self.channel(channel) for channel in guild.channels.values()],
            "threads": [self.channel(thread) for thread in guild.threads.values() if not thread.archived],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def voice_state(self, guild: Guild, user_id: int, channel_id: int | None) -> Json:
        """Return who is in which voice channel."""
        data: Json = {
            "guild_id": str(guild.id),
            "channel_id": _text_or_none(channel_id),
            "user_id": str(user_id),
            "session_id": f"voice-{user_id}",
            "deaf": False,
            "mute": False,
            "self_deaf": False,
            "self_mute": False,
            "self_video": False,
            "suppress": False,
            "request_to_speak_timestamp": None,
        }
        if user_id in guild.members:
            data["member"] = self.member(guild.members[user_id])
        return data

    def attachment(self, channel: Channel, attachment: Attachment) -> Json:
        """Return a file in a message."""
        url = f"{self._cdn_url}/attachments/{channel.id}/{attachment.id}/{attachment.filename}"
        data: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.description is not None:
            data["description"] = attachment.description
        if attachment.size_px is not None:
            data["width"], data["height"] = attachment.size_px
        return data

    def message(self, message: Message, *, from_gateway: bool = False, depth: int = 0) -> Json:
        """Return a message.

        Args:
            message: What to write.
            from_gateway: Events carry the guild and the author's member, REST answers do not.
            depth: 1 for a referenced message, which brings no further one.
        """
        guild = message.channel.guild
        data: Json = {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "type": int(message.type),
            "content": message.content,
            "author": self._author(message),
            "timestamp": timestamp(message.created_at),
            "edited_timestamp": None if message.edited_at is None else timestamp(message.edited_at),
            "tts": message.tts,
            "pinned": message.pinned,
            "flags": message.flags,
            "mention_everyone": message.mention_everyone,
            "mentions": self._mentions(message, from_gateway),
            "mention_roles": [
                str(role_id) for role_id in _mentioned_ids(message, guild.roles if guild else {})
            ],
            "attachments": [self.attachment(message.channel, item) for item in message.attachments],
            "embeds": message.embeds,
            "components": message.components,
        }
        if message.reactions:
            data["reactions"] = [self._reaction(emoji, users) for emoji, users in message.reactions.items()]
        if message.nonce is not None:
            data["nonce"] = message.nonce
        if message.webhook_id is not None:
            data["webhook_id"] = str(message.webhook_id)
        if message.application_id is not None:
            data["application_id"] = str(message.application_id)
        if message.interaction is not None:
            data |= message.interaction
        if message.reference is not None:
            data |= self._reference(message.reference, depth)
        if from_gateway and guild is not None:
            data["guild_id"] = str(guild.id)
            member = guild.members.get(message.author.id)
            if member is not None and (message.webhook_id is None or message.author is self._world.bot):
                data["member"] = self.member(member, with_user=False)
        return data

    def _author(self, message: Message) -> Json:
        author = self.user(message.author)
        return author if message.webhook_name is None else author | {"username": message.webhook_name}

    def _reference(self, reference: Message, depth: int) -> Json:
        data: Json = {
            "message_reference": {
                "type": 0,
                "message_id": str(reference.id),
                "channel_id": str(reference.channel.id),
            }
        }
        if reference.channel.guild is not None:
            data["message_reference"]["guild_id"] = str(reference.channel.guild.id)
        if depth == 0:
            data["referenced_message"] = None if reference.deleted else self.message(reference, depth=1)
        return data

    def _mentions(self, message: Message, from_gateway: bool) -> list[Json]:
        guild = message.channel.guild
        mentions = []
        for user_id in _mentioned_ids(message, self._world.users):
            data = self.user(self._world.users[user_id])
            if from_gateway and guild is not None and user_id in guild.members:
                data["member"] = self.member(guild.members[user_id], with_user=False)
            mentions.append(data)
        return mentions

    def _reaction(self, emoji: str, user_ids: list[int]) -> Json:
        return {
            "emoji": emoji_payload(emoji),
            "count": len(user_ids),
            "count_details": {"normal": len(user_ids), "burst": 0},
            "me": self._world.bot.id in user_ids,
            "me_burst": False,
            "burst_colors": [],
        }

    def interaction_channel(self, channel: Channel, member: Member | None) -> Json:
        """Return the channel in which an interaction happens, with the asker's permissions."""
        data = self.channel(channel)
        if member is not None:
            data["permissions"] = str(permissions.channel_permissions(member, channel))
        return data

    def interaction_member(self, member: Member, channel: Channel) -> Json:
        """Return the asking member, with the permissions they have in the channel."""
        return self.member(member) | {"permissions": str(permissions.channel_permissions(member, channel))}


def emoji_payload(emoji: str) -> Json:
    """Return an emoji: a Unicode one, or a custom one written `name:id`."""
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name, "animated": False}


def _mentioned_ids(message: Message, known: Container[int]) -> list[int]:
    return [item for item in message.mentioned_ids if item in known]


def _text_or_none(number: int | None) -> str | None:
    return None if number is None else str(number)
