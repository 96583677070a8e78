"""What happens while time passes at the playground."""

from __future__ import annotations

from tests.playground.terminal.conftest import TestSession


async def test_what_is_due_happens_while_time_passes(session: TestSession) -> None:
    """An event is told to have ended although the wait goes on for longer than announcements keep."""
    for passing in (":wait 30m", ":wait 3d", ":tomorrow", ":chat ann 20"):
        await session.type('owner: !event start 2x 5m "Quick"')
        assert "Quick (2x XP) is over" in await session.type(passing)
        assert "Quick" not in await session.type(":time")


async def test_a_board_is_kept_current_while_time_passes(session: TestSession) -> None:
    """What the bot does in tasks of its own is done before time goes on."""
    await session.type("owner: !board pin", "ann: hello")
    shown = await session.type(":wait 30m")
    assert "#1 ann" in shown
    assert "(edited)" in shown


async def test_nothing_is_done_meanwhile_by_a_bot_that_is_offline(session: TestSession) -> None:
    """Time passes at once; the end of an event that nobody was there to tell is too old afterwards."""
    await session.type("owner: !event start 2x 5m Quick", ":offline")
    assert await session.type(":wait 30m") == "> :wait 30m\n* it is Monday, 2 January 2040, 12:30 UTC"
    assert "is over" not in await session.type(":online")


async def test_a_very_long_time_passes_in_longer_steps(session: TestSession) -> None:
    """Then it is said how late the bot may be; what ended is as over as it would be."""
    shown = await session.type(":wait 60d")
    assert shown.splitlines()[1:] == [
        "* so long a time passes in steps of 17 minutes: the bot is late by as much",
        "* it is Friday, 2 March 2040, 12:00 UTC",
    ]
