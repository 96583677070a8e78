"""The docs say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from cogs.documentation import list_documented_commands, main, make_pages
from data import load_texts
from leveling_core.rule_changes import list_rules
from tests.repo.sources import ROOT


def test_the_generated_pages_are_current() -> None:
    """docs/commands.md and docs/settings.md are as `python -m cogs.documentation` writes them."""
    pages = make_pages(load_texts())
    current = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in pages}
    assert current == pages


def test_every_command_and_alias_is_documented() -> None:
    """Each command has a heading of its own, and each alias is named."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    documented = list_documented_commands()
    assert headings == [command.qualified_name for _, command in documented]
    assert {"profile", "leaderboard", "daily", "config set", "help"} <= set(headings)
    for _, command in documented:
        for alias in command.aliases:
            assert f"`!{alias}`" in text


def test_every_rule_is_documented() -> None:
    """Each rule is a row of the table of its section."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_.0-9]+)`", text, re.MULTILINE) == [info.name for info in list_rules()]


def test_the_pages_are_written_where_asked(tmp_path: Path) -> None:
    """The module writes all pages into the folder that it is given."""
    assert main([str(tmp_path)]) == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == make_pages(load_texts())
