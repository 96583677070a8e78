"""Announcing: which ledger lines are told where, and the record of what is on its way.

Planning is pure: lines and rules in, posts out. Sending belongs to whoever talks to people; before it sends
it commits what it is about to send, so that after a crash the same messages go out under the same nonces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.documents import AnnouncementsRecord, Delivery, Trouble
from leveling_core.events import REPLIED
from leveling_core.ids import announcements_key, rules_key
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    EventEnded,
    EventStarted,
    GoalReached,
    LedgerLine,
    LevelLost,
    LevelReached,
    RulesChanged,
)
from leveling_core.rewards import RewardRules, rewards_between
from leveling_core.rule_changes import list_rules, rule_value
from leveling_core.rules import AnnouncementRules

__all__ = [
    "ANNOUNCED_KINDS",
    "CANCELLING_KINDS",
    "EventNotice",
    "GoalNotice",
    "MemberNotice",
    "Notice",
    "Post",
    "Unlocked",
    "changed_targets",
    "decide_audited",
    "decide_delivered",
    "decide_sending",
    "decide_targets_changed",
    "decide_trouble",
    "nonce_of",
    "plan_posts",
    "split_interrupted",
]

ANNOUNCED_KINDS = frozenset(
    {"level_reached", "achievement_unlocked", "goal_reached", "event_started", "event_ended"}
)
"""The kinds of outcomes that can be announced."""

CANCELLING_KINDS = frozenset({"level_lost", "achievement_revoked"})
"""The kinds of outcomes after which something that is not announced yet is not any more."""

LEVEL_RULE, ACHIEVEMENT_RULE, GOAL_RULE, EVENT_RULE = (
    "announcements.level",
    "announcements.achievement",
    "announcements.goal",
    "announcements.event",
)

TARGETS = frozenset(info.name for info in list_rules() if info.target_words)
"""The rules that name a channel."""

NONCE_BYTES = 8
"""A nonce in hexadecimal takes 16 of the 25 characters that Discord allows; a part's number follows it."""

MS_A_MINUTE = 60_000

NO_REWARDS = RewardRules()


class Unlocked(msgspec.Struct, frozen=True):
    """An achievement that a post tells of; ``times`` counts a repeatable one."""

    achievement_id: str
    times: int = 1


class MemberNotice(msgspec.Struct, frozen=True):
    """What a post tells of one member.

    Attributes:
        user_id: The member.
        level: The level reached, None for none.
        unlocked: Achievements, in order.
        role_ids: Roles that the levels up to this one earned, lowest level first.
    """

    user_id: int
    level: int | None = None
    unlocked: tuple[Unlocked, ...] = ()
    role_ids: tuple[int, ...] = ()


class GoalNotice(msgspec.Struct, frozen=True):
    """A post tells that the guild reached its goal of the day."""

    target: int
    bonus_xp: int


class EventNotice(msgspec.Struct, frozen=True):
    """A post tells that an event has begun, or is over.

    Attributes:
        name: As its admins called it.
        factor: What XP is multiplied by, as text: ``1.5``.
        until_at: The instant after its last, ms UTC.
        over: Whether it is.
    """

    name: str
    factor: str
    until_at: int
    over: bool


Notice = MemberNotice | GoalNotice | EventNotice
"""One line of a post."""


class Post(msgspec.Struct, frozen=True):
    """All that is told in one channel at once.

    Attributes:
        channel_id: Where.
        notices: What, in the order in which it happened.
        rules: The rules by which it goes there, by name.
        here: Whether it goes there only because that is where it happened.
    """

    channel_id: int
    notices: tuple[Notice, ...]
    rules: tuple[str, ...]
    here: bool


class _Draft:
    """A post being collected: levels, achievements and roles of one member come together in one notice."""

    def __init__(self, rewards: RewardRules) -> None:
        self._rewards = rewards
        self.of_guild: dict[int, GoalNotice | EventNotice] = {}
        self.levels: dict[int, tuple[int, int]] = {}
        self.unlocked: dict[int, dict[str, int]] = {}
        self.order: list[tuple[str, int]] = []
        self.rules: dict[str, bool] = {}

    def mark(self, rule: str, *, here: bool, entry: tuple[str, int]) -> None:
        """Note by which rule an entry goes here; keep the order of the first time."""
        self.rules[rule] = here
        if entry not in self.order:
            self.order.append(entry)

    def post(self, channel_id: int) -> Post:
        """Return what was collected."""
        notices: list[Notice] = []
        for what, id_ in self.order:
            notices.append(self.of_guild[id_] if what == "guild" else self._notice(id_))
        return Post(channel_id, tuple(notices), tuple(sorted(self.rules)), all(self.rules.values()))

    def _notice(self, user_id: int) -> MemberNotice:
        unlocked = tuple(Unlocked(name, times) for name, times in self.unlocked.get(user_id, {}).items())
        if user_id not in self.levels:
            return MemberNotice(user_id, None, unlocked)
        level_from, level_to = self.levels[user_id]
        return MemberNotice(user_id, level_to, unlocked, rewards_between(self._rewards, level_from, level_to))


def _place(target: str | int, line: LedgerLine) -> int:
    """Return the channel that a rule means for a line, 0 for none."""
    if target == "off":
        return 0
    outcome, there = line.outcome, line.thread_id or line.channel_id
    # The reply to the claim or the command has just told of it, in the same place.
    if isinstance(outcome, LevelReached) and outcome.source == "daily" and target == "here":
        return 0
    if isinstance(outcome, EventStarted | EventEnded) and outcome.source == REPLIED:
        return 0 if target in {"here", there} else int(target)
    return there if isinstance(target, str) else target


def _event_notice(outcome: EventStarted | EventEnded) -> EventNotice:
    return EventNotice(outcome.name, outcome.factor, outcome.until_at, over=isinstance(outcome, EventEnded))


class _Plan:
    def __init__(self, rules: AnnouncementRules, rewards: RewardRules) -> None:
        self._rules = rules
        self._rewards = rewards
        self._drafts: dict[int, _Draft] = {}
        self._level_places: dict[int, int] = {}

    def add(self, lines: Sequence[LedgerLine]) -> None:
        for line in lines:
            if isinstance(line.outcome, LevelReached):
                self._level_places[line.user_id] = _place(self._rules.level, line)
        for line in lines:
            if isinstance(line.outcome, LevelReached):
                self._add_level(line, line.outcome)
            elif isinstance(line.outcome, AchievementUnlocked):
                self._add_achievement(line, line.outcome)
            elif isinstance(line.outcome, GoalReached):
                notice = GoalNotice(line.outcome.target, line.outcome.bonus_xp)
                self._add_of_guild(line, GOAL_RULE, self._rules.goal, notice)
            elif isinstance(line.outcome, EventStarted | EventEnded):
                self._add_of_guild(line, EVENT_RULE, self._rules.event, _event_notice(line.outcome))

    def _draft(self, channel_id: int) -> _Draft:
        return self._drafts.setdefault(channel_id, _Draft(self._rewards))

    def _add_level(self, line: LedgerLine, outcome: LevelReached) -> None:
        place = self._level_places[line.user_id]
        if not place:
            return
        draft = self._draft(place)
        draft.mark(LEVEL_RULE, here=self._rules.level == "here", entry=("member", line.user_id))
        low, high = draft.levels.get(line.user_id, (outcome.level_from, outcome.level_to))
        draft.levels[line.user_id] = min(low, outcome.level_from), max(high, outcome.level_to)

    def _add_achievement(self, line: LedgerLine, outcome: AchievementUnlocked) -> None:
        target, rule = self._rules.achievement, ACHIEVEMENT_RULE
        place = _place(target, line)
        here = target == "here"
        if target == "off":
            place, rule = self._level_places.get(line.user_id, 0), LEVEL_RULE
            here = self._rules.level == "here"
        if not place:
            return
        draft = self._draft(place)
        draft.mark(rule, here=here, entry=("member", line.user_id))
        draft.unlocked.setdefault(line.user_id, {})[outcome.achievement_id] = outcome.times

    def _add_of_guild(
        self, line: LedgerLine, rule: str, target: str | int, notice: GoalNotice | EventNotice
    ) -> None:
        place = _place(target, line)
        if not place:
            return
        draft = self._draft(place)
        draft.mark(rule, here=target == "here", entry=("guild", line.seq))
        draft.of_guild[line.seq] = notice

    def posts(self) -> list[Post]:
        return [draft.post(channel_id) for channel_id, draft in self._drafts.items()]


def plan_posts(
    lines: Iterable[LedgerLine], rules: AnnouncementRules, now: int, rewards: RewardRules = NO_REWARDS
) -> list[Post]:
    """Plan what is announced of ledger lines, one post for each channel, in the order of the lines.

    Only live lines are announced, and none that is older than the rules allow, nor what a later one of the
    lines took back. An achievement that has no place of its own rides along with a level that the same member
    reached among the same lines.

    Args:
        lines: Lines of one guild, ascending by ``seq``.
        rules: The guild's rules of announcements.
        now: The present instant, ms UTC.
        rewards: Which level earns which role.
    """
    oldest_at = now - rules.max_age_minutes * MS_A_MINUTE
    plan = _Plan(rules, rewards)
    plan.add([line for line in _standing(lines) if line.origin == "live" and line.at >= oldest_at])
    return plan.posts()


def _standing(lines: Iterable[LedgerLine]) -> list[LedgerLine]:
    """Return lines without those that a later one took back: levels that were lost, achievements revoked."""
    standing: list[LedgerLine] = []
    for line in lines:
        match line.outcome:
            case LevelLost(level_to=level):
                standing = [one for one in standing if not _tells_of_level_above(one, line.user_id, level)]
            case AchievementRevoked(achievement_id=id_, times=times):
                standing = [one for one in standing if not _tells_of_unlock(one, line.user_id, id_, times)]
            case _:
                standing.append(line)
    return standing


def _tells_of_level_above(line: LedgerLine, user_id: int, level: int) -> bool:
    outcome = line.outcome
    return isinstance(outcome, LevelReached) and line.user_id == user_id and outcome.level_to > level


def _tells_of_unlock(line: LedgerLine, user_id: int, achievement_id: str, times: int) -> bool:
    outcome = line.outcome
    return (
        isinstance(outcome, AchievementUnlocked)
        and line.user_id == user_id
        and outcome.achievement_id == achievement_id
        and outcome.times > times
    )


def nonce_of(guild_id: int, channel_id: int, first_seq: int, last_seq: int, at: int) -> str:
    """Return the nonce of a delivery: the same for the same one, another for any other."""
    named = f"{guild_id}:{channel_id}:{first_seq}:{last_seq}:{at}".encode()
    return hashlib.blake2b(named, digest_size=NONCE_BYTES).hexdigest()


def split_interrupted(
    record: AnnouncementsRecord, lines: Sequence[LedgerLine]
) -> tuple[list[LedgerLine], list[LedgerLine]]:
    """Split lines into those whose sending had begun before, and the others; leave out those already told."""
    fresh = [line for line in lines if line.seq > record.sent_seq]
    end = max((delivery.last_seq for delivery in record.sending.values()), default=0)
    return [line for line in fresh if line.seq <= end], [line for line in fresh if line.seq > end]


def decide_sending(
    view: View, guild_id: int, channel_ids: Collection[int], first_seq: int, last_seq: int, at: int
) -> Decision[None]:
    """Note that posts are about to be sent to these channels, and nothing else any more."""
    key = announcements_key(guild_id)
    sending = {
        str(channel_id): Delivery(
            first_seq=first_seq,
            last_seq=last_seq,
            channel_id=channel_id,
            nonce=nonce_of(guild_id, channel_id, first_seq, last_seq, at),
            at=at,
        )
        for channel_id in channel_ids
    }
    return Decision(None, {key: msgspec.structs.replace(view.announcements(key), sending=sending)})


def decide_delivered(
    view: View, guild_id: int, channel_id: int, last_seq: int, trouble: Trouble | None
) -> Decision[None]:
    """Note that a post is sent, or that it cannot be (``trouble``); after the last one its lines are told."""
    key = announcements_key(guild_id)
    record = view.announcements(key)
    sending = {name: delivery for name, delivery in record.sending.items() if name != str(channel_id)}
    troubles = {name: known for name, known in record.troubles.items() if name != str(channel_id)}
    if trouble is not None:
        troubles[str(channel_id)] = trouble
    sent_seq = record.sent_seq if sending else max(record.sent_seq, last_seq)
    changed = msgspec.structs.replace(record, sending=sending, sent_seq=sent_seq, troubles=troubles)
    return Decision(None, {key: changed})


def decide_trouble(view: View, guild_id: int, trouble: Trouble) -> Decision[None]:
    """Note that a channel cannot be written to, before anyone is told."""
    key = announcements_key(guild_id)
    record = view.announcements(key)
    troubles = {**record.troubles, str(trouble.channel_id): trouble}
    return Decision(None, {key: msgspec.structs.replace(record, troubles=troubles)})


def decide_audited(
    view: View, guild_id: int, channel_id: int, seq: int, trouble: Trouble | None
) -> Decision[None]:
    """Note that the deed of a line is told in the audit channel, or that it cannot be (``trouble``)."""
    key = announcements_key(guild_id)
    record = view.announcements(key)
    troubles = {name: known for name, known in record.troubles.items() if name != str(channel_id)}
    if trouble is not None:
        troubles[str(channel_id)] = trouble
    audit_seq = max(record.audit_seq, seq)
    return Decision(None, {key: msgspec.structs.replace(record, troubles=troubles, audit_seq=audit_seq)})


def changed_targets(lines: Iterable[LedgerLine]) -> bool:
    """Tell whether any of the lines changes where something is announced."""
    return any(
        isinstance(line.outcome, RulesChanged) and not TARGETS.isdisjoint(line.outcome.changes)
        for line in lines
    )


def decide_targets_changed(view: View, guild_id: int) -> Decision[None]:
    """Forget the troubles of channels that, by the rules of now, are named for nothing any more.

    One of a channel where something merely happened is forgotten too: it comes back with the next failure.
    """
    key = announcements_key(guild_id)
    view.require((key, rules_key(guild_id)))
    record, ruleset = view.announcements(key), view.rules(guild_id)
    named = {str(rule_value(ruleset, rule)) for rule in TARGETS}
    troubles = {name: known for name, known in record.troubles.items() if name in named}
    if len(troubles) == len(record.troubles):
        return Decision(None)
    return Decision(None, {key: msgspec.structs.replace(record, troubles=troubles)})
