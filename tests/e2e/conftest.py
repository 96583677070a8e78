"""What tests of the whole bot begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.pictures import Desk


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Give a server for the whole bot; check at the end that nothing went wrong unseen."""
    async with House(tmp_path) as house:
        yield house
        await house.check()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Let bots draw in this process."""
    desk = Desk()
    monkeypatch.setattr("cogs.Studio", lambda: desk)
    return desk
