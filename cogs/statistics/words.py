"""What statistics say beside their pictures: a summary, a forecast with its assumption, alt texts."""

from __future__ import annotations

import datetime as dt

import discord

from cogs.ui.names import plain_name
from cogs.ui.times import day_label
from data.texts import Texts
from leveling_core.charts import LevelForecast, WeekHours
from leveling_core.periods import DAYS_PER_WEEK
from leveling_core.profiles import XpStats

__all__ = [
    "busiest_text",
    "describe_chart",
    "describe_hours",
    "forecast_text",
    "left_out_text",
    "short_text",
    "source_text",
    "taken_text",
]


def source_text(texts: Texts, source: str) -> str:
    """Return what a source of XP is called."""
    return texts("xpstats-source-name", source=source)


def forecast_text(texts: Texts, forecast: LevelForecast, today_on: int) -> str:
    """Return when the next level comes, and what that takes for granted."""
    day = day_label(texts, forecast.reached_on)
    year = dt.date.fromordinal(forecast.reached_on).year
    if year != dt.date.fromordinal(today_on).year:
        day = texts("xpstats-day-of-year", day=day, year=str(year))
    return texts(
        "xpstats-forecast", level=forecast.level, day=day, days=forecast.pace_days, xp=forecast.earned_xp
    )


def taken_text(texts: Texts, stats: XpStats) -> str:
    """Return what was taken away and is in no column; "" for nothing."""
    return texts("xpstats-taken", xp=stats.chart.taken_xp) if stats.chart.taken_xp else ""


def short_text(texts: Texts, stats: XpStats) -> str:
    """Return what statistics come to."""
    if not any(xp for _, xp in stats.history.days):
        return texts("xpstats-nothing")
    total_xp = stats.history.total_xp
    return texts(
        "xpstats-summary-loss" if total_xp < 0 else "xpstats-summary",
        xp=abs(total_xp),
        level=stats.profile.progress.level,
        total=stats.profile.member.xp,
    )


def describe_chart(texts: Texts, stats: XpStats, member: discord.Member) -> str:
    """Return in words what a chart of XP shows, for those who cannot see it."""
    history, today_on = stats.history, stats.history.days[-1][0]
    name = plain_name(member.display_name, texts("ui-nobody"))
    parts = [texts("xpstats-alt", name=name, days=len(history.days)), short_text(texts, stats)]
    parts += [
        texts("xpstats-source", source=source_text(texts, series.source), xp=sum(series.values))
        for series in stats.chart.sources
    ]
    if history.best_day is not None:
        best_on, best_xp = history.best_day
        parts.append(texts("xpstats-alt-best", day=day_label(texts, best_on), xp=best_xp))
    if stats.forecast is not None:
        parts.append(forecast_text(texts, stats.forecast, today_on))
    return "\n".join(parts)


def _weeks(hours: WeekHours) -> int:
    return hours.days // DAYS_PER_WEEK


def busiest_text(texts: Texts, hours: WeekHours) -> str:
    """Return how much there was in how many weeks, and when most of it."""
    if hours.busiest is None:
        return texts("activity-nothing", weeks=_weeks(hours))
    weekday, hour = hours.busiest
    return texts(
        "activity-summary",
        messages=hours.counted,
        weeks=_weeks(hours),
        weekday=texts("ui-weekday", weekday=weekday),
        hour=texts("activity-hour", hour=f"{hour:02}"),
        zone=hours.zone,
    )


def left_out_text(texts: Texts, hours: WeekHours) -> str:
    """Return how many messages are left out, and why; "" for none."""
    return texts("activity-left-out", messages=hours.left_out) if hours.left_out else ""


def describe_hours(texts: Texts, hours: WeekHours, member: discord.Member) -> str:
    """Return in words what the hours of the week show, for those who cannot see them."""
    name = plain_name(member.display_name, texts("ui-nobody"))
    return "\n".join(
        filter(
            None,
            [
                texts("activity-alt", name=name, weeks=_weeks(hours)),
                busiest_text(texts, hours),
                left_out_text(texts, hours),
            ],
        )
    )
