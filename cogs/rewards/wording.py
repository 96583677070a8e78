"""Rewards in words: what there is, why a role cannot be given, and what mends it."""

from __future__ import annotations

import discord

from cogs.errors import permission_names
from cogs.role_problems import ABOVE, GONE, POWERFUL, find_role_problem, list_powers
from cogs.ui.embeds import spread_description
from cogs.ui.names import shown_name
from cogs.ui.times import relative
from data import Texts
from leveling_core.documents import RewardsRecord
from leveling_core.reward_records import ALL_ROLES
from leveling_core.rewards import Reward, mode_of, reachable_levels, role_mention
from leveling_core.rules import Ruleset

_POWERS_NAMED = 3

__all__ = ["list_pages", "list_trouble_lines", "trouble_text"]


def _problem(texts: Texts, guild: discord.Guild, role_id: int, problem: str, *, directly: bool) -> str:
    """Return what is wrong with a role, in words."""
    role = guild.get_role(role_id)
    if problem == GONE or (directly and role is None):
        shown = f"`{role_id}`"
    else:
        shown = f"**{shown_name(role.name)}**" if directly and role is not None else role_mention(role_id)
    return texts(f"reward-problem-{problem}", role=shown)


def _advice(texts: Texts, guild: discord.Guild, role_id: int, problem: str) -> str:
    """Return what mends it, in words."""
    if problem == GONE:
        return texts("reward-advice-gone", role=str(role_id))
    if problem == POWERFUL:
        role = guild.get_role(role_id)
        powers = list_powers(role)[:_POWERS_NAMED] if role is not None else []
        return texts("reward-advice-powerful", permissions=permission_names(powers))
    if problem == ABOVE:
        return texts("reward-advice-above", own=shown_name(guild.me.top_role.name))
    return texts(f"reward-advice-{problem}")


def trouble_text(
    texts: Texts, guild: discord.Guild, role_id: int, problem: str, *, directly: bool = False
) -> str:
    """Return what is wrong with a role and what mends it, in words.

    Args:
        texts: What people read.
        guild: Where.
        role_id: The role.
        problem: What is wrong.
        directly: Whether it is read outside the server, where Discord shows no mention of its roles.
    """
    return texts(
        "reward-trouble",
        problem=_problem(texts, guild, role_id, problem, directly=directly),
        advice=_advice(texts, guild, role_id, problem),
    )


def list_trouble_lines(
    texts: Texts, guild: discord.Guild, ruleset: Ruleset, record: RewardsRecord
) -> list[str]:
    """Return what keeps rewards from being given, in words; what all roles share is said once.

    Args:
        texts: What people read.
        guild: Where.
        ruleset: Its rules.
        record: What was met so far; what has been mended since is left out.
    """
    found: dict[str, tuple[int, str]] = {}
    for reward in ruleset.rules.rewards.roles:
        known = record.troubles.get(str(reward.role_id))
        problem = find_role_problem(guild, reward.role_id) or _refusal(known.problem if known else "")
        if problem:
            key = f"{reward.role_id}" if problem != "permission" else str(ALL_ROLES)
            found.setdefault(key, (reward.role_id, problem))
    lines = []
    for key, (role_id, problem) in found.items():
        known = record.troubles.get(key)
        text = trouble_text(texts, guild, role_id, problem)
        if known is not None and known.problem == problem:
            text = texts("reward-trouble-since", trouble=text, since=relative(known.since_at))
        lines.append(text)
    if record.overdue:
        lines.append(texts("reward-overdue"))
    elif record.stale_since_at:
        lines.append(texts("reward-stale", since=relative(record.stale_since_at)))
    elif record.left_since_at and not found:
        lines.append(texts("reward-left", since=relative(record.left_since_at)))
    return lines


def _refusal(problem: str) -> str:
    """Return a problem that only an attempt shows: all others are looked at anew."""
    return problem if problem == "forbidden" else ""


def list_pages(
    texts: Texts, guild: discord.Guild, ruleset: Ruleset, prefix: str, *, for_admins: bool
) -> list[discord.Embed]:
    """Show which level earns which role, on as many pages as it takes.

    Args:
        texts: What people read.
        guild: Where.
        ruleset: Its rules.
        prefix: What commands begin with where it is shown.
        for_admins: Whether to tell what is wrong, and how rewards are changed.
    """
    rewards = ruleset.rules.rewards
    pieces = []
    for reward in rewards.roles:
        warnings = _warnings(texts, guild, ruleset, reward) if for_admins else []
        if for_admins or guild.get_role(reward.role_id) is not None:
            pieces.append("\n".join([_line(texts, ruleset, reward), *warnings]))
    nothing = texts("rewards-none", prefix=prefix) if for_admins else texts("rewards-none-yet")
    return spread_description(
        title=texts("rewards-title", mode=rewards.mode),
        pieces=pieces or [nothing],
        footer=texts("rewards-footer", prefix=prefix) if for_admins else "",
    )


def _line(texts: Texts, ruleset: Ruleset, reward: Reward) -> str:
    rewards = ruleset.rules.rewards
    return texts(
        "rewards-line",
        level=reward.level,
        role=role_mention(reward.role_id),
        mode=mode_of(rewards, reward) if reward.mode and reward.mode != rewards.mode else "usual",
    )


def _warnings(texts: Texts, guild: discord.Guild, ruleset: Ruleset, reward: Reward) -> list[str]:
    warnings = []
    problem = find_role_problem(guild, reward.role_id)
    if problem:
        warnings.append(trouble_text(texts, guild, reward.role_id, problem))
    levels = reachable_levels(ruleset.curve)
    if reward.level not in levels:
        warnings.append(texts("rewards-unreachable", lowest=levels.start, highest=levels.stop - 1))
    return [texts("rewards-warning", warning=warning) for warning in warnings]
