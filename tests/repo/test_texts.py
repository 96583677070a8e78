"""Code and message files fit each other: no text is missing, none is idle, and every field is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cogs import COGS
from data import Texts, load_texts
from leveling_core.errors import RuleError
from tests.repo.sources import ROOT, list_modules, parse, relative

NAME = re.compile(r"[a-z]+(-[a-z0-9_]+)+")

ASKING = {"texts", "_texts"}
"""What a text is asked of, by the last part of its name."""


@dataclass(frozen=True)
class Use:
    """A place where code names a text.

    Attributes:
        where: File and line.
        pattern: What the name is; with parts that only the running code knows, any text that it fits.
        given: The fields that are given.
        more: Whether further fields are given that only the running code knows.
    """

    where: str
    pattern: str
    given: frozenset[str]
    more: bool

    def fits(self, names: frozenset[str]) -> set[str]:
        """Return the texts that it may be."""
        return {name for name in names if re.fullmatch(self.pattern, name)}


def _patterns(node: ast.expr) -> Iterator[str]:
    """Yield the patterns of the names that an expression may be."""
    match node:
        case ast.Constant(value=str(name)):
            yield re.escape(name)
        case ast.IfExp(body=body, orelse=otherwise):
            yield from _patterns(body)
            yield from _patterns(otherwise)
        case ast.JoinedStr(values=parts) if isinstance(parts[0], ast.Constant):
            yield "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts)
        case _:
            pass


def list_uses(tree: ast.Module, where: str) -> list[Use]:
    """List the texts that a module asks for, or raises as a refusal."""
    uses = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if called not in {*ASKING, "UserFacingError"}:
            continue
        given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        more = any(keyword.arg is None for keyword in node.keywords)
        uses += [Use(f"{where}:{node.lineno}", p, given, more) for p in _patterns(node.args[0])]
    return uses


def list_constants(tree: ast.Module) -> set[str]:
    """Return every string constant of a module that looks like the name of a text."""
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str) and NAME.fullmatch(value)}


def list_refusals(kind: type[RuleError] = RuleError) -> list[type[RuleError]]:
    """List the refusals that the rules raise, which have a text each."""
    return [kind, *(found for child in kind.__subclasses__() for found in list_refusals(child))]


def list_command_texts() -> set[str]:
    """Return the names of the texts that describe commands and their parameters."""
    names = set()
    for cog in COGS:
        for command in cog.__cog_commands__:
            name = "command-" + command.qualified_name.replace(" ", "-")
            names.add(name)
            if hasattr(command, "app_command") and not hasattr(command, "commands"):
                names |= {f"{name}-{parameter.replace('_', '-')}" for parameter in command.clean_params}
    return names


def _modules() -> list[tuple[Path, ast.Module]]:
    paths = [*list_modules("cogs"), *list_modules("console"), ROOT / "bot.py"]
    return [(path, parse(path)) for path in paths]


@pytest.fixture(scope="module")
def texts() -> Texts:
    """Give the texts."""
    return load_texts()


@pytest.fixture(scope="module")
def uses() -> list[Use]:
    """Give every use of a text in the code."""
    return [use for path, tree in _modules() for use in list_uses(tree, relative(path))]


def test_every_text_that_is_asked_for_exists(texts: Texts, uses: list[Use]) -> None:
    """A name in the code is a name in the files; one put together in the code fits at least one."""
    assert len(uses) > 50
    assert [f"{use.where}: {use.pattern}" for use in uses if not use.fits(texts.names)] == []


def test_names_kept_in_tables_exist(texts: Texts) -> None:
    """A constant that begins like the texts do and looks like a name is one."""
    families = {name.partition("-")[0] for name in texts.names}
    unknown = [
        f"{relative(path)}: {name}"
        for path, tree in _modules()
        for name in sorted(list_constants(tree))
        if name.partition("-")[0] in families and name not in texts
    ]
    assert unknown == []


def test_every_refusal_has_its_text(texts: Texts) -> None:
    """A refusal of the rules is told by `error-<code>`."""
    codes = {kind.code for kind in list_refusals()}
    assert {f"error-{code}" for code in codes} <= texts.names


def test_every_command_and_parameter_is_described(texts: Texts) -> None:
    """What Discord shows beside a slash command is there for each, within Discord's 100 characters."""
    names = list_command_texts()
    assert names <= texts.names
    assert [name for name in sorted(names) if len(texts(name)) > 100] == []


def test_no_text_is_idle(texts: Texts, uses: list[Use]) -> None:
    """Every text in the files is asked for somewhere."""
    named = {name for _, tree in _modules() for name in list_constants(tree)}
    fitting = {name for use in uses for name in use.fits(texts.names)}
    refusals = {f"error-{kind.code}" for kind in list_refusals()}
    assert sorted(texts.names - named - fitting - refusals - list_command_texts()) == []


def test_every_field_of_a_text_is_given(texts: Texts, uses: list[Use]) -> None:
    """Whoever asks for a text gives all the fields that it uses; of several possible texts, those of one."""
    missing = [
        f"{use.where}: {use.pattern} is given {sorted(use.given)}"
        for use in uses
        if not use.more and not any(texts.fields_of(name) <= use.given for name in use.fits(texts.names))
    ]
    assert missing == []


def test_no_field_is_given_for_nothing(texts: Texts, uses: list[Use]) -> None:
    """A field that no possible text uses is a mistake on one of the two sides."""
    given: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    for use in uses:
        given.setdefault(use.where, set()).update(use.given)
        for name in use.fits(texts.names):
            used.setdefault(use.where, set()).update(texts.fields_of(name))
    assert [f"{where}: {field}" for where in given for field in sorted(given[where] - used[where])] == []


def test_each_kind_of_mistake_is_found() -> None:
    """A missing text, a name put together, a choice of two and an open set of fields are all seen."""
    source = (
        "texts('a-b', x=1)\n"
        "self.texts(f'a-{kind}', **fields)\n"
        "laurel._texts('c-d' if yes else 'e-f')\n"
        "raise UserFacingError('g-h', y=2)\n"
        "other('i-j')\n"
    )
    found = list_uses(ast.parse(source), "m")
    assert [(use.where, use.pattern) for use in found] == [
        ("m:1", "a\\-b"),
        ("m:2", "a\\-.+"),
        ("m:3", "c\\-d"),
        ("m:3", "e\\-f"),
        ("m:4", "g\\-h"),
    ]
    assert (found[0].given, found[0].more) == (frozenset({"x"}), False)
    assert found[1].more
    assert found[1].fits(frozenset({"a-b", "b-a"})) == {"a-b"}
    assert list_constants(ast.parse("x = ('a-b', 'no name', 'A-B')")) == {"a-b"}
