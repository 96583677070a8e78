"""What the tests of faults run on, and how often."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.contract.support import PLACES

_URLS: Final[Mapping[str, Callable[[Path], str]]] = {
    "json": lambda folder: f"json:///{folder}",
    "sqlite": lambda folder: f"sqlite:///{folder}/laurel.db",
}
BACKENDS = sorted(PLACES.keys() & _URLS.keys())
"""Those that keep anything when their process is gone."""

CRASHES = int(os.environ.get("CRASHES", "20"))
"""How often processes are killed and plugs pulled on each backend (``make crash``)."""


def url_of(backend: str, folder: Path) -> str:
    """Return the URL of a store whose files lie in a folder of their own."""
    return _URLS[backend](folder)
