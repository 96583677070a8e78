"""The load: a few guilds, and messages of their members as Discord's gateway sends them.

Everything is drawn from a seeded generator, so two runs get the same messages. Timestamps lie a day back:
what the messages lead to is too old to be announced, so no contender needs Discord to answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

__all__ = ["BOT_ID", "GUILDS", "MIXES", "Mix", "guild_payloads", "member_ids", "messages", "warm_up"]

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
COOLDOWN_MS = 60_000
"""The default message cooldown (shared facts, "message cooldown")."""

BOT_ID = 900_000_000_000_000_001
GUILDS = tuple(800_000_000_000_000_000 + number * 1_000 for number in range(5))
CHANNELS_A_GUILD = 10
MEMBERS_A_GUILD = 600
MEMBERS = len(GUILDS) * MEMBERS_A_GUILD

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "nobody",
    "is",
    "looking",
    "at",
    "all",
    "and",
    "then",
    "some",
    "more",
]


@dataclass(frozen=True, slots=True)
class Mix:
    """How often the same member writes, and so what share of the messages is awarded.

    Attributes:
        name: As it is asked for.
        title: As it is shown.
        interval_ms: From one message of a member to the next.
        warm_ages_ms: How long before the first message the earlier one of a member was awarded: spread so
            that from the first message on the share of awards is what it will be.
    """

    name: str
    title: str
    interval_ms: int
    warm_ages_ms: tuple[int, int]


MIXES = {
    "refused": Mix("refused", "1 in 20 awarded", COOLDOWN_MS // 20, (1, COOLDOWN_MS * 21 // 20)),
    "awarded": Mix("awarded", "every one awarded", COOLDOWN_MS + 1_000, (COOLDOWN_MS, COOLDOWN_MS * 2)),
}


def member_ids() -> list[tuple[int, int]]:
    """Return guild and user id of every member."""
    return [
        (guild_id, 700_000_000_000_000_000 + place * MEMBERS_A_GUILD + number)
        for place, guild_id in enumerate(GUILDS)
        for number in range(MEMBERS_A_GUILD)
    ]


def _timestamp(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="microseconds")


def _user(user_id: int) -> Json:
    return {
        "id": str(user_id),
        "username": f"member{user_id % 100_000}",
        "global_name": f"Member {user_id % 100_000}",
        "discriminator": "0",
        "avatar": "b1a2c3d4e5f60718293a4b5c6d7e8f90",
        "avatar_decoration_data": None,
        "clan": None,
        "primary_guild": None,
        "public_flags": 0,
    }


def _member(joined_at: str) -> Json:
    return {
        "roles": [],
        "nick": None,
        "avatar": None,
        "banner": None,
        "joined_at": joined_at,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def _channel_ids(guild_id: int) -> list[int]:
    return [guild_id + 1 + number for number in range(CHANNELS_A_GUILD)]


JOINED_AT = "2023-04-05T06:07:08.090000+00:00"


def _frame(event: str, sequence: int, data: Json) -> str:
    return json.dumps({"t": event, "s": sequence, "op": 0, "d": data}, separators=(",", ":"))


def guild_payloads() -> list[str]:
    """Return READY and a GUILD_CREATE for each guild, as the gateway sends them."""
    bot = _user(BOT_ID) | {"bot": True, "verified": True, "mfa_enabled": False, "flags": 0}
    ready: Json = {
        "v": 10,
        "user": bot,
        "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in GUILDS],
        "session_id": "benchmark",
        "resume_gateway_url": "wss://gateway.invalid",
        "application": {"id": str(BOT_ID), "flags": 0},
    }
    events = [("READY", ready), *(("GUILD_CREATE", _guild(guild_id)) for guild_id in GUILDS)]
    return [
        json.dumps({"t": name, "s": number, "op": 0, "d": data})
        for number, (name, data) in enumerate(events, 1)
    ]


def _guild(guild_id: int) -> Json:
    everyone: Json = {
        "id": str(guild_id),
        "name": "@everyone",
        "permissions": "1071698660929",
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    users = [user_id for guild, user_id in member_ids() if guild == guild_id]
    members = [_member(JOINED_AT) | {"user": _user(user_id)} for user_id in users]
    members.append(_member(JOINED_AT) | {"user": _user(BOT_ID) | {"bot": True}})
    channels: list[Json] = [
        {
            "id": str(channel_id),
            "type": 0,
            "name": f"channel-{channel_id - guild_id}",
            "position": channel_id - guild_id,
            "permission_overwrites": [],
            "nsfw": False,
            "topic": None,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
        }
        for channel_id in _channel_ids(guild_id)
    ]
    return {
        "id": str(guild_id),
        "name": f"Guild {guild_id}",
        "owner_id": str(users[0]),
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "features": [],
        "channels": channels,
        "threads": [],
        "members": members,
        "member_count": len(members),
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "large": False,
        "premium_tier": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "preferred_locale": "en-US",
        "afk_timeout": 300,
        "unavailable": False,
    }


def _content(random: Random) -> str:
    """Return a text as people write it: mostly short, 3 in 100 long, 5 in 100 with a link."""
    count = 40 if random.random() < 0.03 else random.randint(1, 14)
    text = " ".join(random.choices(WORDS, k=count))
    return f"{text} https://example.org/{random.randrange(1000)}" if random.random() < 0.05 else text


def _attachments(random: Random) -> list[Json]:
    if random.random() >= 0.05:
        return []
    name = f"picture{random.randrange(1000)}.png"
    return [
        {
            "id": "1",
            "filename": name,
            "size": 123_456,
            "url": f"https://cdn.invalid/{name}",
            "proxy_url": f"https://media.invalid/{name}",
            "content_type": "image/png",
            "width": 640,
            "height": 480,
        }
    ]


def _message(random: Random, number: int, guild_id: int, user_id: int, at_ms: int) -> str:
    message_id = (at_ms - DISCORD_EPOCH_MS << 22) + number % 4096
    data: Json = {
        "type": 0,
        "tts": False,
        "timestamp": _timestamp(at_ms),
        "pinned": False,
        "nonce": str(message_id + 7),
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "member": _member(JOINED_AT),
        "id": str(message_id),
        "flags": 0,
        "embeds": [],
        "edited_timestamp": None,
        "content": _content(random),
        "components": [],
        "channel_type": 0,
        "channel_id": str(random.choice(_channel_ids(guild_id))),
        "author": _user(user_id),
        "attachments": _attachments(random),
        "guild_id": str(guild_id),
    }
    return _frame("MESSAGE_CREATE", number + 100, data)


def warm_up(mix: Mix, start_ms: int) -> list[str]:
    """Return one message of every member from before ``start_ms``: cooldowns are spread, caches filled."""
    random = Random(1)
    ages = sorted((random.randrange(*mix.warm_ages_ms) for _ in range(MEMBERS)), reverse=True)
    members = member_ids()
    random.shuffle(members)
    return [
        _message(random, number, *member, start_ms - age)
        for number, (member, age) in enumerate(zip(members, ages, strict=True))
    ]


def messages(mix: Mix, count: int, start_ms: int) -> list[str]:
    """Return ``count`` messages of a mix from ``start_ms`` on; every member writes once an interval."""
    random = Random(2)
    members = member_ids()
    random.shuffle(members)
    return [
        _message(
            random,
            number,
            *members[number % MEMBERS],
            start_ms + number * mix.interval_ms // MEMBERS,
        )
        for number in range(count)
    ]
