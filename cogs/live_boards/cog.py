"""`board`: a message that shows a board and keeps itself current, for those who manage the server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Literal

import discord
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, require_manager
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.live_boards.face import FaceMaker
from cogs.live_boards.keeper import BoardKeeper
from cogs.live_boards.pinning import pin_message
from cogs.text_places import TextPlace, lacking_permission, may
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed
from cogs.ui.events import event_at, guild_of
from cogs.ui.replies import patience, reply
from leveling_core.documents import LiveBoardRecord
from leveling_core.leaderboards import BoardName
from leveling_core.periods import MS_PER_MINUTE

__all__ = ["BoardCog"]

log = logging.getLogger(__name__)

_Context = commands.Context[Any]

EVERY_MS = MS_PER_MINUTE // 2
"""Less than what lies between two looks at the clock, so that boards are looked at with each."""

HERE: Any = commands.parameter(default=None, displayed_default="here")


class BoardCog(LaurelCog):
    """Keeps boards current that those who manage a server have pinned.

    Attributes:
        keeper: Keeps them current.
    """

    JOB = "keep-boards-current"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self._faces = FaceMaker(laurel)
        self.keeper = BoardKeeper(bot, laurel, self._faces)
        self._end_watch: Callable[[], None] | None = None

    async def cog_load(self) -> None:
        """Begin to look at the clock, and to follow what happens."""
        self._end_watch = self.leveling.store.watch(self.keeper.note_lines)
        self.laurel.schedule.every(EVERY_MS, self.JOB, self.keeper.look, first_in_ms=0)

    async def cog_unload(self) -> None:
        """Look no more; the messages stay as they are."""
        self.laurel.schedule.drop(self.JOB)
        if self._end_watch is not None:
            self._end_watch()
        await self.keeper.close()

    async def cog_check(self, ctx: _Context) -> bool:
        """Let only those through who manage the server."""
        require_manager(ctx.author)
        return True

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Keep a board no more whose channel is deleted."""
        await self.keeper.note_channel_deleted(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Keep a board no more whose thread is deleted."""
        await self.keeper.note_channel_deleted(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Send a board anew whose message is deleted."""
        self.keeper.note_deleted(payload.guild_id or 0, {payload.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Send a board anew whose message is deleted along with others."""
        self.keeper.note_deleted(payload.guild_id or 0, payload.message_ids)

    @admin_group("board")
    async def board(self, ctx: _Context) -> None:
        """Show which board keeps itself current; by prefix alone, a slash group cannot be used itself."""
        guild = guild_of(ctx)
        [record] = await self.laurel.live_boards.list_of([guild.id])
        if record.message_id:
            await self._answer(ctx, self.texts("board-kept", link=_link(guild, record)))
        else:
            await self._answer(ctx, self.texts("board-none"))

    @admin_command(board, "pin", usage="[channel] [board] [text|picture]")
    async def pin(
        self,
        ctx: _Context,
        channel: discord.TextChannel | discord.VoiceChannel | discord.Thread | None = HERE,
        board: BoardName = "xp",
        show: Literal["text", "picture"] = "text",
    ) -> None:
        """Send and pin a board that keeps itself current, in place of the one before."""
        guild, at = guild_of(ctx), event_at(ctx)
        place = channel or ctx.channel
        if not isinstance(place, TextPlace):
            raise UserFacingError("board-no-place")
        _check_place(place, picture=show == "picture")
        wanted = LiveBoardRecord(channel_id=place.id, board=board, as_picture=show == "picture")
        async with patience(ctx.interaction):
            face = await self._faces.make(guild, wanted, at, attach=True)
            if face is None:  # nothing is shown yet, so there is something to show
                raise UserFacingError("board-no-place")
            message = await place.send(
                **face.as_new(embeds=True), allowed_mentions=discord.AllowedMentions.none()
            )
            record = LiveBoardRecord(
                channel_id=place.id,
                message_id=message.id,
                board=board,
                as_picture=wanted.as_picture,
                digest=face.digest,
                edited_at=self.laurel.clock(),
            )
            before = await self.laurel.live_boards.pin(guild.id, record)
            self.keeper.note(guild.id, record)
            await self._delete(guild, before)
            pinning = await pin_message(place, message)
        await self._answer(ctx, self.texts("board-pinned", link=_link(guild, record), pinning=pinning))

    @admin_command(board, "unpin")
    async def unpin(self, ctx: _Context) -> None:
        """Take away the board that keeps itself current."""
        guild = guild_of(ctx)
        before = await self.laurel.live_boards.unpin(guild.id)
        self.keeper.note(guild.id, LiveBoardRecord())
        await self._delete(guild, before)
        await self._answer(ctx, self.texts("board-unpinned" if before.message_id else "board-none"))

    @staticmethod
    async def _delete(guild: discord.Guild, record: LiveBoardRecord) -> None:
        """Delete the message of a board that is kept no more, if that can be done."""
        place = guild.get_channel_or_thread(record.channel_id)
        if not record.message_id or not isinstance(place, TextPlace):
            return
        try:
            await place.get_partial_message(record.message_id).delete()
        except discord.HTTPException as problem:
            log.info("The former live board of guild %s stays where it is: %s", guild.id, problem)

    async def _answer(self, ctx: _Context, text: str) -> None:
        await reply(ctx, new_embed(description=text), ephemeral=True)


def _link(guild: discord.Guild, record: LiveBoardRecord) -> str:
    return f"https://discord.com/channels/{guild.id}/{record.channel_id}/{record.message_id}"


def _check_place(place: TextPlace, *, picture: bool) -> None:
    """Refuse a place in which the bot cannot show a board.

    Raises:
        UserFacingError: It lacks a permission there; says which.
    """
    lacking = lacking_permission(place)
    if lacking is None and not may(place, "embed_links"):
        lacking = "Embed Links"
    if lacking is None and picture and not may(place, "attach_files"):
        lacking = "Attach Files"
    if lacking is not None:
        raise UserFacingError("config-cannot-write", channel=place.mention, permission=lacking)
