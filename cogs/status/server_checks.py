"""What in a server itself keeps Laurel from working: channels, roles and rules; each with what mends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import discord

from cogs.config_values import shown_value
from cogs.pictures.looks import Looks
from cogs.text_places import TextPlace, lacking_permission
from data import Texts
from leveling_core.documents import AssetsRecord, RulesRecord
from leveling_core.rule_changes import list_rules, rule_value, show_value
from leveling_core.rules import Ruleset

__all__ = [
    "channel_troubles",
    "gone_entries",
    "named_channels",
    "rule_troubles",
    "theme_troubles",
    "unseen_channels",
]


def named_channels(ruleset: Ruleset) -> dict[str, int]:
    """Return the channels that rules name as places to tell something, by the rule's name."""
    values = {info.name: rule_value(ruleset, info.name) for info in list_rules() if info.target_words}
    return {name: value for name, value in values.items() if isinstance(value, int)}


def channel_troubles(texts: Texts, guild: discord.Guild, ruleset: Ruleset) -> Iterator[str]:
    """Tell which of the channels that rules name cannot be written to."""
    for rule, channel_id in named_channels(ruleset).items():
        place = guild.get_channel_or_thread(channel_id)
        if place is None:
            yield texts("status-channel-gone", rule=rule)
        elif not isinstance(place, TextPlace):
            yield texts("status-channel-unsuitable", rule=rule, channel=place.mention)
        elif (lacking := lacking_permission(place)) is not None:
            yield texts("status-channel-closed", rule=rule, channel=place.mention, permission=lacking)


def unseen_channels(texts: Texts, guild: discord.Guild) -> Iterator[str]:
    """Tell which channels everybody sees but the bot; one for few may be none of its business."""
    for channel in guild.channels:
        seen_by_all = channel.permissions_for(guild.default_role).view_channel
        if seen_by_all and not isinstance(channel, discord.CategoryChannel) and not _sees(guild, channel):
            yield texts("status-channel-unseen", channel=channel.mention)


def _sees(guild: discord.Guild, channel: discord.abc.GuildChannel) -> bool:
    return channel.permissions_for(guild.me).view_channel


def rule_troubles(texts: Texts, record: RulesRecord) -> Iterator[str]:
    """Tell whether leveling is off, and which stored rules cannot be used."""
    if not record.ruleset.enabled:
        yield texts("status-leveling-off")
    known = {info.name for info in list_rules()}
    for rule in record.ruleset.invalid:
        stored = shown_value(rule, show_value(record.changes.get(rule)))
        yield texts("status-rule-invalid" if rule in known else "status-rule-gone", rule=rule, stored=stored)


def theme_troubles(texts: Texts, looks: Looks, assets: AssetsRecord, ruleset: Ruleset) -> Iterator[str]:
    """Tell whether the theme that the server has chosen is gone."""
    theme = ruleset.rules.pictures.theme
    if (found := looks.find_theme(assets, theme)) != theme:
        yield texts("status-theme-gone", theme=theme, found=found)


def gone_entries(texts: Texts, guild: discord.Guild, ruleset: Ruleset) -> Iterator[str]:
    """Tell which roles and channels that rules of earning list are gone, and where nobody earns for it.

    A thread that is archived is not known here, so it looks like one that is gone.
    """
    scope, multipliers = ruleset.rules.scope, ruleset.rules.multipliers
    listed: dict[str, tuple[Iterable[int], bool]] = {
        "scope.no_xp_channels": (scope.no_xp_channels, False),
        "scope.only_xp_channels": (scope.only_xp_channels, False),
        "scope.no_xp_roles": (scope.no_xp_roles, True),
        "scope.only_xp_roles": (scope.only_xp_roles, True),
        "multipliers.channels": ([entry.id for entry in multipliers.channels], False),
        "multipliers.roles": ([entry.id for entry in multipliers.roles], True),
    }
    gone = {
        rule: [id_ for id_ in ids if _is_gone(guild, id_, is_role=is_role)]
        for rule, (ids, is_role) in listed.items()
    }
    if _all_gone(scope.only_xp_channels, gone["scope.only_xp_channels"]):
        yield texts("status-no-place-earns")
        del gone["scope.only_xp_channels"]
    if not scope.only_xp_members and _all_gone(scope.only_xp_roles, gone["scope.only_xp_roles"]):
        yield texts("status-nobody-earns")
        del gone["scope.only_xp_roles"]
    for rule, ids in gone.items():
        if ids:
            yield texts("status-entries-gone", rule=rule, count=len(ids), roles=str(listed[rule][1]).lower())


def _is_gone(guild: discord.Guild, id_: int, *, is_role: bool) -> bool:
    return (guild.get_role(id_) if is_role else guild.get_channel_or_thread(id_)) is None


def _all_gone(named: Collection[int], gone: Collection[int]) -> bool:
    return bool(named) and len(gone) == len(named)
