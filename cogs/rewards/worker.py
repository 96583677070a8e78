"""Comparing the roles of members who are owed it, for as long as Discord takes, across restarts."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

import discord

from cogs.context import LaurelContext
from cogs.discord_failures import DISCORD_FAILURES
from cogs.known_guilds import KnownGuilds
from cogs.members import chunked
from cogs.rewards.guild_tasks import GuildTasks
from cogs.rewards.keeper import RoleKeeper, patiently
from cogs.rewards.troubles import RoleTroubleTeller
from leveling_core.errors import StoreClosedError, StoreError, StoreUnavailableError

__all__ = ["RewardWorkers"]

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 1.0, 300.0
"""How long to wait after Discord has failed: four times as long after each time, up to an end."""

MOST_FAILURES = 3
"""After so many members with whom Discord fails, the others wait for the next try."""

KEEP_EVERY = 25
"""Who is done is noted after so many members."""


class RewardWorkers:
    """Works off what guilds owe their members; a task for each guild that has something to do.

    A member who cannot be given a role stays owed, and is looked at again when something changes that may
    have mended it: a role, the bot's own roles, the rules, or the process.

    Args:
        laurel: What cogs work with.
        guilds: The guilds that Discord has told of.
        keeper: Gives and takes the roles.
        teller: Tells admins what cannot be given.
    """

    def __init__(
        self, laurel: LaurelContext, guilds: KnownGuilds, keeper: RoleKeeper, teller: RoleTroubleTeller
    ) -> None:
        self._leveling = laurel.leveling
        self._rewards = laurel.rewards
        self._guilds = guilds
        self._keeper = keeper
        self._teller = teller
        self._tasks = GuildTasks(
            "role-rewards",
            put_off="roles that are owed wait until the store is open again",
            failed="roles that are owed wait for the next occasion",
        )
        self._wakes: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._blocked: defaultdict[int, dict[int, int]] = defaultdict(dict)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do, or nothing that can be done now."""
        return self._tasks.is_idle

    def nudge(self, guild_id: int) -> None:
        """Look what a guild owes, now or right after what is being done."""
        self._wakes[guild_id].set()
        self._tasks.begin(guild_id, self._work)

    def try_again(self, guild_id: int) -> None:
        """Look again at those, too, who could not be given a role."""
        self._blocked.pop(guild_id, None)
        self.nudge(guild_id)

    async def close(self) -> None:
        """Leave everything as it is, and begin nothing more: what is owed is kept."""
        await self._tasks.close()

    async def _work(self, guild_id: int) -> None:
        wake, pause_seconds = self._wakes[guild_id], FIRST_PAUSE_SECONDS
        while wake.is_set():
            wake.clear()
            if await self._pass(guild_id):
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), pause_seconds)
                wake.set()
                pause_seconds = min(4 * pause_seconds, LAST_PAUSE_SECONDS)
            else:
                pause_seconds = FIRST_PAUSE_SECONDS

    async def _pass(self, guild_id: int) -> bool:
        """Compare the roles of all who are owed it; tell whether Discord failed with some."""
        record = await patiently(lambda: self._rewards.get_record(guild_id))
        rules = await patiently(lambda: self._leveling.get_rules(guild_id))
        blocked = self._blocked[guild_id]
        owed = {int(name): mark for name, mark in record.owed.items()}
        waiting = {user_id: mark for user_id, mark in owed.items() if blocked.get(user_id) != mark}
        if not waiting or not rules.enabled:
            return False
        guild = await self._guilds.find(guild_id)
        if guild is None:
            await self._rewards.note_settled(guild_id, waiting)
            return False
        await chunked(guild)
        return await self._settle_all(guild, waiting)

    async def _settle_all(self, guild: discord.Guild, waiting: Mapping[int, int]) -> bool:
        done: dict[int, int] = {}
        failures = 0
        withheld = False
        for user_id, mark in waiting.items():
            try:
                settled = await self._settle(guild, user_id)
            except DISCORD_FAILURES as error:
                log.info("Guild %s, member %s: roles must wait (%s)", guild.id, user_id, error)
                failures += 1
                if failures == MOST_FAILURES:
                    break
                continue
            if settled:
                done[user_id] = mark
            else:
                withheld = True
                self._blocked[guild.id][user_id] = mark
            if len(done) == KEEP_EVERY:
                await self._rewards.note_settled(guild.id, done)
                done = {}
        await self._rewards.note_settled(guild.id, done)
        if withheld:
            await self._tell_troubles(guild)
        return failures > 0

    async def _settle(self, guild: discord.Guild, user_id: int) -> bool:
        """Settle a member; tell whether nothing is left to do."""
        try:
            settled = await patiently(lambda: self._keeper.settle(guild, user_id))
        except StoreClosedError:
            raise
        except StoreError as error:
            log.warning("Guild %s, member %s is passed over: %s", guild.id, user_id, error)
            return True
        return not settled.withheld

    async def _tell_troubles(self, guild: discord.Guild) -> None:
        try:
            await self._teller.tell_news(guild)
        except StoreUnavailableError as error:
            log.warning("Guild %s: admins are told of trouble with roles later: %s", guild.id, error)
        except DISCORD_FAILURES as error:
            log.info("Guild %s: admins are told of trouble with roles later: %s", guild.id, error)
