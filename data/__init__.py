"""Content: achievements, message texts, and what loads and validates them at start."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from data.texts import Texts, load_texts
from leveling_core.achievements import Catalogue
from leveling_core.errors import ContentError

__all__ = ["DATA_FOLDER", "Texts", "load_backgrounds", "load_catalogue", "load_texts", "read_toml"]

DATA_FOLDER = Path(__file__).parent
"""Where the bundled content lies."""


def load_catalogue(path: Path = DATA_FOLDER / "achievements" / "laurel.toml") -> Catalogue:
    """Read and validate a catalogue of achievements.

    Raises:
        ContentError: The file cannot be read, is not TOML, or holds something that it must not.
    """
    return Catalogue.from_mapping(read_toml(path), file=path.name)


def read_toml(path: Path, *, expected: str = "a file") -> dict[str, Any]:
    """Read a file of TOML.

    Args:
        path: The file.
        expected: What it holds, for the error.

    Raises:
        ContentError: It cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(
            file=path.name,
            entry="",
            field="",
            problem=f"it cannot be read ({error.strerror})",
            expected=expected,
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ContentError(
            file=path.name, entry="", field="", problem=f"it is not TOML: {error}", expected="TOML"
        ) from error


def load_backgrounds(folder: Path = DATA_FOLDER / "backgrounds") -> dict[str, bytes]:
    """Return the pictures that come along to stand behind others, by name, in the order of the alphabet."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.jpg"))}
