"""Orders about time: let it pass, and tell it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from playground.errors import PlaygroundError
from playground.terminal.order_book import OrderBook
from playground.terminal.passing import step_of

if TYPE_CHECKING:
    from playground.terminal.session import Session

__all__ = ["TIME_ORDERS", "written"]

TIME_ORDERS: Final = OrderBook()
"""The orders about time."""

MOST_DAYS: Final = 3650
"""How far `:wait` goes at most."""

PROMPT_STEP_SECONDS: Final = 600
"""Up to which steps the bot is as good as on time, and nobody is told of them."""

_DURATION: Final = re.compile(r"(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>[smhdw])[a-z]*\s*")
_UNIT_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


@TIME_ORDERS.add("wait TIME", "let time pass, such as :wait 90s, 10m, 2h, 3d")
async def _wait(session: Session, rest: str) -> None:
    await _pass(session, _read_duration(rest))


@TIME_ORDERS.add("tomorrow", "let a day pass")
async def _tomorrow(session: Session, _rest: str) -> None:
    await _pass(session, timedelta(days=1).total_seconds())


async def _pass(session: Session, seconds: float) -> None:
    await session.pass_time(seconds)
    await session.host.settle()
    if session.host.is_online and (step := step_of(seconds)) > PROMPT_STEP_SECONDS:
        session.show_note(
            f"so long a time passes in steps of {step // 60} minutes: the bot is late by as much"
        )
    await _time(session, "")


@TIME_ORDERS.add("time", "what time it is in this world")
async def _time(session: Session, _rest: str) -> None:
    session.show_note(written(session.pg.clock.now))


def written(now: datetime) -> str:
    """Return an instant of the world in words."""
    return f"it is {now:%A}, {now.day} {now:%B %Y}, {now:%H:%M} UTC"


def _read_duration(text: str) -> float:
    total, position = 0.0, 0
    while position < len(text):
        match = _DURATION.match(text, position)
        if match is None:
            raise TIME_ORDERS.usage_error("wait")
        total += float(match["count"]) * _UNIT_SECONDS[match["unit"]]
        position = match.end()
    if not 0 < total <= MOST_DAYS * _UNIT_SECONDS["d"]:
        raise PlaygroundError(
            f"time goes on by more than nothing and at most {MOST_DAYS} days, like :wait 2h"
        )
    return total
