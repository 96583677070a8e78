"""What a message earns, and what a command counts for. The path of every message: kept short."""

from __future__ import annotations

import copy
from typing import NamedTuple

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.awards import multiply_award
from leveling_core.ceilings import CEILING_RULES, Ceilings, EarnedRecord, Room
from leveling_core.counting import count_message
from leveling_core.decision import Decision, View
from leveling_core.documents import Record
from leveling_core.facts import CommandCompleted, MessagePosted
from leveling_core.ids import Key, MemberKey, channel_key, earned_key, instant_of, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import Ceiling, LedgerLine, Part, XpGained
from leveling_core.rules import Ruleset
from leveling_core.scope import NOWHERE, SCOPE_REFUSALS, Place
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
    "CEILING",
    "COOLDOWN",
    "COUNTED_REFUSALS",
    "LEVELING_OFF",
    "OLDER_THAN_AWARD",
    "REFUSALS",
    "MessageAnswer",
    "decide_command",
    "decide_message",
    "record_xp_event",
    "refuse_at_ceiling",
    "roll_message_xp",
    "turn_away",
]

ALREADY_COUNTED = "already_counted"
CEILING = "ceiling"
COOLDOWN = "cooldown"
LEVELING_OFF = "leveling_off"
OLDER_THAN_AWARD = "older_than_award"

COUNTED_REFUSALS = (OLDER_THAN_AWARD, COOLDOWN, CEILING)
"""Why a message earns nothing though it is counted: the next award's line tells how many there were."""

REFUSALS = (LEVELING_OFF, *SCOPE_REFUSALS, ALREADY_COUNTED, *COUNTED_REFUSALS)
"""Why a message earns nothing: all reasons there are, in the order in which they are looked at."""

_NO_REFUSALS: dict[str, int] = {}


class MessageAnswer(msgspec.Struct, frozen=True, gc=False):
    """What became of a message.

    Attributes:
        xp: What it earned, without the rewards of achievements.
        refusal: Why it earned nothing: one of ``REFUSALS``; "" if it earned.
        wait_ms: For a cooldown: how long a message would still have to wait.
        progress: What the award led to.
        refused_by: The rule that turned it away, such as ``scope.no_xp_channels``; "" where none did.
        until_at: For a ceiling: the first instant (ms UTC) at which messages earn again.
        most_xp: For a ceiling: how high it is.
        refused_id: Which channel, category, thread, role or member of that rule it is, 0 for none.
    """

    xp: int = 0
    refusal: str = ""
    wait_ms: int = 0
    progress: Progress | None = None
    refused_by: str = ""
    refused_id: int = 0
    until_at: int = 0
    most_xp: int = 0


_OFF = MessageAnswer(refusal=LEVELING_OFF)
_SEEN: Decision[MessageAnswer] = Decision(MessageAnswer(refusal=ALREADY_COUNTED))


def roll_message_xp(ruleset: Ruleset, dice: int) -> int:
    """Scale the dice (``0 .. 2**32 - 1``) to a uniform integer in the guild's range of message XP."""
    return ruleset.message_min_xp + (dice * ruleset.message_span >> 32)


def record_xp_event(
    draft: MemberRecord, fact: MessagePosted, ruleset: Ruleset, stamp: Stamp, room: Room | None = None
) -> tuple[int, LedgerLine]:
    """Award a message's XP to the draft, no more than there is room for below the guild's ceilings.

    Args:
        draft: The member's record.
        fact: The message.
        ruleset: The guild's rules.
        stamp: What the line shares with others.
        room: What the guild's ceilings leave, None where it has none.

    Returns:
        The XP, and the line that says how it came about.
    """
    roll = roll_message_xp(ruleset, fact.dice)
    award = multiply_award(
        draft,
        ruleset,
        roll,
        stamp.at,
        fact.role_ids,
        NOWHERE if ruleset.multipliers is None else _place(fact),
    )
    ceiling: Ceiling | None = None
    if room is None:
        gained = add_xp(draft, award.xp)
    else:
        gained = add_xp(draft, min(award.xp, room.xp))
        ceiling = room.ceiling if gained == room.xp else None
    outcome = XpGained(
        xp=gained,
        source="message",
        parts=(Part("roll", roll),),
        multipliers=award.multipliers,
        combine=award.combine,
        refused=draft.refused,
        counters=take_counters(draft),
        ceiling=ceiling,
    )
    draft.refused = _NO_REFUSALS
    return gained, stamp.line(fact.user_id, outcome)


def decide_message(view: View, fact: MessagePosted, catalogue: Catalogue) -> Decision[MessageAnswer]:
    """Decide what a message earns.

    One that is turned away by where, who or how (``scope``) counts for nothing and writes nothing. Any other
    is counted once. Inside the cooldown (by the messages' own timestamps, since the last one
    that earned), and once a ceiling is reached, it earns nothing and writes no ledger line: the next award's
    line tells of it.
    """
    rules_record = view.rules_record(fact.guild_id)
    ruleset = rules_record.ruleset
    if not ruleset.enabled or ruleset.scope is not None:
        turned_away = turn_away(fact, ruleset)
        if turned_away is not None:
            return Decision(turned_away)
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
        answer = _too_early(ruleset, since_award_ms)
        return _refused(draft, fact, ruleset, catalogue, answer, writes=writes, may_unlock=may_unlock)
    bound = _find_bound(view, fact, at, ruleset)
    if bound is not None and not bound.room.xp:
        answer = refuse_at_ceiling(bound.room.ceiling)
        return _refused(draft, fact, ruleset, catalogue, answer, writes=writes, may_unlock=may_unlock)

    stamp = _stamp(fact, at, ruleset)
    lines: list[LedgerLine] = []
    note_present(draft, fact.user_id, stamp, lines)
    xp_before = draft.xp
    draft.last_award_at = at
    gained, line = record_xp_event(draft, fact, ruleset, stamp, None if bound is None else bound.room)
    lines.append(line)
    if bound is not None:
        writes[bound.key] = bound.ceilings.after(bound.earned, gained)
    progress = sync_user_progress(
        draft, fact.user_id, xp_before, ruleset, catalogue, stamp=stamp, lines=lines
    )
    return Decision(MessageAnswer(gained, progress=progress), writes, lines)


def turn_away(fact: MessagePosted, ruleset: Ruleset) -> MessageAnswer | None:
    """Return what becomes of a message that does not even count by the rules, or None if it may count."""
    if not ruleset.enabled:
        return _OFF
    if ruleset.scope is None:
        return None
    refusal = ruleset.scope.refuse_message(
        fact.user_id, fact.role_ids, _place(fact), has_ignored_prefix=fact.has_ignored_prefix
    )
    if refusal is None:
        return None
    return MessageAnswer(refusal=refusal.reason, refused_by=refusal.rule, refused_id=refusal.id)


def refuse_at_ceiling(ceiling: Ceiling) -> MessageAnswer:
    """Return what becomes of a message once a ceiling is reached, until its period ends."""
    rule = CEILING_RULES[ceiling.period]
    return MessageAnswer(refusal=CEILING, refused_by=rule, until_at=ceiling.ends_at, most_xp=ceiling.xp)


class _Bound(NamedTuple):
    """What a guild's ceilings leave a member, and the record from which that follows."""

    key: Key
    ceilings: Ceilings
    earned: EarnedRecord
    room: Room


def _find_bound(view: View, fact: MessagePosted, at: int, ruleset: Ruleset) -> _Bound | None:
    if ruleset.ceilings is None:
        return None
    key = earned_key(fact.guild_id, fact.user_id)
    earned = view.earned(key).as_of(at, ruleset.day_of(at))
    return _Bound(key, ruleset.ceilings, earned, ruleset.ceilings.narrowest(earned))


def _place(fact: MessagePosted) -> Place:
    return Place(fact.channel_id, fact.category_id, fact.thread_id, fact.is_post)


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


def _too_early(ruleset: Ruleset, since_award_ms: int) -> MessageAnswer:
    if since_award_ms < 0:
        return MessageAnswer(refusal=OLDER_THAN_AWARD)
    return MessageAnswer(0, COOLDOWN, ruleset.cooldown_ms - since_award_ms)


def _refused(
    draft: MemberRecord,
    fact: MessagePosted,
    ruleset: Ruleset,
    catalogue: Catalogue,
    answer: MessageAnswer,
    *,
    writes: dict[Key, Record],
    may_unlock: bool,
) -> Decision[MessageAnswer]:
    """Refuse a counted message its XP; what it counted for may unlock an achievement all the same."""
    draft.refused = {**draft.refused, answer.refusal: draft.refused.get(answer.refusal, 0) + 1}
    if draft.present and not may_unlock:
        return Decision(answer, writes)
    lines: list[LedgerLine] = []
    stamp = _stamp(fact, fact.at, ruleset)
    note_present(draft, fact.user_id, stamp, lines)
    progress = sync_user_progress(draft, fact.user_id, draft.xp, ruleset, catalogue, stamp=stamp, lines=lines)
    return Decision(msgspec.structs.replace(answer, progress=progress), writes, lines)


def decide_command(view: View, fact: CommandCompleted, catalogue: Catalogue) -> Decision[Progress]:
    """Count a command that succeeded, and unlock what that earns. It writes no line unless something is.

    Those of a member who earns nothing count for nothing.
    """
    ruleset = view.rules(fact.guild_id)
    if not ruleset.enabled:
        return Decision(NO_PROGRESS)
    if ruleset.scope is not None and ruleset.scope.refuse_member(fact.user_id, fact.role_ids):
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
