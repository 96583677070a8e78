"""A theme: its palette, fonts, background, and where things stand on each picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from pictures.colours import Colour, contrast, parse_colour
from pictures.themes.elements import Element
from pictures.themes.grounds import Ground
from pictures.themes.values import ColourName, HexColour, Opacity, Pixels

__all__ = ["Layout", "Lettering", "Palette", "Sheet", "Theme"]

READABLE_RATIO = 4.5
"""The least contrast of text with what is behind it: level AA of WCAG."""

_LARGEST_SIDE = 1200


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Palette(_Part):
    """The colours of a theme.

    Attributes:
        ground: Behind everything.
        surface: Of panels that lie on the ground.
        text: What is read.
        muted: Words beside numbers.
        accent: What draws the eye; members may choose another.
        accent2: Where a gradient that begins with the accent ends.
        track: The part of a bar that is not filled.
        ink: Text on the accent.
        series: Of the parts of a chart, in order.
    """

    ground: HexColour
    surface: HexColour
    text: HexColour
    muted: HexColour
    accent: HexColour
    accent2: HexColour
    track: HexColour
    ink: HexColour
    series: Annotated[list[HexColour], Field(min_length=6, max_length=12)]

    @model_validator(mode="after")
    def _check_contrast(self) -> Palette:
        for name in ("text", "muted"):
            for ground in ("ground", "surface"):
                ratio = contrast(self.get(name), self.get(ground))
                if ratio < READABLE_RATIO:
                    raise ValueError(
                        f"{name} with a contrast of {READABLE_RATIO} to {ground}; it has {ratio:.1f}"
                    )
        return self

    def get(self, name: str) -> Colour:
        """Return a colour of the palette by its name."""
        return parse_colour(getattr(self, name))


class Lettering(_Part):
    """A family of ``data/fonts/fonts.toml`` and the weight that is used where an element names none."""

    family: str
    weight: Annotated[int, Field(ge=100, le=900)]


class Layout(_Part):
    """Where things stand on one picture, in the order in which they are drawn.

    Attributes:
        width: Of the picture, in pixels.
        height: Of the picture.
        decor: Layers over the background, on this picture only.
        elements: What the picture shows.
    """

    width: Annotated[int, Field(ge=100, le=_LARGEST_SIDE)]
    height: Annotated[int, Field(ge=60, le=_LARGEST_SIDE)]
    decor: Annotated[list[Ground], Field(max_length=12)] = []
    elements: Annotated[list[Element], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _check_places(self) -> Layout:
        for element in self.elements:
            if element.x + element.w > self.width or element.y + element.h > self.height:
                raise ValueError(
                    f"elements inside {self.width} × {self.height}; the {element.kind} at {element.x}, "
                    f"{element.y} ends at {element.x + element.w}, {element.y + element.h}"
                )
        return self


class Sheet(_Part):
    """How pictures that are made of rows (boards, charts) look."""

    radius: Pixels = 18
    panel_opacity: Opacity = 1.0
    panel: ColourName = "surface"
    outline: ColourName | None = None
    outline_opacity: Opacity = 1.0
    avatar: Literal["circle", "rounded", "hexagon"] = "circle"
    bar_radius: Pixels = 6
    upper: bool = False


class Theme(_Part):
    """A theme.

    Attributes:
        title: What people call it.
        order: Its place in a list of themes.
        mode: Whether the ground is dark or light.
        scrim: How much of the ground's colour lies over a member's own background picture.
        display: The font of what is read first.
        text: The font of the rest.
        palette: The colours.
        background: Layers, drawn in order, under every picture.
        sheet: How boards and charts look.
        rank_card: Where things stand on a rank card.
        level_up: On the small card of a level-up, or None for the common one.
        unlock: On the small card of an unlocked achievement, or None for the common one.
    """

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    order: int = 100
    mode: Literal["dark", "light"]
    scrim: Opacity = 0.55
    display: Lettering
    text: Lettering
    palette: Palette
    background: Annotated[list[Ground], Field(min_length=1, max_length=24)]
    sheet: Sheet = Sheet()
    rank_card: Layout
    level_up: Layout | None = None
    unlock: Layout | None = None
