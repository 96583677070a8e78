"""Read themes from TOML; say which file and field is wrong, and what would be right."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from data import DATA_FOLDER
from leveling_core.errors import ContentError
from pictures.content import FIELDS
from pictures.problems import content_error
from pictures.themes.models import Layout, Theme

__all__ = ["LARGEST_THEME_BYTES", "Themes", "load_theme", "load_themes", "parse_theme"]

LARGEST_THEME_BYTES = 64_000
"""A theme is a page of text; what is larger is none."""

LONGEST_LINE = 500
"""Characters of a line: reading a key of thousands of dotted parts takes the time of their square."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """All themes of a folder, with the layouts that they share.

    Attributes:
        by_name: Themes by name, which is their file's; in their order.
        level_up: The common layout of a level-up.
        unlock: The common layout of an unlocked achievement.
    """

    by_name: dict[str, Theme]
    level_up: Layout
    unlock: Layout

    def layout_of(self, theme: Theme, picture: str) -> Layout:
        """Return a theme's layout of a picture: its own, or the common one."""
        layout: Layout = getattr(theme, picture) or getattr(self, picture)
        return layout


def parse_theme(content: str, *, file: str, families: Collection[str]) -> Theme:
    """Return a theme that somebody wrote.

    Args:
        content: TOML.
        file: Its name, for errors.
        families: The families of fonts that there are.

    Raises:
        ContentError: It is too long, not TOML, or holds something that it must not.
    """
    if len(content.encode()) > LARGEST_THEME_BYTES:
        raise ContentError(
            file=file,
            entry="",
            field="",
            problem="it is too long",
            expected=f"at most {LARGEST_THEME_BYTES} bytes",
        )
    longest = max(map(len, content.splitlines()), default=0)
    if longest > LONGEST_LINE:
        raise ContentError(
            file=file,
            entry="",
            field="",
            problem=f"a line has {longest} characters",
            expected=f"at most {LONGEST_LINE} in a line",
        )
    theme = _parse(Theme, content, file)
    for entry, lettering in (("display", theme.display), ("text", theme.text)):
        if lettering.family not in families:
            raise ContentError(
                file=file,
                entry=entry,
                field="family",
                problem=f"there is no family {lettering.family!r}",
                expected=f"one of {', '.join(sorted(families))}",
            )
    for picture in ("rank_card", "level_up", "unlock"):
        layout = getattr(theme, picture)
        if layout is not None:
            _check_fields(layout, picture, file)
    return theme


def load_theme(path: Path, *, families: Collection[str]) -> Theme:
    """Read a theme from a file.

    Raises:
        ContentError: See `parse_theme`; or the file cannot be read.
    """
    return parse_theme(_read(path), file=path.name, families=families)


def load_themes(folder: Path = DATA_FOLDER / "cards", *, families: Collection[str]) -> Themes:
    """Read all themes of a folder, and the layouts in its folder ``common``.

    Raises:
        ContentError: A file cannot be read or holds something that it must not, or there is no theme.
    """
    themes = {path.stem: load_theme(path, families=families) for path in sorted(folder.glob("*.toml"))}
    if not themes:
        raise ContentError(
            file=folder.name,
            entry="",
            field="",
            problem="it holds no theme",
            expected="files ending in .toml",
        )
    common = {}
    for picture in ("level_up", "unlock"):
        path = folder / "common" / f"{picture}.toml"
        common[picture] = _parse(Layout, _read(path), path.name)
        _check_fields(common[picture], picture, path.name)
    return Themes(
        by_name=dict(sorted(themes.items(), key=lambda item: (item[1].order, item[0]))),
        level_up=common["level_up"],
        unlock=common["unlock"],
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            file=path.name, entry="", field="", problem=f"it cannot be read ({error})", expected="a text file"
        ) from error


def _parse(model: type[M], content: str, file: str) -> M:
    try:
        return model.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(
            file=file, entry="", field="", problem=f"it is not TOML: {error}", expected="TOML"
        ) from error
    except ValidationError as error:
        raise content_error(file, error) from error
    except RecursionError as error:  # lists in lists, hundreds deep
        raise ContentError(
            file=file, entry="", field="", problem="its lists are too deep", expected="a theme"
        ) from error


def _check_fields(layout: Layout, picture: str, file: str) -> None:
    """Refuse a layout that names a field which its picture does not have."""
    known = FIELDS[picture]
    for element in layout.elements:
        named = [name for key in ("field", "when") if (name := getattr(element, key, ""))]
        named += [name for item in getattr(element, "items", ()) for name in (item.label, item.value)]
        for name in named:
            if name not in known:
                raise ContentError(
                    file=file,
                    entry=picture,
                    field=element.kind,
                    problem=f"there is no {name!r} to show",
                    expected=f"one of {', '.join(sorted(known))}",
                )
