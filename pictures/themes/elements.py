"""What may stand in a layout: boxes of text, the avatar, bars, badges, panels. All measures are in pixels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.themes.values import ColourName, Opacity, Pixels, Role

__all__ = ["Avatar", "Badges", "Bar", "Box", "Dial", "Element", "Panel", "Pill", "Stat", "Stats", "Text"]

_Size = Annotated[int, Field(ge=8, le=200)]
_Extent = Annotated[int, Field(ge=1, le=2000)]
_Align = Literal["left", "center", "right"]


class Box(BaseModel):
    """What all elements have: a place, and when they are there.

    Attributes:
        x: Of the left edge.
        y: Of the upper edge.
        w: Width.
        h: Height.
        when: The field that must hold something for the element to be drawn; "" for always.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    x: Pixels
    y: Pixels
    w: _Extent
    h: _Extent
    when: str = ""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge."""
        return self.x, self.y, self.x + self.w, self.y + self.h


class Panel(Box):
    """A rectangle with round corners, filled, outlined, or both."""

    kind: Literal["panel"]
    fill: ColourName | None = None
    opacity: Opacity = 1.0
    radius: Pixels = 0
    outline: ColourName | None = None
    outline_width: Annotated[int, Field(ge=1, le=40)] = 2
    outline_opacity: Opacity = 1.0


class Text(Box):
    """A field's text on one line; capitals stand in the middle of the box's height."""

    kind: Literal["text"]
    field: str
    size: _Size
    smallest: _Size | None = None
    font: Role = "text"
    weight: Annotated[int, Field(ge=100, le=900)] | None = None
    colour: ColourName = "text"
    colour2: ColourName | None = None
    align: _Align = "left"
    tracking: Annotated[float, Field(ge=0, le=1)] = 0.0
    upper: bool = False


class Stat(BaseModel):
    """A number with the word for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    value: str
    colour: ColourName = "text"


class Stats(Box):
    """Numbers with their words, side by side; all shrink together if they need more width than there is."""

    kind: Literal["stats"]
    items: Annotated[list[Stat], Field(min_length=1, max_length=6)]
    size: _Size
    label_size: _Size
    arrange: Literal["beside", "above", "below"] = "beside"
    gap: Pixels = 28
    align: _Align = "left"
    font: Role = "display"
    weight: Annotated[int, Field(ge=100, le=900)] | None = None
    label_colour: ColourName = "muted"
    tracking: Annotated[float, Field(ge=0, le=1)] = 0.0
    upper: bool = False


class Avatar(Box):
    """The member's picture."""

    kind: Literal["avatar"]
    shape: Literal["circle", "rounded", "hexagon"] = "circle"
    ring: Pixels = 0
    gap: Pixels = 0
    ring_colour: ColourName = "accent"
    ring_opacity: Opacity = 1.0


class Dial(Box):
    """Progress as an arc around a point."""

    kind: Literal["dial"]
    field: str = "progress"
    width: Annotated[int, Field(ge=2, le=100)]
    track: ColourName = "track"
    track_opacity: Opacity = 1.0
    fill: ColourName = "accent"
    fill2: ColourName | None = None


class Bar(Box):
    """Progress as a bar."""

    kind: Literal["bar"]
    field: str = "progress"
    radius: Pixels = 0
    segments: Annotated[int, Field(ge=1, le=100)] = 1
    gap: Pixels = 4
    track: ColourName = "track"
    track_opacity: Opacity = 1.0
    fill: ColourName = "accent"
    fill2: ColourName | None = None


class Badges(Box):
    """Emoji in a row, as many as there is room for."""

    kind: Literal["badges"]
    field: str = "badges"
    gap: Pixels = 8
    align: _Align = "left"
    plate: ColourName | None = None
    plate_opacity: Opacity = 1.0


class Pill(Box):
    """A text on a plate that is as wide as the text needs."""

    kind: Literal["pill"]
    field: str
    size: _Size
    font: Role = "text"
    weight: Annotated[int, Field(ge=100, le=900)] | None = None
    colour: ColourName = "text"
    fill: ColourName = "surface"
    opacity: Opacity = 1.0
    radius: Pixels = 999
    padding: Pixels = 14
    align: _Align = "left"
    tracking: Annotated[float, Field(ge=0, le=1)] = 0.0
    upper: bool = False


Element = Annotated[
    Panel | Text | Stats | Avatar | Dial | Bar | Badges | Pill,
    Field(discriminator="kind"),
]
"""Any element."""
