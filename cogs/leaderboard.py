"""The leaderboard: who has the most XP, ever or of late, or the longest streak, and where one stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

import discord
from discord.ext import commands

from cogs.context import LaurelContext
from cogs.rank_watch import note_rank_seen
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import add_field, new_embed, set_author
from cogs.ui.events import event_at, guild_of, member_key
from cogs.ui.names import plain_name
from cogs.ui.pages import MAX_PAGE, Choice, Page, PageButton, PagesCog, Turn, page_template
from cogs.ui.people import names_of
from cogs.ui.replies import patience
from cogs.ui.times import day_label
from leveling_core.ids import MemberKey
from leveling_core.leaderboards import BoardEntry, BoardName, LeaderboardPage
from leveling_core.store import PeriodBoard

__all__ = ["BoardButton", "LeaderboardCog"]

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

    async def _show(self, ctx: commands.Context[Any], board: BoardName, page: int) -> None:
        guild = guild_of(ctx)
        turn = Turn(subject=board, page=min(page, MAX_PAGE), asker_id=ctx.author.id)
        async with patience(ctx.interaction):
            shown = await self.make_page(guild, turn, event_at(ctx))
        await self.show_page(ctx, shown)

    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:
        """Make a page of a board as it is now; a page beyond the end is the last one."""
        board = cast(BoardName, turn.subject if turn.subject in _BOARDS else "xp")
        found = await self.laurel.boards.get_leaderboard(
            MemberKey(guild.id, turn.asker_id),
            at,
            page=turn.page,
            board=board,
            find_me=turn.action == "find",
        )
        named = [entry.standing.user_id for entry in found.entries]
        if found.ahead is not None and found.ahead.user_id not in named:
            named.append(found.ahead.user_id)
        names = await names_of(self.texts, guild, named)
        return Page(
            embed=self._embed(guild, board, found, names, turn.asker_id),
            choices=self._choices(board, found, turn.asker_id),
        )

    def _embed(
        self,
        guild: discord.Guild,
        board: BoardName,
        found: LeaderboardPage,
        names: dict[int, str],
        asker_id: int,
    ) -> discord.Embed:
        kind = "period" if isinstance(found.board, PeriodBoard) else board
        lines = [self._line(kind, entry, names[entry.standing.user_id], asker_id) for entry in found.entries]
        embed = new_embed(
            title=self._title(board, found),
            description="\n".join(lines) or self.texts("leaderboard-empty", board=board),
            footer=self._footer(found),
        )
        icon = guild.icon.url if guild.icon is not None else None
        set_author(embed, plain_name(guild.name), icon)
        if found.entries:
            add_field(embed, self.texts("leaderboard-own-title"), self._own(kind, found, names))
        return embed

    def _title(self, board: BoardName, found: LeaderboardPage) -> str:
        period = found.board
        if not isinstance(period, PeriodBoard):
            return self.texts("leaderboard-title", board=board)
        return self.texts(
            "leaderboard-title-period",
            board=board,
            first=day_label(self.texts, period.from_on),
            last=day_label(self.texts, period.until_on - 1),
        )

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

    def _own(self, kind: str, found: LeaderboardPage, names: dict[int, str]) -> str:
        own = found.own
        if own is None:
            return self.texts(f"leaderboard-own-none-{kind}")
        place = self.texts(
            f"leaderboard-own-{kind}",
            rank=own.standing.rank,
            members=found.ranked_members,
            level=own.level,
            value=own.standing.value,
        )
        lines = [self._moved(place, own)]
        if found.ahead is not None and found.xp_to_pass:
            name = names[found.ahead.user_id]
            lines.append(self.texts("leaderboard-to-pass", xp=found.xp_to_pass, name=name))
        return "\n".join(lines)

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

    def _choices(self, board: BoardName, found: LeaderboardPage, asker_id: int) -> tuple[Choice, ...]:
        if found.pages <= 1:
            return ()
        elsewhere = found.own_page not in {0, found.page}
        turn = Turn(subject=board, page=found.page, asker_id=asker_id)
        own = replace(turn, page=min(found.own_page or found.page, MAX_PAGE), action="find")
        find_me = Choice(label=self.texts("leaderboard-find-me"), turn=own, enabled=elsewhere)
        return *self.turning(turn, found.page, found.pages), find_me
