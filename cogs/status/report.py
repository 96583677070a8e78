"""Putting together how Laurel does in a server: in a line where all is well, else what is not, first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import cast

import discord

from cogs.announcement_troubles import problem_text
from cogs.base import LaurelCog
from cogs.errors import quoted
from cogs.rewards.wording import list_trouble_lines
from cogs.status.feed_checks import FAILURES_READ, FAILURES_SHOWN_MS, failure_troubles, lag_troubles
from cogs.status.server_checks import (
    channel_troubles,
    gone_entries,
    named_channels,
    rule_troubles,
    theme_troubles,
    unseen_channels,
)
from cogs.storage_status import StorageStatus
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.times import relative
from leveling_core.documents import AnnouncementsRecord, RulesRecord
from leveling_core.errors import StoreError
from leveling_core.ids import announcements_key
from leveling_core.store import LedgerQuery

__all__ = ["StatusReport"]

MOST_LINES = 12
"""How many troubles of a kind are told; of more, the others are only counted."""

_NEEDED_INTENTS = ("guilds", "members", "guild_messages", "message_content")


class StatusReport:
    """Looks at everything that can keep Laurel from working in a server.

    Args:
        cog: Whose texts, use cases and bot these are.
    """

    def __init__(self, cog: LaurelCog) -> None:
        self._cog = cog
        self._laurel = cog.laurel
        self._texts = cog.texts

    async def make(self, guild: discord.Guild, storage: StorageStatus) -> list[discord.Embed]:
        """Return it, on as many pages as it takes.

        Args:
            guild: The server.
            storage: How the storage does.
        """
        texts, store = self._texts, self._cog.leveling.store
        name = quoted(PurePath(store.description).name or store.description)
        troubles: dict[str, list[str]] = {"storage": [] if storage.is_well else [*storage.lines]}
        try:
            troubles |= await self._look(guild)
        except StoreError as error:
            troubles["storage"].append(texts("status-unreadable", problem=quoted(error.cause)))
        wrong = {area: lines for area, lines in troubles.items() if lines}
        more_of_storage = storage.lines[1:] if storage.is_well else []  # the first only says that it is well
        if not wrong:
            lines = [texts("status-well", storage=name), *more_of_storage]
            return [new_embed(title=texts("status-well-title"), description="\n".join(lines))]
        embed = new_embed(
            title=texts("status-title"),
            description=texts("status-troubles", count=self._count(wrong)),
            footer=texts("status-footer", storage=name),
        )
        fields = [
            (texts("status-area", area=area), list(self._shortened(lines))) for area, lines in wrong.items()
        ]
        in_order = [texts("status-area", area=area) for area in troubles if area not in wrong]
        if in_order:
            fields.append((texts("status-in-order"), [", ".join(in_order), *more_of_storage]))
        return spread_fields(embed, fields)

    @staticmethod
    def _count(wrong: dict[str, list[str]]) -> int:
        """Count what is wrong: of the storage one thing, however much is said of it."""
        return sum(1 if area == "storage" else len(lines) for area, lines in wrong.items())

    def _shortened(self, lines: list[str]) -> Iterator[str]:
        yield from lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            yield self._texts("status-more", count=len(lines) - MOST_LINES)

    async def _look(self, guild: discord.Guild) -> dict[str, list[str]]:
        """Return what is wrong by area; an area in which nothing is has no lines."""
        texts, now = self._texts, self._laurel.clock()
        record = await self._cog.leveling.get_rules_record(guild.id)
        ruleset, pictures = record.ruleset, self._laurel.pictures
        return {
            "rules": [
                *rule_troubles(texts, record),
                *gone_entries(texts, guild, ruleset),
                *theme_troubles(texts, pictures.looks, await pictures.cards.get_assets(guild.id), ruleset),
            ],
            "channels": list(unseen_channels(texts, guild)),
            "announcements": [
                *channel_troubles(texts, guild, ruleset),
                *await self._list_announcement_troubles(guild, record),
            ],
            "roles": list_trouble_lines(
                texts, guild, ruleset, await self._laurel.rewards.get_record(guild.id)
            ),
            "feed": [
                *lag_troubles(texts, self._laurel.feed.list_lags(guild.id), now),
                *await self._list_failures(guild.id, now),
            ],
            "bot": list(self._list_missing_intents()),
        }

    async def _list_announcement_troubles(self, guild: discord.Guild, record: RulesRecord) -> list[str]:
        """Return troubles that were met, but for channels that are looked at anew."""
        store = self._cog.leveling.store
        found = cast(AnnouncementsRecord, await store.read(announcements_key(guild.id)))
        named = set(named_channels(record.ruleset).values())
        return [
            self._texts(
                "status-channel-met",
                problem=problem_text(self._laurel, trouble),
                since=relative(trouble.since_at),
            )
            for trouble in sorted(found.troubles.values(), key=lambda trouble: trouble.since_at)
            if trouble.channel_id not in named
        ]

    async def _list_failures(self, guild_id: int, now: int) -> list[str]:
        query = LedgerQuery(
            guild_id=guild_id,
            kinds=frozenset({"delivery_failed"}),
            from_at=max(0, now - FAILURES_SHOWN_MS),
            newest_first=True,
            limit=FAILURES_READ,
        )
        lines = await self._cog.leveling.store.list_ledger(query)
        return list(failure_troubles(self._texts, lines))

    def _list_missing_intents(self) -> Iterator[str]:
        intents = self._cog.bot.intents
        for name in _NEEDED_INTENTS:
            if not getattr(intents, name):
                yield self._texts("status-intent-missing", intent=name.replace("_", " ").title())
