"""`event`: times in which XP is multiplied, set by those who manage a server, shown to everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, is_for_all, managers_only, require_manager
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.earning.event_words import read_length, split_name
from cogs.earning.wording import decimal_text
from cogs.prefixes import shown_prefix
from cogs.ui.choices import choices_of
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.events import event_at, event_id, guild_of
from cogs.ui.names import escaped, unquoted
from cogs.ui.replies import reply_with_all
from cogs.ui.times import duration, moment, relative
from leveling_core.documents import RunningEvent
from leveling_core.earning_changes import factor_of
from leveling_core.earning_rules import ScheduledEvent
from leveling_core.errors import StoreError
from leveling_core.events import EVENTS_RULE, EventStarting, list_open_events
from leveling_core.facts import EventStartRequested, EventStopRequested
from leveling_core.outcomes import EventEnded, EventStarted, LedgerLine, RulesChanged
from leveling_core.periods import MS_PER_MINUTE, MS_PER_SECOND
from leveling_core.rules import Ruleset

__all__ = ["EventsCog"]

_Context = commands.Context[Any]

NEVER = 2**63 - 1
"""When a guild is looked at that has no events; a change of its rules makes that sooner."""

EVERY_MS = MS_PER_MINUTE // 2
"""Less than what lies between two looks at the clock, so that events are looked at with each."""

WATCHED_RULES = frozenset({EVENTS_RULE, "general.enabled"})


def _is_whole(ctx: _Context, name: str) -> bool:
    """Tell whether what was given as a name is all of it: from a form, or in quotation marks."""
    if ctx.interaction is not None or " " in name:
        return True
    before = ctx.message.content.partition(name)[0]
    return not before[-1:].isspace()


class EventsCog(LaurelCog):
    """Begins and ends events, which needs the permission Manage Server, and has both told when due."""

    JOB = "tell-events"

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)
        self._due_at: dict[int, int] = {}
        self._changes = 0
        self._end_watch: Callable[[], None] | None = None

    async def cog_load(self) -> None:
        """Begin to look at the clock; look at once in a bot that is up already."""
        self._end_watch = self.leveling.store.watch(self._on_lines)
        self.laurel.schedule.every(EVERY_MS, self.JOB, self.tell_events, first_in_ms=0)
        if self.bot.is_ready():
            await self.tell_events()

    async def cog_unload(self) -> None:
        """Look no more."""
        self.laurel.schedule.drop(self.JOB)
        if self._end_watch is not None:
            self._end_watch()

    async def cog_check(self, ctx: _Context) -> bool:
        """Let everybody look, and only those who manage the server change anything."""
        if not is_for_all(ctx.command):
            require_manager(ctx.author)
        return True

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Tell of what began while the bot was away."""
        await self.tell_events()

    async def tell_events(self) -> None:
        """Have the ledger tell of the beginnings and ends that are due in every guild."""
        now = self.laurel.clock()
        for guild in list(self.bot.guilds):
            if self._due_at.get(guild.id, 0) > now:
                continue
            changes = self._changes
            try:
                due_at = await self.laurel.earning_settings.tell_events_due(guild.id, now)
            except StoreError as error:
                self.note_store_error(error, "telling of events")
                continue
            if changes == self._changes:  # else what was read may be the events of before
                self._due_at[guild.id] = due_at or NEVER

    def _on_lines(self, lines: Sequence[LedgerLine]) -> None:
        for line in lines:
            outcome = line.outcome
            of_rules = isinstance(outcome, RulesChanged) and not WATCHED_RULES.isdisjoint(outcome.changes)
            if of_rules or isinstance(outcome, EventStarted | EventEnded):
                self._changes += 1
                self._due_at.pop(line.guild_id, None)

    @admin_group("event", for_all=True)
    async def event(self, ctx: _Context) -> None:
        """Show the events; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx)

    @admin_command(event, "start", usage="<factor> <length> <name> [at]")
    async def start(
        self, ctx: _Context, factor: str, length: str, name: str, *, at: str | None = None
    ) -> None:
        """Begin an event, now or later."""
        guild, now = guild_of(ctx), event_at(ctx)
        ruleset = await self.leveling.get_rules(guild.id)
        called, from_at = split_name(name, at, now, ruleset.zone, is_whole=_is_whole(ctx, name))
        fact = EventStartRequested(
            guild.id,
            ctx.author.id,
            event_id(ctx),
            called,
            factor_of(factor),
            read_length(length),
            from_at,
            ctx.channel.id,
        )
        answer = await self.laurel.earning_settings.start_event(fact)
        await self._answer(ctx, self._started(ruleset, answer, shown_prefix(ctx, self.laurel)))

    @admin_command(event, "stop")
    async def stop(self, ctx: _Context, *, name: str = "") -> None:
        """End an event now, or call off one that is to come."""
        fact = EventStopRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), unquoted(name), ctx.channel.id
        )
        answer = await self.laurel.earning_settings.stop_event(fact)
        text = self.texts(
            "event-stopped" if answer.had_begun else "event-called-off", name=escaped(answer.event.name)
        )
        await self._answer(ctx, [text])

    @admin_command(event, "list", for_all=True)
    async def list_events(self, ctx: _Context) -> None:
        """Show the events that run and are to come."""
        await self._list(ctx)

    @stop.autocomplete("name")
    @managers_only
    async def _suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if interaction.guild is None:
            return []
        events = await self._open_events(interaction.guild.id, self.laurel.clock())
        return choices_of(event.name for event in events if typed.strip().lower() in event.name.lower())

    async def _open_events(self, guild_id: int, at: int) -> list[ScheduledEvent]:
        ruleset = await self.leveling.get_rules(guild_id)
        return list_open_events(ruleset.rules.events.scheduled, at)

    def _started(self, ruleset: Ruleset, answer: EventStarting, prefix: str) -> list[str]:
        """Tell what was begun, what it meets, and where it is announced."""
        event = answer.event
        lines = [self._running(event) if answer.runs else self._to_come(event)]
        if answer.overlapping:
            names = ", ".join(f"**{escaped(name)}**" for name in answer.overlapping)
            mode = ruleset.rules.multipliers.combine
            lines.append(self.texts("event-overlaps", names=names, mode=mode))
        if not ruleset.enabled:
            lines.append(self.texts("event-leveling-off", prefix=prefix))
        target = ruleset.rules.announcements.event
        if target == "off":
            lines.append(self.texts("event-told-nowhere", prefix=prefix))
        elif target != "here":
            lines.append(self.texts("event-told-in", channel=f"<#{target}>"))
        elif not answer.runs:
            lines.append(self.texts("event-told-here"))
        return lines

    def _running(self, event: RunningEvent) -> str:
        return self.texts(
            "announcement-event-started",
            name=escaped(event.name),
            factor=event.factor,
            until=moment(event.until_at),
            relative=relative(event.until_at),
        )

    def _to_come(self, event: RunningEvent) -> str:
        return self.texts(
            "event-to-come",
            name=escaped(event.name),
            factor=event.factor,
            begins=moment(event.from_at),
            relative=relative(event.from_at),
            length=duration(self.texts, (event.until_at - event.from_at) // MS_PER_SECOND),
        )

    async def _list(self, ctx: _Context) -> None:
        now = event_at(ctx)
        events = [
            RunningEvent(e.name, decimal_text(e.factor), e.from_at, e.until_at)
            for e in await self._open_events(guild_of(ctx).id, now)
        ]
        running = [self._running(event) for event in events if event.from_at <= now]
        to_come = [self._to_come(event) for event in events if event.from_at > now]
        titled = ((self.texts("event-running-title"), running), (self.texts("event-to-come-title"), to_come))
        fields = [(title, lines) for title, lines in titled if lines]
        embed = new_embed(
            title=self.texts("event-list-title"),
            description="" if fields else self.texts("event-none"),
            footer=self.texts("event-list-footer", prefix=shown_prefix(ctx, self.laurel))
            if ctx.permissions.manage_guild
            else "",
        )
        await reply_with_all(ctx, spread_fields(embed, fields))

    @staticmethod
    async def _answer(ctx: _Context, lines: list[str]) -> None:
        await ctx.send("\n".join(lines), allowed_mentions=discord.AllowedMentions.none())
