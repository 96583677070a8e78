"""What the message of a live board shows: the text of a board or its picture, and what names that content."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import discord
import msgspec

from cogs.context import LaurelContext
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.board import BoardPainter
from cogs.ui.board import BoardWriter
from cogs.ui.embeds import text_twin
from cogs.ui.people import members_of, names_of
from leveling_core.documents import LiveBoardRecord
from leveling_core.ids import MemberKey
from leveling_core.leaderboards import BoardName, LeaderboardPage
from pictures import Board, Look, Picture

__all__ = ["Face", "FaceMaker", "board_name"]

_BOARDS = get_args(BoardName)
_TWIN = "board"


def board_name(record: LiveBoardRecord) -> BoardName:
    """Return which board a message shows, that of XP where there is none of the name any more."""
    return cast(BoardName, record.board if record.board in _BOARDS else "xp")


@dataclass(frozen=True, slots=True)
class Face:
    """What a message shows.

    Attributes:
        digest: Names it: it is the same exactly when nobody would see a difference.
        embed: The text.
        file: The picture instead, None for none.
        view: The button below the picture.
    """

    digest: str
    embed: discord.Embed
    file: discord.File | None = None
    view: discord.ui.View | None = None

    def as_new(self, *, embeds: bool) -> dict[str, Any]:
        """Return it as options of a new message.

        Args:
            embeds: Whether embeds are allowed where it goes; else the text is sent as such.
        """
        if self.file is not None:
            return {"file": self.file, "view": self.view}
        return {"embed": self.embed} if embeds else {"content": text_twin(self.embed)}

    def as_edit(self, *, embeds: bool) -> dict[str, Any]:
        """Return it as options of an edit, whatever was shown before."""
        shown: dict[str, Any] = {"content": None, "embed": None, "attachments": [], "view": self.view}
        new = self.as_new(embeds=embeds)
        file = new.pop("file", None)
        return shown | new | {"attachments": [] if file is None else [file]}


class FaceMaker:
    """Makes what messages of live boards show.

    Args:
        laurel: What cogs work with.
    """

    def __init__(self, laurel: LaurelContext) -> None:
        self._laurel = laurel
        self._writer = BoardWriter(laurel.texts)
        self._painter = BoardPainter(self._writer, laurel.pictures.avatars)

    async def make(
        self, guild: discord.Guild, record: LiveBoardRecord, at: int, *, attach: bool
    ) -> Face | None:
        """Make what a message is to show now; None if it shows that already.

        Args:
            guild: Whose board it is.
            record: Which board, how, and what it shows now.
            at: Now, ms UTC.
            attach: Whether files are allowed where it is.
        """
        board = board_name(record)
        nobody = MemberKey(guild.id, guild.me.id)
        found = await self._laurel.boards.get_leaderboard(nobody, at, board=board)
        pictures = self._laurel.pictures
        if record.as_picture and attach and not await pictures.wants_text(guild.id):
            face = await self._picture(guild, board, found, record.digest)
            if face is None or face.file is not None:
                return face
        names = await names_of(self._laurel.texts, guild, found.user_ids)
        embed = self._writer.embed(guild, board, found, names)
        digest = _digest("text", msgspec.json.encode(embed.to_dict()))
        if digest == record.digest:
            return None
        embed.timestamp = dt.datetime.fromtimestamp(at / 1000, tz=dt.UTC)
        return Face(digest, embed)

    async def _picture(
        self, guild: discord.Guild, board: BoardName, found: LeaderboardPage, shown: str
    ) -> Face | None:
        """Return a board as a picture, None if it is shown already; without a file if it cannot be drawn."""
        laurel = self._laurel
        members = await members_of(guild, found.user_ids)
        rules = (await laurel.leveling.get_rules(guild.id)).rules.pictures
        look = await laurel.pictures.looks.of(guild.id, rules, None)
        content: Board = await self._painter.paint(guild, board, found, members, look=look)
        digest = _digest("picture", *_parts_of(content))
        if digest == shown:
            return None

        async def make(_: Look) -> Picture:
            return content

        alt = self._painter.describe(guild, board, found, members)
        file = await laurel.pictures.draw(make, guild_id=guild.id, name="board", alt=alt)
        button = AsTextButton.of(laurel.texts, _TWIN, board)
        view = discord.ui.View(timeout=None).add_item(button) if file is not None else None
        return Face(digest, discord.Embed(), file, view)


def _parts_of(content: Board) -> list[bytes]:
    """Return all that a picture shows; files as they are, which are long, and the rest as text."""
    look = replace(content.look, background=b"")
    rows = tuple(replace(row, avatar=b"") for row in content.rows)
    words = repr(replace(content, look=look, rows=rows)).encode()
    return [words, content.look.background, *(row.avatar for row in content.rows)]


def _digest(kind: str, *parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return f"{kind}:{whole.hexdigest()[:32]}"
