"""Discord's rate limits: how many requests a bot may make, told in headers, and 429 for what is too much.

Off unless a test or benchmark switches them on: `pg.server.rate_limits = RateLimits()`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["DISCORDS_LIMITS", "Limit", "RateLimits", "Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many requests in so many seconds; a group in the pattern names what they are counted for.

    Attributes:
        method: The method.
        path: What the path looks like.
        requests: How many.
        seconds: In how many seconds: a window that begins with the first request.
    """

    method: str
    path: re.Pattern[str]
    requests: int
    seconds: float


DISCORDS_LIMITS: Final = (
    Limit(method="PATCH", path=re.compile(r"/guilds/(\d+)/members/\d+"), requests=10, seconds=10),
    Limit(method="PUT", path=re.compile(r"/guilds/(\d+)/members/\d+/roles/\d+"), requests=10, seconds=10),
    Limit(method="DELETE", path=re.compile(r"/guilds/(\d+)/members/\d+/roles/\d+"), requests=10, seconds=10),
    Limit(method="POST", path=re.compile(r"/channels/(\d+)/messages"), requests=5, seconds=5),
    Limit(method="PATCH", path=re.compile(r"/channels/(\d+)/messages/\d+"), requests=5, seconds=5),
)
"""The limits of the routes that a bot uses much, as Discord tells them in its headers."""

GLOBAL_REQUESTS_A_SECOND: Final = 50
"""All requests of a bot but answers to interactions (Discord's API reference, "Rate Limits")."""


@dataclass(slots=True)
class _Window:
    ends_at: float = 0.0
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the limits say of a request.

    Attributes:
        headers: What the answer tells of them.
        retry_after: In how many seconds it may be made; 0 if it may be made now.
        is_global: Whether it is too much for all routes together.
    """

    headers: dict[str, str]
    retry_after: float = 0.0
    is_global: bool = False


class RateLimits:
    """Counts requests.

    Args:
        speed: How much faster than Discord's all windows are over, for tests.
        limits: The limits of single routes; the first that fits holds.
        monotonic: Real seconds.

    Attributes:
        refused: "METHOD path" of every request that was too much, in order.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        limits: tuple[Limit, ...] = DISCORDS_LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speed = speed
        self._limits = limits
        self._monotonic = monotonic
        self._windows: dict[tuple[str, str], _Window] = {}
        self._all = _Window()
        self.refused: list[str] = []

    def take(self, method: str, path: str) -> Verdict:
        """Count a request and tell whether it may be made."""
        if path.startswith(("/interactions/", "/webhooks/")):
            return Verdict(headers={})
        now = self._monotonic()
        retry_after = self._use(self._all, now, GLOBAL_REQUESTS_A_SECOND, 1.0)
        if retry_after:
            self.refused.append(f"{method} {path}")
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return Verdict(headers=headers, retry_after=retry_after, is_global=True)
        for number, limit in enumerate(self._limits):
            found = limit.path.fullmatch(path) if limit.method == method else None
            if found is not None:
                return self._verdict(limit, f"bucket{number}", found[1], f"{method} {path}", now)
        return Verdict(headers={})

    def _verdict(self, limit: Limit, bucket: str, what: str, request: str, now: float) -> Verdict:
        window = self._windows.setdefault((bucket, what), _Window())
        retry_after = self._use(window, now, limit.requests, limit.seconds)
        headers = {
            "X-RateLimit-Bucket": bucket,
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(max(0, limit.requests - window.used)),
            "X-RateLimit-Reset-After": f"{window.ends_at - now:.3f}",
        }
        if retry_after:
            self.refused.append(request)
            headers["X-RateLimit-Scope"] = "user"
        return Verdict(headers=headers, retry_after=retry_after)

    def _use(self, window: _Window, now: float, requests: int, seconds: float) -> float:
        """Count a request in a window; return how long to wait if it is full."""
        if now >= window.ends_at:
            window.ends_at, window.used = now + seconds / self._speed, 0
        if window.used >= requests:
            return window.ends_at - now
        window.used += 1
        return 0.0
