"""Pictures: cards, boards and charts, drawn from plain data in any theme and any script.

`Studio` draws them for the event loop, in a process of its own. What a picture shows is in
`pictures.content`.
"""

from __future__ import annotations

from pictures.artist import Artist
from pictures.checking import check_accent, check_theme, list_themes
from pictures.content import (
    Board,
    BoardRow,
    Comparison,
    HeatMap,
    LevelUpCard,
    Look,
    Picture,
    RankCard,
    Series,
    Side,
    SourceChart,
    UnlockCard,
)
from pictures.drawing.avatars import BACKGROUND_LIMITS
from pictures.problems import PictureError, StudioBusyError
from pictures.studio import Studio
from pictures.themes.loading import LARGEST_THEME_BYTES

__all__ = [
    "BACKGROUND_LIMITS",
    "LARGEST_THEME_BYTES",
    "Artist",
    "Board",
    "BoardRow",
    "Comparison",
    "HeatMap",
    "LevelUpCard",
    "Look",
    "Picture",
    "PictureError",
    "RankCard",
    "Series",
    "Side",
    "SourceChart",
    "Studio",
    "StudioBusyError",
    "UnlockCard",
    "check_accent",
    "check_theme",
    "list_themes",
]
