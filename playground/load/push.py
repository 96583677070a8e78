"""Messages of a large guild, pushed as fast as the socket takes them.

They are written by filling in a template that the playground's own payload was turned into: building each
from objects would cost more than the bot's work on it, and the figures would be the playground's.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from random import Random
from typing import Final

import orjson

from playground.clock import DISCORD_EPOCH_MS
from playground.kit import Playground
from playground.model import Member, Message
from playground.waiting import wait_until

PIECE: Final = 128
"""Messages sent at once."""

AHEAD: Final = 16
"""How many pieces the bot may be behind: enough that it never waits, and little enough that what waits in
line is the bot's own, and not hundreds of thousands of messages in the buffers of the system."""

COMMAND_EVERY_SECONDS: Final = 0.1
"""How often meanwhile somebody uses a command, at most: the one before must have been answered.

discord.py sends the messages of one channel one after another, so more at once would measure their queue."""

ANSWER_SECONDS: Final = 30.0

WORDS: Final = (
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "nobody",
    "looks",
)

_FIELDS: Final = ("@id@", "@channel@", "@user@", "@name@", "@content@", "@time@")


class Template:
    """The text of a MESSAGE_CREATE of this guild, with gaps.

    Args:
        pg: The playground; a message is posted there once.
        author: Whose.
    """

    def __init__(self, pg: Playground, author: Member) -> None:
        message = pg.world.add_message(pg.general, author.user, "@content@")
        payload = pg.server.payloads.message(message, from_gateway=True)
        pg.general.messages.pop(message.id)
        payload |= {"id": "@id@", "channel_id": "@channel@", "timestamp": "@time@"}
        payload["author"] |= {"id": "@user@", "username": "@name@"}
        text = orjson.dumps(payload).replace(b"%", b"%%")
        for field in _FIELDS:
            text = text.replace(field.encode(), f"%({field.strip('@')})b".encode())
        self._text = text

    def fill(self, fields: dict[bytes, bytes]) -> bytes:
        """Return the payload of one message."""
        return self._text % fields


class Pusher:
    """Pushes messages of all members in turn.

    Args:
        pg: The playground, with a bot connected.
        members: Who writes, in turn.
        channel_ids: Where, in turn.
        interval_ms: From one message of a member to the next, in world time.
        command: What is asked now and then meanwhile; its answer begins with the name of who asked.
        rate: Messages offered a second; 0 for as many as the socket takes.
    """

    def __init__(
        self,
        pg: Playground,
        members: list[Member],
        channel_ids: list[int],
        *,
        interval_ms: int,
        command: str,
        rate: float = 0.0,
    ) -> None:
        self._pg = pg
        self._members = members
        self._channel_ids = channel_ids
        self._interval_ms = interval_ms
        self._command = command
        self._rate = rate
        self._template = Template(pg, members[0])
        self._random = Random(1)  # noqa: S311 -- texts to send
        self._asked_at: dict[str, float] = {}
        self.commands = 0
        self.command_seconds: list[float] = []
        """How long each command took, from its use until the answer was in the channel."""
        pg.server.actions.on_new_message.append(self._note_answer)

    async def push(self, count: int) -> None:
        """Push messages and return when the bot has read the last."""
        [session] = self._pg.server.gateway.sessions.values()
        start_ms, last_command, started = self._pg.clock.now_ms, 0.0, time.perf_counter()
        for begun in range(0, count, PIECE):
            numbers = range(begun, min(count, begun + PIECE))
            for number in numbers:
                session.send_event("MESSAGE_CREATE", self._write(number, start_ms))
            await self._pg.server.gateway.until_read(after=AHEAD)
            if self._rate:
                await asyncio.sleep(max(0.0, started + numbers[-1] / self._rate - time.perf_counter()))
            ahead_ms = start_ms + self._at_ms(numbers[-1]) + 1 - self._pg.clock.now_ms
            self._pg.clock.advance(milliseconds=max(0, ahead_ms))
            if not self._asked_at and time.perf_counter() - last_command >= COMMAND_EVERY_SECONDS:
                last_command = time.perf_counter()
                await self._ask()

        await self._pg.server.gateway.until_read()

    async def wait_answers(self) -> None:
        """Wait until every command is answered.

        Raises:
            PlaygroundTimeoutError: One is not.
        """

        def unanswered() -> list[str]:
            return [f"{len(self._asked_at)} command(s) without an answer"] if self._asked_at else []

        await wait_until(unanswered, ANSWER_SECONDS, "the bot did not answer", settled_polls=1)

    async def _ask(self) -> None:
        """Let the next one of those who wrote least use the command."""
        self.commands += 1
        asked_at = time.perf_counter()
        member = self._members[-self.commands]
        self._asked_at[member.name] = asked_at
        await self._pg.say(member, self._command)

    def _note_answer(self, message: Message) -> None:
        if message.author.bot and (name := message.text.partition("\n")[0]) in self._asked_at:
            self.command_seconds.append(time.perf_counter() - self._asked_at.pop(name))

    def _at_ms(self, number: int) -> int:
        return number * self._interval_ms // len(self._members)

    def _write(self, number: int, start_ms: int) -> bytes:
        member = self._members[number % len(self._members)]
        at_ms = start_ms + self._at_ms(number)
        text = " ".join(self._random.choices(WORDS, k=1 + number % 12))
        moment = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="microseconds")
        # The low bits tell messages of one millisecond apart; the world's own ids begin a millisecond later.
        message_id = (at_ms - DISCORD_EPOCH_MS << 22) + (number & 0x3FFFFF)
        return self._template.fill(
            {
                b"id": b"%d" % message_id,
                b"channel": b"%d" % self._channel_ids[number % len(self._channel_ids)],
                b"user": b"%d" % member.id,
                b"name": member.name.encode(),
                b"content": text.encode(),
                b"time": moment.encode(),
            }
        )
