"""What a backend is: a connection and its SQL (or files), and nothing else.

Grouping, bounds, caching, ranks, once-keys and the order of commits are written once, above it. A backend
sees rows (:mod:`storage.codec`), and one caller at a time for ``load``, ``load_answers`` and ``write``.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import msgspec

from leveling_core.ids import DocumentKey, MemberKey
from leveling_core.store import Head, LedgerQuery, PeriodBoard, StreakBoard, XpBoard
from storage.codec import Row

__all__ = ["Backend", "BoardEntry", "KeptBoard", "RowCounts", "Rows", "Snapshot", "Writes", "WrongDay"]


BoardEntry: TypeAlias = tuple[int, int, bool]
"""Somebody on a board: the value, the user id, and whether the member is present."""

KeptBoard: TypeAlias = XpBoard | StreakBoard | PeriodBoard
"""A board that a backend reads from what it keeps. Any other is made of these."""


class Rows(msgspec.Struct):
    """Rows of records that were found, in no order."""

    members: Sequence[Row] = ()
    documents: Sequence[Row] = ()


class Writes(msgspec.Struct):
    """What one group writes, all or nothing.

    Attributes:
        members: Whole rows that are new or take the place of the old.
        documents: The same for all other records.
        ledger: New lines, ascending by ``seq``, each one more than the last.
        answers: Once-key, instant (ms UTC) and the answer as JSON; an older one of the key is replaced.
        forget_answers_before: Answers from before this instant may go; 0 for none.
        folded: Lines of the ledger that take the place of the line with their ``seq``.
        forgotten: ``seq`` of lines that go, because they are summed up in one of ``folded``.
    """

    members: list[Row]
    documents: list[Row]
    ledger: list[Row]
    answers: list[Row]
    forget_answers_before: int = 0
    folded: Sequence[Row] = ()
    forgotten: Sequence[int] = ()


class RowCounts(msgspec.Struct, frozen=True):
    """How many rows there are of each kind."""

    members: int
    documents: int
    ledger: int
    answers: int


class WrongDay(NamedTuple):
    """What is kept of a member's day, and is not what the ledger's lines of it add up to.

    Attributes:
        guild_id: The guild.
        day_on: The day (ordinal).
        user_id: The member.
        xp: The XP that are kept.
        expected_xp: Those of the lines.
        awards: The awards of messages that are kept.
        expected_awards: Those of the lines.
    """

    guild_id: int
    day_on: int
    user_id: int
    xp: int
    expected_xp: int
    awards: int
    expected_awards: int


class Snapshot(Protocol):
    """All rows of one moment, whatever is written meanwhile.

    Several tables may be read side by side (members beside the ledger by member). Whatever goes wrong is a
    ``StoreError``.
    """

    @property
    def description(self) -> str:
        """Where the data is, as its self-hoster knows it."""
        ...

    @property
    def head(self) -> Head:
        """The end of the ledger at that moment."""
        ...

    async def count_rows(self) -> RowCounts:
        """Count the rows."""
        ...

    def members(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over members in portions, ascending by (guild id, user id)."""
        ...

    def documents(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over all other records in portions, ascending by (kind, guild id, id)."""
        ...

    def ledger(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by ``seq``."""
        ...

    def ledger_by_member(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over the ledger in portions, ascending by (guild id, user id, ``seq``)."""
        ...

    def answers(self) -> AsyncIterator[Sequence[Row]]:
        """Iterate over once-keys, instants and answers in portions, ascending by once-key."""
        ...

    async def find_damage(self) -> list[str]:
        """Look at the files themselves: what is damaged or not as this version makes it, in words."""
        ...

    async def find_wrong_days(self, limit: int) -> list[WrongDay]:
        """Compare what is kept of members' days with the ledger; return some of those that differ.

        Nothing where no such sums are kept, because they are made when the store is opened.
        """
        ...

    async def close(self) -> None:
        """Release everything. Closing once more does nothing."""
        ...


class Backend(Protocol):
    """Keeps rows. Whatever goes wrong is a ``StoreError``, with the driver's error chained."""

    @property
    def description(self) -> str:
        """Where the data is, as its self-hoster knows it."""
        ...

    @property
    def head(self) -> Head:
        """The end of the ledger when it was opened."""
        ...

    async def load(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Return the rows of those keys that have one, from where the next ``write`` will be applied."""
        ...

    async def load_answers(self, keys: Sequence[str], since_at: int) -> list[Row]:
        """Return once-key, instant and answer of those that were kept at ``since_at`` or later."""
        ...

    async def write(self, writes: Writes) -> None:
        """Write all or nothing, durably.

        Raises:
            StoreUnavailableError: For now nothing can be written; nothing of it was.
            StoreError: It could not; nothing of it was written.
        """
        ...

    async def read(self, members: Sequence[MemberKey], documents: Sequence[DocumentKey]) -> Rows:
        """Return rows as last committed, beside a write that may be on its way."""
        ...

    async def list_ledger(self, query: LedgerQuery) -> list[Row]:
        """Return rows of the ledger, in the order that the query asks for."""
        ...

    async def list_member_ids(self, guild_id: int, *, present: bool) -> list[int]:
        """Return user ids, ascending."""
        ...

    async def list_documents(self, kind: str) -> list[Row]:
        """Return the rows of all documents of a kind."""
        ...

    async def list_foldable(
        self, guild_id: int, *, after: tuple[int, int], before_on: int, until_seq: int, limit: int
    ) -> list[Row]:
        """Return message awards of a guild that share their member and day with another.

        Members' days come ascending by day and user id, those after the pair ``after``, in no order within
        one. Only those of days before ``before_on``, outside any batch, of members' days without a line after
        ``until_seq``; at most about ``limit`` (a member's day is not parted between two calls).
        """
        ...

    async def open_snapshot(self) -> Snapshot:
        """Fix a moment, and return all rows as of then. It is called while no write is on its way."""
        ...

    async def sum_up_anew(self) -> None:
        """Forget what is kept of members' days, and make it of the ledger again.

        Broken off, it goes on when the store is opened next. It is called while no write is on its way.
        """
        ...

    async def open_board(self, guild_id: int, board: KeptBoard) -> AsyncGenerator[Sequence[BoardEntry], None]:
        """Fix a moment, and return an iterator over all who were on the board then.

        For a period these are all with any XP in it, below 0 too, and those who are gone as well: they may
        return. In no order, in portions. It is called while no write is on its way; the iterator is read to
        its end (or closed) while writes go on, and does not see them. One board at a time.
        """
        ...

    async def open_unlocks(self, guild_id: int) -> AsyncGenerator[Mapping[str, int], None]:
        """Fix a moment, and return how many present members had each achievement then, by its id.

        In portions, which are added up. As with boards, it is called while no write is on its way and read
        while writes go on; one board or one of these at a time.
        """
        ...

    async def recover(self) -> Head:
        """Make usable again what an error broke, and return the end of the ledger as it is on disk.

        It is called after a load or a write has failed, before the next. A write that was told to have failed
        may be there all the same: as a whole, or not at all.

        Raises:
            StoreUnavailableError: It still cannot be used.
        """
        ...

    def hasten(self) -> None:
        """From now on wait but a moment for somebody else who holds the database, also in a write under way.

        The end has begun: ``close`` follows.
        """
        ...

    async def close(self) -> None:
        """Release everything."""
        ...
