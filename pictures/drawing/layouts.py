"""Draw a layout: what stays the same goes into the template, what changes is drawn on a copy of it."""

from __future__ import annotations

from collections.abc import Mapping

from pictures.colours import Colour
from pictures.content import LevelUpCard, RankCard, UnlockCard
from pictures.drawing.canvas import NUMBER_SIZE, Canvas, Kit
from pictures.drawing.shapes import paint
from pictures.drawing.templates import TemplateStore, draw_background
from pictures.text.cleaning import clean
from pictures.text.lines import Line, cap_offset
from pictures.themes import elements as parts
from pictures.themes.models import Layout, Theme

__all__ = ["Values", "draw_fixed", "draw_layout"]

Values = Mapping[str, object]

_LEAST_FACTOR = 0.4
_FACTOR_STEP = 0.06
_LABEL_GAP = 0.42
_ENDLESS = 10_000
_PROSE = frozenset({"name", "headline", "title", "description", "detail", "tier"})
"""Fields whose end may be cut; all others are numbers with their words, which shrink as far as they must."""


def draw_layout(
    kit: Kit,
    templates: TemplateStore,
    theme: Theme,
    layout: Layout,
    card: RankCard | LevelUpCard | UnlockCard,
) -> bytes:
    """Return a card as a PNG file."""
    size = (layout.width, layout.height)
    key = templates.key(type(card).__name__, card.look, size)
    image = templates.find(key)
    if image is None:
        canvas = draw_background(kit, theme, card.look, size, layout.decor)
        for element in layout.elements:
            draw_fixed(canvas, element)
        templates.put(key, canvas.image)
    else:
        canvas = Canvas(kit, theme, card.look, image)
    values = {name: getattr(card, name) for name in card.__dataclass_fields__}
    values["name"] = canvas.name_of(card.name, card.fallback_name)
    for element in layout.elements:
        if not element.when or values[element.when]:
            _draw(canvas, element, values)
    return canvas.encode()


def draw_fixed(canvas: Canvas, element: parts.Element) -> None:
    """Draw what of an element is the same on every card."""
    match element:
        case parts.Panel(when=""):
            _draw_panel(canvas, element)
        case parts.Bar(when=""):
            for box in _segments(element):
                canvas.panel(box, element.radius, canvas.pick(element.track), element.track_opacity)
        case parts.Dial(when=""):
            mask = canvas.kit.masks.arc(element.w, element.width, 1.0)
            paint(canvas.image, mask, element.box[:2], canvas.pick(element.track), element.track_opacity)
        case _:
            pass


def _draw(canvas: Canvas, element: parts.Element, values: Values) -> None:
    """Draw what of an element changes from card to card."""
    match element:
        case parts.Panel() if element.when:
            _draw_panel(canvas, element)
        case parts.Text():
            _draw_text(canvas, element, values)
        case parts.Stats():
            _draw_stats(canvas, element, values)
        case parts.Avatar():
            _draw_avatar(canvas, element, values)
        case parts.Dial():
            share = values[element.field]
            mask = canvas.kit.masks.arc(element.w, element.width, share if isinstance(share, float) else 0.0)
            fill = canvas.pick(element.fill)
            fill2 = canvas.pick(element.fill2) if element.fill2 else fill
            gradient = canvas.kit.masks.gradient((element.w, element.w), (fill, fill2), 45)
            paint(canvas.image, mask, element.box[:2], gradient)
        case parts.Bar():
            _draw_bar(canvas, element, values)
        case parts.Badges():
            _draw_badges(canvas, element, values)
        case parts.Pill():
            _draw_pill(canvas, element, values)
        case _:
            pass


def _word(values: Values, field: str, *, upper: bool) -> str:
    """Return a field's text as it is drawn."""
    value = values[field]
    text = clean(value) if isinstance(value, str) and field != "name" else str(value)
    return text.upper() if upper else text


def _draw_panel(canvas: Canvas, panel: parts.Panel) -> None:
    if panel.fill is not None:
        canvas.panel(panel.box, panel.radius, canvas.pick(panel.fill), panel.opacity)
    if panel.outline is not None:
        colour = canvas.pick(panel.outline)
        canvas.outline(panel.box, panel.radius, panel.outline_width, colour, panel.outline_opacity)


def _draw_text(canvas: Canvas, text: parts.Text, values: Values) -> None:
    line = canvas.set_text(
        _word(values, text.field, upper=text.upper),
        size=text.size,
        width=text.w,
        font=text.font,
        weight=text.weight,
        tracking=text.tracking,
        smallest=text.smallest or (None if text.field in _PROSE else NUMBER_SIZE),
    )
    second = canvas.pick(text.colour2) if text.colour2 else None
    canvas.write(line, text.box, canvas.pick(text.colour), align=text.align, colour2=second)


def _draw_stats(canvas: Canvas, stats: parts.Stats, values: Values) -> None:
    """Draw numbers with their words, all in the same, largest possible size."""
    items = [item for item in stats.items if values[item.value]]
    if not items:
        return
    factor, beside = 1.0, stats.arrange == "beside"
    while True:
        most = _ENDLESS if factor > _LEAST_FACTOR else stats.w // len(items) // (2 if beside else 1)
        columns = [_set_stat(canvas, stats, item, values, factor, most) for item in items]
        gap = round(stats.gap * factor)
        spans = [
            _label_gap(stats, factor) + a.width + b.width if beside else max(a.width, b.width)
            for a, b in columns
        ]
        total = sum(spans) + gap * (len(items) - 1)
        if total <= stats.w or factor <= _LEAST_FACTOR:
            break
        factor = max(_LEAST_FACTOR, factor - _FACTOR_STEP)
    room = stats.w - total
    left = stats.x + {"left": 0, "center": room // 2, "right": room}[stats.align]
    for item, (label, value), span in zip(items, columns, spans, strict=True):
        _draw_stat(canvas, stats, item, label, value, left, span)
        left += span + gap


def _label_gap(stats: parts.Stats, factor: float) -> int:
    return round(stats.label_size * factor * _LABEL_GAP)


def _set_stat(
    canvas: Canvas, stats: parts.Stats, item: parts.Stat, values: Values, factor: float, most: int
) -> tuple[Line, Line]:
    label = canvas.set_text(
        _word(values, item.label, upper=stats.upper),
        size=max(8, round(stats.label_size * factor)),
        width=most,
        tracking=stats.tracking,
        smallest=NUMBER_SIZE,
    )
    value = canvas.set_text(
        _word(values, item.value, upper=False),
        size=max(8, round(stats.size * factor)),
        width=most,
        font=stats.font,
        weight=stats.weight,
        smallest=NUMBER_SIZE,
    )
    return label, value


def _draw_stat(
    canvas: Canvas,
    stats: parts.Stats,
    item: parts.Stat,
    label: Line,
    value: Line,
    left: int,
    span: int,
) -> None:
    top, bottom = stats.y, stats.y + stats.h
    words, numbers = canvas.pick(stats.label_colour), canvas.pick(item.colour)
    if stats.arrange == "beside":
        canvas.write(value, (left, top, left + span, bottom), numbers, align="right", size=stats.size)
        lower = 2 * (
            cap_offset(stats.size) - cap_offset(stats.label_size)
        )  # words and number share a baseline
        box = (left, top + lower, left + span, bottom)
        canvas.write(label, box, words, size=stats.label_size)
        return
    split = round(stats.h * stats.label_size / (stats.size + stats.label_size))
    upper, lower_box = (left, top, left + span, top + split), (left, top + split, left + span, bottom)
    if stats.arrange == "below":
        split = stats.h - split
        upper, lower_box = (left, top + split, left + span, bottom), (left, top, left + span, top + split)
    canvas.write(label, upper, words, align=stats.align, size=stats.label_size)
    canvas.write(value, lower_box, numbers, align=stats.align, size=stats.size)


def _draw_avatar(canvas: Canvas, avatar: parts.Avatar, values: Values) -> None:
    inset = avatar.ring + avatar.gap
    if avatar.ring:
        mask = canvas.kit.masks.shape(avatar.shape, avatar.w)
        paint(canvas.image, mask, avatar.box[:2], canvas.pick(avatar.ring_colour), avatar.ring_opacity)
        if avatar.gap:
            inner = canvas.kit.masks.shape(avatar.shape, avatar.w - 2 * avatar.ring)
            place = (avatar.x + avatar.ring, avatar.y + avatar.ring)
            paint(canvas.image, inner, place, canvas.pick("ground"))
    content, name = values["avatar"], str(values["name"])
    canvas.avatar(
        content if isinstance(content, bytes) else b"",
        name,
        (avatar.x + inset, avatar.y + inset),
        avatar.w - 2 * inset,
        avatar.shape,
    )


def _segments(bar: parts.Bar) -> list[tuple[int, int, int, int]]:
    """List the boxes of a bar's segments, from left to right."""
    step = (bar.w + bar.gap) / bar.segments
    lefts = [round(bar.x + step * index) for index in range(bar.segments)]
    return [(left, bar.y, round(left + step - bar.gap), bar.y + bar.h) for left in lefts]


def _draw_bar(canvas: Canvas, bar: parts.Bar, values: Values) -> None:
    share = values[bar.field]
    share = min(max(share, 0.0), 1.0) if isinstance(share, (int, float)) else 0.0
    fill = canvas.pick(bar.fill)
    fill2 = canvas.pick(bar.fill2) if bar.fill2 else fill
    boxes = _segments(bar)
    if len(boxes) == 1:
        canvas.bar(boxes[0], bar.radius, share, fill, fill2)
        return
    for index, box in enumerate(boxes):
        part = min(max(share * len(boxes) - index, 0.0), 1.0)
        if part > 0:
            canvas.bar(box, bar.radius, part, _between(fill, fill2, index / (len(boxes) - 1)))


def _between(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _draw_badges(canvas: Canvas, badges: parts.Badges, values: Values) -> None:
    given = values[badges.field]
    emoji = (
        [str(text) for text in given if canvas.kit.emoji.find(clean(str(text)))]
        if isinstance(given, tuple)
        else []
    )
    step = badges.h + badges.gap
    shown = emoji[: (badges.w + badges.gap) // step]
    width = len(shown) * step - badges.gap
    room = badges.w - width
    left = badges.x + {"left": 0, "center": room // 2, "right": room}[badges.align]
    for text in shown:
        place, size = (left, badges.y), badges.h
        if badges.plate is not None:
            mask = canvas.kit.masks.rounded((size, size), size * 0.3)
            paint(canvas.image, mask, place, canvas.pick(badges.plate), badges.plate_opacity)
            inset = round(size * 0.17)
            place, size = (left + inset, badges.y + inset), size - 2 * inset
        canvas.emoji(text, place, size)
        left += step


def _draw_pill(canvas: Canvas, pill: parts.Pill, values: Values) -> None:
    text = _word(values, pill.field, upper=pill.upper)
    if not text:
        return
    line = canvas.set_text(
        text,
        size=pill.size,
        width=pill.w - 2 * pill.padding,
        font=pill.font,
        weight=pill.weight,
        tracking=pill.tracking,
    )
    width = line.width + 2 * pill.padding
    room = pill.w - width
    left = pill.x + {"left": 0, "center": room // 2, "right": room}[pill.align]
    box = (left, pill.y, left + width, pill.y + pill.h)
    canvas.panel(box, pill.radius, canvas.pick(pill.fill), pill.opacity)
    canvas.write(line, box, canvas.pick(pill.colour), align="center")
