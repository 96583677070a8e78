"""The XP of the last days, and the hours of the week, in text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import discord

from cogs.statistics.words import (
    busiest_text,
    forecast_text,
    left_out_text,
    short_text,
    source_text,
    taken_text,
)
from cogs.ui.achievement_names import AchievementNames
from cogs.ui.bars import value_bar
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.times import day_label, relative
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.charts import WeekHours
from leveling_core.history import XpHistory
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    DailyClaimed,
    LedgerLine,
    XpAdjusted,
    XpGained,
)
from leveling_core.periods import DAYS_PER_WEEK
from leveling_core.profiles import XpStats

__all__ = ["hours_embed", "statistics_embed"]

_CELLS = 10
_MOST_LINES = 7


def statistics_embed(texts: Texts, catalogue: Catalogue, stats: XpStats) -> discord.Embed:
    """Make the embed of a member's XP of the last days."""
    history = stats.history
    embed = new_embed(
        title=texts("xpstats-title", days=len(history.days)),
        description="\n".join(filter(None, _lines(texts, stats))),
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
    sources = [
        texts("xpstats-source", source=source_text(texts, source), xp=xp) for source, xp in history.sources
    ]
    rest_xp = history.total_xp - sum(xp for _, xp in history.sources)
    if rest_xp:
        sources.append(texts("xpstats-source-rest", xp=rest_xp))
    add_field(embed, texts("xpstats-sources-title"), "\n".join(sources))
    names = AchievementNames(texts, catalogue)
    events = (_event(texts, names, line) for line in history.events)
    add_field(embed, texts("xpstats-events-title"), "\n".join(events))
    return embed


def _lines(texts: Texts, stats: XpStats) -> Iterator[str]:
    yield short_text(texts, stats)
    if stats.forecast is not None:
        yield forecast_text(texts, stats.forecast, stats.history.days[-1][0])
    yield taken_text(texts, stats)


def _days(texts: Texts, history: XpHistory) -> str:
    """Return a line for each day or, of many, for each seven, in letters that are equally wide."""
    if len(history.days) <= _MOST_LINES:
        amounts = [(day_label(texts, day_on), xp) for day_on, xp in history.days]
    else:
        newest_first = history.days[::-1]
        spans = [newest_first[at : at + DAYS_PER_WEEK] for at in range(0, len(newest_first), DAYS_PER_WEEK)]
        amounts = [(_span_label(texts, span), sum(xp for _, xp in span)) for span in reversed(spans)]
    highest = max(xp for _, xp in amounts)
    shown = [texts("xpstats-amount", xp=xp) for _, xp in amounts]
    wide, long = max(len(label) for label, _ in amounts), max(map(len, shown))
    lines = (
        f"{label:<{wide}}  {amount:>{long}}  {value_bar(xp, highest, _CELLS)}".rstrip()
        for (label, xp), amount in zip(amounts, shown, strict=True)
    )
    return _block(lines)


def _span_label(texts: Texts, span: tuple[tuple[int, int], ...]) -> str:
    """Name some days, newest first, by the first and the last."""
    first, last = (dt.date.fromordinal(day_on) for day_on in (span[-1][0], span[0][0]))
    labels = [texts("ui-day-of-month", day=str(day.day), month=day.month) for day in (first, last)]
    return texts("xpstats-span", first=labels[0], last=labels[1])


def _block(lines: Iterable[str]) -> str:
    return "```\n" + "\n".join(lines) + "\n```"


def hours_embed(texts: Texts, hours: WeekHours) -> discord.Embed:
    """Make the embed of a member's hours of the week: each weekday with its sum and its busiest hour."""
    embed = new_embed(
        title=texts("activity-title"),
        description="\n".join(filter(None, [busiest_text(texts, hours), left_out_text(texts, hours)])),
        footer=texts("ui-footer"),
    )
    if hours.counted:
        weekdays = [(hours.first_weekday + place) % DAYS_PER_WEEK for place in range(DAYS_PER_WEEK)]
        lines = (_weekday(texts, weekday, hours.hours[weekday]) for weekday in weekdays)
        add_field(embed, texts("activity-days-title"), "\n".join(lines))
    return embed


def _weekday(texts: Texts, weekday: int, numbers: tuple[int, ...]) -> str:
    name, most = texts("ui-weekday", weekday=weekday), max(numbers)
    if not most:
        return texts("activity-weekday-quiet", weekday=name)
    hour = texts("activity-hour", hour=f"{numbers.index(most):02}")
    return texts("activity-weekday", weekday=name, messages=sum(numbers), hour=hour)


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
