"""`noxp` and `onlyxp`: where and who earns nothing, and where and who alone earns."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.admin_commands import admin_command, admin_group, managers_only, require_manager
from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.earning.entries import Entry, entry_choices, find_entry, list_entries, typed_entry
from cogs.earning.targets import PlaceArgument, Target, find_target, member_target, role_target
from cogs.prefixes import shown_prefix
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import new_embed, spread_fields
from cogs.ui.events import event_id, guild_of
from cogs.ui.people import refuse_bot
from cogs.ui.replies import reply_with_all
from leveling_core.earning_changes import opposite_of
from leveling_core.facts import ScopeChangeRequested
from leveling_core.rules import Ruleset
from leveling_core.scope import ScopeRefusal

__all__ = ["ScopeCog"]

_Context = commands.Context[Any]
_Choices = list[app_commands.Choice[str]]
_List = Literal["no_xp", "only_xp"]

USAGE = "<channel|category|thread|role|member>"

WHATS = ("channels", "roles", "members")
"""The kinds of lists that there are of each."""

_WHAT_OF = {"role": "roles", "member": "members"}


def _rule(of: _List, what: str) -> str:
    return f"scope.{of}_{what}"


def _command(of: _List) -> str:
    return of.replace("_", "")


def _what(target: Target) -> str:
    return _WHAT_OF.get(target.kind, "channels")


def _named(ruleset: Ruleset, what: str) -> int:
    """Count what is named as only-XP of places, or of roles and members together."""
    scope = ruleset.rules.scope
    people = len(scope.only_xp_roles) + len(scope.only_xp_members)
    return len(scope.only_xp_channels) if what == "channels" else people


def _ids(ruleset: Ruleset, of: _List, what: str) -> tuple[int, ...]:
    ids: tuple[int, ...] = getattr(ruleset.rules.scope, f"{of}_{what}")
    return ids


class ScopeCog(LaurelCog):
    """Says where and who earns. All of it needs the permission Manage Server."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)

    async def cog_check(self, ctx: _Context) -> bool:
        """Let only those who manage the server through, whichever way the command was given."""
        require_manager(ctx.author)
        return True

    @admin_group("noxp")
    async def noxp(self, ctx: _Context) -> None:
        """Show what earns nothing; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx, "no_xp")

    @admin_command(noxp, "add", usage=USAGE)
    async def noxp_add(
        self,
        ctx: _Context,
        *,
        channel: PlaceArgument = None,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        """Let a place, role or member earn nothing."""
        await self._add(ctx, "no_xp", channel, role, member)

    @admin_command(noxp, "remove")
    async def noxp_remove(self, ctx: _Context, *, entry: str) -> None:
        """Let a place, role or member earn again."""
        await self._remove(ctx, "no_xp", entry)

    @admin_command(noxp, "list")
    async def noxp_list(self, ctx: _Context) -> None:
        """Show what earns nothing."""
        await self._list(ctx, "no_xp")

    @admin_group("onlyxp")
    async def onlyxp(self, ctx: _Context) -> None:
        """Show what alone earns; by prefix alone, a slash group cannot be used itself."""
        await self._list(ctx, "only_xp")

    @admin_command(onlyxp, "add", usage=USAGE)
    async def onlyxp_add(
        self,
        ctx: _Context,
        *,
        channel: PlaceArgument = None,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        """Let a place, role or member be among those that alone earn."""
        await self._add(ctx, "only_xp", channel, role, member)

    @admin_command(onlyxp, "remove")
    async def onlyxp_remove(self, ctx: _Context, *, entry: str) -> None:
        """Take a place, role or member from those that alone earn."""
        await self._remove(ctx, "only_xp", entry)

    @admin_command(onlyxp, "list")
    async def onlyxp_list(self, ctx: _Context) -> None:
        """Show what alone earns."""
        await self._list(ctx, "only_xp")

    @noxp_remove.autocomplete("entry")
    @managers_only
    async def _suggest_noxp(self, interaction: discord.Interaction, typed: str) -> _Choices:
        return await self._suggest(interaction, "no_xp", typed)

    @onlyxp_remove.autocomplete("entry")
    @managers_only
    async def _suggest_onlyxp(self, interaction: discord.Interaction, typed: str) -> _Choices:
        return await self._suggest(interaction, "only_xp", typed)

    async def _suggest(self, interaction: discord.Interaction, of: _List, typed: str) -> _Choices:
        if interaction.guild is None:
            return []
        return entry_choices(await self._entries(interaction.guild, of), typed)

    async def _entries(self, guild: discord.Guild, of: _List) -> list[Entry]:
        ruleset = await self.leveling.get_rules(guild.id)
        return await list_entries(self.texts, guild, ((what, _ids(ruleset, of, what)) for what in WHATS))

    async def _add(
        self,
        ctx: _Context,
        of: _List,
        channel: Target | None,
        role: discord.Role | None,
        member: discord.Member | None,
    ) -> None:
        given = [
            channel,
            role_target(role) if role is not None else None,
            member_target(member) if member is not None else None,
        ]
        targets = [target for target in given if target is not None]
        if len(targets) != 1:
            raise UserFacingError("earning-one-target", count=len(targets))
        [target] = targets
        self._refuse_nonsense(ctx, of, target)
        fact = self._fact(ctx, _rule(of, _what(target)), target.id, add=True)
        answer = await self.laurel.earning_settings.change_scope(fact)
        if not answer.changed:
            lines = [self.texts(f"scope-{_command(of)}-was-added", target=target.shown)]
        else:
            lines = [await self._added(of, fact, target)]
        if answer.opposed:
            lines.append(await self._opposed(ctx, of, target))
        elif of == "only_xp":
            lines += await self._what_refuses(ctx, target)
        await self._answer(ctx, lines)

    async def _added(self, of: _List, fact: ScopeChangeRequested, target: Target) -> str:
        ruleset = await self.leveling.get_rules(fact.guild_id)
        return self.texts(
            f"scope-{_command(of)}-added",
            kind=target.kind,
            target=target.shown,
            threads="follow" if ruleset.rules.scope.threads_follow else "apart",
            others=_named(ruleset, _what(target)) - 1,
        )

    def _refuse_nonsense(self, ctx: _Context, of: _List, target: Target) -> None:
        if target.kind == "role" and target.id == guild_of(ctx).id:
            prefix = shown_prefix(ctx, self.laurel)
            raise UserFacingError(f"scope-{_command(of)}-everyone", prefix=prefix)
        if target.member is not None:
            refuse_bot(self.texts, target.member)

    def _fact(self, ctx: _Context, rule: str, id_: int, *, add: bool) -> ScopeChangeRequested:
        return ScopeChangeRequested(
            guild_of(ctx).id, ctx.author.id, event_id(ctx), rule, id_, add, ctx.channel.id
        )

    async def _opposed(self, ctx: _Context, of: _List, target: Target) -> str:
        """Tell what holds where something is named as no-XP and as only-XP."""
        entries = await self._entries(guild_of(ctx), "only_xp" if of == "no_xp" else "no_xp")
        return self.texts(
            f"scope-{_command(of)}-opposed",
            target=target.shown,
            prefix=shown_prefix(ctx, self.laurel),
            entry=typed_entry(entries, target.id),
        )

    async def _remove(self, ctx: _Context, of: _List, typed: str) -> None:
        guild = guild_of(ctx)
        entry = find_entry(await self._entries(guild, of), typed)
        if entry is None:
            target = await find_target(guild, typed)
            raise UserFacingError(f"scope-{_command(of)}-not-there", target=target.shown)
        fact = self._fact(ctx, _rule(of, entry.what), entry.id, add=False)
        await self.laurel.earning_settings.change_scope(fact)
        ruleset = await self.leveling.get_rules(guild.id)
        lines = [
            self.texts(
                f"scope-{_command(of)}-removed",
                target=entry.shown,
                what=entry.what,
                left=_named(ruleset, entry.what),
                others=_named(ruleset, "people" if entry.what == "channels" else "channels"),
            )
        ]
        if not entry.is_gone:
            lines += await self._what_refuses(ctx, await find_target(guild, str(entry.id)))
        await self._answer(ctx, lines)

    async def _what_refuses(self, ctx: _Context, target: Target) -> list[str]:
        """Tell what else keeps a place or member from earning, if anything does."""
        guild = guild_of(ctx)
        scope = (await self.leveling.get_rules(guild.id)).scope
        refusal: ScopeRefusal | None = None
        if scope is None or target.kind == "role":
            return []
        if target.member is not None:
            role_ids = await self.laurel.earning.roles_of(guild.id, target.member)
            refusal = scope.refuse_member(target.id, role_ids)
        else:
            refusal = scope.refuse_place(target.place)
        if refusal is None:
            return []
        what = refusal.rule.rpartition("_")[2]
        by = await list_entries(self.texts, guild, [(what, [refusal.id])]) if refusal.id else []
        return [
            self.texts(
                "scope-still-refused",
                reason=refusal.reason.replace("_", "-"),
                by=by[0].shown if by else "",
            )
        ]

    async def _list(self, ctx: _Context, of: _List) -> None:
        guild, prefix = guild_of(ctx), shown_prefix(ctx, self.laurel)
        ruleset = await self.leveling.get_rules(guild.id)
        entries = await self._entries(guild, of)
        command = _command(of)
        fields = []
        for what in WHATS:
            lines = [
                self._line(of, entry, command, prefix, ruleset) for entry in entries if entry.what == what
            ]
            if lines:
                fields.append((self.texts(f"scope-list-{what}"), lines))
        prefixes = ruleset.rules.scope.ignored_prefixes
        if of == "no_xp" and prefixes:
            fields.append((self.texts("scope-list-prefixes"), [" ".join(f"`{p}`" for p in prefixes)]))
        embed = new_embed(
            title=self.texts(f"scope-{command}-list-title"),
            description=self.texts(f"scope-{command}-list-about" if fields else f"scope-{command}-list-none"),
            footer=self.texts("scope-list-footer", prefix=prefix, command=command),
        )
        await reply_with_all(ctx, spread_fields(embed, fields))

    def _line(self, of: _List, entry: Entry, command: str, prefix: str, ruleset: Ruleset) -> str:
        if entry.is_gone:
            return self.texts(
                "scope-list-gone",
                what=entry.what,
                id=str(entry.id),
                command=f"{prefix}{command} remove {entry.id}",
            )
        opposite: tuple[int, ...] = ()
        if of == "only_xp":
            opposite = getattr(ruleset.rules.scope, opposite_of(_rule(of, entry.what)).partition(".")[2])
        overruled = entry.id in opposite
        return self.texts("scope-list-overruled" if overruled else "scope-list-entry", entry=entry.shown)

    @staticmethod
    async def _answer(ctx: _Context, lines: list[str]) -> None:
        await ctx.send("\n".join(lines), allowed_mentions=discord.AllowedMentions.none())
