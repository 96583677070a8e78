"""Emoji as pictures, looked up by their code points: families, flags and skin tones need no shaping."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import regex
from PIL import Image

from leveling_core.errors import ContentError
from pictures.caches import ByteCache

__all__ = ["EmojiBook"]

_VARIATION = "\ufe0f"
_TEXT_VARIATION = "\ufe0e"
_JOINER = "\u200d"
_SHOWN_AS_EMOJI = regex.compile(r"\p{Emoji_Presentation}")
_CACHE_BYTES = 4_000_000


def _key(sequence: str) -> str:
    return "-".join(f"{ord(char):x}" for char in sequence if char != _VARIATION)


class EmojiBook:
    """Finds and scales the pictures of an archive of emoji.

    Args:
        path: A zip file of pictures named by code points (``1f600.webp``), with ``aliases.txt``.

    Raises:
        ContentError: The archive cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
            names = self._archive.namelist()
            aliases = self._archive.read("aliases.txt").decode() if "aliases.txt" in names else ""
        except (OSError, zipfile.BadZipFile) as error:
            raise ContentError(
                file=path.name,
                entry="",
                field="",
                problem=f"it cannot be read ({error})",
                expected="a zip file",
            ) from error
        self._pictures = {name.removesuffix(".webp"): name for name in names if name.endswith(".webp")}
        for line in aliases.splitlines():
            alias, _, name = line.partition(" ")
            self._pictures[alias] = f"{name}.webp"
        self._scaled: ByteCache[tuple[str, int], Image.Image] = ByteCache(
            _CACHE_BYTES, lambda picture: picture.width * picture.height * 4
        )

    @property
    def held_bytes(self) -> int:
        """What the scaled pictures take."""
        return self._scaled.held_bytes

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def find(self, grapheme: str, *, as_text: bool = False) -> list[str]:
        """Return the names of the pictures that show a grapheme; none if it is no emoji.

        A sequence that has no picture of its own (a family that no font knows) is shown as its parts.

        Args:
            grapheme: One character as readers count.
            as_text: A font can show it: so it is an emoji only if it asks to be, or always is.
        """
        if _TEXT_VARIATION in grapheme:
            return []
        if as_text and _VARIATION not in grapheme and not _SHOWN_AS_EMOJI.search(grapheme):
            return []
        key = _key(grapheme)
        if key in self._pictures:
            return [key]
        parts = [_key(part) for part in grapheme.split(_JOINER)]
        known = [part if part in self._pictures else part.partition("-")[0] for part in parts]
        return [part for part in known if part in self._pictures]

    def draw(self, name: str, height: int) -> Image.Image:
        """Return an emoji's picture (RGBA) in a height of pixels."""
        return self._scaled.get_or_make((name, height), lambda: self._scale(name, height))

    def _scale(self, name: str, height: int) -> Image.Image:
        with Image.open(io.BytesIO(self._archive.read(self._pictures[name]))) as stored:
            picture = stored.convert("RGBA")
        width = max(1, round(picture.width * height / picture.height))
        return picture.resize((width, height), Image.Resampling.LANCZOS)
