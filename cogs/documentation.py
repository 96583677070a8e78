"""The pages of the docs that say what the code says: `python -m cogs.documentation` writes them anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from discord.ext import commands

from cogs import COGS
from cogs.help import CATEGORIES, OTHER, category_of
from cogs.usage import other_names, usage_of
from data import Texts, load_texts
from leveling_core.rule_changes import RuleInfo, describe_section, list_rules
from leveling_core.rules import GuildRules

__all__ = ["list_documented_commands", "main", "make_pages"]

_AnyCommand = commands.Command[Any, ..., Any]

PREFIX = "!"


def list_documented_commands() -> list[tuple[str, _AnyCommand]]:
    """Return every command that can be given, with the name of its category's text, in the order of help."""
    found = [
        (category_of(cog), command)
        for cog in COGS
        for command in cog.__cog_commands__
        if not isinstance(command, commands.Group)
    ]
    order = [*CATEGORIES, OTHER]
    return sorted(found, key=lambda pair: order.index(pair[0]))


def make_pages(texts: Texts) -> dict[str, str]:
    """Return the generated pages by file name."""
    return {
        "commands.md": "\n".join(_commands_page(texts)) + "\n",
        "settings.md": "\n".join(_settings_page(texts)) + "\n",
    }


def _commands_page(texts: Texts) -> Iterator[str]:
    yield f"# {texts('docs-commands-title')}"
    yield ""
    yield texts("docs-commands-intro", prefix=PREFIX)
    category = ""
    for heading, command in list_documented_commands():
        if heading != category:
            category = heading
            yield from ("", f"## {texts(category)}")
            if category == "help-category-admin":
                yield from ("", texts("docs-commands-admin"))
        yield from ("", f"### {command.qualified_name}", "")
        yield from _command_lines(texts, command)


def _command_lines(texts: Texts, command: _AnyCommand) -> Iterator[str]:
    name = "command-" + command.qualified_name.replace(" ", "-")
    yield f"`{usage_of(command, PREFIX)}`"
    yield ""
    yield texts(name)
    details = [
        texts(
            "docs-commands-parameter",
            parameter=parameter,
            about=texts(f"{name}-{parameter.replace('_', '-')}"),
        )
        for parameter in command.clean_params
    ]
    if names := other_names(command):
        aliases = ", ".join(f"`{PREFIX}{alias}`" for alias in names)
        details.append(texts("docs-commands-aliases", aliases=aliases))
    if details:
        yield ""
        yield from details


def _settings_page(texts: Texts) -> Iterator[str]:
    yield f"# {texts('docs-settings-title')}"
    yield ""
    yield texts("docs-settings-intro", prefix=PREFIX)
    for section in GuildRules.model_fields:
        yield from ("", f"## {section}", "", describe_section(section), "")
        yield texts("docs-settings-columns")
        yield "|---|---|---|---|"
        for info in list_rules():
            if info.name.startswith(f"{section}."):
                yield _rule_row(info)


def _rule_row(info: RuleInfo) -> str:
    cells = (f"`{info.name}`", f"`{info.default}`", info.expected, info.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(argv: Sequence[str]) -> int:
    """Write the generated pages into a folder, by default `docs`; return the exit code."""
    folder = Path(argv[0] if argv else "docs")
    for name, text in make_pages(load_texts()).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
