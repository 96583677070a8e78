"""The XP of the last days, as it is shown."""

from __future__ import annotations

import discord

from cogs.ui.achievement_names import AchievementNames
from cogs.ui.bars import value_bar
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.times import day_label, relative
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.history import XpHistory
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    DailyClaimed,
    LedgerLine,
    XpAdjusted,
    XpGained,
)
from leveling_core.profiles import XpStats

__all__ = ["statistics_embed"]

_CELLS = 10


def statistics_embed(texts: Texts, catalogue: Catalogue, stats: XpStats) -> discord.Embed:
    """Make the embed of a member's XP of the last days."""
    history = stats.history
    embed = new_embed(
        title=texts("xpstats-title", days=len(history.days)),
        description=_summary(texts, stats),
        footer=texts("ui-footer"),
    )
    add_field(embed, texts("xpstats-days-title"), _days(texts, history))
    if history.best_day is not None:
        best_on, best_xp = history.best_day
        best = texts("xpstats-best", day=day_label(texts, best_on), xp=best_xp)
        add_field(embed, texts("xpstats-best-title"), best, inline=True)
        average = texts("xpstats-average", xp=history.average_xp)
        add_field(embed, texts("xpstats-average-title"), average, inline=True)
    if not history.events:
        return embed
    sources = (texts("xpstats-source", source=source, xp=xp) for source, xp in history.sources)
    add_field(embed, texts("xpstats-sources-title"), "\n".join(sources))
    names = AchievementNames(texts, catalogue)
    events = (_event(texts, names, line) for line in history.events)
    add_field(embed, texts("xpstats-events-title"), "\n".join(events))
    return embed


def _summary(texts: Texts, stats: XpStats) -> str:
    if not stats.history.total_xp:
        return texts("xpstats-nothing")
    profile = stats.profile
    total_xp = stats.history.total_xp
    return texts(
        "xpstats-summary-loss" if total_xp < 0 else "xpstats-summary",
        xp=abs(total_xp),
        level=profile.progress.level,
        total=profile.member.xp,
    )


def _days(texts: Texts, history: XpHistory) -> str:
    """Return a line for each day, in a block in which all letters are equally wide."""
    highest = max(xp for _, xp in history.days)
    labels = [day_label(texts, day_on) for day_on, _ in history.days]
    amounts = [texts("xpstats-amount", xp=xp) for _, xp in history.days]
    wide, long = max(map(len, labels)), max(map(len, amounts))
    lines = (
        f"{label:<{wide}}  {amount:>{long}}  {value_bar(xp, highest, _CELLS)}".rstrip()
        for label, amount, (_, xp) in zip(labels, amounts, history.days, strict=True)
    )
    return "```\n" + "\n".join(lines) + "\n```"


def _event(texts: Texts, names: AchievementNames, line: LedgerLine) -> str:
    xp = line.outcome.xp
    return texts(
        "xpstats-event",
        sign="+" if xp >= 0 else "−",
        xp=abs(xp),
        what=_what(texts, names, line),
        when=relative(line.at),
    )


def _what(texts: Texts, names: AchievementNames, line: LedgerLine) -> str:
    outcome = line.outcome
    if isinstance(outcome, DailyClaimed):
        return texts("xpstats-event-daily", streak=outcome.streak)
    if isinstance(outcome, AchievementUnlocked):
        return texts("xpstats-event-achievement", name=names.name(outcome.achievement_id))
    if isinstance(outcome, AchievementRevoked):
        return texts("xpstats-event-revoked", name=names.name(outcome.achievement_id))
    if isinstance(outcome, XpAdjusted):
        return texts("xpstats-event-by-hand", mode=outcome.mode)
    if isinstance(outcome, XpGained) and outcome.awards > 1:
        return texts("xpstats-event-day", awards=outcome.awards)
    return texts("xpstats-event-other", source=outcome.source)
