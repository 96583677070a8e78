"""Facts: what happened outside, as plain frozen data.

A fact holds ids, counts and the dice, drawn once when the fact is made, so that a decision may be run any
number of times with one result. It never holds a Discord object nor the text of a message. Its instant is
that of the event: the snowflake of the message or interaction.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from leveling_core.ids import instant_of

__all__ = [
    "DICE_SIDES",
    "BoostObserved",
    "CommandCompleted",
    "DailyClaimRequested",
    "EventStartRequested",
    "EventStopRequested",
    "GoalBonusDue",
    "MemberPresenceObserved",
    "MessagePosted",
    "MultiplierChangeRequested",
    "RankObserved",
    "RewardAddRequested",
    "RewardRemovalRequested",
    "RulesChangeRequested",
    "ScopeChangeRequested",
    "XpChangeRequested",
    "XpUndoRequested",
]

DICE_SIDES = 2**32
"""The dice of a fact is an integer in ``0 .. DICE_SIDES - 1``; a rule scales it to its own range."""


class MessagePosted(msgspec.Struct, frozen=True, gc=False):
    """A member wrote a message in a guild.

    Attributes:
        guild_id: The guild.
        user_id: Who wrote it.
        channel_id: The channel it stands in; for a thread, the channel that the thread belongs to.
        message_id: Its snowflake; also its instant, and what it is counted once by.
        length: How many characters it has.
        has_image: Whether at least one attachment or embed is an image.
        has_link: Whether its text holds at least one link.
        dice: Drawn once, in ``0 .. 2**32 - 1``.
        session: Which gateway session told of it. Within one session a channel's messages are known without
            a gap; between two, some may have been missed.
        origin: ``live``, or ``catch-up`` for one that was read from the channel's history afterwards.
        thread_id: The thread it stands in, 0 for none.
        category_id: The category of its channel, 0 for none.
        role_ids: The member's roles, as far as the guild's rules name them, ascending.
        has_ignored_prefix: Whether it begins with a prefix that does not count in the guild.
        is_post: Whether the thread is a post of a forum.
    """

    guild_id: int
    user_id: int
    channel_id: int
    message_id: int
    length: int
    has_image: bool
    has_link: bool
    dice: int
    session: int = 0
    origin: str = "live"
    thread_id: int = 0
    category_id: int = 0
    role_ids: tuple[int, ...] = ()
    has_ignored_prefix: bool = False
    is_post: bool = False

    @property
    def at(self) -> int:
        """When it was written: ms since the epoch, UTC."""
        return instant_of(self.message_id)


class CommandCompleted(msgspec.Struct, frozen=True, gc=False):
    """A member used a command of this bot, and it succeeded; ``role_ids`` as in ``MessagePosted``."""

    guild_id: int
    user_id: int
    channel_id: int
    event_id: int
    thread_id: int = 0
    role_ids: tuple[int, ...] = ()

    @property
    def at(self) -> int:
        """When the command was given: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class DailyClaimRequested(msgspec.Struct, frozen=True, gc=False):
    """A member asks for the daily reward.

    Attributes:
        guild_id: The guild.
        user_id: Who asks.
        channel_id: Where; for a thread, the channel that it belongs to.
        event_id: Snowflake of the message or interaction that asks.
        human_members: Members of the guild that are not bots, at that moment; bounds the day's goal.
        thread_id: The thread, 0 for none.
        role_ids: The member's roles, as far as the guild's rules name them, ascending.
    """

    guild_id: int
    user_id: int
    channel_id: int
    event_id: int
    human_members: int
    thread_id: int = 0
    role_ids: tuple[int, ...] = ()

    @property
    def at(self) -> int:
        """When it was asked for: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class GoalBonusDue(msgspec.Struct, frozen=True, gc=False):
    """A day's goal was reached and one of its early claimers is still to be paid."""

    guild_id: int
    user_id: int
    day_on: int
    reached_at: int
    channel_id: int = 0
    cause: int = 0
    thread_id: int = 0


class BoostObserved(msgspec.Struct, frozen=True, gc=False):
    """A member was seen boosting the guild, or seen not to.

    Attributes:
        guild_id: The guild.
        user_id: The member.
        boosting_since: Since when, ms UTC (Discord's ``premium_since``), or 0 for not at all.
        at: When it was seen, ms UTC.
    """

    guild_id: int
    user_id: int
    boosting_since: int
    at: int


class MemberPresenceObserved(msgspec.Struct, frozen=True, gc=False):
    """A member was seen to be in the guild, or to have left it.

    Attributes:
        guild_id: The guild.
        user_id: The member.
        present: Whether in the guild.
        at: When that was seen, ms UTC.
        joined_at: Since when the member is there, ms UTC; 0 where that is not known.
    """

    guild_id: int
    user_id: int
    present: bool
    at: int
    joined_at: int = 0


class RankObserved(msgspec.Struct, frozen=True, gc=False):
    """A member was seen at a rank.

    Attributes:
        guild_id: The guild.
        user_id: The member.
        rank: From 1.
        ranked_members: How many members had a rank at that moment.
        at: The instant of the ledger line after which the rank was looked up, ms UTC.
        channel_id: Where that line's event happened.
        cause: The ``seq`` of that line.
        thread_id: In which thread of that channel, 0 for none.
    """

    guild_id: int
    user_id: int
    rank: int
    ranked_members: int
    at: int
    channel_id: int
    cause: int
    thread_id: int = 0


class RulesChangeRequested(msgspec.Struct, frozen=True):
    """An admin asks to change rules of a guild.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        changes: New value by the rule's name (``earning.cooldown_seconds``), as text; None (or ``default``)
            for its default.
        channel_id: Where it was asked.
        seen: By a rule's name the mark (``rule_changes.value_mark``) of the value that was seen before;
            the change is refused if it is another one now.
    """

    guild_id: int
    actor_id: int
    event_id: int
    changes: dict[str, str | None]
    channel_id: int = 0
    seen: dict[str, str] = {}

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class RewardAddRequested(msgspec.Struct, frozen=True):
    """An admin asks that a level earn a role.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        level: From which level on the role is had.
        role_id: The role.
        mode: ``stack`` or ``replace``; None for the guild's.
        channel_id: Where it was asked.
    """

    guild_id: int
    actor_id: int
    event_id: int
    level: int
    role_id: int
    mode: Literal["stack", "replace"] | None = None
    channel_id: int = 0


class RewardRemovalRequested(msgspec.Struct, frozen=True):
    """An admin asks that a role, or all roles of a level, be earned no more.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        role_id: The role; 0 where a level is named.
        level: The level whose roles are meant, where no role is named.
        channel_id: Where it was asked.
    """

    guild_id: int
    actor_id: int
    event_id: int
    role_id: int = 0
    level: int = 0
    channel_id: int = 0


class XpChangeRequested(msgspec.Struct, frozen=True, kw_only=True):
    """An admin changes a member's XP by hand.

    Attributes:
        guild_id: The guild.
        user_id: The member.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        mode: What to do.
        amount_xp: How much to give or take, or to set it to; of no account to a reset.
        reason: Why, "" without one.
        in_guild: Whether the member is in the guild at this moment.
    """

    guild_id: int
    user_id: int
    actor_id: int
    event_id: int
    mode: Literal["give", "take", "set", "reset"]
    amount_xp: int = 0
    reason: str = ""
    in_guild: bool = True

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class XpUndoRequested(msgspec.Struct, frozen=True):
    """An admin takes back a change of XP that was made by hand.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
    """

    guild_id: int
    actor_id: int
    event_id: int

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class ScopeChangeRequested(msgspec.Struct, frozen=True):
    """An admin asks to name a place, role or member as no-XP or only-XP, or to name it no longer.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        rule: Which list, such as ``scope.no_xp_channels``.
        id: What is named.
        add: Whether it is to be named, or to be named no longer.
        channel_id: Where it was asked.
    """

    guild_id: int
    actor_id: int
    event_id: int
    rule: str
    id: int
    add: bool
    channel_id: int = 0

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class MultiplierChangeRequested(msgspec.Struct, frozen=True):
    """An admin asks to set or remove a multiplier.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        rule: ``multipliers.server``, ``multipliers.roles`` or ``multipliers.channels``.
        factor: What to multiply by; None to remove it.
        id: Which role, channel, category or thread; 0 for the server.
        channel_id: Where it was asked.
    """

    guild_id: int
    actor_id: int
    event_id: int
    rule: str
    factor: Decimal | None
    id: int = 0
    channel_id: int = 0

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class EventStartRequested(msgspec.Struct, frozen=True):
    """An admin asks for an event: a time in which XP is multiplied.

    Attributes:
        guild_id: The guild.
        actor_id: Who asks.
        event_id: Snowflake of the message or interaction that asks.
        name: What it is called.
        factor: What XP is multiplied by.
        lasts_ms: How long it lasts.
        from_at: When it begins, ms UTC; 0 for at once.
        channel_id: Channel or thread in which it was asked.
    """

    guild_id: int
    actor_id: int
    event_id: int
    name: str
    factor: Decimal
    lasts_ms: int
    from_at: int = 0
    channel_id: int = 0

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)


class EventStopRequested(msgspec.Struct, frozen=True):
    """An admin asks to end an event now, or to call off one that is to come; "" for the only one there is."""

    guild_id: int
    actor_id: int
    event_id: int
    name: str = ""
    channel_id: int = 0

    @property
    def at(self) -> int:
        """When it was asked: ms since the epoch, UTC."""
        return instant_of(self.event_id)
