"""Draws any picture in any theme: the one door to the drawing."""

from __future__ import annotations

from pathlib import Path

from data import DATA_FOLDER
from leveling_core.errors import ContentError
from pictures.caches import ByteCache
from pictures.content import (
    BackgroundFile,
    Board,
    Comparison,
    HeatMap,
    LevelUpCard,
    Look,
    Picture,
    RankCard,
    SourceChart,
    UnlockCard,
)
from pictures.drawing.avatars import prepare_background
from pictures.drawing.boards import draw_board
from pictures.drawing.canvas import Kit, make_kit
from pictures.drawing.charts import draw_heat_map, draw_source_chart
from pictures.drawing.comparisons import draw_comparison
from pictures.drawing.layouts import draw_layout
from pictures.drawing.templates import TemplateStore
from pictures.text.shaping import Shaper
from pictures.themes.loading import Themes, load_themes, parse_theme
from pictures.themes.models import Theme

__all__ = ["Artist"]

_THEME_BYTES = 80_000
"""About what a theme takes once it is read, its text included."""

_OWN_THEMES_BYTES = 50 * _THEME_BYTES


class Artist:
    """Draws pictures; keeps what the next one can use. Not for several threads at once.

    Args:
        folder: Holds ``cards`` and ``fonts``.
        shaper: What joins letters; None for the best that works here.

    Raises:
        ContentError: A theme or a font cannot be used.
    """

    def __init__(self, folder: Path = DATA_FOLDER, *, shaper: Shaper | None = None) -> None:
        self._kit: Kit = make_kit(folder / "fonts", shaper=shaper)
        self._themes: Themes = load_themes(folder / "cards", families=self._kit.fonts.families)
        self._templates = TemplateStore()
        self._own_themes: ByteCache[str, Theme] = ByteCache(_OWN_THEMES_BYTES, lambda _: _THEME_BYTES)

    @property
    def themes(self) -> Themes:
        """The themes that it knows."""
        return self._themes

    @property
    def held_bytes(self) -> int:
        """What its caches hold."""
        kit = self._kit
        return (
            self._templates.held_bytes
            + self._own_themes.held_bytes
            + kit.setter.held_bytes
            + kit.masks.held_bytes
            + kit.pictures.held_bytes
            + kit.emoji.held_bytes
        )

    def draw(self, picture: Picture) -> bytes:
        """Return a picture as a PNG file.

        Raises:
            ContentError: There is no theme of that name, or the guild's own theme cannot be used.
        """
        kit, templates, themes = self._kit, self._templates, self._themes
        theme = self._find_theme(picture.look)
        match picture:
            case RankCard():
                return draw_layout(kit, templates, theme, theme.rank_card, picture)
            case LevelUpCard():
                return draw_layout(kit, templates, theme, themes.layout_of(theme, "level_up"), picture)
            case UnlockCard():
                return draw_layout(kit, templates, theme, themes.layout_of(theme, "unlock"), picture)
            case Board():
                return draw_board(kit, templates, theme, picture)
            case SourceChart():
                return draw_source_chart(kit, templates, theme, picture)
            case HeatMap():
                return draw_heat_map(kit, templates, theme, picture)
            case Comparison():
                return draw_comparison(kit, templates, theme, picture)

    def answer(self, request: Picture | BackgroundFile) -> bytes:
        """Return what is asked for: a picture, or a background as it is kept.

        Raises:
            ContentError: See `draw`.
            PictureError: See `prepare_background`.
        """
        if isinstance(request, BackgroundFile):
            return prepare_background(request.content)
        return self.draw(request)

    def _find_theme(self, look: Look) -> Theme:
        if look.own_theme:
            return self._own_themes.get_or_make(
                look.own_theme,
                lambda: parse_theme(look.own_theme, file=look.theme, families=self._kit.fonts.families),
            )
        theme = self._themes.by_name.get(look.theme)
        if theme is None:
            raise ContentError(
                file="",
                entry=look.theme,
                field="theme",
                problem="there is no such theme",
                expected=f"one of {', '.join(self._themes.by_name)}",
            )
        return theme
