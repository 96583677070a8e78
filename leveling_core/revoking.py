"""Revoking what a change had unlocked, when the change is undone.

An achievement stays if the member has earned it without the change by now. Which ones those are is found from
below: without any of them, whatever is earned comes back, with its reward, until nothing more does. From
above, two that hold each other up by their rewards would both stay.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

from leveling_core.achievements import Catalogue, Earned
from leveling_core.boosts import boost_days
from leveling_core.documents import BatchRecord, BatchUnlock
from leveling_core.member import MemberRecord, Unlock
from leveling_core.outcomes import AchievementRevoked
from leveling_core.rules import Ruleset
from leveling_core.settle import add_xp

__all__ = ["find_propped_up", "revoke_unlocks"]


class _Revocable(NamedTuple):
    """An unlock of a batch, as the member has it now, and how many times are the least that must stay."""

    unlock: BatchUnlock
    now: Unlock
    least: int

    def xp_of(self, times: int) -> int:
        """Return the XP that some of the times of this unlock have brought."""
        return self.unlock.xp * times // (self.now.times - self.least)


def _revocable(member: MemberRecord, batch: BatchRecord) -> dict[str, _Revocable]:
    found = {}
    for unlock in batch.unlocked:
        now = member.achievements.get(unlock.achievement_id)
        if now is not None:
            least = max(0, now.times - (unlock.times - unlock.times_from))
            found[unlock.achievement_id] = _Revocable(unlock, now, least)
    return found


def _set_times(member: MemberRecord, achievement_id: str, now: Unlock, times: int) -> None:
    """Let a member have an achievement so many times; the instant of the first stays."""
    others = {id_: unlock for id_, unlock in member.achievements.items() if id_ != achievement_id}
    member.achievements = {**others, achievement_id: Unlock(now.at, times)} if times else others


def _earned(member: MemberRecord, batch: BatchRecord, ruleset: Ruleset, catalogue: Catalogue) -> list[Earned]:
    """Return what a member would unlock, had the batch's moment of availability come again."""
    earned, _ = catalogue.newly_earned(
        member,
        level=ruleset.curve.level_for_xp(member.xp),
        boost_days=boost_days(member, batch.at),
        at=batch.at,
    )
    return list(earned)


def revoke_unlocks(
    draft: MemberRecord, batch: BatchRecord, ruleset: Ruleset, catalogue: Catalogue
) -> list[AchievementRevoked]:
    """Revoke what a batch unlocked and the member would not have without it; return the outcomes.

    Args:
        draft: The record being changed. XP that the undo gives back is there already, and XP that it takes
            is still there.
        batch: The change.
        ruleset: The guild's rules.
        catalogue: The achievements.
    """
    revocable = _revocable(draft, batch)
    if not revocable:
        return []
    revoked = []
    for id_, times in _find_earned_without(draft, batch, revocable, ruleset, catalogue).items():
        now = revocable[id_].now
        if times < now.times:
            _set_times(draft, id_, now, times)
            revoked.append(
                AchievementRevoked(
                    xp=add_xp(draft, -revocable[id_].xp_of(now.times - times)),
                    source="achievement",
                    achievement_id=id_,
                    times=times,
                    counters={} if times else {"achievements": -1},
                )
            )
    return revoked


def _find_earned_without(
    draft: MemberRecord,
    batch: BatchRecord,
    revocable: dict[str, _Revocable],
    ruleset: Ruleset,
    catalogue: Catalogue,
) -> dict[str, int]:
    """Return how many times of each unlock stay: what is earned without the batch and all its unlocks."""
    trial = copy.copy(draft)
    xp = draft.xp - max(batch.xp, 0) - sum(one.unlock.xp for one in revocable.values())
    for id_, one in revocable.items():
        _set_times(trial, id_, one.now, one.least)
    stay = {id_: one.least for id_, one in revocable.items()}
    while True:
        trial.xp = max(xp, 0)
        again = {
            definition.id: min(times, revocable[definition.id].now.times)
            for definition, times in _earned(trial, batch, ruleset, catalogue)
            if definition.id in revocable
        }
        again = {id_: times for id_, times in again.items() if times > stay[id_]}
        if not again:
            return stay
        for id_, times in again.items():
            xp += revocable[id_].xp_of(times - stay[id_])
            _set_times(trial, id_, revocable[id_].now, times)
            stay[id_] = times


def find_propped_up(
    before: MemberRecord, after: MemberRecord, batch: BatchRecord, ruleset: Ruleset, catalogue: Catalogue
) -> tuple[str, ...]:
    """Return the achievements unlocked since a batch, by other events, that only it made possible.

    Args:
        before: The member before the undo.
        after: The member after it.
        batch: The change that is undone.
        ruleset: The guild's rules.
        catalogue: The achievements.
    """
    own = {unlock.achievement_id for unlock in batch.unlocked}
    since = [id_ for id_, unlock in after.achievements.items() if unlock.at >= batch.at and id_ not in own]
    if not since:
        return ()

    def earned(member: MemberRecord) -> set[str]:
        bare = copy.copy(member)
        bare.achievements = {id_: u for id_, u in member.achievements.items() if id_ not in since}
        return {definition.id for definition, _ in _earned(bare, batch, ruleset, catalogue)}

    lost = earned(before) - earned(after)
    return tuple(id_ for id_ in since if id_ in lost)
