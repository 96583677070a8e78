"""Ranks as achievements see them: a rank is no record, so it is observed after the fact and committed."""

from __future__ import annotations

import copy

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision, View
from leveling_core.facts import RankObserved
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, RankImproved
from leveling_core.settle import NO_PROGRESS, Progress, Stamp, sync_user_progress

__all__ = ["FEW_RANKED", "MANY_RANKED", "decide_rank", "note_rank"]

FEW_RANKED = 10
"""Below so many ranked members a podium means nothing (facts, "Rank achievements")."""

MANY_RANKED = 30
"""Below so many ranked members the top ten means nothing (facts, "Rank achievements")."""


def note_rank(member: MemberRecord, rank: int, ranked_members: int) -> MemberRecord:
    """Return the record with a rank taken note of; the very same record if that changes nothing."""
    if ranked_members < FEW_RANKED:
        return member
    best_of_10 = min(member.best_rank_of_10 or rank, rank)
    best_of_30 = member.best_rank_of_30
    if ranked_members >= MANY_RANKED:
        best_of_30 = min(best_of_30 or rank, rank)
    worst = max(member.worst_rank, rank)
    improvement = max(member.rank_improvement, worst - rank)
    noted = (best_of_10, best_of_30, worst, improvement)
    if noted == (
        member.best_rank_of_10,
        member.best_rank_of_30,
        member.worst_rank,
        member.rank_improvement,
    ):
        return member
    draft = copy.copy(member)
    draft.best_rank_of_10, draft.best_rank_of_30, draft.worst_rank, draft.rank_improvement = noted
    return draft


def decide_rank(view: View, fact: RankObserved, catalogue: Catalogue) -> Decision[Progress]:
    """Note a rank that was seen, and unlock what it earns."""
    key = MemberKey(fact.guild_id, fact.user_id)
    member, ruleset = view.member(key), view.rules(fact.guild_id)
    draft = note_rank(member, fact.rank, fact.ranked_members)
    if draft is member or not ruleset.enabled:
        return Decision(NO_PROGRESS)
    stamp = Stamp(
        fact.at,
        fact.guild_id,
        fact.channel_id,
        fact.cause,
        thread_id=fact.thread_id,
        day_on=ruleset.ledger_day_of(fact.at),
    )
    lines: list[LedgerLine] = []
    if draft.worst_rank == member.worst_rank or not member.worst_rank:
        outcome = RankImproved(rank=fact.rank, ranked_members=fact.ranked_members)
        lines.append(stamp.line(fact.user_id, outcome))
    progress = sync_user_progress(
        draft, fact.user_id, member.xp, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(progress, {key: draft}, lines)
