"""Retention: old awards of messages are folded, so that one line a member and day stays of them.

The line that stays is the last of its day, under its ``seq``. It tells the sum of XP, counters and refused
messages, and how many awards it stands for; single rolls, multipliers and channels are gone. So nothing that
is summed up over the ledger changes: members' XP, boards, statistics by day.

It is done in portions between groups, each all or nothing, with a rest after each: nobody waits for more than
one portion. A day that was folded before and got a late award is folded again.

What a subscriber of the feed has still to see is not folded. Nobody tells the ledger that a subscriber is no
more, so one that has not come for very long is waited for no longer: should it come back after all, it sees
the sums.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from operator import attrgetter
from typing import cast

from leveling_core.documents import CursorRecord
from leveling_core.errors import StoreError
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.store import LedgerQuery
from storage.backend import Backend, Writes
from storage.codec import LEDGER_COLUMNS, Row, decode_document, decode_line, encode_line
from storage.day_sums import day_of_row

__all__ = ["Retention", "fold_awards"]

log = logging.getLogger(__name__)

PORTION_LINES = 1000
"""Lines that are folded at once: 10 ms on the event loop, and as much for whoever waits to write."""

REST_SECONDS = 0.05
"""How long everybody else has the storage to themselves after each portion."""

PATIENCE_DAYS = 90
"""How long a subscriber is waited for: so many days before those that are folded, it may not have seen."""

LOOKED_AT_LINES = 1000
"""Lines that are read at once to see since when a subscriber has not come."""

_SEQ, _USER, _ORIGIN = (LEDGER_COLUMNS.index(name) for name in ("seq", "user_id", "origin"))


class Retention:
    """Folds old awards.

    Args:
        backend: Where they are.
        write: Writes rows between two groups, all or nothing.
    """

    def __init__(self, backend: Backend, write: Callable[[Writes], Awaitable[None]]) -> None:
        self._backend = backend
        self._write = write
        self._one_at_a_time = asyncio.Lock()
        self._told: set[tuple[str, int]] = set()

    async def fold(self, guild_id: int, *, before_on: int) -> int:
        """Fold a guild's awards of days (ordinals) before one; return how many lines went.

        Raises:
            StoreError: A portion could not be read or written; it is as it was, those before it are folded.
        """
        gone, after = 0, (0, 0)
        async with self._one_at_a_time:
            given_up = await self._find_given_up(before_on - PATIENCE_DAYS)
            while True:
                rows = await self._backend.list_foldable(
                    guild_id,
                    after=after,
                    before_on=before_on,
                    until_seq=await self._find_seen_seq(given_up),
                    limit=PORTION_LINES,
                )
                if not rows:
                    return gone
                writes, after = _folding_of(rows)
                if writes.forgotten:
                    await self._write(writes)
                    gone += len(writes.forgotten)
                await asyncio.sleep(REST_SECONDS)

    async def _find_seen_seq(self, given_up: Collection[tuple[str, int]]) -> int:
        """Return the last line that no subscriber of the feed has still to see, but those given up."""
        places = await self._list_places()
        return min((seq for name, seq in places if (name, seq) not in given_up), default=2**63 - 1)

    async def _list_places(self) -> list[tuple[str, int]]:
        """Return the names of all subscribers that there ever were, and the last line that each has seen.

        A cursor from before a restore may name a line beyond the end that the ledger had then.
        """
        opened = self._backend.head
        places: list[tuple[str, int]] = []
        for row in await self._backend.list_documents("cursor"):
            key, record = decode_document(row)
            cursor = cast(CursorRecord, record)
            seq = cursor.seq if cursor.epoch == opened.epoch else min(cursor.seq, opened.seq)
            places.append((key.id, seq))
        return places

    async def _find_given_up(self, before_on: int) -> set[tuple[str, int]]:
        """Return the places of subscribers that have not seen a line which was written before a day."""
        given_up: set[tuple[str, int]] = set()
        for name, seq in await self._list_places():
            day_on = await self._find_day_written(seq)
            if day_on is not None and day_on < before_on:
                given_up.add((name, seq))
                if (name, seq) not in self._told:
                    log.warning(
                        "%s has not seen line %d of the ledger yet: it is waited for no longer", name, seq + 1
                    )
        self._told |= given_up
        return given_up

    async def _find_day_written(self, seq: int) -> int | None:
        """Return the day of the first live line after one; None where there is none.

        Of other lines the day tells nothing: what is caught up with or imported is old when it is written.
        """
        while rows := await self._backend.list_ledger(LedgerQuery(after_seq=seq, limit=LOOKED_AT_LINES)):
            for row in rows:
                if row[_ORIGIN] is None:
                    return day_of_row(row)
            seq = rows[-1][_SEQ]
        return None


def fold_awards(lines: Sequence[LedgerLine]) -> LedgerLine:
    """Return the line that stands for all awards of messages of a member's day: the last of them, summed up.

    Args:
        lines: The awards, in any order.
    """
    last = max(lines, key=attrgetter("seq"))
    outcomes = [cast(XpGained, line.outcome) for line in lines]
    refused, counters = Counter[str](), Counter[str]()
    for outcome in outcomes:
        refused.update(outcome.refused)
        counters.update(outcome.counters)
    return LedgerLine(
        seq=last.seq,
        at=last.at,
        day_on=last.day_on,
        guild_id=last.guild_id,
        user_id=last.user_id,
        origin=last.origin,
        outcome=XpGained(
            xp=sum(outcome.xp for outcome in outcomes),
            source=last.outcome.source,
            refused=dict(refused),
            counters=dict(counters),
            awards=sum(outcome.awards for outcome in outcomes),
        ),
    )


def _folding_of(rows: Sequence[Row]) -> tuple[Writes, tuple[int, int]]:
    """Return what folds awards, and the last of the members' days; one that cannot be read stays."""
    days: defaultdict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        days[day_of_row(row), row[_USER]].append(row)
    folded: list[Row] = []
    forgotten: list[int] = []
    for (day_on, user_id), of_day in days.items():
        try:
            line = fold_awards([decode_line(row) for row in of_day])
            folded.append(encode_line(line.seq, line))
        except StoreError as error:
            log.warning("day %d of member %d cannot be folded: %s", day_on, user_id, error)
        else:
            forgotten += [row[_SEQ] for row in of_day if row[_SEQ] != line.seq]
    writes = Writes([], [], [], [], folded=folded, forgotten=forgotten)
    return writes, max(days)
