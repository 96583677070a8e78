"""Themes: what a designer writes in ``data/cards``, checked when it is loaded."""

from __future__ import annotations

from pictures.themes.loading import load_theme, load_themes, parse_theme
from pictures.themes.models import Layout, Theme

__all__ = ["Layout", "Theme", "load_theme", "load_themes", "parse_theme"]
