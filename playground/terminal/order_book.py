"""What an order to the playground is, and books of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.terminal.session import Session

__all__ = ["Deed", "Entry", "OrderBook"]

Deed = Callable[["Session", str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An order.

    Attributes:
        usage: How it is written, without the colon.
        help: What it does, in one line.
        deed: Does it, for a session and what follows the name.
    """

    usage: str
    help: str
    deed: Deed

    @property
    def takes_something(self) -> bool:
        """Whether anything may follow its name."""
        return " " in self.usage


class OrderBook:
    """Collects orders.

    Attributes:
        entries: All orders by name, in the order in which help shows them.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def add(self, usage: str, help_text: str) -> Callable[[Deed], Deed]:
        """Return a decorator that lets a function be what an order does."""

        def add(deed: Deed) -> Deed:
            self.entries[usage.partition(" ")[0]] = Entry(usage=usage, help=help_text, deed=deed)
            return deed

        return add

    def include(self, other: OrderBook) -> None:
        """Add the orders of another book."""
        self.entries.update(other.entries)

    def usage_error(self, name: str) -> PlaygroundError:
        """Return what tells how an order is written."""
        return PlaygroundError(f"write it like this: :{self.entries[name].usage}")
