"""Events: asking for them, ending them, and telling of each beginning and end once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from leveling_core.announcing import EventNotice, Post, plan_posts
from leveling_core.documents import EventsRecord, RulesRecord
from leveling_core.earning import decide_message
from leveling_core.earning_rules import MAX_EVENTS, MAX_OPEN_EVENTS, ScheduledEvent
from leveling_core.errors import RuleError, RuleUnusableError
from leveling_core.event_errors import (
    EventExistsError,
    EventLengthError,
    EventNameError,
    EventTimeError,
    NoSuchEventError,
    SeveralEventsError,
    TooManyEventsError,
)
from leveling_core.events import (
    EVENTS_RULE,
    EventStarting,
    EventStopped,
    decide_event_start,
    decide_event_stop,
    decide_events_due,
    list_open_events,
)
from leveling_core.facts import EventStartRequested, EventStopRequested, MessagePosted
from leveling_core.ids import events_key, rules_key
from leveling_core.outcomes import EventEnded, EventStarted, RulesChanged
from leveling_core.rules import AnnouncementRules
from tests.core.world import ANN, CHANNEL, DAY, GUILD, HOUR, MINUTE, START_AT, World, snowflake

ADMIN, STAFF_ROOM = 42, 79


def _start(
    world: World, at: int = START_AT, name: str = "Weekend", lasts_ms: int = 48 * HOUR, **fields: Any
) -> EventStarting:
    fields.setdefault("factor", Decimal(2))
    fields.setdefault("channel_id", CHANNEL)
    fact = EventStartRequested(
        GUILD, ADMIN, snowflake(at, len(world.lines)), name, lasts_ms=lasts_ms, **fields
    )
    return world.run(partial(decide_event_start, fact=fact))


def _stop(world: World, at: int, name: str = "", channel_id: int = CHANNEL) -> EventStopped:
    fact = EventStopRequested(GUILD, ADMIN, snowflake(at, len(world.lines)), name, channel_id)
    return world.run(partial(decide_event_stop, fact=fact))


def _look(world: World, at: int) -> int:
    return world.run(partial(decide_events_due, guild_id=GUILD, at=at))


def _rules(world: World) -> RulesRecord:
    record = world.records[rules_key(GUILD)]
    assert isinstance(record, RulesRecord)
    return record


def _scheduled(world: World) -> tuple[ScheduledEvent, ...]:
    return _rules(world).ruleset.rules.events.scheduled


def _told(world: World) -> list[tuple[str, str, int]]:
    return [
        (line.outcome.name, type(line.outcome).__name__, line.at)
        for line in world.lines
        if isinstance(line.outcome, EventStarted | EventEnded)
    ]


def _earned(world: World, at: int) -> int:
    fact = MessagePosted(GUILD, ANN, CHANNEL, snowflake(at, 1), 10, False, False, 0, session=at)
    return world.run(partial(decide_message, fact=fact, catalogue=world.catalogue)).xp


def _posts(world: World, now: int, **rules: Any) -> list[Post]:
    return plan_posts(world.lines, AnnouncementRules(**rules), now)


def test_an_event_runs_from_when_it_is_asked_for() -> None:
    """Its beginning is told in the same commit; who asked is in the ledger."""
    world = World()
    started = _start(world, START_AT + 300)
    assert (started.runs, started.event.from_at, started.event.until_at) == (
        True,
        START_AT,
        START_AT + 48 * HOUR,
    )
    assert [type(line.outcome) for line in world.lines] == [RulesChanged, EventStarted]
    assert {line.actor_id for line in world.lines} == {ADMIN}
    assert _earned(world, START_AT + 1000) == 30


def test_it_lasts_exactly_as_long_as_was_said() -> None:
    """By the messages' own timestamps: the last millisecond counts, the next does not."""
    world = World()
    _start(world)
    assert _earned(world, START_AT + 48 * HOUR - 1) == 30
    world = World()
    _start(world)
    assert _earned(world, START_AT + 48 * HOUR) == 15


def test_a_beginning_to_come_is_told_when_it_is_due() -> None:
    """Whoever looks at the clock is told when to look next; each beginning and end is told once."""
    world = World()
    began_at = START_AT + 3 * HOUR
    assert not _start(world, from_at=began_at, lasts_ms=HOUR).runs
    assert _look(world, START_AT + 1) == began_at
    assert _told(world) == []
    assert _look(world, began_at) == began_at + HOUR
    assert _look(world, began_at + MINUTE) == began_at + HOUR
    assert _look(world, began_at + HOUR + MINUTE) == 0
    assert _told(world) == [
        ("Weekend", "EventStarted", began_at),
        ("Weekend", "EventEnded", began_at + HOUR),
    ]


def test_a_missed_beginning_is_told_late_only_while_the_event_runs() -> None:
    """After an outage the beginning is told as of now; an event that is over already is not told of."""
    world = World()
    _start(world, name="Long", from_at=START_AT + HOUR, lasts_ms=DAY)
    _start(world, name="Short", from_at=START_AT + HOUR, lasts_ms=HOUR)
    back_at = START_AT + 5 * HOUR
    _look(world, back_at)
    assert _told(world) == [("Long", "EventStarted", back_at)]
    [post] = _posts(world, back_at)
    assert post.notices == (EventNotice("Long", "2", START_AT + HOUR + DAY, over=False),)


def test_an_end_missed_by_an_outage_is_in_the_ledger_and_announced_no_more() -> None:
    """It is told as of when it was; what is so old is passed over."""
    world = World()
    _start(world, lasts_ms=HOUR)
    _look(world, START_AT + 5 * HOUR)
    assert _told(world)[-1] == ("Weekend", "EventEnded", START_AT + HOUR)
    assert _posts(world, START_AT + 5 * HOUR) == []


def test_what_is_over_leaves_the_rules_with_a_later_change() -> None:
    """For some days a message of its time, told of late, still gets what it brings."""
    world = World()
    _start(world, lasts_ms=HOUR)
    _look(world, START_AT + 2 * HOUR)
    assert _earned(world, START_AT + 1000) == 30
    _start(world, START_AT + 7 * DAY, name="Next", lasts_ms=HOUR)
    assert [event.name for event in _scheduled(world)] == ["Weekend", "Next"]
    _start(world, START_AT + 8 * DAY + HOUR, name="Last", lasts_ms=HOUR)
    assert [event.name for event in _scheduled(world)] == ["Next", "Last"]


def test_stopping_ends_it_now() -> None:
    """What was written before keeps its factor, what comes after has none; the end is told in the commit."""
    world = World()
    _start(world)
    stopped = _stop(world, START_AT + HOUR + 300, "weekend")
    assert (stopped.had_begun, stopped.event.until_at) == (True, START_AT + HOUR)
    assert _told(world)[-1] == ("Weekend", "EventEnded", START_AT + HOUR + 300)
    assert (_earned(world, START_AT + 1000), _earned(world, START_AT + HOUR + 1000)) == (30, 15)
    assert _look(world, START_AT + 3 * DAY) == 0
    assert [kind for _, kind, _ in _told(world)] == ["EventStarted", "EventEnded"]


def test_one_stopped_in_the_second_in_which_it_began_never_was() -> None:
    """It leaves the rules at once."""
    world = World()
    _start(world, START_AT + 300)
    assert _stop(world, START_AT + 700).had_begun
    assert _scheduled(world) == ()
    assert world.records[events_key(GUILD)] == EventsRecord()


def test_one_that_is_to_come_is_called_off() -> None:
    """Nobody was told of it, so nobody is told of its end."""
    world = World()
    _start(world, from_at=START_AT + HOUR)
    assert not _stop(world, START_AT + MINUTE).had_begun
    assert (_scheduled(world), _told(world)) == ((), [])
    assert _look(world, START_AT + 2 * HOUR) == 0


def test_an_event_that_an_admin_takes_from_the_rules_is_over() -> None:
    """However it left them, its end is told."""
    world = World()
    _start(world)
    world.records[rules_key(GUILD)] = RulesRecord(version=2)
    _look(world, START_AT + HOUR)
    last = world.lines[-1].outcome
    assert isinstance(last, EventEnded)
    assert (last.stopped, last.until_at) == (True, START_AT + HOUR)


def test_events_may_overlap_and_that_is_said() -> None:
    """Both apply while both run; one that only follows is none that overlaps."""
    world = World()
    _start(world, lasts_ms=2 * HOUR)
    assert _start(world, name="Hour", from_at=START_AT + HOUR, lasts_ms=HOUR).overlapping == ("Weekend",)
    assert _start(world, name="After", from_at=START_AT + 2 * HOUR).overlapping == ()
    assert _earned(world, START_AT + HOUR) == 60


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, EventNameError),
        ({"name": "a, b"}, EventNameError),
        ({"name": "@everyone"}, EventNameError),
        ({"name": "x" * 51}, EventNameError),
        ({"lasts_ms": 59_000}, EventLengthError),
        ({"lasts_ms": 30 * DAY + 1000}, EventLengthError),
        ({"from_at": START_AT - HOUR}, EventTimeError),
        ({"from_at": START_AT + 400 * DAY}, EventTimeError),
        ({"name": "WEEKEND"}, EventExistsError),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], refusal: type[RuleError]) -> None:
    """A name, a length or a beginning out of bounds, and a name that is taken; nothing is changed."""
    world = World()
    _start(world, from_at=START_AT + HOUR)
    before = dict(world.records)
    with pytest.raises(refusal):
        _start(world, START_AT + 1, **fields)
    assert world.records == before


def test_there_is_a_bound_on_events_and_those_that_are_over_make_room() -> None:
    """Twenty may run or be to come; of those that are over, the last are kept as long as there is room."""
    world = World()
    for number in range(MAX_OPEN_EVENTS):
        _start(world, START_AT + number, name=f"Event {number}", lasts_ms=HOUR + number * MINUTE)
    with pytest.raises(TooManyEventsError):
        _start(world, START_AT + MINUTE, name="One more")
    later = START_AT + 3 * HOUR
    for number in range(MAX_OPEN_EVENTS):
        _start(world, later + number, name=f"New {number}")
    assert len(_scheduled(world)) == MAX_EVENTS
    assert len(list_open_events(_scheduled(world), later)) == MAX_OPEN_EVENTS
    over = [event.name for event in _scheduled(world) if event.until_at <= later]
    assert over == [f"Event {number}" for number in (10, 11, 12, 13, 14, 15, 16, 17, 18, 19)]


def test_the_one_to_stop_must_be_clear() -> None:
    """Without a name it is the only one there is; else the refusal names all."""
    world = World()
    with pytest.raises(NoSuchEventError):
        _stop(world, START_AT)
    _start(world, name="One")
    _start(world, START_AT + 1000, name="Two")
    with pytest.raises(SeveralEventsError) as refused:
        _stop(world, START_AT + HOUR)
    assert refused.value.fields["names"] == "One, Two"
    with pytest.raises(NoSuchEventError):
        _stop(world, START_AT + HOUR, "Three")
    _stop(world, START_AT + HOUR, "two")
    assert _stop(world, START_AT + HOUR + MINUTE).event.name == "One"


def test_events_that_cannot_be_used_are_not_thrown_away() -> None:
    """A change on top of what this version cannot read would lose it: it is refused."""
    world = World()
    stored = RulesRecord(changes={EVENTS_RULE: [{"name": "Weekend"}]}, version=3)
    world.records[rules_key(GUILD)] = stored
    with pytest.raises(RuleUnusableError):
        _start(world)
    with pytest.raises(RuleUnusableError):
        _stop(world, START_AT)
    assert world.records[rules_key(GUILD)] is stored


def test_what_the_reply_told_is_not_told_again_in_the_same_place() -> None:
    """The reply is the announcement where it was asked for; anywhere else it is announced."""
    world = World()
    _start(world)
    _stop(world, START_AT + 1000)
    now = START_AT + MINUTE
    assert _posts(world, now) == []
    assert _posts(world, now, event=CHANNEL) == []
    [elsewhere] = _posts(world, now, event=STAFF_ROOM)
    assert [notice.over for notice in elsewhere.notices if isinstance(notice, EventNotice)] == [False, True]
    assert _posts(world, now, event="off") == []


def test_an_end_asked_for_elsewhere_is_announced_where_the_event_was() -> None:
    """Whoever read of its beginning reads of its end."""
    world = World()
    _start(world)
    _stop(world, START_AT + 1000, channel_id=STAFF_ROOM)
    [post] = _posts(world, START_AT + MINUTE)
    assert (post.channel_id, len(post.notices)) == (CHANNEL, 1)


def test_while_leveling_is_off_no_beginning_is_told() -> None:
    """It multiplies nothing; once leveling is on again, it is told."""
    world = World(general__enabled=False)
    _start(world)
    assert _look(world, START_AT + MINUTE) == 0
    assert _told(world) == []
