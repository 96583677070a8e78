"""What a ledger in memory adds up to by member and day: summed up when first asked for, then kept current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from leveling_core.outcomes import XpGained, kind_of
from leveling_core.periods import utc_day_of
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["AWARD_KIND", "AWARD_SOURCE", "DaySums", "MemberDay", "day_of_row", "is_award"]

AWARD_KIND, AWARD_SOURCE = kind_of(XpGained), "message"
"""What the ledger calls the award of a message."""

_SEQ, _AT, _GUILD, _USER, _KIND, _XP, _SOURCE, _BATCH, _DAY = (
    LEDGER_COLUMNS.index(name)
    for name in ("seq", "at", "guild_id", "user_id", "kind", "xp", "source", "batch", "day_on")
)


class MemberDay(NamedTuple):
    """A member's day: who, when, and between which lines (both included) its own are."""

    day_on: int
    user_id: int
    first_seq: int
    last_seq: int


class _Sum(msgspec.Struct, gc=False):
    xp: int
    awards: int
    first_seq: int
    last_seq: int


_SumsOfGuild: TypeAlias = dict[int, dict[int, _Sum]]
"""Sums of a guild by day (ordinal) and user id."""


def day_of_row(row: Row) -> int:
    """Return the day (ordinal) on which a ledger line's row counts."""
    return row[_DAY] or utc_day_of(row[_AT])


def is_award(row: Row) -> bool:
    """Tell whether a ledger line's row is the award of a message, outside any batch."""
    return bool(row[_KIND] == AWARD_KIND and row[_SOURCE] == AWARD_SOURCE and row[_BATCH] is None)


class DaySums:
    """XP and awards of messages by guild, day and member.

    Args:
        rows: The ledger, ascending by ``seq``; the list itself, as it grows and is folded.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._guilds: dict[int, _SumsOfGuild] | None = None

    def add(self, rows: Iterable[Row]) -> None:
        """Take lines in, ascending by ``seq`` and behind all others."""
        if self._guilds is not None:
            _add(self._guilds, rows)

    def forget(self, rows: Iterable[Row]) -> None:
        """Note that awards go which others now stand for: the XP stay."""
        for row in rows if self._guilds is not None else ():
            self._of_guild(row[_GUILD])[day_of_row(row)][row[_USER]].awards -= is_award(row)

    def _of_guild(self, guild_id: int) -> _SumsOfGuild:
        if self._guilds is None:
            self._guilds = {}
            _add(self._guilds, self._rows)
        return self._guilds.get(guild_id, {})

    def xp_by_member(self, guild_id: int, from_on: int, until_on: int) -> dict[int, int]:
        """Return the XP of the days from ``from_on`` to before ``until_on``, by user id."""
        totals: dict[int, int] = {}
        for day_on, members in self._of_guild(guild_id).items():
            if from_on <= day_on < until_on:
                for user_id, found in members.items():
                    totals[user_id] = totals.get(user_id, 0) + found.xp
        return totals

    def foldable(
        self, guild_id: int, *, after: tuple[int, int], before_on: int, until_seq: int
    ) -> Iterator[tuple[MemberDay, int]]:
        """Yield members' days with more than one award, oldest first, and how many they have.

        Args:
            guild_id: The guild.
            after: Only those after this day (ordinal) and user id.
            before_on: Only days before this one.
            until_seq: Only those without a line after this one.
        """
        days = self._of_guild(guild_id)
        for day_on in sorted(day_on for day_on in days if after[0] <= day_on < before_on):
            for user_id, found in sorted(days[day_on].items()):
                if found.awards > 1 and found.last_seq <= until_seq and (day_on, user_id) > after:
                    yield MemberDay(day_on, user_id, found.first_seq, found.last_seq), found.awards


def _add(guilds: dict[int, _SumsOfGuild], rows: Iterable[Row]) -> None:
    for row in rows:
        xp, award, user_id = row[_XP], is_award(row), row[_USER]
        if not user_id or not (xp or award):
            continue
        days = guilds.setdefault(row[_GUILD], {})
        members = days.setdefault(day_of_row(row), {})
        found = members.get(user_id)
        if found is None:
            members[user_id] = _Sum(xp, int(award), row[_SEQ], row[_SEQ])
        else:
            found.xp += xp
            found.awards += award
            found.last_seq = row[_SEQ]
