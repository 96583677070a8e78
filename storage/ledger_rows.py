"""A ledger in memory: rows ascending by ``seq``, found from any ``seq`` on and by member."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from leveling_core.store import LedgerQuery
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["LedgerRows"]

_AT, _GUILD, _USER, _KIND, _ACTOR, _BATCH, _CORRELATION = (
    LEDGER_COLUMNS.index(name)
    for name in ("at", "guild_id", "user_id", "kind", "actor_id", "batch", "correlation")
)
_seq = itemgetter(LEDGER_COLUMNS.index("seq"))
_member = itemgetter(_GUILD, _USER)


def _guild_acted_in(row: Row) -> Hashable:
    """Return the guild of a line that somebody made to happen, None for any other line."""
    return row[_GUILD] if row[_ACTOR] is not None else None


class _SeqsBy:
    """The ``seq`` of lines, ascending, by something that they share; lines that share None are left out."""

    def __init__(self, key: Callable[[Row], Hashable], rows: Iterable[Row]) -> None:
        self._key = key
        self._seqs: dict[Hashable, array[int]] = {}
        self.extend(rows)

    def extend(self, rows: Iterable[Row]) -> None:
        """Add lines behind those that are there."""
        seqs = self._seqs
        for row in rows:
            key = self._key(row)
            if key is None:
                continue
            found = seqs.get(key)
            if found is None:
                found = seqs[key] = array("q")
            found.append(_seq(row))

    def forget(self, rows: Iterable[Row], gone: Collection[int]) -> None:
        """Take out the ``gone`` ones of those that share something with any of the rows."""
        for key in {self._key(row) for row in rows} & self._seqs.keys():
            self._seqs[key] = array("q", (seq for seq in self._seqs[key] if seq not in gone))

    def of(self, key: Hashable) -> array[int]:
        """Return those that share ``key``."""
        return self._seqs.get(key, array("q"))


class LedgerRows:
    """Reads and changes a list of rows, which stays the caller's.

    Args:
        rows: Ascending by ``seq``; there may be gaps. Changed in place.
    """

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._by_member: _SeqsBy | None = None
        self._by_acted_guild: _SeqsBy | None = None
        """Both are made when they are first asked for."""

    @property
    def last_seq(self) -> int:
        """The ``seq`` of the last line, 0 without any."""
        return int(_seq(self._rows[-1])) if self._rows else 0

    def extend(self, rows: Sequence[Row]) -> None:
        """Append lines, ascending by ``seq`` and behind all others."""
        self._rows.extend(rows)
        for index in self._indexes():
            index.extend(rows)

    def __contains__(self, seq: int) -> bool:
        """Tell whether there is a line with this ``seq``."""
        place = bisect_left(self._rows, seq, key=_seq)
        return place < len(self._rows) and bool(_seq(self._rows[place]) == seq)

    def replace(self, rows: Iterable[Row]) -> None:
        """Put rows into the places of the lines with their ``seq``: these are there, of the same members."""
        for row in rows:
            self._rows[bisect_left(self._rows, _seq(row), key=_seq)] = row

    def forget(self, seqs: Sequence[int]) -> None:
        """Take lines out; those that are not there are passed over."""
        if not seqs:
            return
        gone = set(seqs)
        start = bisect_left(self._rows, min(gone), key=_seq)
        end = bisect_right(self._rows, max(gone), key=_seq)
        for index in self._indexes():
            index.forget((row for row in self._rows[start:end] if _seq(row) in gone), gone)
        # Lines that go together are of neighbouring days: the rest of a long list is only moved, not read.
        self._rows[start:end] = [row for row in self._rows[start:end] if _seq(row) not in gone]

    def between(self, first_seq: int, last_seq: int) -> list[Row]:
        """Return the lines from ``first_seq`` up to ``last_seq``, both included."""
        start = bisect_left(self._rows, first_seq, key=_seq)
        return self._rows[start : bisect_right(self._rows, last_seq, key=_seq)]

    def of_member(self, guild_id: int, user_id: int, first_seq: int, last_seq: int) -> list[Row]:
        """Return a member's lines from ``first_seq`` up to ``last_seq``, both included."""
        seqs = self._of_member(guild_id, user_id)
        places = range(bisect_left(seqs, first_seq), bisect_right(seqs, last_seq))
        return [self._rows[bisect_left(self._rows, seqs[place], key=_seq)] for place in places]

    def after(self, seq: int) -> list[Row]:
        """Return the lines behind ``seq``."""
        return self._rows[bisect_right(self._rows, seq, key=_seq) :]

    def select(self, query: LedgerQuery) -> list[Row]:
        """Return rows in the order that the query asks for."""
        fits = _condition(query)
        return list(islice((row for row in self._candidates(query) if fits(row)), max(query.limit, 0)))

    def _candidates(self, query: LedgerQuery) -> Iterator[Row]:
        """Iterate in order over rows behind ``after_seq``: as few as can be found without looking."""
        seqs = self._seqs_for(query)
        if seqs is not None:
            places = range(bisect_right(seqs, query.after_seq), len(seqs))
            for place in reversed(places) if query.newest_first else places:
                yield self._rows[bisect_left(self._rows, seqs[place], key=_seq)]
        else:
            places = range(bisect_right(self._rows, query.after_seq, key=_seq), len(self._rows))
            for place in reversed(places) if query.newest_first else places:
                yield self._rows[place]

    def _seqs_for(self, query: LedgerQuery) -> array[int] | None:
        """Return the ``seq`` of the lines among which a query's are, None for all."""
        if query.guild_id is None:
            return None
        if query.has_actor or query.actor_id is not None:
            if self._by_acted_guild is None:
                self._by_acted_guild = _SeqsBy(_guild_acted_in, self._rows)
            return self._by_acted_guild.of(query.guild_id)
        return None if query.user_id is None else self._of_member(query.guild_id, query.user_id)

    def _of_member(self, guild_id: int, user_id: int) -> array[int]:
        if self._by_member is None:
            self._by_member = _SeqsBy(_member, self._rows)
        return self._by_member.of((guild_id, user_id))

    def _indexes(self) -> list[_SeqsBy]:
        return [index for index in (self._by_member, self._by_acted_guild) if index is not None]


def _condition(query: LedgerQuery) -> Callable[[Row], bool]:
    """Return what tells whether a row behind ``after_seq`` fits a query."""
    until_at, guild_id, user_id, kinds = query.until_at, query.guild_id, query.user_id, query.kinds
    actor_id, batch, correlation = query.actor_id, query.batch, query.correlation

    def fits(row: Row) -> bool:
        return bool(
            row[_AT] >= query.from_at
            and (until_at is None or row[_AT] < until_at)
            and (guild_id is None or row[_GUILD] == guild_id)
            and (user_id is None or row[_USER] == user_id)
            and (kinds is None or row[_KIND] in kinds)
            and (actor_id is None or row[_ACTOR] == actor_id)
            and (not query.has_actor or row[_ACTOR] is not None)
            and (batch is None or row[_BATCH] == batch)
            and (correlation is None or row[_CORRELATION] == correlation)
        )

    return fits
