"""What tests of the whole bot begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Give a server for the whole bot; check at the end that nothing went wrong unseen."""
    async with House(tmp_path) as house:
        yield house
        await house.check()
