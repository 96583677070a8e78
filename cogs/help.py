"""`help`: every command at a glance, and each of them in full."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.errors import permission_names, quoted
from cogs.prefixes import shown_prefix
from cogs.ui.choices import choices_of
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import add_field, new_embed, spread_fields
from cogs.ui.replies import reply, reply_with_all
from cogs.usage import children_of, may_use, other_names, usage_of

__all__ = ["CATEGORIES", "OTHER", "HelpCog", "category_of"]

_Context = commands.Context[Any]
_AnyCommand = commands.Command[Any, ..., Any]

CATEGORIES = {
    "help-category-progress": (
        "LaurelProfile",
        "LaurelStatistics",
        "LaurelCard",
        "LaurelDaily",
        "LaurelAchievements",
        "LaurelWhy",
    ),
    "help-category-server": ("LaurelLeaderboard",),
    "help-category-admin": (
        "LaurelConfig",
        "LaurelScope",
        "LaurelMultipliers",
        "LaurelEvents",
        "LaurelRewards",
        "LaurelXp",
        "LaurelBoard",
        "LaurelCards",
        "LaurelAudit",
    ),
}
"""The cogs whose commands stand together, by the name of the heading's text; all others come last."""

OTHER = "help-category-other"


def category_of(cog: commands.Cog | type[commands.Cog]) -> str:
    """Return the name of the heading under which a cog's commands stand."""
    name = cog.__cog_name__
    return next((text for text, names in CATEGORIES.items() if name in names), OTHER)


class HelpCog(LaurelCog):
    """Tells of Laurel's commands: those that whoever asks may use, as they would be typed in this server."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, laurel.texts)

    @member_command(name="help")
    async def show_help(self, ctx: _Context, *, command: str | None = None) -> None:
        """Show every command, or one in full."""
        if command is None:
            await reply_with_all(ctx, await self._overview(ctx))
        else:
            await reply(ctx, await self._details(ctx, command))

    @show_help.autocomplete("command")
    async def _suggest(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.strip().lower()
        names = (command.qualified_name for command in self._walk())
        return choices_of(name for name in names if wanted in name)

    def list_commands(self) -> list[_AnyCommand]:
        """Return Laurel's commands, without subcommands, by category, then in the order of their cogs."""
        found = [
            command
            for cog in self.bot.cogs.values()
            if isinstance(cog, LaurelCog)
            for command in (*cog.get_commands(), *cog.slash_only)
        ]
        order = [*CATEGORIES, OTHER]
        return sorted(found, key=lambda command: order.index(category_of(command.cog)))

    def _walk(self) -> Iterator[_AnyCommand]:
        for command in self.list_commands():
            yield command
            if isinstance(command, commands.Group):
                yield from children_of(command)

    async def _overview(self, ctx: _Context) -> list[discord.Embed]:
        prefix = shown_prefix(ctx, self.laurel)
        embed = new_embed(
            title=self.texts("help-title"),
            description=self.texts("help-intro"),
            footer=self.texts("help-footer", prefix=prefix),
        )
        lines: dict[str, list[str]] = {}
        for command in self.list_commands():
            if found := await self._lines(ctx, command, prefix):
                lines.setdefault(category_of(command.cog), []).extend(found)
        return spread_fields(embed, [(self.texts(category), found) for category, found in lines.items()])

    async def _lines(self, ctx: _Context, command: _AnyCommand, prefix: str) -> list[str]:
        """Return one line for a command, or one for each command of a group, if one may use it here."""
        if not await may_use(ctx, command):
            return []
        if isinstance(command, commands.Group):
            return [line for child in children_of(command) for line in await self._lines(ctx, child, prefix)]
        fields = {"usage": usage_of(command, prefix), "about": command.help or ""}
        if prefix != "/" and (names := other_names(command)):
            aliases = ", ".join(f"`{prefix}{alias}`" for alias in names)
            return [self.texts("help-line-with-aliases", aliases=aliases, **fields)]
        return [self.texts("help-line", **fields)]

    async def _details(self, ctx: _Context, wanted: str) -> discord.Embed:
        name = " ".join(wanted.lower().split()).removeprefix("/").removeprefix(shown_prefix(ctx, self.laurel))
        by_name: dict[str, _AnyCommand] = {}
        for command in self._walk():
            if await may_use(ctx, command):
                by_name[command.qualified_name] = command
                by_name |= {alias: command for alias in command.aliases if command.parent is None}
            elif name == command.qualified_name:
                await _refuse(ctx, command)
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            if near:
                raise UserFacingError("help-unknown-near", command=quoted(wanted), nearest=near[0])
            raise UserFacingError("help-unknown", command=quoted(wanted))
        return await self._page(ctx, by_name[name], shown_prefix(ctx, self.laurel))

    async def _page(self, ctx: _Context, command: _AnyCommand, prefix: str) -> discord.Embed:
        embed = new_embed(title=usage_of(command, prefix), description=command.help or "")
        if isinstance(command, commands.Group) and (lines := await self._lines(ctx, command, prefix)):
            add_field(embed, self.texts("help-subcommands"), "\n".join(lines))
        if names := other_names(command):
            aliases = ", ".join(f"`{alias}`" for alias in names)
            add_field(embed, self.texts("help-aliases"), aliases)
        slash: Any = getattr(command, "app_command", None)
        parameters = getattr(slash, "parameters", ())
        if parameters:
            about = [
                self.texts(
                    "help-parameter", parameter=parameter.display_name, about=str(parameter.description)
                )
                for parameter in parameters
            ]
            add_field(embed, self.texts("help-parameters"), "\n".join(about))
        if isinstance(command, commands.HybridCommand) and slash and prefix != "/":
            embed.set_footer(text=self.texts("help-also-slash", command=command.qualified_name))
        return embed


async def _refuse(ctx: _Context, command: _AnyCommand) -> None:
    """Say which permission a command needs that whoever asks may not use.

    Raises:
        UserFacingError: It needs one.
    """
    try:
        await command.can_run(ctx)
    except commands.MissingPermissions as error:
        raise UserFacingError(
            "help-not-allowed",
            command=command.qualified_name,
            permissions=permission_names(error.missing_permissions),
        ) from error
    except commands.CommandError:
        return
