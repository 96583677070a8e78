"""Boards in words: a page of one as an embed, and what its parts are called."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from cogs.ui.embeds import add_field, new_embed, set_author
from cogs.ui.names import plain_name
from cogs.ui.times import day_label
from data.texts import Texts
from leveling_core.leaderboards import BoardEntry, BoardName, LeaderboardPage
from leveling_core.store import PeriodBoard

__all__ = ["BoardWriter", "kind_of_board"]


def kind_of_board(board: BoardName, found: LeaderboardPage) -> str:
    """Return how the lines of a board are written: ``xp``, ``streak`` or ``period``."""
    return "period" if isinstance(found.board, PeriodBoard) else board


class BoardWriter:
    """Puts boards into words.

    Args:
        texts: What people read.
    """

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def embed(
        self,
        guild: discord.Guild,
        board: BoardName,
        found: LeaderboardPage,
        names: Mapping[int, str],
        asker_id: int = 0,
    ) -> discord.Embed:
        """Make the embed of a page.

        Args:
            guild: Whose board it is.
            board: What it is asked for by.
            found: The page.
            names: How the members on it are called, ready to be shown.
            asker_id: Who asks, and reads of the own place; 0 for nobody in particular.
        """
        kind = kind_of_board(board, found)
        lines = [self._line(kind, entry, names[entry.standing.user_id], asker_id) for entry in found.entries]
        embed = new_embed(
            title=self.title(board, found),
            description="\n".join(lines) or self.texts("leaderboard-empty", board=board),
            footer=self._footer(found),
        )
        icon = guild.icon.url if guild.icon is not None else None
        set_author(embed, plain_name(guild.name), icon)
        if found.entries and asker_id:
            add_field(
                embed, self.texts("leaderboard-own-title"), "\n".join(self.own_lines(board, found, names))
            )
        return embed

    def title(self, board: BoardName, found: LeaderboardPage) -> str:
        """Return what a board is called, with its days where it has some."""
        period = found.board
        if not isinstance(period, PeriodBoard):
            return self.texts("leaderboard-title", board=board)
        return self.texts(
            "leaderboard-title-period",
            board=board,
            first=day_label(self.texts, period.from_on),
            last=day_label(self.texts, period.until_on - 1),
        )

    def own_lines(
        self, board: BoardName, found: LeaderboardPage, names: Mapping[int, str], *, moved: bool = True
    ) -> list[str]:
        """Return the place of who asks, and what is missing to pass the next; a line each.

        Args:
            board: What the board is asked for by.
            found: The page.
            names: How members are called, as the lines are to show them.
            moved: Whether it is told how the place has changed.
        """
        kind, own = kind_of_board(board, found), found.own
        if own is None:
            return [self.texts(f"leaderboard-own-none-{kind}")]
        place = self.texts(
            f"leaderboard-own-{kind}",
            rank=own.standing.rank,
            members=found.ranked_members,
            level=own.level,
            value=own.standing.value,
        )
        lines = [self._moved(place, own) if moved else place]
        if found.ahead is not None and found.xp_to_pass:
            name = names[found.ahead.user_id]
            lines.append(self.texts("leaderboard-to-pass", xp=found.xp_to_pass, name=name))
        return lines

    def _footer(self, found: LeaderboardPage) -> str:
        fields = {"page": found.page, "pages": found.pages, "members": found.ranked_members}
        moved = any(self._movement(entry) for entry in (*found.entries, *filter(None, [found.own])))
        return self.texts("leaderboard-footer-moved" if moved else "leaderboard-footer", **fields)

    def _line(self, kind: str, entry: BoardEntry, name: str, asker_id: int) -> str:
        standing = entry.standing
        line = self.texts(
            f"leaderboard-line-{kind}",
            rank=standing.rank,
            name=self.texts("leaderboard-you", name=name) if standing.user_id == asker_id else name,
            level=entry.level,
            value=standing.value,
        )
        return self._moved(line, entry)

    def _moved(self, text: str, entry: BoardEntry) -> str:
        movement = self._movement(entry)
        return self.texts("leaderboard-moved", text=text, movement=movement) if movement else text

    def _movement(self, entry: BoardEntry) -> str:
        """Say how a member has moved since today began; "" for not at all."""
        if entry.former_rank == 0:
            return self.texts("leaderboard-new")
        if not entry.climbed:
            return ""
        name = "leaderboard-climbed" if entry.climbed > 0 else "leaderboard-fallen"
        return self.texts(name, ranks=abs(entry.climbed))
