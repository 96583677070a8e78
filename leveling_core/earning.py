"""What a message earns, and what a command counts for. The path of every message: kept short."""

from __future__ import annotations

import copy

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.boosts import apply_xp_boost, boost_days
from leveling_core.counting import count_message
from leveling_core.decision import Decision, View
from leveling_core.documents import Record
from leveling_core.facts import CommandCompleted, MessagePosted
from leveling_core.ids import Key, MemberKey, channel_key, instant_of, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine, Part, XpGained
from leveling_core.rules import Ruleset
from leveling_core.settle import (
    NO_PROGRESS,
    Progress,
    Stamp,
    add_xp,
    note_present,
    sync_user_progress,
    take_counters,
)

__all__ = [
    "ALREADY_COUNTED",
    "COOLDOWN",
    "LEVELING_OFF",
    "OLDER_THAN_AWARD",
    "MessageAnswer",
    "decide_command",
    "decide_message",
    "record_xp_event",
    "roll_message_xp",
]

ALREADY_COUNTED = "already_counted"
COOLDOWN = "cooldown"
LEVELING_OFF = "leveling_off"
OLDER_THAN_AWARD = "older_than_award"
"""Why a message earned nothing."""

_NO_REFUSALS: dict[str, int] = {}


class MessageAnswer(msgspec.Struct, frozen=True, gc=False):
    """What became of a message.

    Attributes:
        xp: What it earned, without the rewards of achievements.
        refusal: Why it earned nothing: ``cooldown``, ``older_than_award`` (told late: a later
            message has earned), ``leveling_off``, ``already_counted``; "" if it earned.
        wait_ms: For a cooldown: how long a message would still have to wait.
        progress: What the award led to.
    """

    xp: int = 0
    refusal: str = ""
    wait_ms: int = 0
    progress: Progress | None = None


_OFF: Decision[MessageAnswer] = Decision(MessageAnswer(refusal=LEVELING_OFF))
_SEEN: Decision[MessageAnswer] = Decision(MessageAnswer(refusal=ALREADY_COUNTED))


def roll_message_xp(ruleset: Ruleset, dice: int) -> int:
    """Scale the dice (``0 .. 2**32 - 1``) to a uniform integer in the guild's range of message XP."""
    return ruleset.rules.earning.message_min_xp + (dice * ruleset.message_span >> 32)


def record_xp_event(
    draft: MemberRecord, fact: MessagePosted, ruleset: Ruleset, stamp: Stamp
) -> tuple[int, LedgerLine]:
    """Award a message's XP to the draft; return the XP and the line that says how it came about."""
    roll = roll_message_xp(ruleset, fact.dice)
    boosted, multipliers = apply_xp_boost(draft, ruleset, roll)
    gained = add_xp(draft, boosted)
    outcome = XpGained(
        xp=gained,
        source="message",
        parts=(Part("roll", roll),),
        multipliers=multipliers,
        refused=draft.refused,
        counters=take_counters(draft),
    )
    draft.refused = _NO_REFUSALS
    return gained, stamp.line(fact.user_id, outcome)


def decide_message(view: View, fact: MessagePosted, catalogue: Catalogue) -> Decision[MessageAnswer]:
    """Decide what a message earns.

    It is counted in any case, once. Inside the cooldown (by the messages' own timestamps, since the last one
    that earned) it earns nothing and writes no ledger line: the next award's line tells of it.
    """
    rules_record = view.rules_record(fact.guild_id)
    ruleset = rules_record.ruleset
    if not ruleset.rules.general.enabled:
        return _OFF
    channel = count_message(view.channel(fact.guild_id, fact.channel_id), fact.message_id, fact.session)
    if channel is None:
        return _SEEN
    key = MemberKey(fact.guild_id, fact.user_id)
    draft = copy.copy(view.member(key))
    writes: dict[Key, Record] = {key: draft, channel_key(fact.guild_id, fact.channel_id): channel}
    if not rules_record.version:
        writes[rules_key(fact.guild_id)] = rules_record.begun()
    lines: list[LedgerLine] = []
    at = instant_of(fact.message_id)
    stamp = Stamp(at, fact.guild_id, fact.channel_id, fact.message_id, origin=fact.origin)
    if not draft.present:
        note_present(draft, fact.user_id, stamp, lines)
    _count(draft, fact, ruleset)
    since_award_ms = at - draft.last_award_at
    if since_award_ms < ruleset.cooldown_ms and draft.last_award_at:
        reason = COOLDOWN if since_award_ms >= 0 else OLDER_THAN_AWARD
        draft.refused = {**draft.refused, reason: draft.refused.get(reason, 0) + 1}
        wait_ms = ruleset.cooldown_ms - since_award_ms if reason is COOLDOWN else 0
        progress = None
        if _has_earned(draft, ruleset, catalogue, at):
            progress = sync_user_progress(
                draft, fact.user_id, draft.xp, ruleset, catalogue, stamp=stamp, lines=lines
            )
        return Decision(MessageAnswer(0, reason, wait_ms, progress), writes, lines)

    xp_before = draft.xp
    draft.last_award_at = at
    gained, line = record_xp_event(draft, fact, ruleset, stamp)
    lines.append(line)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(MessageAnswer(gained, progress=progress), writes, lines)


def _count(draft: MemberRecord, fact: MessagePosted, ruleset: Ruleset) -> None:
    draft.messages += 1
    if fact.has_image:
        draft.images += 1
    if fact.has_link:
        draft.links += 1
    if fact.length >= ruleset.rules.earning.long_message_length:
        draft.long_messages += 1


def _has_earned(draft: MemberRecord, ruleset: Ruleset, catalogue: Catalogue, at: int) -> bool:
    """Tell whether a counter alone, without any XP, has earned an achievement."""
    level = ruleset.curve.level_for_xp(draft.xp)
    earned, _ = catalogue.newly_earned(draft, level=level, boost_days=boost_days(draft, at), at=at)
    return bool(earned)


def decide_command(view: View, fact: CommandCompleted, catalogue: Catalogue) -> Decision[Progress]:
    """Count a command that succeeded, and unlock what that earns. It writes no line unless something is."""
    ruleset = view.rules(fact.guild_id)
    if not ruleset.rules.general.enabled:
        return Decision(NO_PROGRESS)
    key = MemberKey(fact.guild_id, fact.user_id)
    draft = copy.copy(view.member(key))
    draft.commands += 1
    xp_before = draft.xp
    lines: list[LedgerLine] = []
    stamp = Stamp(fact.at, fact.guild_id, fact.channel_id, fact.event_id)
    note_present(draft, fact.user_id, stamp, lines)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(progress, {key: draft}, lines)
