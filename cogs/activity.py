"""What members do: messages they write and commands they use, handed to the core as facts."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final, Literal, get_args

import discord
from discord import app_commands
from discord.ext import commands
from discord.ext.commands.hybrid import HybridAppCommand

from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.earning_book import EVERYTHING, EarningNeeds
from cogs.prefixes import command_test
from cogs.ui.events import place_of
from leveling_core.earning import MessageAnswer
from leveling_core.errors import StoreError
from leveling_core.facts import CommandCompleted, MessagePosted

__all__ = ["SKIPS", "ActivityCog", "Skip", "fact_of", "has_image", "has_link", "skip_of"]

log = logging.getLogger(__name__)

IMAGE_SUFFIXES = frozenset({".apng", ".avif", ".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".webp"})
"""What counts as an image where Discord names no content type."""

LINK = re.compile(r"https?://[^\s<>]", re.IGNORECASE)

Skip = Literal["bot", "webhook", "system", "command", "waiting", "lost"]
"""Why a message never came as far as the rules: who or what wrote it, that it is a command, that the storage
cannot take it yet, that it could not."""

SKIPS: Final[tuple[Skip, ...]] = get_args(Skip)

_LOST: Final = MessageAnswer(refusal="lost")

_UNKNOWN = EarningNeeds((), needs_category=False, prefixes=())
"""Stands for a guild whose rules have not been read yet."""

# Compared by identity: attribute look-ups on the enum class would be paid for every message.
_DEFAULT, _REPLY = discord.MessageType.default, discord.MessageType.reply


def has_image(message: discord.Message) -> bool:
    """Tell whether a message holds at least one image."""
    for attachment in message.attachments:
        kind = attachment.content_type
        if kind is not None:
            if kind.startswith("image/"):
                return True
        elif PurePosixPath(attachment.filename).suffix.lower() in IMAGE_SUFFIXES:
            return True
    return any(embed.type == "image" for embed in message.embeds)


def has_link(content: str) -> bool:
    """Tell whether a text holds at least one link."""
    return "://" in content and LINK.search(content) is not None


def skip_of(message: discord.Message) -> Skip | None:
    """Return why a message of a guild does not count, whatever it says, or None if it may."""
    if message.webhook_id is not None:
        return "webhook"
    if message.author.bot:
        return "bot"
    kind = message.type
    return None if kind is _DEFAULT or kind is _REPLY else "system"


def fact_of(
    message: discord.Message, guild_id: int, needs: EarningNeeds | None, dice: int = 0, session: int = 0
) -> MessagePosted:
    """Return what the core is told of a message of a guild; ``needs`` is what the guild's rules ask for."""
    author, content, channel = message.author, message.content, message.channel
    channel_id, thread_id = place_of(channel)
    category_id, has_ignored_prefix, is_post = 0, False, False
    role_ids: tuple[int, ...] = ()
    if needs is not None:
        category_id, role_ids = needs.category_of(channel), needs.roles_of(author)
        has_ignored_prefix, is_post = needs.has_ignored_prefix(content), needs.is_post(channel)
    return MessagePosted(
        guild_id,
        author.id,
        channel_id,
        message.id,
        len(content),
        bool(message.attachments or message.embeds) and has_image(message),
        has_link(content),
        dice,
        session,
        "live",
        thread_id,
        category_id,
        role_ids,
        has_ignored_prefix,
        is_post,
    )


class ActivityCog(LaurelCog):
    """Counts messages and commands. Bots, webhooks, system messages and direct messages do not count.

    Nothing is waited for: a commit is on its way once it is called, and the message and its task are free.

    Attributes:
        on_their_way: How many messages and commands are on their way to the disk.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        self._may_begin_command = command_test(bot)
        self._dice = laurel.dice
        self._known_needs = laurel.earning.known
        self._note_refusal = laurel.refusals.note
        self.on_their_way = 0
        self._session = _new_session()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Note that a new gateway session began: events may have been lost. A resume loses none."""
        self._session = _new_session()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Count a message of a person in a guild, unless it is a command."""
        guild = message.guild
        if guild is None or skip_of(message) is not None:
            return
        session = self._session  # before any await: it belongs to this message
        if self._may_begin_command(message) and (await self.bot.get_context(message)).valid:
            return
        needs = self._known_needs.get(guild.id, _UNKNOWN)
        if needs is _UNKNOWN:
            needs = await self._learn(guild.id)
        fact = fact_of(message, guild.id, needs, self._dice(), session)
        self.on_their_way += 1
        commit = self.leveling.message_posted(fact, bounded=needs is not None and needs.has_ceilings)
        commit.add_done_callback(partial(self._on_message_counted, fact))

    async def _learn(self, guild_id: int) -> EarningNeeds | None:
        """Return what a guild's rules want to know; where they cannot be read, tell all they may name."""
        self.on_their_way += 1
        try:
            return await self.laurel.earning.learn(guild_id)
        except StoreError as error:
            self.note_store_error(error, "reading where and who earns")
            return EVERYTHING
        finally:
            self.on_their_way -= 1

    def _on_message_counted(self, fact: MessagePosted, commit: asyncio.Future[MessageAnswer]) -> None:
        """Remember why a message earned nothing, for whoever asks."""
        self.on_their_way -= 1
        try:
            answer = commit.result()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 -- whatever it is, it is noted
            self._note_failure(error, "counting messages")
            answer = _LOST
        if answer.refusal:
            place_id = fact.thread_id or fact.channel_id
            self._note_refusal(fact.guild_id, fact.user_id, fact.message_id, place_id, answer)

    def _on_command_counted(self, commit: asyncio.Future[Any]) -> None:
        self.on_their_way -= 1
        if not commit.cancelled() and (error := commit.exception()) is not None:
            self._note_failure(error, "counting commands")

    def _note_failure(self, error: BaseException, doing: str) -> None:
        """Log why something could not be counted: nobody else looks at it."""
        if isinstance(error, StoreError):
            self.note_store_error(error, doing)
        elif not isinstance(error, asyncio.CancelledError):
            log.error("An error while %s", doing, exc_info=error)

    @commands.Cog.listener()
    async def on_command_completion(self, ctx: commands.Context[Any]) -> None:
        """Count a prefix or hybrid command that succeeded, of whichever cog of this bot."""
        event = ctx.message if ctx.interaction is None else ctx.interaction
        if ctx.guild is not None and not ctx.author.bot:
            await self._count_command(ctx.guild.id, ctx.author, ctx.channel, event.id)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self,
        interaction: discord.Interaction,
        command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu,
    ) -> None:
        """Count a pure slash command or context menu; a hybrid one has told of itself already."""
        if isinstance(command, HybridAppCommand) or interaction.guild_id is None:
            return
        channel, asker = interaction.channel, interaction.user
        await self._count_command(interaction.guild_id, asker, channel, interaction.id)

    async def _count_command(
        self, guild_id: int, user: discord.User | discord.Member, channel: object, event_id: int
    ) -> None:
        needs = await self._learn(guild_id)
        role_ids = () if needs is None else needs.roles_of(user)
        channel_id, thread_id = place_of(channel)
        fact = CommandCompleted(guild_id, user.id, channel_id, event_id, thread_id, role_ids)
        self.on_their_way += 1
        self.leveling.command_completed(fact).add_done_callback(self._on_command_counted)


def _new_session() -> int:
    """Name a gateway session: at random, so that no two are taken for one, not even across restarts."""
    return secrets.randbits(53)
