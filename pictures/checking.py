"""What the bot checks itself, before a picture is asked for: themes at start, and what admins write.

Picture files are not among it: only the process that draws opens those (`Studio.prepare_background`).
"""

from __future__ import annotations

from pathlib import Path

from data import DATA_FOLDER
from pictures.colours import parse_colour
from pictures.text.fonts import list_families
from pictures.themes.loading import load_themes, parse_theme

__all__ = ["check_accent", "check_theme", "list_themes"]


def list_themes(folder: Path = DATA_FOLDER) -> dict[str, str]:
    """Return the titles of all themes by their names, in the themes' order; all are validated.

    Raises:
        ContentError: A theme or a font cannot be used.
    """
    themes = load_themes(folder / "cards", families=list_families(folder / "fonts"))
    return {name: theme.title for name, theme in themes.by_name.items()}


def check_theme(content: str, *, name: str, folder: Path = DATA_FOLDER) -> str:
    """Check a theme that an admin brings and return its title.

    Raises:
        ContentError: It holds something that it must not; says which field, and what would be right.
    """
    return parse_theme(content, file=name, families=list_families(folder / "fonts")).title


def check_accent(text: str) -> str:
    """Return a colour as #rrggbb.

    Raises:
        ValueError: It is written otherwise.
    """
    parse_colour(text)
    return text.lower()
