"""`.env.example` names exactly the settings that the bot reads."""

from __future__ import annotations

import re

import pytest
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from bot import Settings
from tests.repo.sources import ROOT

LINE = re.compile(r"^(?P<name>[A-Z][A-Z\d_]*)=(?P<value>.*)$")


def read_example() -> dict[str, str]:
    """Return the names and values of `.env.example`, in order."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {match["name"]: match["value"] for line in lines if (match := LINE.match(line))}


def get_settings() -> type[BaseSettings]:
    """Return the bot's settings class."""
    assert issubclass(Settings, BaseSettings)
    return Settings


def list_env_names(settings: type[BaseSettings]) -> set[str]:
    """Return the names of the variables that a settings class reads."""
    prefix = settings.model_config.get("env_prefix", "")
    names = set()
    for field_name, field in settings.model_fields.items():
        match field.validation_alias:
            case None:
                names.add((prefix + field_name).upper())
            case str(alias):
                names.add(alias.upper())
            case AliasChoices(choices=choices):
                names.update(choice.upper() for choice in choices if isinstance(choice, str))
            case alias:
                pytest.fail(f"Settings.{field_name}: {alias!r} is no name that .env.example could show")
    return names


def test_names_are_those_the_bot_reads() -> None:
    """Every setting is in the example, and the example has no other."""
    assert set(read_example()) == list_env_names(get_settings())


def test_the_docs_tell_of_each() -> None:
    """The table of docs/self-hosting.md has a row for each setting, in the order of the example."""
    text = (ROOT / "docs" / "self-hosting.md").read_text(encoding="utf-8")
    table = text.partition("## Settings of the process")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE) == list(read_example())


def test_example_is_valid_and_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example, with a token filled in, is accepted and means what leaving all else out means."""
    settings = get_settings()
    for name in read_example():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    defaults = settings(_env_file=None)
    assert settings(_env_file=ROOT / ".env.example").model_dump() == defaults.model_dump()


def test_every_setting_is_explained() -> None:
    """Each variable follows a comment of its own."""
    blocks = (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n")
    blocks_with_settings = [
        block.splitlines() for block in blocks if re.search(r"^[A-Z]", block, re.MULTILINE)
    ]
    assert len(blocks_with_settings) == len(read_example()) > 0
    assert [block for block in blocks_with_settings if not block[0].startswith("# ")] == []


def test_the_example_holds_no_token() -> None:
    """The token is left empty."""
    assert read_example()["DISCORD_TOKEN"] == ""
