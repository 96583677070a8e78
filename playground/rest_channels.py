"""Routes about channels and threads."""

from __future__ import annotations

from playground import permissions
from playground.compose import get_message
from playground.errors import DiscordError, Json, missing_permissions, unknown
from playground.limits import check_length
from playground.model import Channel, ChannelType, Member, Role
from playground.rest import Call, Routes

routes = Routes()

_NAME_CHARS = 100
_TOPIC_CHARS = 1024


@routes.add("GET", "/channels/{channel_id}")
def get_channel(call: Call) -> Json:
    """Return a channel."""
    return call.server.payloads.channel(call.get_channel())


@routes.add("PATCH", "/channels/{channel_id}")
def edit_channel(call: Call) -> Json:
    """Change a channel's name, topic, position or overwrites; a thread's name or archived state."""
    channel, body = call.get_channel(), call.body
    _require_to_manage(call, channel)
    check_length("name", body.get("name"), _NAME_CHARS)
    check_length("topic", body.get("topic"), _TOPIC_CHARS)
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.position = body.get("position", channel.position)
    channel.archived = body.get("archived", channel.archived)
    call.server.actions.channel_updated(channel)
    return call.server.payloads.channel(channel)


@routes.add("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Json:
    """Delete a channel or thread."""
    channel = call.get_channel()
    _require_to_manage(call, channel)
    call.server.actions.delete_channel(channel)
    return call.server.payloads.channel(channel)


def _require_to_manage(call: Call, channel: Channel) -> None:
    needed = permissions.MANAGE_THREADS if channel.is_thread else permissions.MANAGE_CHANNELS
    own_thread = channel.is_thread and channel.owner_id == call.server.world.bot.id
    if not own_thread and needed & ~call.server.bot_permissions_in(channel):
        raise missing_permissions()


@routes.add("PUT", "/channels/{channel_id}/permissions/{target_id}")
def set_overwrite(call: Call) -> None:
    """Set what a channel allows and denies to a role or member."""
    channel, target_id = call.get_channel(), call.number("target_id")
    if permissions.MANAGE_ROLES & ~call.server.bot_permissions_in(channel):
        raise missing_permissions()
    guild = channel.get_guild()
    target: Role | Member | None = guild.roles.get(target_id) or guild.members.get(target_id)
    if target is None:
        raise DiscordError(404, 10009, "Unknown Overwrite")
    allow, deny = int(call.body.get("allow") or 0), int(call.body.get("deny") or 0)
    call.server.actions.set_overwrite(channel, target, allow=allow, deny=deny)


@routes.add("POST", "/channels/{channel_id}/typing")
def start_typing(call: Call) -> None:
    """Show that the bot is typing."""
    channel = call.get_channel()
    if permissions.send_bit(channel) & ~call.server.bot_permissions_in(channel):
        raise missing_permissions()


@routes.add("POST", "/channels/{channel_id}/threads")
def start_thread(call: Call) -> Json:
    """Start a thread without a message."""
    return _new_thread(call, call.get_channel(), None)


@routes.add("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def start_thread_from_message(call: Call) -> Json:
    """Start a thread from a message; they share the id."""
    channel = call.get_channel()
    message = get_message(channel.messages, call.number("message_id"))
    if message.id in call.server.world.channels:
        raise DiscordError(400, 160004, "A thread has already been created for this message")
    return _new_thread(call, channel, message.id)


def _new_thread(call: Call, channel: Channel, thread_id: int | None) -> Json:
    check_length("name", call.body.get("name"), _NAME_CHARS, required=True)
    bot = call.server.find_bot_member(channel)
    if bot is None or permissions.CREATE_THREADS & ~call.server.bot_permissions_in(channel):
        raise missing_permissions()
    thread = call.server.world.add_thread(channel, call.body["name"], owner=bot, thread_id=thread_id)
    call.server.actions.channel_created(thread)
    return call.server.payloads.channel(thread)


@routes.add("PUT", "/channels/{channel_id}/thread-members/@me")
def join_thread(call: Call) -> None:
    """Let the bot into a thread."""
    call.server.actions.add_thread_member(call.get_channel(), call.server.world.bot)


@routes.add("GET", "/channels/{channel_id}/thread-members/{user_id}")
def get_thread_member(call: Call) -> Json:
    """Return somebody who is in a thread."""
    thread, user_id = call.get_channel(), call.number("user_id")
    if user_id not in thread.thread_member_ids:
        raise unknown("member")
    return call.server.payloads.thread_member(thread, user_id)


@routes.add("GET", "/guilds/{guild_id}/channels")
def list_channels(call: Call) -> list[Json]:
    """Return the guild's channels, without threads."""
    return [call.server.payloads.channel(channel) for channel in call.get_guild().channels.values()]


@routes.add("GET", "/guilds/{guild_id}/threads/active")
def list_threads(call: Call) -> Json:
    """Return the guild's threads that are not archived."""
    threads = [thread for thread in call.get_guild().threads.values() if not thread.archived]
    return {"threads": [call.server.payloads.channel(thread) for thread in threads], "members": []}


@routes.add("POST", "/guilds/{guild_id}/channels")
def create_channel(call: Call) -> Json:
    """Create a channel."""
    guild, body, world = call.get_guild(), call.body, call.server.world
    if permissions.MANAGE_CHANNELS & ~permissions.guild_permissions(guild.members[world.bot.id]):
        raise missing_permissions()
    check_length("name", body.get("name"), _NAME_CHARS, required=True)
    category = guild.channels.get(int(body.get("parent_id") or 0))
    channel = world.add_channel(
        guild, body["name"], kind=ChannelType(body.get("type", 0)), category=category, topic=body.get("topic")
    )
    call.server.actions.channel_created(channel)
    return call.server.payloads.channel(channel)
