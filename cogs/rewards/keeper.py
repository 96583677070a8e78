"""Giving a member the roles that the level earns: what should be is compared with what Discord says."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import discord

from cogs.role_problems import FORBIDDEN, PERMISSION, split_possible
from cogs.ui.people import fetch_member
from data import Texts
from leveling_core.documents import RoleTrouble
from leveling_core.errors import StoreUnavailableError
from leveling_core.reward_records import ALL_ROLES
from leveling_core.rewarding import MemberRoles, RoleRewards
from leveling_core.rewards import RoleDifference, compare_roles

__all__ = ["NOTHING_TO_DO", "RoleKeeper", "Settled", "difference_of", "patiently"]

log = logging.getLogger(__name__)

ECHO_SECONDS = 5.0
"""How long to wait until Discord tells of a change that it was asked for. Before that, what is known of the
member's roles is of before the change."""

UNKNOWN_ROLE = 10011
"""Discord's API reference, "JSON Error Codes"."""

_NOBODY = "nobody"
"""The member has left meanwhile."""

TOO_MANY_REQUESTS = 429

RESTING_SECONDS = 4.0
"""How long to wait before a store is asked again that was not available."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of comparing a member's roles.

    Attributes:
        asked: Whether Discord was asked to change something.
        changed: Whether it did.
        withheld: What could not be given or taken, and why, by role.
    """

    asked: bool = False
    changed: bool = False
    withheld: dict[int, str] = field(default_factory=dict)


NOTHING_TO_DO = Settled()
"""All is as it should be, or the member is not there."""


def difference_of(member: discord.Member, roles: MemberRoles) -> RoleDifference:
    """Compare the roles that a member has with those the level earns."""
    return compare_roles({role.id for role in member.roles}, roles.wanted, roles.configured)


class RoleKeeper:
    """Gives and takes roles, one member of a guild at a time, and only roles that are rewards.

    Whatever was asked for before, what a member should have is read anew from what is committed, so the last
    change to be made is always the right one.

    Args:
        rewards: The use cases.
        texts: What people read.
        clock: Now, in ms UTC.
    """

    def __init__(self, rewards: RoleRewards, texts: Texts, clock: Callable[[], int]) -> None:
        self._rewards = rewards
        self._texts = texts
        self._clock = clock
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._echoes: dict[tuple[int, int], asyncio.Event] = {}

    async def settle(self, guild: discord.Guild, user_id: int) -> Settled:
        """Give and take what has to be, with one request; note what cannot be given or taken.

        Raises:
            discord.HTTPException: Discord failed; it may work later (any of ``DISCORD_FAILURES``).
            StoreError: The store failed; nothing was changed, or it comes out so again.
        """
        async with self._locks[guild.id]:
            [roles] = await self._rewards.list_wanted(guild.id, [user_id])
            if not roles.configured:
                return NOTHING_TO_DO
            member = guild.get_member(user_id) or await self._fetch(guild, user_id)
            if member is None or member.pending:
                return NOTHING_TO_DO  # a role would let in who has not agreed to the server's rules yet
            difference, withheld = split_possible(guild, difference_of(member, roles))
            problem = await self._change(member, difference, roles) if difference else ""
        if problem == _NOBODY:
            return Settled(asked=True)
        if problem:
            withheld |= dict.fromkeys(difference.add | difference.remove, problem)
        changed = bool(difference) and not problem
        await self._note(guild.id, difference if changed else None, withheld)
        return Settled(asked=bool(difference), changed=changed, withheld=withheld)

    def note_updated(self, member: discord.Member) -> None:
        """Note that Discord told of a change of a member."""
        echo = self._echoes.get((member.guild.id, member.id))
        if echo is not None:
            echo.set()

    @staticmethod
    async def _fetch(guild: discord.Guild, user_id: int) -> discord.Member | None:
        return None if guild.chunked else await fetch_member(guild, user_id)

    async def _change(self, member: discord.Member, difference: RoleDifference, roles: MemberRoles) -> str:
        """Change a member's roles; return why that cannot be, or "" if it is done."""
        guild, reason = member.guild, self._texts("reward-reason", level=roles.level)
        echo = self._echoes[guild.id, member.id] = asyncio.Event()
        try:
            match sorted(difference.add), sorted(difference.remove):
                case [role_id], []:
                    await member.add_roles(discord.Object(role_id), reason=reason)
                case [], [role_id]:
                    await member.remove_roles(discord.Object(role_id), reason=reason)
                case _:
                    await self._replace(guild, roles, reason)
            await self._wait_for_echo(member, difference, echo)
        except discord.NotFound as error:
            if error.code == UNKNOWN_ROLE:
                raise  # Discord will have told that the role is gone by the next try
            return _NOBODY
        except discord.HTTPException as error:
            if not _is_refusal(error):
                raise
            log.info("Guild %s, member %s: roles were refused (%s)", guild.id, member.id, error)
            return FORBIDDEN
        finally:
            del self._echoes[guild.id, member.id]
        return ""

    @staticmethod
    async def _replace(guild: discord.Guild, roles: MemberRoles, reason: str) -> None:
        """Change several roles with one request, which names all that the member then has.

        So what the member has is asked for just before: what others have done a moment ago stays done.
        """
        member = await guild.fetch_member(roles.user_id)
        difference, _ = split_possible(guild, difference_of(member, roles))
        if not difference:
            return
        kept = [role for role in member.roles if role.id not in difference.remove and not role.is_default()]
        added = [discord.Object(role_id) for role_id in sorted(difference.add)]
        await member.edit(roles=[*kept, *added], reason=reason)

    @staticmethod
    async def _wait_for_echo(member: discord.Member, difference: RoleDifference, echo: asyncio.Event) -> None:
        """Wait until the change is known here, or is not told of: then the next comparison mends it."""
        try:
            async with asyncio.timeout(ECHO_SECONDS):
                while (known := member.guild.get_member(member.id)) is not None:
                    have = {role.id for role in known.roles}
                    if difference.add <= have and have.isdisjoint(difference.remove):
                        return
                    echo.clear()
                    await echo.wait()
        except TimeoutError:
            log.info("Guild %s, member %s: new roles were not told of", member.guild.id, member.id)

    async def _note(self, guild_id: int, done: RoleDifference | None, withheld: dict[int, str]) -> None:
        troubles = (await self._rewards.get_record(guild_id)).troubles
        if done is not None and troubles:
            await self._rewards.note_well(guild_id, done.add | done.remove)
        for role_id, problem in withheld.items():
            key = ALL_ROLES if problem == PERMISSION else role_id
            known = troubles.get(str(key))
            if known is None or known.problem != problem:
                await self._rewards.note_trouble(guild_id, RoleTrouble(key, problem, self._clock()))


def _is_refusal(error: discord.HTTPException) -> bool:
    """Tell whether asking again would be in vain: what Discord says no to, it says no to again."""
    return 400 <= error.status < 500 and error.status != TOO_MANY_REQUESTS  # noqa: PLR2004 -- HTTP's own range


async def patiently(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask a store until it is available."""
    while True:
        try:
            return await ask()
        except StoreUnavailableError as error:
            log.warning("Roles wait for the storage: %s", error)
            await asyncio.sleep(RESTING_SECONDS)
