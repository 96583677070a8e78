"""pyproject.toml says what the code needs, and why."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.repo.sources import PACKAGES, ROOT, list_modules, list_tracked_files, parse, relative

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads(TEXT)["project"]

NEVER_IMPORTED = {
    "tzdata",  # data that zoneinfo finds by itself
    "orjson",  # discord.py parses the gateway with it where it is installed
}


def normalise(name: str) -> str:
    """Return a distribution's name in its canonical spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def list_dependencies() -> set[str]:
    """Return the canonical names of what an installed Laurel depends on."""
    return {normalise(re.split(r"[<>=!~\[; ]", item)[0]) for item in PROJECT["dependencies"]}


def list_imports(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports absolutely."""
    names: set[str] = set()
    for node in ast.walk(parse(path)):
        match node:
            case ast.Import(names=aliases):
                names.update(alias.name for alias in aliases)
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
                names.update(f"{module}.{alias.name}" for alias in node.names)
            case _:
                pass
    return names


providers_of_modules = cache(packages_distributions)


def find_distributions(name: str) -> set[str]:
    """Return the names of what provides a module; none for the standard library and Laurel itself."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or (ROOT / top).is_dir() or (ROOT / f"{top}.py").is_file():
        return set()
    if name.startswith("fluent."):  # two distributions share the name
        return {"-".join(name.split(".")[:2])}
    return {normalise(item) for item in providers_of_modules().get(top, [f"(unknown: {top})"])}


def list_shipped_files() -> list[Path]:
    """List every Python file that a wheel holds."""
    return [ROOT / "bot.py", *(path for package in PACKAGES for path in list_modules(package))]


def test_every_import_is_a_declared_dependency() -> None:
    """What the shipped code imports is declared by name, not only brought along by something else."""
    declared = list_dependencies()
    undeclared = {
        f"{relative(path)} imports {name}"
        for path in list_shipped_files()
        for name in list_imports(path)
        if (providers := find_distributions(name)) and not providers & declared
    }
    assert sorted(undeclared) == []


def test_every_dependency_is_used() -> None:
    """What is declared is imported somewhere, or is needed without being imported."""
    imported = {
        d for path in list_shipped_files() for name in list_imports(path) for d in find_distributions(name)
    }
    assert list_dependencies() - imported - NEVER_IMPORTED == set()


@pytest.mark.parametrize("line", [line for line in TEXT.splitlines() if re.match(r'    "[\w.-]+[<>=]', line)])
def test_every_dependency_says_why(line: str) -> None:
    """Each dependency stands on a line of its own, with a range and a reason."""
    assert re.fullmatch(r'    "[\w.-]+>=[\d.]+(?:,<[\d.]+)?",? +# \S.{10,}', line)


def test_all_dependencies_are_looked_at() -> None:
    """No dependency escapes the check above by its layout."""
    extras: dict[str, list[str]] = PROJECT["optional-dependencies"]
    count = len(PROJECT["dependencies"]) + sum(map(len, extras.values()))
    assert len(re.findall(r'^    "[\w.-]+[<>=]', TEXT, re.MULTILINE)) == count


def test_readme_is_the_description() -> None:
    """The README is there, and is what package pages show."""
    assert (ROOT / "README.md").is_file()
    assert PROJECT.get("readme") == "README.md"


def test_without_make_the_same_is_installed() -> None:
    """CONTRIBUTING's lines for those without make install the extras that the Makefile installs."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "CONTRIBUTING.md")]
    makefile, contributing = (re.findall(r"""['"]\.\[dev.*?\]""", text) for text in texts)
    assert {item[1:] for item in contributing} == {item[1:] for item in makefile} != set()


def test_every_lint_exclusion_has_a_reason() -> None:
    """Each rule that ruff is told to ignore stands beside the reason."""
    exclusions = [line for line in TEXT.splitlines() if re.match(r'    "[A-Z]+\d{3,}",', line)]
    assert len(exclusions) > 5
    assert [line for line in exclusions if not re.search(r",\s+# \S.{10,}", line)] == []


def find_bare_ignores(text: str) -> list[int]:
    """Return the numbers of lines that silence a check without naming it or without saying why."""
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and re.search(r"#\s*(?:noqa|type:\s*ignore|pragma)", token.string)
    ]
    silenced = r"# (?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\]|pragma: no (?:cover|branch))"
    reasoned = re.compile(rf"(?:{silenced}\s*)+(?:# |-- |: )\S.{{5,}}")
    return [number for number, comment in comments if not reasoned.fullmatch(comment)]


def test_every_ignore_has_a_reason() -> None:
    """A comment that silences a check names what it silences and says why."""
    sources = [path for path in list_tracked_files() if path.suffix == ".py"]
    assert [
        f"{relative(path)}:{line}"
        for path in sources
        for line in find_bare_ignores(path.read_text(encoding="utf-8"))
    ] == []


def test_bare_ignores_are_found() -> None:
    """An ignore without a rule or a reason is found; one with both is not."""
    ignore = "x = 1  # type: " + "ignore"
    text = (
        f"{ignore}\n{ignore}[misc]\n{ignore}[misc] # stubs lack it\nx = 1  # no" + "qa: E501 -- an address\n"
    )
    assert find_bare_ignores(text) == [1, 2]
