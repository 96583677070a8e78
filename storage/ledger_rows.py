"""A ledger in memory: rows ascending by ``seq``, found from any ``seq`` on and by member."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from leveling_core.store import LedgerQuery
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["LedgerRows"]

_AT, _GUILD, _USER, _KIND, _ACTOR, _BATCH, _CORRELATION = (
    LEDGER_COLUMNS.index(name)
    for name in ("at", "guild_id", "user_id", "kind", "actor_id", "batch", "correlation")
)
_seq = itemgetter(LEDGER_COLUMNS.index("seq"))
_member = itemgetter(_GUILD, _USER)
_batch = itemgetter(_BATCH)
_correlation = itemgetter(_CORRELATION)


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
        self._indexes: dict[Callable[[Row], Hashable], _SeqsBy] = {}
        """By what the lines of each share; made when it is first asked for."""

    @property
    def last_seq(self) -> int:
        """The ``seq`` of the last line, 0 without any."""
        return int(_seq(self._rows[-1])) if self._rows else 0

    def extend(self, rows: Sequence[Row]) -> None:
        """Append lines, ascending by ``seq`` and behind all others."""
        self._rows.extend(rows)
        for index in self._indexes.values():
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
        for index in self._indexes.values():
            index.forget((row for row in self._rows[start:end] if _seq(row) in gone), gone)
        # Lines that go together are of neighbouring days: the rest of a long list is only moved, not read.
        self._rows[start:end] = [row for row in self._rows[start:end] if _seq(row) not in gone]

    def between(self, first_seq: int, last_seq: int) -> list[Row]:
        """Return the lines from ``first_seq`` up to ``last_seq``, both included."""
        start = bisect_left(self._rows, first_seq, key=_seq)
        return self._rows[start : bisect_right(self._rows, last_seq, key=_seq)]

    def of_member(self, guild_id: int, user_id: int, first_seq: int, last_seq: int) -> list[Row]:
        """Return a member's lines from ``first_seq`` up to ``last_seq``, both included."""
        seqs = self._find(_member, (guild_id, user_id))
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
        """Iterate in order over rows in the query's span: as few as can be found without looking."""
        seqs = self._seqs_for(query)
        if seqs is not None:
            for place in _places(seqs, query):
                yield self._rows[bisect_left(self._rows, seqs[place], key=_seq)]
        else:
            for place in _places(self._rows, query, key=_seq):
                yield self._rows[place]

    def _seqs_for(self, query: LedgerQuery) -> array[int] | None:
        """Return the ``seq`` of the lines among which a query's are, None for all."""
        if query.batch is not None:
            return self._find(_batch, query.batch)
        if query.correlation is not None:
            return self._find(_correlation, query.correlation)
        if query.guild_id is not None and (query.has_actor or query.actor_id is not None):
            return self._find(_guild_acted_in, query.guild_id)
        if query.guild_id is not None and query.user_id is not None:
            return self._find(_member, (query.guild_id, query.user_id))
        return None

    def _find(self, key: Callable[[Row], Hashable], value: Hashable) -> array[int]:
        """Return the ``seq`` of the lines that share a value."""
        if key not in self._indexes:
            self._indexes[key] = _SeqsBy(key, self._rows)
        return self._indexes[key].of(value)


def _places(
    ordered: Sequence[Any], query: LedgerQuery, key: Callable[[Any], int] | None = None
) -> Sequence[int]:
    """Return the places of what lies in a query's span, in the query's order."""
    start = bisect_right(ordered, query.after_seq, key=key)
    end = len(ordered) if query.before_seq is None else bisect_left(ordered, query.before_seq, key=key)
    places = range(start, end)
    return places[::-1] if query.newest_first else places


def _condition(query: LedgerQuery) -> Callable[[Row], bool]:
    """Return what tells whether a row in a query's span fits the query."""
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
