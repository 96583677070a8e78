"""One artist for all tests: opening fonts and drawing templates costs more than the tests."""

from __future__ import annotations

import pytest

from data import DATA_FOLDER
from pictures import Artist
from pictures.drawing.canvas import Kit, make_kit
from pictures.text.shaping import PlainShaper, RaqmShaper, Shaper, can_shape


@pytest.fixture(scope="session")
def artist() -> Artist:
    """Return an artist with the bundled themes and fonts."""
    return Artist()


@pytest.fixture(scope="session")
def plain_artist() -> Artist:
    """Return an artist that draws the same on every machine: without a shaping engine."""
    return Artist(shaper=PlainShaper())


def _shapers() -> list[Shaper]:
    """Return the shapers that work on this machine: both, where Pillow finds raqm and fribidi."""
    return [PlainShaper(), *([RaqmShaper()] if can_shape() else [])]


@pytest.fixture(scope="session", params=_shapers(), ids=lambda shaper: type(shaper).__name__)
def kit(request: pytest.FixtureRequest) -> Kit:
    """Return what pictures are drawn with, for each way of shaping text."""
    return make_kit(DATA_FOLDER / "fonts", shaper=request.param)
