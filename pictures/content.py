"""What each picture shows: numbers, and words that are ready to be read.

All words come from the caller, formatted and translated; no picture writes one of its own. Pictures
travel to the process that draws them, so they hold plain values only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = [
    "FIELDS",
    "BackgroundFile",
    "Board",
    "BoardRow",
    "Comparison",
    "HeatMap",
    "LevelUpCard",
    "Look",
    "Picture",
    "RankCard",
    "Series",
    "Side",
    "SourceChart",
    "UnlockCard",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture is to look.

    Attributes:
        theme: The name of a theme.
        own_theme: A guild's own theme (the text of a file as in ``data/cards``), instead of the one named.
        accent: As #rrggbb, instead of the theme's accent; "" for the theme's.
        background: A picture file to draw behind everything, instead of the theme's layers.
        role_colour: As #rrggbb, the colour of the member's highest role; "" if it has none.
    """

    theme: str
    own_theme: str = ""
    accent: str = ""
    background: bytes = b""
    role_colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCard:
    """A member's card.

    Attributes:
        name: As the member writes it, however that may be.
        fallback_name: For a name that shows nothing.
        avatar: A picture file; empty for none.
        level_label: Such as "Level".
        level: Such as "42".
        rank_label: Such as "Rank".
        rank: Such as "#1,204"; "" for members without one.
        xp: Such as "1,240 / 2,000 XP".
        total: Such as "48,120 XP in all"; "" for none.
        progress: The share of the level that is done, from 0 to 1.
        streak_label: Such as "Streak".
        streak: Such as "12 days"; "" for none.
        badges: Emoji.
    """

    look: Look
    name: str
    fallback_name: str
    avatar: bytes = b""
    level_label: str
    level: str
    rank_label: str = ""
    rank: str = ""
    xp: str
    total: str = ""
    progress: float
    streak_label: str = ""
    streak: str = ""
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelUpCard:
    """The small card that goes with a level-up.

    Attributes:
        headline: Such as "Level up".
        before: The level before, such as "41".
        level: The level reached, such as "42".
        detail: A line below; "" for none.
    """

    look: Look
    name: str
    fallback_name: str
    avatar: bytes = b""
    headline: str
    before: str = ""
    level_label: str = ""
    level: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockCard:
    """The small card that goes with an unlocked achievement.

    Attributes:
        headline: Such as "Achievement unlocked".
        badge: Its emoji.
        title: Its name.
        description: What it was given for.
        tier: Such as "Gold"; "" for none.
        rarity: Such as "3 % of members"; "" for none.
    """

    look: Look
    name: str
    fallback_name: str
    avatar: bytes = b""
    headline: str
    badge: tuple[str, ...]
    title: str
    description: str = ""
    tier: str = ""
    rarity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A member on a board.

    Attributes:
        rank: Such as "1".
        value: Such as "48,120 XP".
        detail: Such as "Level 42".
        share: Of the leader's value, from 0 to 1: the length of the bar.
        medal: 1, 2 or 3 for the first three places, 0 for all others.
        is_viewer: Whether this is the member who asked.
    """

    rank: str
    name: str
    fallback_name: str
    avatar: bytes = b""
    value: str
    detail: str = ""
    share: float
    medal: int = 0
    is_viewer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The first members of a guild.

    Attributes:
        title: Such as "Leaderboard".
        subtitle: Such as the guild's name.
        rows: At most ten, best first.
        footer: Such as the place of the member who asked; "" for none.
    """

    look: Look
    title: str
    subtitle: str = ""
    rows: tuple[BoardRow, ...]
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A part of a chart: its name in the legend, and one value for each column."""

    label: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChart:
    """XP of each day, stacked by source.

    Attributes:
        title: Such as "XP of the last 30 days".
        subtitle: Such as the member's name.
        columns: The label of each day; "" where none is written.
        series: The sources, largest first; all with a value for each column.
        ticks: Heights of the lines that cross the chart, with their labels.
        notes: Lines below the chart, such as a forecast.
        empty: What is written if there is nothing to show.
    """

    look: Look
    title: str
    subtitle: str = ""
    columns: tuple[str, ...]
    series: tuple[Series, ...]
    ticks: tuple[tuple[int, str], ...]
    notes: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """How much happens at each hour of the week.

    Attributes:
        rows: Names of the days, with their 24 values.
        hours: The label of each hour; "" where none is written.
        low: The word at the light end of the scale.
        high: The word at the strong end.
    """

    look: Look
    title: str
    subtitle: str = ""
    rows: tuple[Series, ...]
    hours: tuple[str, ...]
    low: str = ""
    high: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two members that are compared.

    Attributes:
        detail: A line below the name; "" for none.
        values: What is shown in each row, such as "48,120 XP".
        amounts: What the bars are as long as, in each row.
    """

    name: str
    fallback_name: str
    avatar: bytes = b""
    detail: str = ""
    values: tuple[str, ...]
    amounts: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two members side by side.

    Attributes:
        labels: The name of each row.
        versus: What stands between the two names.
        footer: A line below; "" for none.
        barless: Rows whose amounts tell only who is ahead, such as places: they have no bars.
    """

    look: Look
    labels: tuple[str, ...]
    left: Side
    right: Side
    barless: tuple[int, ...] = ()
    versus: str = ""
    footer: str = ""


Picture = RankCard | LevelUpCard | UnlockCard | Board | SourceChart | HeatMap | Comparison
"""Anything that can be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundFile:
    """A picture that somebody wants as a background, to be checked and made small.

    Attributes:
        content: The file.
    """

    content: bytes


FIELDS = {
    "rank_card": frozenset(field.name for field in fields(RankCard)) - {"look", "fallback_name"},
    "level_up": frozenset(field.name for field in fields(LevelUpCard)) - {"look", "fallback_name"},
    "unlock": frozenset(field.name for field in fields(UnlockCard)) - {"look", "fallback_name"},
}
"""What a layout may show, by picture."""
