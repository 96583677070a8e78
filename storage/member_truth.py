"""What a member's record must be, by the ledger: what check compares with, and repair writes.

Most of a record follows from the ledger to the last digit. Three things do not: messages and commands since
the last award, which are told with the next one; the worst rank seen, and what comes from it. There what the
record says stands as long as it can be, and else the nearest that can.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.earning import COOLDOWN, COUNTED_REFUSALS
from leveling_core.errors import UnreadableError
from leveling_core.ids import MAX_SNOWFLAKE
from leveling_core.member import Counters, MemberRecord, Unlock
from storage.codec import MEMBER_COLUMNS, Row, decode_member
from storage.derivation import MemberSums

__all__ = ["Difference", "find_differences", "is_as_told"]

MISSING = "missing"
UNREADABLE = "unreadable"

_INSTANTS = frozenset({"presence_at", "last_award_at", "last_claim_at", "boosting_since", "boost_seen_at"})

_REASONS = frozenset(COUNTED_REFUSALS)
_ACTIVITY = Counters.__struct_fields__
_JSON_TYPES: dict[str, Any] = {
    "achievements": dict[str, Unlock],
    "refused": dict[str, int],
    "ledgered": Counters,
}
_DERIVED = (
    "last_award_at",
    "streak",
    "longest_streak",
    "dailies",
    "last_claim_at",
    "last_claim_on",
    "last_claim_zone",
    "goals_completed",
    "present",
    "presence_at",
    "boosting_since",
    "boost_seen_at",
    "best_rank_of_10",
    "achievements",
    "ledgered",
)
"""What follows from the ledger to the last digit, beside XP."""


class Difference(NamedTuple):
    """A field that is not as it must be: what it holds, and what it has to."""

    field: str
    found: str
    expected: str


def is_as_told(row: Row, sums: MemberSums) -> bool:
    """Tell quickly whether a row is what it must be; where it cannot be told quickly, say no."""
    try:
        return _is_as_told(decode_member(row)[1], sums)
    except (UnreadableError, TypeError):  # a text where a number belongs
        return False


def _is_as_told(record: MemberRecord, sums: MemberSums) -> bool:
    told = sums.ledgered
    unlined = record.messages - told.messages
    return (
        not sums.damaged
        and record.xp == sums.xp
        and record.last_award_at == sums.last_award_at
        and record.ledgered == told
        and record.achievements == sums.achievements
        and record.streak == sums.streak
        and record.dailies == sums.dailies
        and record.goals_completed == sums.goals_completed
        and record.longest_streak == sums.longest_streak
        and record.last_claim_at == sums.last_claim_at
        and record.last_claim_on == sums.last_claim_on
        and record.last_claim_zone == sums.last_claim_zone
        and record.present == sums.present
        and record.presence_at == sums.presence_at
        and record.boosting_since == sums.boosting_since
        and record.boost_seen_at == sums.boost_seen_at
        and unlined == (sum(record.refused.values()) if record.refused else 0)
        and record.refused.keys() <= _REASONS
        and 0 <= record.images - told.images <= unlined
        and 0 <= record.links - told.links <= unlined
        and 0 <= record.long_messages - told.long_messages <= unlined
        and record.commands >= told.commands
        and record.best_rank_of_10 == sums.best_rank_of_10
        and _ranks_of(record, sums) == _own_ranks(record)
    )


def _own_ranks(record: MemberRecord) -> tuple[int, int, int]:
    return record.best_rank_of_30, record.worst_rank, record.rank_improvement


def _ranks_of(record: MemberRecord, sums: MemberSums) -> tuple[int, int, int]:
    """Return the ranks that no line tells of, as recorded where that can be."""
    best = sums.best_rank_of_10
    if not best:
        return 0, 0, 0
    worst = max(record.worst_rank, sums.worst_rank)
    of_30 = record.best_rank_of_30
    if (of_30 or sums.best_rank_of_30) and not best <= of_30 <= (sums.best_rank_of_30 or worst):
        of_30 = sums.best_rank_of_30
    climb = min(max(record.rank_improvement, sums.rank_improvement), worst - best)
    return of_30, worst, climb


def find_differences(row: Row | None, sums: MemberSums) -> tuple[list[Difference], MemberRecord]:
    """Compare a member's row with what the ledger adds up to; return what differs, and the right record.

    Args:
        row: The row, None for none.
        sums: What the member's lines add up to. Where some cannot be read, only XP and the last award are
            held against it (those neither where a line does not even tell them), and the rest only takes
            the place of what is unreadable.
    """
    if row is None:
        right = _right_record(MemberRecord(), set(MEMBER_COLUMNS), sums)
        told = f"{sums.xp} XP, {sums.lines} ledger lines"
        return ([Difference("record", MISSING, told)] if sums.lines else []), right
    found, unreadable = _read(row)
    right = _right_record(found, unreadable, sums)
    differences = []
    for name in MEMBER_COLUMNS[2:]:
        expected = getattr(right, name)
        if name in unreadable:
            differences.append(
                Difference(name, f"{UNREADABLE}: {row[MEMBER_COLUMNS.index(name)]!r}", _show(name, expected))
            )
        elif getattr(found, name) != expected:
            differences.append(Difference(name, _show(name, getattr(found, name)), _show(name, expected)))
    return differences, right


def _show(name: str, value: object) -> str:
    """Return the value of a field in words."""
    if isinstance(value, Counters):
        return ", ".join(
            f"{one.replace('_', ' ')} {number}" for one, number in msgspec.structs.asdict(value).items()
        )
    if isinstance(value, Unlock):
        times = f" ({value.times} times)" if value.times != 1 else ""
        return f"{_show_instant(value.at)}{times}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_show('', inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, int) and name in _INSTANTS:
        return _show_instant(value)
    return str(value) if value != "" else "none"


def _show_instant(at: int) -> str:
    if not at:
        return "never"
    try:
        return f"{dt.datetime.fromtimestamp(at // 1000, dt.UTC):%Y-%m-%d %H:%M:%S}.{at % 1000:03} UTC"
    except (OverflowError, ValueError, OSError):  # of a store that is damaged
        return str(at)


def _read(row: Row) -> tuple[MemberRecord, set[str]]:
    """Read a row column by column; return what could be read, and the names of what could not."""
    columns = dict(zip(MEMBER_COLUMNS, row, strict=True))
    record, unreadable = MemberRecord(), set[str]()
    for name in MEMBER_COLUMNS[2:]:
        value = columns[name]
        try:
            setattr(record, name, _read_value(name, value))
        except (ValueError, TypeError):  # msgspec's errors are among them
            unreadable.add(name)
    return record, unreadable


def _read_value(name: str, value: Any) -> Any:
    usual = getattr(MemberRecord(), name)
    if name in _JSON_TYPES:
        if value is None:
            return usual
        read = _not_negative(msgspec.json.decode(value, type=_JSON_TYPES[name]))
        if name == "refused" and not read.keys() <= _REASONS:
            raise ValueError(name)
        return read
    if isinstance(usual, bool) and value in {0, 1}:
        return bool(value)
    if isinstance(usual, bool) or type(value) is not type(usual):
        raise TypeError(name)
    if isinstance(value, int) and not 0 <= value <= (MAX_TOTAL_XP if name == "xp" else MAX_SNOWFLAKE):
        raise ValueError(name)
    return value


def _not_negative(value: Any) -> Any:
    """Return a value of JSON if no number in it is below 0."""
    inner = value.values() if isinstance(value, dict) else msgspec.structs.astuple(value)
    numbers = [
        n for one in inner for n in (msgspec.structs.astuple(one) if isinstance(one, Unlock) else (one,))
    ]
    if any(number < 0 for number in numbers):
        raise ValueError(value)
    return value


def _right_record(found: MemberRecord, unreadable: set[str], sums: MemberSums) -> MemberRecord:
    """Return the record as it must be.

    Args:
        found: What could be read; defaults where that was not.
        unreadable: The names of what could not.
        sums: What the lines add up to.
    """
    has_all_xp = not sums.unsummed or "xp" in unreadable
    right = MemberRecord(xp=min(max(sums.xp, 0), MAX_TOTAL_XP) if has_all_xp else found.xp)
    told = () if sums.unsummed else ("last_award_at",)
    for name in _DERIVED:
        is_certain = not sums.damaged or name in told or name in unreadable
        setattr(right, name, getattr(sums if is_certain else found, name))
    ledgered = right.ledgered
    right.refused = found.refused
    unlined = sum(found.refused.values())
    if "refused" in unreadable and "messages" not in unreadable:
        unlined = max(0, found.messages - ledgered.messages)
        # Why they earned nothing is lost, and nearly all of them do for this.
        right.refused = {COOLDOWN: unlined} if unlined else {}
    right.messages = ledgered.messages + unlined
    for name in _ACTIVITY[1:]:
        least, recorded = getattr(ledgered, name), getattr(found, name)
        most = MAX_SNOWFLAKE if name == "commands" else least + unlined
        setattr(right, name, recorded if least <= recorded <= most else least)
    ranks = _own_ranks(found) if sums.damaged else _ranks_of(found, sums)
    right.best_rank_of_30, right.worst_rank, right.rank_improvement = ranks
    return right
