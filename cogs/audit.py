"""`audit`: what those who manage a server did, page by page."""

from __future__ import annotations

import re
from typing import Any, cast, get_args

import discord
from discord.ext import commands

from cogs.admin_commands import lone_admin_command, require_manager
from cogs.audit_log import AuditLog
from cogs.context import LaurelContext
from cogs.ui.anybody import ANYBODY_OR_ALL, AnybodyConverter
from cogs.ui.audit_entries import AuditWriter
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import bounded, new_embed
from cogs.ui.events import event_at, guild_of
from cogs.ui.pages import MAX_PAGE, Page, PageButton, PagesCog, Turn, page_template
from cogs.ui.replies import patience
from leveling_core.auditing import AuditQuery, AuditTopic

__all__ = ["AuditButton", "AuditCog"]

_Context = commands.Context[Any]
_Person = discord.Member | discord.User

_ENTRY_CHARACTERS = 480
"""How much is shown of an entry: eight of them fit an embed."""

_SUBJECT = re.compile(r"all|(?:m(?P<user>[0-9]+))?(?:b(?P<actor>[0-9]+))?(?:k(?P<topic>[a-z]+))?")


class _ByConverter(AnybodyConverter):
    """Finds who did something; the word ``by`` may stand before."""

    async def convert(self, ctx: _Context, argument: str) -> _Person:
        """Find whom somebody has typed, or typed behind the word."""
        if argument.lower() == "by":
            ctx.view.skip_ws()
            argument = ctx.view.get_quoted_word() or argument
        return await super().convert(ctx, argument)


BY: Any = commands.parameter(default=None, converter=_ByConverter | None)
"""Who did it; all if left out."""


def _subject_of(query: AuditQuery) -> str:
    """Write what is looked for as a button's custom id carries it."""
    parts = (("m", query.user_id), ("b", query.actor_id), ("k", query.topic))
    return "".join(f"{mark}{value}" for mark, value in parts if value) or "all"


def _query_of(guild_id: int, subject: str) -> AuditQuery:
    """Read what is looked for from a custom id; what cannot be read looks for all."""
    match = _SUBJECT.fullmatch(subject)
    found: dict[str, str | None] = match.groupdict() if match is not None else {}
    topic = found.get("topic")
    return AuditQuery(
        guild_id=guild_id,
        user_id=int(found.get("user") or 0),
        actor_id=int(found.get("actor") or 0),
        topic=cast(AuditTopic, topic) if topic in get_args(AuditTopic) else None,
    )


class AuditButton(PageButton, template=page_template("audit")):
    """A button below a page of the audit."""

    book = "audit"
    cog_name = "LaurelAudit"


class AuditCog(PagesCog):
    """Shows what was done, to those who manage the server; by a slash command to the asker alone.

    Attributes:
        log: The follower of the ledger that tells it in a channel.
    """

    button = AuditButton
    command_name = "audit"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._writer = AuditWriter(laurel.texts)
        self.log = AuditLog(bot, laurel)

    async def cog_load(self) -> None:
        """Let the buttons work, and follow the ledger."""
        await super().cog_load()
        self.laurel.feed.subscribe(self.log, skips_restored=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Let deeds be told that had to wait for the connection."""
        self.log.guilds.note_connected()

    @commands.Cog.listener()
    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Let deeds of a guild be told after an outage."""
        self.log.guilds.note_news()

    @commands.Cog.listener()
    async def on_guild_remove(self, _guild: discord.Guild) -> None:
        """Wait no longer for a guild that is left."""
        self.log.guilds.note_news()

    @lone_admin_command("audit")
    @commands.has_guild_permissions(manage_guild=True)
    async def audit(
        self,
        ctx: _Context,
        member: _Person | None = ANYBODY_OR_ALL,
        kind: AuditTopic | None = None,
        by: _Person | None = BY,
        page: commands.Range[int, 1] = 1,
    ) -> None:
        """Show a page of what was done here."""
        guild = guild_of(ctx)
        query = AuditQuery(
            guild_id=guild.id,
            user_id=member.id if member is not None else 0,
            actor_id=by.id if by is not None else 0,
            topic=kind,
        )
        turn = Turn(subject=_subject_of(query), page=min(page, MAX_PAGE), asker_id=ctx.author.id)
        async with patience(ctx.interaction, ephemeral=True):
            shown = await self.make_page(guild, turn, event_at(ctx))
        await self.show_page(ctx, shown, ephemeral=True)

    async def turn_page(self, interaction: discord.Interaction[Any], turn: Turn) -> None:
        """Answer a pressed button, if whoever pressed it manages the server still."""
        try:
            require_manager(interaction.user)
        except commands.CheckFailure as error:
            await self.answer_error(interaction, error)
        else:
            await super().turn_page(interaction, turn)

    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:  # noqa: ARG002 -- pages have it
        """Make a page as it is now; a page beyond the end is the last one."""
        query = _query_of(guild.id, turn.subject)
        found = await self.laurel.administration.get_audit(query, turn.page)
        filters = self._filters(query)
        entries = [bounded(self._writer.write(entry), _ENTRY_CHARACTERS) for entry in found.entries]
        empty = self.texts("audit-empty-filtered" if filters else "audit-empty")
        embed = new_embed(
            title=self.texts("audit-title"),
            description="\n\n".join([*filters, *(entries or [empty])]),
            footer=self.texts("audit-footer", page=found.page),
        )
        pages = found.page + 1 if found.has_more else found.page
        return Page(embed=embed, choices=self.turning(turn, found.page, pages))

    def _filters(self, query: AuditQuery) -> list[str]:
        """Return a line that says what is looked for, none where that is everything."""
        parts = []
        if query.topic is not None:
            parts.append(self.texts("audit-filter-topic", topic=query.topic))
        if query.user_id:
            parts.append(self.texts("audit-filter-member", member=f"<@{query.user_id}>"))
        if query.actor_id:
            parts.append(self.texts("audit-filter-by", actor=f"<@{query.actor_id}>"))
        return [" · ".join(parts)] if parts else []
