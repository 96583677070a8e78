"""Two members side by side: bars that grow from the middle."""

from __future__ import annotations

from pictures.colours import Colour
from pictures.content import Comparison, Side
from pictures.drawing.canvas import NUMBER_SIZE, Align, Canvas, Kit
from pictures.drawing.charts import series_colour
from pictures.drawing.sheets import MARGIN, SHEET_WIDTH, draw_sheet_panel, open_sheet, word
from pictures.drawing.templates import TemplateStore
from pictures.text.cleaning import clean
from pictures.themes.models import Theme

__all__ = ["draw_comparison"]

_HEAD = 132
_AVATAR = 100
_ROW = 58
_MIDDLE = SHEET_WIDTH // 2
_BAR_HEIGHT = 16
_GAP = 14
_PADDING = 22
_VALUE_WIDTH = 250


def draw_comparison(kit: Kit, templates: TemplateStore, theme: Theme, comparison: Comparison) -> bytes:
    """Return two members side by side as a PNG file."""
    rows = len(comparison.labels)
    panel_top = MARGIN + _HEAD
    panel_bottom = panel_top + rows * _ROW + _PADDING
    height = panel_bottom + (44 if comparison.footer else 0) + MARGIN - 10
    panel = (MARGIN, panel_top, SHEET_WIDTH - MARGIN, panel_bottom)
    canvas = open_sheet(
        kit, templates, theme, comparison, height, lambda canvas: draw_sheet_panel(canvas, panel)
    )
    colours = (series_colour(canvas, 0), series_colour(canvas, 1))
    _draw_member(canvas, comparison.left, colours[0], "left")
    _draw_member(canvas, comparison.right, colours[1], "right")
    if comparison.versus:
        line = canvas.set_text(word(canvas, comparison.versus), size=26, width=70, font="display")
        canvas.write(
            line, (_MIDDLE - 40, MARGIN, _MIDDLE + 40, MARGIN + _AVATAR), canvas.pick("muted"), align="center"
        )
    for index, label in enumerate(comparison.labels):
        _draw_row(canvas, comparison, index, label, panel_top + _PADDING // 2 + index * _ROW, colours)
    if comparison.footer:
        line = canvas.set_text(clean(comparison.footer), size=19, width=SHEET_WIDTH - 2 * MARGIN)
        box = (MARGIN, panel_bottom + 10, SHEET_WIDTH - MARGIN, panel_bottom + 44)
        canvas.write(line, box, canvas.pick("text"), align="center")
    return canvas.encode()


def _draw_member(canvas: Canvas, side: Side, colour: Colour, place: Align) -> None:
    """Draw a member's avatar and name at the outer edge of its half."""
    shape, ring = canvas.theme.sheet.avatar, 4
    left = MARGIN if place == "left" else SHEET_WIDTH - MARGIN - _AVATAR
    mask = canvas.kit.masks.shape(shape, _AVATAR)
    canvas.image.paste(colour, (left, MARGIN, left + _AVATAR, MARGIN + _AVATAR), mask)
    name = canvas.name_of(side.name, side.fallback_name)
    canvas.avatar(side.avatar, name, (left + ring, MARGIN + ring), _AVATAR - 2 * ring, shape)
    inner, edge = _AVATAR + 18, 52
    if place == "left":
        start, end = MARGIN + inner, _MIDDLE - edge
    else:
        start, end = _MIDDLE + edge, SHEET_WIDTH - MARGIN - inner
    line = canvas.set_text(name, size=30, width=end - start, font="display")
    canvas.write(line, (start, MARGIN + 14, end, MARGIN + 54), canvas.pick("text"), align=place, size=30)
    if side.detail:
        line = canvas.set_text(clean(side.detail), size=18, width=end - start)
        canvas.write(line, (start, MARGIN + 56, end, MARGIN + 84), canvas.pick("muted"), align=place, size=18)


def _draw_row(
    canvas: Canvas, comparison: Comparison, index: int, label: str, top: int, colours: tuple[Colour, Colour]
) -> None:
    label_line = canvas.set_text(word(canvas, label), size=16, width=220)
    canvas.write(
        label_line,
        (_MIDDLE - 110, top, _MIDDLE + 110, top + 28),
        canvas.pick("muted"),
        align="center",
        size=16,
    )
    amounts = (comparison.left.amounts[index], comparison.right.amounts[index])
    most = max(*amounts, 0.0)
    bar_top = top + 32
    outer = (MARGIN + _PADDING, SHEET_WIDTH - MARGIN - _PADDING)
    halves = ((outer[0], _MIDDLE - _GAP // 2), (_MIDDLE + _GAP // 2, outer[1]))
    radius = min(canvas.theme.sheet.bar_radius, _BAR_HEIGHT // 2)
    for place, side, colour, amount, (start, end) in zip(
        ("left", "right"), (comparison.left, comparison.right), colours, amounts, halves, strict=True
    ):
        has_bar = index not in comparison.barless
        if has_bar:
            canvas.panel((start, bar_top, end, bar_top + _BAR_HEIGHT), radius, canvas.pick("track"))
        length = round((end - start) * amount / most) if most > 0 and amount > 0 else 0
        if has_bar and length:
            length = max(length, 2 * radius, 2)
            box = (end - length, end) if place == "left" else (start, start + length)
            canvas.panel((box[0], bar_top, box[1], bar_top + _BAR_HEIGHT), radius, colour)
        leads = amount >= most > 0
        line = canvas.set_text(
            clean(side.values[index]),
            size=20,
            width=_VALUE_WIDTH,
            weight=700 if leads else None,
            smallest=NUMBER_SIZE,
        )
        box = (outer[0], outer[0] + _VALUE_WIDTH) if place == "left" else (outer[1] - _VALUE_WIDTH, outer[1])
        words = canvas.pick("text" if leads else "muted")
        canvas.write(
            line,
            (box[0], top, box[1], top + 28),
            words,
            align="left" if place == "left" else "right",
            size=20,
        )
