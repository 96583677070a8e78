"""What was changed of a member by hand, replayed from the ledger: what can be undone, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from leveling_core.documents import BatchRecord, BatchUnlock, HandRecord
from leveling_core.outcomes import AchievementUnlocked, LedgerLine, XpAdjusted

__all__ = ["ByHand", "replay_by_hand"]


class ByHand(NamedTuple):
    """What was changed of one member: the record of it, and that of each change by its batch."""

    hand: HandRecord
    batches: dict[str, BatchRecord]


def replay_by_hand(lines: Iterable[LedgerLine]) -> ByHand:
    """Return the records that a member's lines of changes by hand add up to.

    Args:
        lines: The member's, ascending by ``seq``; lines that belong to no batch are passed over.
    """
    changes, last_set = 0, ""
    batches: dict[str, BatchRecord] = {}
    for line in lines:
        outcome = line.outcome
        if isinstance(outcome, XpAdjusted) and outcome.mode == "undo":
            undone = batches.get(line.correlation)
            if undone is not None:
                batches[line.correlation] = msgspec.structs.replace(undone, undone_by=line.batch)
                last_set = undone.set_before if last_set == line.correlation else last_set
        elif isinstance(outcome, XpAdjusted):
            changes += 1
            sets = outcome.mode in {"set", "reset"}
            batches[line.batch] = BatchRecord(
                actor_id=line.actor_id,
                at=line.at,
                day_on=line.counts_on,
                user_id=line.user_id,
                mode=outcome.mode,
                xp=outcome.xp,
                number=changes,
                set_before=last_set if sets else "",
            )
            last_set = line.batch if sets else last_set
        elif isinstance(outcome, AchievementUnlocked) and line.batch in batches:
            record = batches[line.batch]
            unlock = BatchUnlock(outcome.achievement_id, outcome.times_from, outcome.times, outcome.xp)
            batches[line.batch] = msgspec.structs.replace(record, unlocked=(*record.unlocked, unlock))
    return ByHand(HandRecord(changes, last_set), batches)
