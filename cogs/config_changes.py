"""Changing a rule for an admin, whichever way it is asked: what comes of it, and what spoils its effect."""

from __future__ import annotations

from functools import reduce

import discord

from cogs.audit_log import AUDIT_RULE
from cogs.base import LaurelCog, UserFacingError
from cogs.config_values import shown_value
from cogs.errors import quoted
from cogs.prefixes import PREFIX_RULE
from cogs.text_places import TextPlace, lacking_permission
from data import Texts
from leveling_core.curve_rules import CurveRules
from leveling_core.facts import RulesChangeRequested
from leveling_core.picture_rules import THEME_RULE
from leveling_core.rule_changes import RuleInfo, rule_value, show_value

__all__ = ["change_rule", "check_settable"]


def check_settable(info: RuleInfo) -> None:
    """Let a rule be set to any value, unless a command of its own does that.

    Raises:
        UserFacingError: One does.
    """
    if info.managed_by:
        raise UserFacingError("config-managed", rule=info.name, command=info.managed_by)


async def change_rule(
    cog: LaurelCog,
    fact: RulesChangeRequested,
    rule: str,
    *,
    channel: TextPlace | None,
    message: discord.Message,
    prefix: str,
) -> list[str]:
    """Change one rule; return its old and new value, and what keeps it from having its effect, in words.

    Args:
        cog: Whose texts and use cases these are.
        fact: What is asked.
        rule: The rule's full name.
        channel: The channel that it names now, if it names one.
        message: Any message of the guild, by which the bot tells what its commands begin with.
        prefix: What stands before the commands that are named.

    Raises:
        RuleError: It cannot be changed so.
        UserFacingError: It names a theme that there is not.
    """
    texts = cog.texts
    if rule == THEME_RULE:
        await _check_theme(cog, fact)
    answer = await cog.leveling.change_rules(fact)
    lines = [
        texts("config-changed", rule=name, old=shown_value(name, old), new=shown_value(name, new))
        for name, (old, new) in answer.changes.items()
    ]
    if not lines:
        now = show_value(rule_value(await cog.leveling.get_rules(fact.guild_id), rule))
        lines.append(texts("config-unchanged", rule=rule, value=shown_value(rule, now)))
    lacking = lacking_permission(channel) if channel is not None else None
    if channel is not None and lacking is not None:
        lines.append(texts("config-cannot-write", channel=channel.mention, permission=lacking))
    if channel is not None and rule == AUDIT_RULE and _is_public(channel):
        lines.append(texts("config-audit-public", channel=channel.mention))
    if rule == PREFIX_RULE and not await _is_prefix_used(cog, fact.guild_id, message):
        lines.append(texts("config-prefix-elsewhere"))
    if answer.changes and rule.startswith(("curve.", "rewards.")):
        rules = (await cog.leveling.get_rules(fact.guild_id)).rules
        if rule.startswith("curve.") and not rules.curve.uses(rule.removeprefix("curve.")):
            lines.append(_unused(texts, rule, rules.curve))
        elif rules.rewards.roles:
            lines.append(texts("config-roles-stay", prefix=prefix))
    return lines


def _unused(texts: Texts, rule: str, curve: CurveRules) -> str:
    """Tell with which curve a parameter is used that the curve of now does not use."""
    kinds = CurveRules.kinds_using(rule.removeprefix("curve."))
    listed = reduce(
        lambda first, next_: texts("config-or", first=first, next=next_), map("`{}`".format, kinds)
    )
    return texts("config-curve-unused", kinds=listed, kind=curve.kind)


def _is_public(channel: TextPlace) -> bool:
    """Tell whether everybody can read a channel."""
    place = channel.parent if isinstance(channel, discord.Thread) and not channel.is_private() else channel
    if place is None or isinstance(place, discord.Thread):
        return False
    return place.permissions_for(place.guild.default_role).view_channel


async def _check_theme(cog: LaurelCog, fact: RulesChangeRequested) -> None:
    """Refuse a theme that there is not; the rules themselves cannot know.

    Raises:
        UserFacingError: There is none of this name.
    """
    typed = fact.changes[THEME_RULE]
    assets = await cog.laurel.pictures.cards.get_assets(fact.guild_id)
    names = [*cog.laurel.pictures.themes, *assets.themes]
    if typed is not None and typed.strip().lower() not in names:
        raise UserFacingError("card-no-theme", name=quoted(typed), names=", ".join(names))


async def _is_prefix_used(cog: LaurelCog, guild_id: int, message: discord.Message) -> bool:
    """Tell whether the bot takes its prefix from the rules; another bot may have its own way."""
    rules = await cog.leveling.get_rules(guild_id)
    used = await cog.bot.get_prefix(message)
    wanted = rules.rules.general.prefix or cog.laurel.default_prefix
    return wanted in ([used] if isinstance(used, str) else used)
