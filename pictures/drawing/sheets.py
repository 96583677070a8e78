"""What boards, charts and comparisons share: a title, panels, a footer, and the template behind them."""

from __future__ import annotations

from collections.abc import Callable

from pictures.content import Board, Comparison, HeatMap, SourceChart
from pictures.drawing.canvas import Box, Canvas, Kit
from pictures.drawing.templates import TemplateStore, draw_background
from pictures.text.cleaning import clean
from pictures.themes.models import Theme

__all__ = ["MARGIN", "SHEET_WIDTH", "Sheet", "draw_head", "draw_sheet_panel", "open_sheet", "word"]

SHEET_WIDTH = 934
MARGIN = 36
HEAD_HEIGHT = 66
"""Of the title with the line below it."""

_TITLE_SIZE, _SUBTITLE_SIZE = 32, 18

Sheet = Board | Comparison | HeatMap | SourceChart


def word(canvas: Canvas, text: str) -> str:
    """Return a caption as the theme writes captions."""
    cleaned = clean(text)
    return cleaned.upper() if canvas.theme.sheet.upper else cleaned


def open_sheet(
    kit: Kit,
    templates: TemplateStore,
    theme: Theme,
    sheet: Sheet,
    height: int,
    prepare: Callable[[Canvas], None] | None = None,
) -> Canvas:
    """Return a canvas with the background and what `prepare` draws on it, once for all sheets of a look.

    Args:
        kit: What to draw with.
        templates: Where the background is kept.
        theme: The theme.
        sheet: What will be drawn.
        height: Of the picture; what `prepare` draws may depend on it and on nothing else.
        prepare: Draws what is the same on every sheet of this kind and height.
    """
    size = (SHEET_WIDTH, height)
    key = templates.key(type(sheet).__name__, sheet.look, size)
    image = templates.find(key)
    if image is not None:
        return Canvas(kit, theme, sheet.look, image)
    canvas = draw_background(kit, theme, sheet.look, size)
    if prepare is not None:
        prepare(canvas)
    templates.put(key, canvas.image)
    return canvas


def draw_sheet_panel(canvas: Canvas, box: Box) -> None:
    """Draw a panel as the theme's sheets have them."""
    sheet = canvas.theme.sheet
    canvas.panel(box, sheet.radius, canvas.pick(sheet.panel), sheet.panel_opacity)
    if sheet.outline is not None:
        canvas.outline(box, sheet.radius, 1, canvas.pick(sheet.outline), sheet.outline_opacity)


def draw_head(canvas: Canvas, title: str, subtitle: str, right: int | None = None) -> None:
    """Draw the title, with a line below it, at the top left."""
    width = (right or SHEET_WIDTH - MARGIN) - MARGIN
    box = (MARGIN, MARGIN - 8, MARGIN + width, MARGIN + 32)
    line = canvas.set_text(clean(title), size=_TITLE_SIZE, width=width, font="display")
    canvas.write(line, box, canvas.pick("text"), size=_TITLE_SIZE)
    if subtitle:
        line = canvas.set_text(clean(subtitle), size=_SUBTITLE_SIZE, width=width)
        canvas.write(line, (MARGIN, box[3], box[2], box[3] + 28), canvas.pick("muted"), size=_SUBTITLE_SIZE)
