"""The daily reward: its XP, its streak, and its part in the server-wide goal."""

from __future__ import annotations

import copy

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.awards import multiply_award
from leveling_core.decision import Decision, View
from leveling_core.documents import GoalRecord, Record
from leveling_core.errors import AlreadyClaimedError, EarnsNothingError, LevelingOffError
from leveling_core.facts import DailyClaimRequested
from leveling_core.goals import PAID_AT_ONCE, GoalState, count_claimer, get_daily_goal_state, pay_goal_bonus
from leveling_core.ids import Key, MemberKey, goal_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import (
    Combine,
    DailyClaimed,
    GoalReached,
    LedgerLine,
    Multiplier,
    Part,
    StreakExtended,
    StreakStarted,
)
from leveling_core.periods import MS_PER_SECOND
from leveling_core.rules import Ruleset
from leveling_core.settle import Progress, Stamp, add_xp, note_present, sync_user_progress
from leveling_core.streaks import Booking, book_claim, live_streak, next_claim_at

__all__ = ["DailyAnswer", "daily_parts", "decide_daily"]


class DailyAnswer(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a daily claim came to.

    Attributes:
        xp: What the claim itself earned, multipliers applied.
        parts: The summands before multipliers: ``base`` and ``streak``.
        multipliers: What was applied to their sum.
        combine: How they came together.
        streak: The streak after it.
        lost_streak: The streak that was lost with it, 0 for none.
        longest_streak: The highest ever.
        recovered: Whether it was booked on the day before; then today is still to be claimed.
        next_claim_at: From when the next claim is possible, ms UTC.
        goal: The goal of the day on which the claim is booked.
        goal_bonus_xp: What the claimer got from the goal in this moment.
        progress: Levels and achievements that followed, all included.
    """

    xp: int
    parts: tuple[Part, ...]
    multipliers: tuple[Multiplier, ...]
    streak: int
    lost_streak: int
    longest_streak: int
    recovered: bool
    next_claim_at: int
    goal: GoalState
    goal_bonus_xp: int
    progress: Progress
    combine: Combine = "multiply"


def daily_parts(ruleset: Ruleset, streak: int) -> tuple[Part, ...]:
    """Return what a claim earns before multipliers: base + min(bonus × (streak − 1), most)."""
    rules = ruleset.rules.daily
    bonus = min(rules.streak_bonus_xp * (streak - 1), rules.max_streak_bonus_xp)
    base = Part("base", rules.base_xp)
    return (base, Part("streak", bonus)) if bonus else (base,)


def decide_daily(view: View, fact: DailyClaimRequested, catalogue: Catalogue) -> Decision[DailyAnswer]:
    """Decide a claim: book it, pay it, count it for the goal, and pay the goal if this claim reaches it.

    Raises:
        LevelingOffError: Leveling is off in the guild.
        EarnsNothingError: The member earns nothing in the guild.
        AlreadyClaimedError: The day is claimed already.
    """
    ruleset = view.rules(fact.guild_id)
    if not ruleset.enabled:
        raise LevelingOffError
    if ruleset.scope is not None:
        refusal = ruleset.scope.refuse_member(fact.user_id, fact.role_ids)
        if refusal is not None:
            raise EarnsNothingError(refusal=refusal.reason, rule=refusal.rule, id_=refusal.id)
    key = MemberKey(fact.guild_id, fact.user_id)
    member = view.member(key)
    booking = _book(member, fact, ruleset)
    day_key = goal_key(fact.guild_id, booking.booked_on)
    goal = view.goal(day_key)
    stamp = Stamp(
        fact.at,
        fact.guild_id,
        fact.channel_id,
        fact.event_id,
        thread_id=fact.thread_id,
        day_on=ruleset.ledger_day_of(fact.at),
    )
    draft = copy.copy(member)
    lines: list[LedgerLine] = []
    note_present(draft, fact.user_id, stamp, lines)
    claimed = _claim(draft, booking, ruleset, stamp, fact.role_ids)
    lines.append(stamp.line(fact.user_id, claimed))
    lines.append(stamp.line(fact.user_id, _streak_outcome(member, booking)))
    drafts: dict[MemberKey, MemberRecord] = {key: draft}
    bonus_xp = 0
    if booking.booked_on != member.last_claim_on:
        goal = count_claimer(goal, fact.user_id, fact.human_members, fact.at, ruleset)
        bonus_xp = _settle_goal(view, fact, booking.booked_on, goal, drafts, stamp=stamp, lines=lines)
    progress = _settle_all(view, fact, drafts, ruleset, catalogue, stamp=stamp, lines=lines)
    lost = 0 if booking.extended else member.streak
    answer = DailyAnswer(
        xp=claimed.xp,
        parts=claimed.parts,
        multipliers=claimed.multipliers,
        combine=claimed.combine,
        streak=draft.streak,
        lost_streak=lost,
        longest_streak=draft.longest_streak,
        recovered=booking.recovered,
        next_claim_at=next_claim_at(draft, ruleset.zone),
        goal=get_daily_goal_state(goal, booking.booked_on, fact.human_members, ruleset),
        goal_bonus_xp=bonus_xp,
        progress=progress,
    )
    writes: dict[Key, Record] = dict([*drafts.items(), (day_key, goal)])
    return Decision(answer, writes, lines)


def _book(member: MemberRecord, fact: DailyClaimRequested, ruleset: Ruleset) -> Booking:
    hours = ruleset.rules.daily.recovery_hours
    booking = book_claim(member, fact.at, ruleset.zone, hours, ruleset.pardoned_on)
    if booking is None:
        at = next_claim_at(member, ruleset.zone)
        seconds_left = -(-(at - fact.at) // MS_PER_SECOND)
        raise AlreadyClaimedError(
            next_claim_at=at,
            seconds_left=seconds_left,
            streak=live_streak(member, fact.at, ruleset.zone, hours, ruleset.pardoned_on),
        )
    return booking


def _claim(
    draft: MemberRecord, booking: Booking, ruleset: Ruleset, stamp: Stamp, role_ids: tuple[int, ...]
) -> DailyClaimed:
    """Book the claim on the draft and pay it; return the outcome."""
    parts = daily_parts(ruleset, booking.streak)
    award = multiply_award(draft, ruleset, sum(part.xp for part in parts), stamp.at, role_ids)
    gained = add_xp(draft, award.xp)
    counters = {"dailies": 1}
    if booking.streak != draft.streak:
        counters["streak"] = booking.streak - draft.streak
    draft.dailies += 1
    draft.streak = booking.streak
    draft.longest_streak = max(draft.longest_streak, booking.streak)
    draft.last_claim_at = stamp.at
    draft.last_claim_on = booking.booked_on
    draft.last_claim_zone = ruleset.zone.key
    return DailyClaimed(
        xp=gained,
        source="daily",
        counters=counters,
        booked_on=booking.booked_on,
        zone=ruleset.zone.key,
        streak=booking.streak,
        parts=parts,
        multipliers=award.multipliers,
        combine=award.combine,
        recovered=booking.recovered,
    )


def _streak_outcome(member: MemberRecord, booking: Booking) -> StreakExtended | StreakStarted:
    if booking.extended:
        return StreakExtended(streak_from=member.streak, streak_to=booking.streak)
    return StreakStarted(streak_from=member.streak)


def _settle_goal(
    view: View,
    fact: DailyClaimRequested,
    day_on: int,
    goal: GoalRecord,
    drafts: dict[MemberKey, MemberRecord],
    *,
    stamp: Stamp,
    lines: list[LedgerLine],
) -> int:
    """Pay whoever is due the goal's bonus now; return what the claimer got."""
    if not goal.reached_at:
        return 0
    own = MemberKey(fact.guild_id, fact.user_id)
    if goal.early[-1:] != (fact.user_id,) or goal.claimers != len(goal.early):
        return pay_goal_bonus(drafts[own], fact.user_id, goal.bonus_xp, stamp, lines)
    reached = GoalReached(day_on=day_on, target=goal.target, bonus_xp=goal.bonus_xp)
    lines.append(stamp.line(0, reached))
    others = [MemberKey(fact.guild_id, user_id) for user_id in goal.early[: PAID_AT_ONCE - 1]]
    view.require(others)
    for key in others:
        if key not in drafts:
            drafts[key] = copy.copy(view.member(key))
            pay_goal_bonus(drafts[key], key.user_id, goal.bonus_xp, stamp, lines)
    return pay_goal_bonus(drafts[own], fact.user_id, goal.bonus_xp, stamp, lines)


def _settle_all(
    view: View,
    fact: DailyClaimRequested,
    drafts: dict[MemberKey, MemberRecord],
    ruleset: Ruleset,
    catalogue: Catalogue,
    *,
    stamp: Stamp,
    lines: list[LedgerLine],
) -> Progress:
    """Settle everyone whose XP changed; return the claimer's own progress."""
    own = Progress(1, 1)
    for key, draft in drafts.items():
        xp_before = view.member(key).xp
        source = "daily" if key.user_id == fact.user_id else "goal"
        progress = sync_user_progress(
            draft, key.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines, source=source
        )
        if key.user_id == fact.user_id:
            own = progress
    return own
