"""Putting the roles of all members right: in the background, one after another, across restarts."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from functools import partial

import discord
import msgspec

from cogs.discord_failures import DISCORD_FAILURES
from cogs.known_guilds import KnownGuilds
from cogs.members import chunked
from cogs.rewards.guild_tasks import GuildTasks
from cogs.rewards.keeper import RoleKeeper, Settled, difference_of, patiently
from cogs.rewards.sync_report import SyncPreview, SyncReporter
from cogs.role_problems import FORBIDDEN, split_possible
from leveling_core.documents import SyncRecord
from leveling_core.errors import StoreClosedError, StoreError
from leveling_core.rewarding import RoleRewards

__all__ = ["PAUSE_SECONDS", "SyncRunner"]

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""How long to wait after a change. Discord takes ten of a guild in ten seconds: at this pace some are left
for those who reach a level meanwhile, and nobody's command waits."""

BACKOFF_SECONDS = (1.0, 4.0)
"""How long to wait after each failure of Discord; after as many and one more, a member is passed over."""

KEEP_EVERY = 200
"""How far a sync has come is kept after every change, and after so many members who needed none."""

MOST_REFUSALS = 5
"""After so many members in a row whose change Discord refuses, it is not asked for the others: who asks in
vain thousands of times is shut out for a while (Discord's API reference, "Invalid Request Limit")."""

_MEMBERS_A_READ = 500

_DISCORD, _STORAGE = "discord", "storage"
"""Why a member was passed over: Discord failed again and again, or what is stored cannot be read."""


class SyncRunner:
    """Runs the syncs of all guilds, each in a task of its own.

    What is done is kept in the guild's record. A member whose roles were changed just before a crash is found
    right afterwards, so nobody is changed twice.

    Args:
        rewards: The use cases.
        guilds: The guilds that Discord has told of.
        keeper: Gives and takes the roles.
        reporter: Tells how far a sync is.
        clock: Now, in ms UTC.
    """

    def __init__(
        self,
        rewards: RoleRewards,
        guilds: KnownGuilds,
        keeper: RoleKeeper,
        reporter: SyncReporter,
        clock: Callable[[], int],
    ) -> None:
        self._rewards = rewards
        self._guilds = guilds
        self._keeper = keeper
        self._reporter = reporter
        self._clock = clock
        self._tasks = GuildTasks(
            "role-sync",
            put_off="the sync goes on when the store is open again",
            failed="the sync failed; it goes on with the next start",
        )

    async def preview(self, guild: discord.Guild) -> SyncPreview:
        """Tell what a sync would do, without doing it."""
        user_ids = await self._rewards.list_members(guild.id)
        changing = given = taken = 0
        withheld = Counter[str]()
        for first in range(0, len(user_ids), _MEMBERS_A_READ):
            for roles in await self._rewards.list_wanted(guild.id, user_ids[first : first + _MEMBERS_A_READ]):
                member = guild.get_member(roles.user_id)
                if member is None or member.pending:
                    continue
                possible, problems = split_possible(guild, difference_of(member, roles))
                changing += bool(possible)
                given += len(possible.add)
                taken += len(possible.remove)
                withheld.update(set(problems.values()))
        return SyncPreview(
            members=len(user_ids), changing=changing, given=given, taken=taken, withheld=dict(withheld)
        )

    async def begin(self, guild_id: int, sync: SyncRecord) -> SyncRecord:
        """Begin a sync; return it as it is kept.

        Raises:
            SyncRunningError: One is under way.
        """
        sync = await self._anew(guild_id, sync)
        await self._rewards.begin_sync(guild_id, sync)
        return sync

    def go_on(self, guild_id: int) -> None:
        """Go on with the sync that a guild's record tells of, if it does and nobody is at it."""
        self._tasks.begin(guild_id, self._run)

    async def _anew(self, guild_id: int, sync: SyncRecord) -> SyncRecord:
        """Return a sync that goes through all members by the rules of now."""
        return msgspec.structs.replace(
            sync,
            rules_mark=await self._rewards.find_mark(guild_id) or "",
            members=len(await self._rewards.list_members(guild_id)),
            after_user_id=0,
            changed=0,
            right=0,
            failed={},
        )

    async def stop(self, guild_id: int, actor_id: int) -> SyncRecord | None:
        """End the sync of a guild for somebody; return how far it came, None if there is none."""
        await self._tasks.end(guild_id)
        return await self._rewards.end_sync(guild_id, self._clock(), actor_id=actor_id, stopped=True)

    async def close(self) -> None:
        """Leave all syncs where they are; the records tell where to go on."""
        await self._tasks.close()

    async def _run(self, guild_id: int) -> None:
        record = await patiently(lambda: self._rewards.get_record(guild_id))
        if record.sync is not None:
            await self._go_through(guild_id, record.sync)

    async def _go_through(self, guild_id: int, sync: SyncRecord) -> None:
        """Settle member after member, ascending by id; from the beginning where the rules have changed."""
        log.info("Guild %s: sync of roles, %d of %d member(s) done", guild_id, sync.done, sync.members)
        user_ids = deque(await patiently(lambda: self._rewards.list_members(guild_id)))
        kept_done, refusals, stopped = sync.done, 0, False
        while user_ids and not stopped:
            user_id = user_ids.popleft()
            if user_id <= sync.after_user_id:
                continue
            guild = await self._find_guild(guild_id, sync)
            if guild is None:
                await self._rewards.end_sync(guild_id, self._clock(), stopped=True)
                log.info("Guild %s: the bot is not there any more, so the sync ends", guild_id)
                return
            mark = await patiently(lambda: self._rewards.find_mark(guild_id))
            if mark is None:  # leveling was switched off
                stopped = True
                continue
            if mark != sync.rules_mark:
                sync = await patiently(partial(self._anew, guild_id, sync))
                user_ids = deque(await patiently(lambda: self._rewards.list_members(guild_id)))
                kept_done = 0
                continue
            settled, failure = await self._settle(guild, user_id)
            sync = _counted(sync, user_id, settled, failure)
            refusals = refusals + 1 if FORBIDDEN in settled.withheld.values() else 0
            if settled.asked or sync.done - kept_done >= KEEP_EVERY:
                if not await self._rewards.move_sync(guild_id, sync):
                    return
                kept_done = sync.done
                await self._reporter.tell_progress(guild, sync)
            stopped = refusals == MOST_REFUSALS
            # Where nothing has to be asked of Discord, nothing else would let others have their turn.
            await asyncio.sleep(PAUSE_SECONDS if settled.asked else 0)
        await self._finish(guild_id, sync, stopped=stopped)

    async def _find_guild(self, guild_id: int, sync: SyncRecord) -> discord.Guild | None:
        """Return a guild once the bot may give roles in it, all members known; None if it is left."""
        told = False
        while True:
            guild = await self._guilds.find(guild_id)
            if guild is None or guild.me.guild_permissions.manage_roles:
                break
            if told:
                await self._guilds.wait_for_news()
            else:  # and look again: the permission may have come meanwhile
                await self._reporter.tell_pause(guild, sync)
                told = True
        if guild is not None:
            await chunked(guild)
        return guild

    async def _finish(self, guild_id: int, sync: SyncRecord, *, stopped: bool) -> None:
        """Say what was done, then forget the sync: what a crash kept from being said is said again."""
        guild = await self._guilds.find(guild_id)
        if guild is not None:
            if not await self._rewards.move_sync(guild_id, sync):
                return
            log.info("Guild %s: sync of roles done, %d changed", guild_id, sync.changed)
            await self._reporter.tell_end(guild, sync, stopped=stopped)
        await self._rewards.end_sync(guild_id, self._clock(), stopped=stopped)

    async def _settle(self, guild: discord.Guild, user_id: int) -> tuple[Settled, str]:
        """Settle a member; return what came of it, and why it was given up, "" if it was not."""
        for pause_seconds in (*BACKOFF_SECONDS, None):
            try:
                return await patiently(lambda: self._keeper.settle(guild, user_id)), ""
            except StoreClosedError:
                raise
            except StoreError as error:
                log.warning("Guild %s, member %s is passed over: %s", guild.id, user_id, error)
                return Settled(), _STORAGE
            except DISCORD_FAILURES as error:
                log.info("Guild %s, member %s: Discord failed (%s)", guild.id, user_id, error)
                if pause_seconds is not None:
                    await asyncio.sleep(pause_seconds)
        return Settled(), _DISCORD


def _counted(sync: SyncRecord, user_id: int, settled: Settled, failure: str) -> SyncRecord:
    """Count a member once: as failed where anything is not as it should be."""
    problem = failure or next(iter(settled.withheld.values()), "")
    if problem:
        failed = {**sync.failed, problem: sync.failed.get(problem, 0) + 1}
        return msgspec.structs.replace(sync, after_user_id=user_id, failed=failed)
    if settled.changed:
        return msgspec.structs.replace(sync, after_user_id=user_id, changed=sync.changed + 1)
    return msgspec.structs.replace(sync, after_user_id=user_id, right=sync.right + 1)
