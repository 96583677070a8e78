"""What can go wrong with a picture, and with the content that pictures are made of."""

from __future__ import annotations

from pydantic import ValidationError

from leveling_core.errors import ContentError, LevelingError

__all__ = ["PictureError", "StudioBusyError", "content_error"]


class PictureError(LevelingError):
    """A picture could not be drawn: show the text twin instead."""


class StudioBusyError(PictureError):
    """Too many pictures are waiting to be drawn."""


def content_error(file: str, error: ValidationError) -> ContentError:
    """Return the first problem that pydantic found in a file, in the words of content errors."""
    first = error.errors(include_url=False)[0]
    entry, *field = [str(part) for part in first["loc"]] or [""]
    return ContentError(
        file=file,
        entry=entry,
        field=".".join(field),
        problem=f"it is {first['input']!r:.60}" if first["type"] != "missing" else "it is not there",
        expected=_lower_first(first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")),
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
