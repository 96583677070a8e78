"""Settling: after XP or a counter changed, levels and achievements follow, until nothing changes any more."""

from __future__ import annotations

import logging

import msgspec

from leveling_core.achievements import Catalogue
from leveling_core.boosts import boost_days
from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.member import Counters, MemberRecord, Unlock
from leveling_core.outcomes import (
    AchievementUnlocked,
    LedgerLine,
    LevelLost,
    LevelReached,
    MemberReturned,
    Outcome,
)
from leveling_core.rules import Ruleset

__all__ = [
    "NO_PROGRESS",
    "Progress",
    "Stamp",
    "add_xp",
    "check_and_award_achievements",
    "handle_level_up",
    "note_present",
    "sync_user_progress",
    "take_counters",
]

log = logging.getLogger(__name__)


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """Where and why lines of one decision belong: what they all share (see ``LedgerLine``).

    ``day_on`` comes from ``Ruleset.ledger_day_of``.
    """

    at: int
    guild_id: int
    channel_id: int = 0
    cause: int = 0
    actor_id: int = 0
    origin: str = "live"
    correlation: str = ""
    batch: str = ""
    thread_id: int = 0
    day_on: int = 0

    def line(self, user_id: int, outcome: Outcome) -> LedgerLine:
        """Write a line of this stamp; ``user_id`` 0 is the guild as a whole."""
        return LedgerLine(
            at=self.at,
            guild_id=self.guild_id,
            user_id=user_id,
            outcome=outcome,
            channel_id=self.channel_id,
            thread_id=self.thread_id,
            cause=self.cause,
            actor_id=self.actor_id,
            origin=self.origin,
            correlation=self.correlation,
            batch=self.batch,
            day_on=self.day_on,
        )


class Progress(msgspec.Struct, frozen=True, gc=False):
    """What an award led to: levels before and after by the guild's curve, and ids of new achievements."""

    level_from: int
    level_to: int
    unlocked: tuple[str, ...] = ()


NO_PROGRESS = Progress(0, 0)
"""The progress of what led to nothing at all, such as an event while leveling is off."""


def add_xp(draft: MemberRecord, xp: int) -> int:
    """Add XP to a draft, within ``0 .. MAX_TOTAL_XP``; return what was really added."""
    before = draft.xp
    draft.xp = min(max(before + xp, 0), MAX_TOTAL_XP)
    return draft.xp - before


def note_present(draft: MemberRecord, user_id: int, stamp: Stamp, lines: list[LedgerLine]) -> None:
    """Put a member who was taken for gone back on the boards: whoever does something is in the guild."""
    if not draft.present:
        draft.present, draft.presence_at = True, stamp.at
        lines.append(stamp.line(user_id, MemberReturned()))


def take_counters(draft: MemberRecord) -> dict[str, int]:
    """Return how the activity counters changed since the last award of a message, and mark them as told."""
    told, changes = draft.ledgered, dict[str, int]()
    if change := draft.messages - told.messages:
        changes["messages"] = change
    if change := draft.images - told.images:
        changes["images"] = change
    if change := draft.links - told.links:
        changes["links"] = change
    if change := draft.long_messages - told.long_messages:
        changes["long_messages"] = change
    if change := draft.commands - told.commands:
        changes["commands"] = change
    draft.ledgered = Counters(draft.messages, draft.images, draft.links, draft.long_messages, draft.commands)
    return changes


def check_and_award_achievements(
    draft: MemberRecord, user_id: int, ruleset: Ruleset, catalogue: Catalogue, stamp: Stamp
) -> list[LedgerLine]:
    """Unlock all that the draft has earned, rewards included, until nothing more is; return the lines.

    A repeatable achievement unlocks at most once per settling and id (``facts``): its count then jumps to
    what was earned. One that fails to evaluate is logged and passed over; the award stands.
    """
    lines: list[LedgerLine] = []
    done: set[str] = set()
    while True:
        earned, failures = catalogue.newly_earned(
            draft,
            level=ruleset.curve.level_for_xp(draft.xp),
            boost_days=boost_days(draft, stamp.at),
            at=stamp.at,
        )
        if not earned and not failures:
            return lines
        for failure in failures:
            log.error("achievement %s could not be checked: %s", failure.achievement_id, failure.problem)
        fresh = [(definition, times) for definition, times in earned if definition.id not in done]
        if not fresh:
            return lines
        for definition, times in fresh:
            done.add(definition.id)
            lines.append(_unlock(draft, user_id, definition.id, definition.xp, times, stamp))


def _unlock(
    draft: MemberRecord, user_id: int, achievement_id: str, reward_xp: int, times: int, stamp: Stamp
) -> LedgerLine:
    before = draft.achievements.get(achievement_id)
    new = times - (before.times if before else 0)
    unlock = Unlock(before.at if before else stamp.at, times)
    draft.achievements = {**draft.achievements, achievement_id: unlock}
    outcome = AchievementUnlocked(
        xp=add_xp(draft, reward_xp * new),
        source="achievement",
        achievement_id=achievement_id,
        times=times,
        times_from=before.times if before else 0,
        counters={} if before else {"achievements": 1},
    )
    return stamp.line(user_id, outcome)


def handle_level_up(
    draft: MemberRecord, user_id: int, xp_before: int, ruleset: Ruleset, stamp: Stamp, source: str = ""
) -> tuple[int, int, LedgerLine | None]:
    """Compare levels before and after by today's curve; return both, and the line if they differ.

    XP only falls by hand; then the line tells which level was lost.
    """
    level_from = ruleset.curve.level_for_xp(xp_before)
    level_to = ruleset.curve.level_for_xp(draft.xp)
    if level_to == level_from:
        return level_from, level_to, None
    kind = LevelReached if level_to > level_from else LevelLost
    outcome = kind(source=source, level_from=level_from, level_to=level_to, total_xp=draft.xp)
    return level_from, level_to, stamp.line(user_id, outcome)


def sync_user_progress(
    draft: MemberRecord,
    user_id: int,
    xp_before: int,
    ruleset: Ruleset,
    catalogue: Catalogue,
    *,
    stamp: Stamp,
    lines: list[LedgerLine],
    source: str = "",
) -> Progress:
    """Settle a member's draft: unlock what is earned, note the level reached or lost once, append the lines.

    Args:
        draft: The record being changed, XP and counters of the event already applied.
        user_id: The member.
        xp_before: The total before the event.
        ruleset: The guild's rules.
        catalogue: The achievements.
        stamp: What the lines share.
        lines: Receives the new lines.
        source: What the event was, for the line of a level: ``daily`` tells of it in its own answer.
    """
    unlocked = check_and_award_achievements(draft, user_id, ruleset, catalogue, stamp)
    level_from, level_to, level_line = handle_level_up(draft, user_id, xp_before, ruleset, stamp, source)
    lines.extend(unlocked)
    if level_line is not None:
        lines.append(level_line)
    if not unlocked:
        return Progress(level_from, level_to)
    ids = tuple(
        line.outcome.achievement_id for line in unlocked if isinstance(line.outcome, AchievementUnlocked)
    )
    return Progress(level_from, level_to, ids)
