"""What may lie in the background of a picture: layers, drawn in the order in which a theme names them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.themes.values import ColourName, Opacity, Pixels, Share

__all__ = [
    "Branch",
    "Dots",
    "Fill",
    "Frame",
    "Glow",
    "Gradient",
    "Grid",
    "Ground",
    "Layer",
    "Rings",
    "Shape",
    "Stripes",
    "Sun",
    "Waves",
]


class Layer(BaseModel):
    """What all layers have.

    Attributes:
        opacity: From 0 (not seen) to 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    opacity: Opacity = 1.0


class Fill(Layer):
    """One colour everywhere."""

    kind: Literal["fill"]
    colour: ColourName


class Gradient(Layer):
    """Colours that run into each other; the angle is 0 from left to right, 90 from top to bottom."""

    kind: Literal["gradient"]
    colours: Annotated[list[ColourName], Field(min_length=2, max_length=6)]
    angle: Annotated[float, Field(ge=-360, le=360)] = 90


class Glow(Layer):
    """Light that fades from a point; the radius is a share of the picture's width."""

    kind: Literal["glow"]
    colour: ColourName
    x: Share
    y: Share
    radius: Annotated[float, Field(gt=0, le=3)]


class Stripes(Layer):
    """Slanted stripes."""

    kind: Literal["stripes"]
    colour: ColourName
    width: Pixels
    gap: Pixels
    slant: Annotated[float, Field(ge=-4, le=4)] = 1.0


class Dots(Layer):
    """Dots in rows; every second row is moved by half a step, and they may fade towards one side."""

    kind: Literal["dots"]
    colour: ColourName
    spacing: Annotated[int, Field(ge=6, le=200)]
    radius: Annotated[float, Field(gt=0, le=40)]
    fade: Literal["none", "left", "right", "up", "down"] = "none"


class Grid(Layer):
    """Lines that cross; with a horizon they run towards it, as a floor does."""

    kind: Literal["grid"]
    colour: ColourName
    spacing: Annotated[int, Field(ge=6, le=400)]
    width: Annotated[float, Field(gt=0, le=10)] = 1.0
    horizon: Share | None = None


class Rings(Layer):
    """Circles around one point."""

    kind: Literal["rings"]
    colour: ColourName
    x: Share
    y: Share
    first: Pixels
    step: Annotated[int, Field(ge=2, le=400)]
    count: Annotated[int, Field(ge=1, le=40)]
    width: Annotated[float, Field(gt=0, le=60)] = 1.5


class Waves(Layer):
    """Hills: all below a wavy line is filled."""

    kind: Literal["waves"]
    colour: ColourName
    y: Share
    height: Pixels
    length: Annotated[int, Field(ge=40, le=4000)]
    phase: Annotated[float, Field(ge=0, le=1)] = 0.0


class Sun(Layer):
    """A disc of two colours, cut by slits that widen downwards if it has any."""

    kind: Literal["sun"]
    top: ColourName
    bottom: ColourName
    x: Share
    y: Share
    radius: Pixels
    slits: Annotated[int, Field(ge=0, le=20)] = 0


class Branch(Layer):
    """A branch of leaves on a curve, as in a laurel wreath."""

    kind: Literal["branch"]
    colour: ColourName
    x: Share
    y: Share
    radius: Pixels
    start: Annotated[float, Field(ge=-720, le=720)]
    sweep: Annotated[float, Field(ge=-360, le=360)]
    leaves: Annotated[int, Field(ge=2, le=60)]
    leaf: Annotated[int, Field(ge=4, le=300)]


class Shape(Layer):
    """A polygon, its corners as shares of width and height."""

    kind: Literal["shape"]
    colour: ColourName
    points: Annotated[list[tuple[Share, Share]], Field(min_length=3, max_length=40)]


class Frame(Layer):
    """A line around the picture, some pixels inside its edge."""

    kind: Literal["frame"]
    colour: ColourName
    inset: Pixels
    width: Annotated[int, Field(ge=1, le=40)]
    radius: Pixels = 0


Ground = Annotated[
    Fill | Gradient | Glow | Stripes | Dots | Grid | Rings | Waves | Sun | Branch | Shape | Frame,
    Field(discriminator="kind"),
]
"""Any layer."""
