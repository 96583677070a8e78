"""The leaderboard as a picture: up to ten members, with avatars and bars."""

from __future__ import annotations

from pictures.content import Board, BoardRow
from pictures.drawing.canvas import NUMBER_SIZE, Canvas, Kit
from pictures.drawing.sheets import HEAD_HEIGHT, MARGIN, SHEET_WIDTH, draw_head, draw_sheet_panel, open_sheet
from pictures.drawing.templates import TemplateStore
from pictures.text.cleaning import clean
from pictures.themes.models import Theme

__all__ = ["draw_board"]

MOST_ROWS = 10

_TOP = MARGIN + HEAD_HEIGHT + 10
_ROW, _ROW_GAP = 66, 8
_FOOTER = 52
_AVATAR = 46
_RANK_LEFT, _RANK_WIDTH = MARGIN + 8, 76
_AVATAR_LEFT = MARGIN + 92
_NAME_LEFT = MARGIN + 154
_VALUE_WIDTH, _DETAIL_WIDTH = 190, 150
_RIGHT = SHEET_WIDTH - MARGIN - 22
_BAR_HEIGHT = 8
_MEDALS = ("#f2c14e", "#c3ccd6", "#d08c5a")
_MEDAL_INK = "#2b2112"


def draw_board(kit: Kit, templates: TemplateStore, theme: Theme, board: Board) -> bytes:
    """Return a leaderboard as a PNG file."""
    rows = board.rows[:MOST_ROWS]
    foot = _FOOTER if board.footer else 0
    height = _TOP + len(rows) * (_ROW + _ROW_GAP) - _ROW_GAP + MARGIN + foot

    def prepare(canvas: Canvas) -> None:
        for index in range(len(rows)):
            draw_sheet_panel(canvas, _row_box(index))

    # Boards with and without a footer may be equally high; their panels differ then.
    canvas = open_sheet(kit, templates, theme, board, height + (1 if foot else 0), prepare)
    draw_head(canvas, board.title, board.subtitle)
    for index, row in enumerate(rows):
        _draw_row(canvas, row, index)
    if foot:
        box = (MARGIN, height - MARGIN - 34, SHEET_WIDTH - MARGIN, height - MARGIN + 6)
        line = canvas.set_text(clean(board.footer), size=20, width=box[2] - box[0], weight=700)
        canvas.write(line, box, canvas.pick("text"), align="center", size=20)
    return canvas.encode()


def _row_box(index: int) -> tuple[int, int, int, int]:
    top = _TOP + index * (_ROW + _ROW_GAP)
    return MARGIN, top, SHEET_WIDTH - MARGIN, top + _ROW


def _draw_row(canvas: Canvas, row: BoardRow, index: int) -> None:
    left, top, right, bottom = _row_box(index)
    if row.is_viewer:
        canvas.panel((left, top, right, bottom), canvas.theme.sheet.radius, canvas.pick("accent"), 0.16)
        canvas.outline((left, top, right, bottom), canvas.theme.sheet.radius, 2, canvas.pick("accent"))
    _draw_rank(canvas, row, top)
    name = canvas.name_of(row.name, row.fallback_name)
    canvas.avatar(
        row.avatar, name, (_AVATAR_LEFT, top + (_ROW - _AVATAR) // 2), _AVATAR, canvas.theme.sheet.avatar
    )
    upper = (top + 8, top + 42)
    value = canvas.set_text(
        clean(row.value), size=23, width=_VALUE_WIDTH, font="display", smallest=NUMBER_SIZE
    )
    canvas.write(
        value,
        (_RIGHT - _VALUE_WIDTH, upper[0], _RIGHT, upper[1]),
        canvas.pick("text"),
        align="right",
        size=23,
    )
    detail_right = _RIGHT - _VALUE_WIDTH - 16
    if row.detail:
        detail = canvas.set_text(clean(row.detail), size=17, width=_DETAIL_WIDTH)
        box = (detail_right - _DETAIL_WIDTH, upper[0] + 3, detail_right, upper[1] + 3)
        canvas.write(detail, box, canvas.pick("muted"), align="right", size=17)
        detail_right -= _DETAIL_WIDTH + 16
    line = canvas.set_text(name, size=24, width=detail_right - _NAME_LEFT, weight=700, smallest=18)
    canvas.write(line, (_NAME_LEFT, upper[0], detail_right, upper[1]), canvas.pick("text"), size=24)
    bar = (_NAME_LEFT, top + 47, _RIGHT, top + 47 + _BAR_HEIGHT)
    radius = min(canvas.theme.sheet.bar_radius, _BAR_HEIGHT // 2)
    canvas.panel(bar, radius, canvas.pick("track"))
    canvas.bar(bar, radius, row.share, canvas.pick("accent"), canvas.pick("accent2"))


def _draw_rank(canvas: Canvas, row: BoardRow, top: int) -> None:
    if 0 < row.medal <= len(_MEDALS):
        size = 42
        left, upper = _RANK_LEFT + (_RANK_WIDTH - size) // 2, top + (_ROW - size) // 2
        box = (left, upper, left + size, upper + size)
        canvas.panel(box, size / 2, canvas.pick(_MEDALS[row.medal - 1]))
        canvas.outline(
            (left + 3, upper + 3, box[2] - 3, box[3] - 3), size / 2, 1, canvas.pick(_MEDAL_INK), 0.35
        )
        line = canvas.set_text(clean(row.rank), size=22, width=size - 10, font="display")
        canvas.write(line, box, canvas.pick(_MEDAL_INK), align="center", size=22)
        return
    line = canvas.set_text(clean(row.rank), size=22, width=_RANK_WIDTH, font="display", smallest=NUMBER_SIZE)
    box = (_RANK_LEFT, top, _RANK_LEFT + _RANK_WIDTH, top + _ROW)
    canvas.write(line, box, canvas.pick("muted"), align="center", size=22)
