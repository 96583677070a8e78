"""The backends that keep anything when their process is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.contract.support import PLACES

_URLS: Final[Mapping[str, Callable[[Path], str]]] = {
    "json": lambda folder: f"json:///{folder}",
    "sqlite": lambda folder: f"sqlite:///{folder}/laurel.db",
}
BACKENDS = sorted(PLACES.keys() & _URLS.keys())


def url_of(backend: str, folder: Path) -> str:
    """Return the URL of a store whose files lie in a folder of their own."""
    return _URLS[backend](folder)
