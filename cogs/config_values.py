"""Values of rules as admins type and read them in Discord: channels by mention or name, shown as mentions."""

from __future__ import annotations

from typing import Any

from discord.ext import commands

from cogs.errors import SHOWN_CHARACTERS, UserFacingError, quoted
from cogs.text_places import TextPlace
from cogs.ui.names import escaped
from cogs.ui.packing import packed
from cogs.ui.times import moment
from leveling_core.earning_rules import ScheduledEvent
from leveling_core.events import EVENTS_RULE
from leveling_core.rewards import REWARDS_RULE
from leveling_core.rule_changes import RuleInfo, list_rules, typed_value

__all__ = [
    "CHANNEL_RULES",
    "find_rules",
    "list_sections",
    "resolve_value",
    "shown_value",
]

CHANNEL_RULES = frozenset(info.name for info in list_rules() if info.target_words)
"""The rules whose value may be a channel."""

LISTED_MENTIONS = {
    "scope.no_xp_channels": "<#{}>",
    "scope.only_xp_channels": "<#{}>",
    "scope.no_xp_roles": "<@&{}>",
    "scope.only_xp_roles": "<@&{}>",
    "scope.no_xp_members": "<@{}>",
    "scope.only_xp_members": "<@{}>",
    "multipliers.channels": "<#{}>",
    "multipliers.roles": "<@&{}>",
}
"""The rules whose values are lists of ids, or of ids with factors, and how such an id becomes a mention."""

MENTIONS_CHARACTERS = 300
"""How much is shown of a value that is made of mentions."""

NO_CHANNEL = frozenset({"here", "off", "none"})


def list_sections() -> list[str]:
    """Return the sections of the rules, in the order of the model."""
    return list(dict.fromkeys(info.name.partition(".")[0] for info in list_rules()))


def find_rules(typed: str) -> list[RuleInfo]:
    """Return the rules whose name holds what somebody has typed so far, those that begin with it first."""
    wanted = typed.strip().lower()
    found = [info for info in list_rules() if wanted in info.name]
    return sorted(found, key=lambda info: not (info.name.startswith(wanted) or f".{wanted}" in info.name))


def shown_value(rule: str, value: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Return a rule's value as it is shown in a message: channels and roles as mentions, all else as code.

    Args:
        rule: The rule.
        value: Its value as text.
        limit: How much of it is shown; of mentions, at least ``MENTIONS_CHARACTERS``.
    """
    if rule in CHANNEL_RULES and value.isascii() and value.isdigit():
        return f"<#{value}>"
    if rule in LISTED_MENTIONS and value[:1].isdigit():
        value = ", ".join(_mentioned(rule, entry) for entry in value.split(", "))
    has_mentions = rule == REWARDS_RULE or rule in LISTED_MENTIONS
    if rule == EVENTS_RULE and isinstance(events := typed_value(rule, value), tuple):
        value, has_mentions = ", ".join(map(_event, events)) or value, True
    if has_mentions and "<" in value:
        first, *more = packed(value.split(", "), max(limit, MENTIONS_CHARACTERS), ", ")
        return f"{first}, …" if more else first
    return f"`{quoted(value, limit)}`"


def _event(event: ScheduledEvent) -> str:
    """Return an event as it is shown: in the reader's own time, with the place where it is told."""
    place = f" <#{event.channel_id}>" if event.channel_id else ""
    times = f"{moment(event.from_at)} – {moment(event.until_at)}"
    return f"{event.factor:f}x **{escaped(event.name)}** {times}{place}"


def _mentioned(rule: str, entry: str) -> str:
    id_, has_factor, factor = entry.partition("=")
    mention = LISTED_MENTIONS[rule].format(id_)
    return f"{mention} {factor}x" if has_factor else mention


async def resolve_value(ctx: commands.Context[Any], rule: str, value: str) -> tuple[str, TextPlace | None]:
    """Return a value as the rules take it, and the channel that it names, if it names one.

    Raises:
        UserFacingError: It names a channel that no message can be sent to.
        commands.ChannelNotFound: It names none.
    """
    text = value.strip()
    if rule not in CHANNEL_RULES or text.lower() in NO_CHANNEL:
        return text, None
    name = text.removeprefix("#")
    try:
        channel: object = await commands.GuildChannelConverter().convert(ctx, name)
    except commands.ChannelNotFound:
        try:
            channel = await commands.ThreadConverter().convert(ctx, name)
        except commands.ThreadNotFound:
            raise commands.ChannelNotFound(text) from None
    if not isinstance(channel, TextPlace):
        raise UserFacingError("config-no-text-channel", channel=quoted(text))
    return str(channel.id), channel
