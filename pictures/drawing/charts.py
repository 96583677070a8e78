"""Charts: XP of each day stacked by source, and activity by hour of the week."""

from __future__ import annotations

from pictures.colours import Colour, mix
from pictures.content import HeatMap, Series, SourceChart
from pictures.drawing.canvas import Canvas, Kit
from pictures.drawing.sheets import (
    HEAD_HEIGHT,
    MARGIN,
    SHEET_WIDTH,
    draw_head,
    draw_sheet_panel,
    open_sheet,
)
from pictures.drawing.templates import TemplateStore
from pictures.text.cleaning import clean
from pictures.themes.models import Theme

__all__ = ["draw_heat_map", "draw_source_chart", "series_colour"]

_TOP = MARGIN + HEAD_HEIGHT + 10
_PADDING = 24
_PLOT_HEIGHT = 250
_AXIS_WIDTH, _AXIS_HEIGHT = 70, 34
_LEGEND_HEIGHT, _NOTE_HEIGHT = 44, 30
_LABEL_SIZE, _LEGEND_SIZE, _NOTE_SIZE = 15, 17, 18
_WIDEST_BAR, _BAR_SHARE = 64, 0.72
_SWATCH = 14

_CELL_HEIGHT, _CELL_GAP = 30, 4
_DAY_WIDTH = 64
_HOURS = 24


def draw_source_chart(kit: Kit, templates: TemplateStore, theme: Theme, chart: SourceChart) -> bytes:
    """Return a chart of XP by day and source as a PNG file."""
    panel_bottom = _TOP + _PADDING + _PLOT_HEIGHT + _AXIS_HEIGHT + _LEGEND_HEIGHT + _PADDING - 12
    notes = len(chart.notes)
    height = panel_bottom + (notes * _NOTE_HEIGHT + 14 if notes else 0) + MARGIN - 8
    panel = (MARGIN, _TOP, SHEET_WIDTH - MARGIN, panel_bottom)
    canvas = open_sheet(kit, templates, theme, chart, height, lambda canvas: draw_sheet_panel(canvas, panel))
    draw_head(canvas, chart.title, chart.subtitle)
    plot = (MARGIN + _PADDING + _AXIS_WIDTH, _TOP + _PADDING, SHEET_WIDTH - MARGIN - _PADDING, 0)
    plot = (plot[0], plot[1], plot[2], plot[1] + _PLOT_HEIGHT)
    highest = _highest(chart)
    _draw_ticks(canvas, chart, plot, highest)
    if not any(any(series.values) for series in chart.series):
        _draw_empty(canvas, chart.empty, plot)
    _draw_columns(canvas, chart, plot, highest)
    _draw_legend(
        canvas, chart.series, (MARGIN + _PADDING, plot[3] + _AXIS_HEIGHT, plot[2], panel_bottom - 12)
    )
    for index, note in enumerate(chart.notes):
        top = panel_bottom + 12 + index * _NOTE_HEIGHT
        box = (MARGIN, top, SHEET_WIDTH - MARGIN, top + _NOTE_HEIGHT)
        line = canvas.set_text(clean(note), size=_NOTE_SIZE, width=box[2] - box[0])
        canvas.write(line, box, canvas.pick("text"), size=_NOTE_SIZE)
    return canvas.encode()


def _highest(chart: SourceChart) -> int:
    """Return the value that the top of the plot stands for."""
    sums = [sum(series.values[index] for series in chart.series) for index in range(len(chart.columns))]
    return max([1, *sums, *(height for height, _ in chart.ticks)])


def _draw_ticks(canvas: Canvas, chart: SourceChart, plot: tuple[int, int, int, int], highest: int) -> None:
    left, top, right, bottom = plot
    colour = canvas.pick("muted")
    for height, label in ((0, ""), *chart.ticks):
        y = bottom - round((bottom - top) * height / highest)
        canvas.panel((left, y, right, y + 1), 0, colour, 0.5 if height == 0 else 0.2)
        if label:
            line = canvas.set_text(clean(label), size=_LABEL_SIZE, width=_AXIS_WIDTH - 12)
            canvas.write(line, (left - _AXIS_WIDTH, y - 12, left - 12, y + 12), colour, align="right")


def _draw_columns(canvas: Canvas, chart: SourceChart, plot: tuple[int, int, int, int], highest: int) -> None:
    left, top, right, bottom = plot
    count = max(1, len(chart.columns))
    step = (right - left) / count
    width = max(2, min(_WIDEST_BAR, int(step * _BAR_SHARE)))
    radius = min(canvas.theme.sheet.bar_radius, width // 3)
    scale = (bottom - top) / highest
    for index, label in enumerate(chart.columns):
        x = round(left + step * index + (step - width) / 2)
        values = [series.values[index] for series in chart.series]
        _draw_stack(canvas, values, (x, top, x + width, bottom), scale, radius)
        if label:
            _draw_column_label(canvas, label, round(x + width / 2), plot)


def _draw_column_label(canvas: Canvas, label: str, middle: int, plot: tuple[int, int, int, int]) -> None:
    most = max(1, round((plot[2] - plot[0]) / 7) - 8)
    line = canvas.set_text(clean(label), size=_LABEL_SIZE, width=most)
    left = min(max(middle - line.width // 2, plot[0]), plot[2] - line.width)
    box = (left, plot[3] + 6, left + line.width, plot[3] + _AXIS_HEIGHT - 2)
    canvas.write(line, box, canvas.pick("muted"))


def _draw_stack(
    canvas: Canvas, values: list[int], box: tuple[int, int, int, int], scale: float, radius: int
) -> None:
    """Draw a column from the bottom upwards; only its top is round."""
    left, _, right, bottom = box
    drawn = [(index, value) for index, value in enumerate(values) if value > 0]
    below, so_far = bottom, 0
    for place, (index, value) in enumerate(drawn):
        so_far += value
        above = min(below - 1, bottom - round(so_far * scale))
        colour = series_colour(canvas, index)
        if place == len(drawn) - 1 and below - above > radius > 0:
            canvas.panel((left, above, right, below), radius, colour)
            canvas.panel((left, below - radius, right, below), 0, colour)
        else:
            canvas.panel((left, above, right, below), 0, colour)
        below = above


def series_colour(canvas: Canvas, index: int) -> Colour:
    """Return the colour of a part of a chart; the first is the accent, if a member chose one."""
    names = canvas.theme.palette.series
    if index == 0 and canvas.pick("accent") != canvas.theme.palette.get("accent"):
        return canvas.pick("accent")
    return canvas.pick(names[index % len(names)])


def _draw_legend(canvas: Canvas, series: tuple[Series, ...], box: tuple[int, int, int, int]) -> None:
    """Draw the names of all parts, side by side; they share the room if they need more than there is."""
    if not series:
        return
    left, top, right, bottom = box
    gap = 24
    share = (right - left - gap * (len(series) - 1)) // len(series) - _SWATCH - 8
    lines = [canvas.set_text(clean(one.label), size=_LEGEND_SIZE, width=10_000) for one in series]
    if sum(line.width + _SWATCH + 8 for line in lines) + gap * (len(series) - 1) > right - left:
        lines = [canvas.set_text(clean(one.label), size=_LEGEND_SIZE, width=share) for one in series]
    middle = (top + bottom) // 2
    for index, line in enumerate(lines):
        swatch = (left, middle - _SWATCH // 2, left + _SWATCH, middle - _SWATCH // 2 + _SWATCH)
        canvas.panel(swatch, min(4, canvas.theme.sheet.bar_radius), series_colour(canvas, index))
        left += _SWATCH + 8
        canvas.write(line, (left, top, left + line.width, bottom), canvas.pick("text"), size=_LEGEND_SIZE)
        left += line.width + gap


def _draw_empty(canvas: Canvas, text: str, box: tuple[int, int, int, int]) -> None:
    line = canvas.set_text(clean(text), size=22, width=box[2] - box[0])
    canvas.write(line, box, canvas.pick("muted"), align="center")


def draw_heat_map(kit: Kit, templates: TemplateStore, theme: Theme, heat: HeatMap) -> bytes:
    """Return activity by hour of the week as a PNG file."""
    rows = len(heat.rows)
    plot_top = _TOP + _PADDING
    plot_bottom = plot_top + rows * (_CELL_HEIGHT + _CELL_GAP) - _CELL_GAP
    panel_bottom = plot_bottom + _AXIS_HEIGHT + _LEGEND_HEIGHT + 8
    panel = (MARGIN, _TOP, SHEET_WIDTH - MARGIN, panel_bottom)
    canvas = open_sheet(
        kit, templates, theme, heat, panel_bottom + MARGIN, lambda canvas: draw_sheet_panel(canvas, panel)
    )
    draw_head(canvas, heat.title, heat.subtitle)
    left = MARGIN + _PADDING + _DAY_WIDTH
    right = SHEET_WIDTH - MARGIN - _PADDING
    step = (right - left) / _HOURS
    most = max((value for row in heat.rows for value in row.values), default=0)
    for index, row in enumerate(heat.rows):
        top = plot_top + index * (_CELL_HEIGHT + _CELL_GAP)
        line = canvas.set_text(clean(row.label), size=_LABEL_SIZE + 1, width=_DAY_WIDTH - 12)
        canvas.write(line, (left - _DAY_WIDTH, top, left - 12, top + _CELL_HEIGHT), canvas.pick("muted"))
        for hour, value in enumerate(row.values[:_HOURS]):
            box = (
                round(left + step * hour),
                top,
                round(left + step * (hour + 1)) - _CELL_GAP,
                top + _CELL_HEIGHT,
            )
            canvas.panel(
                box, min(6, canvas.theme.sheet.bar_radius), _heat(canvas, value / most if most else 0.0)
            )
    for hour, label in enumerate(heat.hours[:_HOURS]):
        if label:
            line = canvas.set_text(clean(label), size=_LABEL_SIZE, width=round(3 * step))
            at = round(left + step * hour)
            canvas.write(line, (at, plot_bottom + 4, at + line.width, plot_bottom + 28), canvas.pick("muted"))
    if not most and heat.empty:
        _draw_empty(canvas, heat.empty, (left, plot_top, right, plot_bottom))
    _draw_scale(canvas, heat, right, plot_bottom + _AXIS_HEIGHT + 4)
    return canvas.encode()


def _heat(canvas: Canvas, share: float) -> Colour:
    """Return the colour of a cell: the track's if nothing happened, then on to the accent."""
    if share <= 0:
        return canvas.pick("track")
    return mix(canvas.pick("track"), canvas.pick("accent"), 0.18 + 0.82 * share**0.7)


def _draw_scale(canvas: Canvas, heat: HeatMap, right: int, top: int) -> None:
    """Draw what the colours mean: from low to high, at the right edge."""
    bottom, cell = top + 26, 22
    high = canvas.set_text(clean(heat.high), size=_LABEL_SIZE, width=160)
    low = canvas.set_text(clean(heat.low), size=_LABEL_SIZE, width=160)
    canvas.write(high, (right - high.width, top, right, bottom), canvas.pick("muted"))
    left = right - high.width - 10 - 5 * (cell + 3)
    for step in range(5):
        x = left + step * (cell + 3)
        canvas.panel(
            (x, top + 5, x + cell, top + 21), min(4, canvas.theme.sheet.bar_radius), _heat(canvas, step / 4)
        )
    canvas.write(low, (left - 10 - low.width, top, left - 10, bottom), canvas.pick("muted"))
