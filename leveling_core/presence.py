"""Who is here and who boosts: what observations of members change."""

from __future__ import annotations

import copy

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision, View
from leveling_core.documents import BoostersRecord
from leveling_core.facts import BoostObserved, MemberPresenceObserved
from leveling_core.ids import MemberKey, boosters_key
from leveling_core.outcomes import BoostEnded, BoostStarted, LedgerLine, MemberLeft, MemberReturned
from leveling_core.settle import NO_PROGRESS, Progress, Stamp, sync_user_progress

__all__ = ["decide_boost", "decide_presence"]


def decide_boost(view: View, fact: BoostObserved, catalogue: Catalogue) -> Decision[Progress]:
    """Note a member's boosting, and unlock what its days have earned.

    Seen again unchanged it may still unlock: boost days pass without anything being written.
    """
    key, roster_key = MemberKey(fact.guild_id, fact.user_id), boosters_key(fact.guild_id)
    member, roster, ruleset = view.member(key), view.boosters(roster_key), view.rules(fact.guild_id)
    draft = copy.copy(member)
    stamp = Stamp(fact.at, fact.guild_id)
    lines: list[LedgerLine] = []
    draft.boosting_since = fact.boosting_since
    if fact.boosting_since and not member.boosting_since:
        lines.append(stamp.line(fact.user_id, BoostStarted(since=fact.boosting_since)))
    elif member.boosting_since and not fact.boosting_since:
        lines.append(stamp.line(fact.user_id, BoostEnded(since=member.boosting_since)))
    progress = NO_PROGRESS
    if ruleset.rules.general.enabled:
        progress = sync_user_progress(draft, fact.user_id, member.xp, ruleset, catalogue, stamp, lines)
    known = set(roster.user_ids)
    now = known | {fact.user_id} if fact.boosting_since else known - {fact.user_id}
    if not lines and now == known and draft.boosting_since == member.boosting_since:
        return Decision(progress)
    if now == known:
        return Decision(progress, {key: draft}, lines)
    return Decision(progress, {key: draft, roster_key: BoostersRecord(tuple(sorted(now)))}, lines)


def decide_presence(view: View, fact: MemberPresenceObserved) -> Decision[bool]:
    """Note that a member left or returned; answer whether that was news. Progress stays in any case."""
    key = MemberKey(fact.guild_id, fact.user_id)
    member = view.member(key)
    if member.present == fact.present:
        return Decision(False)
    draft = copy.copy(member)
    draft.present = fact.present
    outcome = MemberReturned() if fact.present else MemberLeft()
    return Decision(True, {key: draft}, [Stamp(fact.at, fact.guild_id).line(fact.user_id, outcome)])
