"""Draw the layers of a theme's background."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import singledispatch

from PIL import Image, ImageChops, ImageDraw

from pictures.colours import Colour
from pictures.drawing.shapes import draw_mask, make_gradient, make_ramp, paint
from pictures.themes import grounds as layers

__all__ = ["Pick", "draw_ground"]

Pick = Callable[[str], Colour]
"""Returns the colour that a name stands for."""

_FADE_ANGLES = {"left": 180.0, "right": 0.0, "up": -90.0, "down": 90.0}
_SOFTNESS = 2.0
_RIM = 179
"""Of Pillow's radial gradient, in the middle of its sides."""

_WAVE_STEP = 6
_FLOOR_LINES = 14


def draw_ground(target: Image.Image, layer: layers.Layer, pick: Pick) -> None:
    """Draw a layer over all of a picture."""
    _draw(layer, target, pick)


@singledispatch
def _draw(layer: layers.Layer, target: Image.Image, pick: Pick) -> None:  # noqa: ARG001 -- as all of its kind
    raise TypeError(f"no way to draw {type(layer).__name__}")


@_draw.register
def _(layer: layers.Fill, target: Image.Image, pick: Pick) -> None:
    paint(target, Image.new("L", target.size, 255), (0, 0), pick(layer.colour), layer.opacity)


@_draw.register
def _(layer: layers.Gradient, target: Image.Image, pick: Pick) -> None:
    colours = [pick(name) for name in layer.colours]
    picture = make_gradient(target.size, colours, layer.angle)
    paint(target, Image.new("L", target.size, 255), (0, 0), picture, layer.opacity)


@_draw.register
def _(layer: layers.Glow, target: Image.Image, pick: Pick) -> None:
    radius = max(1, round(layer.radius * target.width))
    falloff = [round(255 * max(0.0, 1 - value / _RIM) ** _SOFTNESS) for value in range(256)]
    mask = Image.radial_gradient("L").point(falloff)
    mask = mask.resize((2 * radius, 2 * radius), Image.Resampling.BICUBIC)
    place = (round(layer.x * target.width) - radius, round(layer.y * target.height) - radius)
    paint(target, mask, place, pick(layer.colour), layer.opacity)


def _paint_drawn(
    layer: layers.Layer, target: Image.Image, colour: Colour, draw: Callable[[ImageDraw.ImageDraw, int], None]
) -> None:
    paint(target, draw_mask(target.size, draw), (0, 0), colour, layer.opacity)


@_draw.register
def _(layer: layers.Stripes, target: Image.Image, pick: Pick) -> None:
    width, height = target.size
    step = max(2, layer.width + layer.gap)
    reach = abs(layer.slant) * height

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        x = -reach
        while x < width + reach:
            lean = layer.slant * height
            corners = [(x, height), (x + layer.width, height), (x + layer.width + lean, 0), (x + lean, 0)]
            pen.polygon([(a * scale, b * scale) for a, b in corners], fill=255)
            x += step

    _paint_drawn(layer, target, pick(layer.colour), draw)


@_draw.register
def _(layer: layers.Dots, target: Image.Image, pick: Pick) -> None:
    width, height = target.size

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        for row, y in enumerate(range(layer.spacing // 2, height + layer.spacing, layer.spacing)):
            shift = layer.spacing // 2 if row % 2 else 0
            for x in range(shift, width + layer.spacing, layer.spacing):
                r = layer.radius
                box = tuple(part * scale for part in (x - r, y - r, x + r, y + r))
                pen.ellipse(box, fill=255)

    mask = draw_mask(target.size, draw)
    if layer.fade != "none":
        mask = ImageChops.multiply(mask, make_ramp(target.size, _FADE_ANGLES[layer.fade] + 180))
    paint(target, mask, (0, 0), pick(layer.colour), layer.opacity)


@_draw.register
def _(layer: layers.Grid, target: Image.Image, pick: Pick) -> None:
    width, height = target.size

    def draw_flat(pen: ImageDraw.ImageDraw, scale: int) -> None:
        line = max(1, round(layer.width * scale))
        for x in range(layer.spacing // 2, width, layer.spacing):
            pen.line((x * scale, 0, x * scale, height * scale), fill=255, width=line)
        for y in range(layer.spacing // 2, height, layer.spacing):
            pen.line((0, y * scale, width * scale, y * scale), fill=255, width=line)

    def draw_floor(pen: ImageDraw.ImageDraw, scale: int) -> None:
        line = max(1, round(layer.width * scale))
        top = round((layer.horizon or 0) * height)
        depth = height - top
        reach = width // layer.spacing * 3
        for index in range(-reach, reach + 1):
            near, far = width / 2 + index * layer.spacing * 3, width / 2 + index * layer.spacing / 2
            pen.line((far * scale, top * scale, near * scale, height * scale), fill=255, width=line)
        for index in range(_FLOOR_LINES + 1):
            y = top + depth * (index / _FLOOR_LINES) ** 2
            pen.line((0, y * scale, width * scale, y * scale), fill=255, width=line)

    _paint_drawn(layer, target, pick(layer.colour), draw_flat if layer.horizon is None else draw_floor)


@_draw.register
def _(layer: layers.Rings, target: Image.Image, pick: Pick) -> None:
    x, y = layer.x * target.width, layer.y * target.height

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        line = max(1, round(layer.width * scale))
        for index in range(layer.count):
            r = layer.first + index * layer.step
            pen.ellipse(
                ((x - r) * scale, (y - r) * scale, (x + r) * scale, (y + r) * scale), outline=255, width=line
            )

    _paint_drawn(layer, target, pick(layer.colour), draw)


@_draw.register
def _(layer: layers.Waves, target: Image.Image, pick: Pick) -> None:
    width, height = target.size

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        line = [
            (x, layer.y * height + layer.height * math.sin(2 * math.pi * (x / layer.length + layer.phase)))
            for x in range(-_WAVE_STEP, width + 2 * _WAVE_STEP, _WAVE_STEP)
        ]
        corners = [*line, (width + _WAVE_STEP, height + 1), (-_WAVE_STEP, height + 1)]
        pen.polygon([(a * scale, b * scale) for a, b in corners], fill=255)

    _paint_drawn(layer, target, pick(layer.colour), draw)


@_draw.register
def _(layer: layers.Sun, target: Image.Image, pick: Pick) -> None:
    r = layer.radius

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        pen.ellipse((0, 0, 2 * r * scale - 1, 2 * r * scale - 1), fill=255)
        for index in range(layer.slits):
            y = r * (1.22 + 0.78 * index / max(layer.slits, 1))
            thick = 2 + r * 0.08 * (index + 1) / max(layer.slits, 1)
            pen.rectangle((0, y * scale, 2 * r * scale, (y + thick) * scale), fill=0)

    mask = draw_mask((2 * r, 2 * r), draw)
    picture = make_gradient((2 * r, 2 * r), [pick(layer.top), pick(layer.bottom)], 90)
    paint(
        target,
        mask,
        (round(layer.x * target.width) - r, round(layer.y * target.height) - r),
        picture,
        layer.opacity,
    )


@_draw.register
def _(layer: layers.Branch, target: Image.Image, pick: Pick) -> None:
    x, y = layer.x * target.width, layer.y * target.height

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        r = layer.radius
        turn = math.copysign(1.0, layer.sweep)
        box = ((x - r) * scale, (y - r) * scale, (x + r) * scale, (y + r) * scale)
        first, last = sorted((layer.start, layer.start + layer.sweep))
        pen.arc(box, first, last, fill=255, width=max(1, round(layer.leaf * scale / 14)))
        for index in range(layer.leaves):
            share = (index + 0.5) / layer.leaves
            angle = layer.start + layer.sweep * share
            foot_x, foot_y = x + r * math.cos(math.radians(angle)), y + r * math.sin(math.radians(angle))
            length = layer.leaf * (1.0 - 0.45 * share)
            for side in (-1, 1):
                _draw_leaf(pen, scale, (foot_x, foot_y), angle + turn * (90 - side * 38), length)
        end = layer.start + layer.sweep
        tip = (x + r * math.cos(math.radians(end)), y + r * math.sin(math.radians(end)))
        _draw_leaf(pen, scale, tip, end + turn * 90, layer.leaf * 0.6)

    _paint_drawn(layer, target, pick(layer.colour), draw)


def _draw_leaf(
    pen: ImageDraw.ImageDraw, scale: int, foot: tuple[float, float], angle: float, length: float
) -> None:
    """Draw a pointed leaf from its foot in a direction."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    upper, lower = [], []
    for step in range(13):
        share = step / 12
        along, across = length * share, 0.2 * length * math.sin(math.pi * share**0.8)
        upper.append((foot[0] + along * cos - across * sin, foot[1] + along * sin + across * cos))
        lower.append((foot[0] + along * cos + across * sin, foot[1] + along * sin - across * cos))
    pen.polygon([(a * scale, b * scale) for a, b in upper + lower[::-1]], fill=255)


@_draw.register
def _(layer: layers.Shape, target: Image.Image, pick: Pick) -> None:
    width, height = target.size

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        pen.polygon([(a * width * scale, b * height * scale) for a, b in layer.points], fill=255)

    _paint_drawn(layer, target, pick(layer.colour), draw)


@_draw.register
def _(layer: layers.Frame, target: Image.Image, pick: Pick) -> None:
    width, height = target.size
    inset = layer.inset

    def draw(pen: ImageDraw.ImageDraw, scale: int) -> None:
        box = (inset * scale, inset * scale, (width - inset) * scale - 1, (height - inset) * scale - 1)
        pen.rounded_rectangle(box, layer.radius * scale, outline=255, width=layer.width * scale)

    _paint_drawn(layer, target, pick(layer.colour), draw)
