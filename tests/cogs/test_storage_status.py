"""What `config show` says of the storage."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cogs.storage_status import storage_status
from leveling_core.store import StoreHealth
from tests.cogs.server import TEXTS, Server

SINCE_AT = 1_767_225_600_000
FAILING: dict[str, Any] = {
    "failing_since_at": SINCE_AT,
    "problem": "the disk is full (`ENOSPC`)",
    "cure": "Free some space",
    "waiting": 12,
}


def told(**fields: Any) -> str:
    """Return what is said of a storage that does so."""
    status = storage_status(TEXTS, StoreHealth(**fields))
    assert not status.is_well
    return "\n".join(status.lines)


def test_all_is_well() -> None:
    """One word is enough."""
    status = storage_status(TEXTS, StoreHealth())
    assert (status.is_well, status.lines) == (True, ["All is well."])


def test_commits_that_wait_their_turn_are_no_trouble() -> None:
    """A busy storage has some on their way."""
    assert storage_status(TEXTS, StoreHealth(waiting=900)).is_well


@pytest.mark.parametrize(
    ("breaker", "state"),
    [
        ("closed", "It has begun to fail"),
        ("open", "It fails again and again, so I try it once a minute"),
        ("half_open", "I am trying whether it works again"),
    ],
)
def test_an_outage_is_told_with_its_cure(breaker: str, state: str) -> None:
    """What state it is in, since when, why, what mends it, how many wait, and what becomes of them."""
    text = told(breaker=breaker, **FAILING)
    assert state in text
    assert f"since <t:{SINCE_AT // 1000}:R>" in text
    assert "`the disk is full ('ENOSPC')`" in text
    assert "Free some space." in text
    assert "12 entries wait and will be counted" in text
    assert "lost" not in text


def test_one_that_waits_is_told_of_as_one() -> None:
    """Numbers read as people say them; where nothing waits, nothing is said of it."""
    assert "1 entry waits and will be counted" in told(**{**FAILING, "waiting": 1})
    assert "wait" not in told(**{**FAILING, "waiting": 0})


def test_what_is_lost_is_told() -> None:
    """More than can wait is turned away."""
    assert "3,000 entries came when too many waited already. They are lost." in told(refused=3000, **FAILING)


def test_it_is_watched_until_it_has_proved_itself() -> None:
    """When it was written again nothing is wrong any more; it is said all the same."""
    assert "It works again" in told(breaker="half_open")


async def test_the_overview_shows_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below all else while it is well, above all else while it is not; also where embeds are not allowed."""
    await server.connect()
    owner = server.pg.guild.owner
    text = (await server.ask(owner, "!config show")).text
    assert text.index("Sections") < text.index("Storage") < text.index("All is well.")
    health = StoreHealth(breaker="open", **FAILING)
    monkeypatch.setattr(type(cast(Any, server.store)), "health", property(lambda _: health))
    text = (await server.ask(owner, "!config show")).text
    assert text.index("Storage") < text.index("It fails again and again") < text.index("What differs")
    await server.pg.deny("general", "embed_links")
    text = (await server.ask(owner, "!config show")).text
    assert "It fails again and again" in text
