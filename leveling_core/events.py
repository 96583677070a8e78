"""Events: times in which XP is multiplied, from being asked for to being told as over.

What an event multiplies follows from the rules and a message's own timestamp alone. That its beginning and
its end are told, each once, is what the record of running events is for: whoever looks at the clock has what
is due committed as ledger lines, and whoever announces follows the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.documents import EventsRecord, Record, RunningEvent
from leveling_core.earning_rules import (
    MAX_EVENT_MS,
    MAX_EVENT_NAME,
    MAX_EVENTS,
    MAX_OPEN_EVENTS,
    ScheduledEvent,
    is_event_name,
)
from leveling_core.event_errors import (
    EventExistsError,
    EventLengthError,
    EventNameError,
    EventTimeError,
    NoSuchEventError,
    SeveralEventsError,
    TooManyEventsError,
)
from leveling_core.facts import EventStartRequested, EventStopRequested
from leveling_core.ids import Key, events_key, rules_key
from leveling_core.outcomes import EventEnded, EventStarted, LedgerLine
from leveling_core.periods import MS_PER_DAY, MS_PER_SECOND
from leveling_core.rule_changes import decide_rules_edit, entries_of
from leveling_core.rules import Ruleset
from leveling_core.settle import Stamp

__all__ = [
    "EVENTS_RULE",
    "REPLIED",
    "EventStarting",
    "EventStopped",
    "decide_event_start",
    "decide_event_stop",
    "decide_events_due",
    "list_open_events",
    "next_due_at",
]

EVENTS_RULE: Final = "events.scheduled"

REPLIED: Final = "reply"
"""The source of what the reply to a command has told of, in the place where the event was asked for."""

EVENT_KEPT_MS = 8 * MS_PER_DAY
"""How long an event that is over stays in the rules, if there is room: messages of its time may be told of
late. It leaves them with the next change."""

MAX_AHEAD_DAYS = 366
MIN_EVENT_MS = 60 * MS_PER_SECOND


class EventStarting(msgspec.Struct, frozen=True):
    """What the request for an event came to.

    Attributes:
        event: The event.
        runs: Whether it runs from now on; else it is to come.
        overlapping: Names of other events that run at some moment of it.
    """

    event: RunningEvent
    runs: bool
    overlapping: tuple[str, ...]


class EventStopped(msgspec.Struct, frozen=True):
    """What the end of an event came to: it, and whether it had begun."""

    event: RunningEvent
    had_begun: bool


def _whole_second(at: int) -> int:
    return at - at % MS_PER_SECOND


def _running(event: ScheduledEvent, until_at: int | None = None) -> RunningEvent:
    return RunningEvent(
        name=event.name,
        factor=f"{event.factor:f}",
        from_at=event.from_at,
        until_at=event.until_at if until_at is None else until_at,
        channel_id=event.channel_id,
    )


def _identity(event: RunningEvent) -> tuple[int, str]:
    return event.from_at, event.name.casefold()


def list_open_events(events: Iterable[ScheduledEvent], at: int) -> list[ScheduledEvent]:
    """Return the events that run at an instant (ms UTC) or are to come, in the order in which they begin."""
    return [event for event in events if event.until_at > at]


def _started(event: RunningEvent, source: str = "") -> EventStarted:
    return EventStarted(
        name=event.name,
        factor=event.factor,
        from_at=event.from_at,
        until_at=event.until_at,
        source=source,
    )


def _ended(event: RunningEvent, *, stopped: bool, source: str = "") -> EventEnded:
    return EventEnded(
        name=event.name,
        factor=event.factor,
        from_at=event.from_at,
        until_at=event.until_at,
        stopped=stopped,
        source=source,
    )


def _plain(events: Iterable[ScheduledEvent]) -> list[dict[str, object]]:
    return [event.model_dump(mode="json") for event in events]


def decide_event_start(view: View, fact: EventStartRequested) -> Decision[EventStarting]:
    """Begin an event, or have it begin later. The start of one that begins at once is a line of this commit.

    Raises:
        EventNameError: It cannot be called so.
        EventLengthError: It would last too short or too long.
        EventTimeError: It would begin in the past, or too far ahead.
        EventExistsError: One of the name runs, or is to come.
        TooManyEventsError: The guild has as many as it can.
        RuleUnusableError: The events as they are stored cannot be used.
    """
    key = events_key(fact.guild_id)
    view.require((key, rules_key(fact.guild_id)))
    ruleset = view.rules(fact.guild_id)
    now = _whole_second(fact.at)
    from_at = _whole_second(fact.from_at) or now
    _check_request(fact, from_at, now)
    scheduled: tuple[ScheduledEvent, ...] = entries_of(ruleset, EVENTS_RULE)
    there = list_open_events(scheduled, now)
    if any(event.name.casefold() == fact.name.casefold() for event in there):
        raise EventExistsError(event=fact.name)
    if len(there) >= MAX_OPEN_EVENTS:
        raise TooManyEventsError(limit=MAX_OPEN_EVENTS)
    event = ScheduledEvent(
        name=fact.name,
        factor=fact.factor,
        from_at=from_at,
        until_at=from_at + _whole_second(fact.lasts_ms),
        channel_id=fact.channel_id,
    )
    overlapping = tuple(
        other.name for other in there if other.from_at < event.until_at and event.from_at < other.until_at
    )
    runs = event.is_on(fact.at)
    answer = EventStarting(_running(event), runs, overlapping)
    stamp = _stamp(fact, ruleset.ledger_day_of(fact.at))
    events = _room_for([*scheduled, event], now)
    decision = decide_rules_edit(view, {EVENTS_RULE: _plain(events)}, stamp, answer)
    if not runs or not ruleset.enabled:
        return decision
    running = EventsRecord((*view.events(key).running, answer.event))
    line = stamp.line(0, _started(answer.event, source=REPLIED))
    return Decision(answer, {**decision.writes, key: running}, [*decision.lines, line])


def _check_request(fact: EventStartRequested, from_at: int, now: int) -> None:
    if not is_event_name(fact.name):
        raise EventNameError(event=fact.name, limit=MAX_EVENT_NAME)
    if not MIN_EVENT_MS <= fact.lasts_ms <= MAX_EVENT_MS:
        raise EventLengthError(days=MAX_EVENT_MS // MS_PER_DAY)
    if not now - MIN_EVENT_MS <= from_at <= now + MAX_AHEAD_DAYS * MS_PER_DAY:
        raise EventTimeError(from_at=from_at, days=MAX_AHEAD_DAYS)


def _room_for(events: Sequence[ScheduledEvent], now: int) -> list[ScheduledEvent]:
    """Return the events that are kept: those that are over go after a while, or earlier to make room."""
    kept = [event for event in events if event.until_at + EVENT_KEPT_MS > now]
    over = sorted((event for event in kept if event.until_at <= now), key=attrgetter("until_at"))
    gone = over[: max(0, len(kept) - MAX_EVENTS)]
    return [event for event in kept if event not in gone]


def _stamp(fact: EventStartRequested | EventStopRequested, day_on: int) -> Stamp:
    return Stamp(fact.at, fact.guild_id, fact.channel_id, fact.event_id, fact.actor_id, day_on=day_on)


def decide_event_stop(view: View, fact: EventStopRequested) -> Decision[EventStopped]:
    """End an event now, or call off one that is to come.

    Messages from before this moment keep what it brings them, however late they are told of.

    Raises:
        NoSuchEventError: None of the name runs or is to come.
        SeveralEventsError: None is named, and there are several.
        RuleUnusableError: The events as they are stored cannot be used.
    """
    key = events_key(fact.guild_id)
    view.require((key, rules_key(fact.guild_id)))
    ruleset = view.rules(fact.guild_id)
    scheduled: tuple[ScheduledEvent, ...] = entries_of(ruleset, EVENTS_RULE)
    now = _whole_second(fact.at)
    event = _find(list_open_events(scheduled, fact.at), fact.name)
    others = _room_for([other for other in scheduled if other != event], now)
    stamp = _stamp(fact, ruleset.ledger_day_of(fact.at))
    if event.from_at > fact.at:
        answer = EventStopped(_running(event), had_begun=False)
        return decide_rules_edit(view, {EVENTS_RULE: _plain(others)}, stamp, answer)
    if now > event.from_at:
        others.append(event.model_copy(update={"until_at": now}))
    answer = EventStopped(_running(event, until_at=now), had_begun=True)
    decision = decide_rules_edit(view, {EVENTS_RULE: _plain(others)}, stamp, answer)
    before = view.events(key).running
    if not any(_identity(known) == event.identity for known in before):
        return decision  # nobody was told that it had begun
    running = EventsRecord(tuple(known for known in before if _identity(known) != event.identity))
    source = REPLIED if event.channel_id == fact.channel_id else ""
    there = msgspec.structs.replace(stamp, channel_id=event.channel_id)
    line = there.line(0, _ended(answer.event, stopped=True, source=source))
    return Decision(answer, {**decision.writes, key: running}, [*decision.lines, line])


def _find(events: Sequence[ScheduledEvent], name: str) -> ScheduledEvent:
    found = [event for event in events if not name or event.name.casefold() == name.casefold()]
    names = ", ".join(event.name for event in events)
    if len(found) > 1:
        raise SeveralEventsError(names=names)
    if not found:
        raise NoSuchEventError(event=name, names=names or "none")
    return found[0]


def decide_events_due(view: View, guild_id: int, at: int) -> Decision[int]:
    """Tell which events have begun and ended since somebody looked last; answer when to look again.

    One that began and ended unseen is not told of.

    Args:
        view: What the decision sees.
        guild_id: The guild.
        at: Now, ms UTC.

    Returns:
        The next instant at which there is something to do, ms UTC; 0 for none.
    """
    key = events_key(guild_id)
    view.require((key, rules_key(guild_id)))
    ruleset, before = view.rules(guild_id), view.events(key).running
    scheduled = ruleset.rules.events.scheduled
    lines: list[LedgerLine] = []
    running: list[RunningEvent] = []
    by_identity = {event.identity: event for event in scheduled}
    for known in before:
        event = by_identity.get(_identity(known))
        if event is not None and event.is_on(at):
            running.append(_running(event))
        else:
            lines.append(_end_line(ruleset, guild_id, known, event, at))
    known_before = {_identity(known) for known in before}
    for event in scheduled:
        if ruleset.enabled and event.is_on(at) and event.identity not in known_before:
            running.append(_running(event))
            lines.append(_line(ruleset, guild_id, at, event.channel_id, _started(running[-1])))
    due_at = next_due_at(scheduled, running, at, enabled=ruleset.enabled)
    writes: dict[Key, Record] = {key: EventsRecord(tuple(running))} if lines else {}
    return Decision(due_at, writes, lines)


def _line(
    ruleset: Ruleset, guild_id: int, at: int, channel_id: int, outcome: EventStarted | EventEnded
) -> LedgerLine:
    return Stamp(at, guild_id, channel_id, day_on=ruleset.ledger_day_of(at)).line(0, outcome)


def _end_line(
    ruleset: Ruleset, guild_id: int, known: RunningEvent, event: ScheduledEvent | None, at: int
) -> LedgerLine:
    """Return the line of an event that is over, or is in the rules no more."""
    until_at = min(at, known.until_at if event is None else event.until_at)
    over = msgspec.structs.replace(known, until_at=until_at)
    outcome = _ended(over, stopped=until_at < known.until_at)
    return _line(ruleset, guild_id, until_at, known.channel_id, outcome)


def next_due_at(
    events: Sequence[ScheduledEvent], running: Iterable[RunningEvent], at: int, *, enabled: bool
) -> int:
    """Return when ``decide_events_due`` next has something to do, ms UTC: ``at`` for now, 0 for never.

    Args:
        events: The guild's events, as its rules name them.
        running: Those whose beginning was told.
        at: Now, ms UTC.
        enabled: Whether leveling is on in the guild: else no beginning is told.
    """
    told, named = {_identity(event) for event in running}, {event.identity for event in events}
    due = [at for identity in told if identity not in named]
    for event in events:
        if event.identity in told:
            due.append(event.until_at)
        elif enabled and at < event.until_at:
            due.append(event.from_at)
    return min((max(instant, at) for instant in due), default=0)
