"""The playground's own time: it stands still until it is told to advance.

Every snowflake and every timestamp of the world comes from here, so two runs of one script give the same ids.

Why the default start lies in the future: discord.py compares a few Discord times with the wall clock.
`Interaction.is_expired` (used by `commands.Context.send`, which falls back to a plain channel message once an
interaction is 15 minutes old) and `Member.is_timed_out` do. A world *behind* the wall clock would make every
interaction look expired; a world *ahead* of it never does, however long the process runs. The price: a
member's time-out looks active to `Member.is_timed_out` until it is lifted (`Playground.advance` lifts those
that ran out).
Cooldowns of commands are computed from `created_at` of the message or interaction, so they follow this clock.
Timeouts of views, `delete_after` and `asyncio.sleep` follow real time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first second of 2015, where Discord's snowflakes begin (Discord API reference, "Snowflakes")."""

DEFAULT_START = datetime(2040, 1, 2, 12, 0, tzinfo=UTC)
"""A Monday noon, UTC, ahead of any wall clock this will meet."""


class WorldClock:
    """Keep the world's instant and hand out snowflakes.

    Args:
        start: The instant at which the world begins; must carry a time zone.

    Raises:
        ValueError: `start` has no time zone or lies before Discord's epoch.
    """

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        if start.tzinfo is None:
            raise ValueError("start must carry a time zone, for example datetime(2040, 1, 2, tzinfo=UTC)")
        self._now_ms = round(start.timestamp() * 1000)
        if self._now_ms < DISCORD_EPOCH_MS:
            raise ValueError("start must not lie before 2015-01-01, where Discord's snowflakes begin")
        self._last_snowflake = 0

    @property
    def now_ms(self) -> int:
        """The world's instant in milliseconds since the Unix epoch."""
        return self._now_ms

    @property
    def now(self) -> datetime:
        """The world's instant as an aware datetime in UTC."""
        return datetime.fromtimestamp(self._now_ms / 1000, UTC)

    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: int = 0,
    ) -> None:
        """Let time pass.

        Raises:
            ValueError: The sum is negative: time does not run backwards.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
        step_ms = round(step.total_seconds() * 1000)
        if step_ms < 0:
            raise ValueError(f"time does not run backwards: asked for {step_ms} ms")
        self._now_ms += step_ms

    def next_snowflake(self) -> int:
        """Return an id of this instant, greater than all before it.

        More than 4,194,304 ids in one millisecond spill into the next one; ids stay unique and increasing.
        """
        self._last_snowflake = max((self._now_ms - DISCORD_EPOCH_MS) << 22, self._last_snowflake + 1)
        return self._last_snowflake


def snowflake_ms(snowflake: int) -> int:
    """Return the instant held in a snowflake, in milliseconds since the Unix epoch."""
    return (snowflake >> 22) + DISCORD_EPOCH_MS


def timestamp(instant_ms: int) -> str:
    """Write an instant as Discord does: ISO 8601 in UTC with microseconds."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).isoformat(timespec="microseconds")


def parse_timestamp_ms(text: str) -> int:
    """Read an ISO 8601 timestamp sent by a bot into milliseconds since the Unix epoch.

    Raises:
        ValueError: The text is no timestamp.
    """
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
