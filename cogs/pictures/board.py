"""A board as a picture: its ten members with avatars and bars, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from cogs.pictures.avatars import Avatars
from cogs.ui.board import BoardWriter, kind_of_board
from cogs.ui.names import plain_name
from leveling_core.leaderboards import BoardEntry, BoardName, LeaderboardPage
from pictures import Board, BoardRow, Look

__all__ = ["BoardPainter"]

_MEDALS = 3


class BoardPainter:
    """Makes pictures of boards.

    Args:
        writer: Puts boards into words.
        avatars: Where avatars come from.
    """

    def __init__(self, writer: BoardWriter, avatars: Avatars) -> None:
        self._writer = writer
        self._texts = writer.texts
        self._avatars = avatars

    async def paint(
        self,
        guild: discord.Guild,
        board: BoardName,
        found: LeaderboardPage,
        members: Mapping[int, discord.Member],
        *,
        look: Look,
        asker_id: int = 0,
    ) -> Board:
        """Return what the picture of a page shows.

        Args:
            guild: Whose board it is.
            board: What it is asked for by.
            found: The page.
            members: Those of its members who are known.
            look: How it is to look.
            asker_id: Who asks, and reads of the own place; 0 for nobody in particular.
        """
        shown = [
            members[entry.standing.user_id] for entry in found.entries if entry.standing.user_id in members
        ]
        drawn = dict(zip((member.id for member in shown), await self._avatars.get_all(shown), strict=True))
        kind = kind_of_board(board, found)
        rows = [self._row(kind, entry, members, drawn, found, asker_id) for entry in found.entries]
        footer = self._footer(board, found, members) if found.entries and asker_id else ""
        return Board(
            look=look,
            title=self._writer.title(board, found),
            subtitle=guild.name if found.entries else self._texts("leaderboard-picture-empty"),
            rows=tuple(rows),
            footer=footer,
        )

    def describe(
        self,
        guild: discord.Guild,
        board: BoardName,
        found: LeaderboardPage,
        members: Mapping[int, discord.Member],
        *,
        asker_id: int = 0,
    ) -> str:
        """Return in words what the picture of a page shows."""
        kind = kind_of_board(board, found)
        lines = [
            self._texts(
                "leaderboard-alt-line",
                rank=entry.standing.rank,
                name=self._plain_name(members.get(entry.standing.user_id)),
                value=self._value(kind, entry),
            )
            for entry in found.entries
        ]
        title = self._writer.title(board, found)
        parts = [self._texts("leaderboard-alt", title=title, guild=plain_name(guild.name)), *lines]
        if not found.entries:
            parts.append(self._texts("leaderboard-picture-empty"))
        elif asker_id:
            parts.append(self._footer(board, found, members))
        return "\n".join(parts)

    def _row(
        self,
        kind: str,
        entry: BoardEntry,
        members: Mapping[int, discord.Member],
        avatars: Mapping[int, bytes],
        found: LeaderboardPage,
        asker_id: int,
    ) -> BoardRow:
        standing = entry.standing
        member = members.get(standing.user_id)
        return BoardRow(
            rank=self._texts("leaderboard-picture-rank", rank=standing.rank),
            name=self._texts("ui-former-member") if member is None else member.display_name,
            fallback_name=self._texts("ui-nobody"),
            avatar=avatars.get(standing.user_id, b""),
            value=self._value(kind, entry),
            detail=self._texts("leaderboard-picture-level", level=entry.level) if kind == "xp" else "",
            share=standing.value / max(1, found.entries[0].standing.value),
            medal=standing.rank if standing.rank <= _MEDALS else 0,
            is_viewer=standing.user_id == asker_id,
        )

    def _value(self, kind: str, entry: BoardEntry) -> str:
        name = "leaderboard-picture-days" if kind == "streak" else "leaderboard-picture-xp"
        return self._texts(name, value=entry.standing.value)

    def _footer(self, board: BoardName, found: LeaderboardPage, members: Mapping[int, discord.Member]) -> str:
        names = (
            {found.ahead.user_id: self._plain_name(members.get(found.ahead.user_id))} if found.ahead else {}
        )
        lines = self._writer.own_lines(board, found, names, moved=False)
        return self._texts("leaderboard-picture-own", place=" · ".join(lines))

    def _plain_name(self, member: discord.Member | None) -> str:
        if member is None:
            return self._texts("ui-former-member")
        return plain_name(member.display_name, self._texts("ui-nobody"))
