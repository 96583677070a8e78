"""Statistics as pictures: a chart of XP by day and source, and the hours of the week."""

from __future__ import annotations

import datetime as dt
from itertools import count

import discord

from cogs.statistics.words import forecast_text, source_text, taken_text
from cogs.ui.names import clean_name
from data.texts import Texts
from leveling_core.charts import WeekHours
from leveling_core.periods import DAYS_PER_WEEK
from leveling_core.profiles import XpStats
from leveling_core.tallies import HOURS_PER_DAY
from pictures import HeatMap, Look, Series, SourceChart

__all__ = ["chart_ticks", "column_labels", "heat_map", "source_chart"]

_MOST_TICKS = 5
_LABELS = 6
_HOURS_A_LABEL = 3


def source_chart(texts: Texts, stats: XpStats, member: discord.Member, look: Look) -> SourceChart:
    """Return XP of each day by source."""
    chart = stats.chart
    sums = [sum(values) for values in zip(*(source.values for source in chart.sources), strict=True)]
    highest = max(sums, default=0)
    notes = [taken_text(texts, stats)]
    if stats.forecast is not None:
        notes.insert(0, forecast_text(texts, stats.forecast, chart.days[-1]))
    return SourceChart(
        look=look,
        title=texts("xpstats-title", days=len(chart.days)),
        subtitle=_name(texts, member),
        columns=column_labels(texts, chart.days),
        series=tuple(
            Series(label=source_text(texts, source.source), values=source.values) for source in chart.sources
        ),
        ticks=tuple((tick, texts("xpstats-tick", xp=tick)) for tick in chart_ticks(highest)),
        notes=tuple(filter(None, notes)),
        empty=texts("xpstats-empty"),
    )


def _name(texts: Texts, member: discord.Member) -> str:
    return clean_name(member.display_name) or texts("ui-nobody")


def chart_ticks(highest: int) -> tuple[int, ...]:
    """Return round numbers for the lines across a chart, the last of them not below its highest column.

    They are multiples of 1, 2 or 5 times a power of ten, at most five.

    Args:
        highest: The highest column, 0 or more.
    """
    if highest <= 0:
        return ()
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if step * _MOST_TICKS >= highest)
    return tuple(range(step, highest + step, step))


def column_labels(texts: Texts, days: tuple[int, ...]) -> tuple[str, ...]:
    """Return what stands below each day: every day of a week is named, of more days some, today among them.

    Args:
        texts: What people read.
        days: The days (ordinals), oldest first, today last.
    """
    every = 1 if len(days) <= DAYS_PER_WEEK else -(-len(days) // _LABELS)
    name = "ui-day" if every == 1 else "ui-day-of-month"
    return tuple(_label(texts, name, day_on) if (days[-1] - day_on) % every == 0 else "" for day_on in days)


def _label(texts: Texts, name: str, day_on: int) -> str:
    day = dt.date.fromordinal(day_on)
    fields: dict[str, str | int] = {"day": str(day.day), "month": day.month}
    if name == "ui-day":
        fields["weekday"] = day.weekday()
    return texts(name, **fields)


def heat_map(texts: Texts, hours: WeekHours, member: discord.Member, look: Look) -> HeatMap:
    """Return how many messages earned XP at each hour of the week, the guild's first weekday on top."""
    weekdays = [(hours.first_weekday + place) % DAYS_PER_WEEK for place in range(DAYS_PER_WEEK)]
    return HeatMap(
        look=look,
        title=texts("activity-title"),
        subtitle=texts(
            "activity-subtitle",
            name=_name(texts, member),
            weeks=hours.days // DAYS_PER_WEEK,
            zone=hours.zone,
        ),
        rows=tuple(
            Series(label=texts("ui-weekday", weekday=weekday), values=hours.hours[weekday])
            for weekday in weekdays
        ),
        hours=tuple(
            texts("activity-hour-short", hour=f"{hour:02}") if hour % _HOURS_A_LABEL == 0 else ""
            for hour in range(HOURS_PER_DAY)
        ),
        low=texts("activity-low"),
        high=texts("activity-high"),
        empty=texts("activity-empty"),
    )
