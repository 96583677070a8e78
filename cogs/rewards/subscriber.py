"""The follower of the ledger that gives roles when levels change and when members come back."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import discord
import msgspec
from discord.ext import commands

from cogs.admin_notices import AdminNotices
from cogs.context import LaurelContext
from cogs.known_guilds import KnownGuilds
from cogs.rewards.keeper import FAILURES, RoleKeeper
from cogs.rewards.wording import trouble_text
from cogs.ui.names import shown_name
from leveling_core.announcing import nonce_of
from leveling_core.documents import RoleTrouble
from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.rewards import REWARDS_RULE

__all__ = ["RewardSubscriber"]

log = logging.getLogger(__name__)


class RewardSubscriber:
    """Follows the ledger; it computes what should be and compares, so lines may come twice or late.

    Lines of a bulk change are passed over: thousands at once are what ``rewards sync`` is for.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.
        guilds: The guilds that Discord has told of.
        keeper: Gives and takes the roles.
    """

    name = "role-rewards"
    kinds = frozenset({"level_reached", "level_lost", "member_returned", "rules_changed"})

    def __init__(
        self, bot: commands.Bot, laurel: LaurelContext, guilds: KnownGuilds, keeper: RoleKeeper
    ) -> None:
        self._laurel = laurel
        self._rewards = laurel.rewards
        self._guilds = guilds
        self._keeper = keeper
        self._notices = AdminNotices(bot)

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Give every member of the lines the roles of the level; tell admins, once, what cannot be given.

        Raises:
            discord.HTTPException: Discord failed for somebody (any of ``FAILURES``); the feed tries again.
        """
        if any(_changes_rewards(line) for line in lines):
            await self._rewards.note_rewards_changed(guild_id)
        user_ids = dict.fromkeys(line.user_id for line in lines if line.user_id and line.origin != "bulk")
        ruleset = await self._laurel.leveling.get_rules(guild_id)
        if not user_ids or not ruleset.rules.rewards.roles:
            return
        guild = await self._guilds.find(guild_id)
        if guild is not None:
            await self._settle_all(guild, list(user_ids))

    async def _settle_all(self, guild: discord.Guild, user_ids: Sequence[int]) -> None:
        """Settle every member, whatever becomes of the others; then say what failed."""
        failure: Exception | None = None
        withheld = False
        for user_id in user_ids:
            try:
                settled = await self._keeper.settle(guild, user_id)
            except FAILURES as error:
                log.info("Guild %s, member %s: roles must wait (%s)", guild.id, user_id, error)
                failure = error
            else:
                withheld = withheld or bool(settled.withheld)
        if withheld:
            await self._tell_troubles(guild)
        if failure is not None:
            raise failure

    async def _tell_troubles(self, guild: discord.Guild) -> None:
        record = await self._rewards.get_record(guild.id)
        for trouble in record.troubles.values():
            if not trouble.told and await self._tell(guild, trouble):
                await self._rewards.note_trouble(guild.id, msgspec.structs.replace(trouble, told=True))

    async def _tell(self, guild: discord.Guild, trouble: RoleTrouble) -> bool:
        texts = self._laurel.texts
        log.info("Guild %s: role %s is %s", guild.id, trouble.role_id or "all", trouble.problem)
        text = texts(
            "reward-trouble-told",
            trouble=trouble_text(texts, guild, trouble.role_id, trouble.problem),
        )
        return await self._notices.tell(
            guild,
            await self._laurel.leveling.get_rules_record(guild.id),
            text,
            directly=texts("reward-trouble-told-directly", server=shown_name(guild.name), text=text),
            rules=[REWARDS_RULE],
            nonce=nonce_of(guild.id, trouble.role_id, 0, 0, trouble.since_at),
        )


def _changes_rewards(line: LedgerLine) -> bool:
    return isinstance(line.outcome, RulesChanged) and REWARDS_RULE in line.outcome.changes
