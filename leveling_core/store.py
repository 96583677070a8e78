"""The port: what the rules ask of any storage, and what storage promises them.

Facts go in through :meth:`LevelingStore.commit` and nowhere else. Everything else reads, and never sees what
is not yet on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, Protocol, TypeVar

import msgspec

from leveling_core.decision import Decide
from leveling_core.documents import Record
from leveling_core.ids import Key, MemberKey, OnceKey
from leveling_core.outcomes import LedgerLine

__all__ = [
    "ONCE_KEPT_DAYS",
    "Board",
    "FormerXpBoard",
    "Head",
    "LedgerQuery",
    "LevelingStore",
    "PeriodBoard",
    "Standing",
    "StandingsPage",
    "StoreHealth",
    "StreakBoard",
    "Subscriber",
    "XpBoard",
]

T = TypeVar("T")

ONCE_KEPT_DAYS = 7
"""How long the answer of a commit with a once-key is kept."""


class XpBoard(msgspec.Struct, frozen=True):
    """All present members with XP, most XP first."""

    name: Literal["xp"] = "xp"


class StreakBoard(msgspec.Struct, frozen=True):
    """All present members with a daily streak that is not lost yet, longest first.

    Attributes:
        claimed_since_on: The last claim's day (ordinal) from which on a streak still lives.
    """

    claimed_since_on: int
    name: Literal["streak"] = "streak"


class PeriodBoard(msgspec.Struct, frozen=True):
    """All present members with XP gained in a period, most first.

    A line of the ledger counts on its ``day_on``, the day of the guild's calendar when it was decided.

    Attributes:
        from_on: The first day (ordinal).
        until_on: The day after the last.
    """

    from_on: int
    until_on: int
    name: Literal["period"] = "period"


class FormerXpBoard(msgspec.Struct, frozen=True):
    """All present members who had XP when a day began, by what they had then, most XP first.

    Who is gone is on it no more, and who has returned is on it again: so it differs from the board of now by
    what was earned since, and by nothing else.

    Attributes:
        before_on: The day (ordinal) of the guild's calendar; lines that count on it or later are left out.
    """

    before_on: int
    name: Literal["former_xp"] = "former_xp"


Board = XpBoard | StreakBoard | PeriodBoard | FormerXpBoard
"""What members are ordered by. Only members who are present, with a value above 0, are ranked. Equal values
share a rank (1, 2, 2, 4) and are ordered by user id."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Where a member stands on a board.

    Attributes:
        rank: From 1; members with equal values share it.
        user_id: The member.
        value: What it comes from: XP or days.
        place: The place in the board's order, from 0: unlike the rank, no two members share it.
    """

    rank: int
    user_id: int
    value: int
    place: int


class StandingsPage(msgspec.Struct, frozen=True):
    """A page of a board.

    Attributes:
        standings: In the board's order.
        ranked_members: How many members the whole board has.
    """

    standings: tuple[Standing, ...]
    ranked_members: int


class Head(msgspec.Struct, frozen=True):
    """The end of the ledger: the store's epoch (changed by a restore) and the last line's ``seq``."""

    epoch: str
    seq: int


class StoreHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How the storage does, for admins and for whoever keeps the bot running.

    Attributes:
        breaker: ``closed`` while it works (or has only just begun to fail), ``open`` while it is not even
            tried, ``half_open`` while it must prove itself again.
        waiting: Commits that wait to be written.
        failing_since_at: Since when no write has succeeded, ms UTC; 0 while it works.
        problem: What the last failed write said, "" while it works.
        cure: What the self-hoster can do about it.
        refused: Commits turned away since then, because too many waited already: they are lost.
    """

    breaker: Literal["closed", "open", "half_open"] = "closed"
    waiting: int = 0
    failing_since_at: int = 0
    problem: str = ""
    cure: str = ""
    refused: int = 0


class LedgerQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which ledger lines to read.

    Attributes:
        guild_id: Of this guild, None for all.
        user_id: Of this member (0: of the guild as a whole), None for all.
        kinds: Of these kinds, None for all.
        actor_id: Made to happen by this user, None for all.
        has_actor: Made to happen by anybody who is not the member.
        batch: Of this bulk change, None for all.
        correlation: Of this larger operation, None for all.
        from_at: Not before this instant (ms UTC).
        until_at: Before this instant (ms UTC), None for no end.
        after_seq: After this line.
        before_seq: Before this line, None for no end.
        newest_first: Descending by ``seq`` instead of ascending.
        limit: At most so many.
    """

    guild_id: int | None = None
    user_id: int | None = None
    kinds: frozenset[str] | None = None
    actor_id: int | None = None
    has_actor: bool = False
    batch: str | None = None
    correlation: str | None = None
    from_at: int = 0
    until_at: int | None = None
    after_seq: int = 0
    before_seq: int | None = None
    newest_first: bool = False
    limit: int = 1000


class LevelingStore(Protocol):
    """Keeps records and the ledger.

    Promises of every implementation, held by one contract suite:

    * **Atomic.** A commit's writes and lines are all kept or none is. A decision that raises changes nothing
    and
      harms no other commit.
    * **Ordered.** Commits that share a key take effect one after another, in the order in which they were
    called.
    * **Durable.** A commit returns after its data is on disk. One that was called takes effect or fails as a
      whole even when its caller is cancelled meanwhile.
    * **Committed reads.** A read sees what has been committed, never what is on its way.
    * **Absence.** A record never written reads as its defaults.
    * **Errors.** What the storage cannot do is a ``StoreError``; nothing of it took effect.
    """

    @property
    def description(self) -> str:
        """Where the data is, as its self-hoster knows it."""
        ...

    @property
    def health(self) -> StoreHealth:
        """How the storage does at this moment."""
        ...

    def commit(
        self,
        keys: Collection[Key],
        decide: Decide[T],
        *,
        once: OnceKey[T] | None = None,
        patient: bool = False,
    ) -> asyncio.Future[T]:
        """Run a decision on the records named by ``keys`` and keep what it returns; return its answer.

        The commit is in the queue when this returns; the future is told its answer once it is on disk, and
        whatever goes wrong: the call itself raises nothing. One that nobody waits for is committed all the
        same.

        Args:
            keys: What the decision will look at. It may ask for more (:class:`RecordsNeeded`).
            decide: Synchronous, pure and repeatable; it may be run several times.
            once: If a commit with this key took effect within the last ``ONCE_KEPT_DAYS``, nothing is run and
                its answer is returned, read back as the key's ``answer_type``.
            patient: While the storage fails, wait until it works again, in order, instead of failing: for
                what happened and cannot be asked for again. The queue is bounded.

        Raises:
            LevelingError: Whatever the decision raises, unchanged.
            StoreUnavailableError: The storage cannot be written for now (or, for a patient one, too many
                wait already); nothing took effect.
            StoreError: The storage could not; nothing took effect.
        """
        ...

    async def read(self, key: Key) -> Record:
        """Return one record, as last committed; its defaults if it was never written."""
        ...

    async def read_many(self, keys: Sequence[Key]) -> list[Record]:
        """Return several records, as last committed, in the order of ``keys``."""
        ...

    async def list_ledger(self, query: LedgerQuery) -> list[LedgerLine]:
        """Return ledger lines, ascending by ``seq`` unless ``newest_first``.

        Raises:
            UnreadableError: One of them is damaged; names the first.
        """
        ...

    async def list_standings(self, guild_id: int, board: Board, *, first: int, limit: int) -> StandingsPage:
        """Return the standings from place ``first`` (from 0) on, in the board's order."""
        ...

    async def find_standing(self, key: MemberKey, board: Board) -> Standing | None:
        """Return a member's own standing, or None for one who is not on the board."""
        ...

    async def find_standings(
        self, guild_id: int, user_ids: Sequence[int], board: Board
    ) -> list[Standing | None]:
        """Return the standings of several members, in the order of ``user_ids``; None as for one."""
        ...

    async def count_ranked(self, guild_id: int, board: Board) -> int:
        """Count the members on a board."""
        ...

    async def count_unlocks(self, guild_id: int) -> Mapping[str, int]:
        """Return how many present members of a guild have each achievement that anybody has, by its id."""
        ...

    async def list_member_ids(self, guild_id: int, *, present: bool) -> list[int]:
        """Return the user ids of the guild's recorded members who are present (or not), ascending."""
        ...

    async def fold_awards(self, guild_id: int, *, before_on: int) -> int:
        """Sum up old awards of messages: of each member and day one line stays; return how many went.

        Sums, boards and statistics stay what they were. Lines that a subscriber of the feed has still to see,
        and lines of a batch, are left alone.

        Args:
            guild_id: The guild.
            before_on: Only days (ordinals) before this one.
        """
        ...

    async def get_head(self) -> Head:
        """Return the end of the ledger as committed."""
        ...

    def watch(self, listener: Callable[[Sequence[LedgerLine]], None]) -> Callable[[], None]:
        """Call ``listener`` with the lines of every group just after it is on disk; return what ends that.

        The listener runs on the event loop, in the order of ``seq``, without a gap, and must be quick.
        """
        ...

    async def close(self) -> None:
        """Commit what was called before, then release all. Further calls raise ``StoreClosedError``."""
        ...


class Subscriber(Protocol):
    """Follows the ledger through the feed.

    Attributes:
        name: Names its cursor; never change it.
        kinds: What it wants to see.
    """

    @property
    def name(self) -> str:
        """Return the name of its cursor."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of outcomes that it wants to see."""
        ...

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Handle lines of one guild, ascending by ``seq``; all that have gathered since the last call.

        It may be called again with lines that it has handled before (after a crash, or after it raised).
        Raising means that none of the lines is done: they come again, at most three times, then they are dead
        letters.
        """
        ...
