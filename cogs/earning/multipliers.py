"""`multipliers`: what XP is multiplied by; set by those who manage a server, shown to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, is_for_all, managers_only, require_manager
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.earning.entries import Entry, entry_choices, find_entry, list_entries
from cogs.earning.targets import PlaceArgument, Target, find_target, message_place, role_target
from cogs.earning.wording import decimal_text, factor_lines, total_text
from cogs.errors import quoted
from cogs.prefixes import shown_prefix
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.events import event_at, event_id, guild_of, member_key
from cogs.ui.replies import reply_with_all
from cogs.ui.times import moment
from leveling_core.earning_changes import MultiplierAnswer, factor_of
from leveling_core.earning_settings import EarningHere
from leveling_core.errors import FactorError
from leveling_core.facts import MultiplierChangeRequested, RulesChangeRequested
from leveling_core.rules import Ruleset

__all__ = ["MultipliersCog"]

_Context = commands.Context[Any]

SERVER, ROLES, CHANNELS = "multipliers.server", "multipliers.roles", "multipliers.channels"
SERVER_WORD = "server"

NONE_FOUND = "multipliers-no-target"
"""What is said of what is not there: unlike other rules of earning, multipliers are not for members."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A factor as it was typed, and what it is for: None where that was not typed with it."""

    factor: Decimal
    target: Target | None = None


class _FactorOption(app_commands.Transformer, commands.Converter[_Setting]):
    """An option of a slash command that is a factor; after a prefix, what it is for stands before it."""

    async def transform(self, _: discord.Interaction, value: Any, /) -> _Setting:
        """Return the factor."""
        return _Setting(factor_of(str(value)))

    async def convert(self, ctx: _Context, argument: str) -> _Setting:
        """Return what is typed after the command: ``<server|role|category|channel|thread> <factor>``."""
        typed, _, factor = argument.strip().rpartition(" ")
        try:
            factor_read = factor_of(factor)
        except FactorError:
            if await _is_target(guild_of(ctx), argument):
                raise UserFacingError("multipliers-factor-missing", target=quoted(argument)) from None
            raise
        if typed.strip().lower() in {"", SERVER_WORD}:
            return _Setting(factor_read)
        return _Setting(factor_read, await find_target(guild_of(ctx), typed, none_found=NONE_FOUND))


async def _is_target(guild: discord.Guild, typed: str) -> bool:
    """Tell whether what was typed names what may have a factor, so that only the factor was left out."""
    if typed.strip().lower() == SERVER_WORD:
        return True
    try:
        return bool(await find_target(guild, typed))
    except UserFacingError:
        return False


_FactorArgument = Annotated[_Setting, _FactorOption]


def _is_visible(guild: discord.Guild, entry: Entry, who: discord.User | discord.Member) -> bool:
    """Tell whether a member may know of an entry: of a place, whoever may look into it."""
    if entry.what != "channels":
        return not entry.is_gone
    place = guild.get_channel_or_thread(entry.id)
    if place is None or not isinstance(who, discord.Member):
        return False
    if isinstance(place, discord.Thread) and (place.parent is None or place.is_private()):
        return False
    return place.permissions_for(who).view_channel


class MultipliersCog(LaurelCog):
    """Sets multipliers, which needs the permission Manage Server, and shows everybody what applies."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)

    async def cog_check(self, ctx: _Context) -> bool:
        """Let everybody look, and only those who manage the server change anything."""
        if not is_for_all(ctx.command):
            require_manager(ctx.author)
        return True

    @admin_group("multipliers", for_all=True)
    async def multipliers(self, ctx: _Context) -> None:
        """Show what applies; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx)

    @admin_command(multipliers, "list", for_all=True)
    async def list_multipliers(self, ctx: _Context) -> None:
        """Show what applies to whoever asks, here and now, and all that there is."""
        await self._list(ctx)

    @admin_command(multipliers, "set", usage="<server|role|category|channel|thread> <factor>")
    async def set_multiplier(
        self,
        ctx: _Context,
        *,
        factor: _FactorArgument,
        channel: PlaceArgument = None,
        role: discord.Role | None = None,
    ) -> None:
        """Set the factor of the server, or of a role, channel, category or thread."""
        given = [factor.target, channel, role_target(role) if role is not None else None]
        targets = [target for target in given if target is not None]
        if len(targets) > 1:
            raise UserFacingError("earning-one-target", count=len(targets))
        await self._set(ctx, targets[0] if targets else None, factor.factor)

    @admin_command(multipliers, "remove")
    async def remove(self, ctx: _Context, *, entry: str) -> None:
        """Remove the factor of the server, or of a role, channel, category or thread."""
        guild = guild_of(ctx)
        if entry.strip().lower() == SERVER_WORD:
            answer = await self._change(ctx, SERVER, None)
            shown = self.texts("multipliers-server")
        else:
            found = find_entry(await self._entries(guild), entry)
            if found is None:
                target = await find_target(guild, entry, none_found=NONE_FOUND)
                raise UserFacingError("multipliers-not-there", target=target.shown)
            answer = await self._change(ctx, ROLES if found.what == "roles" else CHANNELS, None, found.id)
            shown = found.shown
        if not answer.before:
            raise UserFacingError("multipliers-not-there", target=shown)
        text = self.texts("multipliers-removed", target=shown, factor=answer.before)
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())

    @admin_command(multipliers, "combine")
    async def combine(self, ctx: _Context, mode: Literal["multiply", "add", "largest"]) -> None:
        """Choose how several multipliers come together."""
        fact = RulesChangeRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), {"multipliers.combine": mode}, ctx.channel.id
        )
        await self.leveling.change_rules(fact)
        await ctx.send(self.texts("multipliers-combined", mode=mode))

    @remove.autocomplete("entry")
    @managers_only
    async def _suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if interaction.guild is None:
            return []
        server = [Entry("server", 0, SERVER_WORD, SERVER_WORD)]
        choices = entry_choices([*server, *await self._entries(interaction.guild)], typed)
        return [
            app_commands.Choice(name=choice.name, value=SERVER_WORD if choice.value == "0" else choice.value)
            for choice in choices
        ]

    async def _entries(self, guild: discord.Guild) -> list[Entry]:
        rules = (await self.leveling.get_rules(guild.id)).rules.multipliers
        ids = {
            "channels": [entry.id for entry in rules.channels],
            "roles": [entry.id for entry in rules.roles],
        }
        return await list_entries(self.texts, guild, ids.items())

    async def _set(self, ctx: _Context, target: Target | None, factor: Decimal) -> None:
        if target is not None and target.kind == "member":
            raise UserFacingError("multipliers-no-members", target=target.shown)
        if target is not None and target.id == guild_of(ctx).id:
            target = None  # everybody has that role
        if target is None:
            answer, shown = await self._change(ctx, SERVER, factor), self.texts("multipliers-server")
        else:
            rule = ROLES if target.kind == "role" else CHANNELS
            answer, shown = await self._change(ctx, rule, factor, target.id), target.shown
        text = self.texts(
            "multipliers-was-set" if answer.before == answer.after else "multipliers-set",
            target=shown,
            factor=decimal_text(factor),
            before=answer.before or "none",
            kind=target.kind if target is not None else SERVER_WORD,
        )
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())

    async def _change(
        self, ctx: _Context, rule: str, factor: Decimal | None, id_: int = 0
    ) -> MultiplierAnswer:
        """Change a multiplier; return what it was before and is now."""
        fact = MultiplierChangeRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), rule, factor, id_, ctx.channel.id
        )
        return await self.laurel.earning_settings.change_multiplier(fact)

    async def _list(self, ctx: _Context) -> None:
        guild, prefix = guild_of(ctx), shown_prefix(ctx, self.laurel)
        ruleset = await self.leveling.get_rules(guild.id)
        here = await self._here(ctx)
        applying = factor_lines(self.texts, here.multipliers, guild)
        if not applying:
            applying = [self.texts("multipliers-none-here")]
        elif ruleset.enabled and here.refusal is None:
            applying.append(total_text(self.texts, here.factor, here.combine, len(here.multipliers)))
        if ruleset.enabled and here.refusal is None:
            applying += [
                self.texts(
                    "multipliers-ceiling",
                    reached="no" if room.xp else "yes",
                    earned=room.earned_xp,
                    most=room.ceiling.xp,
                    period=room.ceiling.period,
                    until=moment(room.ceiling.ends_at),
                )
                for room in here.rooms
            ]
        fields = [(self.texts("multipliers-here-title"), applying)]
        if everything := await self._everything(ctx, ruleset, prefix):
            fields.append((self.texts("multipliers-all-title"), everything))
        embed = new_embed(
            title=self.texts("multipliers-title"),
            description=self._about(ruleset, here),
            footer=self.texts("multipliers-footer", prefix=prefix) if ctx.permissions.manage_guild else "",
        )
        await reply_with_all(ctx, spread_fields(embed, fields))

    async def _here(self, ctx: _Context) -> EarningHere:
        return await self.laurel.earning_settings.get_earning_here(
            member_key(ctx),
            event_at(ctx),
            await self.laurel.earning.roles_of(guild_of(ctx).id, ctx.author),
            message_place(ctx.channel),
        )

    def _about(self, ruleset: Ruleset, here: EarningHere) -> str:
        if not ruleset.enabled:
            return self.texts("multipliers-off")
        return self.texts("multipliers-refused") if here.refusal is not None else ""

    async def _everything(self, ctx: _Context, ruleset: Ruleset, prefix: str) -> list[str]:
        """Return all multipliers that the rules name, whether they apply here and now or not.

        Places that whoever asks cannot see are left out, as is what is gone for those who cannot mend it.
        """
        guild, may_manage = guild_of(ctx), ctx.permissions.manage_guild
        rules = ruleset.rules.multipliers
        lines = []
        if rules.server != 1:
            server = self.texts("multipliers-server")
            lines.append(self.texts("multipliers-line", target=server, factor=decimal_text(rules.server)))
        factors = {entry.id: entry.factor for entry in (*rules.channels, *rules.roles)}
        for entry in await self._entries(guild):
            if not may_manage and not _is_visible(guild, entry, ctx.author):
                continue
            if entry.is_gone:
                command = f"{prefix}multipliers remove {entry.id}"
                lines.append(self.texts("multipliers-gone", target=entry.shown, command=command))
            else:
                factor = decimal_text(factors[entry.id])
                lines.append(self.texts("multipliers-line", target=entry.shown, factor=factor))
        booster = decimal_text(ruleset.rules.boost.multiplier)
        lines.append(self.texts("multipliers-booster", factor=booster))
        lines.append(self.texts("multipliers-combine", mode=rules.combine, limit=decimal_text(rules.limit)))
        return lines
