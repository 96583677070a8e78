"""See what is new in the world since one looked last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from playground.interactions import InteractionResult
from playground.model import Channel, Member, Message, Role
from playground.world import World

REMEMBERED: Final = 200
"""Messages of the bot whose edits are noticed: the newest."""


@dataclass(frozen=True, slots=True)
class News:
    """A message that is new, edited or deleted."""

    kind: Literal["new", "edited", "deleted"]
    message: Message


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that the bot has given, or taken."""

    member: Member
    role: Role
    is_given: bool


class Watcher:
    """Looks for what is new.

    Args:
        world: Where.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._last_id = 0
        self._known: dict[int, tuple[Message, Any]] = {}
        self._results: deque[InteractionResult] = deque(maxlen=50)
        self._roles: dict[Member, list[int]] = {}

    def follow(self, result: InteractionResult) -> None:
        """Look also at what only the person sees who did this."""
        self._results.append(result)

    def look(self) -> list[News]:
        """Return what is new, oldest first."""
        news = [
            News("deleted" if message.deleted else "edited", message)
            for message, before in self._known.values()
            if _state(message) != before
        ]
        fresh = sorted(self._fresh(), key=lambda message: message.id)
        news += [News("new", message) for message in fresh]
        for item in news:
            self._remember(item.message)
        if fresh:
            self._last_id = max(self._last_id, fresh[-1].id)
        return news

    def skip(self) -> None:
        """Take what there is as seen."""
        self.look()
        self.look_at_roles()

    def look_at_roles(self) -> list[RoleChange]:
        """Return what the bot has given and taken since one looked last, by member."""
        guild, before = self._world.guild, self._roles
        self._roles = {member: list(member.role_ids) for member in guild.members.values()}
        changes = []
        for member, held in self._roles.items():
            had = before.get(member, [])
            taken = [(role_id, False) for role_id in had if role_id not in held]
            given = [(role_id, True) for role_id in held if role_id not in had]
            changes += [
                RoleChange(member, guild.roles[role_id], is_given)
                for role_id, is_given in (*taken, *given)
                if role_id in guild.roles
            ]
        return changes

    def skip_roles(self, member: Member) -> None:
        """Take the roles that a member has as seen: somebody else than the bot has changed them."""
        self._roles[member] = list(member.role_ids)

    def _fresh(self) -> Iterator[Message]:
        for channel in list(self._world.channels.values()):
            yield from self._fresh_of(channel)
        for result in self._results:
            yield from (message for message in _private(result) if message.id > self._last_id)

    def _fresh_of(self, channel: Channel) -> Iterator[Message]:
        for message in reversed(channel.messages.values()):
            if message.id <= self._last_id:
                return
            yield message

    def _remember(self, message: Message) -> None:
        self._known.pop(message.id, None)
        if message.deleted or message.author is not self._world.bot:
            return
        self._known[message.id] = (message, _state(message))
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]


def _private(result: InteractionResult) -> list[Message]:
    """Return the answers that only one person sees."""
    answers = (result.response, *result.followups)
    return [message for message in answers if message and message.ephemeral and not message.deleted]


def _state(message: Message) -> Any:
    """Return what can be seen of a message; equal as long as it looks the same."""
    files = [attachment.id for attachment in message.attachments]
    reactions = {emoji: len(users) for emoji, users in message.reactions.items()}
    return (
        message.deleted,
        message.flags,
        message.content,
        message.embeds,
        message.components,
        files,
        reactions,
    )
