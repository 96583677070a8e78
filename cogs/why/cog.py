"""`why`: whoever wonders about XP is told how it came about, or what kept a message from earning any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from cogs.activity import fact_of, skip_of
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.errors import quoted
from cogs.prefixes import command_test, shown_prefix
from cogs.recent_refusals import MESSAGES_OF_MEMBER
from cogs.ui.anybody import AnybodyConverter
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.events import event_at
from cogs.ui.people import about, refuse_bot
from cogs.ui.replies import patience, reply_privately
from cogs.ui.times import moment, relative
from cogs.why.links import MessageLink, find_message, read_link
from cogs.why.report import Happening, WhyWriter, happenings_of
from leveling_core.earning import MessageAnswer
from leveling_core.explaining import LATEST_EVENTS, MemberExplanation
from leveling_core.ids import MemberKey

__all__ = ["WhyCog"]

_Context = commands.Context[Any]
_Person = discord.Member | discord.User
_About = _Person | MessageLink


class _AboutOption(AnybodyConverter):
    """Whom to ask about; what is typed after a prefix may link to a message instead.

    After a prefix, the first parameter that only has a name is given all that is typed, and the others are
    left out: so one command takes one text there, and an option for each kind of thing as a slash command.
    """

    async def convert(self, ctx: _Context, argument: str) -> _About:  # type: ignore[override]  # see above
        """Find what somebody has typed: a member, or the message behind a link.

        Raises:
            UserFacingError: It is another link, or an id of nobody, as that of a message is.
        """
        link = read_link(argument)
        if link is None and "/" in argument:
            raise UserFacingError("why-no-link")
        try:
            return link or await super().convert(ctx, argument)
        except commands.UserNotFound:
            raise UserFacingError("why-no-such-id", id=quoted(argument)) from None


if TYPE_CHECKING:
    _AboutArgument = _About | None
else:
    _AboutArgument = _AboutOption


class WhyCog(LaurelCog):
    """Explains XP: to everybody their own, to those who manage the server everybody's; to the asker alone.

    A slash command is answered to its user alone. What is asked with a prefix is answered directly, because
    it may name channels that not all readers of this one can see.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._may_begin_command = command_test(bot)

    @member_command(usage="[member|message link]", costly=True)
    async def why(self, ctx: _Context, *, member: _AboutArgument = None, message: str | None = None) -> None:
        """Explain the last messages and XP of a member, or one message."""
        asker = ctx.author
        if not isinstance(asker, discord.Member):
            raise commands.NoPrivateMessage
        link = member if isinstance(member, MessageLink) else None
        if message is not None:
            link = read_link(message)
            if link is None:
                raise UserFacingError("why-no-link")
        async with patience(ctx.interaction, ephemeral=True):
            if link is not None:
                embeds = await self._explain_message(ctx, asker, link)
            else:
                person = asker if member is None or isinstance(member, MessageLink) else member
                embeds = await self._explain_member(ctx, asker, person)
        await reply_privately(ctx, self.texts, embeds)

    async def _explain_member(
        self, ctx: _Context, asker: discord.Member, person: _Person
    ) -> list[discord.Embed]:
        """Tell where somebody's XP came from lately, and which messages earned none."""
        if person.id != asker.id and not _manages(asker):
            raise UserFacingError("why-only-own")
        refuse_bot(self.texts, person)
        guild, writer = asker.guild, self._writer(ctx, asker)
        role_ids = await self.laurel.earning.roles_of(guild.id, person)
        found = await self.laurel.explanations.explain_member(
            MemberKey(guild.id, person.id), event_at(ctx), role_ids
        )
        happenings = happenings_of(found.events, self.laurel.refusals.list_of(guild.id, person.id))
        embed = new_embed(
            title=self.texts("why-title"),
            description="\n".join(self._latest(writer, happenings, found)),
            footer=self.texts("why-footer", prefix=shown_prefix(ctx, self.laurel)),
        )
        about(embed, self.texts, person)
        before = [writer.short(happening) for happening in happenings[1:LATEST_EVENTS]]
        return spread_fields(embed, [(self.texts("why-before-title"), before)])

    def _latest(
        self, writer: WhyWriter, happenings: Sequence[Happening], found: MemberExplanation
    ) -> list[str]:
        lines = self._storage()
        newest = happenings[0] if happenings else None
        turned_away = found.turned_away
        if turned_away is not None and (newest is None or not newest.is_refused_as(turned_away)):
            lines.append(writer.now(turned_away))
        lines += writer.full(newest) if newest is not None else [self.texts("why-nothing")]
        return [*lines, *writer.since_award(found.refused), self._memory()]

    async def _explain_message(
        self, ctx: _Context, asker: discord.Member, link: MessageLink
    ) -> list[discord.Embed]:
        """Tell what became of one message."""
        message = await find_message(asker, link)
        if message is None or (message.author.id != asker.id and not _manages(asker)):
            raise UserFacingError("why-not-found")
        embed = new_embed(
            title=self.texts("why-title"),
            description="\n".join(await self._fate(self._writer(ctx, asker), asker.guild, message)),
        )
        return [about(embed, self.texts, message.author)]

    async def _fate(self, writer: WhyWriter, guild: discord.Guild, message: discord.Message) -> list[str]:
        """Tell what became of a message: first what is known, then what can be deduced."""
        skip = skip_of(message)
        if skip is not None:
            return writer.message(message, writer.refusal(MessageAnswer(refusal=skip)))
        fact = fact_of(message, guild.id, await self.laurel.earning.learn(guild.id))
        refused = self.laurel.refusals.find(guild.id, fact.user_id, fact.message_id)
        found = await self.laurel.explanations.explain_message(fact)
        if found.event is not None or refused is not None:
            events = [found.event] if found.event is not None else []
            return writer.full(happenings_of(events, [refused] if refused is not None else [])[0])
        if not found.is_counted:
            if self._may_begin_command(message) and (await self.bot.get_context(message)).valid:
                skip = "command"
            elif found.refusal is None and self._may_wait(fact.at):
                skip = "waiting"
        if skip is not None:
            return writer.message(message, writer.refusal(MessageAnswer(refusal=skip)))
        return writer.message(message, [*writer.deduced(found), self._memory()])

    def _may_wait(self, at: int) -> bool:
        """Tell whether what happened at an instant may still be on its way to the storage."""
        failing_since_at = self.leveling.store.health.failing_since_at
        return 0 < failing_since_at <= at

    def _storage(self) -> list[str]:
        since_at = self.leveling.store.health.failing_since_at
        return [self.texts("why-storage", since=relative(since_at))] if since_at else []

    def _memory(self) -> str:
        since = moment(self.laurel.refusals.since_at)
        return self.texts("why-memory", since=since, count=MESSAGES_OF_MEMBER)

    def _writer(self, ctx: _Context, asker: discord.Member) -> WhyWriter:
        prefix, catalogue = shown_prefix(ctx, self.laurel), self.leveling.catalogue
        return WhyWriter(self.texts, catalogue, asker.guild, prefix, for_manager=_manages(asker))


def _manages(member: discord.Member) -> bool:
    return member.guild_permissions.manage_guild
