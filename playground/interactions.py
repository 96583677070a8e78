"""Interactions: what people did with commands, buttons, menus and modals, and what the bot made of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from playground import permissions
from playground.errors import DiscordError, Json, unknown
from playground.limits import FILE_BYTES
from playground.model import Channel, Member, Message, User

if TYPE_CHECKING:
    from playground.server import DiscordServer

TOKEN_LIFETIME_MS: Final = 15 * 60 * 1000
"""How long an interaction's token lives, in world time (Discord API reference, "Interactions")."""


class InteractionType(IntEnum):
    """What was done."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class ResponseType(IntEnum):
    """How the bot answered."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, eq=False)
class InteractionResult:
    """An interaction and, growing with time, what the bot made of it.

    Attributes:
        response_type: How the bot answered first; None as long as it has not.
        response: The message that is the answer: the new one, or the updated one after a button.
        followups: Further messages, oldest first.
        modal: The modal shown, as the bot sent it.
        choices: Autocomplete's choices, as the bot sent them.
        source: The message whose button or menu was used.
    """

    id: int
    token: str
    type: InteractionType
    user: User
    member: Member | None
    channel: Channel
    data: Json
    source: Message | None
    created_at: int
    started_seconds: float
    response_type: ResponseType | None = None
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None
    loading: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answered(self) -> bool:
        """Whether the bot has answered at all (a deferral counts)."""
        return self.response_type is not None

    @property
    def deferred(self) -> bool:
        """Whether the bot has asked for more time and still owes the message."""
        return self.loading

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked can see the answer."""
        return self.response is not None and self.response.ephemeral

    @property
    def messages(self) -> list[Message]:
        """The answer and the follow-ups, without what was deleted."""
        first = [] if self.response is None or self.loading else [self.response]
        return [message for message in first + self.followups if not message.deleted]

    @property
    def text(self) -> str:
        """All readable text of the answer and the follow-ups."""
        return "\n".join(message.text for message in self.messages)

    @property
    def content(self) -> str:
        """The content of the answer alone, "" when there is none."""
        return self.response.content if self.response is not None else ""

    @property
    def embeds(self) -> list[Json]:
        """The embeds of the answer alone."""
        return self.response.embeds if self.response is not None else []

    async def wait_answered(self) -> None:
        """Wait until the bot has answered first."""
        await self._answered.wait()

    def note_answer(self, response_type: ResponseType) -> None:
        """Remember how the bot answered and wake those who wait."""
        self.response_type = response_type
        self._answered.set()


class Interactions:
    """The interactions of one server.

    Attributes:
        deadline_seconds: How long, in real time, the bot has for its first answer (Discord: 3 s).
    """

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._by_token: dict[str, InteractionResult] = {}
        self.deadline_seconds = 3.0

    def start(
        self,
        kind: InteractionType,
        who: Member | User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
    ) -> InteractionResult:
        """Begin an interaction and tell the bot."""
        world = self._server.world
        interaction_id = world.clock.next_snowflake()
        result = InteractionResult(
            id=interaction_id,
            token=f"interaction-{interaction_id}",
            type=kind,
            user=who.user if isinstance(who, Member) else who,
            member=who if isinstance(who, Member) else None,
            channel=channel,
            data=data,
            source=source,
            created_at=world.clock.now_ms,
            started_seconds=time.monotonic(),
        )
        self._by_token[result.token] = result
        self._server.gateway.dispatch("INTERACTION_CREATE", self._payload(result), guild=channel.guild)
        return result

    def _payload(self, result: InteractionResult) -> Json:
        payloads, world = self._server.payloads, self._server.world
        guild = result.channel.guild
        payload: Json = {
            "id": str(result.id),
            "application_id": str(world.bot.id),
            "type": int(result.type),
            "token": result.token,
            "version": 1,
            "data": result.data,
            "channel_id": str(result.channel.id),
            "channel": payloads.interaction_channel(result.channel, result.member),
            "app_permissions": str(self._server.bot_permissions_in(result.channel)),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": FILE_BYTES,
        }
        if guild is None or result.member is None:
            payload["user"] = payloads.user(result.user)
            payload["authorizing_integration_owners"] = {"0": "0"}
            payload["context"] = 1
        else:
            payload["guild_id"] = str(guild.id)
            payload["guild"] = {"id": str(guild.id), "locale": guild.preferred_locale, "features": []}
            payload["guild_locale"] = guild.preferred_locale
            payload["member"] = payloads.interaction_member(result.member, result.channel)
            payload["authorizing_integration_owners"] = {"0": str(guild.id)}
            payload["context"] = 0
        if result.source is not None:
            payload["message"] = payloads.message(result.source)
        return payload

    def get_unanswered(self, interaction_id: int, token: str) -> InteractionResult:
        """Return an interaction that may be answered now.

        Raises:
            DiscordError: It is unknown or too old (10062), or has been answered (40060).
        """
        result = self._by_token.get(token)
        if result is None or result.id != interaction_id:
            raise unknown("interaction")
        if result.answered:
            raise DiscordError(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - result.started_seconds > self.deadline_seconds:
            raise unknown("interaction")
        return result

    def get_answered(self, application_id: int, token: str) -> InteractionResult:
        """Return an interaction whose webhook may be used.

        Raises:
            DiscordError: It is unknown or has not been answered (10015), or its token is over 15 minutes old
                (50027).
        """
        result = self._by_token.get(token)
        if result is None or application_id != self._server.world.bot.id or not result.answered:
            raise unknown("webhook")
        if self._server.world.clock.now_ms - result.created_at > TOKEN_LIFETIME_MS:
            raise DiscordError(401, 50027, "Invalid Webhook Token")
        return result

    def metadata(self, result: InteractionResult) -> Json:
        """Return what a message says about the interaction it answers."""
        user = self._server.payloads.user(result.user)
        metadata: Json = {
            "interaction_metadata": {
                "id": str(result.id),
                "type": int(result.type),
                "user": user,
                "authorizing_integration_owners": {},
            }
        }
        if result.type is InteractionType.COMMAND:
            metadata["interaction"] = {
                "id": str(result.id),
                "type": int(result.type),
                "name": result.data["name"],
                "user": user,
            }
        return metadata

    def may_use_commands(self, who: Member | User, channel: Channel) -> bool:
        """Say whether somebody may use application commands in a channel."""
        if not isinstance(who, Member):
            return channel.guild is None
        return bool(permissions.channel_permissions(who, channel) & permissions.USE_COMMANDS)
