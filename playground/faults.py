"""Faults on demand: what goes wrong between Discord and a bot, at the moment a test chooses.

Routes are named by patterns over "METHOD path", with `*` for anything: `"POST /channels/*/messages"`, `"*"`.
The path is the one asked for, without `/api/v10`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from playground.errors import Json

if TYPE_CHECKING:
    from playground.model import Channel
    from playground.server import DiscordServer


class FaultKind(Enum):
    """What happens to a request."""

    RATE_LIMIT = "rate limit"
    STATUS = "status"
    LOSE_ANSWER = "lose answer"
    REFUSE_CONNECTION = "refuse connection"
    SLOW = "slow"


@dataclass(slots=True, eq=False)
class RouteFault:
    """A fault waiting for requests.

    Attributes:
        pattern: Which requests it hits.
        kind: What happens to them.
        remaining: How many it will still hit; None for all until cleared.
        status: For STATUS, the HTTP status.
        seconds: For RATE_LIMIT the `retry_after`, for SLOW the delay; real seconds.
        is_global: For RATE_LIMIT, whether it holds for every route.
        hits: How many it has hit.
    """

    pattern: str
    kind: FaultKind
    remaining: int | None = 1
    status: int = 0
    seconds: float = 0.0
    is_global: bool = False
    hits: int = 0


@dataclass(slots=True)
class _EventFault:
    event: str
    remaining: int
    copies: int = 1
    held: list[Callable[[], None]] = field(default_factory=list)


class Faults:
    """Arrange faults for one server.

    Every method takes effect at once and returns the fault where its hits can be asked for.
    """

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._routes: list[RouteFault] = []
        self._duplicates: list[_EventFault] = []
        self._holds: list[_EventFault] = []
        self._drops: list[tuple[str, bool]] = []
        self._last: dict[str, Callable[[], None]] = {}
        self._forbidden: dict[int, int] = {}

    # HTTP

    def rate_limit(
        self, pattern: str = "*", *, retry_after: float = 0.05, times: int | None = 1, is_global: bool = False
    ) -> RouteFault:
        """Answer 429 with `retry_after` real seconds."""
        return self._add(
            RouteFault(
                pattern, FaultKind.RATE_LIMIT, times, status=429, seconds=retry_after, is_global=is_global
            )
        )

    def fail(self, pattern: str = "*", *, status: int = 502, times: int | None = 1) -> RouteFault:
        """Answer with a server error and do nothing.

        discord.py tries again after 1, 3, 5, 7 real seconds on 500, 502, 504 and 524, and not at all on 503.
        """
        return self._add(RouteFault(pattern, FaultKind.STATUS, times, status=status))

    def lose_answer(self, pattern: str, *, times: int | None = 1) -> RouteFault:
        """Do what is asked, then close the connection instead of answering.

        The HTTP client below discord.py repeats a lost GET, PUT or DELETE once by itself, never a POST or a
        PATCH.
        """
        return self._add(RouteFault(pattern, FaultKind.LOSE_ANSWER, times))

    def refuse_connection(self, pattern: str = "*", *, times: int | None = 1) -> RouteFault:
        """Close the connection without doing what is asked."""
        return self._add(RouteFault(pattern, FaultKind.REFUSE_CONNECTION, times))

    def slow(self, pattern: str = "*", *, seconds: float, times: int | None = None) -> RouteFault:
        """Let the answer take that many real seconds; the deed is done at the end of them."""
        return self._add(RouteFault(pattern, FaultKind.SLOW, times, seconds=seconds))

    def forbid(self, channel: Channel, *, code: int = 50001) -> None:
        """Answer 403 to everything about a channel, whatever its permissions say."""
        self._forbidden[channel.id] = code

    def clear(self) -> None:
        """End all faults of routes, channels and events; events held back are sent now."""
        self._routes.clear()
        self._forbidden.clear()
        self._duplicates.clear()
        self._drops.clear()
        self.release()
        self.restore_heartbeat()

    def forbidden_code(self, channel_id: int) -> int | None:
        """Return the code that refuses everything about a channel, or None."""
        return self._forbidden.get(channel_id)

    def take(self, method: str, path: str) -> list[RouteFault]:
        """Return the faults that hit this request, counted: all slow ones and the first of the others."""
        hit: list[RouteFault] = []
        request = f"{method} {path}"
        for fault in list(self._routes):
            decided = any(other.kind is not FaultKind.SLOW for other in hit)
            if not fnmatchcase(request, fault.pattern) or (decided and fault.kind is not FaultKind.SLOW):
                continue
            hit.append(fault)
            fault.hits += 1
            if fault.remaining is not None:
                fault.remaining -= 1
                if fault.remaining <= 0:
                    self._routes.remove(fault)
        return hit

    def _add(self, fault: RouteFault) -> RouteFault:
        self._routes.append(fault)
        return fault

    # the gateway

    def drop(self, *, resumable: bool = True, abruptly: bool = False) -> None:
        """Cut the websocket; without `resumable` the bot's resume is answered with "invalid session".

        `abruptly` breaks the connection without a closing frame.
        """
        self._server.gateway.drop(resumable=resumable, abruptly=abruptly)

    def drop_before(self, event: str, *, resumable: bool = True) -> None:
        """Cut the websocket just before the next event of that name: only a resume brings it."""
        self._drops.append((event, resumable))

    def ask_to_reconnect(self) -> None:
        """Send op 7."""
        self._server.gateway.ask_to_reconnect()

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """Send op 9."""
        self._server.gateway.invalidate(resumable=resumable)

    def replay_on_resume(self, events: int) -> None:
        """Let the next resume send that many events again which the bot has seen already."""
        self._server.gateway.replay_extra = events

    def dead_heartbeat(self) -> None:
        """Fall silent: no acknowledgement, no event leaves until the bot has reconnected.

        discord.py notices after its `heartbeat_timeout` (60 real seconds unless the bot is made otherwise).
        """
        self._server.gateway.acks_heartbeats = False
        for session in self._server.gateway.sessions.values():
            if session.connection is not None:
                session.connection.silent = True

    def restore_heartbeat(self) -> None:
        """Acknowledge heartbeats again (on the connections that come after the silent ones)."""
        self._server.gateway.acks_heartbeats = True

    def duplicate(self, event: str = "MESSAGE_CREATE", *, times: int = 1, copies: int = 2) -> None:
        """Send the next events of that name more than once."""
        self._duplicates.append(_EventFault(event, times, copies=copies))

    def repeat_last(self, event: str = "MESSAGE_CREATE") -> None:
        """Send the last event of that name once more, now."""
        if event in self._last:
            self._last[event]()

    def hold(self, event: str = "MESSAGE_CREATE", *, times: int = 1) -> None:
        """Hold back the next events of that name until `release`: they come late, after younger ones."""
        self._holds.append(_EventFault(event, times))

    def release(self) -> None:
        """Send everything held back, oldest first, and hold nothing more."""
        holds, self._holds = self._holds, []
        for hold in holds:
            for send in hold.held:
                send()

    def pass_event(self, event: str, send: Callable[[], None]) -> None:
        """Send an event as often, and as late, as the faults say."""
        self._last[event] = send
        for drop in [drop for drop in self._drops if drop[0] == event]:
            self._drops.remove(drop)
            self.drop(resumable=drop[1])
        for hold in self._holds:
            if hold.event == event and hold.remaining > 0:
                hold.remaining -= 1
                hold.held.append(send)
                return
        for _ in range(self._copies_of(event)):
            send()

    def _copies_of(self, event: str) -> int:
        for duplicate in self._duplicates:
            if duplicate.event == event and duplicate.remaining > 0:
                duplicate.remaining -= 1
                return duplicate.copies
        return 1


def rate_limit_body(retry_after: float, *, is_global: bool) -> Json:
    """Return the body of a 429."""
    return {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
