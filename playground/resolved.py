"""The `resolved` part of an interaction: the whole objects behind the ids in it."""

from __future__ import annotations

from playground.compose import Upload, new_attachment
from playground.errors import Json
from playground.model import Channel, Member, Message, Role, User
from playground.payloads import Payloads
from playground.world import World

Resolvable = Member | User | Role | Channel | Message | Upload


class Resolver:
    """Collect objects and return their ids.

    Attributes:
        resolved: What has been collected, as Discord's JSON.
    """

    def __init__(self, world: World, payloads: Payloads, channel: Channel) -> None:
        self._world = world
        self._payloads = payloads
        self._channel = channel
        self.resolved: Json = {}

    def add(self, item: Resolvable) -> str:
        """Add an object; return its id."""
        if isinstance(item, Upload):
            attachment = new_attachment(self._world, item)
            self._put("attachments", attachment.id, self._payloads.attachment(self._channel, attachment))
            return str(attachment.id)
        if isinstance(item, Member):
            self._put("users", item.id, self._payloads.user(item.user))
            member = self._payloads.interaction_member(item, self._channel)
            del member["user"]
            self._put("members", item.id, member)
        elif isinstance(item, User):
            self._put("users", item.id, self._payloads.user(item))
        elif isinstance(item, Role):
            self._put("roles", item.id, self._payloads.role(item))
        elif isinstance(item, Channel):
            asker = self._channel.guild.owner if self._channel.guild else None
            self._put("channels", item.id, self._payloads.interaction_channel(item, asker))
        else:
            self._put("messages", item.id, self._payloads.message(item))
        return str(item.id)

    def _put(self, kind: str, number: int, data: Json) -> None:
        self.resolved.setdefault(kind, {})[str(number)] = data
