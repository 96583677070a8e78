"""What the tests of the JSON files share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    """Collect the stores that a simulated power cut left unclosed: their threads end with them."""
    yield
    gc.collect()
