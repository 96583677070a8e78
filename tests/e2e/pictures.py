"""A house whose bots draw, in the test's own process: starting one for each test would cost a second each."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image

from pictures import Artist, Picture, PictureError, Studio
from pictures.content import BackgroundFile
from playground import Message

__all__ = ["Desk", "image_of", "make_image"]


@cache
def _artist() -> Artist:
    return Artist()


class Desk(Studio):
    """Draws here and now, and remembers what.

    Attributes:
        drawn: The pictures asked for, oldest first.
        error: Raised instead of drawing anything more, if any.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[Picture] = []
        self.error: Exception | None = None

    async def draw(self, picture: Picture, *, within: float | None = None) -> bytes:  # noqa: ARG002 -- it draws at once
        """Draw a picture."""
        self.drawn.append(picture)
        return self._answer(picture)

    async def prepare_background(self, content: bytes) -> bytes:
        """Make a background of a file."""
        return self._answer(BackgroundFile(content=content))

    def _answer(self, request: Picture | BackgroundFile) -> bytes:
        if self.error is not None:
            raise self.error
        try:
            return _artist().answer(request)
        except Exception as error:
            raise PictureError(f"{type(error).__name__}: {error}") from error


def image_of(message: Message) -> Image.Image:
    """Return the one picture of a message."""
    [attachment] = message.attachments
    return Image.open(io.BytesIO(attachment.data))


def make_image(size: tuple[int, int] = (640, 320), kind: str = "PNG") -> bytes:
    """Return a picture file."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, kind)
    return buffer.getvalue()
