"""Routes about messages and reactions."""

from __future__ import annotations

from typing import Final

from playground import permissions
from playground.compose import check_new, fill, find_reference, get_message, needed_permissions
from playground.errors import DiscordError, Json, missing_permissions
from playground.limits import check_message
from playground.model import EPHEMERAL, Channel, Message, MessageType
from playground.rest import Call, Routes

routes = Routes()

NONCE_MEMORY_MS: Final = 5 * 60 * 1000
"""How long a nonce is remembered, in world time ("the past few minutes", Discord API reference)."""

HISTORY_LIMIT: Final = 100

PIN_LIMIT: Final = 250
"""How many messages of a channel can be pinned (Discord API reference, "Pin Message")."""


def _require(call: Call, channel: Channel, needed: int) -> None:
    if needed & ~call.server.bot_permissions_in(channel):
        raise missing_permissions()


@routes.add("POST", "/channels/{channel_id}/messages")
def create_message(call: Call) -> Json:
    """Post a message; with `enforce_nonce` a repeated one returns the first."""
    channel, world, body = call.get_channel(), call.server.world, call.body
    _require(call, channel, permissions.send_bit(channel) | needed_permissions(body, call.files))
    _refuse_closed_dm(channel)
    check_new(body, call.files)
    if body.get("nonce") is not None and body.get("enforce_nonce"):
        first = _find_by_nonce(call, channel, str(body["nonce"]))
        if first is not None:
            return call.server.payloads.message(first)
    message = Message(
        id=world.clock.next_snowflake(),
        channel=channel,
        author=world.bot,
        content="",
        created_at=world.clock.now_ms,
        nonce=body.get("nonce"),
    )
    reference = body.get("message_reference")
    if reference is not None:
        _require(call, channel, permissions.READ_HISTORY)
    message.reference = find_reference(message, reference)
    if message.reference is not None:
        message.type = MessageType.REPLY
    fill(world, message, body, call.files)
    message.flags &= ~EPHEMERAL
    may_ping_all = call.server.bot_permissions_in(channel) & permissions.MENTION_EVERYONE
    message.mention_everyone = bool(may_ping_all) and _pings_everyone(body)
    call.server.world.keep_message(message)
    call.server.actions.announce_message(message)
    return call.server.payloads.message(message)


def _pings_everyone(body: Json) -> bool:
    content = body.get("content") or ""
    allowed = body.get("allowed_mentions")
    return ("@everyone" in content or "@here" in content) and (
        allowed is None or "everyone" in (allowed.get("parse") or ())
    )


def _refuse_closed_dm(channel: Channel) -> None:
    if channel.recipient is not None and not channel.recipient.accepts_dms:
        raise DiscordError(403, 50007, "Cannot send messages to this user")


def _find_by_nonce(call: Call, channel: Channel, nonce: str) -> Message | None:
    oldest = call.server.world.clock.now_ms - NONCE_MEMORY_MS
    for message in reversed(channel.messages.values()):
        if message.created_at < oldest:
            return None
        if (
            message.author is call.server.world.bot
            and message.nonce is not None
            and str(message.nonce) == nonce
        ):
            return message
    return None


@routes.add("GET", "/channels/{channel_id}/messages")
def list_messages(call: Call) -> list[Json]:
    """Return a channel's messages, newest first; none without the permission to read the history."""
    channel, query = call.get_channel(), call.query
    if not call.server.bot_permissions_in(channel) & permissions.READ_HISTORY:
        return []
    limit = min(int(query.get("limit", 50)), HISTORY_LIMIT)
    messages = sorted(channel.messages.values(), key=lambda message: message.id)
    if "after" in query:
        chosen = [message for message in messages if message.id > int(query["after"])][:limit]
    elif "around" in query:
        centre = int(query["around"])
        nearest = sorted(messages, key=lambda message: abs(message.id - centre))[:limit]
        chosen = sorted(nearest, key=lambda message: message.id)
    else:
        before = int(query.get("before", 1 << 63))
        chosen = [message for message in messages if message.id < before][-limit:]
    return [call.server.payloads.message(message) for message in reversed(chosen)]


@routes.add("GET", "/channels/{channel_id}/messages/{message_id}")
def get_one_message(call: Call) -> Json:
    """Return a message."""
    channel = call.get_channel()
    _require(call, channel, permissions.READ_HISTORY)
    return call.server.payloads.message(get_message(channel.messages, call.number("message_id")))


@routes.add("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit_message(call: Call) -> Json:
    """Edit one of the bot's own messages."""
    channel, body = call.get_channel(), call.body
    message = get_message(channel.messages, call.number("message_id"))
    if message.author is not call.server.world.bot:
        raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
    check_message(body, file_sizes=[len(upload.data) for upload in call.files.values()])
    before = message.text
    fill(call.server.world, message, body, call.files)
    call.server.actions.edited(message, before)
    return call.server.payloads.message(message)


@routes.add("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete_message(call: Call) -> None:
    """Delete a message; those of others need a permission."""
    channel = call.get_channel()
    message = get_message(channel.messages, call.number("message_id"))
    if message.author is not call.server.world.bot:
        _require(call, channel, permissions.MANAGE_MESSAGES)
    call.server.actions.delete_message(message)


@routes.add("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
def pin_message(call: Call) -> None:
    """Pin a message; Discord says so in the channel, once."""
    channel, world = call.get_channel(), call.server.world
    _require(call, channel, permissions.PIN_MESSAGES)
    message = get_message(channel.messages, call.number("message_id"))
    if message.pinned:
        return
    if sum(other.pinned for other in channel.messages.values()) >= PIN_LIMIT:
        raise DiscordError(400, 30003, f"Maximum number of pins reached for the channel ({PIN_LIMIT})")
    message.pinned = True
    notice = world.add_message(channel, world.bot)
    notice.type, notice.reference = MessageType.PIN, message
    call.server.actions.announce_message(notice)


@routes.add("POST", "/channels/{channel_id}/messages/bulk-delete")
def delete_messages(call: Call) -> None:
    """Delete up to 100 messages at once."""
    channel = call.get_channel()
    _require(call, channel, permissions.MANAGE_MESSAGES)
    wanted = map(int, call.body["messages"])
    call.server.actions.delete_messages(
        [channel.messages[number] for number in wanted if number in channel.messages]
    )


@routes.add("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
def add_reaction(call: Call) -> None:
    """React as the bot."""
    channel = call.get_channel()
    message = get_message(channel.messages, call.number("message_id"))
    needed = permissions.READ_HISTORY
    if call.path["emoji"] not in message.reactions:
        needed |= permissions.ADD_REACTIONS
    _require(call, channel, needed)
    call.server.actions.react(message, call.server.world.bot, call.path["emoji"])


@routes.add("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/{user_id}")
def remove_reaction(call: Call) -> None:
    """Take a reaction away: the bot's own (`@me`), or somebody's with the permission for it."""
    channel, world = call.get_channel(), call.server.world
    message = get_message(channel.messages, call.number("message_id"))
    if call.path["user_id"] == "@me":
        user = world.bot
    else:
        _require(call, channel, permissions.MANAGE_MESSAGES)
        user = world.users[call.number("user_id")]
    call.server.actions.unreact(message, user, call.path["emoji"])


@routes.add("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions")
def clear_reactions(call: Call) -> None:
    """Take all reactions away."""
    channel = call.get_channel()
    _require(call, channel, permissions.MANAGE_MESSAGES)
    message = get_message(channel.messages, call.number("message_id"))
    for emoji, user_ids in list(message.reactions.items()):
        for user_id in list(user_ids):
            call.server.actions.unreact(message, call.server.world.users[user_id], emoji)


@routes.add("GET", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}")
def list_reaction_users(call: Call) -> list[Json]:
    """Return who reacted with an emoji, by id."""
    message = get_message(call.get_channel().messages, call.number("message_id"))
    after = int(call.query.get("after", 0))
    user_ids = sorted(user_id for user_id in message.reactions.get(call.path["emoji"], []) if user_id > after)
    limit = int(call.query.get("limit", 25))
    return [call.server.payloads.user(call.server.world.users[user_id]) for user_id in user_ids[:limit]]
