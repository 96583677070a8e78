"""The refusals of events: what may not be begun, named or ended."""

from __future__ import annotations

from leveling_core.errors import RuleError

__all__ = [
    "EventExistsError",
    "EventLengthError",
    "EventNameError",
    "EventTimeError",
    "NoSuchEventError",
    "SeveralEventsError",
    "TooManyEventsError",
]


class EventExistsError(RuleError):
    """An event of the name runs, or is to come."""

    code = "event-exists"

    def __init__(self, *, event: str) -> None:
        super().__init__(event=event)


class EventLengthError(RuleError):
    """An event would last too short or too long."""

    code = "event-length"

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class EventNameError(RuleError):
    """An event cannot be called so."""

    code = "event-name"

    def __init__(self, *, event: str, limit: int) -> None:
        super().__init__(event=event[:100], limit=limit)


class EventTimeError(RuleError):
    """An event would begin in the past, or too far ahead."""

    code = "event-time"

    def __init__(self, *, from_at: int, days: int) -> None:
        super().__init__(from_at=from_at, days=days)


class NoSuchEventError(RuleError):
    """No event of the name runs or is to come; ``names`` says which there are."""

    code = "no-such-event"

    def __init__(self, *, event: str, names: str) -> None:
        super().__init__(event=event[:100], names=names)


class SeveralEventsError(RuleError):
    """None of several events is named; ``names`` says which there are."""

    code = "several-events"

    def __init__(self, *, names: str) -> None:
        super().__init__(names=names)


class TooManyEventsError(RuleError):
    """A guild has as many events, running and to come, as it can."""

    code = "too-many-events"

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)
