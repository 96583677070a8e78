"""What a member's ledger lines add up to: as much of the record as the ledger tells.

The one truth of check and repair. Lines are taken in one after another, so that a member with any number of
them needs the memory of one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from leveling_core.earning import COUNTED_REFUSALS
from leveling_core.errors import UnreadableError
from leveling_core.member import Counters, Unlock
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    BoostEnded,
    BoostStarted,
    DailyClaimed,
    DeliveryFailed,
    MemberLeft,
    MemberReturned,
    Outcome,
    RankImproved,
    XpGained,
    kind_of,
)
from leveling_core.ranks import MANY_RANKED
from storage.codec import LEDGER_COLUMNS, Row, decode_line

__all__ = ["MemberSums", "derive_members"]

_AT, _GUILD, _USER, _KIND, _XP, _SOURCE, _REASONS, _COUNTERS = (
    LEDGER_COLUMNS.index(name)
    for name in ("at", "guild_id", "user_id", "kind", "xp", "source", "reasons", "counters")
)
_AWARD, _TELLS_OF_NOBODY = kind_of(XpGained), kind_of(DeliveryFailed)

MAX_KNOWN_TEXTS = 100_000
"""Texts of lines whose content is remembered: of millions of awards most are told in a few thousand."""


class MemberSums(msgspec.Struct, gc=False):
    """What the lines of one member add up to, under the names of ``MemberRecord``.

    Attributes:
        guild_id: The guild.
        user_id: The member; 0 for the guild as a whole.
        lines: How many lines tell of the member.
        damaged: How many of them cannot be read: of those only XP and the instant are in the sums.
        unsummed: How many of those do not even tell XP and an instant.
        changes: How counters changed, by name.
        worst_rank: At least this; no line tells of a rank that was worse than any before.
        rank_improvement: At least this.
        best_rank_of_30: At most this; 0 where no line tells of one.
    """

    guild_id: int
    user_id: int
    lines: int = 0
    damaged: int = 0
    unsummed: int = 0
    xp: int = 0
    changes: dict[str, int] = {}
    last_award_at: int = 0
    longest_streak: int = 0
    last_claim_at: int = 0
    last_claim_on: int = 0
    last_claim_zone: str = ""
    present: bool = True
    presence_at: int = 0
    boosting_since: int = 0
    boost_seen_at: int = 0
    best_rank_of_10: int = 0
    best_rank_of_30: int = 0
    worst_rank: int = 0
    rank_improvement: int = 0
    achievements: dict[str, Unlock] = {}

    @property
    def streak(self) -> int:
        """The daily streak as of the last claim."""
        return self.changes.get("streak", 0)

    @property
    def dailies(self) -> int:
        """Daily rewards claimed."""
        return self.changes.get("dailies", 0)

    @property
    def goals_completed(self) -> int:
        """Daily goals in which the member was paid."""
        return self.changes.get("goals_completed", 0)

    @property
    def ledgered(self) -> Counters:
        """The counters of activity as far as lines tell of them."""
        return Counters(*(self.changes.get(name, 0) for name in Counters.__struct_fields__))


def _claimed(sums: MemberSums, at: int, outcome: Any) -> None:
    sums.longest_streak = max(sums.longest_streak, outcome.streak)
    sums.last_claim_at = at
    sums.last_claim_on = outcome.booked_on
    sums.last_claim_zone = outcome.zone


def _unlocked(sums: MemberSums, at: int, outcome: Any) -> None:
    before = sums.achievements.get(outcome.achievement_id)
    sums.achievements[outcome.achievement_id] = Unlock(before.at if before else at, outcome.times)


def _revoked(sums: MemberSums, _: int, outcome: Any) -> None:
    before = sums.achievements.pop(outcome.achievement_id, None)
    if before is not None and outcome.times:
        sums.achievements[outcome.achievement_id] = Unlock(before.at, outcome.times)


def _left(sums: MemberSums, at: int, _: Any) -> None:
    sums.present, sums.presence_at = False, at


def _returned(sums: MemberSums, at: int, _: Any) -> None:
    sums.present, sums.presence_at = True, at


def _boost_started(sums: MemberSums, at: int, outcome: Any) -> None:
    sums.boosting_since, sums.boost_seen_at = outcome.since, at


def _boost_ended(sums: MemberSums, at: int, _: Any) -> None:
    sums.boosting_since, sums.boost_seen_at = 0, at


def _rank_improved(sums: MemberSums, _: int, outcome: Any) -> None:
    rank = outcome.rank
    sums.best_rank_of_10 = min(sums.best_rank_of_10 or rank, rank)
    if outcome.ranked_members >= MANY_RANKED:
        sums.best_rank_of_30 = min(sums.best_rank_of_30 or rank, rank)
    sums.worst_rank = max(sums.worst_rank, rank)
    sums.rank_improvement = max(sums.rank_improvement, sums.worst_rank - rank)


_EFFECTS: dict[str, Callable[[MemberSums, int, Any], None]] = {
    kind_of(DailyClaimed): _claimed,
    kind_of(AchievementUnlocked): _unlocked,
    kind_of(AchievementRevoked): _revoked,
    kind_of(MemberLeft): _left,
    kind_of(MemberReturned): _returned,
    kind_of(BoostStarted): _boost_started,
    kind_of(BoostEnded): _boost_ended,
    kind_of(RankImproved): _rank_improved,
}
"""What a line changes beyond XP and counters, by its kind."""


_COUNTERS_KNOWN = frozenset(
    {*Counters.__struct_fields__, "streak", "dailies", "goals_completed", "achievements"}
)


def _find_unknown(outcome: Outcome) -> str:
    """Return the name of a counter or a reason that there is not, "" where there is none.

    Passed over, what it counts would be missing in the sums, and taken from a member who has it rightly.
    """
    unknown = [name for name in outcome.counters if name not in _COUNTERS_KNOWN]
    if isinstance(outcome, XpGained):
        unknown += [reason for reason in outcome.refused if reason not in COUNTED_REFUSALS]
    return unknown[0] if unknown else ""


class _Reader:
    """Takes lines in; reads each text only once, as long as it is remembered."""

    def __init__(self, damaged: Callable[[Row, str], None]) -> None:
        self._damaged = damaged
        self._known: dict[tuple[str, str | None, str | None], dict[str, int]] = {}

    def take_in(self, sums: MemberSums, row: Row) -> None:
        kind = row[_KIND]
        texts = (kind, row[_REASONS], row[_COUNTERS])
        changes = self._known.get(texts)
        if changes is None:
            changes = self._read(sums, row, texts)
        if kind == _TELLS_OF_NOBODY:
            return
        sums.lines += 1
        if type(row[_XP]) is not int or type(row[_AT]) is not int:
            self._leave_out(sums, row)
            return
        sums.xp += row[_XP]
        if changes:
            own = sums.changes
            for name, change in changes.items():
                own[name] = own.get(name, 0) + change
        if kind == _AWARD and row[_SOURCE] == "message":
            sums.last_award_at = row[_AT]

    def _leave_out(self, sums: MemberSums, row: Row) -> None:
        sums.damaged += 1
        sums.unsummed += 1
        self._damaged(row, "its XP or its instant is no number")

    def _read(self, sums: MemberSums, row: Row, texts: tuple[str, str | None, str | None]) -> dict[str, int]:
        """Return how a line changed counters; apply what it changes beyond."""
        try:
            outcome = decode_line(row).outcome
        except UnreadableError as error:
            sums.damaged += 1
            self._damaged(row, error.cause)
            return {}
        if unknown := _find_unknown(outcome):
            sums.damaged += 1
            self._damaged(row, f"nothing is called {unknown!r}")
            return {}
        effect = _EFFECTS.get(texts[0])
        if effect is not None:
            effect(sums, row[_AT], outcome)
        else:
            if len(self._known) >= MAX_KNOWN_TEXTS:
                self._known.clear()
            self._known[texts] = outcome.counters
        return outcome.counters


async def derive_members(
    ledger_by_member: AsyncIterator[Sequence[Row]], damaged: Callable[[Row, str], None]
) -> AsyncIterator[list[MemberSums]]:
    """Add up a ledger member by member; yield sums in portions, ascending by (guild id, user id).

    Args:
        ledger_by_member: The lines, ascending by (guild id, user id, ``seq``).
        damaged: Is told of each line that cannot be read, and why.
    """
    take_in = _Reader(damaged).take_in
    sums: MemberSums | None = None
    guild_id = user_id = -1
    async for portion in ledger_by_member:
        done: list[MemberSums] = []
        for row in portion:
            if row[_USER] != user_id or row[_GUILD] != guild_id or sums is None:
                if sums is not None:
                    done.append(sums)
                guild_id, user_id = row[_GUILD], row[_USER]
                sums = MemberSums(guild_id, user_id)
            take_in(sums, row)
        yield done
    if sums is not None:
        yield [sums]
