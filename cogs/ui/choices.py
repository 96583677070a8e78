"""What Discord suggests while somebody types."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

__all__ = ["MAX_CHOICES", "choices_of"]

MAX_CHOICES = 25
"""How many suggestions Discord shows (API reference, "Autocomplete")."""


def choices_of(values: Iterable[str]) -> list[app_commands.Choice[str]]:
    """Suggest values, each as it is, as many of the first as Discord shows."""
    return [app_commands.Choice(name=value, value=value) for value in values][:MAX_CHOICES]
