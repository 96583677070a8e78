"""Making commands that all members use: with a prefix and as slash commands, in servers only."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Concatenate

from discord.ext import commands

from cogs.usage import ALSO

__all__ = ["COSTLY_SECONDS", "COSTLY_USES", "member_command"]

COSTLY_USES, COSTLY_SECONDS = 3, 10.0
"""So often in so long may a member give a command that reads much. Nobody reads replies faster."""

_Callback = Callable[Concatenate[Any, commands.Context[Any], ...], Coroutine[Any, Any, None]]
_MemberCommand = commands.HybridCommand[Any, ..., None]


def member_command(
    *aliases: str,
    name: str | None = None,
    also: Sequence[str] = (),
    usage: str | None = None,
    ignore_extra: bool = True,
    costly: bool = False,
) -> Callable[[_Callback], _MemberCommand]:
    """Make a hybrid command that works in servers only.

    (discord.py's own decorator says the same, in types that mypy cannot resolve.)

    Args:
        aliases: Other names, for the command with a prefix.
        name: What it is called; by default like its function.
        also: Names under which another command with a prefix does the same.
        usage: What is typed after its name with a prefix, where its parameters do not say it.
        ignore_extra: Whether more arguments than the command takes are passed over, instead of refused.
        costly: Whether each member may give it a few times in a row only, and then has to wait.
    """

    def make(callback: _Callback) -> _MemberCommand:
        command: _MemberCommand = commands.HybridCommand(
            callback,
            name=name or callback.__name__,
            aliases=list(aliases),
            usage=usage,
            extras={ALSO: tuple(also)},
            ignore_extra=ignore_extra,
        )
        if costly:
            command = commands.cooldown(COSTLY_USES, COSTLY_SECONDS, commands.BucketType.member)(command)
        return commands.guild_only()(command)

    return make
