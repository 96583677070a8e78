"""A ledger in memory: rows ascending by ``seq``, found from any ``seq`` on and by member."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from leveling_core.store import LedgerQuery
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["LedgerRows"]

_AT, _GUILD, _USER, _KIND = (LEDGER_COLUMNS.index(name) for name in ("at", "guild_id", "user_id", "kind"))
_seq = itemgetter(LEDGER_COLUMNS.index("seq"))
_member = itemgetter(_GUILD, _USER)


class LedgerRows:
    """Reads and changes a list of rows, which stays the caller's.

    Args:
        rows: Ascending by ``seq``; there may be gaps. Changed in place.
    """

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._seqs: dict[tuple[int, int], array[int]] | None = None
        """The ``seq`` of each member's lines, ascending; made when it is first asked for."""

    @property
    def last_seq(self) -> int:
        """The ``seq`` of the last line, 0 without any."""
        return int(_seq(self._rows[-1])) if self._rows else 0

    def extend(self, rows: Sequence[Row]) -> None:
        """Append lines, ascending by ``seq`` and behind all others."""
        self._rows.extend(rows)
        if self._seqs is not None:
            _index(self._seqs, rows)

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
        if self._seqs is not None:
            for member in {_member(row) for row in self._rows[start:end] if _seq(row) in gone}:
                self._seqs[member] = array("q", (seq for seq in self._seqs[member] if seq not in gone))
        # Lines that go together are of neighbouring days: the rest of a long list is only moved, not read.
        self._rows[start:end] = [row for row in self._rows[start:end] if _seq(row) not in gone]

    def between(self, first_seq: int, last_seq: int) -> list[Row]:
        """Return the lines from ``first_seq`` up to ``last_seq``, both included."""
        start = bisect_left(self._rows, first_seq, key=_seq)
        return self._rows[start : bisect_right(self._rows, last_seq, key=_seq)]

    def of_member(self, guild_id: int, user_id: int, first_seq: int, last_seq: int) -> list[Row]:
        """Return a member's lines from ``first_seq`` up to ``last_seq``, both included."""
        seqs = self._seqs_of((guild_id, user_id))
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
        """Iterate in order over rows behind ``after_seq``: the member's if the query is for one, else all."""
        if query.guild_id is not None and query.user_id is not None:
            seqs = self._seqs_of((query.guild_id, query.user_id))
            places = range(bisect_right(seqs, query.after_seq), len(seqs))
            for place in reversed(places) if query.newest_first else places:
                yield self._rows[bisect_left(self._rows, seqs[place], key=_seq)]
        else:
            places = range(bisect_right(self._rows, query.after_seq, key=_seq), len(self._rows))
            for place in reversed(places) if query.newest_first else places:
                yield self._rows[place]

    def _seqs_of(self, member: tuple[int, int]) -> array[int]:
        if self._seqs is None:
            self._seqs = {}
            _index(self._seqs, self._rows)
        return self._seqs.get(member, array("q"))


def _index(seqs: dict[tuple[int, int], array[int]], rows: Iterable[Row]) -> None:
    """Add the ``seq`` of lines, behind those that are there."""
    for row in rows:
        member = _member(row)
        found = seqs.get(member)
        if found is None:
            found = seqs[member] = array("q")
        found.append(_seq(row))


def _condition(query: LedgerQuery) -> Callable[[Row], bool]:
    """Return what tells whether a row behind ``after_seq`` fits a query."""
    until_at, guild_id, user_id, kinds = query.until_at, query.guild_id, query.user_id, query.kinds

    def fits(row: Row) -> bool:
        return bool(
            row[_AT] >= query.from_at
            and (until_at is None or row[_AT] < until_at)
            and (guild_id is None or row[_GUILD] == guild_id)
            and (user_id is None or row[_USER] == user_id)
            and (kinds is None or row[_KIND] in kinds)
        )

    return fits
