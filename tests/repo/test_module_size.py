"""Modules stay small enough to read in one go."""

from __future__ import annotations

import pytest

from tests.repo.sources import PACKAGES, list_modules, relative

MAX_LINES = 450
"""About 400 lines is the aim; this is where it ends."""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_too_long(package: str) -> None:
    """No file of a package has more than 450 lines; split one by its reasons to change."""
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in list_modules(package)
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}
