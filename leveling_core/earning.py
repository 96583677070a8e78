"""What a message earns, and what a command counts for. The path of every message: kept short."""

from __future__ import annotations

import copy

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.boosts import apply_xp_boost
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
    "REFUSALS",
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

REFUSALS = frozenset({COOLDOWN, OLDER_THAN_AWARD})
"""Of these, the reasons for which a message counts all the same; the next award's line tells of it."""

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
    return ruleset.message_min_xp + (dice * ruleset.message_span >> 32)


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
    if not ruleset.enabled:
        return _OFF
    counted_key = channel_key(fact.guild_id, fact.thread_id or fact.channel_id)
    channel = count_message(view.channel(counted_key), fact.message_id, fact.session)
    if channel is None:
        return _SEEN
    key = MemberKey(fact.guild_id, fact.user_id)
    draft = copy.copy(view.member(key))
    writes: dict[Key, Record] = {key: draft, counted_key: channel}
    if not rules_record.version:
        writes[rules_key(fact.guild_id)] = rules_record.begun()
    may_unlock = _count(draft, fact, ruleset, catalogue)
    at = instant_of(fact.message_id)
    since_award_ms = at - draft.last_award_at
    if since_award_ms < ruleset.cooldown_ms and draft.last_award_at:
        return _refused(draft, fact, ruleset, catalogue, since_award_ms, writes=writes, may_unlock=may_unlock)

    stamp = _stamp(fact, at, ruleset)
    lines: list[LedgerLine] = []
    note_present(draft, fact.user_id, stamp, lines)
    xp_before = draft.xp
    draft.last_award_at = at
    gained, line = record_xp_event(draft, fact, ruleset, stamp)
    lines.append(line)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(MessageAnswer(gained, progress=progress), writes, lines)


def _stamp(fact: MessagePosted, at: int, ruleset: Ruleset) -> Stamp:
    return Stamp(
        at,
        fact.guild_id,
        fact.channel_id,
        fact.message_id,
        origin=fact.origin,
        thread_id=fact.thread_id,
        day_on=ruleset.ledger_day_of(at),
    )


def _count(draft: MemberRecord, fact: MessagePosted, ruleset: Ruleset, catalogue: Catalogue) -> bool:
    """Count a message; tell whether a counter came to where it may unlock an achievement."""
    points = catalogue.message_turning_points
    draft.messages += 1
    may_unlock = points is None or draft.messages in points
    if fact.has_image:
        draft.images += 1
        may_unlock = may_unlock or draft.images in (points or ())
    if fact.has_link:
        draft.links += 1
        may_unlock = may_unlock or draft.links in (points or ())
    if fact.length >= ruleset.long_message_length:
        draft.long_messages += 1
        may_unlock = may_unlock or draft.long_messages in (points or ())
    return may_unlock


def _refused(
    draft: MemberRecord,
    fact: MessagePosted,
    ruleset: Ruleset,
    catalogue: Catalogue,
    since_award_ms: int,
    *,
    writes: dict[Key, Record],
    may_unlock: bool,
) -> Decision[MessageAnswer]:
    """Refuse a counted message its XP; what it counted for may unlock an achievement all the same."""
    reason, wait_ms = OLDER_THAN_AWARD, 0
    if since_award_ms >= 0:
        reason, wait_ms = COOLDOWN, ruleset.cooldown_ms - since_award_ms
    draft.refused = {**draft.refused, reason: draft.refused.get(reason, 0) + 1}
    if draft.present and not may_unlock:
        return Decision(MessageAnswer(0, reason, wait_ms), writes)
    lines: list[LedgerLine] = []
    stamp = _stamp(fact, fact.at, ruleset)
    note_present(draft, fact.user_id, stamp, lines)
    progress = sync_user_progress(draft, fact.user_id, draft.xp, ruleset, catalogue, stamp=stamp, lines=lines)
    return Decision(MessageAnswer(0, reason, wait_ms, progress), writes, lines)


def decide_command(view: View, fact: CommandCompleted, catalogue: Catalogue) -> Decision[Progress]:
    """Count a command that succeeded, and unlock what that earns. It writes no line unless something is."""
    ruleset = view.rules(fact.guild_id)
    if not ruleset.enabled:
        return Decision(NO_PROGRESS)
    key = MemberKey(fact.guild_id, fact.user_id)
    draft = copy.copy(view.member(key))
    draft.commands += 1
    xp_before = draft.xp
    lines: list[LedgerLine] = []
    stamp = Stamp(
        fact.at,
        fact.guild_id,
        fact.channel_id,
        fact.event_id,
        thread_id=fact.thread_id,
        day_on=ruleset.ledger_day_of(fact.at),
    )
    note_present(draft, fact.user_id, stamp, lines)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(progress, {key: draft}, lines)
