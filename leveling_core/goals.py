"""The server-wide goal of a day: enough members claim, and everyone who claimed gets a bonus once."""

from __future__ import annotations

import copy

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision, View
from leveling_core.documents import GoalRecord
from leveling_core.facts import GoalBonusDue
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.rules import Ruleset
from leveling_core.settle import Progress, Stamp, add_xp, sync_user_progress

__all__ = [
    "PAID_AT_ONCE",
    "GoalState",
    "calculate_daily_goal_target",
    "count_claimer",
    "decide_goal_bonus",
    "get_daily_goal_state",
    "pay_goal_bonus",
]

PAID_AT_ONCE = 64
"""So many early claimers are paid in the commit that reaches the goal; the feed pays the others."""


class GoalState(msgspec.Struct, frozen=True, gc=False):
    """A day's goal as people see it.

    Attributes:
        day_on: The day (ordinal).
        target: Claimers it takes; before the day's first claim, what it would be fixed at.
        claimers: How many have claimed.
        reached: Whether it is reached.
        bonus_xp: What each claimer gets when it is.
    """

    day_on: int
    target: int
    claimers: int
    reached: bool
    bonus_xp: int


def calculate_daily_goal_target(human_members: int, ruleset: Ruleset) -> int:
    """Return how many claimers a day takes: the guild's maximum, bounded by its people, at least 1."""
    return max(1, min(ruleset.rules.goal.max_target, human_members))


def get_daily_goal_state(record: GoalRecord, day_on: int, human_members: int, ruleset: Ruleset) -> GoalState:
    """Describe a day's goal; ``human_members`` counts until a claim fixes it."""
    return GoalState(
        day_on=day_on,
        target=record.target or calculate_daily_goal_target(human_members, ruleset),
        claimers=record.claimers,
        reached=record.reached_at > 0,
        bonus_xp=record.bonus_xp if record.reached_at else ruleset.rules.goal.bonus_xp,
    )


def count_claimer(
    record: GoalRecord, user_id: int, human_members: int, at: int, ruleset: Ruleset
) -> GoalRecord:
    """Count one more claimer of the day; ``early`` and ``reached_at`` tell who is due the bonus."""
    target = record.target or calculate_daily_goal_target(human_members, ruleset)
    claimers = record.claimers + 1
    if record.reached_at:
        return msgspec.structs.replace(record, claimers=claimers)
    early = (*record.early, user_id)
    if claimers < target:
        return msgspec.structs.replace(record, target=target, claimers=claimers, early=early)
    return GoalRecord(target, claimers, early, reached_at=at, bonus_xp=ruleset.rules.goal.bonus_xp)


def pay_goal_bonus(
    draft: MemberRecord, user_id: int, bonus_xp: int, stamp: Stamp, lines: list[LedgerLine]
) -> int:
    """Pay a claimer the goal's bonus (never boosted) and count the goal; append the line, return the XP."""
    draft.goals_completed += 1
    gained = add_xp(draft, bonus_xp)
    outcome = XpGained(xp=gained, source="goal", counters={"goals_completed": 1})
    lines.append(stamp.line(user_id, outcome))
    return gained


def decide_goal_bonus(
    view: View, fact: GoalBonusDue, bonus_xp: int, catalogue: Catalogue
) -> Decision[Progress]:
    """Pay one early claimer whom the commit that reached the goal did not."""
    ruleset = view.rules(fact.guild_id)
    key = MemberKey(fact.guild_id, fact.user_id)
    draft = copy.copy(view.member(key))
    stamp = Stamp(
        fact.reached_at,
        fact.guild_id,
        fact.channel_id,
        fact.cause,
        thread_id=fact.thread_id,
        day_on=ruleset.ledger_day_of(fact.reached_at),
    )
    lines: list[LedgerLine] = []
    xp_before = draft.xp
    pay_goal_bonus(draft, fact.user_id, bonus_xp, stamp, lines)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(progress, {key: draft}, lines)
