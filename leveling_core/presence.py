"""Who is here and who boosts: what observations of members change."""

from __future__ import annotations

import copy

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision, View
from leveling_core.documents import BoostersRecord, Record
from leveling_core.facts import BoostObserved, MemberPresenceObserved
from leveling_core.ids import Key, MemberKey, boosters_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import BoostEnded, BoostStarted, LedgerLine, MemberLeft, MemberReturned
from leveling_core.settle import NO_PROGRESS, Progress, Stamp, sync_user_progress

__all__ = ["decide_boost", "decide_presence", "was_away"]


def decide_boost(view: View, fact: BoostObserved, catalogue: Catalogue) -> Decision[Progress]:
    """Note a member's boosting, and unlock what its days have earned.

    Seen again unchanged it may still unlock: boost days pass without anything being written.
    """
    key, roster_key = MemberKey(fact.guild_id, fact.user_id), boosters_key(fact.guild_id)
    member, roster, ruleset = view.member(key), view.boosters(roster_key), view.rules(fact.guild_id)
    if fact.at < member.boost_seen_at:
        return Decision(NO_PROGRESS)
    draft = copy.copy(member)
    stamp = Stamp(fact.at, fact.guild_id, day_on=ruleset.ledger_day_of(fact.at))
    lines: list[LedgerLine] = []
    if draft.boosting_since != fact.boosting_since:
        draft.boosting_since, draft.boost_seen_at = fact.boosting_since, fact.at
        if member.boosting_since:
            lines.append(stamp.line(fact.user_id, BoostEnded(since=member.boosting_since)))
        if fact.boosting_since:
            lines.append(stamp.line(fact.user_id, BoostStarted(since=fact.boosting_since)))
    progress = NO_PROGRESS
    if ruleset.enabled:
        progress = sync_user_progress(
            draft, fact.user_id, member.xp, ruleset, catalogue, stamp=stamp, lines=lines
        )
    known = set(roster.user_ids)
    now = known | {fact.user_id} if fact.boosting_since else known - {fact.user_id}
    writes: dict[Key, Record] = {}
    if lines:
        writes[key] = draft
    if now != known:
        writes[roster_key] = BoostersRecord(tuple(sorted(now)))
    return Decision(progress, writes, lines)


def decide_presence(view: View, fact: MemberPresenceObserved) -> Decision[bool]:
    """Note that a member left or returned; answer whether that was news. Progress stays in any case.

    A sighting older than the last change is none, nor is anything about somebody of whom nothing is kept.
    Whoever was there before the present stay began has been away, though nobody saw it: that is a return too.
    """
    key = MemberKey(fact.guild_id, fact.user_id)
    member = view.member(key)
    if fact.at < member.presence_at or member == MemberRecord():
        return Decision(False)
    if member.present == fact.present and not (fact.present and was_away(member, fact.joined_at)):
        return Decision(False)
    at = max(fact.at, fact.joined_at)  # our clock may be behind Discord's
    draft = copy.copy(member)
    draft.present, draft.presence_at = fact.present, at
    outcome = MemberReturned() if fact.present else MemberLeft()
    return Decision(True, {key: draft}, [Stamp(at, fact.guild_id).line(fact.user_id, outcome)])


def was_away(member: MemberRecord, joined_at: int) -> bool:
    """Tell whether a member taken for present did something before joining, and the return is not known.

    Args:
        member: What is kept of the member.
        joined_at: Since when the member is there, ms UTC; 0 where that is not known.
    """
    if joined_at <= member.presence_at:
        return False
    deeds = (member.last_award_at, member.last_claim_at, *(u.at for u in member.achievements.values()))
    return any(0 < at < joined_at for at in deeds)
