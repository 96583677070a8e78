"""Verbs about messages: people talk, edit, delete, react."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from playground import permissions
from playground.base import KitBase, Where, Who
from playground.compose import Upload, new_attachment
from playground.errors import Json, PlaygroundError
from playground.model import Channel, Guild, Member, Message, MessageType, User

File = tuple[str, bytes]
"""A file's name and its bytes."""


class MessageVerbs(KitBase):
    """What people do with messages."""

    async def say(
        self,
        who: Who,
        text: str = "",
        channel: Where = None,
        *,
        attachments: Iterable[File] = (),
        reply_to: Message | None = None,
        embeds: Sequence[Json] = (),
        guild: Guild | None = None,
    ) -> Message:
        """Post a message as a member; returns as soon as the bot has been sent the event.

        Args:
            who: The member; for a channel of direct messages, its recipient.
            text: What they write; mentions as Discord writes them (`member.mention`).
            channel: Where; None for the guild's first text channel.
            attachments: Files as (name, bytes).
            reply_to: The message they reply to.
            embeds: Embeds as Discord's JSON (bots and webhooks only, in real life).
            guild: The guild in which names are looked up; the first one unless told.

        Raises:
            PlaygroundError: They may not write there.
        """
        member, place = self.member(who, guild), self._place(who, channel, guild)
        self._refuse_silenced(member, place)
        message = self.world.add_message(place, member.user, text)
        message.embeds = list(embeds)
        message.attachments = [new_attachment(self.world, Upload(name, data)) for name, data in attachments]
        if reply_to is not None:
            message.reference, message.type = reply_to, MessageType.REPLY
        message.mention_everyone = "@everyone" in text and self._may(
            member, place, permissions.MENTION_EVERYONE
        )
        message.pinged_ids = message.mentioned_ids
        self.server.actions.announce_message(message)
        return message

    def _place(self, who: Who, channel: Where, guild: Guild | None) -> Channel:
        if channel is None and isinstance(who, Member):
            return self.channel(None, guild or who.guild)
        return self.channel(channel, guild)

    def _may(self, member: Member, channel: Channel, needed: int) -> bool:
        return channel.guild is None or not needed & ~permissions.channel_permissions(member, channel)

    def _refuse_silenced(self, member: Member, channel: Channel) -> None:
        if channel.guild is None:
            if channel.recipient is not member.user:
                raise PlaygroundError(f"these direct messages are not {member.name}'s")
        elif not self._may(member, channel, permissions.send_bit(channel)):
            raise PlaygroundError(f"{member.name} may not write in #{channel.name}")

    async def webhook_says(self, name: str, text: str, channel: Where = None) -> Message:
        """Post a message through a channel's webhook."""
        account = User(id=self.world.clock.next_snowflake(), name=name, bot=True)
        message = self.world.add_message(self.channel(channel), account, text)
        message.webhook_id, message.webhook_name = account.id, name
        self.server.actions.announce_message(message)
        return message

    async def system_message(self, who: Who, kind: MessageType, channel: Where = None) -> Message:
        """Post what Discord itself posts about a member, for example `MessageType.MEMBER_JOIN`."""
        member = self.member(who)
        message = self.world.add_message(self.channel(channel, member.guild), member.user)
        message.type = kind
        self.server.actions.announce_message(message)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Let the author edit a message."""
        before = message.text
        message.content = text
        self.server.actions.edited(message, before)

    async def delete(self, message: Message) -> None:
        """Let the author or a moderator delete a message."""
        self.server.actions.delete_message(message)

    async def react(self, who: Who, message: Message, emoji: str) -> None:
        """React to a message with a Unicode emoji, or a custom one written `name:id`."""
        self.server.actions.react(message, self.member(who).user, emoji)

    async def unreact(self, who: Who, message: Message, emoji: str) -> None:
        """Take a reaction back."""
        self.server.actions.unreact(message, self.member(who).user, emoji)

    def messages(self, channel: Where = None) -> list[Message]:
        """Return what stands in a channel, oldest first."""
        return sorted(self.channel(channel).messages.values(), key=lambda message: message.id)

    def replies(self, channel: Where = None, *, after: Message | None = None) -> list[Message]:
        """Return the bot's messages that stand in a channel, oldest first, all or those after one.

        Answers that only one person sees are not among them: they are in `InteractionResult`.
        """
        return [
            message
            for message in self.messages(channel)
            if message.author is self.world.bot and (after is None or message.id > after.id)
        ]
