"""XP by hand: what somebody gives, takes or sets, and taking that back.

Each change is a batch with a record of its own, written in the same commit: it tells all that undoing needs,
and that it is undone. Levels, achievements and their rewards follow as after any other event. Achievements
are never lost by XP that is taken; only an undo revokes what the undone change had unlocked.
"""

from __future__ import annotations

import copy

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.amounts import check_amount
from leveling_core.decision import Decision, View
from leveling_core.documents import BatchRecord, BatchUnlock, HandRecord, Record
from leveling_core.errors import (
    BatchUndoneError,
    NothingToUndoError,
    ReasonTooLongError,
    SetSinceError,
    UnknownMemberError,
)
from leveling_core.facts import XpChangeRequested, XpUndoRequested
from leveling_core.ids import Key, MemberKey, batch_key, hand_key, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import AchievementUnlocked, AdjustMode, LedgerLine, XpAdjusted
from leveling_core.revoking import find_propped_up, revoke_unlocks
from leveling_core.rules import Ruleset
from leveling_core.settle import Progress, Stamp, add_xp, sync_user_progress

__all__ = [
    "MAX_REASON_LENGTH",
    "SOURCE",
    "UndoneChange",
    "XpChange",
    "decide_xp_change",
    "decide_xp_undo",
    "undo_batch_of",
    "xp_batch_of",
]

MAX_REASON_LENGTH = 200
"""So many characters of a reason are kept."""

SOURCE = "admin"
"""The source of XP by hand."""


class UndoneChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was taken back.

    Attributes:
        mode: How it had changed the XP.
        changed_xp: By how much, without the rewards of achievements.
        at: When, ms UTC.
        revoked: Achievements that it had unlocked and that went with it.
        stays: Achievements that were unlocked since and would not have been without it: they stay.
    """

    mode: AdjustMode
    changed_xp: int
    at: int
    revoked: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


class XpChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a change by hand came to.

    Attributes:
        user_id: The member.
        mode: What was asked for.
        asked_xp: The change that was asked for, negative for what was to be taken.
        changed_xp: The change that was possible; another one only where the bounds of XP are in the way.
        rewards_xp: What achievements brought beside it, or what went with those revoked.
        xp_before: The member's XP before.
        xp_after: The member's XP after all of it.
        progress: Levels and achievements that followed.
        reason: Why.
        is_enabled: Whether leveling is on in the guild.
        undone: What was taken back, None for a change that takes nothing back.
    """

    user_id: int
    mode: AdjustMode
    asked_xp: int
    changed_xp: int
    rewards_xp: int
    xp_before: int
    xp_after: int
    progress: Progress
    reason: str = ""
    is_enabled: bool = True
    undone: UndoneChange | None = None


def xp_batch_of(event_id: int) -> str:
    """Name the batch of a change by hand, by the event that asked for it."""
    return f"xp:{event_id}"


def undo_batch_of(event_id: int) -> str:
    """Name the batch of an undo, by the event that asked for it."""
    return f"undo:{event_id}"


def _asked_change(fact: XpChangeRequested, xp: int) -> int:
    """Return the change of XP that is asked for.

    Raises:
        AmountError: The amount is out of bounds.
        ReasonTooLongError: The reason is longer than what is kept.
    """
    if len(fact.reason) > MAX_REASON_LENGTH:
        raise ReasonTooLongError(length=len(fact.reason), most=MAX_REASON_LENGTH)
    if fact.mode == "reset":
        return -xp
    if fact.mode == "set":
        return check_amount(fact.amount_xp, least=0) - xp
    amount = check_amount(fact.amount_xp)
    return amount if fact.mode == "give" else -amount


def decide_xp_change(view: View, fact: XpChangeRequested, catalogue: Catalogue) -> Decision[XpChange]:
    """Change a member's XP by hand, within ``0 .. MAX_TOTAL_XP``; what changes nothing writes nothing.

    ``set`` sets what the member has before achievements that this unlocks: their rewards come on top.

    Raises:
        AmountError: The amount is out of bounds.
        ReasonTooLongError: The reason is longer than what is kept.
        UnknownMemberError: The member is not in the guild, and nothing is kept.
    """
    key, hand_name = MemberKey(fact.guild_id, fact.user_id), hand_key(fact.guild_id, fact.user_id)
    view.require((key, hand_name, rules_key(fact.guild_id)))
    member, hand, ruleset = view.member(key), view.hand(hand_name), view.rules(fact.guild_id)
    if not fact.in_guild and member == MemberRecord():
        raise UnknownMemberError
    asked_xp = _asked_change(fact, member.xp)
    draft = copy.copy(member)
    changed_xp = add_xp(draft, asked_xp)
    if not changed_xp:
        return Decision(_change_of(fact, member, draft, asked_xp, 0, ruleset))
    batch = xp_batch_of(fact.event_id)
    stamp = Stamp(
        fact.at,
        fact.guild_id,
        cause=fact.event_id,
        actor_id=fact.actor_id,
        batch=batch,
        day_on=ruleset.ledger_day_of(fact.at),
    )
    follow: list[LedgerLine] = []
    progress = sync_user_progress(
        draft, fact.user_id, member.xp, ruleset, catalogue, stamp=stamp, lines=follow, source=SOURCE
    )
    adjusted = XpAdjusted(
        xp=changed_xp,
        source=SOURCE,
        mode=fact.mode,
        requested_xp=asked_xp,
        total_before=member.xp,
        total_xp=draft.xp,
        reason=fact.reason,
    )
    sets = fact.mode in {"set", "reset"}
    record = BatchRecord(
        actor_id=fact.actor_id,
        at=fact.at,
        day_on=ruleset.day_of(fact.at),
        user_id=fact.user_id,
        mode=fact.mode,
        xp=changed_xp,
        unlocked=_unlocks_in(follow),
        number=hand.changes + 1,
        set_before=hand.last_set if sets else "",
    )
    new_hand = HandRecord(hand.changes + 1, batch if sets else hand.last_set)
    return Decision(
        _change_of(fact, member, draft, asked_xp, changed_xp, ruleset, progress),
        {key: draft, batch_key(fact.guild_id, batch): record, hand_name: new_hand},
        [stamp.line(fact.user_id, adjusted), *follow],
    )


def _unlocks_in(lines: list[LedgerLine]) -> tuple[BatchUnlock, ...]:
    return tuple(
        BatchUnlock(outcome.achievement_id, outcome.times_from, outcome.times, outcome.xp)
        for line in lines
        if isinstance(outcome := line.outcome, AchievementUnlocked)
    )


def _change_of(
    fact: XpChangeRequested,
    before: MemberRecord,
    after: MemberRecord,
    asked_xp: int,
    changed_xp: int,
    ruleset: Ruleset,
    progress: Progress | None = None,
) -> XpChange:
    level = ruleset.curve.level_for_xp(before.xp)
    return XpChange(
        user_id=fact.user_id,
        mode=fact.mode,
        asked_xp=asked_xp,
        changed_xp=changed_xp,
        rewards_xp=after.xp - before.xp - changed_xp,
        xp_before=before.xp,
        xp_after=after.xp,
        progress=progress or Progress(level, level),
        reason=fact.reason,
        is_enabled=ruleset.enabled,
    )


def decide_xp_undo(view: View, fact: XpUndoRequested, batch: str, catalogue: Catalogue) -> Decision[XpChange]:
    """Take back a change by hand, once: the XP that it really added, and achievements that hold by it alone.

    What it took back counts on the day on which the change had counted.

    Raises:
        NothingToUndoError: There is no such change.
        BatchUndoneError: It is undone already.
        SetSinceError: The XP was set to a value since, and that is not undone.
    """
    record_key = batch_key(fact.guild_id, batch)
    view.require((record_key, rules_key(fact.guild_id)))
    record, ruleset = view.batch(record_key), view.rules(fact.guild_id)
    if not record.number:
        raise NothingToUndoError
    if record.undone_by:
        raise BatchUndoneError
    key, hand_name = MemberKey(fact.guild_id, record.user_id), hand_key(fact.guild_id, record.user_id)
    view.require((key, hand_name))
    member, hand = view.member(key), view.hand(hand_name)
    _refuse_if_set_since(view, fact.guild_id, batch, record, hand)

    undo = undo_batch_of(fact.event_id)
    stamp = Stamp(
        fact.at,
        fact.guild_id,
        cause=fact.event_id,
        actor_id=fact.actor_id,
        origin="undo",
        correlation=batch,
        batch=undo,
        day_on=record.day_on,
    )
    draft = copy.copy(member)
    # Whatever is added first: what is taken is cut at 0 only where there is really not as much.
    changed_xp = add_xp(draft, -record.xp) if record.xp < 0 else 0
    revoked = revoke_unlocks(draft, record, ruleset, catalogue)
    if record.xp > 0:
        changed_xp = add_xp(draft, -record.xp)
    stays = find_propped_up(member, draft, record, ruleset, catalogue)
    follow: list[LedgerLine] = []
    today = msgspec.structs.replace(stamp, day_on=ruleset.ledger_day_of(fact.at))
    progress = sync_user_progress(
        draft, record.user_id, member.xp, ruleset, catalogue, stamp=today, lines=follow, source=SOURCE
    )
    adjusted = XpAdjusted(
        xp=changed_xp,
        source=SOURCE,
        mode="undo",
        requested_xp=-record.xp,
        total_before=member.xp,
        total_xp=draft.xp,
    )
    answer = XpChange(
        user_id=record.user_id,
        mode="undo",
        asked_xp=-record.xp,
        changed_xp=changed_xp,
        rewards_xp=draft.xp - member.xp - changed_xp,
        xp_before=member.xp,
        xp_after=draft.xp,
        progress=progress,
        is_enabled=ruleset.enabled,
        undone=UndoneChange(
            mode=record.mode,
            changed_xp=record.xp,
            at=record.at,
            revoked=tuple(outcome.achievement_id for outcome in revoked),
            stays=stays,
        ),
    )
    writes: dict[Key, Record] = {
        key: draft,
        record_key: msgspec.structs.replace(record, undone_by=undo),
        hand_name: HandRecord(hand.changes, record.set_before if hand.last_set == batch else hand.last_set),
    }
    user_id = record.user_id
    taken = [stamp.line(user_id, adjusted), *(stamp.line(user_id, outcome) for outcome in revoked)]
    return Decision(answer, writes, [*taken, *follow])


def _refuse_if_set_since(
    view: View, guild_id: int, batch: str, record: BatchRecord, hand: HandRecord
) -> None:
    if not hand.last_set or hand.last_set == batch:
        return
    last = view.batch(batch_key(guild_id, hand.last_set))
    if last.number > record.number:
        raise SetSinceError(mode=last.mode, actor_id=last.actor_id, set_at=last.at)
