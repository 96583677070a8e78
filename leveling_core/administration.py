"""Administration: the use cases of those who manage a guild, one short method each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import cast

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.auditing import AUDIT_PAGE_SIZE, AuditPage, AuditQuery, audit_entries
from leveling_core.by_hand import XpChange, decide_xp_change, decide_xp_undo
from leveling_core.documents import BatchRecord
from leveling_core.errors import BatchUndoneError, NothingToUndoError
from leveling_core.facts import XpChangeRequested, XpUndoRequested
from leveling_core.ids import MemberKey, OnceKey, batch_key, rules_key
from leveling_core.outcomes import XpAdjusted, kind_of
from leveling_core.store import LedgerQuery, LevelingStore

__all__ = ["Administration"]

_LINES_A_READ = 100


class Administration:
    """What those who manage a guild can do beside changing its rules.

    Args:
        store: Where everything is kept.
        catalogue: The achievements there are.
    """

    def __init__(self, store: LevelingStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    async def change_xp(self, fact: XpChangeRequested) -> XpChange:
        """Change a member's XP by hand, once for each event.

        Raises:
            AmountError: The amount is out of bounds.
            ReasonTooLongError: The reason is longer than what is kept.
            UnknownMemberError: The member is not in the guild, and nothing is kept.
        """
        keys = (MemberKey(fact.guild_id, fact.user_id), rules_key(fact.guild_id))
        decide = partial(decide_xp_change, fact=fact, catalogue=self._catalogue)
        return await self._store.commit(keys, decide, once=OnceKey("xp", str(fact.event_id), XpChange))

    async def undo_xp(self, fact: XpUndoRequested) -> XpChange:
        """Take back the last change by hand that whoever asks has made and not taken back.

        Two that are asked for at once take back two changes.

        Raises:
            NothingToUndoError: There is none.
            SetSinceError: The member's XP was set to a value since, and that is not undone.
        """
        once = OnceKey("xp-undo", str(fact.event_id), XpChange)
        async for batch in self._list_batches(fact.guild_id, fact.actor_id):
            record = cast(BatchRecord, await self._store.read(batch_key(fact.guild_id, batch)))
            if record.undone_by:
                continue
            decide = partial(decide_xp_undo, fact=fact, batch=batch, catalogue=self._catalogue)
            try:
                return await self._store.commit((batch_key(fact.guild_id, batch),), decide, once=once)
            except BatchUndoneError:
                continue  # by another undo of the same moment
        raise NothingToUndoError

    async def _list_batches(self, guild_id: int, actor_id: int) -> AsyncIterator[str]:
        """Yield the batches of the changes by hand that somebody made, the newest first."""
        query = LedgerQuery(
            guild_id=guild_id,
            actor_id=actor_id,
            kinds=frozenset({kind_of(XpAdjusted)}),
            newest_first=True,
            limit=_LINES_A_READ,
        )
        while True:
            lines = await self._store.list_ledger(query)
            for line in lines:
                if isinstance(line.outcome, XpAdjusted) and line.outcome.mode != "undo":
                    yield line.batch
            if len(lines) < query.limit:
                return
            query = msgspec.structs.replace(query, before_seq=lines[-1].seq)

    async def get_audit(self, query: AuditQuery, page: int = 1) -> AuditPage:
        """Return a page of what was done in a guild, the newest first; one beyond the end is the last.

        Args:
            query: What is looked for.
            page: From 1.
        """
        wanted = max(page, 1)
        lines = await self._store.list_ledger(query.ledger_query(limit=wanted * AUDIT_PAGE_SIZE + 1))
        last = max(1, -(-len(lines) // AUDIT_PAGE_SIZE))
        shown = min(wanted, last)
        first = (shown - 1) * AUDIT_PAGE_SIZE
        return AuditPage(
            entries=audit_entries(lines, first, first + AUDIT_PAGE_SIZE),
            page=shown,
            has_more=len(lines) > shown * AUDIT_PAGE_SIZE,
        )
