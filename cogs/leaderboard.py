"""The leaderboard: who has the most XP, ever or of late, or the longest streak, and where one stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

import discord
from discord.ext import commands

from cogs.context import LaurelContext
from cogs.pictures import reply_with_picture
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.board import BoardPainter
from cogs.rank_watch import note_rank_seen
from cogs.ui.board import BoardWriter
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.events import event_at, guild_of, member_key
from cogs.ui.pages import MAX_PAGE, Choice, Page, PageButton, PagesCog, Turn, page_template
from cogs.ui.people import members_of, names_of
from cogs.ui.replies import patience
from leveling_core.ids import MemberKey, instant_of
from leveling_core.leaderboards import BoardName, LeaderboardPage
from pictures import Board, Look

__all__ = ["BoardButton", "LeaderboardCog"]

BOARD = "board"
"""What the picture of a board is called: its file, and its twin."""

PICTURE = "picture"
"""The button that turns a page into a picture."""

_BOARDS = get_args(BoardName)


class BoardButton(PageButton, template=page_template("board")):
    """A button below a leaderboard."""

    book = "board"
    cog_name = "LaurelLeaderboard"


class LeaderboardCog(PagesCog):
    """Shows leaderboards."""

    button = BoardButton
    command_name = "leaderboard"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._writer = BoardWriter(self.texts)
        self._painter = BoardPainter(self._writer, laurel.pictures.avatars)
        laurel.pictures.twins[BOARD] = self._as_text

    @member_command("top", "lb", ignore_extra=False, costly=True)
    async def leaderboard(
        self,
        ctx: commands.Context[Any],
        board: BoardName | None = None,
        page: commands.Range[int, 1] = 1,
    ) -> None:
        """Show a page of a leaderboard; on that of XP, note the own rank that was seen."""
        await self._show(ctx, board or "xp", page)
        if board in {None, "xp"}:
            await note_rank_seen(self, ctx, member_key(ctx))

    @member_command(ignore_extra=False, costly=True)
    async def dailyboard(self, ctx: commands.Context[Any], page: commands.Range[int, 1] = 1) -> None:
        """Show a page of the board of daily streaks."""
        await self._show(ctx, "streak", page)

    @member_command("top10", costly=True)
    async def topten(self, ctx: commands.Context[Any], board: BoardName = "xp") -> None:
        """Show the first page of a board as a picture; note the own rank that was seen."""
        guild, key, at = guild_of(ctx), member_key(ctx), event_at(ctx)
        async with patience(ctx.interaction):
            found = await self._find(guild, Turn(subject=board, page=1, asker_id=key.user_id), at)
            can_attach = ctx.bot_permissions.attach_files
            file = await self._draw(guild, board, found, key.user_id) if can_attach else None
            twin = await self._embed(guild, board, found, key.user_id)
        await reply_with_picture(self, ctx, file, twin, as_text=(BOARD, board))
        if board == "xp":
            await note_rank_seen(self, ctx, key)

    async def _show(self, ctx: commands.Context[Any], board: BoardName, page: int) -> None:
        guild = guild_of(ctx)
        turn = Turn(subject=board, page=min(page, MAX_PAGE), asker_id=ctx.author.id)
        async with patience(ctx.interaction):
            shown = await self.make_page(guild, turn, event_at(ctx))
        await self.show_page(ctx, shown)

    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:
        """Make a page of a board as it is now; a page beyond the end is the last one."""
        board = _board_of(turn.subject)
        found = await self._find(guild, turn, at)
        embed = await self._embed(guild, board, found, turn.asker_id)
        choices = self._choices(board, found, turn.asker_id)
        other = Turn(subject=board, page=min(found.page, MAX_PAGE), asker_id=turn.asker_id)
        if found.entries and not await self.laurel.pictures.wants_text(guild.id, turn.asker_id):
            picture = replace(other, action=PICTURE)
            choices += (Choice(label=self.texts("leaderboard-picture"), turn=picture, enabled=True),)
        if turn.action != PICTURE:
            return Page(embed=embed, choices=choices)
        file = await self._draw(guild, board, found, turn.asker_id)
        if file is None:
            return Page(embed=embed, choices=choices, note=self.texts("leaderboard-no-picture"))
        pages = Choice(
            label=self.texts("leaderboard-pages"), turn=replace(other, action="pages"), enabled=True
        )
        lasting = AsTextButton.of(self.texts, BOARD, board)
        return Page(embed=embed, choices=(pages,), file=file, lasting=lasting)

    async def _find(self, guild: discord.Guild, turn: Turn, at: int) -> LeaderboardPage:
        return await self.laurel.boards.get_leaderboard(
            MemberKey(guild.id, turn.asker_id),
            at,
            page=turn.page,
            board=_board_of(turn.subject),
            find_me=turn.action == "find",
        )

    async def _embed(
        self, guild: discord.Guild, board: BoardName, found: LeaderboardPage, asker_id: int
    ) -> discord.Embed:
        names = await names_of(self.texts, guild, found.user_ids)
        return self._writer.embed(guild, board, found, names, asker_id)

    async def _draw(
        self, guild: discord.Guild, board: BoardName, found: LeaderboardPage, asker_id: int
    ) -> discord.File | None:
        members = await members_of(guild, found.user_ids)

        async def make(look: Look) -> Board:
            return await self._painter.paint(guild, board, found, members, look=look, asker_id=asker_id)

        alt = self._painter.describe(guild, board, found, members, asker_id=asker_id)
        return await self.laurel.pictures.draw(
            make, guild_id=guild.id, name=BOARD, alt=alt, asker_id=asker_id
        )

    async def _as_text(
        self, interaction: discord.Interaction, guild: discord.Guild, argument: str
    ) -> discord.Embed:
        """Return a board as it is now for whoever asks; the picture shows it as it was."""
        board = _board_of(argument)
        turn = Turn(subject=board, page=1, asker_id=interaction.user.id)
        found = await self._find(guild, turn, instant_of(interaction.id))
        return await self._embed(guild, board, found, turn.asker_id)

    def _choices(self, board: BoardName, found: LeaderboardPage, asker_id: int) -> tuple[Choice, ...]:
        if found.pages <= 1:
            return ()
        elsewhere = found.own_page not in {0, found.page}
        turn = Turn(subject=board, page=found.page, asker_id=asker_id)
        own = replace(turn, page=min(found.own_page or found.page, MAX_PAGE), action="find")
        find_me = Choice(label=self.texts("leaderboard-find-me"), turn=own, enabled=elsewhere)
        return *self.turning(turn, found.page, found.pages), find_me


def _board_of(subject: str) -> BoardName:
    """Return the board that a button names, that of XP where there is none of the name any more."""
    return cast(BoardName, subject if subject in _BOARDS else "xp")
