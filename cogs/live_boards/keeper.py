"""Keeping live boards current: looked at once a minute, edited only when there is something else to show."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import discord
import msgspec
from discord.ext import commands

from cogs.announcement_channels import FORBIDDEN, GONE, UNSUITABLE, find_problem
from cogs.context import LaurelContext
from cogs.discord_failures import DISCORD_FAILURES
from cogs.live_boards.face import Face, FaceMaker
from cogs.live_boards.pinning import pin_message
from cogs.text_places import TextPlace, may
from leveling_core.documents import LiveBoardRecord
from leveling_core.errors import StoreError
from leveling_core.outcomes import LedgerLine
from leveling_core.periods import MS_PER_HOUR, MS_PER_MINUTE

__all__ = ["BoardKeeper"]

log = logging.getLogger(__name__)

_SLACK_MS = 500
"""The clock is looked at once a minute, and not to the millisecond."""

_LOOK_EVERY_MS: Final = 10 * MS_PER_MINUTE
"""How often a board is looked at of whose members nothing was heard: names, days and weeks change as well."""

_REST_MS = MS_PER_HOUR
"""For how long a place is left alone that the bot may not write to: refusals again and again bring a ban."""

_GUILDS_AT_ONCE = 100
_BOARDS_AT_ONCE = 8
"""Boards that are made and sent at the same time: Discord takes a while to answer."""

_NO_PINGS = discord.AllowedMentions.none()
_UNKNOWN_CHANNEL = 10003
"""Discord's API reference, "JSON Error Codes"."""


class BoardKeeper:
    """Keeps the live boards of all guilds current.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.
        faces: Makes what the messages show.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext, faces: FaceMaker) -> None:
        self._bot = bot
        self._laurel = laurel
        self._boards = laurel.live_boards
        self._faces = faces
        self._known: dict[int, LiveBoardRecord] = {}
        self._looked_at: dict[int, int] = {}
        self._rests_until: dict[int, int] = {}
        self._work: asyncio.Task[None] | None = None

    def note(self, guild_id: int, record: LiveBoardRecord) -> None:
        """Note that a board was pinned, or that there is none any more."""
        self._known[guild_id] = record
        self._looked_at.pop(guild_id, None)
        self._rests_until.pop(guild_id, None)

    def note_lines(self, lines: Sequence[LedgerLine]) -> None:
        """Note that something has happened to members: their boards are looked at again."""
        for line in lines:
            self._looked_at.pop(line.guild_id, None)

    def note_deleted(self, guild_id: int, message_ids: set[int]) -> None:
        """Note that messages were deleted: a board among them is sent anew."""
        if guild_id in self._known and self._known[guild_id].message_id in message_ids:
            self._looked_at.pop(guild_id, None)
            self._known[guild_id] = msgspec.structs.replace(self._known[guild_id], digest="")

    async def note_channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """Note that a channel was deleted: a board in it is kept no more."""
        record = self._known.get(guild_id)
        if record is not None and record.channel_id == channel_id:
            await self._end(guild_id, record)

    async def look(self) -> None:
        """Begin to look at all boards; return at once."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._look_at_all(), name="live-boards")

    async def idle(self) -> None:
        """Wait until what was begun is done."""
        if self._work is not None:
            await asyncio.wait((self._work,))

    async def close(self) -> None:
        """Look no more; an edit under way is left to Discord."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait((self._work,))

    async def _look_at_all(self) -> None:
        try:
            await self._read_unknown()
        except StoreError as error:
            log.info("Live boards could not be read, they are looked at again in a minute: %s", error)
            return
        now, few = self._laurel.clock(), asyncio.Semaphore(_BOARDS_AT_ONCE)
        async with asyncio.TaskGroup() as looks:
            for guild in list(self._bot.guilds):
                record = self._known.get(guild.id)
                if record is not None and not guild.unavailable and self._is_due(guild.id, record, now):
                    self._looked_at[guild.id] = now
                    looks.create_task(self._look_safely(guild, record, few), name=f"live-board-{guild.id}")

    async def _look_safely(
        self, guild: discord.Guild, record: LiveBoardRecord, few: asyncio.Semaphore
    ) -> None:
        """Look at a board, whatever goes wrong with it: others are looked at all the same."""
        async with few:
            try:
                await self._look_at(guild, record)
            except (*DISCORD_FAILURES, StoreError) as problem:
                self._looked_at.pop(guild.id, None)
                log.info("The live board of guild %s is not current: %s", guild.id, problem)
            except Exception:
                log.exception("The live board of guild %s could not be made", guild.id)

    def _is_due(self, guild_id: int, record: LiveBoardRecord, now: int) -> bool:
        """Tell whether a board is to be looked at now: there may be news, and it may be edited."""
        return (
            record.message_id != 0
            and now - self._looked_at.get(guild_id, -_LOOK_EVERY_MS) >= _LOOK_EVERY_MS
            and now - record.edited_at >= MS_PER_MINUTE - _SLACK_MS
            and now >= self._rests_until.get(guild_id, 0)
        )

    async def _read_unknown(self) -> None:
        unknown = [guild.id for guild in self._bot.guilds if guild.id not in self._known]
        for first in range(0, len(unknown), _GUILDS_AT_ONCE):
            guild_ids = unknown[first : first + _GUILDS_AT_ONCE]
            for guild_id, record in zip(guild_ids, await self._boards.list_of(guild_ids), strict=True):
                self._known.setdefault(guild_id, record)

    async def _look_at(self, guild: discord.Guild, record: LiveBoardRecord) -> None:
        now = self._laurel.clock()
        place = await self._find_place(guild, record)
        if place is None:
            return
        face = await self._faces.make(guild, record, now, attach=may(place, "attach_files"))
        if face is not None:
            await self._show(guild, place, record, face, now)

    async def _find_place(self, guild: discord.Guild, record: LiveBoardRecord) -> TextPlace | None:
        """Return where a board is; None where it cannot be changed for now, or is kept no more."""
        place = guild.get_channel_or_thread(record.channel_id)
        if place is None:
            try:
                place = await guild.fetch_channel(record.channel_id)  # an archived thread is not cached
            except discord.InvalidData:
                await self._end(guild.id, record)
                return None
            except discord.HTTPException as error:
                await self._note_problem(guild.id, record, error)
                return None
        if isinstance(place, TextPlace) and may(place, "view_channel"):
            return place
        self._rest(guild.id, FORBIDDEN if isinstance(place, TextPlace) else UNSUITABLE)
        return None

    async def _show(
        self, guild: discord.Guild, place: TextPlace, record: LiveBoardRecord, face: Face, now: int
    ) -> None:
        sent_anew: discord.Message | None = None
        embeds = may(place, "embed_links")
        try:
            try:
                await place.get_partial_message(record.message_id).edit(
                    **face.as_edit(embeds=embeds), allowed_mentions=_NO_PINGS
                )
            except discord.NotFound as error:
                if error.code == _UNKNOWN_CHANNEL:
                    raise
                if self._known[guild.id].message_id != record.message_id:
                    return  # it was taken away, and deleted, while Discord was asked to edit it
                if face.file is not None:
                    face.file.reset(seek=True)
                # Sent under a name that follows from the one before: after a crash Discord drops the second.
                sent_anew = await place.send(
                    **face.as_new(embeds=embeds),
                    nonce=f"live-{record.message_id}",
                    allowed_mentions=_NO_PINGS,
                )
        except discord.HTTPException as error:
            await self._note_problem(guild.id, record, error)
            return
        message_id = record.message_id if sent_anew is None else sent_anew.id
        after = msgspec.structs.replace(record, message_id=message_id, digest=face.digest, edited_at=now)
        if await self._boards.replace(guild.id, record, after):
            self._known[guild.id] = after
            if sent_anew is not None:
                await pin_message(place, sent_anew)
        elif sent_anew is not None:
            await sent_anew.delete()  # it was taken away while it was sent anew

    async def _note_problem(
        self, guild_id: int, record: LiveBoardRecord, error: discord.HTTPException
    ) -> None:
        """Keep a board no more whose channel is gone, and leave one alone that may not be changed.

        Raises:
            discord.HTTPException: It may work in a minute.
        """
        problem = find_problem(error)
        if problem == GONE:
            await self._end(guild_id, record)
        elif problem:
            self._rest(guild_id, problem)
        else:
            raise error

    async def _end(self, guild_id: int, record: LiveBoardRecord) -> None:
        log.info("The live board of guild %s is kept no more: its channel is gone", guild_id)
        if await self._boards.replace(guild_id, record, None):
            self.note(guild_id, LiveBoardRecord())

    def _rest(self, guild_id: int, problem: str) -> None:
        self._rests_until[guild_id] = self._laurel.clock() + _REST_MS
        log.info("The live board of guild %s is left alone for an hour: %s", guild_id, problem)
