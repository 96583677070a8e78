"""What tests of commands for those who manage a server begin with."""

from __future__ import annotations

from typing import Any

from playground import Member
from tests.e2e.house import House

__all__ = ["Scene"]


class Scene:
    """A server whose owner gives commands.

    Args:
        house: The house that all of it is in.
    """

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def owner(self) -> Member:
        """Who manages the server."""
        return self.house.pg.guild.owner

    async def tell(self, command: str, **options: Any) -> str:
        """Let the owner give a command, by prefix, or with options by slash; return the answer."""
        if not command.startswith("!"):
            return (await self.house.slash(self.owner, command, **options)).text
        return (await self.house.ask(self.owner, command)).text
