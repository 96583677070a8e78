"""Names of things: the keys of records, and Discord's snowflakes as instants.

An *instant* is an ``int``: milliseconds since the Unix epoch, UTC. A *day* is an ``int``: the proleptic
Gregorian ordinal (``datetime.date.toordinal``). Both are plain integers because they are made and compared
on the path of every message, where ``datetime`` costs more than the rest of the decision.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, Literal, TypeVar

import msgspec

__all__ = [
    "DISCORD_EPOCH_MS",
    "MAX_SNOWFLAKE",
    "AssetKind",
    "DocumentKey",
    "Key",
    "MemberKey",
    "OnceKey",
    "announcements_key",
    "asset_key",
    "assets_key",
    "batch_key",
    "boosters_key",
    "card_key",
    "channel_key",
    "cursor_key",
    "earned_key",
    "events_key",
    "first_snowflake_at",
    "goal_key",
    "hand_key",
    "instant_of",
    "live_board_key",
    "rewards_key",
    "rules_key",
]

T = TypeVar("T")

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first second of 2015, from which snowflakes count (Discord's API reference, "Snowflakes")."""

MAX_SNOWFLAKE = 2**63 - 1
"""The largest id that fits the signed 64-bit columns of a database."""


def instant_of(snowflake: int) -> int:
    """Tell when a Discord object was made: ms since the Unix epoch, UTC."""
    return (snowflake >> 22) + DISCORD_EPOCH_MS


def first_snowflake_at(instant: int) -> int:
    """Return the smallest snowflake that an object made at ``instant`` (ms, UTC) can have."""
    return max(0, instant - DISCORD_EPOCH_MS) << 22


class MemberKey(msgspec.Struct, frozen=True, gc=False, cache_hash=True, order=True):
    """Names a member: one user in one guild."""

    guild_id: int
    user_id: int


class DocumentKey(msgspec.Struct, frozen=True, gc=False, cache_hash=True, order=True):
    """Names any other record: its kind, its guild (0 for none), and which one of that kind."""

    kind: str
    guild_id: int
    id: str = ""


AssetKind = Literal["theme", "background"]
"""What a guild may bring for its pictures."""

Key = MemberKey | DocumentKey
"""Names a record."""


@lru_cache(maxsize=65_536)
def rules_key(guild_id: int) -> DocumentKey:
    """Name the record of a guild's rules."""
    return DocumentKey("rules", guild_id)


@lru_cache(maxsize=65_536)
def channel_key(guild_id: int, channel_id: int) -> DocumentKey:
    """Name the record of which messages of a channel (or thread) are counted already."""
    return DocumentKey("channel", guild_id, str(channel_id))


def goal_key(guild_id: int, day_on: int) -> DocumentKey:
    """Name the record of a guild's goal of one day."""
    return DocumentKey("goal", guild_id, str(day_on))


def boosters_key(guild_id: int) -> DocumentKey:
    """Name the record of who boosts a guild."""
    return DocumentKey("boosters", guild_id)


def announcements_key(guild_id: int) -> DocumentKey:
    """Name the record of a guild's announcements: what is being sent, and what cannot be."""
    return DocumentKey("announcements", guild_id)


def rewards_key(guild_id: int) -> DocumentKey:
    """Name the record of a guild's role rewards: what cannot be given, and the sync under way."""
    return DocumentKey("rewards", guild_id)


def batch_key(guild_id: int, batch: str) -> DocumentKey:
    """Name the record of a change that can be undone as one."""
    return DocumentKey("batch", guild_id, batch)


def earned_key(guild_id: int, user_id: int) -> DocumentKey:
    """Name the record of what a member's messages earned of late."""
    return DocumentKey("earned", guild_id, str(user_id))


def hand_key(guild_id: int, user_id: int) -> DocumentKey:
    """Name the record of what was changed of a member by hand."""
    return DocumentKey("hand", guild_id, str(user_id))


def events_key(guild_id: int) -> DocumentKey:
    """Name the record of a guild's running events."""
    return DocumentKey("events", guild_id)


def card_key(guild_id: int, user_id: int) -> DocumentKey:
    """Name the record of how a member wants pictures to look."""
    return DocumentKey("card", guild_id, str(user_id))


def assets_key(guild_id: int) -> DocumentKey:
    """Name the record of which themes and backgrounds of its own a guild has."""
    return DocumentKey("assets", guild_id)


def asset_key(guild_id: int, kind: AssetKind, name: str) -> DocumentKey:
    """Name the record of a guild's own theme or background."""
    return DocumentKey("asset", guild_id, f"{kind}:{name}")


def live_board_key(guild_id: int) -> DocumentKey:
    """Name the record of a guild's board that keeps itself current."""
    return DocumentKey("live_board", guild_id)


def cursor_key(subscriber: str) -> DocumentKey:
    """Name the record of how far a subscriber has read the ledger."""
    return DocumentKey("cursor", 0, subscriber)


class OnceKey(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """Names a deed that must be done once, whoever asks again.

    Attributes:
        use_case: The deed's kind, such as ``daily``.
        id: The snowflake of the message or interaction that asked for it, or another unique id.
        answer_type: What the first answer is read back as: any type that msgspec encodes and decodes.
    """

    use_case: str
    id: str
    answer_type: type[T]

    def __str__(self) -> str:
        return f"{self.use_case}:{self.id}"
